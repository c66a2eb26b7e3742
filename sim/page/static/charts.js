// Pictures of an answer; `before` is the plan as coded, drawn as a ghost.
const REASONS = { red_lines: "red lines miss each other", no_surplus: "nothing that all prefer", not_reached: "not reached", ratification: "signed, not ratified" };

function blockWords(plan, block) {
  const issue = plan.issues[block.issue], reason = REASONS[plan.reasons[block.reason]] || "no deal";
  return issue ? `${issue.title}: ${reason}` : reason.charAt(0).toUpperCase() + reason.slice(1);
}

// Fifty dots: one of them is 2 % of the worlds; a dot may be filled in part.
function drawDots(width, share, before, color, name, rest = 0) {
  const across = width < 420 ? 10 : 25, rows = 50 / across, gap = Math.min(30, (width - 4) / across);
  const r = gap * 0.36, parts = [];
  for (let n = 0; n < 50; n++) {
    const x = 2 + gap * (n % across + 0.5), y = 2 + gap * (Math.floor(n / across) + 0.5);
    const full = Math.min(1, Math.max(0, share * 50 - n)), also = Math.min(1, Math.max(0, (share + rest) * 50 - n)) - full;
    parts.push(s("circle", { cx: x, cy: y, r, fill: "#eceff1" }));
    if (also > 0.02) parts.push(sector(x, y, r, full, full + also, FIRST));
    if (full > 0.02) parts.push(sector(x, y, r, 0, full, color));
    if (before > n / 50 + 1e-9) parts.push(s("circle", { cx: x, cy: y, r: r + 2, fill: "none", stroke: INK, "stroke-width": 1, "stroke-dasharray": "2 2" }));
  }
  return picture(width, gap * rows + 4, name, parts);
}

function sector(x, y, r, from, to, fill) {
  if (to - from > 0.98) return s("circle", { cx: x, cy: y, r, fill });
  const at = (turn) => [x + r * Math.sin(2 * Math.PI * turn), y - r * Math.cos(2 * Math.PI * turn)].map((v) => v.toFixed(2));
  return s("path", { d: `M${x},${y}L${at(from)}A${r},${r} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}Z`, fill });
}

// Share of worlds by day: the band, the ghost, and the pinned plans.
function drawWhen(width, shown, before, others, horizon, words) {
  const height = 210, left = 46, right = width < 500 ? 72 : 172, top = 12, bottom = 34;
  const all = [shown, before, ...others], steps = shown.answer.byDay.length - 1;
  const at = (one, day) => one.answer.byDay[Math.min((day < horizon ? Math.floor : Math.ceil)(day / one.answer.step), one.answer.byDay.length - 1)];
  const last = (one) => at(one, horizon), highest = Math.max(0.004, shown.answer.bands[steps][1], ...all.map(last));
  const high = topOf(highest), x = (n) => left + (width - left - right) * n / steps;
  const y = (v) => top + (height - top - bottom) * (1 - Math.min(v, high) / high);
  const parts = [0, 0.5, 1].map((part) => [
    s("line", { x1: left, x2: width - right, y1: y(part * high), y2: y(part * high), stroke: RULE }),
    label(left - 6, y(part * high) + 4, part ? `${Number((100 * part * high).toPrecision(2))} %` : "0", { "text-anchor": "end" }),
  ]);
  const spaced = (day, n, all) => !n || (day - all[n - 1]) / horizon * (width - left - right) > 52;
  const ticks = [0, 30, 100, 180, 365, 730, 1095].filter((day) => day <= horizon).filter(spaced);
  for (const day of ticks) parts.push(label(left + (width - left - right) * day / horizon, height - 14, day ? `day ${day}` : "day 0", { "text-anchor": "middle" }));
  const named = [shown, ...others].map((one) => `${one.plan.title}: ${[...new Set([...ticks.slice(1), horizon])].map((day) => `${percent(at(one, day))} by day ${day}`).join(", ")}.`);
  const name = [words, ...named].join(" ");
  const edge = (end) => shown.answer.bands.map((ends, n) => [x(n), y(ends[end])]);
  parts.push(s("path", { d: band(edge(0), edge(1)), fill: shown.plan.color, opacity: 0.14 }));
  const curve = (one, dash, thin) => s("path", { d: path([...one.answer.byDay].map((v, n) => [n * one.answer.step / shown.answer.step, v]).filter(([n]) => n <= steps + 1e-9).map(([n, v]) => [x(n), y(v)])), fill: "none", stroke: dash ? INK : one.plan.color, "stroke-width": thin, "stroke-dasharray": dash });
  parts.push(curve(before, "3 3", 1.2), others.map((one) => curve(one, null, 1.6)), curve(shown, null, 2.6));
  const narrow = width < 500;
  const ends = [shown, ...others].map((one, n) => ({ one, words: one.plan.title, ink: one.plan.color, weight: n ? 400 : 700 }));
  if (Math.abs(last(before) - last(shown)) > 5e-4) ends.push({ one: before, words: "as coded", ink: INK, weight: 400 });
  const told = ends.map(({ one, words, weight }) => lines(`${percent(last(one))}${narrow ? "" : ` ${words}`}`, right - 6, Infinity, { "font-weight": weight }));
  const places = apart(ends.map(({ one }) => y(last(one)) + 4), told.map((one) => 14 * one.length + 2), top + 8, height - bottom);
  ends.forEach(({ ink, weight }, n) => parts.push(textLines(width - right + 6, places[n], told[n], { fill: ink, "font-weight": weight })));
  if (!narrow) return picture(width, height, name, parts);
  // on a phone the names stand below
  const below = ends.map(({ words, weight }) => lines(words, width - 6, Infinity, { "font-weight": weight }));
  let under = height + 10;
  ends.forEach(({ ink, weight }, n) => { parts.push(textLines(6, under, below[n], { fill: ink, "font-weight": weight })); under += 14 * below[n].length + 4; });
  return picture(width, under - 10, name, parts);
}

