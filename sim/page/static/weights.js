// Weights of stored worlds that answer for other assumptions.
//
// Worlds near the value asked for count by a normal kernel (Nadaraya 1964; Watson 1964), each
// slider with its own bandwidth (Fan & Gijbels 1996). The weights are then changed as little as
// possible, in relative entropy, until the mean of what was moved is what was asked for, which is
// what local lines do, and the means of the rest are what they were, so that what is drawn with it
// is not moved along (entropy balancing: Hainmueller 2012, Political Analysis 20). What they are
// worth is the effective number of worlds (Kish 1965, Survey Sampling).
// What was moved is held to its value, the rest loosely: an imbalance as small as that of few worlds
// costs less than the worlds that its removal would take (ridge of the dual).
const HELD = 0.001, LOOSE = 0.05, CLOSE = 0.003, PER_CONSTRAINT = 15;

function weigh(n, kernels, switches, others) {
  const log = new Float64Array(n);
  for (const { codes, levels, target, width } of kernels) {
    const near = levels.map((z) => -0.5 * ((z - target) / width) ** 2);
    for (let i = 0; i < n; i++) log[i] += near[codes[i]];
  }
  for (const { codes, on } of switches) {
    for (let i = 0; i < n; i++) if (codes[i] !== on) log[i] = -Infinity;
  }
  let top = -Infinity;
  for (let i = 0; i < n; i++) if (log[i] > top) top = log[i];
  if (top === -Infinity) return { at: new Int32Array(0), w: new Float64Array(0), ess: 0 };
  const at = new Int32Array(n);
  let m = 0;
  for (let i = 0; i < n; i++) if (log[i] > top - 16) at[m++] = i;
  const kept = at.subarray(0, m), base = Float64Array.from(kept, (i) => Math.exp(log[i] - top));
  const room = Math.floor(essOf(base) / PER_CONSTRAINT);
  const asked = [...kernels.map((one) => ({ ...one, ridge: HELD })), ...others.map((one) => ({ target: 0, ridge: LOOSE, ...one }))].slice(0, room);
  const w = kernels.length || switches.length ? balanced(base, kept, asked) : base;
  let sum = 0;
  for (let i = 0; i < m; i++) sum += w[i];
  for (let i = 0; i < m; i++) w[i] /= sum;
  return { at: kept, w, ess: essOf(w) };
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
    const centred = levels.map((z) => z - target), out = new Float32Array(m);
    for (let i = 0; i < m; i++) out[i] = centred[codes[kept[i]]];
    return out;
  });
  const w = new Float64Array(m);
  const dual = (multipliers) => {
    w.fill(0);
    columns.forEach((c, a) => {
      const by = multipliers[a];
      if (by) for (let i = 0; i < m; i++) w[i] += by * c[i];
    });
    let sum = 0;
    for (let i = 0; i < m; i++) { w[i] = base[i] * Math.exp(w[i]); sum += w[i]; }
    return Math.log(sum) + multipliers.reduce((total, x, a) => total + 0.5 * asked[a].ridge * x * x, 0);
  };
  let now = new Float64Array(k), height = dual(now);
  for (let round = 0; round < 8; round++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += w[i];
    const slope = new Float64Array(k), bend = columns.map(() => new Float64Array(k));
    const weighted = new Float64Array(m);
    for (let a = 0; a < k; a++) {
      const c = columns[a];
      let total = 0;
      for (let i = 0; i < m; i++) { weighted[i] = w[i] * c[i]; total += weighted[i]; }
      slope[a] = total / sum;
      for (let b = 0; b <= a; b++) {
        const d = columns[b];
        let product = 0;
        for (let i = 0; i < m; i++) product += weighted[i] * d[i];
        bend[a][b] = product / sum;
      }
    }
    for (let a = 0; a < k; a++) {
      for (let b = 0; b <= a; b++) {
        bend[a][b] -= slope[a] * slope[b]; // a covariance
        bend[b][a] = bend[a][b];
      }
      bend[a][a] += asked[a].ridge;
    }
    for (let a = 0; a < k; a++) slope[a] += asked[a].ridge * now[a];
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
