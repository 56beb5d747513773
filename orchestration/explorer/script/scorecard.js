// Which way of segmenting foresees best what customers do.
// Belongs here: the scorecard as a sentence, a picture and a table. Does not belong here: single segments.

const SCORE = ["scheme", "as_of_date"];

function scorecardSection() {
  const rows = rowsOf("scheme_scorecard", (row) => row.explained_spend_share !== null).sort((one, other) => one.usefulness_rank - other.usefulness_rank);
  if (!rows.length) return [table("scheme_scorecard") ? note("No way of segmenting is judged yet: the days after the first evaluated date are not over.") : missing("scheme_scorecard", "The scorecard")];
  const of = (row, column) => cell("scheme_scorecard", SCORE, row, column, "share");
  const best = rows[0];
  const mine = rows.find((row) => row.scheme === state.scheme);
  const lede = h("p", { class: "lede" }, `${best.scheme_name} is the surest: it explained `, of(best, "explained_spend_share"), " of the differences in what customers spent afterwards. ",
    mine && mine !== best ? [`${mine.scheme_name} explained `, of(mine, "explained_spend_share"), "."] : null);
  const values = rows.flatMap((row) => [["Foresees how much they spend", "explained_spend_share"], ["Foresees who orders again", "explained_retention_share"]]
    .filter(([, column]) => row[column] !== null && row[column] !== undefined)
    .map(([what, column]) => ({ what, scheme: row.scheme_name, value: row[column], low: Math.max(row[`${column}_lower`], -0.1), high: row[`${column}_upper`], mine: row.scheme === state.scheme ? "chosen" : "other" })));
  const order = rows.map((row) => row.scheme_name);
  const make = (width) => {
    const narrow = width < 620;
    const x = (field) => ({ field, type: "quantitative", title: null, scale: { zero: true }, axis: { format: ".0%", tickCount: 5 } });
    const y = { field: "scheme", type: "nominal", sort: order, title: null, axis: { grid: false, ticks: false, domain: false, labelPadding: 8 } };
    const color = { field: "mine", type: "nominal", legend: null, scale: { domain: ["chosen", "other"], range: [colour("accent"), colour("mute")] } };
    const tooltip = [{ field: "scheme", title: "Way of segmenting" }, { field: "value", title: "Explained", format: ".1%" }, { field: "low", title: "at least", format: ".1%" }, { field: "high", title: "at most", format: ".1%" }];
    return { data: { values }, columns: narrow ? 1 : 2, spacing: 28, facet: { field: "what", type: "nominal", title: null, sort: ["Foresees how much they spend", "Foresees who orders again"] },
      spec: { width: narrow ? width - 170 : Math.floor((width - 230) / 2), height: { step: 22 }, layer: [
        { mark: { type: "rule", strokeWidth: 3, strokeCap: "round" }, encoding: { y, x: x("low"), x2: { field: "high" }, color } },
        { mark: { type: "circle", size: 90, opacity: 1, tooltip: true }, encoding: { y, x: x("value"), color, tooltip } }] } };
  };
  const grid = () => tableOf("How good each way of segmenting was", [
    { title: "Way of segmenting", of: (row) => row.scheme_name },
    ...[["Spending explained", "explained_spend_share"], ["at least", "explained_spend_share_lower"], ["at most", "explained_spend_share_upper"], ["Ordering again", "explained_retention_share"],
      ["Steady", "stability_share"], ["Known", "coverage_share"], ["Even", "balance_share"], ["Reachable", "reachability_share"]]
      .filter(([, column]) => has("scheme_scorecard", column)).map(([title, column]) => ({ title, number: true, of: (row) => of(row, column) })),
  ], rows.map((row) => ({ ...row, isChosen: row.scheme === state.scheme })));
  return [lede, note(`Dot: how much of the differences between customers their segments foresaw; 0 % is no better than one mean for all, 100 % is exact. Line: interval of 95 %. Learned from what followed ${dateText(best.learned_as_of_date)}, held against what followed ${dateText(best.as_of_date)}.`),
    chart("Which way to use", "The one you look at is coloured.", make, grid), crosses()];
}

function crosses() {
  const rows = rowsOf("scheme_pairs", (row) => row.gain_share !== null).sort((one, other) => one.gain_rank - other.gain_rank);
  if (!rows.length) return null;
  const best = rows[0];
  const of = (column) => cell("scheme_pairs", ["first_scheme", "second_scheme"], best, column, "share");
  return h("p", {}, `Two together: ${best.first_scheme_name} and ${best.second_scheme_name} explain another `, of("gain_share"), ` of the differences beyond ${best.best_scheme_name} alone (95 % interval `, of("gain_share_lower"), " to ", of("gain_share_upper"),
    `). ${best.is_chosen ? "It is in use as the scheme Combined." : best.has_earned_its_place ? "It has earned its place." : "It has not earned a place of its own."}`);
}
