// How far forecasts of demand were off in the past.
// Belongs here: the published method beside the simple one, by category and scheme. Does not belong here: the forecasts.

const BACKTEST = ["level", "category_code", "method", "metric"];
const EVERYTHING = "all categories";
const OFF = "weighted_absolute_percentage_error";
const FORECASTS = {
  recent_mean: "the mean of the last three months", seasonal_naive: "the same month of last year", theta: "the Theta method",
  seasonal_growth: "the same month of last year times the growth of the last three months",
  top_down: "shares of the category's forecast", same_month_last_year: "what each segment bought a year before",
};
// What anybody would take without a model.
const SIMPLE = ["seasonal_naive", "same_month_last_year"];
// More lines than this nobody compares in a picture; the table has them all.
const MOST_LINES = 25;
const forecastName = (method) => FORECASTS[method] || plainWords(method);

function backtest(names) {
  const rows = table("demand_backtest");
  if (!rows || !rows.length) return note(`How far forecasts were off before is not told: ${rows ? "no forecast has met its month yet" : content.absent.demand_backtest}.`);
  const lines = backtestLines(rows, names);
  const all = lines.find((line) => line.level === "category" && line.category === EVERYTHING) || lines.find((line) => line.category === EVERYTHING) || lines[0];
  const summary = "Units off in hundredths of the units sold; the further left, the better. Coloured: the forecast in use; grey: the simple one.";
  return h("div", { id: "backtest" }, h("h3", {}, "How far forecasts were off before"), backtestStory(all),
    chart("Forecast in use and the simple one", summary, (width) => backtestPicture(lines.slice(0, MOST_LINES), width), () => backtestTable(lines)),
    lines.length > MOST_LINES ? note(`The picture has the first ${MOST_LINES} of ${lines.length} lines, the table all.`) : null);
}

// One line for each category, and for the segments of each scheme: its methods, and their metrics.
function backtestLines(rows, names) {
  const lines = new Map();
  for (const row of rows) {
    const id = JSON.stringify([row.level, row.category_code]);
    if (!lines.has(id)) lines.set(id, { level: row.level, category: row.category_code, title: backtestTitle(row, names), methods: new Map() });
    const methods = lines.get(id).methods;
    if (!methods.has(row.method)) methods.set(row.method, { isPublished: row.is_published });
    methods.get(row.method)[row.metric] = row;
  }
  const place = (line) => ["category", "short_category"].indexOf(line.level) * 2 + (line.category === EVERYTHING ? 0 : 1);
  const order = (line) => (place(line) < 0 ? 9 : place(line));
  return [...lines.values()].map((line) => {
    const methods = [...line.methods.entries()];
    const simple = methods.find(([method, one]) => SIMPLE.includes(method) && !one.isPublished);
    return { ...line, used: methods.find(([, one]) => one.isPublished) || null, simple: simple || null };
  }).sort((one, other) => order(one) - order(other) || one.title.localeCompare(other.title, locale));
}

function backtestTitle(row, names) {
  const isAll = row.category_code === EVERYTHING;
  const name = names.get(row.category_code) || plainWords(row.category_code);
  if (row.level === "category") return isAll ? "All categories" : name;
  if (row.level === "short_category") return isAll ? "All with a short history" : `${name} (short history)`;
  const scheme = `Segments of ${schemeOf(row.level)?.scheme_name || plainWords(row.level)}`;
  return isAll ? scheme : `${scheme}, ${name}`;
}

const metricCell = (one, metric, kind, meaning) => (one && one[1][metric] ? cell("demand_backtest", BACKTEST, one[1][metric], "metric_value", kind, meaning) : NOT_KNOWN);
const judgedCell = (one, column) => {
  const row = one && Object.values(one[1]).find((value) => value && value.metric);
  return row ? cell("demand_backtest", BACKTEST, row, column, "count") : NOT_KNOWN;
};

