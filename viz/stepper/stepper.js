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
    play: original,
    at: 0,
    part: 0,
  };

  const show = (message = "") => {
    s.frame = frameAt(graph, s.play, s.at, s.part);
    if (s.reported && s.at === s.last()) s.frame.grads = s.reported;
    s.message = message || sentence(graph, s.play, s.play.steps[s.at]);
    for (const part of shown) part.update?.(s.frame);
  };
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

  // Everything again with other inputs or other bugs. Outside a gate's domain it says so and keeps what it had.
  const again = (inputs, bugs, message) => {
    try {
      s.play = timeline(graph, inputs, bugs);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      show(refusal(graph, error));
      return false;
    }
    Object.assign(s, { inputs, bugs, part: 0, reported: undefined, at: Math.min(s.at, s.play.steps.length - 1) });
    show(message ?? edited(s));
    return true;
  };
  s.edit = (changes, message) => {
    const inputs = s.inputs.map((x, i) => changes[i] ?? x);
    const bad = Object.values(changes).find(x => !Number.isFinite(x));
    if (bad !== undefined) {
      show("An input is a number, for example −1.5 or 2e−3.");
      return false;
    }
    if (!again(inputs, s.bugs, message)) return false;
    live.edited?.(inputs);
    return true;
  };
  s.reset = () =>
    s.edit(
      Object.fromEntries(s.original.values.map((x, i) => [i, x]).filter(([i]) => !graph.nodes[i].gate)),
      "Back at the original numbers.",
    );
  s.sabotage = bugs => {
    const end = s.at === s.last();
    again(s.inputs, bugs, "");
    if (end) s.go(s.last());
  };

  // Gradients made elsewhere, by a backward pass in Python: shown at the end, in place of the page's own.
  s.report = gradients => {
    s.reported = gradients;
    const told = graph.nodes.flatMap((node, i) =>
      editable(node) && !node.constant ? [`${node.name}.grad = ${format(gradients[i])}`] : [],
    );
    s.go(s.last(), 0, `backward() in Python: ${told.slice(0, 8).join(", ")}${told.length > 8 ? ", …" : ""}.`);
  };

  const shown = [];
  for (const part of parts) shown.push(part(s));
  root.replaceChildren(make("style", {}, STYLE), ...shown.map(part => part.element));
  keys(root, s);
  show();
  return s;
}

// What an edit did to the output, and what the gradients at the original numbers had foretold (first order).
function edited({ graph, original, inputs, play: { values } }) {
  const { name } = graph.nodes[graph.output];
  const moved = values[graph.output] - original.values[graph.output];
  const foretold = inputs.reduce(
    (sum, x, i) =>
      graph.nodes[i].gate || graph.nodes[i].constant || x === original.values[i]
        ? sum
        : sum + original.grads[i] * (x - original.values[i]),
    0,
  );
  return `${name} = ${format(values[graph.output])}, ${signed(moved)} from the original; the gradients there foretold ${signed(foretold)}.`;
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
