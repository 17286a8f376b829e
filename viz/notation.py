"""How gates, formulas and whole graphs are written, as text and as LaTeX, with the parentheses they need and no more.

Every gate says in the table how it is written and how tightly it binds. Here that is applied: to a gate and its
operands, to the little formulas of the table (a local derivative becomes LaTeX without a second table), and to a
graph, from the operands up, without recursion, and never longer than asked.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from string import Template
from typing import Literal, NamedTuple

from autograd.formula import FUNCTIONS, compiled
from autograd.gates import ADDITIVE, ATOM, GATES, MULTIPLICATIVE, SIGN, Gate, Notation
from autograd.value import Value
from viz.latex import name_latex, number_latex
from viz.numbers import MINUS, format_number

Kind = Literal["text", "latex"]

#: Python's operators, and the gates they stand for.
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.USub: "neg",
}

_RELATIONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Gt: (">", ">"),
    ast.GtE: ("≥", r"\ge"),
    ast.Lt: ("<", "<"),
    ast.LtE: ("≤", r"\le"),
    ast.Eq: ("=", "="),
    ast.NotEq: ("≠", r"\ne"),
}


class Written(NamedTuple):
    """A piece of notation and how tightly it binds: the precedence of its outermost operator.

    value: the number, if it is one, so that formulas can be simplified: 2·x^(2 − 1) is 2·x.
    """

    text: str
    precedence: int = ATOM
    value: float | None = None


#: How many levels of an expression that is too long are tried.
_DEPTHS = (16, 10, 6, 4, 3, 2)
_ELLIPSIS = {"text": Written("…"), "latex": Written(r"\dots")}


def written(gate: Gate, operands: Sequence[Written], kind: Kind) -> Written:
    """`gate` applied to `operands`, each in parentheses where it binds less tightly than the gate asks for."""
    notation: Notation = gate.text if kind == "text" else gate.latex
    wanted = notation.operands if gate.arity is not None else notation.operands * len(operands)
    after_sign = gate.name == "neg"
    parts = [_guarded(x, p, i > 0 or after_sign, kind) for i, (x, p) in enumerate(zip(operands, wanted, strict=True))]
    template = notation.template
    if kind == "text" and MULTIPLICATIVE <= notation.precedence < ATOM:
        template = template.replace(" ", "")  # a*b + c: what binds tightly stands close, as in PEP 8
    if gate.arity is None:
        text = Template(template).substitute(xs=notation.separator.join(parts))
    else:
        text = Template(template).substitute(dict(zip(gate.operands, parts, strict=True)))
    return Written(text, notation.precedence)


def _guarded(operand: Written, wanted: int, after_sign: bool, kind: Kind) -> str:
    signed = after_sign and wanted > 0 and is_signed(operand.text)  # 4 − (−3), not 4 − −3
    if operand.precedence >= wanted and not signed:
        return operand.text
    return parenthesized(operand.text, kind)


def is_signed(text: str) -> bool:
    """Whether a piece of notation begins with a minus sign."""
    return text.startswith((MINUS, "-"))


def parenthesized(text: str, kind: Kind) -> str:
    return f"({text})" if kind == "text" else rf"\left({text}\right)"


def factor(operand: Written, kind: Kind) -> str:
    """A piece of notation as one of several factors: a sum or a choice in parentheses."""
    return operand.text if operand.precedence >= MULTIPLICATIVE else parenthesized(operand.text, kind)


def joined(sign: str, operands: Sequence[str], kind: Kind) -> str:
    """Sums and products of any length: ``3 + (−4)``, ``3 × (−4)``. After a sign a minus is put in parentheses."""
    later = (parenthesized(text, kind) if is_signed(text) else text for text in operands[1:])
    return sign.join((*operands[:1], *later))


def number_written(x: float, kind: Kind, number: Callable[[float], str] = format_number) -> Written:
    """A number as an operand: a negative one binds like a minus sign, a scientific one like a product."""
    text = number(x)
    precedence = SIGN if is_signed(text) else ATOM
    if kind == "latex":
        text = number_latex(text)
        precedence = MULTIPLICATIVE if r"\times" in text else precedence
    return Written(text, precedence, x)


def name_written(name: str, kind: Kind) -> Written:
    """A name as an operand. What is no plain name (a number, an expression) is bound as such where text shows it."""
    if kind == "latex":
        return Written(name_latex(name))
    return Written(name, SIGN if is_signed(name) else ATOM)


# ---------------------------------------------------------------- the formulas of the gate table


def formula_latex(formula: str, operands: Mapping[str, Written] | None = None) -> str:
    """A formula of the gate table in LaTeX, its ``a``, ``b``, ``x``, ``y`` replaced by `operands` where given.

    >>> formula_latex("y * (1 - y)")
    'y \\\\cdot \\\\left(1 - y\\\\right)'
    """
    return formula_written(formula, operands or {}, "latex").text


def formula_text(formula: str, operands: Mapping[str, Written] | None = None) -> str:
    """The same as plain text: ``y*(1 - y)``."""
    return formula_written(formula, operands or {}, "text").text


def formula_written(
    formula: str, operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str] = format_number
) -> Written:
    """A formula of the gate table over `operands`, written with the gates' own notation."""
    return _expression(ast.parse(formula, mode="eval").body, operands, kind, number)


