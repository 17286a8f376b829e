"""How gates, formulas and whole graphs are written, as text and as LaTeX, with the parentheses they need and no more.

Every gate says in the table how it is written and how tightly it binds. Here that is applied: to a gate and its
operands, to the little formulas of the table (a local derivative becomes LaTeX without a second table), and to a
graph, from the operands up, without recursion, and never longer than asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from string import Template
from typing import Literal, NamedTuple

from autograd.formula import CONSTANTS, Backend, Part, Tree, fold, parse
from autograd.formula import language as formulas
from autograd.formula.floats import evaluated
from autograd.gates import ADDITIVE, ATOM, GATES, MULTIPLICATIVE, SIGN, Gate, Notation
from autograd.value import Value
from viz.text.latex import name_latex, number_latex
from viz.text.numbers import MINUS, format_number

Kind = Literal["text", "latex"]

#: The signs of arithmetic, and the gates they stand for.
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "neg": "neg"}
#: Relations, as text and in LaTeX.
_RELATIONS = {
    ">": (">", ">"), ">=": ("≥", r"\ge"), "<": ("<", "<"), "<=": ("≤", r"\le"), "==": ("=", "="), "!=": ("≠", r"\ne"),
}  # fmt: skip
#: What a formula's own names are in LaTeX, where no operands are given for them.
_NAMES_IN_LATEX = {"x": "x_i", "xs": r"x_1, \dots, x_n", "pi": r"\pi"}


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


def formula_latex(formula: str | Tree, operands: Mapping[str, Written] | None = None) -> str:
    """A formula of the gate table in LaTeX, its ``a``, ``b``, ``x``, ``y`` replaced by `operands` where given.

    >>> formula_latex("y * (1 - y)")
    'y \\\\cdot \\\\left(1 - y\\\\right)'
    """
    return formula_written(formula, operands or {}, "latex").text


def formula_text(formula: str | Tree, operands: Mapping[str, Written] | None = None) -> str:
    """The same as plain text: ``y*(1 - y)``."""
    return formula_written(formula, operands or {}, "text").text


def formula_written(
    formula: str | Tree, operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str] = format_number
) -> Written:
    """A formula of the gate table over `operands`, written with the gates' own notation."""
    return fold(formula, _notation(operands, kind, number))


def _notation(operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str]) -> Backend[Written]:
    """Formulas in the gates' own notation. operands: what their names stand for."""
    latex = kind == "latex"

    def name(name: str) -> Written:
        if name in operands:
            return operands[name]
        if name in CONSTANTS and name != "pi":
            return number_written(float(name), kind, number)
        return Written(_NAMES_IN_LATEX.get(name, name) if latex else name)

    def operation(sign: str, sides: list[Written]) -> Written:
        if sign in _ARITHMETIC:
            return _simplified(GATES[_ARITHMETIC[sign]], sides, kind, number)
        if sign in _RELATIONS:
            return Written(f" {_RELATIONS[sign][latex]} ".join(side.text for side in sides), 0)
        word = rf" \text{{ {sign} }} " if latex else f" {sign} "
        return Written(word.strip(" ") + " " + sides[0].text if sign == "not" else word.join(s.text for s in sides), 0)

    def choice(test: Part[Written], yes: Part[Written], no: Part[Written]) -> Written:
        if not latex:
            return Written(f"{yes().text} if {test().text} else {no().text}", 0)
        rows = [rf"{yes().text} & \text{{if }} {test().text}"]
        rest = no.tree
        while isinstance(rest, formulas.Choice):
            rows.append(rf"{fold(rest.yes, backend).text} & \text{{if }} {fold(rest.test, backend).text}")
            rest = rest.no
        rows.append(rf"{fold(rest, backend).text} & \text{{otherwise}}")
        return Written(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", ADDITIVE)

    def call(name: str, inside: list[Written]) -> Written:
        if name in GATES:
            return _simplified(GATES[name], inside, kind, number)
        text = ", ".join(each.text for each in inside)
        return Written(rf"\operatorname{{{name}}}\left({text}\right)" if latex else f"{name}({text})")

    def over(name: str, term: Part[Written]) -> Written:
        plain = term.tree == formulas.Name("x")
        if plain and ("xs" in operands or not latex):
            xs = backend.name("xs")
            if name == "sum":
                return call(name, [xs])
            return Written(rf"\{name}\left({xs.text}\right)" if latex else f"{name}({xs.text})")
        inside = fold(term.tree, _notation({key: text for key, text in operands.items() if key != "x"}, kind, number))
        if not latex:
            return Written(f"{name}({inside.text} for x in {backend.name('xs').text})")
        if name == "sum":
            return Written(rf"\sum_i {inside.text if inside.precedence > ADDITIVE else f'({inside.text})'}", ADDITIVE)
        return Written(rf"\{name}_i {inside.text}", MULTIPLICATIVE)

    backend = Backend(
        number=lambda value: number_written(float(value), kind, number),
        name=name,
        operation=operation,
        choice=choice,
        call=call,
        over=over,
    )
    return backend


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


class Branch(NamedTuple):
    """The branch of a formula that holds at given numbers, and the comparison that decided, if there was a plain one:
    its two sides as formulas, and ``<``, ``=`` or ``>`` between them, or ``is`` before ``nan``."""

    formula: Tree
    decided_by: tuple[Tree, str, Tree] | None


def chosen(formula: str, numbers: Mapping[str, float]) -> Branch:
    """Which branch of ``p if test else q`` a formula takes at these numbers: at a = 2, ``1.0 if a > 0 else 0.0`` is
    1.0, because a > 0."""
    tree = parse(formula)
    decided_by = None
    while isinstance(tree, formulas.Choice):
        test = tree.test
        decided_by = None
        if isinstance(test, formulas.Operation) and test.sign in _RELATIONS:
            left, right = test.operands
            p, q = evaluated(left, numbers), evaluated(right, numbers)
            sign = "<" if p < q else ">" if p > q else "=" if p == q else "is"
            decided_by = (left, sign, right) if sign != "is" else (left if p != p else right, sign, _NAN)
        tree = tree.yes if evaluated(test, numbers) else tree.no
    return Branch(tree, decided_by)


_NAN = parse("nan")


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