// What stands in the deal: median and 10 to 90 % on each scale, and the text nearest to the median.
function drawDeals(width, plan, answer, words) {
  const narrow = width < 560, left = narrow ? 6 : 190, span = narrow ? width - 12 : Math.min(260, (width - left) * 0.42);
  const shown = plan.issues.map((issue, n) => [issue, answer.deals[n]]).filter(([, q]) => q);
  const bold = { fill: INK, "font-weight": 600 }, small = { "font-size": 12 }, most = 3;
  const heads = shown.map(([issue]) => lines(issue.title, narrow ? width - left : left - 10, most, bold));
  const feet = shown.map(([issue, [, middle]]) => lines(nearest(issue.scale, middle, issue.numeric), narrow ? width - left : width - left - span - 14, most, small));
  const name = [words, ...shown.map(([issue, ends]) => {
    const [low, middle, high] = ends.map((end) => nearest(issue.scale, end, issue.numeric));
    return `${issue.title}: ${middle}${low === high ? "" : ` (${low} to ${high})`}.`;
  })].join(" ");
  let under = 0;
  const parts = shown.map(([, [low, middle, high]], n) => {
    // on a phone the title stands above the bar and the text below
    const half = Math.max(20, 7 * Math.max(heads[n].length, feet[n].length) + 4);
    const [before, after] = narrow ? [14 * heads[n].length + 18, 14 * feet[n].length + 18] : [half, half];
    const y = under + before, x = (v) => left + 4 + (span - 8) * v;
    under = y + after;
    const told = (x, texts, down, more) => textLines(x, y + (narrow ? down : 11 - 7 * texts.length), texts, more);
    return [
      told(narrow ? left : 0, heads[n], -14 * heads[n].length, bold),
      s("line", { x1: x(0), x2: x(1), y1: y, y2: y, stroke: RULE, "stroke-width": 6, "stroke-linecap": "round" }),
      s("line", { x1: x(low), x2: x(high), y1: y, y2: y, stroke: plan.color, "stroke-width": 6, "stroke-linecap": "round", opacity: 0.35 }),
      s("circle", { cx: x(middle), cy: y, r: 6, fill: plan.color }),
      told(narrow ? left : left + span + 14, feet[n], 20, small),
    ];
  });
  return picture(width, Math.max(1, under), name, parts);
}