def _expression(node: ast.expr, operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str]) -> Written:
    """Formulas are a line long, so this may recurse."""

    def write(child: ast.expr) -> Written:
        return _expression(child, operands, kind, number)

    match node:
        case ast.Constant(value=int() | float() as value):
            return number_written(float(value), kind, number)
        case ast.Name(id="inf" | "nan" as name):
            return number_written(float(name), kind, number)
        case ast.Name(id=name):
            return operands.get(name) or Written({"x": "x_i", "xs": r"x_1, \dots, x_n"}.get(name, name)
                                                 if kind == "latex" else name)  # fmt: skip
        case ast.BinOp() | ast.UnaryOp():
            gate = GATES[OPERATORS[type(node.op)]]
            sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.operand]
            return _simplified(gate, [write(side) for side in sides], kind, number)
        case ast.Call(func=ast.Name(id="sum"), args=[ast.Name(id="xs")]) if kind == "latex" and "xs" not in operands:
            return Written(r"\sum_i x_i", ADDITIVE)
        # The sum of exp(x - y) over all x is 1, but for the rounding of y.
        case ast.Call(func=ast.Name(id="sumexp")) if "y" in operands:
            return number_written(1.0, kind, number)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in GATES:
            return _simplified(GATES[name], [write(argument) for argument in arguments], kind, number)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            inside = ", ".join(write(argument).text for argument in arguments)
            return Written(f"{name}({inside})" if kind == "text" else rf"\operatorname{{{name}}}\left({inside}\right)")
        case ast.Compare(left=left, ops=[relation], comparators=[right]):
            sign = _RELATIONS[type(relation)][kind == "latex"]
            return Written(f"{write(left).text} {sign} {write(right).text}", 0)
        case ast.BoolOp(op=op, values=values):
            word = "or" if isinstance(op, ast.Or) else "and"
            word = f" {word} " if kind == "text" else rf" \text{{ {word} }} "
            return Written(word.join(write(value).text for value in values), 0)
        case ast.IfExp() if kind == "text":
            return Written(f"{write(node.body).text} if {write(node.test).text} else {write(node.orelse).text}", 0)
        case ast.IfExp():
            rows = []
            rest: ast.expr = node
            while isinstance(rest, ast.IfExp):
                rows.append(rf"{write(rest.body).text} & \text{{if }} {write(rest.test).text}")
                rest = rest.orelse
            rows.append(rf"{write(rest).text} & \text{{otherwise}}")
            return Written(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", ADDITIVE)
    raise ValueError(f"a formula of the gate table has no {type(node).__name__}: {ast.unparse(node)}")


def _simplified(gate: Gate, operands: Sequence[Written], kind: Kind, number: Callable[[float], str]) -> Written:
    """A sum, difference, product or sign of plain numbers is their result; 0·x is 0, x + ∞ is ∞, x/1 and x^1 are x.

    Formulas have such parts so that NaN is passed on, which is nothing to read.
    """
    numbers = [operand.value for operand in operands if operand.value is not None]
    if gate.name in ("pow", "div") and operands[1].value == 1:
        return operands[0]
    if gate.name == "mul" and 0.0 in numbers:
        return number_written(0.0, kind, number)
    if gate.name == "add" and math.inf in numbers:
        return number_written(math.inf, kind, number)
    if len(numbers) == len(operands) and gate.name in ("add", "sub", "mul", "neg"):
        return number_written(gate.forward(*numbers), kind, number)
    return written(gate, operands, kind)


class Choice(NamedTuple):
    """The branch of a formula that holds at given numbers, and the comparison that decided, if there was a plain one:
    its two sides as formulas, and ``<``, ``=`` or ``>`` between them, or ``is`` before ``nan``."""

    formula: str
    decided_by: tuple[str, str, str] | None


def chosen(formula: str, numbers: Mapping[str, float]) -> Choice:
    """Which branch of ``p if test else q`` a formula takes at these numbers: at a = 2, ``1.0 if a > 0 else 0.0`` is
    1.0, because a > 0."""
    node = ast.parse(formula, mode="eval").body
    decided_by = None
    while isinstance(node, ast.IfExp):
        test = node.test
        if isinstance(test, ast.Compare):
            left, right = ast.unparse(test.left), ast.unparse(test.comparators[0])
            p, q = _evaluated(left, numbers), _evaluated(right, numbers)
            sign = "<" if p < q else ">" if p > q else "=" if p == q else "is"
            decided_by = (left, sign, right) if sign != "is" else (left if p != p else right, sign, "nan")
        else:
            decided_by = None
        node = node.body if _evaluated(ast.unparse(test), numbers) else node.orelse
    return Choice(ast.unparse(node), decided_by)


def _evaluated(formula: str, numbers: Mapping[str, float]) -> float:
    result: float = compiled(f"lambda {', '.join(numbers)}: {formula}", FUNCTIONS)(*numbers.values())
    return result


# ---------------------------------------------------------------- graphs


def expression_text(value: Value, names: Mapping[Value, str] | None = None, limit: int = 80) -> str:
    """The expression that `value` is, over the Values that have names, in at most about `limit` characters.

    A Value in `names` is written as its name, except `value` itself. Constants without a name are written as numbers,
    unnamed leaves as their numbers too, and what would make the text too long as ``…``.
    """
    return expression_written(value, names or {}, "text", limit).text


def expression_latex(value: Value, names: Mapping[Value, str] | None = None, limit: int = 400) -> str:
    """The same in LaTeX's math mode: ``\\sigma\\left(w_{0} \\cdot x_{0} + b\\right)``."""
    return expression_written(value, names or {}, "latex", limit).text


def expression_written(value: Value, names: Mapping[Value, str], kind: Kind, limit: int) -> Written:
    """What `expression_text` and `expression_latex` return, with its precedence. Iterative: any depth will do.

    Of an expression that is too long, as many levels are written as fit, counted from the outside.
    """
    for depth in (limit, *_DEPTHS):
        result = _to_depth(value, names, kind, depth, limit, shorten=False)
        if result is not None:
            return result
    result = _to_depth(value, names, kind, _DEPTHS[-1], limit, shorten=True)
    return result or _ELLIPSIS[kind]


def _to_depth(
    value: Value, names: Mapping[Value, str], kind: Kind, depth: int, limit: int, *, shorten: bool
) -> Written | None:
    """`value` down to a depth; where that takes more than `limit` characters, shortened, or None."""
    texts: dict[Value, Written] = {}
    for node, opened in _unfolded(value, names, depth):
        if node.gate is None or (node in names and node is not value):
            texts[node] = leaf_written(node, names, kind)
        elif not opened:
            texts[node] = _ELLIPSIS[kind]
        else:
            operands = [texts[parent] for parent in node.parents]
            elided = node is not value and all(operand == _ELLIPSIS[kind] for operand in operands)
            if not shorten and sum(len(operand.text) for operand in operands) > limit:
                return None
            texts[node] = operands[0] if elided else fitted(node.gate, operands, kind, limit if shorten else 4 * limit)
    return texts[value] if shorten or len(texts[value].text) <= limit else None


def leaf_written(
    node: Value, names: Mapping[Value, str], kind: Kind, number: Callable[[float], str] = format_number
) -> Written:
    """A Value as an operand: its name, else its label, else its number."""
    name = names.get(node) or node.label
    nameless = not name or (node.gate is None and not node.requires_grad and not node.label)
    return number_written(node.data, kind, number) if nameless else name_written(name, kind)


def fitted(gate: Gate, operands: Sequence[Written], kind: Kind, limit: int) -> Written:
    """`gate` over `operands`, in about `limit` characters: where that is too little, operands become ``…``."""
    ellipsis = _ELLIPSIS[kind]
    if gate.arity is None:  # a long sum shows its first terms
        kept, room = 0, limit
        while kept < len(operands) and (room := room - len(operands[kept].text) - 3) >= 0:
            kept += 1
        if kept < len(operands):
            operands = [*operands[: max(kept - 1, 1)], ellipsis]
    result = written(gate, operands, kind)
    operands = list(operands)
    while len(result.text) > limit and (longest := max(operands, key=lambda x: len(x.text))) != ellipsis:
        operands[operands.index(longest)] = ellipsis
        result = written(gate, operands, kind)
    return result


def _unfolded(value: Value, named: Collection[Value], depth: int) -> list[tuple[Value, bool]]:
    """`value` and what it is written over, operands first, and whether each is opened up.

    Looks no further than Values that are named, and no deeper than `depth` gates: each gate takes at least a character.
    """
    found: dict[Value, bool] = {value: True}
    level = [value]
    while level:
        depth -= 1
        level = list(dict.fromkeys(p for node in level for p in node.parents if p not in found))
        found.update((node, depth > 0 and node not in named) for node in level)
        level = [node for node in level if found[node]]
    order: list[tuple[Value, bool]] = []
    seen: set[Value] = set()
    stack: list[tuple[Value, bool]] = [(value, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append((node, found[node]))
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if found[node]:
                stack += [(parent, False) for parent in reversed(node.parents)]
    return order
