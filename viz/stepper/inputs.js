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
  const change = make("span", { className: "gw-change" });
  const refused = make("span", { className: "gw-refused" });
  const found = make("output");
  const check = make(
    "button",
    {
      type: "button",
      title: "Compare the gradient with a finite difference",
      "aria-label": `Check ${name}`,
      onclick: () => {
        if (s.hides(place)) return s.say(`${name}: its gradient is still to come; predict it first.`);
        found.value = checked(s, place);
        s.say(`${name}: ${found.value}`);
      },
    },
    "Check",
  );
  const { field, update: updateField } = numberField(s, place, `${name}, a number`, original, refused);
  const label = make("label", { title: "Drag sideways to change" }, name);
  draggable(s, label, place);
  let before;
  const update = () => {
    updateField();
    const x = s.inputs[place];
    if (Object.is(before, x)) return;
    if (before !== undefined) found.value = "";
    before = x;
    const moved = x - original;
    change.textContent = Object.is(x, original)
      ? ""
      : `was ${format(original)}${Number.isFinite(moved) ? `, ${signed(moved)}` : ""}`;
  };
  return {
    element: make("div", { className: "gw-row" }, label, field, ...(constant ? [] : [check]), change, refused, found),
    update,
  };
}

// A field for an input's number, typed as an expression. What it says counts at once if it is a number that the graph
// can take; while it is anything else, the graph is as it was before the typing began, and `refused` says why.
function numberField(s, place, label, original, refused) {
  const field = make("input", {
    type: "text",
    role: "spinbutton",
    inputMode: "text",
    autocomplete: "off",
    spellcheck: false,
    "aria-label": label,
  });
  let shown;
  let start;
  let typing = false;
  let taking = false;
  let last = "";
  const tell = sentence => {
    refused.textContent = sentence;
    field.setAttribute("aria-invalid", Boolean(sentence));
  };
  // `over`: the typing is done, so that an unfinished text is a wrong one.
  const take = over => {
    let x;
    let sentence = "";
    try {
      x = typed(field.value);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      x = start;
      if (over || !error.unfinished) sentence = error.message;
    }
    const put = number => (Object.is(number, s.inputs[place]) ? "" : s.edit({ [place]: number }));
    taking = true;
    const refusal = put(x);
    if (refusal) put(start);
    if (refusal || sentence) s.say(refusal || sentence);
    taking = false;
    shown = s.inputs[place];
    tell(refusal || sentence);
  };
  const rest = () => {
    typing = false;
    shown = start = s.inputs[place];
    field.value = last = retyped(shown);
  };
  field.addEventListener("input", ({ data, inputType = "" }) => {
    // Whoever replaces the whole text begins anew, from the number that counts now.
    const text = field.value;
    const whole = data === undefined || data === text || (!text && last.length > 1) || inputType === "insertFromPaste";
    if (whole || !typing) start = s.inputs[place];
    typing = true;
    last = text;
    take(false);
  });
  field.addEventListener("blur", () => {
    if (!typing) return;
    take(true);
    rest();
    field.setAttribute("aria-invalid", false);
  });
  field.addEventListener("keydown", event => {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && typing) {
      take(true);
      if (!refused.textContent) rest();
    }
    if (event.key === "Escape" && typing) {
      event.stopPropagation();
      field.value = retyped(start);
      take(true);
      rest();
    }
    if (!steps) return;
    event.preventDefault();
    if (Number.isFinite(s.inputs[place]))
      tell(s.edit({ [place]: nudged(s.inputs[place], steps, original, event.shiftKey ? 1 : 10) }));
    rest();
  });
  // Whatever else changes the number (Reset, dragging, Python) ends the typing.
  const update = () => {
    const x = s.inputs[place];
    field.setAttribute("aria-valuetext", format(x));
    if (Number.isFinite(x)) field.setAttribute("aria-valuenow", x);
    else field.removeAttribute("aria-valuenow");
    if (taking || Object.is(shown, x)) return;
    tell("");
    rest();
  };
  return { field, update };
}

// x moved by so many small steps, on a grid that fits the original number: from 2 in steps of 0.01.
function nudged(x, steps, original, coarse = 1) {
  const size = Number.isFinite(original) ? Math.max(Math.abs(original), 0.1) : 1;
  const unit = 10 ** Math.floor(Math.log10(size) - 2) * coarse;
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
      if (steps && Number.isFinite(x) && !s.edit({ [place]: nudged(x, steps, s.original.values[place]) })) {
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
