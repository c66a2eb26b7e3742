// What the reader has chosen, and the same as the page's address (at most 2,000 characters).
// A step of a slider is two characters, of a switch as well, after the four of its key.
const STEPS = 100, GOALS = ["settled", "signed"];

function startOf(book) {
  return { plan: book.plans[0].name, pins: [], goal: "settled", issue: book.plans[0].issues[0].key, set: {} };
}

function addressOf(state) {
  const moves = Object.keys(state.set).sort()
    .map((key) => key + state.set[key].toString(36).padStart(2, "0")).join("");
  const parts = [["plan", state.plan], ["with", state.pins.join(".")], ["of", state.goal], ["issue", state.issue], ["set", moves]];
  return "#" + parts.filter(([, text]) => text).map(([name, text]) => `${name}=${encodeURIComponent(text)}`).join("&");
}

// The state that an address means; what this page does not know is left out.
function stateOf(address, book) {
  const said = new URLSearchParams(address.replace(/^#/, "")), state = startOf(book);
  const plans = book.plans.map((plan) => plan.name);
  if (plans.includes(said.get("plan"))) state.plan = said.get("plan");
  const plan = book.plans.find((one) => one.name === state.plan);
  state.pins = [...new Set((said.get("with") || "").split("."))].filter((name) => plans.includes(name)).slice(0, 3);
  if (GOALS.includes(said.get("of"))) state.goal = said.get("of");
  const issues = plan.issues.map((issue) => issue.key);
  state.issue = issues.includes(said.get("issue")) ? said.get("issue") : issues[0];
  const moves = said.get("set") || "";
  for (let n = 0; n + 6 <= moves.length; n += 6) {
    const input = book.byKey.get(moves.slice(n, n + 4)), step = parseInt(moves.slice(n + 4, n + 6), 36);
    if (input && step >= 0 && step <= (input.switch ? 1 : STEPS)) state.set[input.key] = step;
  }
  return state;
}

function valueOf(input, step) {
  if (input.switch) return step;
  return Number((input.low + (input.high - input.low) * step / STEPS).toPrecision(4));
}

// Normal score of a value: the inverse of the plan's table of quantiles.
function scoreOf(value, table, grid) {
  let above = table.findIndex((x) => x >= value);
  if (above < 0) above = table.length - 1;
  if (above === 0) return grid[0];
  const low = table[above - 1], high = table[above];
  let last = above; // a value that many worlds share stands for the middle of them
  while (last + 1 < table.length && table[last + 1] === value) last++;
  if (last > above) return (grid[above] + grid[last]) / 2;
  return grid[above - 1] + (grid[above] - grid[above - 1]) * Math.min(1, (value - low) / (high - low || 1));
}

function medianOf(input, number, book) {
  const table = book.tables[input.held[number].table];
  return table[(table.length - 1) / 2];
}

// Step of a slider that lies nearest to a value.
function stepOf(value, input) {
  const share = (value - input.low) / (input.high - input.low || 1);
  return Math.min(STEPS, Math.max(0, Math.round(share * STEPS)));
}

// Numbers that a plan's data get: way to each and value. A switch comes after the slider beside it.
function changesOf(state, number, book) {
  const moved = Object.keys(state.set).map((key) => book.byKey.get(key)).filter((input) => input.held[number]);
  moved.sort((a, b) => a.switch - b.switch || a.order - b.order);
  const byPlace = new Map(moved.map((input) => [JSON.stringify(input.held[number].keys), [input, valueOf(input, state.set[input.key])]]));
  return [...byPlace.values()].map(([input, value]) => ({ input, value, keys: input.held[number].keys }));
}
