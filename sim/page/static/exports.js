// What can be taken away: the picture, the numbers, and a scenario that runs to them.
function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// All charts that are shown, one below the other, with the answer on top and the note at the foot.
function posterOf(title, sentence, note, figures) {
  const parts = [];
  let y = 34, width = 700;
  const room = width - 48, put = (text, more, gap) => {
    const texts = lines(text, room, Infinity, more);
    parts.push(textLines(24, y, texts, more, gap));
    y += texts.length * gap;
  };
  put(title, { fill: SOFT, "font-size": 15 }, 26);
  put(sentence, { fill: INK, "font-size": 21, "font-weight": 700 }, 27);
  for (const { heading, words, drawn } of figures) {
    y += 22;
    put(heading, { fill: INK, "font-size": 15, "font-weight": 700 }, 20);
    if (words) put(words, {}, 17);
    const copy = drawn.cloneNode(true);
    copy.setAttribute("x", 24);
    copy.setAttribute("y", y);
    y += Number(drawn.getAttribute("height")) + 6;
    width = Math.max(width, Number(drawn.getAttribute("width")) + 48);
    parts.push(copy);
  }
  y += 24;
  put(note, { "font-size": 11.5 }, 16);
  return picture(width, y + 12, sentence, s("rect", { width, height: y + 12, fill: PAPER }), parts);
}

const svgText = (poster) => new XMLSerializer().serializeToString(poster);

async function pngOf(poster) {
  const width = Number(poster.getAttribute("width")), height = Number(poster.getAttribute("height"));
  const image = new Image(width, height);
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svgText(poster));
  await image.decode();
  const canvas = h("canvas", { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

// A text that begins like a formula is not one for a spreadsheet.
function cell(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

const csvOf = (rows) => rows.map((row) => row.map(cell).join(",") + "\r\n").join("");

// Plain data as YAML: blocks, texts in double quotes as JSON has them, which YAML reads alike.
function yamlOf(node, indent = "") {
  const list = Array.isArray(node);
  return Object.entries(node).map(([key, value]) => {
    const head = indent + (list ? "-" : (/^[A-Za-z_][\w]*$|^-?\d+(\.\d+)?$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key) ? key : JSON.stringify(key)) + ":");
    const below = value !== null && typeof value === "object";
    if (!below) return `${head} ${JSON.stringify(value)}\n`;
    if (!Object.keys(value).length) return `${head} ${Array.isArray(value) ? "[]" : "{}"}\n`;
    return `${head}\n${yamlOf(value, indent + "  ")}`;
  }).join("");
}

// As a file, or --set, has it: a plain number would count rounds.
const writtenOf = (input, value) => (input.days ? `${value}d` : value);

function scenarioOf(plan, changes) {
  const raw = structuredClone(plan.raw);
  for (const { input, keys, value } of changes) {
    let node = raw;
    for (const key of keys.slice(0, -1)) node = node[key] ??= {};
    node[keys[keys.length - 1]] = keys[0] === "engine" ? value : { fixed: writtenOf(input, value) };
  }
  const said = changes.map(({ input, value }) => `#   ${input.title}: ${writtenOf(input, value)}`.replace(/[\r\n]+/g, " "));
  const head = `# ${plan.title} with other assumptions:`.replace(/[\r\n]+/g, " ");
  return [head, ...(said.length ? said : ["#   none"]), ""].join("\n") + yamlOf(raw);
}
