// What is done with whom, and what capacity and budgets left out.
// Belongs here: treatments by segment, the rules that gave them. Does not belong here: whether they worked (experiments.js).

function treatmentsSection() {
  return [missing("treatment_rules", "Treatments")];
}
