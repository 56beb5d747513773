// The night in one minute: how many, how much, what changed, whether it can be trusted.
// Belongs here: the first section. Does not belong here: single segments.

const MOVE = ["scheme", "from_segment_code", "to_segment_code", "as_of_date"];

function tile(title, value, ...beside) {
  return h("div", { class: "tile" }, h("dt", {}, title), h("dd", {}, h("span", { class: "large" }, value), beside.length ? h("span", { class: "quiet" }, beside) : null));
}

function overview() {
  const t = content.totals;
  const lede = h("p", { class: "lede" }, `${about.company} has `, total("customers"), " customers. ",
    t.active_customers.value === null ? null : [total("active_customers"), " of them ordered in the past year and brought ", total("net_revenue_365d"), " of net revenue."]);
  const nps = t.nps.value === null
    ? [tile("NPS", h("span", { class: "none" }, NOT_KNOWN), "fewer than 30 answers in a year")]
    : [tile("NPS", total("nps"), "95 % interval ", total("nps_low"), " to ", total("nps_high"), "; ", total("nps_answers"), " answers")];
  const tiles = h("dl", { class: "tiles" },
    tile("Customers", total("customers"), "known by ", dateText(about.as_of_date)),
    tile("Active", total("active_customers"), "ordered within 365 days"),
    tile("Revenue", total("net_revenue_365d"), "net, 365 days"),
    tile("Margin", total("margin_365d"), "365 days"),
    tile("Expected margin", total("expected_margin_365d"), "of these customers, next 365 days"),
    retention(), nps);
  return [lede, tiles, h("div", { class: "pair" }, worthKnowing(), whatChanged())];
}

function retention() {
  const row = newestOverall();
  if (!row) return tile("Retention", h("span", { class: "none" }, NOT_KNOWN), "this version has no KPIs by period");
  const of = (column) => cell("segment_kpis", PERIOD, row, column, "share", KPI_MEASURES[0][4]);
  return tile("Retention", of("period_retention_rate"), `of those who bought the ${row.period_kind} before bought again; ${row.period_name}, 95 % interval `, of("period_retention_rate_low"), " to ", of("period_retention_rate_high"));
}

function worthKnowing() {
  const items = [];
  const segments = segmentsOf(state.scheme).filter((row) => row.net_revenue_index !== null && row.segment_code !== "unknown");
  const best = segments.slice().sort((one, other) => other.net_revenue_index - one.net_revenue_index)[0];
  if (best) items.push([h("a", { href: address({ segment: best.segment_code, section: "segments" }) }, best.segment_name), " are ",
    profileCell(best, "customers_share", "share"), " of customers and bring ", profileCell(best, "net_revenue_365d_share", "share"), " of revenue."]);
  const score = rowsOf("scheme_scorecard", (row) => row.usefulness_rank === 1 && row.explained_spend_share !== null)[0];
  if (score) items.push([h("a", { href: address({ scheme: score.scheme, segment: null, section: "segments" }) }, score.scheme_name),
    " foresees spending best: it explained ", cell("scheme_scorecard", ["scheme", "as_of_date"], score, "explained_spend_share", "share"), " of the differences between customers."]);
  items.push(checksInOne());
  const told = alertsInOne();
  return h("div", {}, h("h3", {}, "Worth knowing"), h("ul", { class: "points" }, [...items, ...told].map((item) => h("li", {}, item))));
}

function checksInOne() {
  const checks = rowsOf("data_quality", () => true);
  const count = (status) => checks.filter((row) => row.status === status).length;
  const of = (status, words) => (count(status) ? [", ", counted("data_quality", { is_current: true, status }, count(status)), words] : null);
  return [counted("data_quality", { is_current: true }, checks.length), " checks: ",
    counted("data_quality", { is_current: true, status: "pass" }, count("pass")), " passed", of("warn", " warn"), of("fail", " failed"), of("error", " failed"), of("not_available", " could not be made"), ". ",
    h("a", { href: address({ section: "quality" }) }, "Which they are"), "."];
}

function whatChanged() {
  const moved = rowsOf("movement", (row) => row.scheme === state.scheme).at(-1);
  const title = h("h3", {}, "What changed");
  if (!moved) return h("div", {}, title, note("Nothing to compare yet: this is the first date."));
  const names = namesOf(state.scheme);
  const moves = rowsOf("segment_transitions", (row) => row.scheme === state.scheme && row.as_of_date === moved.as_of_date
    && row.from_segment_code !== row.to_segment_code && row.from_segment_code !== "entered")
    .sort((one, other) => other.customers_count - one.customers_count).slice(0, 5);
  return h("div", {}, title,
    h("p", {}, `Since ${dateText(moved.previous_as_of_date)}, in ${schemeOf(state.scheme).scheme_name}: `, movedSentence(moved)),
    h("ol", { class: "moves" }, moves.map((row) => h("li", {}, h("span", {}, names.get(row.from_segment_code) || row.from_segment_code, h("span", { class: "quiet" }, " to "),
      names.get(row.to_segment_code) || row.to_segment_code), cell("segment_transitions", MOVE, row, "customers_count", "count", "Customers who made this step.")))));
}

function movedSentence(moved) {
  const of = (column) => cell("movement", ["scheme", "as_of_date"], moved, column, "count");
  return [of("moved_count"), " of ", of("known_before_count"), " customers changed segment, ", of("customer_changed_count"), " because they changed themselves and ",
    of("boundary_moved_count"), " only because a limit between segments was set anew. ", of("entered_count"), " customers are new to us."];
}
