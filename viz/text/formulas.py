"""The formulas of the gate table, written as text and as LaTeX with the gates' own notation.

A local derivative becomes LaTeX by this, without a second table of derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from autograd.formula import CONSTANTS, Backend, Part, Tree, fold, parse
from autograd.formula import language as formulas
from autograd.formula.floats import evaluated
from autograd.gates import ADDITIVE, GATES, MULTIPLICATIVE, Gate
from viz.text.notation import Kind, Written, number_written, written
from viz.text.numbers import format_number

#: The signs of arithmetic, and the gates they stand for.
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "neg": "neg"}
#: Relations, as text and in LaTeX.
_RELATIONS = {
    ">": (">", ">"),
    ">=": ("≥", r"\ge"),
    "<": ("<", "<"),
    "<=": ("≤", r"\le"),
    "==": ("=", "="),
    "!=": ("≠", r"\ne"),
}
#: What a formula's own names are in LaTeX, where no operands are given for them.
_NAMES_IN_LATEX = {"x": "x_i", "xs": r"x_1, \dots, x_n", "pi": r"\pi"}


def formula_written(
    formula: str | Tree, operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str] = format_number
) -> Written:
    """A formula of the gate table over `operands`, written with the gates' own notation.

    >>> formula_written("y * (1 - y)", {}, "text").text
    'y*(1 − y)'
    >>> print(formula_written("1 / a", {"a": Written("v_{2}")}, "latex").text)
    \\frac{1}{v_{2}}
    """
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
    """The branch of a formula that holds at given numbers, and the comparison that chose it.

    decided_by: the left side as a formula, ``<``, ``=`` or ``>``, and the right side; ``is`` before ``nan``, where a
    number was no number; None where no comparison decided alone.
    """

    formula: Tree
    decided_by: tuple[Tree, str, Tree] | None


def chosen(formula: str, numbers: Mapping[str, float]) -> Branch:
    """Which branch of ``p if test else q`` a formula takes at these numbers.

    >>> branch = chosen("1.0 if a > 0 else 0.0", {"a": 2.0})
    >>> branch.formula, branch.decided_by[1]
    (Number(value=1.0), '>')
    """
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
