// The inputs: a number field each, how far it is from the original, its gradient, and a check by finite differences.

function inputs(s) {
  const leaves = [...s.graph.nodes.keys()].filter(i => editable(s.graph.nodes[i]));
  const rows = [];
  const output = make("strong");
  const reset = make("button", { type: "button", onclick: s.reset }, "Reset");
  const list = make("div", { className: "gw-rows" });
  const panel = make(
    "details",
    { className: "gw-inputs", open: leaves.length <= 12 },
    make("summary", {}, `Change the inputs (${leaves.length})`),
    list,
    make("p", {}, output, " ", reset),
  );
  const build = () => {
    if (panel.open && !rows.length) {
      for (const i of leaves) rows.push(inputRow(s, i));
      list.append(...rows.map(row => row.element));
      update();
    }
  };
  const update = () => {
    const { play, original, graph } = s;
    const y = play.values[graph.output];
    const moved = y - original.values[graph.output];
    output.textContent = `${graph.nodes[graph.output].name} = ${format(y)}${moved ? ` (${signed(moved)})` : ""}`;
    reset.setAttribute(
      "aria-disabled",
      s.inputs.every((x, i) => graph.nodes[i].gate || Object.is(x, original.values[i])),
    );
    for (const row of rows) row.update();
  };
  panel.addEventListener("toggle", build);
  build();
  return { element: panel, update };
}

const editable = ({ gate, constant, given }) => !gate && (!constant || given);

function inputRow(s, place) {
  const { name, constant } = s.graph.nodes[place];
  const original = s.original.values[place];
  const field = make("input", { type: "number", step: "any", "aria-label": `${name}, a number`, autocomplete: "off" });
  const change = make("span", { className: "gw-change" });
  const found = make("output");
  const check = make(
    "button",
    {
      type: "button",
      title: "Compare the gradient with a finite difference",
      "aria-label": `Check ${name}`,
      onclick: () => {
        found.value = checked(s, place);
        s.say(`${name}: ${found.value}`);
      },
    },
    "Check",
  );
  const tell = ok => field.setAttribute("aria-invalid", !ok);
  field.addEventListener("input", () => tell(s.edit({ [place]: field.value === "" ? NaN : field.valueAsNumber })));
  field.addEventListener("change", () => {
    tell(true);
    field.value = s.inputs[place];
  });
  field.addEventListener("keydown", event => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    tell(
      s.edit({ [place]: nudged(s.inputs[place], event.key === "ArrowUp" ? 1 : -1, original, event.shiftKey ? 1 : 10) }),
    );
  });
  const label = make("label", { title: "Drag sideways to change" }, name);
  draggable(s, label, place);
  let before;
  const update = () => {
    const x = s.inputs[place];
    if (Object.is(before, x)) return;
    if (before !== undefined) found.value = "";
    before = x;
    if (field !== field.ownerDocument.activeElement || field.valueAsNumber !== x) field.value = x;
    change.textContent = x === original ? "" : `was ${format(original)}, ${signed(x - original)}`;
  };
  return {
    element: make("div", { className: "gw-row" }, label, field, ...(constant ? [] : [check]), change, found),
    update,
  };
}

// x moved by so many small steps, on a grid that fits the original number: from 2 in steps of 0.01.
function nudged(x, steps, original, coarse = 1) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(Math.abs(original), 0.1)) - 2) * coarse;
  return Number((Math.round(x / unit + steps) * unit).toPrecision(12));
}

// Sideways dragging changes an input, with mouse, pen or finger; Shift makes it ten times finer.
function draggable(s, element, place) {
  element.classList.add("gw-drag");
  element.addEventListener("pointerdown", event => {
    if (event.button) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    let from = event.clientX;
    let x = s.inputs[place];
    const move = ({ clientX, shiftKey }) => {
      const steps = Math.trunc((clientX - from) * (shiftKey ? 0.1 : 1));
      if (steps && s.edit({ [place]: nudged(x, steps, s.original.values[place]) })) {
        x = s.inputs[place];
        from = clientX;
      }
    };
    element.addEventListener("pointermove", move);
    for (const over of ["pointerup", "pointercancel"])
      element.addEventListener(over, () => element.removeEventListener("pointermove", move), { once: true });
  });
}

// The gradient beside a central difference, in a sentence.
function checked(s, place) {
  let found;
  try {
    found = finiteDifference(s.graph, s.inputs, place);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${refusal(s.graph, error)} A step of a difference leaves the domain.`;
  }
  const gradient = s.play.grads[place];
  const { h, slope, left, right } = found;
  const size = Math.max(1, Math.abs(slope), Math.abs(gradient));
  const apart = Math.abs(slope - gradient) / size;
  const digits = x => format(x, 8);
  const { nodes, output } = s.graph;
  const f = nodes[output].name;
  const x = nodes[place].name;
  const difference = `(${f} at ${x} + h − ${f} at ${x} − h) / 2h = ${digits(slope)} with h = ${format(h)}`;
  if (apart < 1e-6) return `${difference}; the gradient is ${digits(gradient)}: they agree.`;
  if (Math.abs(left - right) / size > 1e-3)
    return `a kink: the slope is ${digits(left)} on the left, ${digits(right)} on the right; the gradient says ${digits(gradient)}.`;
  return `${difference}; the gradient is ${digits(gradient)}: they differ by ${format(slope - gradient)}.`;
}
