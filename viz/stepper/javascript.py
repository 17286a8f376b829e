"""The gate table in JavaScript: the same formulas, translated, so that a page computes what Python computed.

There is no second table of gates. A formula is parsed with `ast` and written out again in the other language; only the
primitive functions it may call (`autograd.formula.FUNCTIONS`) have hand-written counterparts, and these raise where
Python's raise.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator

from autograd.formula import common_part, names_in
from autograd.gates import GATES, Gate
from viz.expression import ALIASES, CONSTANTS, DEFAULTS, FOLDED, functions

#: The primitive functions in JavaScript, where Python's `math` raises included. `fail` ends a computation. Who adds a
#: function of their own to `autograd.formula.FUNCTIONS` adds its JavaScript here, to have it in the stepper.
PRIMITIVES: dict[str, str] = {
    "exp": "a => bounded(Math.exp(a), a)",
    "log": "a => a <= 0 ? fail() : Math.log(a)",
    "log1p": "a => a <= -1 ? fail() : Math.log1p(a)",
    "sqrt": "a => a < 0 ? fail() : Math.sqrt(a)",
    "sin": "a => Math.abs(a) === Infinity ? fail() : Math.sin(a)",
    "cos": "a => Math.abs(a) === Infinity ? fail() : Math.cos(a)",
    "tanh": "a => Math.tanh(a)",
    "pow": (
        "(a, b) => a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1"
        " : a === 0 && b < 0 && b > -Infinity || a < 0 && Number.isFinite(a) && Number.isFinite(b) && b % 1 !== 0"
        " ? fail() : bounded(a ** b, a, b)"
    ),
    "abs": "a => Math.abs(a)",
    "min": "(...v) => (v.length > 1 ? v : v[0]).reduce((least, x) => x < least ? x : least)",
    "max": "(...v) => (v.length > 1 ? v : v[0]).reduce((most, x) => x > most ? x : most)",
    "sum": "v => v.reduce((total, x) => total + x, 0)",
    "len": "v => v.length",
    "logsumexp": (
        "v => { const most = v.reduce((m, x) => x > m ? x : m);"
        " return Math.abs(most) === Infinity ? (v.some(Number.isNaN) ? NaN : most)"
        " : most + Math.log(v.reduce((total, x) => total + Math.exp(x - most), 0)); }"
    ),
    "sumexp": "(v, y) => v.reduce((total, x) => total + Math.exp(x - y), 0)",
    "inf": "Infinity",
    "nan": "NaN",
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

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.USub: "-", ast.UAdd: "+", ast.Not: "!", ast.Or: "||", ast.And: "&&",
    ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "===", ast.NotEq: "!==",
}  # fmt: skip


def script_safe(thing: object) -> str:
    """JSON that may stand inside a ``<script>``: no ``<`` in it can end the element or open a comment."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def expression(formula: str) -> str:
    """One formula as a JavaScript expression; ValueError where it leaves the little language of `autograd.formula`."""
    return _written(ast.parse(formula, mode="eval").body, formula)


def _written(node: ast.expr, formula: str) -> str:
    def js(child: ast.expr) -> str:
        return _written(child, formula)

    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return repr(float(number)).removesuffix(".0")
        case ast.Name(id="inf" | "nan" as name):
            return PRIMITIVES[name]
        case ast.Name(id=name):
            return name
        case ast.BinOp(left, ast.Div(), right):
            return f"divide({js(left)}, {js(right)})"
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            return f"({js(left)} {_OPERATORS[type(operator)]} {js(right)})"
        case ast.UnaryOp(operator, operand) if type(operator) in _OPERATORS:
            return f"({_OPERATORS[type(operator)]}{js(operand)})"
        case ast.BoolOp(operator, values):
            return f"({f' {_OPERATORS[type(operator)]} '.join(map(js, values))})"
        case ast.Compare(left, operators, rights):
            sides = [js(left), *map(js, rights)]
            pairs = zip(sides, operators, sides[1:], strict=False)
            return f"({' && '.join(f'{a} {_OPERATORS[type(o)]} {b}' for a, o, b in pairs)})"
        case ast.IfExp(test, body, orelse):
            return f"({js(test)} ? {js(body)} : {js(orelse)})"
        case ast.Call(ast.Name(id=name), arguments, []):
            called = f"calls.{name}" if name in PRIMITIVES else f"value.{name}"
            return f"{called}({', '.join(map(js, arguments))})"
    raise ValueError(f"{ast.unparse(node)!r} in the formula {formula!r} is outside the language of gates")


def rule(gate: Gate) -> str:
    """A gate's rule as a JavaScript function: operands -> ``[y, dy/da, dy/db]``, as `Gate.rule` in Python."""
    value = expression(gate.formula)
    if gate.arity is None:
        derivative, part = common_part(gate.derivatives[0])
        each = f"xs.map(x => {expression(derivative)})"
        slopes = f"{{ const part = {expression(part)}; return {each}; }}" if part else each
        return f"(...xs) => {{ const y = {value}; return [y, ...limits(() => {slopes})]; }}"
    slopes = ", ".join(map(expression, gate.derivatives))
    return f"({', '.join(gate.operands)}) => {{ const y = {value}; return [y, ...limits(() => [{slopes}])]; }}"


def _calls(gate: Gate) -> set[str]:
    return set[str]().union(*map(names_in, (gate.formula, *gate.derivatives))) - {"a", "b", "c", "x", "y", "xs"}


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
                    f"the gate {name!r} calls {called}(), which has no JavaScript counterpart, so a page can't compute "
                    f"it; add one to viz.stepper.javascript.PRIMITIVES"
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
    `viz.expression` that JavaScript can compute, with the other names and the defaults they have there."""
    gates = list(dict.fromkeys(gate for name in functions() for gate in _translated(name)))
    values = "".join(f"  {script_safe(gate.name)}: {_value(gate)},\n" for gate in gates)
    return (
        f"Object.assign(calls, {{\n{_primitives(gates)}}});\nObject.assign(value, {{\n{values}}});\n"
        f"const ALIASES = {script_safe(ALIASES)};\nconst DEFAULTS = {script_safe(DEFAULTS)};\n"
        f"const FOLDED = {script_safe(sorted(FOLDED))};\nconst CONSTANTS = {script_safe(CONSTANTS)};\n"
    )


def _primitives(gates: Iterable[Gate]) -> str:
    used = set[str]().union(*map(_calls, gates)) & set(PRIMITIVES) - {"inf", "nan"}
    return "".join(f"  {name}: {PRIMITIVES[name]},\n" for name in PRIMITIVES if name in used)


def _value(gate: Gate) -> str:
    """The value alone, as a JavaScript function: where it has one but no derivative, `rule` would refuse."""
    operands = "...xs" if gate.arity is None else ", ".join(gate.operands)
    return f"({operands}) => {expression(gate.formula)}"


def _translated(name: str) -> list[Gate]:
    """The gate of that name and those it calls; none where one of them has no JavaScript counterpart."""
    try:
        return list(_needed([name]))
    except ValueError:
        return []
