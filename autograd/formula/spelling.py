"""Formulas spelled in a programming language: Python, and what writes its operators alike (JavaScript, C).

A piece of text knows how tightly its outermost operator binds, so that parentheses stand where they are needed and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from autograd.formula.language import FUNCTIONS, Backend, Name, Part, Tree, fold

#: How tightly operators bind, as in Python's grammar. A choice binds least, a name or a call most.
CHOICE, COMPARISON, SUM, PRODUCT, SIGN, ATOM = 0, 4, 5, 6, 7, 9
_BINDING = {
    **{"or": 1, "and": 2, "not": 3},
    **dict.fromkeys((">", ">=", "<", "<=", "==", "!="), COMPARISON),
    **{"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "neg": SIGN},
}


class Spelled(NamedTuple):
    """A piece of source text, and how tightly its outermost operator binds."""

    text: str
    binds: int = ATOM

    def within(self, binding: int) -> str:
        """The text, in parentheses where it binds less tightly than `binding`."""
        return self.text if self.binds >= binding else f"({self.text})"


def number(value: float) -> Spelled:
    """A number as Python writes it: ``1``, ``1.0``, ``-2.0``."""
    return literal(repr(value))


def literal(text: str) -> Spelled:
    """A name, or a number with its sign."""
    return Spelled(text, SIGN if text.startswith("-") else ATOM)


def infix(sign: str, operands: list[Spelled]) -> Spelled:
    """Operands joined by an operator, grouped as the tree groups them: ``a + (b + c)`` keeps its parentheses."""
    binding = _BINDING[sign]
    if sign in ("neg", "not"):
        inside = operands[0].within(ATOM if operands[0].text.startswith("-") else binding)
        return Spelled(f"{'-' if sign == 'neg' else 'not '}{inside}", binding)
    first = operands[0].within(binding + (binding == COMPARISON))
    return Spelled(f" {sign} ".join([first, *(operand.within(binding + 1) for operand in operands[1:])]), binding)


def conditional(test: Part[Spelled], yes: Part[Spelled], no: Part[Spelled]) -> Spelled:
    """Python's ``yes if test else no``."""
    return Spelled(f"{yes().within(1)} if {test().within(1)} else {no().text}", CHOICE)


def python(names: Mapping[str, str] | None = None) -> Backend[Spelled]:
    """Formulas as Python expressions, the operands by these names. They call what is in `autograd.gates.CALLS`."""
    known = {"xs": "xs", **(names or {})}

    def call(name: str, operands: list[Spelled]) -> Spelled:
        star = "" if name in FUNCTIONS else "*"  # a gate takes its operands one by one
        texts = [star + operand.text if operand.text == known["xs"] else operand.text for operand in operands]
        return Spelled(f"{name}({', '.join(texts)})")

    def over(name: str, term: Part[Spelled]) -> Spelled:
        function = "total" if name == "sum" else name  # Python's sum rounds otherwise from 3.12 on
        if term.tree == Name("x"):
            return Spelled(f"{function}({known['xs']})")
        inside = fold(term.tree, python({name: text for name, text in known.items() if name != "x"}))
        return Spelled(f"{function}([{inside.text} for x in {known['xs']}])")

    return Backend(
        number=number,
        name=lambda name: literal(known.get(name, name)),
        operation=infix,
        choice=conditional,
        call=call,
        over=over,
    )


def python_text(formula: str | Tree, names: Mapping[str, str] | None = None) -> str:
    """A formula as a Python expression.

    >>> python_text("a * (b + 1)", {"a": "w", "b": "x"})
    'w * (x + 1)'
    """
    return fold(formula, python(names)).text
