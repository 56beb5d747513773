// What will be asked for, by category.
// Belongs here: past and expected demand. Does not belong here: how far forecasts were off (backtest.js).

const DEMAND = ["scheme", "segment_code", "category_code", "month_date"];

function demandSection() {
  const all = rowsOf("category_demand", (row) => row.scheme === "all");
  if (!all.length) return [missing("category_demand", "Demand")];
  const categories = [...new Map(all.map((row) => [row.category_code, row.category_name])).entries()].sort((one, other) => one[1].localeCompare(other[1], locale));
  const of = (column) => (row) => cell("category_demand", DEMAND, row, column, "count", "Units of the category in the month.");
  const ahead = all.filter((row) => row.is_forecast).sort((one, other) => one.month_date.localeCompare(other.month_date));
  const next = ahead.length ? ahead[0].month_date : null;
  const coming = ahead.filter((row) => row.month_date === next).sort((one, other) => other.expected_units_count - one.expected_units_count);
  const pick = h("label", { class: "inline" }, "Category", h("select", { id: "category", "data-focus": "category", on: { change: (event) => choose({ category: event.target.value || null }) } },
    h("option", { value: "" }, "All categories"), categories.map(([code, name]) => h("option", { value: code, selected: code === state.category }, name))));
  const keep = (row) => !state.category || row.category_code === state.category;
  const lede = coming.length ? h("p", { class: "lede" }, `In the month from ${dateText(next)} most is asked of ${coming[0].category_name}: `, of("expected_units_count")(coming[0]), " units (95 % interval ",
    of("expected_units_low")(coming[0]), " to ", of("expected_units_high")(coming[0]), ").") : note("No forecast yet: this is what was asked for.");
  const rows = all.filter(keep);
  const grid = () => tableOf("Units of each category and month", [{ title: "Category", of: (row) => row.category_name }, { title: "Month", of: (row) => dateText(row.month_date) }, { title: "Sold", number: true, of: of("units_count") },
    { title: "Expected", number: true, of: of("expected_units_count") }, { title: "at least", number: true, of: of("expected_units_low") }, { title: "at most", number: true, of: of("expected_units_high") }, { title: "To hold", number: true, of: of("units_to_hold_count") }],
  rows.slice().sort((one, other) => other.month_date.localeCompare(one.month_date) || one.category_name.localeCompare(other.category_name)));
  return [lede, pick, chart("Units asked for by month", "Line: sold; dashed: expected, with its interval of 95 %.", (width) => demandPicture(rows, width), grid), backtest(new Map(categories)), segmentsAhead(next, keep), together()];
}

function demandPicture(rows, width) {
  const values = rows.flatMap((row) => [...(row.is_forecast ? [] : [{ category: row.category_name, month: row.month_date, units: row.units_count, kind: "sold" }]),
    ...(row.is_forecast ? [{ category: row.category_name, month: row.month_date, units: row.expected_units_count, low: row.expected_units_low, high: row.expected_units_high, kind: "expected" }] : [])]);
  const names = [...new Set(values.map((row) => row.category))].sort();
  const columns = names.length === 1 ? 1 : Math.max(1, Math.min(4, names.length, Math.floor(width / 230)));
  const x = { field: "month", type: "temporal", title: null, axis: { format: "%b %y", grid: false, tickCount: 3 } };
  const tooltip = [{ field: "category", title: "Category" }, { field: "month", type: "temporal", title: "Month", format: "%b %Y" }, { field: "kind", title: "Units are" }, { field: "units", title: "Units", format: ",.0f" }];
  return { data: { values }, columns, spacing: 24, facet: { field: "category", type: "nominal", title: null }, spec: { width: Math.floor((width - 76 - 24 * (columns - 1)) / columns), height: names.length === 1 ? 240 : 110, layer: [
    { transform: [{ filter: "datum.kind === 'expected' && isValid(datum.low)" }], mark: { type: "area", opacity: 0.2, color: colour("accent") }, encoding: { x, y: { field: "low", type: "quantitative", title: null, axis: { tickCount: 4, format: ",d" } }, y2: { field: "high" } } },
    { mark: { type: "line", color: colour("accent"), point: { size: 20 }, tooltip: true }, encoding: { x, y: { field: "units", type: "quantitative", title: null, axis: { tickCount: 4, format: ",d" } }, strokeDash: { field: "kind", type: "nominal", legend: null, scale: { domain: ["sold", "expected"], range: [[1, 0], [4, 3]] } }, tooltip } }] } };
}

function segmentsAhead(next, keep) {
  const rows = rowsOf("category_demand", (row) => row.scheme === state.scheme && row.month_date === next && keep(row) && (!state.segment || row.segment_code === state.segment))
    .sort((one, other) => other.expected_units_count - one.expected_units_count);
  if (!rows.length) return null;
  const names = namesOf(state.scheme);
  const of = (column) => (row) => cell("category_demand", DEMAND, row, column, "count");
  return foldedLater("Who will ask for it, by segment", () => tableOf(`Units expected in the month from ${dateText(next)}`, [{ title: "Segment", of: (row) => names.get(row.segment_code) || plainWords(row.segment_code) }, { title: "Category", of: (row) => row.category_name },
    { title: "Expected", number: true, of: of("expected_units_count") }, { title: "at least", number: true, of: of("expected_units_low") }, { title: "at most", number: true, of: of("expected_units_high") }], rows));
}

// Categories that go into the same basket more often than by chance.
function together() {
  const rows = (table("product_affinities") || []).slice().sort((one, other) => other.lift_low - one.lift_low).slice(0, 40);
  if (!rows.length) return null;
  const keys = ["item_level", "item_code", "partner_code"];
  const of = (column, kind) => (row) => cell("product_affinities", keys, row, column, kind);
  return foldedLater("What goes together", () => tableOf("Categories in the same basket more often than by chance", [{ title: "Who buys", of: (row) => row.item_name || row.item_code }, { title: "also buys", of: (row) => row.partner_name || row.partner_code },
    { title: "As often as usual", number: true, of: of("lift", "times") }, { title: "at least", number: true, of: of("lift_low", "times") }], rows));
}
