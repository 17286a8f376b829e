"""The gate table in JavaScript: the same formulas, translated, so that a page computes what Python computed.

There is no second table of gates. A formula is parsed with `ast` and written out again in the other language; only the
primitive functions it may call (`autograd.formula.FUNCTIONS`) have hand-written counterparts, and these raise where
Python's raise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from autograd.formula import CONSTANTS as NUMBERS
from autograd.formula import FUNCTIONS, Backend, Part, Tree, calls_in, fold, hoisted, steps
from autograd.formula.spelling import Spelled, infix, literal
from autograd.gates import GATES, Gate
from viz.expression.read import CONSTANTS, functions

#: The functions of the language of formulas in JavaScript; `fail` ends a computation where Python's `math` raises.
PRIMITIVES: dict[str, str] = {
    "exp": "a => bounded(Math.exp(a), a)",
    "log": "a => a <= 0 ? fail() : Math.log(a)",
    "log1p": "a => a <= -1 ? fail() : Math.log1p(a)",
    "sqrt": "a => a < 0 ? fail() : Math.sqrt(a)",
    "sin": "a => Math.abs(a) === Infinity ? fail() : Math.sin(a)",
    "cos": "a => Math.abs(a) === Infinity ? fail() : Math.cos(a)",
    "tanh": "Math.tanh",
    "pow": (
        "(a, b) => a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1"
        " : a === 0 && b < 0 && b > -Infinity || a < 0 && Number.isFinite(a) && Number.isFinite(b) && b % 1 !== 0"
        " ? fail() : bounded(a ** b, a, b)"
    ),
    "abs": "Math.abs",
    "min": "(...v) => v.reduce((least, x) => x < least ? x : least)",
    "max": "(...v) => v.reduce((most, x) => x > most ? x : most)",
    "len": "v => v.length",
    # A series of terms of one sign, which loses no digits: exp(-a²) Σ 2ⁿ a²ⁿ⁺¹ / (1 · 3 · ... · (2n + 1)).
    "erf": (
        "a => { let t = a, s = a, n = 1; if (!(Math.abs(a) < 6)) return Math.sign(a);"
        " while (s !== (s += t *= 2 * a * a / (2 * n++ + 1))); return 2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * s; }"
    ),
}
_CONSTANTS = {"inf": "Infinity", "nan": "NaN", "pi": "Math.PI"}
_SIGNS = {"==": "===", "!=": "!==", "and": "&&", "or": "||"}
#: What is done with a term over all operands.
_REDUCTIONS = {
    "sum": "xs.reduce((total, x) => total + {}, 0)",
    "max": "{}.reduce((most, x) => x > most ? x : most)",
    "min": "{}.reduce((least, x) => x < least ? x : least)",
}

_PRELUDE = """\
const fail = (what = "has no value") => { throw new RangeError(what); };
let strict = true;
const bounded = (y, ...at) =>
  strict && Math.abs(y) === Infinity && at.every(Number.isFinite) ? fail("overflows") : y;
const limits = slopes => {
  const before = strict;
  strict = false;
  try { return slopes(); } finally { strict = before; }
};
const divide = (a, b) => b === 0 ? fail("divides by zero") : a / b;
"""


def script_safe(thing: object) -> str:
    """JSON that may stand inside a ``<script>``: no ``<`` in it can end the element or open a comment."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _operation(sign: str, operands: list[Spelled]) -> Spelled:
    if sign == "/":  # Python raises where JavaScript gives an infinity
        return Spelled(f"divide({operands[0].text}, {operands[1].text})")
    if sign == "not":
        return Spelled(f"!({operands[0].text})")
    spelled = infix(sign, operands)
    return Spelled(f"({spelled.text.replace(f' {sign} ', f' {_SIGNS[sign]} ')})") if sign in _SIGNS else spelled


def _choice(test: Part[Spelled], yes: Part[Spelled], no: Part[Spelled]) -> Spelled:
    return Spelled(f"({test().text} ? {yes().text} : {no().text})")


def _call(name: str, operands: list[Spelled]) -> Spelled:
    texts = [f"...{x.text}" if x.text == "xs" and name not in FUNCTIONS else x.text for x in operands]
    return Spelled(f"{'calls' if name in FUNCTIONS else 'value'}.{name}({', '.join(texts)})")


