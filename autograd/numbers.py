"""What counts as a number, and the error for what doesn't."""

from __future__ import annotations

import sys


def number(x: object) -> float | None:
    """`x` as a float if it is an int, float, bool or real NumPy scalar; None if it is anything else."""
    if isinstance(x, int | float):
        try:
            return float(x)
        except OverflowError:
            raise ValueError("an integer this large is no float: floats end at about 1.8e308") from None
    numpy = sys.modules.get("numpy")  # a NumPy scalar cannot exist before NumPy is imported
    if numpy is not None and isinstance(x, numpy.number | numpy.bool_) and not isinstance(x, numpy.complexfloating):
        return float(x)
    return None


def refusal(x: object, where: str) -> TypeError:
    """The TypeError for an `x` that is no number, given to `where`."""
    shown = repr(x)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return TypeError(
        f"{where} takes an int, a float, a bool or a NumPy scalar, but was given {shown} of type {type(x).__name__}"
    )
