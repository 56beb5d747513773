// Who moved from which segment to which, and why.
// Belongs here: choosing the date, the picture and the table of moves. Does not belong here: drawing bands (flow.js).

function movementSection() {
  const sums = rowsOf("movement", (row) => row.scheme === state.scheme);
  if (!table("segment_transitions")) return [missing("segment_transitions", "Moves between segments")];
  if (!sums.length) return [note("Nothing to compare yet: this is the first date.")];
  const moved = sums.find((row) => row.as_of_date === state.moves) || sums.at(-1);
  const names = namesOf(state.scheme), colours = coloursOf(state.scheme);
  const touches = (row) => !state.segment || row.from_segment_code === state.segment || row.to_segment_code === state.segment;
  const rows = rowsOf("segment_transitions", (row) => row.scheme === state.scheme && row.as_of_date === moved.as_of_date && touches(row));
  const changes = rows.filter((row) => row.from_segment_code !== row.to_segment_code).sort((one, other) => other.customers_count - one.customers_count);
  const pick = h("label", { class: "inline" }, "Moves until", h("select", { id: "moves", "data-focus": "moves", on: { change: (event) => choose({ moves: event.target.value }) } },
    sums.slice().reverse().map((row) => h("option", { value: row.as_of_date, selected: row.as_of_date === moved.as_of_date }, dateText(row.as_of_date)))));
  const known = segmentsOf(state.scheme).map((row) => row.segment_code);
  const codes = [...new Set(["entered", ...known, ...rows.flatMap((row) => [row.from_segment_code, row.to_segment_code])])];
  const chosen = state.segment ? ` Shown are the moves into and out of ${names.get(state.segment)}.` : "";
  const title = `Flow from ${dateText(moved.previous_as_of_date)} (left) to ${dateText(moved.as_of_date)} (right)`;
  return [h("p", { class: "lede" }, movedSentence(moved), chosen), pick,
    changes.length ? h("figure", {}, h("figcaption", {}, h("strong", {}, title), " ", h("span", { class: "quiet" }, "Who stayed is not drawn. A band is as thick as the move is large.")),
      flowPicture(changes.map((row) => ({ from: row.from_segment_code, to: row.to_segment_code, count: row.customers_count })), names, colours, codes, title)) : note("Nobody moved."),
    foldedLater("Every move as a table", () => movesTable(rows, names, moved))];
}

function movesTable(rows, names, moved) {
  const of = (column) => (row) => cell("segment_transitions", MOVE, row, column, "count");
  return tableOf(`Moves from ${dateText(moved.previous_as_of_date)} to ${dateText(moved.as_of_date)}`, [
    { title: "From", of: (row) => names.get(row.from_segment_code) || row.from_segment_code },
    { title: "To", of: (row) => names.get(row.to_segment_code) || row.to_segment_code },
    { title: "Customers", number: true, of: of("customers_count") },
    { title: "changed themselves", number: true, of: of("customer_changed_count") },
    { title: "boundary moved", number: true, of: of("boundary_moved_count") },
  ], rows.slice().sort((one, other) => other.customers_count - one.customers_count));
}
