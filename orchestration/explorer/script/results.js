// What segments bring over time.
// Belongs here: choosing a measure and its lines by segment, with intervals where there are some.
// Does not belong here: sizes (sizes.js), measures of models (models.js).

const PROFILE_MEASURES = [
  ["net_revenue_365d_mean_amount", "Revenue of 365 days, each", "money"],
  ["order_days_365d_mean", "Order days in 365 days", "number"],
  ["average_order_value_365d_amount", "Value of an order", "money"],
  ["discount_365d_share", "Discount", "share"],
  ["net_revenue_365d_share", "Share of revenue", "share"],
  ["margin_365d_share", "Share of margin", "share"],
  ["days_since_last_order_median", "Days since the last order (half have fewer)", "days"],
];

// [column, title, kind, whether it has an interval]
const KPI_MEASURES = [
  ["period_retention_rate", "Retention (bought again)", "share", true, "Of those who ordered in the period before, the share who ordered again in this one."],
  ["net_revenue_retention_rate", "Revenue retention (NRR)", "share", true, "Net revenue of the members, divided by that of the same customers in the period before."],
  ["net_revenue_growth_share", "Sales growth", "share", false, "Net revenue against the period before, with the members of each time."],
  ["net_revenue_per_customer_amount", "Revenue for each customer", "money", false, "Net revenue of the period divided by members."],
  ["average_order_value_amount", "Value of an order", "money", false, "What an order was worth before refunds."],
  ["expected_margin_365d_mean_amount", "Expected margin of a year, each", "money", false, "Mean of the margin of 365 days that was foretold of the members."],
  ["nps", "NPS", "points", true, "100 x (share of 9 and 10 minus share of 0 to 6); nothing below 30 answers."],
  ["high_engagement_share", "Highly engaged", "share", true, "Share of the members whose engagement is high at the end of the period."],
  ["conversion_rate", "First orders", "share", true, "Of those who had never ordered, the share who did for the first time."],
  ["campaign_response_rate", "Answers to campaigns", "share", true, "Share of contacts that an order followed. No effect: many would have ordered anyway."],
  ["cost_to_serve_per_customer_amount", "Cost to serve, each", "money", false, "Support requests, deliveries and contacts at their unit costs, divided by members."],
];
const PERIOD = ["scheme", "segment_code", "period_kind", "period_start_date"];
const PERIOD_KINDS = { month: "Months", quarter: "Quarters" };
const periodKind = () => {
  const kinds = new Set(rowsOf("segment_kpis", (row) => row.scheme === state.scheme).map((row) => row.period_kind));
  return kinds.has(state.period) ? state.period : kinds.has("quarter") ? "quarter" : "month";
};

function kpiMeasures() {
  return KPI_MEASURES.filter(([column]) => has("segment_kpis", column)).map(([column, title, kind, hasInterval, meaning]) => {
    const interval = hasInterval && has("segment_kpis", `${column}_low`, `${column}_high`);
    return { mart: "segment_kpis", keys: PERIOD, column, title, kind, meaning, date: "period_start_date", low: interval ? `${column}_low` : null, high: interval ? `${column}_high` : null,
      named: "period_name", keep: (row) => row.period_kind === periodKind() };
  });
}

// Of everybody together: the newest year, else the newest quarter or month.
function newestOverall() {
  const rows = rowsOf("segment_kpis", (row) => row.scheme === "all" && row.segment_code === "all" && row.is_newest && row.period_retention_rate !== null);
  return ["year", "quarter", "month"].map((kind) => rows.find((row) => row.period_kind === kind)).find(Boolean) || null;
}

function alertsInOne() {
  return rowsOf("kpi_alerts", (row) => row.scheme === "all" || row.scheme === state.scheme).slice(0, 4).map((row) => [row.sentence]);
}

function measures() {
  const kpis = kpiMeasures();
  const profile = PROFILE_MEASURES.filter(([column]) => has("segment_profiles", column)).map(([column, title, kind]) => ({
    mart: "segment_profiles", keys: SEGMENT, column, title, kind, date: "as_of_date", low: null, high: null, meaning: PROFILE_MEANINGS[column],
  }));
  return [...kpis, ...profile];
}

