// What weighted worlds say: shares, days, terms, gains, what blocks.
const NEVER = 255, SCALE = 200, GAIN = 0.01, MANY = 100;

function wilson(share, n) {
  if (!n) return [0, 1];
  const z = 1.959964, centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

// Quantiles from weights by level.
function quantiles(counts, levels) {
  let sum = 0;
  for (const c of counts) sum += c;
  if (!sum) return null;
  const found = [];
  let below = 0, at = 0;
  for (const level of levels) {
    while (at < counts.length - 1 && below + counts[at] < level * sum - 1e-12) below += counts[at++];
    found.push(at);
  }
  return found;
}

function answerOf(plan, data, weights, goal) {
  const { at, w, ess } = weights, m = at.length;
  const outcomes = new Float64Array(plan.outcomes.length);
  const end = Math.ceil(plan.horizon / data.step), byDay = new Float64Array(end + 1);
  const blocks = new Map();
  const deals = data.agreed.map(() => new Float64Array(SCALE + 1));
  const actors = plan.actors.map(() => ({ better: 0, crosses: 0, gains: new Float64Array(201) }));
  const when = data[goal];
  let settled = 0, held = 0, dealWeight = 0, dealSquares = 0;
  const anySettled = at.some((i) => data.outcome[i] === 0);
  for (let n = 0; n < m; n++) {
    const i = at[n], x = w[n], code = data.outcome[i];
    outcomes[code] += x;
    if (when[i] !== NEVER) byDay[Math.min(when[i], end)] += x;
    if (code === 0) {
      settled += x;
      if (data.held[i] !== NEVER && data.held[i] >= 5) held += x;
      actors.forEach((a, k) => { if (data.gain[k][i] !== NEVER) a.gains[data.gain[k][i]] += x; });
    } else {
      const key = data.stuck_reason[i] * 256 + data.stuck_issue[i];
      blocks.set(key, (blocks.get(key) || 0) + x);
    }
    if (anySettled ? code === 0 : data.signed[i] !== NEVER) {
      dealWeight += x;
      dealSquares += x * x;
      deals.forEach((counts, k) => { if (data.agreed[k][i] !== NEVER) counts[data.agreed[k][i]] += x; });
    }
    for (let k = 0; k < actors.length; k++) {
      actors[k].better += x * data.better[k][i];
      actors[k].crosses += x * data.crosses[k][i];
    }
  }
  for (let d = 1; d <= end; d++) byDay[d] += byDay[d - 1];
  const share = Math.min(1, Math.max(0, byDay[end]));
  return {
    ess, share, interval: wilson(share, ess), outcomes, byDay, step: data.step,
    blocks: [...blocks].map(([key, x]) => ({ key, share: x, reason: key >> 8, issue: key & 255 }))
      .sort((a, b) => b.share - a.share || a.key - b.key),
    deals: deals.map((counts) => quantiles(counts, [0.1, 0.5, 0.9])?.map((q) => q / SCALE)),
    dealShare: dealWeight, dealWorlds: dealSquares ? dealWeight * dealWeight / dealSquares : 0, anySettled,
    actors: actors.map((a) => ({
      better: a.better, crosses: a.crosses, gain: quantiles(a.gains, [0.1, 0.5, 0.9])?.map((q) => q * GAIN - 1),
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
    return [day, ...(quantiles(counts, [0.1, 0.5, 0.9]) || [0, 0, 0]).map((q) => q / half)];
  });
  const worlds = [...weights.w.keys()].sort((a, b) => weights.w[b] - weights.w[a] || a - b).slice(0, singles);
  const lines = worlds.map((n) => data.moments.map((day, t) => [day, codes[t * data.traced + weights.at[n]] / half]));
  return { bands, lines };
}
