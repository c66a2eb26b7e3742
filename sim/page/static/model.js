// The odds for other assumptions, by the regressions that come with a plan (sim/page/data.py).
//
// In every stored world what was moved is put at its new value, and the mean of the fitted
// probabilities is taken (g-computation: Robins 1986, Mathematical Modelling 7). It is what
// sim/formulas/emulator.py says as Sparse.share.
const LOW = 0.1, HIGH = 0.9;

const expit = (x) => 1 / (1 + Math.exp(-x)), logit = (p) => Math.log(p / (1 - p));

// What a value adds to linear predictors: a straight line, and a curve where it bends.
function toldBy({ fit, curve, bends }, goal) {
  const [slope] = fit[goal], by = curve?.[goal] || [];
  return (z) => slope * z + (by.length ? between(bends, by, z) : 0);
}

function between(places, values, z) {
  const above = places.findIndex((place) => place >= z);
  if (above <= 0) return values[above < 0 ? values.length - 1 : 0];
  return values[above - 1] + (values[above] - values[above - 1]) * (z - places[above - 1]) / (places[above] - places[above - 1]);
}

// Adds what codes bring by themselves, and with the mate of their column.
function addTo(eta, codes, alone, joint, mate) {
  const n = eta.length;
  if (mate) for (let i = 0; i < n; i++) eta[i] += alone[codes[i]] + joint[codes[i]] * mate[i];
  else for (let i = 0; i < n; i++) eta[i] += alone[codes[i]];
}

// Linear predictors of all stored worlds, and what of it calibrations decide.
function predictorsOf(plan, goal, columns, n) {
  const eta = new Float64Array(n).fill(plan.constants[goal]), judged = new Float64Array(n), paired = new Set();
  for (const column of columns) {
    const { key, codes, levels, fit, engine, mate } = column, more = fit[goal][2];
    const alone = Float64Array.from(levels, toldBy(column, goal)), both = more && mate && !paired.has(mate.key); // a product is added once
    if (both || alone.some((by) => by)) addTo(eta, codes(), alone, Float64Array.from(levels, (z) => more * z), both && mate.values());
    if (engine) addTo(judged, codes(), alone);
    paired.add(key);
  }
  return { eta, judged, ends: endsOf(judged) };
}

// What was moved, in all worlds: share, its squared error, and its range over calibrations in logits.
function moved(predictors, goal, changes, n) {
  const eta = predictors.eta.slice(), judged = changes.some(({ engine }) => engine) ? predictors.judged.slice() : predictors.judged, put = new Map();
  const shifts = changes.map((change) => {
    const { key, codes, levels, target, fit, engine, mate } = change, [, error, more] = fit[goal], told = toldBy(change, goal);
    const alone = Float64Array.from(levels, (z) => told(target) - told(z)), joint = Float64Array.from(levels, (z) => more * (target - z));
    const beside = put.has(mate?.key) ? new Float64Array(n).fill(put.get(mate.key)) : mate?.values();
    addTo(eta, codes, alone, joint, more && beside);
    if (engine) addTo(judged, codes, alone);
    put.set(key, target);
    return [error, target - meanOf(codes, levels, n)];
  });
  const [low, high] = judged === predictors.judged ? predictors.ends : endsOf(judged);
  let sum = 0, slope = 0, lows = 0, highs = 0;
  for (let i = 0; i < n; i++) {
    const p = expit(eta[i]), rest = eta[i] - judged[i];
    sum += p;
    slope += p * (1 - p);
    lows += expit(rest + low);
    highs += expit(rest + high);
  }
  const share = sum / n;
  let error = share * (1 - share) / n;
  for (const [of, by] of shifts) error += (of * by * slope / n) ** 2;
  return { share, error, reach: [logit(lows / n) - logit(share), logit(highs / n) - logit(share)] };
}

function endsOf(values) {
  const sorted = values.slice().sort();
  return [LOW, HIGH].map((level) => sorted[Math.floor(level * (sorted.length - 1))]);
}

// Share and day → the share's range over what past talks allow: that of the plan as coded, wider or
// narrower by as much as that of the regression is.
function reachOf(allowed, coded, now) {
  if (!allowed.length) return undefined;
  const by = [0, 1].map((end) => (Math.abs(coded[end]) > 1e-3 ? now[end] / coded[end] : 1));
  return (day, share) => {
    if (!(share > 0 && share < 1)) return undefined;
    const after = allowed.findIndex(([at]) => at >= day), place = after < 0 ? allowed.length - 1 : after, [at, ...ends] = allowed[place];
    const [before, ...others] = after > 0 ? allowed[place - 1] : allowed[place], part = at > before ? (day - before) / (at - before) : 1;
    return [0, 1].map((end) => expit(logit(share) + by[end] * (others[end] + part * (ends[end] - others[end]))));
  };
}

function meanOf(codes, levels, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += levels[codes[i]];
  return sum / n;
}

// So many worlds, run anew, would be as sure of a share.
function worthOf({ share, error }, n) {
  const p = Math.min(1 - 0.5 / n, Math.max(0.5 / n, share));
  return Math.max(1, Math.min(n, p * (1 - p) / Math.max(error, 1e-12)));
}

// Weights with which shares of kinds of worlds are what they are to be, as far as there are such.
function raked(weights, kinds, shares) {
  const { at, w } = weights, sums = new Float64Array(shares.length), out = new Float64Array(w.length);
  for (let k = 0; k < at.length; k++) sums[kinds[at[k]]] += w[k];
  const known = shares.reduce((sum, share, kind) => sum + (sums[kind] ? share : 0), 0);
  if (!known) return weights;
  for (let k = 0; k < at.length; k++) out[k] = w[k] * shares[kinds[at[k]]] / sums[kinds[at[k]]] / known;
  return { ...weights, w: out };
}
