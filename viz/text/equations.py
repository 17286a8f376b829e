"""Equations between numbers that hold as they are printed.

Numbers are rounded to be read, so what the printed ones give need not be the printed result: −0.491 may well be the
product of 1.02 and −0.48, rounded all three, but 1.02 × (−0.48) is −0.4896. So each equation is computed again from
its printed numbers. It has the sign "=" where that gives the printed result, rounded to its digits. Else it has "≈";
and where the two lie far apart, the operands are written with more digits.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from autograd.gates import Gate
from viz.text.numbers import MINUS, NumberFormat

EQUAL, ABOUT = "=", "≈"

#: A number as it is printed: exact, or an infinity or NaN.
Printed = Fraction | float
#: What computes the result of an equation from the numbers on its left.
Rule = Callable[[Sequence[Printed]], Printed]

#: The gates that are computed exactly from printed numbers; the others are computed as floats.
_ARITHMETIC: dict[str, Callable[..., Printed]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "sum": lambda *terms: total(terms),
}
#: How far apart, relative to the result, the two sides of "≈" may lie whatever the format, and by how many digits
#: operands may be written longer to come that near.
_FAR, _LONGER = Fraction(1, 10), 6


class Equation(NamedTuple):
    """How an equation is printed: the format of the numbers on its left, and the sign between them and the result."""

    number: NumberFormat
    sign: str


def equation(numbers: Sequence[float], result: float, rule: Rule, number: NumberFormat) -> Equation:
    """How ``rule(numbers) = result`` is printed so that it holds.

    The result is written in the format `number`, and so are the numbers on the left as long as what they give lies
    within one unit of the last digit of 1.00, in that format, relative to the result (with three digits, one percent).
    """
    if not math.isfinite(result):
        given = _given(numbers, rule, number)
        return Equation(number, EQUAL if given == result or (given != given and result != result) else ABOUT)
    told = Fraction(printed(result, number))
    near = min(_FAR, _power(1 - number.digits)) * abs(told)
    half = _unit(result, number) / 2
    for digits in range(number.digits, min(number.digits + _LONGER, 17) + 1):
        longer = replace(number, digits=digits)
        given = _given(numbers, rule, longer)
        if given is not None and math.isfinite(given):
            distance = abs(Fraction(given) - told)
            # Not at half a unit: which way that is rounded depends on the convention. Nor a hair below, for the floats.
            if not distance or distance < half * (1 - Fraction(1, 10**9)):
                return Equation(longer, EQUAL)
            if distance <= near:
                return Equation(longer, ABOUT)
    return Equation(number, ABOUT)


def printed(x: float, number: NumberFormat) -> Printed:
    """What the text of a number says, exactly; infinities and NaN as they are."""
    return Fraction(number(x).replace(MINUS, "-").replace(number.minus, "-")) if math.isfinite(x) else x


def _given(numbers: Sequence[float], rule: Rule, number: NumberFormat) -> Printed | None:
    """What the rule gives for the printed numbers; None where it gives nothing."""
    try:
        return rule([printed(x, number) for x in numbers])
    except (ArithmeticError, ValueError):
        return None


def _unit(x: float, number: NumberFormat) -> Fraction:
    """One unit of the last digit: of those that are printed, or of those asked for, if trailing zeros are left out."""
    if x == 0:
        return Fraction(0)
    body, _, exponent = number(x).replace(number.minus, "-").partition("e")
    decimals = len(body.partition(".")[2])
    power = int(f"{abs(x):.{number.digits - 1}e}".partition("e")[2])
    return min(_power(int(exponent or 0) - decimals), _power(power - number.digits + 1))


def _power(exponent: int) -> Fraction:
    """10 to a whole power, exactly."""
    return Fraction(10**exponent) if exponent >= 0 else Fraction(1, 10**-exponent)


def total(numbers: Sequence[Printed]) -> Printed:
    """The rule of a sum."""
    result: Printed = Fraction(0)
    for x in numbers:
        result = result + x
    return result


def product(numbers: Sequence[Printed]) -> Printed:
    """The rule of a product."""
    result: Printed = Fraction(1)
    for x in numbers:
        result = result * x
    return result


def rule_of(gate: Gate) -> Rule:
    """The rule of a gate: exact arithmetic where it is arithmetic, floats where it is a function."""
    exact = _ARITHMETIC.get(gate.name)
    if exact is not None:
        return lambda numbers: exact(*numbers)
    return lambda numbers: gate.forward(*map(float, numbers))