function resultsSection() {
  const offered = measures();
  const measure = offered.find((one) => `${one.mart}.${one.column}` === state.measure) || offered[0];
  const pick = h("label", { class: "inline" }, "Measure", h("select", { id: "measure", "data-focus": "measure", on: { change: (event) => choose({ measure: event.target.value }) } },
    offered.map((one) => h("option", { value: `${one.mart}.${one.column}`, selected: one === measure }, one.title))));
  const kinds = measure.mart === "segment_kpis" ? Object.entries(PERIOD_KINDS).filter(([kind]) => rowsOf("segment_kpis", (row) => row.scheme === state.scheme && row.period_kind === kind).length) : [];
  const period = kinds.length > 1 ? h("label", { class: "inline" }, "Periods", h("select", { id: "period", "data-focus": "period", on: { change: (event) => choose({ period: event.target.value }) } },
    kinds.map(([kind, title]) => h("option", { value: kind, selected: kind === periodKind() }, title)))) : null;
  const picks = h("div", { class: "picks" }, pick, period);
  const names = namesOf(state.scheme), colours = coloursOf(state.scheme);
  const rows = rowsOf(measure.mart, (row) => row.scheme === state.scheme && row[measure.column] !== null && (!state.segment || row.segment_code === state.segment)
    && (!measure.keep || measure.keep(row))).sort((one, other) => String(one[measure.date]).localeCompare(String(other[measure.date])));
  const without = kpiMeasures().length ? null : note("This version has no KPIs by period (segment_kpis); these are the measures of the profiles, which have no interval.");
  if (!rows.length) return [picks, note("There is nothing to show for this choice."), without];
  const newest = rows.at(-1)[measure.date];
  const last = rows.filter((row) => row[measure.date] === newest).sort((one, other) => other[measure.column] - one[measure.column]);
  const of = (row, column = measure.column) => cell(measure.mart, measure.keys, row, column, measure.kind, measure.meaning);
  const lede = h("p", { class: "lede" }, `${measure.title}, ${measure.named ? last[0][measure.named] : dateText(newest)}: `, names.get(last[0].segment_code), " ", of(last[0]),
    last.length > 1 ? [", ", names.get(last.at(-1).segment_code), " ", of(last.at(-1))] : null, ".");
  const dates = new Set(rows.map((row) => row[measure.date]));
  const grid = () => tableOf(measure.title, [{ title: "Segment", of: (row) => names.get(row.segment_code) || row.segment_code }, { title: measure.named ? "Period" : "Date", of: (row) => (measure.named ? row[measure.named] : dateText(row[measure.date])) },
    { title: measure.title, number: true, of: (row) => of(row) }, ...(measure.low ? [{ title: "at least", number: true, of: (row) => of(row, measure.low) }, { title: "at most", number: true, of: (row) => of(row, measure.high) }] : [])],
  rows.slice().reverse());
  if (dates.size === 1) return [lede, picks, grid(), without, growth(names), cohorts()];
  return [lede, picks, chart(measure.title, measure.low ? "A line for each segment; the band is the interval of 95 %." : "A line for each segment.", (width) => lines(rows, measure, names, colours, width), grid), without, growth(names), cohorts()];
}

