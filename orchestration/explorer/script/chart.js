// Charts: drawn when they come into view, with the same numbers as a table beside them.
// Belongs here: the frame of a chart, its colours in light and dark. Does not belong here: what a chart shows.

const isDark = () => (state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
// Dark colours of segments would drown in a dark page: they are mixed with white there.
function onGround(hex) {
  if (!isDark()) return hex;
  const mixed = [1, 3, 5].map((at) => Math.round(parseInt(hex.slice(at, at + 2), 16) * 0.68 + 255 * 0.32));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
const waiting = new Map();
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { rootMargin: "300px" });

function configuration() {
  const ink = colour("ink"), quiet = colour("quiet"), line = colour("line");
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: null, font, view: { stroke: null }, padding: 2,
    axis: { labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 220 },
    legend: { labelColor: ink, titleColor: quiet, labelFontSize: 12, titleFontSize: 12, orient: "top", columns: 4, symbolType: "circle" },
    header: { labelColor: ink, titleColor: quiet, labelFontSize: 13, labelFontWeight: 600, labelAnchor: "start", labelLimit: 240 },
    text: { color: ink }, rule: { color: quiet },
    range: { category: [colour("accent"), "#e08e45", "#5b7fc7", "#b5577a", "#7a8b3a", "#6d5aa8"] },
  };
}

function draw(place) {
  const make = waiting.get(place);
  if (!make || !window.vegaEmbed) return Promise.resolve();
  waiting.delete(place);
  seen.unobserve(place);
  const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", ...make(Math.max(240, place.clientWidth)) };
  // `ast`: expressions are interpreted, so that the page may forbid code made from text.
  return window.vegaEmbed(place, spec, { actions: false, renderer: "svg", ast: true, config: configuration(), tooltip: { theme: isDark() ? "dark" : "light" } })
    .then(() => {
      // Its words are in the table; nothing inside the drawing has a name of its own.
      place.querySelector("svg")?.setAttribute("aria-hidden", "true");
      place.dataset.drawn = "yes";
    });
}
const drawAll = () => Promise.all([...waiting.keys()].map(draw));

function chart(title, summary, make, asTable) {
  const place = h("div", { class: "plot", role: "img", "aria-label": `${title}. ${summary}` });
  waiting.set(place, make);
  seen.observe(place);
  return h("figure", {}, h("figcaption", {}, h("strong", {}, title), " ", h("span", { class: "quiet" }, summary)), place,
    asTable ? foldedLater("The numbers as a table", asTable) : null);
}
addEventListener("load", () => { for (const place of waiting.keys()) { seen.unobserve(place); seen.observe(place); } });
addEventListener("beforeprint", () => {
  for (const place of [...waiting.keys()]) draw(place);
});
