// What is foretold and how far it can be trusted.
// Belongs here: models against their simple baselines, and whether chances came true. Does not belong here: predictions of customers.

const MODEL_NAMES = {
  return_90d: "Orders again within 90 days", category_90d: "Orders of a category, 90 days", response_30d: "Answers a campaign, 30 days",
  value_90d__boosted_trees: "Margin of 90 days (boosted trees)", value_90d__buying_model: "Margin of 90 days (buying model)",
};
const METRICS = { area_under_roc: "area under the curve", calibration_slope: "calibration slope", log_loss: "log loss", mean_absolute_error: "mean absolute error", gini: "Gini",
  spearman_correlation: "rank correlation", total_forecast_error: "error of the total", lift_at_10_percent: "lift at 10 %" };
const DECISIONS = { promoted: "in use", other_model: "another model is better", baseline: "the simple baseline is in use", kept: "the former one stays in use" };
const BASELINES = { rfm_cells: "cells of recency, frequency and money", own_share: "own share so far", base_rate: "the rate of all", last_window: "the same as last time" };
const modelName = (code) => MODEL_NAMES[code] || plainWords(code);

function modelsSection() {
  const metrics = rowsOf("model_metrics", (row) => row.slice === "all");
  const calibration = table("model_calibration") || [];
  if (!metrics.length && !calibration.length) return [note(`There are no models in this version (model_metrics: ${content.absent.model_metrics || "no model was judged"}).`)];
  const models = [...new Map(metrics.map((row) => [row.model, row])).values()];
  const used = models.filter((row) => row.is_published);
  const lede = h("p", { class: "lede" }, counted("model_metrics", { is_published: true, distinct: "model" }, new Set(rowsOf("model_metrics", (row) => row.is_published).map((row) => row.model)).size),
    " of ", counted("model_metrics", { distinct: "model" }, new Set((table("model_metrics") || []).map((row) => row.model)).size), " models proved better than a simple baseline on days they had not seen, and are in use.");
  return [lede, used.length || models.length ? h("ul", { class: "points" }, models.map((row) => modelStory(row, metrics)))
    : null,
    calibrationChart(calibration), foldedLater("Every metric as a table", () => metricsTable(metrics))];
}

// The error of a model beside that of the simple baseline; why it was decided so, for those who want to know.
const ERRORS = { log_loss: "number", mean_absolute_error: "money" };
function modelStory(row, metrics) {
  const keys = ["model", "slice", "metric", "baseline", "tested_on_date"];
  const error = metrics.find((one) => one.model === row.model && one.metric in ERRORS && one.baseline_value !== null);
  const of = (column) => cell("model_metrics", keys, error, column, ERRORS[error.metric], "The smaller, the better.");
  return h("li", {}, h("strong", {}, modelName(row.model)), `: ${DECISIONS[row.decision] || plainWords(row.decision)}. `,
    error ? [`Its ${METRICS[error.metric]} was `, of("model_value"), ", that of the baseline (", BASELINES[error.baseline] || plainWords(error.baseline), ") ", of("baseline_value"), "."] : null, folded("Why", h("p", { class: "note" }, row.reason)));
}

function calibrationChart(rows) {
  if (!rows.length) return null;
  const of = (row, column, kind) => cell("model_calibration", ["model", "decile"], row, column, kind);
  const values = rows.map((row) => ({ model: modelName(row.model), foretold: row.predicted_share, came: row.observed_share, customers: row.customers_count }));
  const most = Math.max(...values.flatMap((row) => [row.foretold, row.came]));
  const models = [...new Set(values.map((row) => row.model))];
  const make = (width) => {
    const columns = Math.max(1, Math.min(models.length, Math.floor(width / 260)));
    const x = (field) => ({ field, type: "quantitative", title: "chance foretold", scale: { domain: [0, most] }, axis: { format: ".0%", tickCount: 4 } });
    const y = (field) => ({ field, type: "quantitative", title: "came true", scale: { domain: [0, most] }, axis: { format: ".0%", tickCount: 4 } });
    const diagonal = { transform: [{ aggregate: [{ op: "max", field: "foretold", as: "any" }] }, { calculate: "[0, 1]", as: "ends" }, { flatten: ["ends"] }, { calculate: `datum.ends * ${most}`, as: "end" }], mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1, color: colour("mute") }, encoding: { x: x("end"), y: y("end") } };
    const points = { mark: { type: "line", color: colour("accent"), point: { size: 50, filled: true, color: colour("accent") }, tooltip: true }, encoding: { x: x("foretold"), y: y("came"),
      tooltip: [{ field: "model", title: "Model" }, { field: "foretold", title: "Foretold", format: ".1%" }, { field: "came", title: "Came true", format: ".1%" }, { field: "customers", title: "Customers", format: ",d" }] } };
    return { data: { values }, columns, spacing: 28, facet: { field: "model", type: "nominal", title: null, sort: models }, spec: { width: Math.floor(width / columns) - 74, height: 190, layer: [diagonal, points] } };
  };
  return chart("Do chances come true?", "A dot is a tenth of the customers; on the dashed line as many did it as was foretold.", make, () => tableOf("Chances foretold and what came true", [
    { title: "Model", of: (row) => modelName(row.model) }, { title: "Tenth", number: true, of: (row) => String(row.decile) }, { title: "Customers", number: true, of: (row) => of(row, "customers_count", "count") },
    { title: "Foretold", number: true, of: (row) => of(row, "predicted_share", "share") }, { title: "Came true", number: true, of: (row) => of(row, "observed_share", "share") }], rows));
}

function metricsTable(rows) {
  const keys = ["model", "slice", "metric", "baseline", "tested_on_date"];
  const of = (column) => (row) => cell("model_metrics", keys, row, column, "number");
  return tableOf("Models against simple baselines, all customers", [
    { title: "Model", of: (row) => modelName(row.model) }, { title: "Metric", of: (row) => METRICS[row.metric] || plainWords(row.metric) }, { title: "Model", number: true, of: of("model_value") },
    { title: "Baseline", of: (row) => BASELINES[row.baseline] || plainWords(row.baseline) }, { title: "Its value", number: true, of: of("baseline_value") }, { title: "Difference", number: true, of: of("difference") },
    { title: "at least", number: true, of: of("difference_lower") }, { title: "at most", number: true, of: of("difference_upper") }, { title: "Tested on", of: (row) => dateText(row.tested_on_date) }], rows);
}
