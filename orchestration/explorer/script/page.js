// The page: its sections, where the reader is, light and dark.
// Belongs here: putting sections up and drawing again what a choice changes. Does not belong here: what is in a section.

const SECTIONS = [
  ["overview", "Overview", overview], ["segments", "Segments", segmentsSection], ["sizes", "Sizes over time", sizesSection], ["movement", "Who moved", movementSection],
  ["results", "Results over time", resultsSection], ["treatments", "What to do", treatmentsSection], ["experiments", "Did it work?", experimentsSection], ["demand", "Demand", demandSection],
  ["scorecard", "Which way to use", scorecardSection], ["models", "Predictions", modelsSection], ["quality", "Data quality", qualitySection],
];

const main = document.getElementById("main");
for (const [id, title] of SECTIONS) {
  if (id === "segments") main.append(h("div", { id: "switch" }));
  main.append(h("section", { id: `section-${id}`, "aria-labelledby": `title-${id}` }, h("h2", { id: `title-${id}`, tabindex: "-1" }, title), h("div", { class: "content" })));
}

function render() {
  const focused = document.activeElement?.dataset?.focus;
  waiting.clear();
  seen.disconnect();
  document.getElementById("switch").replaceChildren(switcher());
  for (const [id, , make] of SECTIONS) {
    document.querySelector(`#section-${id} .content`).replaceChildren(...make().flat().filter((child) => child !== null && child !== undefined));
  }
  document.getElementById("sections").replaceChildren(...SECTIONS.map(([id, title]) => h("li", {}, h("a", { href: address({ section: id }), "data-section": id }, title))));
  if (focused) document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function theme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  document.getElementById("theme").textContent = isDark() ? "Light" : "Dark";
}

function scrollTo(element) {
  element?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function goTo(section) {
  const title = document.getElementById(`title-${section}`);
  if (!title) return;
  title.focus({ preventScroll: true });
  scrollTo(title);
}

addEventListener("hashchange", () => {
  const before = state;
  state = readState();
  const isOther = ["scheme", "segment", "measure", "period", "moves", "metric", "category", "theme"].some((name) => before[name] !== state[name]);
  if (before.theme !== state.theme) theme();
  if (isOther) render();
  if (state.section) goTo(state.section);
  // A card was pressed: what it opens stands below the cards.
  else if (state.segment && before.segment !== state.segment && document.activeElement?.dataset?.segment) scrollTo(document.querySelector(".persona"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { theme(); render(); });
document.getElementById("theme").addEventListener("click", () => choose({ theme: isDark() ? "light" : "dark" }));
document.getElementById("print").addEventListener("click", async () => {
  await drawAll();
  print();
});
let width = innerWidth;
addEventListener("resize", () => {
  if (Math.abs(innerWidth - width) < 40) return;
  width = innerWidth;
  render();
});

document.getElementById("company").textContent = about.company;
document.getElementById("version").textContent = `${about.version}, night of ${dateText(about.as_of_date)}`;
document.getElementById("foot").append(
  `Made from the published marts of version ${about.version}. Amounts in ${about.currency}. Groups of fewer than ${about.minimum_cell_customers} customers are not told apart. Hover a number to read what it means.`);
theme();
render();
// Milliseconds from opening the file until it can be used.
document.documentElement.dataset.ready = String(Math.round(performance.now()));
if (state.section) goTo(state.section);

// Which section the reader is in.
const where = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const link = document.querySelector(`[data-section="${entry.target.id.slice("section-".length)}"]`);
    if (!link || !entry.isIntersecting) continue;
    document.querySelectorAll("[data-section][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
  }
}, { rootMargin: "-30% 0px -60% 0px" });
main.querySelectorAll("section[id]").forEach((section) => where.observe(section));
