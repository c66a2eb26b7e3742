// Weights of stored worlds that answer for other assumptions.
//
// Worlds near the value asked for count by a normal kernel (Nadaraya 1964; Watson 1964). The weights
// are then changed as little as possible, in relative entropy, until the mean of what was moved is
// what was asked for, which is what local lines do, and the means of the factors that move many
// assumptions at once are what they were (entropy balancing: Hainmueller 2012, Political Analysis
// 20). What they are worth is the effective number of worlds (Kish 1965, Survey Sampling).
// What was moved is held to its value, the rest loosely: an imbalance as small as that of few worlds
// costs less than the worlds that its removal would take (ridge of the dual). The kernel is wide, as
// the regression (model.js) knows what bends.
const HELD = 0.001, LOOSE = 0.05, CLOSE = 0.01, ROUNDS = 4, PER_CONSTRAINT = 15, WIDTH = 1.2, REACH = 0.9;

function weigh(n, kernels, switches, others) {
  const log = new Float64Array(n);
  for (const { codes, levels, target } of kernels) {
    const near = Float64Array.from(levels, (z) => -0.5 * ((z - target) / WIDTH) ** 2);
    for (let i = 0; i < n; i++) log[i] += near[codes[i]];
  }
  for (const { codes, target } of switches) {
    for (let i = 0; i < n; i++) if (codes[i] !== target) log[i] = -Infinity;
  }
  let top = -Infinity;
  for (let i = 0; i < n; i++) if (log[i] > top) top = log[i];
  if (top === -Infinity) return { at: new Int32Array(0), w: new Float64Array(0), ess: 0 };
  const places = new Int32Array(n), heights = new Float64Array(n);
  let m = 0;
  for (let i = 0; i < n; i++) if (log[i] > top - 12) { places[m] = i; heights[m++] = Math.exp(log[i] - top); }
  const at = places.subarray(0, m), base = heights.subarray(0, m), room = Math.floor(essOf(base) / PER_CONSTRAINT);
  const asked = [...kernels.map((one) => ({ ...one, target: within(one), ridge: HELD })), ...others.map((one) => ({ target: 0, ridge: LOOSE, ...one }))].slice(0, room);
  const w = kernels.length || switches.length ? balanced(base, at, asked) : base;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += w[i];
  for (let i = 0; i < m; i++) w[i] /= sum;
  return { at, w, ess: essOf(w) };
}

// Where few bins stand for all values, no weights bring the mean beyond the outer ones.
function within({ levels, target }) {
  return Math.min(REACH * levels[levels.length - 1], Math.max(REACH * levels[0], target));
}

function squared(codes, levels) {
  const squares = levels.map((z) => z * z);
  return { codes, levels: squares, target: squares.reduce((sum, z) => sum + z, 0) / squares.length };
}

function essOf(w) {
  let sum = 0, squares = 0;
  for (let i = 0; i < w.length; i++) { sum += w[i]; squares += w[i] * w[i]; }
  return squares ? sum * sum / squares : 0;
}

// The weights nearest to `base` in relative entropy with mean `target` in each column: Newton's
// method on the dual, log of the sum of base * exp(column * multiplier), which is convex.
function balanced(base, kept, asked) {
  const m = kept.length, k = asked.length;
  if (!k) return base;
  const columns = asked.map(({ codes, levels, target }) => {
    const centred = Float64Array.from(levels, (z) => z - target), out = new Float64Array(m);
    for (let i = 0; i < m; i++) out[i] = centred[codes[kept[i]]];
    return out;
  });
  const w = new Float64Array(m), weighted = new Float64Array(m);
  let total = 0;
  const dual = (multipliers) => {
    w.fill(0);
    for (let a = 0; a < k; a++) {
      const c = columns[a], by = multipliers[a];
      if (by) for (let i = 0; i < m; i++) w[i] += by * c[i];
    }
    total = 0;
    for (let i = 0; i < m; i++) { w[i] = base[i] * Math.exp(w[i]); total += w[i]; }
    let height = Math.log(total);
    for (let a = 0; a < k; a++) height += 0.5 * asked[a].ridge * multipliers[a] ** 2;
    return height;
  };
  let now = new Float64Array(k), height = dual(now);
  for (let round = 0; round < ROUNDS; round++) {
    const slope = new Float64Array(k), mean = new Float64Array(k), bend = columns.map(() => new Float64Array(k));
    for (let a = 0; a < k; a++) {
      const c = columns[a];
      let first = 0;
      for (let i = 0; i < m; i++) { weighted[i] = w[i] * c[i]; first += weighted[i]; }
      mean[a] = first / total;
      slope[a] = mean[a] + asked[a].ridge * now[a];
      for (let b = 0; b <= a; b++) {
        const d = columns[b];
        let product = 0;
        for (let i = 0; i < m; i++) product += weighted[i] * d[i];
        bend[a][b] = bend[b][a] = product / total - mean[a] * mean[b]; // a covariance
      }
      bend[a][a] += asked[a].ridge;
    }
    if (slope.every((one) => Math.abs(one) < CLOSE)) break;
    const step = solved(bend, slope);
    let share = 1, next, reached;
    do {
      next = now.map((x, a) => x - share * step[a]);
      reached = dual(next);
      share /= 2;
    } while (!(reached < height) && share > 0.01);
    if (!(reached < height)) { dual(now); break; }
    now = next;
    height = reached;
  }
  return w;
}

// Solution of a positive definite system (Cholesky).
function solved(matrix, right) {
  const k = right.length, lower = matrix.map((row) => Float64Array.from(row)), x = Float64Array.from(right);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = lower[a][b];
      for (let c = 0; c < b; c++) sum -= lower[a][c] * lower[b][c];
      lower[a][b] = a === b ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[b][b];
    }
  }
  for (let a = 0; a < k; a++) {
    for (let c = 0; c < a; c++) x[a] -= lower[a][c] * x[c];
    x[a] /= lower[a][a];
  }
  for (let a = k - 1; a >= 0; a--) {
    for (let c = a + 1; c < k; c++) x[a] -= lower[c][a] * x[c];
    x[a] /= lower[a][a];
  }
  return x;
}
