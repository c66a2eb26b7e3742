// The odds for other assumptions, by the regressions that come with a plan (sim/page/data.py).
//
// A chance is that all gates are open, each a logistic function. In every stored world what was moved
// is put at its new value, what that decides is drawn anew, and the mean of the chances is taken
// (g-computation: Robins 1986, Mathematical Modelling 7). A test says the same in Python (`share` in
// tests/test_page.py).
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

// Linear predictors of all stored worlds by gate, the chance of each world, and what calibrations decide.
function predictorsOf(plan, goal, columns, n) {
  const gates = plan.constants[goal].map((constant) => new Float64Array(n).fill(constant)), judged = new Float64Array(n), paired = new Set();
  for (const column of columns) {
    const { key, codes, levels, fit, engine, mate, gate } = column, more = fit[goal][2], eta = gates[gate];
    const alone = Float64Array.from(levels, toldBy(column, goal)), both = more && mate && !paired.has(mate.key); // a product is added once
    if (both) { const at = codes(), other = mate.values(); for (let i = 0; i < n; i++) eta[i] += alone[at[i]] + more * levels[at[i]] * other[i]; }
    else if (alone.some((by) => by)) addTo(eta, codes(), alone);
    if (engine) addTo(judged, codes(), alone);
    paired.add(key);
  }
  const open = gates.map((eta) => Float64Array.from(eta, expit)), chance = new Float64Array(n).fill(1);
  for (const one of open) for (let i = 0; i < n; i++) chance[i] *= one[i];
  return { gates, open, chance, happens: plan.happens[goal], judged, ends: endsOf(judged) };
}

function addTo(eta, codes, by) {
  for (let i = 0; i < eta.length; i++) eta[i] += by[codes[i]];
}

// Numbers in (0, 1) as evenly spread as chance: `evenly` in tests/test_page.py.
function evenly(i, stream) {
  let h = (Math.imul(i, 0x9e3779b1) + Math.imul(stream, 0x85ebca6b)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (((h ^ (h >>> 16)) >>> 0) + 0.5) / 4294967296;
}

// What was moved, in all worlds: share, its squared error, and its range over calibrations in logits.
function moved(predictors, goal, changes, n) {
  const { chance, happens } = predictors, judged = changes.some(({ engine }) => engine) ? predictors.judged.slice() : predictors.judged;
  const gates = new Map(), now = new Map(), keys = new Set(changes.map(({ key }) => key)), shifts = [];
  const etaOf = (gate) => gates.get(gate) ?? gates.set(gate, predictors.gates[gate].slice()).get(gate);
  // Values of a column in all worlds: in the gate, and what is there for later. Returns how far they moved.
  const put = (column, values) => {
    const { key, fit, gate, mate } = column, [, error, more] = fit[goal], told = toldBy(column, goal), eta = etaOf(gate), codes = column.codes();
    const before = now.get(key), by = Float64Array.from(column.levels, told), other = more && mate && (now.get(mate.key) ?? mate.values());
    let last = NaN, toldOf = 0, sum = 0;
    for (let i = 0; i < n; i++) {
      const z = values[i], code = codes[i], was = before ? before[i] : column.levels[code];
      if (z !== last) toldOf = told(last = z);
      eta[i] += toldOf - (before ? told(was) : by[code]);
      if (other) eta[i] += more * (z - was) * other[i];
      sum += z - was;
    }
    now.set(key, values);
    shifts.push([error, sum / n, gate]);
  };
  for (const change of changes) {
    const { codes, levels, target, decides } = change, at = codes();
    decides().forEach(({ column, chances }, number) => {
      if (keys.has(column.key)) return;
      const by = levels.map((z) => between(change.bends, chances, z)), after = between(change.bends, chances, target), old = column.codes(), earlier = now.get(column.key);
      const anew = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const u = evenly(i, number + 1), before = by[at[i]], so = earlier ? earlier[i] : old[i];
        anew[i] = Number((so ? u * before : before + u * (1 - before)) < after);
      }
      put(column, anew);
    });
    put(change, new Float64Array(n).fill(target));
    if (change.engine) { const told = toldBy(change, goal); addTo(judged, at, Float64Array.from(levels, (z) => told(target) - told(z))); }
  }
  const p = chance.slice(), open = predictors.open.slice(), eta = gates.get(0) ?? predictors.gates[0];
  for (const [gate, etas] of gates) {
    const before = open[gate], after = open[gate] = new Float64Array(n);
    for (let i = 0; i < n; i++) p[i] *= (after[i] = 1 / (1 + Math.exp(-etas[i]))) / before[i];
  }
  const [low, high] = judged === predictors.judged ? predictors.ends : endsOf(judged), slopes = open.map(() => 0), first = open[0];
  const lower = Math.exp(-low), higher = Math.exp(-high); // a gate's chance is 1 / (1 + exp(-what adds up))
  let happen = 0, sum = 0, lows = 0, highs = 0;
  for (let i = 0; i < n; i++) {
    const now = p[i], was = chance[i], others = now / first[i], rest = judged[i] - eta[i];
    sum += now;
    // a world keeps its luck
    if (happens[i]) happen += now >= was ? 1 : now / was; else if (now >= was) happen += (now - was) / Math.max(1 - was, 1e-300);
    const shut = Math.exp(rest);
    lows += others / (1 + lower * shut);
    highs += others / (1 + higher * shut);
  }
  for (const gate of gates.keys()) for (let i = 0; i < n; i++) slopes[gate] += p[i] * (1 - open[gate][i]);
  const share = happen / n, mean = sum / n;
  let error = share * (1 - share) / n;
  for (const [of, by, gate] of shifts) error += (of * by * slopes[gate] / n) ** 2;
  return { share, error, reach: [logit(lows / n) - logit(mean), logit(highs / n) - logit(mean)] };
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
    if (!(share > 0 && share < 1)) return [share, share];
    const after = allowed.findIndex(([at]) => at >= day), place = after < 0 ? allowed.length - 1 : after, [at, ...ends] = allowed[place];
    const [before, ...others] = after > 0 ? allowed[place - 1] : allowed[place], part = at > before ? (day - before) / (at - before) : 1;
    return [0, 1].map((end) => expit(logit(share) + by[end] * (others[end] + part * (ends[end] - others[end]))));
  };
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
