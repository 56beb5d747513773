// What the reader has chosen, kept in the address so that a link shows the same.
// Belongs here: reading and writing the address. Does not belong here: drawing.

const FIRST_SCHEMES = ["rfm", "value_tier", "lifecycle"];
const available = schemes.filter((scheme) => segmentsOf(scheme.scheme).length > 0);
const firstScheme = (FIRST_SCHEMES.map((code) => available.find((scheme) => scheme.scheme === code)).find(Boolean) || available[0] || schemes[0]).scheme;

function readState() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const scheme = schemeOf(asked.get("scheme")) ? asked.get("scheme") : firstScheme;
  const segment = segmentsOf(scheme).some((row) => row.segment_code === asked.get("segment")) ? asked.get("segment") : null;
  return {
    scheme, segment, section: asked.get("section"), measure: asked.get("measure"), period: asked.get("period"), moves: asked.get("moves"),
    metric: asked.get("metric"), category: asked.get("category"),
    theme: ["light", "dark"].includes(asked.get("theme")) ? asked.get("theme") : null,
  };
}
let state = readState();

function address(changes) {
  const next = { ...state, ...changes };
  const told = Object.entries(next).filter(([, value]) => value !== null && value !== undefined);
  return `#${new URLSearchParams(told)}`;
}
const choose = (changes) => { location.hash = address({ section: null, ...changes }); };
