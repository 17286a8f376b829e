// The numbers of a graph, and the order in which they come about. Nothing in this file knows of the page.
//
// A graph is {nodes, output}: nodes in topological order, operands before the gates that use them. A leaf is
// {value, constant}, a gate {gate, of: [operand, ...]}; nodes are known by their place.

// Every gate's value and local derivatives for these leaf numbers; a RangeError, with `.node`, outside a gate's domain.
function forward(graph, inputs) {
  const values = [];
  const locals = [];
  graph.nodes.forEach((node, i) => {
    if (!node.gate) {
      values.push(inputs[i]);
      locals.push([]);
      return;
    }
    try {
      const [y, ...derivatives] = RULES[node.gate](...node.of.map(j => values[j]));
      values.push(y);
      locals.push(derivatives);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw Object.assign(error, { node: i, operands: node.of.map(j => values[j]) });
    }
  });
  return { values, locals };
}

// The gates in the order in which they pass their gradient on. The right one is the topological order reversed: a gate's
// turn comes when everything has arrived. The wrong ones are for the bug laboratory.
const ORDERS = {
  right: graph => places(graph).reverse(),
  // Whoever has received something goes next, and does not wait for the rest.
  hasty: graph => {
    const queue = [graph.output];
    const seen = new Set(queue);
    for (const i of queue)
      for (const j of graph.nodes[i].of ?? [])
        if (graph.nodes[j].gate && !seen.has(j)) {
          seen.add(j);
          queue.push(j);
        }
    return queue.filter(i => graph.nodes[i].gate);
  },
  forward: graph => places(graph),
};
const places = graph => [...graph.nodes.keys()].filter(i => graph.nodes[i].gate);

// The backward pass, one gate a step: upstream, and for each operand amount = upstream × local and its gradient
// before and after. `bugs` breaks the rule: {assign: `=` for `+=`, order: a key of ORDERS, passes: how many, unzeroed}.
function backward(graph, locals, bugs = {}) {
  const grads = graph.nodes.map(() => 0);
  const steps = [];
  const last = bugs.unzeroed ? 2 : 1;
  for (let pass = 1; pass <= last; pass++) {
    grads[graph.output] = 1;
    steps.push({ kind: "seed", node: graph.output, pass, changes: [{ parent: graph.output, grad: 1 }] });
    for (const node of ORDERS[bugs.order ?? "right"](graph)) {
      const upstream = grads[node];
      const changes = [];
      graph.nodes[node].of.forEach((parent, slot) => {
        if (graph.nodes[parent].constant) return;
        const local = locals[node][slot];
        const amount = upstream * local;
        const before = grads[parent];
        grads[parent] = bugs.assign ? amount : before + amount;
        changes.push({ parent, slot, local, amount, before, grad: grads[parent] });
      });
      steps.push({ kind: "backward", node, pass, upstream, changes });
    }
  }
  return { grads, steps };
}

// All that happens, in order: the inputs, the gates forward, the seed, the gates backward.
function timeline(graph, inputs, bugs = {}) {
  const { values, locals } = forward(graph, inputs);
  const { grads, steps } = backward(graph, locals, bugs);
  const right = backward(graph, locals).grads;
  const gates = places(graph).map(node => ({ kind: "forward", node, changes: [] }));
  return { values, locals, grads, right, bugs, steps: [{ kind: "inputs", changes: [] }, ...gates, ...steps] };
}

// What can be seen after step `at`, and after the first `part` contributions of the step that follows it: which values
// are there, the gradients so far, what each use of a value has sent back (by "gate:operand"), and the terms of each sum.
function frameAt(graph, play, at, part = 0) {
  const known = graph.nodes.map(node => !node.gate);
  const grads = graph.nodes.map(() => undefined);
  const amounts = new Map();
  const terms = graph.nodes.map(() => []);
  const next = part ? [{ ...play.steps[at + 1], changes: play.steps[at + 1].changes.slice(0, part) }] : [];
  for (const step of [...play.steps.slice(0, at + 1), ...next]) {
    if (step.kind === "forward") known[step.node] = true;
    for (const { parent, slot, amount, grad } of step.changes) {
      grads[parent] = grad;
      if (slot === undefined) continue;
      amounts.set(`${step.node}:${slot}`, amount);
      if (play.bugs.assign) terms[parent] = [];
      terms[parent].push(amount);
    }
  }
  const step = part ? next[0] : play.steps[at];
  const frame = { ...play, at, part, step, known, grads, amounts, terms };
  return step.kind === "python" ? mirrored(graph, frame) : frame;
}

// A step that shows Python's numbers: what the page itself found beside them stays only where all of them agree.
function mirrored(graph, frame) {
  const { values, grads } = frame.step;
  const agree = graph.nodes.every(
    (_, i) => same(values[i], frame.values[i]) && (grads[i] === undefined || same(grads[i], frame.grads[i])),
  );
  const own = agree
    ? {}
    : { locals: frame.locals.map(() => []), amounts: new Map(), terms: graph.nodes.map(() => []) };
  return { ...frame, ...own, values, grads };
}
const same = (a, b) => Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

// ∂output/∂leaf by central differences, and the slopes on either side: they part where the function has a kink.
function finiteDifference(graph, inputs, leaf) {
  const at = x =>
    forward(
      graph,
      inputs.map((v, i) => (i === leaf ? x : v)),
    ).values[graph.output];
  const x = inputs[leaf];
  const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x));
  const right = x + h;
  const left = x - h;
  const [above, here, below] = [at(right), at(x), at(left)];
  return {
    h,
    above,
    below,
    slope: (above - below) / (right - left),
    right: (above - here) / (right - x),
    left: (here - below) / (x - left),
  };
}
