// The bug laboratory: the backward pass in five lines, switches that break it, and what goes wrong then.

function laboratory(s) {
  const assign = make("input", { type: "checkbox" });
  const unzeroed = make("input", { type: "checkbox" });
  const order = make(
    "select",
    {},
    make("option", { value: "right" }, "right: each gate waits for all its gradient"),
    make("option", { value: "hasty" }, "wrong: first come, first served, nobody waits"),
    make("option", { value: "forward" }, "wrong: in forward order"),
  );
  const code = make("code");
  const result = make("p", { className: "gw-result", role: "status" });
  const set = () => s.sabotage({ assign: assign.checked, unzeroed: unzeroed.checked, order: order.value });
  for (const control of [assign, unzeroed, order]) control.addEventListener("change", set);
  const element = make(
    "details",
    { className: "gw-lab" },
    make("summary", {}, "Bug laboratory"),
    make(
      "fieldset",
      {},
      make("legend", {}, "Break the rule"),
      make("label", {}, assign, " = in place of +="),
      make("label", {}, unzeroed, " two passes, nothing set to zero in between"),
      make("label", {}, "order of the gates: ", order),
    ),
    make("pre", { tabIndex: 0 }, code),
    result,
  );
  let before;
  const update = () => {
    if (s.play === before) return;
    before = s.play;
    const { name } = s.graph.nodes[s.graph.output];
    const y = /^\w+$/.test(name) ? name : "y";
    const { bugs } = s;
    const broken = bugs.assign || bugs.unzeroed || (bugs.order && bugs.order !== "right");
    const gates = {
      right: `reversed(topological_order(${y}))`,
      hasty: `first_come_first_served(${y})`,
      forward: `topological_order(${y})`,
    }[bugs.order ?? "right"];
    const loop = [
      `${y}.grad = 1.0`,
      `for node in ${gates}:`,
      "    for parent, local in zip(node.parents, node.local_derivatives):",
      `        parent.grad ${bugs.assign ? "=" : "+="} node.grad * local`,
    ];
    code.textContent = (
      bugs.unzeroed ? ["for again in range(2):  # and no zeroing", ...loop.map(line => `    ${line}`)] : loop
    ).join("\n");
    const wrong = wrongGradients(s);
    const { nodes } = s.graph;
    const shown = wrong.slice(0, 8);
    result.textContent = !broken
      ? ""
      : !wrong.length
        ? `Every gradient is right all the same: ${luck(s)}.`
        : `${wrong.length} of ${nodes.filter(n => !n.constant).length} gradients go wrong: ${shown.map(i => `${nodes[i].name} ${format(s.play.grads[i])} in place of ${format(s.play.right[i])}`).join("; ")}${wrong.length > 8 ? "; …" : ""}.`;
    if (bugs.unzeroed && !bugs.assign && bugs.order !== "forward" && bugs.order !== "hasty")
      result.append(` ${micrograds(s)}`);
    s.root.classList.toggle("gw-broken", Boolean(broken));
  };
  return { element, update };
}

// Whose number two passes without zeroing give, and what other libraries say.
function micrograds({ graph: { nodes }, play: { grads, right } }) {
  const leaves = [...nodes.keys()].filter(i => !nodes[i].gate && !nodes[i].constant);
  const i = leaves.find(i => !same(grads[i], 2 * right[i]));
  const begin = "These are micrograd's numbers: its gates keep the gradient of the first pass too, and pass it on again.";
  return i === undefined
    ? `${begin} Here that reaches no input: Gatewise and PyTorch, which add exactly both passes, give the inputs the same.`
    : `${begin} Gatewise and PyTorch add exactly both passes: ${nodes[i].name}.grad would be ${format(2 * right[i])}, not ${format(grads[i])}.`;
}

const wrongGradients = s =>
  s.graph.nodes.flatMap((node, i) => (node.constant || same(s.play.grads[i], s.play.right[i]) ? [] : [i]));
const luck = ({ bugs }) =>
  bugs.assign
    ? "no value here is used twice, so there is nothing to add up"
    : bugs.unzeroed
      ? "all gradients are zero"
      : "in this graph no gate is reached before all its gradient has arrived";