// Positions on one issue: band, median and single worlds of each actor, over the scale's texts.
function drawPositions(width, plan, issue, found, words) {
  const bold = { "font-weight": 600 }, narrow = width < 560, left = narrow ? 8 : 200, top = 14, bottom = 30, height = 330;
  const names = Math.max(...found.map(({ short }) => widthOf(short, bold))), right = Math.min(Math.ceil(names) + 10, narrow ? 0.36 * width : 180);
  const last = plan.last_day, x = (day) => left + (width - left - right) * day / last;
  const place = ([, , v]) => nearest(issue.scale, v, issue.numeric), end = ({ bands }) => bands[bands.length - 1];
  const name = [words, ...found.map((one) => `${one.short}: ${place(one.bands[0])} on day 0, ${place(end(one))} on day ${last}.`)].join(" ");
  const y = (v) => height - bottom - (height - top - bottom) * v;
  const parts = [];
  let free = Infinity;
  [...issue.scale].sort((a, b) => a[0] - b[0]).forEach(([point, text]) => {
    const font = { "font-size": 11.5 }, words = lines(text, narrow ? width - left - right : left - 10, 3, font), tall = words.length * 13;
    parts.push(s("line", { x1: left, x2: width - right, y1: y(point), y2: y(point), stroke: RULE }));
    const at = narrow ? y(point) - 4 - (tall - 13) : Math.min(height - bottom - tall + 13, Math.max(top + 8, y(point) + 4 - (tall - 13) / 2));
    if (at + tall - 13 > free - 14) return; // no room above the text below it
    free = at;
    parts.push(textLines(narrow ? left : 0, at, words, font, 13));
  });
  for (const { color, bands, lines: single } of found) {
    for (const one of single) parts.push(s("path", { d: path(one.map(([d, v]) => [x(d), y(v)])), fill: "none", stroke: color, "stroke-width": 0.7, opacity: 0.28 }));
    parts.push(s("path", { d: band(bands.map(([d, low]) => [x(d), y(low)]), bands.map(([d, , , high]) => [x(d), y(high)])), fill: color, opacity: 0.13 }));
    parts.push(s("path", { d: path(bands.map(([d, , v]) => [x(d), y(v)])), fill: "none", stroke: color, "stroke-width": 2.4 }));
  }
  const told = found.map(({ short }) => lines(short, right - 6, 2, bold));
  const ends = apart(found.map((one) => y(end(one)[2]) + 4), told.map((one) => 14 * one.length + 1), top + 6, height - bottom);
  found.forEach(({ ink }, n) => parts.push(textLines(width - right + 6, ends[n], told[n], { ...bold, fill: ink })));
  parts.push(label(left, height - 10, "day 0"), label(width - right, height - 10, `day ${last}`, { "text-anchor": "end" }));
  return picture(width, height, name, parts);
}

// Rows of bars from 0 to `high`, each with a ghost and its words at the end.
function drawBars(width, rows, words, high = 1) {
  const narrow = width < 560, left = narrow ? 0 : 300, right = 150, room = width - left - right;
  const names = rows.map((row) => lines(row.words, narrow ? width : left - 10, 2)), more = narrow ? 13 * (Math.max(...names.map((one) => one.length)) - 1) : 0;
  const tall = narrow ? 44 + more : 27, name = [words, ...rows.map((row) => `${row.words}: ${row.end}.`)].join(" ");
  const parts = rows.map(({ share, ghost, color, end }, n) => {
    const y = n * tall + (narrow ? 20 + more : 5), x = (v) => left + room * Math.min(1, v / high), told = names[n];
    return [
      textLines(narrow ? 0 : left - 10, y + (narrow ? 7 - 13 * told.length : told.length > 1 ? 6 : 12), told, { fill: INK, "text-anchor": narrow ? "start" : "end" }, 13),
      s("rect", { x: left, y, width: room, height: 16, fill: "#f1f4f5" }),
      s("rect", { x: left, y, width: Math.max(0, x(share) - left), height: 16, fill: color }),
      ghost === undefined ? null : s("line", { x1: x(ghost), x2: x(ghost), y1: y - 2, y2: y + 18, stroke: INK, "stroke-width": 1.4, "stroke-dasharray": "3 2" }),
      label(left + room + 8, y + 12, end, { fill: INK }),
    ];
  });
  return picture(width, rows.length * tall + 4, name, parts);
}
