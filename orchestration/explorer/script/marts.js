// The tables of the page, row by row.
// Belongs here: unpacking tables, looking segments and schemes up, numbers of a row with their source.
// Does not belong here: what is shown of them.

const unpacked = new Map();
function table(name) {
  if (unpacked.has(name)) return unpacked.get(name);
  const packed = content.tables[name];
  if (!packed) return null;
  const names = Object.keys(packed.columns);
  const columns = names.map((column) => {
    const values = packed.columns[column];
    return values.words ? values.at.map((place) => (place === null ? null : values.words[place])) : values;
  });
  const rows = Array.from({ length: packed.rows }, (_, row) =>
    Object.fromEntries(names.map((column, place) => [column, columns[place][row]])));
  unpacked.set(name, rows);
  return rows;
}
const rowsOf = (name, keep) => (table(name) || []).filter(keep);
const has = (mart, ...columns) => Boolean(content.tables[mart]) && columns.every((name) => name in content.tables[mart].columns);

// A number of a row that the given columns find.
function cell(mart, keys, row, column, kind, meaning) {
  const key = Object.fromEntries(keys.filter((name) => name in row).map((name) => [name, row[name]]));
  return shown(row[column], kind, { mart, column, key }, meaning);
}
// How many rows of a mart have these values.
const counted = (mart, key, rows) => shown(rows, "count", { mart, column: "*", key });

const SEGMENT = ["scheme", "segment_code", "as_of_date"];
const PROFILE_MEANINGS = {
  customers_count: "Customers in the segment on the night's date.",
  customers_share: "Their share of all customers.",
  net_revenue_365d_share: "Their share of the net revenue of 365 days.",
  net_revenue_365d_mean_amount: "Net revenue of 365 days for each customer.",
  margin_365d_share: "Their share of the margin of 365 days.",
  order_days_365d_mean: "Days with an order in 365 days, mean of the customers.",
  average_order_value_365d_amount: "Net revenue for each order of 365 days.",
  discount_365d_share: "Discount as a share of the price before it, 365 days.",
  days_since_last_order_median: "Days since the last order; half of the customers have fewer.",
  net_revenue_index: "Net revenue for each customer against the average of all.",
};
const profileCell = (row, column, kind) => cell("segment_profiles", SEGMENT, row, column, kind, PROFILE_MEANINGS[column]);

const schemes = table("segmentation_schemes").slice().sort((one, other) => one.scheme_name.localeCompare(other.scheme_name, locale));
const schemeOf = (code) => schemes.find((scheme) => scheme.scheme === code);
const byOrder = (one, other) => (one.display_order ?? 1e9) - (other.display_order ?? 1e9) || one.segment_code.localeCompare(other.segment_code);
const segmentsOf = (scheme) => rowsOf("segment_profiles", (row) => row.is_current && row.scheme === scheme).sort(byOrder);
const namesOf = (scheme) => {
  const names = new Map([["entered", "New to us"], ["other", "Other"], ["unknown", "Unknown"]]);
  for (const row of rowsOf("segment_profiles", (row) => row.scheme === scheme)) names.set(row.segment_code, row.segment_name);
  return names;
};
const coloursOf = (scheme) => new Map(rowsOf("segment_profiles", (row) => row.scheme === scheme).map((row) => [row.segment_code, onGround(safeColour(row.colour))]));