function lines(rows, measure, names, colours, width) {
  const codes = [...new Set(segmentsOf(state.scheme).map((row) => row.segment_code).filter((code) => rows.some((row) => row.segment_code === code)))];
  const columns = codes.length === 1 ? 1 : Math.max(1, Math.min(4, codes.length, Math.floor(width / 230)));
  const format = { share: ".0%", money: ",.0f", count: ",d", number: ",.1f", days: ",.0f", points: "+.0f", times: ",.1f" }[measure.kind];
  const values = rows.filter((row) => codes.includes(row.segment_code)).map((row) => ({ date: row[measure.date].slice(0, 10), segment: names.get(row.segment_code) || row.segment_code, value: row[measure.column], low: row[measure.low] ?? null, high: row[measure.high] ?? null }));
  const titles = codes.map((code) => names.get(code));
  const x = { field: "date", type: "temporal", title: null, axis: { format: "%b %y", grid: false, tickCount: columns === 1 ? 8 : 3 } };
  const colourBy = { field: "segment", type: "nominal", legend: null, scale: { domain: titles, range: codes.map((code) => colours.get(code)) } };
  const line = { mark: { type: "line", strokeWidth: 2.5, point: { size: 28, filled: true }, tooltip: true }, encoding: {
    x, y: { field: "value", type: "quantitative", title: null, axis: { format, tickCount: 4 } }, color: colourBy,
    tooltip: [{ field: "segment", title: "Segment" }, { field: "date", type: "temporal", title: "Date", format: "%d %b %Y" }, { field: "value", title: measure.title, format: measure.kind === "share" ? ".1%" : ",.2f" }] } };
  const band = { mark: { type: "area", opacity: 0.18 }, encoding: { x, y: { field: "low", type: "quantitative" }, y2: { field: "high" }, color: colourBy } };
  return { data: { values }, columns, spacing: 24, facet: { field: "segment", type: "nominal", title: null, sort: titles },
    spec: { width: Math.floor((width - 76 - 24 * (columns - 1)) / columns), height: codes.length === 1 ? 240 : 110, layer: measure.low ? [band, line] : [line] } };
}

// Why revenue changed: members who came and went, how often the others order, what an order is worth.
function growth(names) {
  const kind = periodKind();
  const rows = rowsOf("segment_growth", (row) => row.scheme === state.scheme && row.period_kind === kind && row.change_amount !== null && (!state.segment || row.segment_code === state.segment));
  if (!rows.length) return null;
  const of = (column) => (row) => cell("segment_growth", PERIOD, row, column, "money");
  return h("div", {}, h("h3", {}, `Why revenue changed, ${rows[0].period_name}`),
    h("p", { class: "note" }, "The three effects add up to the change: members who joined or left, how often those who stayed ordered, and what their orders were worth."),
    tableOf("Net revenue against the period before", [{ title: "Segment", of: (row) => row.segment_name || names.get(row.segment_code) || row.segment_code },
      { title: "Before", number: true, of: of("net_revenue_before_amount") }, { title: "Now", number: true, of: of("net_revenue_now_amount") }, { title: "Change", number: true, of: of("change_amount") },
      { title: "came and went", number: true, of: of("mover_effect_amount") }, { title: "how often", number: true, of: of("rate_effect_amount") }, { title: "worth of an order", number: true, of: of("mix_effect_amount") }], rows));
}

// Customers by the month of their first order: how many of them ordered in each month since.
function cohorts() {
  const rows = rowsOf("cohort_retention", (row) => row.months_since > 0 && row.bounded_retention_rate !== null);
  if (!rows.length) return null;
  const keys = ["group_kind", "group_name", "cohort_month_date", "months_since"];
  const values = rows.map((row) => ({ cohort: row.cohort_month_date, since: row.months_since, rate: row.bounded_retention_rate }));
  const make = (width) => ({ data: { values }, width: width - 110, height: { step: 17 }, mark: { type: "rect", tooltip: true }, encoding: {
    x: { field: "since", type: "ordinal", title: "months since the first order", axis: { labelAngle: 0, labelOverlap: true } },
    y: { field: "cohort", type: "ordinal", timeUnit: "utcyearmonth", title: null, axis: { format: "%b %Y" } },
    color: { field: "rate", type: "quantitative", title: null, scale: { range: [colour("soft"), colour("accent")] }, legend: { format: ".0%" } },
    tooltip: [{ field: "cohort", type: "temporal", title: "First ordered in", format: "%b %Y" }, { field: "since", title: "Months since" }, { field: "rate", title: "Ordered in the month", format: ".1%" }] } });
  return chart("Do new customers come back?", "Each row is the customers of one month; the stronger the colour, the more of them ordered in that month.", make, () => tableOf("Customers who ordered again", [
    { title: "First ordered in", of: (row) => dateText(row.cohort_month_date) }, { title: "Months since", number: true, of: (row) => String(row.months_since) },
    { title: "Ordered in the month", number: true, of: (row) => cell("cohort_retention", keys, row, "bounded_retention_rate", "share") }], rows));
}
