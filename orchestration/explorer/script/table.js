// Tables that can be read by everyone.
// Belongs here: a table of rows with a caption. Does not belong here: which columns.

// columns: [{title, of: row => text or element, number: true for numbers}]
function tableOf(caption, columns, rows) {
  const head = columns.map((column) => h("th", { scope: "col", class: column.number ? "number" : null, title: column.meaning }, column.title));
  const body = rows.map((row) => h("tr", { class: row.isChosen ? "chosen" : null }, columns.map((column, place) =>
    h(place === 0 ? "th" : "td", { scope: place === 0 ? "row" : null, class: column.number ? "number" : null }, column.of(row)))));
  // Wide tables scroll inside their own frame, which the keyboard can reach.
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}
const folded = (title, ...children) => h("details", {}, h("summary", {}, title), children);
// Long tables are made when they are opened.
function foldedLater(title, make) {
  const details = h("details", {}, h("summary", {}, title));
  const fill = () => { if (details.childElementCount === 1) details.append(make()); };
  details.addEventListener("toggle", () => { if (details.open) fill(); });
  details.fill = fill;
  return details;
}
const note = (...children) => h("p", { class: "note" }, children);
const missing = (mart, what) => note(`${what}: this version has none (${mart}: ${content.absent[mart] || "no rows"}).`);
const dot = (colour) => h("span", { class: "dot", "aria-hidden": "true", style: { background: colour } });
