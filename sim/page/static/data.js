// From the text in the page to words and arrays (sim/page/packing.py writes it).
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;.=>?@^_`{|}~";
const DIGITS = new Uint8Array(128);
[...ALPHABET].forEach((c, n) => { DIGITS[c.charCodeAt(0)] = n; });

function bytesOf(text) {
  const out = new Uint8Array(text.length / 5 * 4);
  const view = new DataView(out.buffer);
  for (let at = 0, to = 0; at < text.length; at += 5, to += 4) {
    let value = 0;
    for (let n = 0; n < 5; n++) value = value * 85 + DIGITS[text.charCodeAt(at + n)];
    view.setUint32(to, value);
  }
  return out;
}

async function unpacked(text) {
  const packed = bytesOf(text), small = packed.subarray(1, packed.length - packed[0]);
  const stream = new Blob([small]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const whole = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = new DataView(whole.buffer).getUint32(0, true);
  const words = JSON.parse(new TextDecoder().decode(whole.subarray(4, 4 + size)));
  return { words, bytes: whole.subarray(4 + size) };
}

function column(bytes, [at, count, bits]) {
  if (bits === 8) return bytes.subarray(at, at + count);
  const out = new Uint8Array(count);
  for (let n = 0, bit = 8 * at; n < count; n++) {
    for (let b = 0; b < bits; b++, bit++) out[n] |= (bytes[bit >> 3] >> (bit & 7) & 1) << b;
  }
  return out;
}

// The outcomes of a plan's worlds (sim/page/outcomes.py), as arrays.
function outcomesOf(bytes, at) {
  const all = (places) => places.map((place) => column(bytes, place));
  const found = { n: at.worlds, traced: at.traced, step: at.days_a_step, moments: at.moments };
  for (const name of ["outcome", "settled", "signed", "stuck_issue", "stuck_reason", "held"]) {
    found[name] = column(bytes, at[name]);
  }
  for (const name of ["agreed", "gain", "better", "crosses"]) found[name] = all(at[name]);
  found.offers = at.offers.map((issue) => issue.map((place) => {
    const steps = column(bytes, place).slice();
    for (let n = at.traced; n < steps.length; n++) steps[n] += steps[n - at.traced];
    return steps;
  }));
  return found;
}
