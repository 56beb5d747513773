// The segments of the chosen way of segmenting: its question, and a card for each.
// Belongs here: choosing a way and a segment, cards, finding a segment by words. Does not belong here: one segment in full.

function switcher() {
  const pick = h("select", { id: "scheme", "data-focus": "scheme", on: { change: (event) => choose({ scheme: event.target.value, segment: null, moves: null }) } },
    schemes.map((scheme) => h("option", { value: scheme.scheme, selected: scheme.scheme === state.scheme },
      scheme.scheme_name + (segmentsOf(scheme.scheme).length ? "" : " (not available)"))));
  const segment = h("select", { id: "segment", "data-focus": "segment", on: { change: (event) => choose({ segment: event.target.value || null }) } },
    h("option", { value: "" }, "All segments"),
    segmentsOf(state.scheme).map((row) => h("option", { value: row.segment_code, selected: row.segment_code === state.segment }, row.segment_name)));
  return h("div", { class: "switcher", role: "group", "aria-label": "What the page shows" },
    h("label", {}, "Way of segmenting", pick), h("label", {}, "Segment", segment), search());
}

function search() {
  const found = h("ul", { class: "found", id: "found" });
  const said = h("span", { class: "hidden", role: "status" });
  const field = h("input", { type: "search", id: "search", autocomplete: "off", placeholder: "name or description", "aria-controls": "found", on: { input: () => look() } });
  const look = () => {
    const words = field.value.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
    const hits = words.length ? rowsOf("segment_profiles", (row) => row.is_current).filter((row) => {
      const text = `${row.segment_name} ${row.description || ""} ${schemeOf(row.scheme)?.scheme_name}`.toLocaleLowerCase(locale);
      return words.every((word) => text.includes(word));
    }) : [];
    found.replaceChildren(...hits.slice(0, 8).map((row) => h("li", {}, h("a", { href: address({ scheme: row.scheme, segment: row.segment_code, section: "segments" }) },
      dot(onGround(safeColour(row.colour))), row.segment_name, h("span", { class: "quiet" }, ` in ${schemeOf(row.scheme)?.scheme_name}`)))));
    said.textContent = words.length ? `${hits.length} segments found` : "";
    if (words.length && !hits.length) found.replaceChildren(h("li", { class: "quiet" }, "No segment has these words."));
  };
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") { field.value = ""; look(); } });
  return h("div", { class: "search" }, h("label", {}, h("span", { class: "words" }, "Find a segment"), field), found, said);
}

function segmentsSection() {
  const scheme = schemeOf(state.scheme);
  const rows = segmentsOf(state.scheme);
  const head = [h("p", { class: "lede" }, scheme.question)];
  if (!rows.length) return [...head, note(`${scheme.scheme_name} is not available: ${scheme.status_reason || scheme.status}.`)];
  const method = { rule: "by a rule", model: "by a model" }[scheme.method] || scheme.method;
  head.push(h("p", { class: "quiet" }, `${scheme.scheme_name} divides all customers ${method}. It knows enough of `,
    cell("segmentation_schemes", ["scheme"], scheme, "customers_known_share", "share", "Customers who are not unknown."), " of them. ", `Owner: ${scheme.owner || "not said"}.`));
  return [...head, composition(rows), h("ul", { class: "cards" }, rows.map(card)), state.segment ? persona(rows.find((row) => row.segment_code === state.segment))
    : note("Choose a segment to read who they are and what to do; everything below then shows it alone."),
    foldedLater("All segments side by side", () => sideBySide(rows))];
}

function composition(rows) {
  const bar = (title, column) => [h("span", { class: "quiet" }, title), h("span", { class: "stack" }, rows.filter((row) => row[column] > 0).map((row) =>
    h("span", { title: `${row.segment_name}: ${asText(row[column], "share")}`, class: state.segment && state.segment !== row.segment_code ? "faint" : null,
      style: { flex: `${row[column]} 1 0`, background: onGround(safeColour(row.colour)) } })))];
  return h("div", { class: "composition", "aria-hidden": "true" }, bar("Customers", "customers_share"), bar("Revenue", "net_revenue_365d_share"));
}

function card(row) {
  const chosen = row.segment_code === state.segment;
  return h("li", {}, h("button", { type: "button", class: "card", "aria-pressed": chosen ? "true" : "false", "data-segment": row.segment_code, "data-focus": `card ${row.segment_code}`,
    on: { click: () => choose({ segment: chosen ? null : row.segment_code }) } },
    h("span", { class: "name" }, dot(onGround(safeColour(row.colour))), row.segment_name),
    h("span", { class: "quiet about" }, row.description || ""),
    h("span", { class: "facts" },
      h("span", {}, profileCell(row, "customers_count", "count"), h("span", { class: "quiet" }, " customers")),
      h("span", {}, profileCell(row, "customers_share", "share"), h("span", { class: "quiet" }, " of all")),
      h("span", {}, profileCell(row, "net_revenue_365d_share", "share"), h("span", { class: "quiet" }, " of revenue")))));
}

function sideBySide(rows) {
  const column = (title, name, kind) => ({ title, number: true, meaning: PROFILE_MEANINGS[name], of: (row) => profileCell(row, name, kind) });
  return tableOf("Segments on the night's date", [
    { title: "Segment", of: (row) => [dot(onGround(safeColour(row.colour))), row.segment_name] },
    column("Customers", "customers_count", "count"), column("of all", "customers_share", "share"), column("of revenue", "net_revenue_365d_share", "share"),
    column("of margin", "margin_365d_share", "share"), column("Revenue each", "net_revenue_365d_mean_amount", "money"), column("Order days", "order_days_365d_mean", "number"),
    column("An order", "average_order_value_365d_amount", "money"), column("Discount", "discount_365d_share", "share"), column("Last order", "days_since_last_order_median", "days"),
  ], rows.map((row) => ({ ...row, isChosen: row.segment_code === state.segment })));
}
