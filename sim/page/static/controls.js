// Sliders and switches with the text, source and range of each assumption.
function valueWords(input, number, value, book) {
  if (input.switch) return value ? "yes" : "no";
  const { numeric, scale: place } = input.held[number], scale = book.tables[place];
  if (scale.length) return `${value.toFixed(2)} · ${nearest(scale, value, numeric)}`;
  return numberWords(value) + (input.unit ? ` ${input.unit}` : "");
}

function groupsOf(inputs, plan) {
  const found = new Map(plan.actors.map((actor) => [actor.key, { title: actor.short, color: actor.color, inputs: [] }]));
  for (const input of inputs) {
    if (!found.has(input.group)) found.set(input.group, { title: plan.names[input.group] || input.group, color: SOFT, inputs: [] });
    found.get(input.group).inputs.push(input);
  }
  return [...found.values()].filter((group) => group.inputs.length);
}

// One assumption; `act(key, step, final)` is told what the reader does, null takes a change back.
function controlOf(input, number, book, act) {
  const held = input.held[number], id = `input-${input.key}`, out = h("output", { for: id });
  const reset = h("button", { type: "button", class: "reset", "aria-label": `Reset: ${input.title}`, onclick: () => act(input.key, null, true) }, "Reset");
  const [judgement, keys] = book.texts[held.text];
  const why = h("details", { class: "why" }, h("summary", {}, "Why"),
    h("p", {}, judgement ? `Judgement: ${judgement}` : keys.length ? "As its sources say." : "No reason is given in the scenario."),
    keys.map((key) => {
      const [title, date, url] = book.sources[key] || [key, "", ""], text = title + (date ? ` (${date})` : "");
      return h("p", { class: "source" }, url ? h("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, text) : text);
    }));
  let field, show;
  if (input.switch) {
    field = h("select", { id, onchange: () => act(input.key, field.value === "" ? null : Number(field.value), true) },
      [["", "as drawn"], ["1", "yes, in every world"], ["0", "no, in no world"]].map(([value, text]) => h("option", { value }, text)));
    show = (step) => { field.value = step === undefined ? "" : String(step); };
  } else {
    const table = book.tables[held.table], middle = medianOf(input, number, book), rest = stepOf(middle, input);
    field = h("input", { id, type: "range", min: stepOf(held.ends[0], input), max: stepOf(held.ends[1], input), step: 1,
      oninput: () => act(input.key, Number(field.value), false), onchange: () => act(input.key, Number(field.value), true) });
    why.append(h("p", {}, `As coded: ${numberWords(middle)} in the middle, from ${numberWords(table[4])} to ${numberWords(table[12])} in nine worlds of ten.`));
    show = (step) => {
      field.value = step === undefined ? rest : step;
      const words = valueWords(input, number, step === undefined ? middle : valueOf(input, step), book);
      out.textContent = words;
      field.setAttribute("aria-valuetext", step === undefined ? `as coded, around ${words}` : words);
    };
  }
  const row = h("div", { class: input.switch ? "row switch" : "row" }, h("label", { for: id }, input.title), reset, out, field, why);
  return { row, show: (step) => { row.classList.toggle("moved", step !== undefined); reset.disabled = step === undefined; show(step); } };
}

// What the order of the first assumptions is, and how many stand out from chance.
function orderWords({ of, matter, hidden }, shown) {
  let text = `What decides most comes first, by the measure of “explain” on: ${of}.`;
  if (matter > shown) text += ` Of the others ${matter - shown} matter, too.`;
  if (matter < shown) text += ` Of these only the first ${matter} stand out from chance.`.replace("only the first 0 stand", "none stands").replace("first 1 stand", "first stands");
  return hidden ? `${text} No number of the scenario, so without a slider, decides too: ${hidden}.` : text;
}

function buildControls(place, groups, plan, book, act) {
  const controls = new Map();
  place.replaceChildren(...groups.map((group) => {
    const dot = s("svg", { width: 12, height: 12, "aria-hidden": "true" }, s("circle", { cx: 6, cy: 6, r: 5, fill: group.color }));
    return h("section", { class: "group" }, group.title && h("h3", {}, dot, " ", group.title), group.inputs.map((input) => {
      const control = controlOf(input, plan.number, book, act);
      controls.set(input.key, control);
      return control.row;
    }));
  }));
  return controls;
}
