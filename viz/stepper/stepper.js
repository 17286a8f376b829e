// One stepper: what it holds, and what can be done to it. Its parts (picture, controls, ...) only show it.

function stepper(root, parts, live = {}) {
  const graph = JSON.parse(root.dataset.graph);
  for (const node of graph.nodes) if (!node.gate) node.value = Number(node.value);
  const original = timeline(
    graph,
    graph.nodes.map(node => node.value),
  );
  const s = {
    root,
    graph,
    original,
    inputs: graph.nodes.map(node => node.value),
    bugs: {},
    mark: graph.mark,
    play: original,
    at: 0,
    part: 0,
  };

  const show = (message = "") => {
    s.frame = frameAt(graph, s.play, s.at, s.part);
    s.message = message || s.sentence(s.play.steps[s.at]);
    for (const part of shown) part.update?.(s.frame);
  };
  s.sentence = step => step.says ?? sentence(graph, s.play, step);
  s.last = () => s.play.steps.length - 1;
  s.say = message => show(message);

  // To a step, or into it: `part` contributions of the next step are there already.
  s.go = (at, part = 0, message = "") => {
    s.at = Math.min(Math.max(Math.round(at), 0), s.last());
    s.part = part;
    show(message);
  };
  s.next = () => {
    if (!shown.some(part => part.holds?.())) s.go(s.at + 1);
  };
  s.back = () => s.go(s.part ? s.at : s.at - 1);

  // Everything again with other inputs or other bugs, and after it the steps `more`. Outside a gate's domain it keeps
  // what it had, says so, and returns the sentence.
  const again = (inputs, bugs, message, more = []) => {
    try {
      s.play = timeline(graph, inputs, bugs);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const refused = refusal(graph, error);
      show(refused);
      return refused;
    }
    s.play.steps.push(...more);
    Object.assign(s, { inputs, bugs, part: 0, at: Math.min(s.at, s.play.steps.length - 1) });
    show(message ?? edited(s));
    return "";
  };
  // Other numbers for some inputs: all of them or none. Returns why not, or nothing.
  s.edit = (changes, message) => {
    const inputs = s.inputs.map((x, i) => changes[i] ?? x);
    const refused = again(inputs, s.bugs, message);
    if (!refused) live.edited?.(inputs);
    return refused;
  };
  s.reset = () =>
    s.edit(
      Object.fromEntries(s.original.values.map((x, i) => [i, x]).filter(([i]) => !graph.nodes[i].gate)),
      "Back at the original numbers.",
    );
  s.sabotage = bugs => {
    const end = s.at === s.last();
    again(
      s.inputs,
      bugs,
      "",
      s.play.steps.filter(step => step.kind === "python"),
    );
    if (end) s.go(s.last());
  };

  const shown = [];
  for (const part of parts) shown.push(part(s));
  // What holds in Python: its numbers become those of the page, and where a backward pass was made there, what that
  // left is one more step at the end, which shows Python's numbers and none of the page's own.
  s.mirror = ({ values, gradients, mark }) => {
    const inputs = s.inputs.map((x, i) => (graph.nodes[i].gate ? x : values[i]));
    const same = inputs.every((x, i) => Object.is(x, s.inputs[i]));
    const news = gradients || s.play.steps.at(-1).kind === "python" || mark !== (s.mark ?? "");
    if (same && !news) return;
    s.mark = mark;
    const more = gradients ? [pythonStep(graph, values, gradients, mark)] : [];
    const refused = again(inputs, s.bugs, same ? "" : "New numbers from Python.", more);
    if (refused) show((s.mark = `Python's numbers can't be shown, and these are older ones: ${refused}`));
    else if (gradients) s.go(s.last());
  };

  root.replaceChildren(make("style", {}, STYLE), ...shown.map(part => part.element));
  keys(root, s);
  show();
  return s;
}

// What an edit did to the output, and what the gradients at the original numbers had foretold (first order).
function edited({ graph, original, inputs, hides, play: { values } }) {
  const { name } = graph.nodes[graph.output];
  const moved = values[graph.output] - original.values[graph.output];
  if (!Number.isFinite(moved) || hides()) return `${name} = ${format(values[graph.output])}.`;
  const foretold = inputs.reduce(
    (sum, x, i) =>
      graph.nodes[i].gate || graph.nodes[i].constant || x === original.values[i]
        ? sum
        : sum + original.grads[i] * (x - original.values[i]),
    0,
  );
  return `${name} = ${format(values[graph.output])}, ${signed(moved)} from the original; the gradients there foretold ${signed(foretold)}.`;
}

// A step that shows the state of Python's own Values.
function pythonStep(graph, values, grads, mark) {
  const told = graph.nodes.flatMap((node, i) =>
    editable(node) && !node.constant ? [`${node.name}.grad = ${format(grads[i])}`] : [],
  );
  const says = `Gradients in Python: ${told.slice(0, 8).join(", ")}${told.length > 8 ? ", …" : ""}. ${mark}`.trim();
  return { kind: "python", changes: [], values, grads, says };
}

function refusal(graph, { message, node, operands }) {
  const { gate, name } = graph.nodes[node];
  const kind = graph.kinds[gate];
  return `${name}: ${applied(
    kind,
    operands.map(x => format(x)),
  )} ${message}. ${kind.note} The numbers are as they were.`.replace(/ +/g, " ");
}

const signed = x => (x > 0 ? `+${format(x)}` : x === 0 ? "±0" : format(x));
