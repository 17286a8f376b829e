// Numbers and steps as people read them: numbers as viz/numbers.py writes them, equations as viz/equations.py, and steps
// as sentences.

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

// A minus sign after another sign stands in parentheses: 3 × (−4), 1 + (−2).
const joined = (sign, texts) => texts.map((text, i) => (i && text.startsWith("−") ? `(${text})` : text)).join(sign);

// A gate applied to what is written for its operands; a negative number in parentheses where the gate asks for it.
function applied(kind, operands) {
  const {
    text: [template, guarded, separator],
    operands: letters,
  } = kind;
  const parts = operands.map((x, i) => (x.startsWith("−") && guarded[letters ? i : 0] ? `(${x})` : x));
  return template.replace(/\$(xs|\w)/g, (_, name) =>
    name === "xs" ? parts.join(separator) : parts[letters.indexOf(name)],
  );
}

// How an equation between numbers is printed so that it holds, as viz/equations.py decides it: the numbers as texts, and
// "=" where they give the result to its digits, else "≈", with longer numbers where the two would lie far apart.
function equation(numbers, result, rule, digits = 3) {
  const told = numberIn(format(result, digits), result);
  const given = longer => {
    try {
      return rule(...numbers.map(x => numberIn(format(x, longer), x)));
    } catch {
      return undefined;
    }
  };
  const printed = (longer, sign) => ({ texts: numbers.map(x => format(x, longer)), sign });
  if (!Number.isFinite(result)) {
    const overflown = numbers.every(Number.isFinite);
    return printed(digits, !overflown && Object.is(given(digits), result) ? "=" : "≈");
  }
  const near = Math.min(0.1, 10 ** (1 - digits)) * Math.abs(told);
  const half = unit(result, digits) / 2;
  for (let longer = digits; longer <= Math.min(digits + 6, 17); longer++) {
    const found = given(longer);
    const distance = Math.abs(found - told);
    if (distance === 0 || distance < half * (1 - 1e-9)) return printed(longer, "=");
    if (distance <= near * (1 + 1e-9)) return printed(longer, "≈");
  }
  return printed(digits, "≈");
}

// What the text of a number says; infinities and NaN as they are.
const numberIn = (text, x) => (Number.isFinite(x) ? Number(text.replaceAll("−", "-")) : x);

// One unit of the last digit of a number as it is printed, or of the last one asked for, if zeros are left out.
function unit(x, digits) {
  if (x === 0) return 0;
  const [body, exponent = "0"] = format(x, digits).replaceAll("−", "-").split("e");
  const decimals = body.split(".")[1]?.length ?? 0;
  const power = Number(Math.abs(x).toExponential(digits - 1).split("e")[1]);
  return Math.min(10 ** (Number(exponent) - decimals), 10 ** (power - digits + 1));
}

const product = (...factors) => factors.reduce((y, x) => y * x, 1);
const sum = (...terms) => terms.reduce((y, x) => y + x, 0);

// A sum before its result, or after it, so that it holds as printed: 1 + 3 + (−2) = 2, = 1 + 3 + (−2).
function summed(terms, total, after = false) {
  const { texts, sign } = equation(terms, total, sum);
  const written = joined(" + ", texts);
  return after ? `${sign} ${written}` : `${written} ${sign} ${format(total)}`;
}

// With every digit of the result, where it has more than those printed.
const summedInFull = (terms, total) =>
  summed(terms, total) + (precise(total) === format(total) ? "" : `; ${precise(total)}`);

// `f = x*y = 3 × (−4) = −12`, as an explanation says it.
function computed(graph, values, place) {
  const { nodes, kinds } = graph;
  const { gate, of, name } = nodes[place];
  const kind = kinds[gate];
  const whole = text => (kind.compares ? `(${text})` : text);
  const { texts, sign } = equation(
    of.map(i => values[i]),
    values[place],
    (...numbers) => RULES[gate](...numbers)[0],
  );
  const symbols = applied(
    kind,
    of.map(i => nodes[i].name),
  );
  const numbers = whole(gate === "mul" ? joined(" × ", texts) : applied(kind, texts));
  const plain = of.every(i => nodes[i].constant && !nodes[i].given && !nodes[i].gate);
  const sides = [...new Set([name, ...(plain ? [] : [whole(symbols)]), numbers])];
  const result = format(values[place]);
  return sides.join(" = ") + (sides.at(-1) === result ? "" : ` ${sign} ${result}`);
}

// One step as a sentence. `play` is what `timeline` made of the graph.
function sentence(graph, play, step) {
  const { nodes, kinds, output } = graph;
  const name = i => nodes[i].name;
  const { values } = play;
  const list = parts => parts.slice(0, 8).join("; ") + (parts.length > 8 ? ` and ${parts.length - 8} more` : "");
  switch (step.kind) {
    case "inputs":
      return `Inputs: ${list(nodes.flatMap((n, i) => (n.gate || (n.constant && !n.given) ? [] : [`${n.name} = ${format(values[i])}`])))}.`;
    case "forward":
      return `Forward, ${nodes[step.node].gate}: ${computed(graph, values, step.node)}.`;
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
  const onTop = !before
    ? ""
    : assign
      ? `, and the ${format(before)} that was there is lost`
      : `, on top of ${format(before)}: ${format(grad)}`;
  const printed = equation([local, upstream], amount, product);
  const written = joined(" × ", printed.texts);
  return `${graph.nodes[parent].name} ${sign} ${written} ${printed.sign} ${format(amount)}${onTop}`;
}