def _over(name: str, term: Part[Spelled]) -> Spelled:
    text = term().within(1)
    if name != "sum":
        text = "xs" if text == "x" else f"xs.map(x => {text})"
    return Spelled(_REDUCTIONS[name].format(text))


_JAVASCRIPT = Backend(
    number=lambda value: literal(repr(value).removesuffix(".0")),
    name=lambda name: Spelled(_CONSTANTS[name] if name in NUMBERS else name),
    operation=_operation,
    choice=_choice,
    call=_call,
    over=_over,
)


def expression(formula: str | Tree) -> str:
    """One formula as a JavaScript expression; ValueError where it leaves the language of `autograd.formula`."""
    return fold(formula, _JAVASCRIPT).text


def rule(gate: Gate) -> str:
    """A gate's rule as a JavaScript function: operands -> ``[y, dy/da, dy/db]``, as `Gate.rule` in Python."""
    assigned, derivatives = steps(gate.formula, gate.derivatives)
    lines = "".join(f"const {name} = {expression(tree)}; " for name, tree in assigned.items())
    slopes = ", ".join(map(expression, derivatives))
    if gate.arity is None:
        return f"(...xs) => {{ {lines}return [y, ...limits(() => xs.map(x => {slopes}))]; }}"
    return f"({', '.join(gate.operands)}) => {{ {lines}return [y, ...limits(() => [{slopes}])]; }}"


def _calls(gate: Gate) -> set[str]:
    return set[str]().union(*map(calls_in, (gate.formula, *gate.derivatives)))


def _needed(names: Iterable[str]) -> Iterator[Gate]:
    """The gates of these names, and after them those that their formulas call; ValueError for what can't be written."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        gate = GATES[name]
        for called in sorted(_calls(gate) - set(PRIMITIVES)):
            if called not in GATES:
                raise ValueError(
                    f"the gate {name!r} calls {called}(), which is neither a gate nor a function of the "
                    "language of gates"
                )
            waiting.append(called)
        yield gate


def rules(names: Iterable[str]) -> str:
    """JavaScript that defines ``RULES``, an object with the rule of each named gate.

    It holds what these gates need and no more: the primitives they call and the gates whose formulas they use. Raises
    ValueError for a gate whose formula calls a function that has no counterpart.
    """
    gates = list(_needed(names))
    table = "".join(f"  {script_safe(gate.name)}: {rule(gate)},\n" for gate in gates)
    return (
        f"{_PRELUDE}const calls = {{\n{_primitives(gates)}}};\nconst RULES = {{\n{table}}};\n"
        "const value = {};\n"
        "for (const [name, rule] of Object.entries(RULES)) value[name] = (...operands) => rule(...operands)[0];\n"
    )


def typed_functions() -> str:
    """JavaScript, to follow `rules`, that adds to ``value`` the functions a reader may type in a number: those of
    `viz.expression.read` that JavaScript can compute, with the other names and the defaults they have there."""
    gates = list(dict.fromkeys(gate for name in functions() for gate in _needed([name])))
    values = "".join(f"  {script_safe(gate.name)}: {_value(gate)},\n" for gate in gates)
    aliases = {alias: gate.name for gate in gates for alias in gate.aliases}
    defaults = {gate.name: gate.defaults for gate in gates if gate.defaults}
    folded = sorted(gate.name for gate in gates if gate.folds)
    return (
        f"Object.assign(calls, {{\n{_primitives(gates)}}});\nObject.assign(value, {{\n{values}}});\n"
        f"const ALIASES = {script_safe(aliases)};\nconst DEFAULTS = {script_safe(defaults)};\n"
        f"const FOLDED = {script_safe(folded)};\nconst CONSTANTS = {script_safe(CONSTANTS)};\n"
    )


def _primitives(gates: Iterable[Gate]) -> str:
    used = set[str]().union(*map(_calls, gates)) & set(PRIMITIVES)
    return "".join(f"  {name}: {PRIMITIVES[name]},\n" for name in PRIMITIVES if name in used)


def _value(gate: Gate) -> str:
    """The value alone, as a JavaScript function: where it has one but no derivative, `rule` would refuse."""
    operands = "...xs" if gate.arity is None else ", ".join(gate.operands)
    over, (value,) = hoisted(gate.formula)
    if not over:
        return f"({operands}) => {expression(value)}"
    lines = "".join(f"const {name} = {expression(tree)}; " for name, tree in over.items())
    return f"({operands}) => {{ {lines}return {expression(value)}; }}"
