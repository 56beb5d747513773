// Whether what was done made a difference.
// Belongs here: campaigns and their lift with intervals, sizes of audiences. Does not belong here: what is done tonight (treatments.js).

const LIFT_METRICS = { response_rate: ["Customers who ordered", "share"], orders: ["Orders for each customer", "number"], net_revenue: ["Net revenue for each customer", "money"], margin: ["Margin for each customer", "money"] };
const LIFT = ["campaign_id", "scheme", "segment_code", "metric"];

function experimentsSection() {
  const campaigns = table("campaigns") || [];
  const lift = table("experiment_lift") || [];
  const audiences = table("audience_sizes") || [];
  if (!campaigns.length && !lift.length && !audiences.length) return [missing("campaigns", "Campaigns")];
  return [...campaigns.slice(0, 6).map(campaignStory), ...liftPart(lift), campaigns.length ? foldedLater("Every campaign as a table", () => campaignsTable(campaigns)) : null, audiencesPart(audiences)];
}

function campaignStory(row) {
  const of = (column, kind) => cell("campaigns", ["campaign_id"], row, column, kind);
  return h("p", {}, h("strong", {}, row.campaign_name), `: ${row.finding || row.why_not || "nothing is known of its effect yet."} `,
    row.treatment_customers_count === undefined ? null : h("span", { class: "quiet" }, of("treatment_customers_count", "count"), " contacted, ", of("holdout_customers_count", "count"), " held out."));
}

function campaignsTable(rows) {
  const of = (column, kind) => (row) => cell("campaigns", ["campaign_id"], row, column, kind);
  return tableOf("Campaigns", [{ title: "Campaign", of: (row) => row.campaign_name }, { title: "By chance", of: (row) => (row.is_randomised ? "yes" : "no") },
    { title: "Contacted", number: true, of: of("treatment_customers_count", "count") }, { title: "Held out", number: true, of: of("holdout_customers_count", "count") },
    { title: "Ordered", number: true, of: of("treatment_response_share", "share") }, { title: "of held out", number: true, of: of("holdout_response_share", "share") },
    { title: "Cost", number: true, of: of("cost_amount", "money") }, { title: "Margin gained", number: true, of: of("incremental_margin_amount", "money") },
    { title: "at least", number: true, of: of("incremental_margin_low_amount", "money") }, { title: "at most", number: true, of: of("incremental_margin_high_amount", "money") }].filter((column, place) => place < 2 || rows.some((row) => column.of(row).tagName === "DATA")), rows);
}

function liftPart(all) {
  const known = all.filter((row) => row.adjusted_difference !== null && (row.scheme === "all" || row.scheme === state.scheme && (!state.segment || row.segment_code === state.segment)));
  const metrics = [...new Set(known.map((row) => row.metric))].sort();
  if (!metrics.length) return [note(all.length ? "No effect can be told here: nobody was held out by chance, or too few." : "No campaign's effect is known yet.")];
  const metric = metrics.includes(state.metric) ? state.metric : metrics.includes("margin") ? "margin" : metrics[0];
  const [title, kind] = LIFT_METRICS[metric] || [plainWords(metric), "number"];
  const rows = known.filter((row) => row.metric === metric);
  const of = (column, how = kind) => (row) => cell("experiment_lift", LIFT, row, column, how);
  const pick = h("label", { class: "inline" }, "What was changed", h("select", { id: "metric", "data-focus": "metric", on: { change: (event) => choose({ metric: event.target.value }) } },
    metrics.map((one) => h("option", { value: one, selected: one === metric }, (LIFT_METRICS[one] || [plainWords(one)])[0]))));
  const values = rows.map((row) => ({ campaign: row.campaign_name, segment: row.segment_name, value: row.adjusted_difference, low: row.adjusted_low, high: row.adjusted_high, sure: row.is_significant ? "sure" : "not sure" }));
  const make = (width) => {
    const x = (field) => ({ field, type: "quantitative", title: `change of: ${title.toLowerCase()}`, axis: { format: kind === "share" ? "+.1%" : "+,.2f", tickCount: 5 } });
    const y = { field: "segment", type: "nominal", sort: null, title: null, axis: { grid: false, ticks: false, domain: false } };
    const color = { field: "sure", type: "nominal", legend: null, scale: { domain: ["sure", "not sure"], range: [colour("accent"), colour("mute")] } };
    return { data: { values }, columns: 1, facet: { field: "campaign", type: "nominal", title: null }, spec: { width: width - 190, height: { step: 24 }, layer: [
      { mark: { type: "rule", color: colour("mute"), strokeDash: [3, 3] }, encoding: { x: { datum: 0 } } },
      { mark: { type: "rule", strokeWidth: 3, strokeCap: "round" }, encoding: { y, x: x("low"), x2: { field: "high" }, color } },
      { mark: { type: "circle", size: 90, opacity: 1, tooltip: true }, encoding: { y, x: x("value"), color, tooltip: [{ field: "segment", title: "Segment" }, { field: "value", title: "Change", format: ",.3f" }, { field: "low", title: "at least", format: ",.3f" }, { field: "high", title: "at most", format: ",.3f" }] } }] } };
  };
  const grid = () => tableOf(`${title}: contacted against held out`, [{ title: "Segment", of: (row) => `${row.segment_name} (${row.campaign_name})` }, { title: "Contacted", number: true, of: of("treatment_mean") }, { title: "Held out", number: true, of: of("holdout_mean") },
    { title: "Change", number: true, of: of("adjusted_difference") }, { title: "at least", number: true, of: of("adjusted_low") }, { title: "at most", number: true, of: of("adjusted_high") }, { title: "In words", of: (row) => row.finding || row.why_not || "" }], rows);
  return [pick, chart("What contacting changed", "Dot: the change; line: interval of 95 %; coloured where it is sure that something changed.", make, grid)];
}

function audiencesPart(rows) {
  if (!rows.length) return null;
  const reasons = Object.keys(rows[0]).filter((name) => /_count$/.test(name) && !name.startsWith("minimum_") && !["listed_count", "contacted_count", "held_out_count", "launched_count", "treatment_count", "holdout_count"].includes(name) && rows.some((row) => row[name]));
  const of = (column) => (row) => cell("audience_sizes", ["campaign_id"], row, column, "count");
  return h("div", {}, h("h3", {}, "Audiences"), tableOf("Who is left of whom a campaign fits", [{ title: "Campaign", of: (row) => row.campaign_name || row.campaign_id }, { title: "Status", of: (row) => row.not_exported_because || plainWords(row.status || "") },
    ...[["Fits", "listed_count"], ["Contacted", "contacted_count"], ["Held out", "held_out_count"]].filter(([, name]) => name in rows[0]).map(([title, name]) => ({ title, number: true, of: of(name) })),
    ...reasons.map((name) => ({ title: plainWords(name.replace(/_count$/, "")), number: true, of: of(name) }))], rows));
}
