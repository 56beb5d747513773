// One segment in full.
// Belongs here: the persona's chapters and the traits behind them. Does not belong here: the sentences (they come with the page).

const sentence = (parts, keys) => h("p", {}, parts.map((part) => {
  if (typeof part === "string") return part;
  const [value, kind, mart, column, place] = part;
  return shown(value, kind, { mart, column, key: keys[place] });
}));

function persona(row) {
  const told = content.personas[row.scheme]?.[row.segment_code];
  if (!told) return null;
  return h("article", { class: "persona", "aria-labelledby": "persona", style: { "--segment": onGround(safeColour(row.colour)) } },
    h("header", {}, h("h3", { id: "persona" }, row.segment_name),
      h("a", { class: "clear", href: address({ segment: null, section: "segments" }) }, "Show all segments")),
    h("div", { class: "headline" }, sentence(told.headline, told.keys)),
    h("div", { class: "chapters" }, told.chapters.map((chapter) => h("section", {}, h("h4", {}, chapter.title), chapter.sentences.map((one) => sentence(one, told.keys))))),
    traits(row));
}

function traits(row) {
  const rows = rowsOf("segment_traits", (trait) => trait.scheme === row.scheme && trait.segment_code === row.segment_code)
    .sort((one, other) => one.rank - other.rank).slice(0, 12);
  if (!rows.length) return null;
  const keys = ["scheme", "segment_code", "trait", "trait_value"];
  const of = (name, kind) => (trait) => cell("segment_traits", keys, trait, name, kind);
  return folded("What sets them apart, in numbers", h("p", { class: "quiet" },
    "Only what clearly differs from all customers, the strongest first. Shares are of the customers of whom it is known."),
    tableOf(`Traits of ${row.segment_name}`, [
      { title: "Trait", of: (trait) => [h("strong", {}, trait.trait_name), " ", trait.trait_value] },
      { title: "Here", number: true, of: of("segment_share", "share") },
      { title: "All customers", number: true, of: of("base_share", "share") },
      { title: "As many as usual", number: true, meaning: "How many times the usual share; shrunken towards 1 where few customers tell.", of: of("trait_index", "times") },
      { title: "at least", number: true, meaning: "Lower end of the interval of 95 %.", of: of("index_lower", "times") },
      { title: "at most", number: true, meaning: "Upper end of the interval of 95 %.", of: of("index_upper", "times") },
      { title: "", of: (trait) => (trait.is_own_input ? h("span", { class: "quiet" }, "the rule itself") : "") },
    ], rows));
}
