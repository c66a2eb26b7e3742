// What weighted worlds say: shares, days, terms, gains, what blocks.
const NEVER = 255, SCALE = 200, GAIN = 0.01, MANY = 100, SURE = 200, Z80 = 1.281552, Z95 = 1.959964;

function wilson(share, n, z = Z95) {
  if (!n) return [0, 1];
  const centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

// Quantiles from weights by level, worth so many worlds, as NumPy's and so those of the report: between
// two worlds where a quantile lies there (in terms of weights: Harrell's wtd.quantile), unless nothing
// lies between, as among options.
function quantiles(counts, levels, worlds, between = true) {
  const sums = [];
  counts.forEach((count, n) => sums.push(count + (n ? sums[n - 1] : 0)));
  const sum = sums[sums.length - 1];
  if (!sum) return null;
  const of = (world) => sums.findIndex((below) => below > 0 && below >= (world - 1e-9) * sum / worlds);
  return levels.map((level) => {
    if (!between) return of(level * worlds);
    const at = 1 + (worlds - 1) * level, low = Math.floor(at + 1e-9), part = Math.max(0, at - low);
    return part < 1e-9 ? of(low) : (1 - part) * of(low) + part * of(Math.min(low + 1, worlds));
  });
}

// Ranges of shares by day, each as it is told: over what past talks allow, never narrower than the
// sampling error at that level (`never_narrower` in sim/results/allowed.py), else the latter at 95 %.
// Ends of a cumulative share never fall.
function bandsOf(shares, dayOf, { reachAt, worth }) {
  let so = [0, 0];
  return shares.map((share, n) => {
    const sampled = wilson(share, worth, reachAt ? Z80 : Z95), reach = reachAt ? reachAt(dayOf(n), share) : sampled;
    return so = [Math.max(so[0], Math.min(reach[0], sampled[0])), Math.max(so[1], reach[1], sampled[1])];
  });
}

// `odds`: share, how many worlds it is worth, and how far it reaches over what past talks allow.
function answerOf(plan, data, weights, goal, odds) {
  const { at, w, ess } = weights, m = at.length, { outcome, stuck_reason: reasons, stuck_issue: stuck, signed } = data;
  const outcomes = new Float64Array(plan.outcomes.length), blocks = new Float64Array(2048);
  const end = Math.ceil(plan.horizon / data.step), byDay = new Float64Array(end + 1), when = data[goal];
  let settled = 0, held = 0, dealWeight = 0, dealSquares = 0, anySettled = false;
  const deals = new Int32Array(m), dealWeights = new Float64Array(m), settlements = new Int32Array(m), settledWeights = new Float64Array(m);
  let dealt = 0, ended = 0;
  for (let n = 0; n < m && !anySettled; n++) anySettled = outcome[at[n]] === 0;
  for (let n = 0; n < m; n++) {
    const i = at[n], x = w[n], code = outcome[i];
    outcomes[code] += x;
    if (when[i] !== NEVER) byDay[Math.min(when[i], end)] += x;
    if (code === 0) {
      settled += x;
      if (data.held[i] !== NEVER && data.held[i] >= 5) held += x;
      settlements[ended] = i;
      settledWeights[ended++] = x;
    } else blocks[reasons[i] * 256 + stuck[i]] += x;
    if (anySettled ? code === 0 : signed[i] !== NEVER) {
      dealWeight += x;
      dealSquares += x * x;
      deals[dealt] = i;
      dealWeights[dealt++] = x;
    }
  }
  for (let d = 1; d <= end; d++) byDay[d] += byDay[d - 1];
  const spread = (codes, places, weighing, count, size, between) => {
    const counts = new Float64Array(size);
    let sum = 0, squares = 0;
    for (let n = 0; n < count; n++) {
      if (codes[places[n]] === NEVER) continue;
      counts[codes[places[n]]] += weighing[n];
      sum += weighing[n];
      squares += weighing[n] * weighing[n];
    }
    return quantiles(counts, [0.1, 0.5, 0.9], sum * sum / squares, between);
  };
  const shareOf = (flags) => {
    let sum = 0;
    for (let n = 0; n < m; n++) sum += w[n] * flags[at[n]];
    return sum;
  };
  const blocking = [], byIssue = new Float64Array(plan.issues.length);
  blocks.forEach((share, key) => {
    if (share) blocking.push({ key, share, reason: key >> 8, issue: key & 255 });
    if ((key & 255) < byIssue.length) byIssue[key & 255] += share;
  });
  const most = Math.max(...byIssue);
  const shares = [...byDay].map((share, n) => n < end ? Math.min(1, Math.max(0, share)) : odds.share);
  const bands = bandsOf(shares, (n) => Math.min(n * data.step, plan.horizon), odds);
  return {
    ess, worth: odds.worth, share: odds.share, interval: wilson(odds.share, odds.worth), allowed: odds.reachAt && bands[end], outcomes, byDay, step: data.step, bands,
    blocks: blocking.sort((a, b) => b.share - a.share || a.key - b.key), blocking: most ? byIssue.indexOf(most) : null, // for whatever reason
    deals: data.agreed.map((codes, n) => spread(codes, deals, dealWeights, dealt, SCALE + 1, !plan.issues[n].options)?.map((q) => Number((q / SCALE).toFixed(5)))),
    dealShare: dealWeight, dealWorlds: dealSquares ? dealWeight * dealWeight / dealSquares : 0, anySettled,
    actors: plan.actors.map((_, k) => ({
      better: shareOf(data.better[k]), crosses: shareOf(data.crosses[k]),
      gain: spread(data.gain[k], settlements, settledWeights, ended, 201)?.map((q) => q * GAIN - 1),
    })),
    settled, held: settled ? held / settled : null,
  };
}

// Positions on one issue over time: median and 10 to 90 % by actor, and the worlds that weigh most.
function positionsOf(data, issue, actor, weights, singles) {
  const codes = data.offers[issue][actor], half = SCALE / 2;
  const bands = data.moments.map((day, t) => {
    const counts = new Float64Array(half + 1), from = t * data.traced;
    for (let n = 0; n < weights.at.length; n++) counts[codes[from + weights.at[n]]] += weights.w[n];
    return [day, ...(quantiles(counts, [0.1, 0.5, 0.9], weights.ess) || [0, 0, 0]).map((q) => q / half)];
  });
  const worlds = [...weights.w.keys()].sort((a, b) => weights.w[b] - weights.w[a] || a - b).slice(0, singles);
  const lines = worlds.map((n) => data.moments.map((day, t) => [day, codes[t * data.traced + weights.at[n]] / half]));
  return { bands, lines };
}
