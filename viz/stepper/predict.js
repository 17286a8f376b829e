// Predict first: the next gradient is hidden and asked for; the gate's rule is the hint.

function predict(s) {
  const on = make("input", {
    type: "checkbox",
    onchange: () => {
      stop();
      if (!on.checked) s.go(s.at);
      else s.say("Predict first: before a gradient appears, you say what it will be. Press Next.");
    },
  });
  const question = make("label");
  const answer = make("input", { type: "text", inputMode: "text", autocomplete: "off", size: 12 });
  const verdict = make("p", { className: "gw-verdict", role: "status" });
  const score = make("span", { className: "gw-score" });
  const button = (text, press) => make("button", { type: "button", onclick: press }, text);
  question.append(make("span"), answer);
  const form = make(
    "form",
    { className: "gw-ask", hidden: true },
    question,
    make("button", { type: "submit" }, "Check"),
    button("Hint", () => {
      verdict.textContent = hint();
    }),
    button("Show", () => move("Shown")),
    verdict,
  );
  let asked = null;
  let right = 0;
  let total = 0;
  let tried = false;

  const ask = () => {
    const step = s.play.steps[s.at + 1];
    const change = step?.changes[s.part];
    if (!on.checked || !change) return false;
    asked = { step, change, at: s.at, part: s.part };
    const { nodes, output, kinds } = s.graph;
    const name = nodes[change.parent].name;
    question.firstChild.textContent =
      step.kind === "seed"
        ? `The backward pass starts at the output. What is ∂${nodes[output].name}/∂${nodes[output].name}? `
        : `Back through ${kinds[nodes[step.node].gate].name} (${nodes[step.node].name} = ${applied(
            kinds[nodes[step.node].gate],
            nodes[step.node].of.map(i => nodes[i].name),
          )}), upstream ${format(step.upstream)}: ${name} += ? `;
    answer.value = verdict.textContent = "";
    form.hidden = tried = false;
    answer.focus();
    return true;
  };
  const hint = () => {
    const { step, change } = asked;
    const { nodes, kinds } = s.graph;
    if (step.kind === "seed") return "How fast does a number move when it moves itself?";
    const kind = kinds[nodes[step.node].gate];
    const { operands } = kind;
    // A gate of any number of operands has one derivative, by its operand x.
    const [by, derivative] = operands ? [operands[change.slot], kind.derivatives[change.slot]] : ["x", kind.derivatives[0]];
    const number = (letter, place) => `${letter} = ${format(s.play.values[place])}`;
    const numbers = operands ? nodes[step.node].of.map((place, i) => number(operands[i], place)) : [number("x", change.parent)];
    return `${kind.name} is a ${kind.role}: ${kind.says}. Here ${numbers.join(", ")}, ${number("y", step.node)}, and the amount is upstream × ∂y/∂${by}, where ∂y/∂${by} = ${derivative}. ${kind.note}`;
  };
  // The contribution is there now; on to the next one of this gate, or past the gate.
  const move = word => {
    const { step, change, at, part } = asked;
    stop();
    if (!tried || word === "Shown") total += 1;
    if (word === "Right" && !tried) right += 1;
    score.textContent = `${right} of ${total} right at the first try`;
    const said = `${word}: ${step.kind === "seed" ? "the seed is 1" : contribution(s.graph, s.play, step, change)}.`;
    if (part + 1 < step.changes.length) s.go(at, part + 1, said);
    else s.go(at + 1, 0, said);
    ask();
  };
  const stop = () => {
    asked = null;
    form.hidden = true;
  };
  // Whether the gradient of a node, or any gradient, is still to be predicted: nothing else may tell it then.
  s.hides = place =>
    on.checked &&
    s.play.steps.slice(s.at + 1).some(step => step.changes.some(({ parent }) => [parent, undefined].includes(place)));
  form.addEventListener("submit", event => {
    event.preventDefault();
    const wanted = asked.change.amount ?? asked.change.grad;
    let given;
    try {
      given = typed(answer.value);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      verdict.textContent = `An answer is a number or a product, for example −0.2 or 2 × 0.39. ${error.message}`;
      return;
    }
    if (near(given, wanted)) return move("Right");
    verdict.textContent = distance(given, wanted);
    if (!tried) total += 1;
    tried = true;
  });
  const element = make("div", { className: "gw-predict" }, make("label", {}, on, " Predict first"), score, form);
  // Whoever goes elsewhere leaves the question behind.
  return {
    element,
    holds: ask,
    update: ({ at, part }) => {
      if (asked && (at !== asked.at || part !== asked.part || s.play.steps[at + 1] !== asked.step)) stop();
    },
  };
}

// Right to three digits, or within one percent.
const near = (given, wanted) =>
  format(given) === format(wanted) || Math.abs(given - wanted) <= 0.01 * Math.abs(wanted);

function distance(given, wanted) {
  if (!Number.isFinite(given - wanted)) return "Not yet.";
  if (wanted && near(given, -wanted)) return "The size is right, the sign is not.";
  const off = `off by ${format(Math.abs(given - wanted))}`;
  return `Not yet: ${off}, too ${given > wanted ? "large" : "small"}${wanted && Math.sign(given) !== Math.sign(wanted) ? ", and of the wrong sign" : ""}.`;
}
