// How large the segments were on each date, and what happened meanwhile.
// Belongs here: sizes and events over time. Does not belong here: who moved where (movement.js).

function events() {
  const boundaries = new Set(rowsOf("segment_boundaries", (row) => row.scheme === state.scheme).map((row) => row.boundaries_set_date));
  const set = [...boundaries].filter(Boolean).map((date) => ({ date, words: "limits set anew", kind: "limits" }));
  const campaigns = rowsOf("campaigns", (row) => launchOf(row)).map((row) => ({ date: launchOf(row), words: `campaign ${row.campaign_name}`, kind: "campaign" }));
  const alerts = rowsOf("kpi_alerts", (row) => row.is_alert && row.period_end_date && (row.scheme === "all" || row.scheme === state.scheme && (!state.segment || row.segment_code === state.segment)))
    .map((row) => ({ date: row.period_end_date, words: row.sentence, kind: "alert" }));
  return [...set, ...campaigns, ...alerts].sort((one, other) => one.date.localeCompare(other.date));
}

const launchOf = (campaign) => campaign.launches_on_date || campaign.first_assigned_date;

function sizesSection() {
  const rows = rowsOf("segment_profiles", (row) => row.scheme === state.scheme).sort((one, other) => one.as_of_date.localeCompare(other.as_of_date) || byOrder(one, other));
  if (!rows.length) return [note("There are no segments to show.")];
  const dates = [...new Set(rows.map((row) => row.as_of_date))];
  const drawn = rows.filter((row) => !state.segment || row.segment_code === state.segment);
  const seen = events().filter((event) => event.date >= dates[0] && event.date <= dates.at(-1));
  const chosen = segmentsOf(state.scheme).find((row) => row.segment_code === state.segment);
  const before = chosen && rows.find((row) => row.segment_code === state.segment && row.as_of_date === dates.at(-13));
  const lede = chosen && before ? h("p", { class: "lede" }, `${chosen.segment_name}: `, profileCell(before, "customers_count", "count"), ` customers on ${dateText(before.as_of_date)}, `,
    profileCell(chosen, "customers_count", "count"), ` on ${dateText(chosen.as_of_date)}.`)
    : h("p", { class: "lede" }, `How many customers each segment had on ${dates.length === 1 ? "the one date so far" : `${dates.length} dates`}.`);
  if (dates.length === 1) return [lede, sizesTable(rows)];
  const names = namesOf(state.scheme), colours = coloursOf(state.scheme);
  const order = [...new Map(drawn.slice().sort(byOrder).map((row) => [row.segment_name, row])).values()];
  const told = seen.filter((event) => event.kind !== "limits");
  const make = (width) => ({
    width: "container", height: width < 500 ? 240 : 300, autosize: { type: "fit", contains: "padding" },
    layer: [
      { data: { values: drawn.map((row, place) => ({ date: row.as_of_date, segment: row.segment_name, customers: row.customers_count, order: row.display_order ?? place })) },
        mark: { type: "area", tooltip: true },
        encoding: {
          x: { field: "date", type: "temporal", title: null, axis: { format: "%b %Y", grid: false, tickCount: width < 500 ? 4 : 8 } },
          y: { field: "customers", type: "quantitative", title: "customers", stack: "zero", axis: { tickCount: 5, format: ",d" } },
          color: { field: "segment", type: "nominal", title: null, scale: { domain: order.map((row) => row.segment_name), range: order.map((row) => colours.get(row.segment_code)) }, legend: order.length > 1 ? { columns: width < 500 ? 2 : 5, labelLimit: 130 } : null },
          order: { field: "order", type: "quantitative" },
          tooltip: [{ field: "segment", title: "Segment" }, { field: "date", type: "temporal", title: "Date", format: "%d %b %Y" }, { field: "customers", title: "Customers", format: ",d" }],
        } },
      ...(told.length ? [{ data: { values: told }, mark: { type: "rule", strokeDash: [4, 3], strokeWidth: 1.5, tooltip: true },
        encoding: { x: { field: "date", type: "temporal" }, tooltip: [{ field: "words", title: "Event" }, { field: "date", type: "temporal", title: "Date", format: "%d %b %Y" }] } }] : []),
    ],
  });
  const limits = seen.filter((event) => event.kind === "limits");
  return [lede, chart("Sizes over time", told.length ? "Customers on each date; dashed lines are events." : "Customers on each date.", make, () => sizesTable(rows, names)),
    told.length ? h("ul", { class: "events" }, told.map((event) => h("li", {}, h("strong", {}, dateText(event.date)), ` ${event.words}`))) : null,
    limits.length ? note(`The limits between these segments were last set on ${dateText(limits.at(-1).date)}; they are set anew at month ends.`) : null];
}

function sizesTable(rows) {
  const dates = [...new Set(rows.map((row) => row.as_of_date))].reverse();
  const found = new Map(rows.map((row) => [`${row.as_of_date} ${row.segment_code}`, row]));
  const shownSegments = [...new Map(rows.slice().sort(byOrder).map((row) => [row.segment_code, row])).values()].filter((row) => !state.segment || row.segment_code === state.segment);
  return tableOf("Customers on each date", [{ title: "Date", of: (line) => dateText(line.date) },
    ...shownSegments.map((segment) => ({ title: segment.segment_name, number: true, of: (line) => {
      const row = found.get(`${line.date} ${segment.segment_code}`);
      return row ? profileCell(row, "customers_count", "count") : "";
    } }))], dates.map((date) => ({ date })));
}
