"""What the engine raises when numbers leave a gate's domain, with all that is needed to find the place."""

from __future__ import annotations


class DomainError(ValueError):
    """A gate was given operands outside its domain; says which gate, which operands, and which values.

    Divisions by zero are ZeroDivisionErrors too, and results too large for a float OverflowErrors.

    >>> from autograd import Value
    >>> Value(-1.0, "x").log()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.DomainError: the gate 'log', log(a), has no value at a = -1.0 (labelled 'x'). ...
    """


class DivisionByZeroError(DomainError, ZeroDivisionError):
    """The same for a division by zero, so that ``except ZeroDivisionError`` finds it too."""


class RangeError(DomainError, OverflowError):
    """The same for a result too large for a float, so that ``except OverflowError`` finds it too."""


class AnomalyError(ArithmeticError):
    """Raised under `detect_anomaly` by the first gate that makes a NaN or an infinity, forward or backward.

    >>> from autograd import AnomalyError, Value, detect_anomaly
    >>> with detect_anomaly():
    ...     try:
    ...         Value(1e200) * 1e200
    ...     except AnomalyError:
    ...         print("the product is infinite")
    the product is infinite
    """


class RecordingError(ValueError):
    """A function cannot be recorded and replayed for other numbers; says what it does, and in which line.

    `compile` raises it, and so does the program that it makes, for a row that takes a path which can't be recorded.
    `nn.fit` and `nn.predict` compute gate by gate then, which is slower: `fit` with a warning.

    >>> import autograd
    >>> seen = []
    >>> autograd.compile(lambda x: seen.append(x.data) or x * 2, [1.0])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.RecordingError: ... is kept, where a replay could not put that of another row
    """


class GradcheckError(AssertionError):
    """A gradient disagrees with finite differences; says which input, both numbers and their distance.

    >>> from autograd import gradcheck
    >>> gradcheck(lambda x: x * x.detach(), 3.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.GradcheckError: argument 0 at 3.0: the chain rule gives 3.0, central differences give 6.0...
    """
