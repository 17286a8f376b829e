// A number as people type it: an expression of numbers, + - * / **, parentheses and the functions of the gates, read as
// Python reads it. Only the gates' own rules compute anything: no text is ever run.

const SIGNS = { "−": "-", "×": "*", "·": "*", "÷": "/", "∞": "inf" };
const INFIX = { "+": "add", "-": "sub", "*": "mul", "/": "div" };

// Why a text is no number, in a sentence; `unfinished` where more typing may make it one.
class Mistake extends Error {
  constructor(message, unfinished = false) {
    super(message);
    this.unfinished = unfinished;
  }
}

// The number that a text stands for; a Mistake where it stands for none.
function typed(text) {
  if (!text.trim()) throw new Mistake("An input is a number, for example −1.5 or 2e−3.");
  if (text.length > 500) throw new Mistake("This is longer than 500 signs.");
  const tokens = tokensOf(text.replace(/[−×·÷∞]/g, sign => SIGNS[sign]));
  let at = 0;
  const takes = sign => tokens[at] === sign && (at += 1);
  const compute = (gate, operands) => {
    const written = () => `${gate}(${operands.map(x => format(x)).join(", ")})`;
    try {
      const y = value[gate](...operands);
      if (Math.abs(y) === Infinity && operands.every(Number.isFinite)) fail("overflows");
      return y;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Mistake(`${written()} ${error.message}.`);
    }
  };
  const infix = (signs, operand) => () => {
    let x = operand();
    while (signs.includes(tokens[at])) x = compute(INFIX[tokens[at++]], [x, operand()]);
    return x;
  };
  const signed = () => (takes("-") ? -signed() : takes("+") ? signed() : power());
  const power = () => {
    const x = atom();
    return takes("**") ? compute("pow", [x, signed()]) : x;
  };
  const sum = infix(["+", "-"], infix(["*", "/"], signed));
  const atom = () => {
    const token = tokens[at++];
    if (token === undefined) throw new Mistake("It ends where something is still to come.", true);
    if (typeof token === "number") return token;
    if (token === "(") {
      const x = sum();
      close();
      return x;
    }
    if (!/^[\p{L}_]/u.test(token)) throw new Mistake(`A number or a function belongs before “${token}”.`);
    return takes("(") ? called(token) : named(token);
  };
  const close = () => {
    if (takes(")")) return;
    if (tokens[at] === undefined) throw new Mistake("A parenthesis is not closed.", true);
    throw surplus();
  };
  const called = name => {
    const gate = ALIASES[name] ?? name;
    if (!Object.hasOwn(value, gate))
      throw new Mistake(`There is no function ${name}; there are ${Object.keys(value).sort().join(", ")}.`);
    const operands = [];
    if (!takes(")")) {
      do operands.push(sum());
      while (takes(","));
      close();
    }
    const defaults = DEFAULTS[gate] ?? [];
    // No operands are counted where any number will do.
    const arity = value[gate].length;
    const most = FOLDED.includes(gate) ? Infinity : arity || Infinity;
    const least = (arity || 1) - defaults.length;
    if (operands.length < least || operands.length > most)
      throw new Mistake(
        `${name} takes ${least}${most === Infinity ? " or more" : most > least ? ` or ${most}` : ""}, but has ${operands.length}; a decimal is written with a point, 1.5.`,
      );
    if (most === Infinity && arity) return operands.reduce((x, y) => compute(gate, [x, y]));
    return compute(gate, arity ? [...operands, ...defaults].slice(0, arity) : operands);
  };
  const named = name => {
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
    if (/^(inf|infinity|nan)$/i.test(name)) return /^n/i.test(name) ? NaN : Infinity;
    // Whoever has typed as far as “ta” may be on the way to tanh.
    const longer = [...Object.keys(value), ...Object.keys(ALIASES), "infinity", "nan"].some(f => f.startsWith(name));
    throw new Mistake(`“${name}” is no number.`, longer && at === tokens.length);
  };
  const surplus = () =>
    new Mistake(
      tokens[at] === ","
        ? "A decimal is written with a point: 1.5, not 1,5."
        : tokens[at] === ")"
          ? "A parenthesis is closed that was never opened."
          : `A sign such as * is missing before “${tokens[at]}”.`,
    );
  const x = sum();
  if (at < tokens.length) throw surplus();
  return x;
}

// Numbers, names and signs, in order.
function tokensOf(text) {
  const token = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_]*)|(\*\*|[-+*/(),]))/iuy;
  const tokens = [];
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const [, number, name, sign] = token.exec(text) ?? [];
    const rest = text.slice(from, end).trimStart();
    if (number === undefined && !name && !sign)
      throw new Mistake(
        rest[0] === "^" ? "A power is written **, as in 2**3." : `“${rest[0]}” can't stand in a number.`,
        rest === ".",
      );
    if (number === undefined) {
      tokens.push(name ?? sign);
      continue;
    }
    const next = text.slice(token.lastIndex, end);
    if (/^[\p{L}\p{N}_.]/u.test(next))
      throw new Mistake(`After ${number} a sign such as * is missing.`, /^e[+-]?$/i.test(next));
    if (Number(number) === Infinity) throw new Mistake(`${number} is larger than any float (about 1.8e308).`);
    tokens.push(Number(number));
  }
  return tokens;
}

// A number as a reader may type it again.
const retyped = x =>
  Number.isNaN(x) ? "nan" : Math.abs(x) === Infinity ? `${x < 0 ? "-" : ""}inf` : Object.is(x, -0) ? "-0" : String(x);
