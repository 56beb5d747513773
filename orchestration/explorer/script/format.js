// Elements and numbers as text.
// Belongs here: making elements (texts are only ever text), writing numbers and dates in the reader's language.
// Does not belong here: which numbers are shown.

const content = JSON.parse(document.getElementById("content").textContent);
const about = content.about;
const NOT_KNOWN = "–";

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "style") for (const [property, to] of Object.entries(value)) element.style.setProperty(property, to);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

function knownLocale(tag) {
  try { return Intl.getCanonicalLocales(tag)[0]; } catch { return "en-GB"; }
}
const locale = knownLocale(about.locale);
const numbers = new Map();
function written(number, options) {
  const value = Object.is(number, -0) ? 0 : number;
  const name = JSON.stringify(options);
  if (!numbers.has(name)) numbers.set(name, new Intl.NumberFormat(locale, { signDisplay: "negative", ...options }));
  return numbers.get(name).format(value);
}

const FORMATS = {
  count: (value) => written(value, { maximumFractionDigits: 0 }),
  share: (value) => written(value, { style: "percent", maximumFractionDigits: Math.abs(value) < 0.1 ? 1 : 0 }),
  money: (value) => {
    const size = Math.abs(value);
    const digits = size >= 1e6 ? { notation: "compact", maximumFractionDigits: 2 } : { maximumFractionDigits: size >= 100 ? 0 : 2 };
    return written(value, { style: "currency", currency: about.currency, ...digits });
  },
  number: (value) => written(value, { maximumFractionDigits: Math.abs(value) < 1 ? 3 : 1 }),
  times: (value) => `${written(value, { maximumFractionDigits: value < 0.1 ? 2 : 1 })} times`,
  days: (value) => `${written(value, { maximumFractionDigits: 0 })} ${Math.round(value) === 1 ? "day" : "days"}`,
  points: (value) => written(value, { maximumFractionDigits: 0, signDisplay: "exceptZero" }),
};
const asText = (value, kind) => (value === null || value === undefined ? NOT_KNOWN : FORMATS[kind](value));

// A number on the page says where it comes from: a mart, a column and the row, or a total by its name.
function shown(value, kind, from, meaning) {
  if (value === null || value === undefined) return h("span", { class: "none", title: "not known" }, NOT_KNOWN);
  const source = from.total ? { "data-total": from.total } : {
    "data-mart": from.mart, "data-column": from.column, "data-key": JSON.stringify(from.key),
  };
  return h("data", { value, "data-kind": kind, title: meaning, ...source }, FORMATS[kind](value));
}
const total = (name) => {
  const found = content.totals[name];
  return shown(found.value, found.kind, { total: name }, found.meaning);
};

const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const dateText = (iso) => (iso ? day.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)) : NOT_KNOWN);
const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const plainWords = (code) => sentenceCase(String(code).replaceAll("_", " ").trim());
const safeColour = (colour) => (/^#[0-9a-f]{6}$/i.test(colour || "") ? colour : "#9aa5b1");
