// Elements, words and scales. Texts are always set as text, never read as HTML.
const INK = "#1d2b33", SOFT = "#55636b", RULE = "#dde3e6", PAPER = "#ffffff", FIRST = "#8a6d00", GREY = "#c3ccd1";
const NS = "http://www.w3.org/2000/svg";

function made(space, name, attributes, children) {
  const one = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else one.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined) one.append(child);
  return one;
}
const h = (name, attributes, ...children) => made(null, name, attributes, children);
const s = (name, attributes, ...children) => made(NS, name, attributes, children);

const FONT = { "font-size": 12.5, "font-family": "system-ui, sans-serif" };
function label(x, y, text, more) { return s("text", { x, y, fill: SOFT, ...FONT, ...more }, text); }

// How wide a label is in this browser's letters.
const pen = document.createElement("canvas").getContext("2d");
function widthOf(text, more) {
  const font = { ...FONT, "font-weight": 400, ...more };
  pen.font = `${font["font-weight"]} ${font["font-size"]}px ${font["font-family"]}`;
  return pen.measureText(text).width;
}

function picture(width, height, name, ...children) {
  return s("svg", { xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name }, ...children);
}

const path = (points) => "M" + points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");

function band(lows, highs) { return path([...lows, ...[...highs].reverse()]) + "Z"; }

// A share in words; never a bare 0 or 100 for something rare but seen (as sim/prose.py).
function percent(share) {
  const value = 100 * share;
  if (value > 1e-9 && value < 0.1) return "under 0.1\u00a0%";
  if (value > 99.9 && value < 100 - 1e-9) return "over 99.9\u00a0%";
  return `${value >= 10 && value < 99 ? Math.round(value) : Number(value.toFixed(1))}\u00a0%`;
}

function points(difference) {
  const value = 100 * difference, text = Math.abs(value) >= 10 ? Math.round(value) : value.toFixed(1);
  if (Math.abs(value) < 0.05) return "±0.0";
  return `${value > 0 ? "+" : "−"}${String(text).replace("-", "")}`;
}

function numberWords(value) { return String(Number(value.toPrecision(3))).replace("-", "−"); }

// Lines of a label that are at most so wide; `most` of them, of words that are shortened where they must.
function lines(text, room, most = Infinity, more = {}) {
  const found = [], fits = (line) => widthOf(line, more) <= room;
  for (const word of text.split(/[^\S\u00a0]+/)) {
    const longer = found.length ? `${found[found.length - 1]} ${word}` : word;
    if (found.length && fits(longer)) found[found.length - 1] = longer; else found.push(word);
  }
  const shown = found.slice(0, most);
  return shown.map((line, n) => {
    if (fits(line) && (n < most - 1 || found.length <= most)) return line;
    while (line && !fits(`${line}…`)) line = line.slice(0, -1).trimEnd();
    return `${line}…`;
  });
}

function textLines(x, y, texts, more, gap = 14) {
  return texts.map((text, n) => label(x, y + n * gap, text, more));
}

// The text nearest to a point of a scale; of a numeric scale, [0 is, 1 is, unit], its number.
function nearest(scale, point, numeric) {
  if (numeric) {
    const number = numberWords(numeric[0] + point * (numeric[1] - numeric[0])), unit = numeric[2];
    return unit === "year" ? `year ${number}` : `${number} ${unit}`.trim();
  }
  return scale.reduce((best, one) => (Math.abs(one[0] - point) < Math.abs(best[0] - point) ? one : best))[1];
}

// Places moved downwards until each has its room, then up again where they leave the picture.
function apart(places, rooms, low, high) {
  const order = places.map((y, n) => n).sort((a, b) => places[a] - places[b]);
  const out = places.slice();
  let free = low, floor = high + 15;
  for (const n of order) free = (out[n] = Math.max(out[n], free)) + rooms[n];
  for (const n of order.reverse()) floor = out[n] = Math.min(out[n], floor - rooms[n]);
  return out;
}

const TOPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1];
function topOf(highest) { return TOPS.find((top) => highest <= 0.95 * top) || 1; }
