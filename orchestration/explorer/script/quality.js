// Whether the night's data can be trusted.
// Belongs here: checks and how they went. Does not belong here: how good models are (models.js).

const KINDS = { contract: "what a source promised", delivery: "freshness and size of a delivery", dbt: "rules on tables", model: "models", build: "building a table" };
const STATUS = { pass: "passed", warn: "warns", fail: "failed", error: "failed", not_available: "not available" };

function qualitySection() {
  const rows = (table("data_quality") || []).slice().sort((one, other) => (one.status === "pass") - (other.status === "pass") || one.subject.localeCompare(other.subject) || one.check_name.localeCompare(other.check_name));
  if (!rows.length) return [missing("data_quality", "Checks")];
  const told = rows.filter((row) => row.status !== "pass");
  const fresh = rows.filter((row) => row.check_kind === "delivery");
  const of = (column) => (row) => cell("data_quality", ["check_name", "as_of_date"], row, column, "count");
  const columns = [{ title: "Of", of: (row) => plainSubject(row.subject) }, { title: "Check", of: (row) => KINDS[row.check_kind] || plainWords(row.check_kind) },
    { title: "Result", of: (row) => h("span", { class: `status ${row.status}` }, STATUS[row.status] || row.status) }, { title: "What was found", of: (row) => row.detail || "" },
    { title: "Rejected", number: true, of: of("rejected_count") }];
  return [h("p", { class: "lede" }, checksInOne().slice(0, -3)),
    told.length ? tableOf("What did not simply pass", columns, told) : note("Every check passed."),
    foldedLater("Freshness of every source", () => tableOf("Deliveries", columns.slice(0, 4), fresh)),
    foldedLater("Every check", () => tableOf("All checks of the night", columns, rows))];
}
const plainSubject = (subject) => plainWords(String(subject).split(".").at(-1).replace("__", ": "));
