// Numbers and steps as people read them: numbers as viz/numbers.py writes them, steps as sentences.

// |x| × 10^decimals as a string of digits, ties to even as in Python; toFixed would round them up.
function scaled(x, decimals) {
  const [mantissa, exponent] = Math.abs(x).toExponential(60).split("e");
  const digits = mantissa.replace(".", "");
  const keep = Math.max(Number(exponent) + 1 + decimals, 0);
  const whole = BigInt(digits.slice(0, keep) || 0);
  const rest = digits.slice(keep).replace(/0+$/, "");
  return String(rest > "5" || (rest === "5" && whole % 2n) ? whole + 1n : whole);
}

function format(x, digits = 3) {
  if (Number.isNaN(x)) return "NaN";
  const sign = x < 0 ? "−" : "";
  if (Math.abs(x) === Infinity) return `${sign}∞`;
  if (x === 0) return "0";
  const point = (text, decimals) => {
    const padded = text.padStart(decimals + 1, "0");
    return decimals ? `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}` : padded;
  };
  let power = Number(Math.abs(x).toExponential(60).split("e")[1]);
  let mantissa = scaled(x, digits - 1 - power);
  if (mantissa.length > digits) {
    mantissa = mantissa.slice(0, -1);
    power += 1;
  }
  const decimals = Math.max(digits - 1 - power, 0);
  const plain = point(scaled(x, decimals), decimals);
  let body = plain;
  let tail = "";
  if (!(plain >= 1e-3 && plain < 1e4)) {
    body = point(mantissa, digits - 1);
    tail = `e${power < 0 ? "−" : ""}${Math.abs(power)}`;
  }
  const written = Number(body + tail.replace("−", "-"));
  if (body.includes(".") && Math.abs(written - Math.abs(x)) <= 1e-12 * Math.abs(x)) body = body.replace(/\.?0+$/, "");
  return sign + body + tail;
}

// Every digit that tells this number from its neighbours.
const precise = x => (Object.is(x, -0) ? "−0" : Number.isFinite(x) ? String(x).replace("e+", "e").replaceAll("-", "−") : format(x));

// A gate applied to what is written for its operands; a negative number in parentheses where the gate asks for it.
function applied(kind, operands) {
  const {
    text: [template, guarded, separator],
    variadic,
  } = kind;
  const parts = operands.map((x, i) => (x.startsWith("−") && guarded[variadic ? 0 : i] ? `(${x})` : x));
  return template.replace(/\$(xs|a|b)/g, (_, name) =>
    name === "xs" ? parts.join(separator) : parts[name === "a" ? 0 : 1],
  );
}

// The terms of a sum: 1 + 3 − 2.
const added = terms =>
  terms
    .map(x => format(x))
    .join(" + ")
    .replaceAll("+ −", "− ");

// One step as a sentence. `play` is what `timeline` made of the graph.
function sentence(graph, play, step) {
  const { nodes, kinds, output } = graph;
  const name = i => nodes[i].name;
  const { values } = play;
  const list = parts => parts.slice(0, 8).join("; ") + (parts.length > 8 ? ` and ${parts.length - 8} more` : "");
  switch (step.kind) {
    case "inputs":
      return `Inputs: ${list(nodes.flatMap((n, i) => (n.gate || (n.constant && !n.given) ? [] : [`${n.name} = ${format(values[i])}`])))}.`;
    case "forward": {
      const { gate, of } = nodes[step.node];
      const written = operand => applied(kinds[gate], of.map(operand));
      return `Forward, ${gate}: ${name(step.node)} = ${written(name)} = ${written(i => format(values[i]))} = ${format(values[step.node])}.`;
    }
    case "seed":
      return `${step.pass > 1 ? "Second pass, nothing set to zero. " : ""}Seed: ∂${name(output)}/∂${name(output)} = 1.`;
    case "backward": {
      const kind = kinds[nodes[step.node].gate];
      const all = step.changes.map(change => contribution(graph, play, step, change));
      return `Backward, ${kind.name} (${kind.role}): ${all.length ? list(all) : "its operands are constants"}.`;
    }
  }
}

// `w += −1 × 0.197 = −0.197`, and where something had arrived before, what is there now.
function contribution(graph, play, { upstream }, { parent, local, amount, before, grad }) {
  const { assign } = play.bugs;
  const sign = assign ? "=" : "+=";
  const sum = !before
    ? ""
    : assign
      ? `, and the ${format(before)} that was there is lost`
      : `, on top of ${format(before)}: ${format(grad)}`;
  return `${graph.nodes[parent].name} ${sign} ${format(local)} × ${format(upstream)} = ${format(amount)}${sum}`;
}
