"""How gates and whole graphs are written, as text and as LaTeX, with the parentheses they need and no more.

Every gate's entry in the table says how it is written and how tightly it binds. Here that is applied to a gate and its
operands, and to a graph, from the operands up, without recursion, and never longer than asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from string import Template
from typing import Literal, NamedTuple

from autograd.gates import ATOM, MULTIPLICATIVE, SIGN, Gate, Notation
from autograd.value import Value
from viz.text.latex import name_latex, number_latex
from viz.text.numbers import MINUS, format_number

Kind = Literal["text", "latex"]


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
