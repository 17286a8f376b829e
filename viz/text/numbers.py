"""Numbers as people read them: the one formatter of pictures, steps, tables and explanations.

Three significant digits, a true minus sign, scientific notation outside [0.001, 10000). Trailing zeros tell something:
``2`` is two, ``2.00`` is a number that was rounded to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: U+2212, as wide as a digit in tabular figures; the hyphen is not.
MINUS = "−"

#: Relative error below which a number counts as written exactly: 0.1 + 0.2 is shown as 0.3, not as 0.300.
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How numbers are written; calling it writes one.

    >>> NumberFormat()(-0.19661193), NumberFormat()(1234567.0), NumberFormat()(2.0)
    ('−0.197', '1.23e6', '2')
    >>> NumberFormat(digits=2, minus="-")(-0.1966)
    '-0.20'

    digits: significant digits, 1 to 17; whole digits before the point are always kept.
    small, large: magnitudes in [small, large) are written plainly, others as ``1.23e−5``.
    minus: the sign of negative numbers and exponents; pass ``"-"`` for text that programs read.

    Raises ValueError for digits outside that range, and for bounds that are not in order.
    """

    digits: int = 3
    small: float = 1e-3
    large: float = 1e4
    minus: str = MINUS

    def __post_init__(self) -> None:
        if isinstance(self.digits, bool) or not isinstance(self.digits, int) or not 1 <= self.digits <= 17:
            raise ValueError(f"digits is a whole number from 1 to 17, but was given {self.digits!r}")
        if not 0 <= self.small <= self.large:
            raise ValueError(f"small and large bound a range, 0 ≤ small ≤ large: got {self.small!r}, {self.large!r}")

    def __call__(self, x: float) -> str:
        if math.isnan(x):
            return "NaN"
        if math.isinf(x):
            return "∞" if x > 0 else f"{self.minus}∞"
        if x == 0:
            return "0"
        mantissa, _, exponent = f"{abs(x):.{self.digits - 1}e}".partition("e")
        power = int(exponent)
        plain = f"{abs(x):.{max(self.digits - 1 - power, 0)}f}"
        if self.small <= float(plain) < self.large:  # judged as written: 9999.7 is written 1.00e4
            body, written, sign = plain, float(plain), ""
        else:
            body, written = mantissa, float(f"{mantissa}e{exponent}")
            sign = f"e{self.minus * (power < 0)}{abs(power)}"
        if abs(written - abs(x)) <= _EXACT * abs(x) and "." in body:
            body = body.rstrip("0").rstrip(".")
        return f"{self.minus if x < 0 else ''}{body}{sign}"


def span_of(numbers: Sequence[float]) -> tuple[float, float] | None:
    """The smallest and the largest; NaN twice where one is NaN; None where there are none."""
    if any(map(math.isnan, numbers)):
        return math.nan, math.nan
    return (min(numbers), max(numbers)) if numbers else None


def span(low: float, high: float, number: Callable[[float], str]) -> str:
    """A span in words: ``−0.3 to 0.5``, or ``0.5 each`` where no difference shows."""
    first, last = number(low), number(high)
    return "some NaN" if math.isnan(low) else f"{first} each" if first == last else f"{first} to {last}"


#: The project's own way: three significant digits.
format_number = NumberFormat()


def full_precision(x: float) -> str:
    """Every digit that tells this float from its neighbours, for tooltips and tables, with the true minus sign."""
    if not math.isfinite(x):
        return format_number(x)
    text = repr(float(x))
    text = text[:-2] if text.endswith(".0") else text
    return text.replace("e-0", "e-").replace("e+", "e").replace("-", MINUS)
