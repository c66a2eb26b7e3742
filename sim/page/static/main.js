// The page: what is chosen, the answer to it, and what is drawn.
async function begin() {
  const $ = (id) => document.getElementById(id);
  const { words: book, bytes } = await unpacked($("data").textContent.trim());
  book.byKey = new Map(book.inputs.map((input, order) => [input.key, Object.assign(input, { order })]));
  const rankOf = (input, number) => input.held[number]?.rank ?? null;
  const plans = book.plans.map((plan, number) => Object.assign(plan, { number, data: outcomesOf(bytes, plan.outcomes_at) }));
  const codesOf = (input, number) => input.held[number].codes ??= column(bytes, input.held[number].at);
  const isLever = (input, number) => input.switch && input.held[number].keys.includes("levers");
  const isEngine = (input, number) => input.held[number].keys[0] === "engine";
  const named = (name) => plans.find((plan) => plan.name === name);
  for (const plan of plans) {
    plan.factors = plan.hidden.map(({ group, at, fit, gate }) => ({ group, codes: column(bytes, at), levels: book.levels[at[2]], fit, gate }));
    const { settled, signed } = plan.data, yes = (days) => Uint8Array.from(days, (day) => Number(day !== NEVER));
    plan.happens = [yes(settled), yes(signed)];
    plan.kinds = Uint8Array.from(settled, (day, i) => (day !== NEVER ? 0 : signed[i] !== NEVER ? 1 : 2));
  }
  let state = stateOf(location.hash, book), controls = new Map(), built = "", drawn = 0;
  const exact = book.live ? new Exact(heard) : null;
  let said = null; // what the server said last

  // --- answers -----------------------------------------------------------------------------
  const worked = new Map();
  function remembered(key, make) {
    if (!worked.has(key)) {
      worked.set(key, make());
      if (worked.size > 60) worked.delete(worked.keys().next().value);
    }
    return worked.get(key);
  }
  const runKey = (plan, changes) => JSON.stringify([plan.name, changes.map(({ input, value }) => [input.key, value])]);

  // What the regressions say of an assumption: the one whose product with it is a term, and what it decides.
  function fitOf(plan, input) {
    const held = input.held[plan.number], mate = book.byKey.get(held.mate);
    const values = () => mate.held[plan.number].values ??= Float64Array.from(codesOf(mate, plan.number), (code) => book.levels[mate.bits][code]);
    const decides = () => (held.decides || []).map(([key, chances]) => ({ column: fitOf(plan, book.byKey.get(key)), chances }));
    return { key: input.key, levels: book.levels[input.bits], codes: () => codesOf(input, plan.number), fit: held.fit, curve: held.curve, gate: held.gate, bends: book.bends,
      engine: isEngine(input, plan.number), mate: mate && { key: mate.key, values }, decides };
  }
  function targetsOf(plan, changes) {
    return changes.map(({ input, value }) => {
      const held = input.held[plan.number];
      return { ...fitOf(plan, input), input, target: input.switch ? value : scoreOf(value, book.tables[held.table], book.grid) };
    });
  }

  function weightsOf(plan, targets, traced) {
    const drawn = targets.map((one) => ({ ...one, codes: one.codes() })), kernels = drawn.filter(({ input }) => !input.switch), switches = drawn.filter(({ input }) => input.switch);
    const groups = new Set(targets.map(({ input }) => input.group));
    // what an actor's assumptions share keeps its spread as well as its mean
    const spreads = plan.factors.filter(({ group }) => groups.has(group)).map(({ codes, levels }) => squared(codes, levels));
    const others = traced ? [] : [...spreads, ...plan.factors.filter(({ group }) => groups.has(group))];
    return weigh(traced ? plan.data.traced : plan.data.n, kernels, switches, others);
  }
  function first(n) { return { at: Int32Array.from({ length: n }, (_, i) => i), w: new Float64Array(n).fill(1 / n), ess: n }; }

  function predictors(plan, goal) {
    plan.predictors ??= [];
    return plan.predictors[goal] ??= predictorsOf(plan, goal, [
      ...plan.factors.map((one) => ({ ...one, codes: () => one.codes })),
      ...book.inputs.filter((input) => input.held[plan.number]).map((input) => fitOf(plan, input)),
    ], plan.data.n);
  }
  // Share, squared error and range of what is asked, from all stored worlds.
  function oddsOf(plan, goal, targets) {
    return moved(predictors(plan, goal), goal, targets, plan.data.n);
  }
  function reachesOf(plan, goal, odds) {
    const coded = remembered(`${plan.name} reach ${goal}`, () => oddsOf(plan, goal, []).reach);
    return reachOf(plan.allowed[GOALS[goal]], coded, odds.reach);
  }

  // The answer for a plan: from an exact run where there is one, else from the stored worlds.
  function shownOf(plan, changes, goal) {
    const key = runKey(plan, changes), run = changes.length ? exact?.results.get(key) : null, asked = GOALS.indexOf(goal);
    return remembered(key + goal + Boolean(run), () => {
      const targets = targetsOf(plan, changes), near = changes.length ? weightsOf(plan, targets, false) : first(plan.data.n);
      const odds = [0, 1].map((one) => oddsOf(plan, one, targets)), reachAt = reachesOf(plan, asked, odds[asked]);
      if (run) {
        const weights = first(run.n), share = run[goal].reduce((sum, day) => sum + Number(day !== NEVER), 0) / run.n;
        return { plan, changes, data: run, exact: true, weights, answer: answerOf(plan, run, weights, goal, { share, worth: run.n, reachAt }) };
      }
      odds[1].share = Math.max(odds[0].share, odds[1].share); // whatever is settled is signed
      const [settled, signed] = odds.map(({ share }) => share), weights = changes.length ? raked(near, plan.kinds, [settled, signed - settled, 1 - signed]) : near;
      return { plan, changes, data: plan.data, exact: false, weights, answer: answerOf(plan, plan.data, weights, goal, { share: odds[asked].share, worth: worthOf(odds[asked], plan.data.n), reachAt }) };
    });
  }
  // The plan as coded, in as many worlds as what it is compared with.
  function codedOf(plan, goal, like) {
    if (!like.exact) return shownOf(plan, [], goal);
    return remembered(`${plan.name} coded ${like.data.n} ${goal}`, () => {
      const n = Math.min(like.data.n, plan.data.n), weights = first(n), happens = plan.happens[GOALS.indexOf(goal)].subarray(0, n);
      return { plan, changes: [], data: plan.data, weights, answer: answerOf(plan, plan.data, weights, goal, { share: happens.reduce((sum, one) => sum + one, 0) / n, worth: n }) };
    });
  }
  function tracedOf(shown) {
    if (shown.exact) return first(shown.data.traced);
    return remembered(runKey(shown.plan, shown.changes) + "traced", () => weightsOf(shown.plan, targetsOf(shown.plan, shown.changes), true));
  }

  function sentenceOf(shown, coded) {
    const { answer, plan } = shown, moved = shown.changes.length, over = answer.share - coded.answer.share;
    if (answer.ess < 5) return "Too few stored worlds are like this to answer: take back a change or choose milder values.";
    const within = plan.horizon === 365 ? "a year" : `${plan.horizon} days`;
    let text = state.goal === "settled" ? `A settlement comes in ${percent(answer.share)} of worlds within ${within}` : `A text is signed in ${percent(answer.share)} of worlds within ${within}`;
    if (moved) text += Math.abs(over) < 5e-4 ? ", as often as coded" : `, ${points(over).slice(1)} points ${over > 0 ? "more" : "less"} than as coded`;
    const issue = plan.issues[answer.blocking]?.title;
    if (!issue) return `${text}.`;
    const tails = state.goal === "settled" ? ["others fail most often on", "chief obstacle:"] : ["a settlement fails most often on", "chief obstacle to one:"];
    const tail = tails.find((one) => `${text}; ${one} ${issue}`.split(/\s+/).length <= 25);
    return tail ? `${text}; ${tail} ${issue}.` : `${text}.`;
  }

  // The range over what past talks allow, or that of sampling where it is wider.
  function rangeWords({ allowed, interval }) {
    const known = allowed && allowed[1] - allowed[0] >= interval[1] - interval[0], [low, high] = known ? allowed : interval;
    return `${known ? "Over what past talks allow" : "95 % of sampling"}: ${percent(low)} to ${percent(high)}`;
  }

  // --- drawing -----------------------------------------------------------------------------
  let room = 0; // of a chart: all are as wide; asked only when the window changes, as it makes the browser lay out
  const measured = () => { room = Math.max(260, Math.floor($("dots").clientWidth)); };
  function put(id, heading, words, chart) {
    told(`${id}-words`, words);
    $(id).replaceChildren(...(chart ? [chart] : []));
    if (chart) figures.set(id, { heading, words, drawn: chart }); else figures.delete(id);
  }

  // What is in the window is drawn at once, the rest when the answer is painted.
  const figures = new Map();
  let rest = [], pumping, accent = "";
  const away = new Set(), watch = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => { if (isIntersecting) away.delete(target); else away.add(target); }));
  document.querySelectorAll("main > section").forEach((one) => watch.observe(one));
  function pump() {
    clearTimeout(pumping);
    pumping = rest.length ? setTimeout(() => { rest.shift()[1](); pump(); }, 0) : document.documentElement.dataset.drawn = "all";
  }
  function finish() { while (rest.length) rest.shift()[1](); pump(); }

  function draw() {
    drawn++;
    const plan = named(state.plan), changes = changesOf(state, plan.number, book);
    const shown = shownOf(plan, changes, state.goal), coded = codedOf(plan, state.goal, shown), { answer } = shown;
    const pins = state.pins.map(named).map((one) => shownOf(one, changesOf(state, one.number, book), state.goal));
    const sentence = sentenceOf(shown, coded), enough = answer.ess >= 5, before = coded.answer, any = changes.length > 0;
    const charts = [
      ["dots", () => drawOdds(shown, before, enough, any)],
      ["when", () => drawCurve(shown, coded, pins, enough, any, sentence)],
      ["drivers", () => later(plan, changes, shown, coded)],
      ["compared", () => drawPins(shown, pins)],
      ["blocks", () => drawBlocks(shown, before, enough, any)],
      ["deals", () => drawDealsOf(shown, enough)],
      ["gains", () => drawGains(plan, answer, enough)],
      ["positions", () => drawIssue(plan, shown)],
    ];
    document.documentElement.dataset.drawn = "some";
    rest = charts.filter(([id]) => away.has($(id).parentElement));
    if (accent !== plan.color) document.documentElement.style.setProperty("--accent", accent = plan.color);
    told("sentence", sentence);
    told("short", enough ? percent(answer.share) : "—");
    told("change", any && enough ? `${points(answer.share - before.share)} points` : "as coded");
    const cases = Math.round(Math.min(before.share, 1 - before.share) * plan.data.n), rare = any && cases < SURE;
    $("warning").hidden = shown.exact || (answer.ess >= MANY && !rare);
    told("warning", answer.ess < MANY ? `Only ${Math.round(answer.ess)} stored worlds or so are like this: read it with caution, or take back a change.`
      : `As coded only ${cases} of ${plan.data.n.toLocaleString("en")} worlds ${before.share > 0.5 ? "do not " : ""}${state.goal === "settled" ? "settle" : "sign a text"}: too few to learn well what a change does. The odds may be further off than the interval says.`);
    told("support", (shown.exact ? `Exact: ${answer.ess.toLocaleString("en")} worlds run with these assumptions.`
      : any ? `At once, from ${plan.data.n.toLocaleString("en")} stored worlds; as sure as ${Math.round(answer.worth).toLocaleString("en")} run anew.` : `${plan.data.n.toLocaleString("en")} worlds as coded.`)
      + ` ${rangeWords(answer)}.`);
    $("support").dataset.kind = shown.exact ? "exact" : "instant";
    controls.forEach((control, key) => { if (control.shown !== state.set[key] || !("shown" in control)) control.show(control.shown = state.set[key]); });
    $("reset-all").disabled = !Object.keys(state.set).length;
    told("changes", Object.keys(state.set).length ? `${Object.keys(state.set).length} changed` : "nothing changed");
    charts.filter((one) => !rest.includes(one)).forEach(([, make]) => make());
    document.documentElement.dataset.draws = drawn;
    pump();
    return { sentence, share: answer.share, interval: answer.interval, allowed: answer.allowed, ess: answer.ess, worth: answer.worth, exact: shown.exact, coded: before.share };
  }
  function told(id, text) { if ($(id).textContent !== text) $(id).textContent = text; }

  function drawOdds({ plan, answer }, before, enough, any) {
    const partial = state.goal === "settled" && plan.stages.length > 1 ? answer.outcomes[1] : 0;
    const range = `95 % interval ${percent(answer.interval[0])} to ${percent(answer.interval[1])}` + (answer.allowed ? `; over what past talks allow (10–90 %) ${percent(answer.allowed[0])} to ${percent(answer.allowed[1])}.` : ".");
    const dots = `A dot is one world of 50 that ${state.goal === "settled" ? "settles" : "signs a text"}; ${range}` + (partial > 5e-4 ? ` Ochre: only “${plan.stages[0].title}” stands, no later text having failed a vote; grey: all others.` : "") + (any ? " Dashed rings: as coded." : "");
    put("dots", "The odds", dots, enough ? drawDots(room, answer.share, any ? before.share : 0, plan.color, `${percent(answer.share)} of worlds${any ? `, as coded ${percent(before.share)}` : ""}${partial > 5e-4 ? `; only “${plan.stages[0].title}” in ${percent(partial)}` : ""}. ${dots}`, partial) : null);
  }
  function drawCurve(shown, coded, pins, enough, any, sentence) {
    const { plan, answer } = shown, words = "Share of worlds by day of signature" + (any ? "; dashed: as coded." : ".") + (answer.allowed ? " Shaded: 10–90 % of what past talks allow." : " Shaded: 95 % interval of what the worlds are worth.");
    put("when", "When", words, enough ? drawWhen(room, shown, coded, pins.filter((pin) => pin.plan !== plan), plan.horizon, `${words} ${sentence}`) : null);
  }
  function drawPins(shown, pins) {
    const { plan, answer } = shown, others = pins.filter((pin) => pin.plan !== plan);
    $("compared").hidden = !others.length;
    if (!others.length) { figures.delete("pins-chart"); return; }
    const rows = [shown, ...others].map((one) => ({ words: one.plan.title, share: one.answer.share, ghost: codedOf(one.plan, state.goal, one).answer.share, color: one.plan.color,
      end: `${percent(one.answer.share)}${one === shown ? "" : ` (${points(one.answer.share - answer.share)})`}` }));
    const unknown = others.map((one) => [one.plan.title, Object.keys(state.set).filter((key) => !book.byKey.get(key).held[one.plan.number]).length]).filter(([, count]) => count);
    const words = `The same changes in the same worlds; in brackets: points more or less than ${plan.title}.` + unknown.map(([title, count]) => ` ${title} has no such assumption for ${count} of them.`).join("");
    put("pins-chart", "Plans side by side", words, drawBars(room, rows, words, topOf(Math.max(...rows.map((row) => row.share), 0.004))));
  }
  function drawBlocks({ plan, answer }, before, enough, any) {
    const blocked = answer.blocks.slice(0, 5), ghosts = new Map(before.blocks.map((block) => [block.key, block.share]));
    const words = blocked.length ? `Of all worlds, those that end without a settlement, by what blocks last${any ? "; dashed: as coded." : "."}` : "Nothing blocks: every world settles.";
    put("blocks", "What blocks", words, blocked.length && enough ? drawBars(room, blocked.map((block) => ({ words: blockWords(plan, block), share: block.share,
      ghost: any ? ghosts.get(block.key) || 0 : undefined, color: "#8b98a0", end: percent(block.share) + (any ? ` (${points(block.share - (ghosts.get(block.key) || 0))})` : "") })), words) : null);
  }
  function drawDealsOf({ plan, answer, data, exact, changes }, enough) {
    const what = answer.anySettled ? "a settlement" : "a text signed", any = enough && answer.deals.some((q) => q);
    const few = answer.dealWorlds < 30 ? " They are few: read it as examples." : "";
    const worlds = Math.round(answer.dealWorlds), many = worlds.toLocaleString("en");
    const dealWords = any ? `In the ${percent(answer.dealShare)} of worlds with ${what}, ${changes.length && !exact ? `as sure as ${many} run anew` : `${many} of ${data.n.toLocaleString("en")}`}: the middle one and, shaded, eight of ten.${few}` : "No world has a text that all have signed.";
    put("deals", "What stands in the deal", dealWords, any ? drawDeals(room, plan, answer, dealWords) : null);
  }
  function drawGains(plan, answer, enough) {
    const gains = plan.actors.map((actor, n) => {
      const { better, crosses, gain } = answer.actors[n];
      return { words: actor.short, share: better, color: actor.color, end: percent(better), more: `${actor.short}: ${[plan.has_plan && `better than no deal in ${percent(better)} of worlds, beyond its red lines in ${percent(crosses)}`, gain && `${gain[1] < 0 ? "loses" : "gains"} ${numberWords(Math.abs(Math.round(100 * gain[1])))} points where there is a settlement`].filter(Boolean).join("; ") || "nothing to tell"}` };
    });
    const shares = "Share of worlds in which the plan as published is worth more than no deal.";
    const gainWords = plan.has_plan ? `${shares} ${gains.map((row) => row.more).join(". ")}.` : `Gains over no deal, in points of utility from 0 to 100. ${gains.map((row) => row.more).join(". ")}.`;
    put("gains", "Who gains", gainWords, plan.has_plan && enough ? drawBars(room, gains, shares) : null);
  }

  function drawIssue(plan, shown) {
    const number = Math.max(0, plan.issues.findIndex((one) => one.key === state.issue)), issue = plan.issues[number], weights = tracedOf(shown);
    const found = weights.ess ? plan.concerned[number].map((actor) => ({ ...plan.actors[actor], ...positionsOf(shown.data, number, actor, weights, 20) })) : [];
    const text = `Positions on ${issue.title}: median, eight worlds of ten shaded, and 20 single worlds.` + (weights.ess < MANY ? ` Worth ${Math.round(weights.ess)} of ${shown.data.traced} worlds.` : "");
    $("issue").value = issue.key;
    put("positions", "Who stands where", text, found.length ? drawPositions(room, plan, issue, found, text) : null);
  }

  // What each change does: the answer less that without it; one after the other, when nothing moves.
  let pending;
  function later(plan, changes, shown, coded) {
    clearTimeout(pending);
    if (!changes.length) {
      told("drivers-words", "Move a slider: what makes the difference is told here.");
      $("drivers").replaceChildren();
      return;
    }
    const goal = GOALS.indexOf(state.goal), effects = [];
    const shareOf = (some) => remembered(`${runKey(plan, some)} share ${goal}`, () => oddsOf(plan, goal, targetsOf(plan, some)).share);
    const next = () => {
      const change = changes[effects.length];
      const by = changes.length > 1 ? shareOf(changes) - shareOf(changes.filter((one) => one !== change)) : shown.answer.share - coded.answer.share;
      effects.push({ ...change, by });
      if (effects.length < Math.min(changes.length, 12)) { pending = setTimeout(next, 0); return; }
      const most = effects.sort((a, b) => Math.abs(b.by) - Math.abs(a.by)).slice(0, 3);
      told("drivers-words", changes.length > 1 ? `By how much the odds would differ if one change were taken back, the largest first${shown.exact ? "; from the stored worlds, as only all changes together were run" : ""}.` : "What the one change does.");
      $("drivers").replaceChildren(h("ol", {}, most.map(({ input, value, by }) => h("li", {}, h("strong", {}, `${points(by)} points`), ` ${input.title}: ${valueWords(input, plan.number, value, book)}`))));
      document.documentElement.dataset.settled = drawn;
    };
    pending = setTimeout(next, 150);
  }

  // --- what the reader does ----------------------------------------------------------------
  let asked = 0;
  function soon() {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => { rebuild(); draw(); });
  }
  function wanted() {
    return [...new Set([state.plan, ...state.pins])].map(named).map((plan) => {
      const changes = changesOf(state, plan.number, book);
      return { key: runKey(plan, changes), plan: plan.name, set: Object.fromEntries(changes.map(({ input, value }) => [input.key, value])), changes };
    }).filter(({ changes }) => changes.length);
  }
  function go(next, final) {
    state = next;
    if (final && location.hash !== addressOf(state)) location.hash = addressOf(state);
    if (exact) { said = null; progress(); exact.ask(wanted()); }
    soon();
  }
  function act(key, step, final) {
    const set = { ...state.set };
    if (step === null) delete set[key]; else set[key] = step;
    go({ ...state, set }, final);
  }
  function heard(news) { said = news; progress(); if (news.finished) soon(); }
  function progress() {
    $("progress").hidden = !said || said.share === undefined;
    if (said?.share !== undefined) $("progress-bar").value = said.share;
    $("trouble").hidden = !said?.error;
    $("trouble").textContent = said?.error ? `No exact run: ${said.error} The answer shown is that of the stored worlds.` : "";
  }

  // Controls belong to a plan: they are built anew for another one, and those behind "all" when asked for.
  function rebuild() {
    const plan = named(state.plan), open = $("all").open || Object.keys(state.set).map((key) => book.byKey.get(key)).some((input) => input.held[plan.number] && rankOf(input, plan.number) === null && !isLever(input, plan.number));
    const mark = `${plan.name} ${open}`;
    if (mark === built) return;
    built = mark;
    const here = book.inputs.filter((input) => input.held[plan.number]);
    const placed = (input) => rankOf(input, plan.number), mains = here.filter((input) => placed(input) !== null).sort((a, b) => placed(a) - placed(b));
    told("main-words", orderWords(plan.order, mains.length));
    controls = buildControls($("main-inputs"), [{ inputs: mains }], plan, book, act);
    const more = (id, inputs) => buildControls($(id), groupsOf(inputs, plan), plan, book, act).forEach((control, key) => controls.set(key, control));
    const others = here.filter((input) => placed(input) === null), levers = others.filter((input) => isLever(input, plan.number));
    more("levers", levers);
    $("levers").parentElement.hidden = !levers.length;
    const rest = others.filter((input) => !levers.includes(input));
    $("all-count").textContent = `All ${rest.length} other assumptions`;
    if (open) more("all-inputs", rest);
    $("issue").replaceChildren(...plan.issues.map((issue) => h("option", { value: issue.key }, issue.title)));
    document.querySelectorAll("[name=plan]").forEach((one) => { one.checked = one.value === state.plan; });
    $("summary").textContent = plan.summary;
  }
  function chooser(name, type, title, act_) {
    return plans.map((plan) => h("label", {}, h("input", { type, name, value: plan.name, onchange: (event) => act_(plan, event.target) }),
      s("svg", { width: 10, height: 10, "aria-hidden": "true" }, s("circle", { cx: 5, cy: 5, r: 5, fill: plan.color })), h("span", {}, plan.title)));
  }
  function marks() {
    document.querySelectorAll("[name=pin]").forEach((one) => { one.checked = state.pins.includes(one.value); one.disabled = !one.checked && state.pins.length >= 3; });
    document.querySelectorAll("[name=goal]").forEach((one) => { one.checked = one.value === state.goal; });
    document.querySelectorAll("[name=plan]").forEach((one) => { one.checked = one.value === state.plan; });
  }
  $("plans").append(...chooser("plan", "radio", "Plan", (plan) => { go({ ...state, plan: plan.name }, true); }));
  $("pins").append(...chooser("pin", "checkbox", "Compare", (plan, field) => {
    go({ ...state, pins: field.checked ? [...state.pins, plan.name].slice(0, 3) : state.pins.filter((name) => name !== plan.name) }, true);
    marks();
  }));
  document.querySelectorAll("[name=goal]").forEach((one) => one.addEventListener("change", () => go({ ...state, goal: one.value }, true)));
  $("issue").addEventListener("change", () => go({ ...state, issue: $("issue").value }, true));
  $("reset-all").addEventListener("click", () => go({ ...state, set: {} }, true));
  $("all").addEventListener("toggle", soon);
  $("find").addEventListener("input", () => {
    const sought = $("find").value.toLowerCase();
    document.querySelectorAll("#all-inputs .row").forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(sought); });
  });
  window.addEventListener("hashchange", () => {
    if (location.hash === addressOf(state)) return;
    state = stateOf(location.hash, book);
    if (exact) exact.ask(wanted());
    marks();
    soon();
  });

  const take = {
    svg: () => save(`${state.plan}.svg`, svgText(poster()), "image/svg+xml"),
    png: async () => save(`${state.plan}.png`, await pngOf(poster())),
    csv: () => save(`${state.plan}.csv`, "\ufeff" + csvOf(table()), "text/csv"),
    yaml: () => save(`${state.plan}_what_if.yaml`, scenario(), "application/yaml"),
    link: async () => { await navigator.clipboard?.writeText(location.href.replace(/#.*/, "") + addressOf(state)); $("link").textContent = "Address copied"; },
  };
  for (const [id, run] of Object.entries(take)) $(id).addEventListener("click", run);
  const inOrder = ["dots", "when", "pins-chart", "blocks", "deals", "gains", "positions"];
  const poster = () => { finish(); return posterOf(named(state.plan).title, $("sentence").textContent, $("note").textContent, inOrder.map((id) => figures.get(id)).filter(Boolean)); };
  const scenario = (of = state) => scenarioOf(named(of.plan), changesOf(of, named(of.plan).number, book));
  function table() {
    const rows = [["plan", "measure", "of", "share or value", "from", "to", "range", "as coded", "worlds it is worth"]];
    for (const plan of [...new Set([state.plan, ...state.pins])].map(named)) {
      const one = shownOf(plan, changesOf(state, plan.number, book), state.goal), coded = codedOf(plan, state.goal, one), { answer } = one;
      const add = (measure, of, share, before) => rows.push([plan.name, measure, of, share, ...wilson(share, answer.worth), "95 % interval", before, answer.worth]);
      plan.outcomes.forEach((name, n) => add("outcome", name, answer.outcomes[n], coded.answer.outcomes[n]));
      [...answer.byDay].forEach((share, n) => add(`${state.goal} by day`, n * answer.step, Math.min(1, share), coded.answer.byDay[n]));
      answer.blocks.forEach((block) => add("blocked by", blockWords(plan, block), block.share, coded.answer.blocks.find((other) => other.key === block.key)?.share ?? 0));
      plan.issues.forEach((issue, n) => { if (answer.deals[n]) rows.push([plan.name, "agreed", issue.title, answer.deals[n][1], answer.deals[n][0], answer.deals[n][2], "10–90 % of worlds", coded.answer.deals[n]?.[1], answer.dealWorlds]); });
    }
    return rows;
  }

  $("note").textContent = `${$("note").textContent} Seed ${book.seed}.`;
  let width = innerWidth;
  window.addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; measured(); soon(); } });
  measured();
  rebuild();
  marks();
  const opened = draw();
  finish();
  setTimeout(() => plans.forEach((plan) => GOALS.forEach((_, goal) => setTimeout(() => predictors(plan, goal), 0))), 0);
  if (exact) exact.ask(wanted());
  // for tests and measurements: what is chosen and what is said, at once
  window.page = { book, opened, state: () => state, address: (of = state) => addressOf(of), parse: (text) => stateOf(text, book), scenario, draw: () => { const answer = draw(); finish(); return answer; },
    set: (next) => { state = { ...state, ...next }; rebuild(); marks(); const answer = draw(); finish(); return answer; }, act, go, svg: () => svgText(poster()), csv: () => csvOf(table()), wanted, exact };
}
begin().catch((error) => {
  document.getElementById("sentence").textContent = "This page cannot be read by this browser: a newer one is needed.";
  console.error(error);
});
