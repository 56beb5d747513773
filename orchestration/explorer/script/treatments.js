// What is done with whom, and what capacity and budgets left out.
// Belongs here: treatments by segment, the rules that gave them. Does not belong here: whether they worked (experiments.js).

const RULE = ["dimension", "rule_code"];

function treatmentsSection() {
  const rules = (table("treatment_rules") || []).slice().sort((one, other) => one.dimension_name.localeCompare(other.dimension_name, locale) || one.rule_number - other.rule_number);
  const mix = rowsOf("treatment_mix", (row) => row.scheme === state.scheme && (!state.segment || row.segment_code === state.segment));
  if (!rules.length && !mix.length) return [missing("treatment_rules", "Treatments")];
  const names = namesOf(state.scheme);
  const chosen = state.segment ? `What ${names.get(state.segment)} get of the policy.` : "What the policy gives the segments; choose one to see it alone.";
  return [h("p", { class: "lede" }, chosen), mix.length ? treatmentBars(mix, names) : null, displaced(rules), flagged(), foldedLater("Every rule of the policy", () => rulesTable(rules))];
}

// Of each dimension the option that most of a segment have; of one segment every option.
function treatmentBars(mix, names) {
  const keys = ["scheme", "segment_code", "dimension", "treatment"];
  const share = (row) => cell("treatment_mix", keys, row, "treated_share", "share", "Share of the segment's customers who have the option.");
  const dimensions = [...new Map(mix.map((row) => [row.dimension, row.dimension_name])).entries()].sort((one, other) => one[1].localeCompare(other[1], locale));
  if (state.segment) {
    return tableOf(`Treatments of ${names.get(state.segment)}`, [{ title: "Of what", of: (row) => row.dimension_name }, { title: "Treatment", of: (row) => row.treatment_name },
      { title: "Share of them", number: true, of: share }, { title: "Customers", number: true, of: (row) => cell("treatment_mix", keys, row, "customers_count", "count") }], mix);
  }
  const lines = segmentsOf(state.scheme).filter((row) => mix.some((one) => one.segment_code === row.segment_code));
  const first = (segment, dimension) => mix.find((row) => row.segment_code === segment && row.dimension === dimension);
  return tableOf("What most customers of each segment get", [{ title: "Segment", of: (row) => [dot(onGround(safeColour(row.colour))), row.segment_name] },
    ...dimensions.map(([code, name]) => ({ title: name, of: (row) => {
      const most = first(row.segment_code, code);
      return most ? [most.treatment_name, " ", h("span", { class: "quiet" }, share(most))] : "";
    } }))], lines);
}

function displaced(rules) {
  const of = (row, column) => cell("treatment_rules", RULE, row, column, "count");
  const full = rules.filter((row) => row.displaced_by_capacity_count > 0).sort((one, other) => other.displaced_by_capacity_count - one.displaced_by_capacity_count);
  if (!full.length) return null;
  return h("div", {}, h("h3", {}, "Where there was no place for everybody"), h("ul", { class: "points" }, full.slice(0, 5).map((row) =>
    h("li", {}, `${row.dimension_name}, ${row.option_name}: it fits `, of(row, "matched_count"), " customers, ", of(row, "given_count"), " have it, and ", of(row, "displaced_by_capacity_count"), " found no place, as others have more to gain."))));
}

function flagged() {
  const rows = table("treatment_fairness") || [];
  if (!rows.length) return null;
  const keys = ["dimension", "option_code", "protected_attribute", "attribute_value"];
  const of = (row, column) => cell("treatment_fairness", keys, row, column, "share");
  return h("div", {}, h("h3", {}, "Unevenly given"), h("ul", { class: "points" }, rows.slice(0, 6).map((row) => h("li", {}, `${row.dimension_name}, ${plainWords(row.option_code)}: `, of(row, "given_share"),
    ` of customers with ${plainWords(row.protected_attribute).toLowerCase()} ${row.attribute_value} have it, against `, of(row, "others_share"), " of the others. Is that meant?"))));
}

function rulesTable(rules) {
  const of = (column, kind = "count") => (row) => cell("treatment_rules", RULE, row, column, kind);
  return tableOf("Rules in the order in which they are asked", [{ title: "Of what", of: (row) => row.dimension_name }, { title: "Treatment", of: (row) => row.option_name }, { title: "Whom it fits", of: (row) => row.rule_name || row.conditions },
    { title: "Fits", number: true, of: of("matched_count") }, { title: "Have it", number: true, of: of("given_count") }, { title: "No place", number: true, of: of("displaced_by_capacity_count") },
    { title: "Contacted enough", number: true, of: of("displaced_by_fatigue_count") }, { title: "Places", number: true, of: of("capacity_count") }, { title: "Cost of all", number: true, of: of("planned_cost_amount", "money") }], rules);
}