function backtestStory(line) {
  const { used, simple } = line;
  if (!used) return note("No forecast is in use.");
  const bias = used[1].bias_share;
  const inside = used[1].coverage_share;
  const reason = Object.values(used[1]).find((value) => value && value.reason).reason;
  return [h("p", {}, `In use is ${forecastName(used[0])}. Made from `, judgedCell(used, "origins_count"), " earlier months and held against what was then sold, it was off by ",
    metricCell(used, OFF, "share", "Units too many or too few in all forecasts, over the units sold."), " of the units",
    simple ? [`; ${forecastName(simple[0])}, the simple way, by `, metricCell(simple, OFF, "share")] : null, ". ",
    bias && bias.metric_value !== null ? ["Over all months ", bias.metric_value < 0 ? "too little" : "too much", " was expected: ", metricCell(used, "bias_share", "share", "Expected less sold, over the units sold."), ". "] : null,
    inside && inside.metric_value !== null ? ["Of the months ", metricCell(used, "coverage_share", "share"), " lay inside an interval that promises 95 %."] : null),
    folded("Why this one", h("p", { class: "note" }, reason))];
}

function backtestPicture(lines, width) {
  const values = lines.flatMap((line) => [[line.simple, "the simple one"], [line.used, "in use"]].filter(([one]) => one && one[1][OFF] && one[1][OFF].metric_value !== null)
    .map(([one, kind]) => ({ line: line.title, kind, method: forecastName(one[0]), off: one[1][OFF].metric_value, months: one[1][OFF].forecasts_count })));
  const order = lines.map((line) => line.title);
  const narrow = width < 480;
  const x = { field: "off", type: "quantitative", title: narrow ? null : "off by, of the units sold", scale: { zero: true }, axis: { format: ".0%", tickCount: narrow ? 3 : 5 } };
  const y = { field: "line", type: "nominal", sort: order, title: null, axis: { grid: false, ticks: false, domain: false, labelPadding: 8, labelLimit: narrow ? 150 : 220 } };
  const color = { field: "kind", type: "nominal", title: null, legend: narrow ? null : {}, scale: { domain: ["in use", "the simple one"], range: [colour("accent"), colour("mute")] } };
  const tooltip = [{ field: "line", title: "Of" }, { field: "method", title: "Expected was" }, { field: "off", title: "Off by", format: ".1%" }, { field: "months", title: "Months judged", format: ",d" }];
  return { data: { values }, width: Math.max(120, Math.min(680, width - (narrow ? 185 : 250))), height: { step: 24 }, layer: [
    { mark: { type: "line", strokeWidth: 2, color: colour("mute") }, encoding: { y, x, detail: { field: "line" } } },
    { mark: { type: "circle", size: 100, opacity: 1, tooltip: true }, encoding: { y, x, color, tooltip } }] };
}

function backtestTable(lines) {
  const of = (which, metric, kind) => (line) => metricCell(line[which], metric, kind);
  return tableOf("How far forecasts were off before", [
    { title: "Of", of: (line) => line.title }, { title: "In use", of: (line) => (line.used ? sentenceCase(forecastName(line.used[0])) : NOT_KNOWN) },
    { title: "Off by", number: true, meaning: "Units too many or too few, over the units sold.", of: of("used", OFF, "share") },
    { title: "The simple way off by", number: true, meaning: "The same month of last year.", of: of("simple", OFF, "share") },
    { title: "Too much", number: true, meaning: "Expected less sold, over the units sold; below 0 too little was expected.", of: of("used", "bias_share", "share") },
    { title: "In the interval", number: true, meaning: "Months inside the interval of 95 %.", of: of("used", "coverage_share", "share") },
    { title: "Scaled error", number: true, meaning: "1 is as far as months lie from the same month a year before; of short categories from the month before.", of: of("used", "mean_absolute_scaled_error", "number") },
    { title: "Scaled error, simple way", number: true, meaning: "The same month of last year, on the same scale.", of: of("simple", "mean_absolute_scaled_error", "number") },
    { title: "Months judged", number: true, of: (line) => judgedCell(line.used, "forecasts_count") }],
  lines.map((line) => ({ ...line, isChosen: Boolean(state.category) && line.category === state.category })));
}
