"""Gradients against finite differences: the one check that needs no trust in any derivative formula."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from autograd.errors import GradcheckError
from autograd.functional import leaves_at, output_of, value_and_grad
from autograd.mode import changed, no_grad

#: ∛ε balances the rounding error of a central difference, ~ε/h, against its truncation error, ~h².
_STEP = sys.float_info.epsilon ** (1 / 3)


def central_difference(f: Callable[..., Any], arguments: tuple[float, ...], i: int) -> float:
    """(f(x + h eᵢ) − f(x − h eᵢ)) / 2h, with h = ∛ε · max(1, |xᵢ|), refined once by Richardson's extrapolation.

    The refinement (4·D(h/2) − D(h))/3 removes the h² term of the error. Source: Numerical Recipes, section 5.7.
    """

    def difference(h: float) -> float:
        above, below = arguments[i] + h, arguments[i] - h
        with changed(record=True):  # the function may differentiate, too
            f_above, f_below = (
                output_of(f, f(*leaves_at((*arguments[:i], x, *arguments[i + 1 :])))).data for x in (above, below)
            )
        return (f_above - f_below) / (above - below)  # the step as floats really took it

    h = 16 * _STEP * max(1.0, abs(arguments[i]))
    return (4.0 * difference(h / 2) - difference(h)) / 3.0


def gradcheck(f: Callable[..., Any], *arguments: float, rtol: float = 1e-6, atol: float = 1e-8) -> bool:
    """Compare ∂f/∂xᵢ by the chain rule with central differences, for every argument.

    f: a function of Values that returns a Value; it is evaluated near `arguments`, so keep kinks and the edges of
    domains a small step away. Returns True; raises a `GradcheckError` that names the input, both numbers and their
    distance as soon as |difference| > atol + rtol · max(|chain rule|, |finite difference|, |f|).

    >>> from autograd import gradcheck
    >>> gradcheck(lambda x, y: (x * y).tanh(), 0.5, 2.0)
    True
    """
    with no_grad():  # so that the derivatives of a function that uses Values from around it are numbers
        value, gradient = value_and_grad(f)(*arguments)
    gradients = [gradient] if len(arguments) == 1 else gradient
    for i, (x, by_chain_rule) in enumerate(zip(arguments, gradients, strict=True)):
        numerical = central_difference(f, arguments, i)
        distance = abs(by_chain_rule - numerical)
        allowed = atol + rtol * max(abs(by_chain_rule), abs(numerical), abs(value))
        if not distance <= allowed:
            raise GradcheckError(
                f"argument {i} at {x!r}: the chain rule gives {by_chain_rule!r}, central differences give "
                f"{numerical!r}; they differ by {distance:.3g}, and {allowed:.3g} is allowed"
            )
    return True
