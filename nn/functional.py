"""The small functions of the subject, on Values and on plain numbers alike.

Each is written with gates, so the same line computes a number, records a graph, and can be drawn. Given Values it
returns Values, given numbers it returns floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, overload

import autograd
from autograd import Value, leaky_relu, relu, sigmoid, softplus, tanh
from autograd.numbers import number
from autograd.tracing import Number, largest
from nn.leaves import is_row

__all__ = [
    "accuracy",
    "affine",
    "argmax",
    "leaky_relu",
    "log_softmax",
    "logit",
    "odds",
    "one_hot",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]

#: A Value or a float: what goes in comes out.
N = TypeVar("N", Value, float)


def data_of(x: Any) -> float:
    """The number in a Value, or the number itself; TypeError for what is neither."""
    value = x.data if isinstance(x, Value) else x if isinstance(x, Number) else number(x)
    if not isinstance(value, float):
        raise TypeError(f"expected a number or a Value, but was given {x!r} of type {type(x).__name__}")
    return value


def listed(values: Iterable[Any], what: str) -> list[Any]:
    """The values as a list of numbers and Values, checked one by one; errors call them `what`."""
    if isinstance(values, Value) or not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise TypeError(f"{what} is a sequence of numbers or Values, but was given {values!r}")
    result = [x if isinstance(x, Value) else data_of(x) for x in values]
    if not result:
        raise ValueError(f"{what} needs at least one number, but was given none")
    return result


def _like(values: Iterable[object], result: Any) -> Any:
    """`result` as it is if any of the values is a Value, else the number in it."""
    return result if any(isinstance(x, Value) for x in values) else data_of(result)


def affine(x: Any, weights: Any, bias: Any = 0.0) -> Any:
    """y = xW + b, the affine function; without b it is linear, and its line goes through the origin.

    x: a row (l_in,), or rows (N, l_in), or one number. weights: (l_in, l_out), or (l_in,) for one output, or one
    number. bias: (l_out,), or one number for all. Returns (N, l_out), (l_out,) or one number, as the shapes say.
    Raises ValueError where the widths do not fit.

    >>> affine([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]], [10.0, 20.0])
    [11.0, 22.0]
    >>> affine(3.0, 2.0, 1.0)
    7.0
    """
    if not is_row(x):
        x = [x]
    rows = list(x)
    if rows and is_row(rows[0]):
        return [affine(row, weights, bias) for row in rows]
    w = list(weights) if is_row(weights) else [weights]
    if len(w) != len(rows):
        raise ValueError(
            f"an affine function multiplies each input by its weights, but was given {len(rows)} inputs "
            f"and weights for {len(w)}: x is (l_in,), weights (l_in, l_out)"
        )
    if not (w and is_row(w[0])):
        return _like([*rows, *w, bias], autograd.dot(w, rows, bias))
    columns = list(zip(*[list(line) for line in w], strict=True))
    biases = list(bias) if is_row(bias) else [bias] * len(columns)
    if len(biases) != len(columns):
        raise ValueError(
            f"weights of shape ({len(w)}, {len(columns)}) give {len(columns)} outputs, but the bias has "
            f"{len(biases)} numbers"
        )
    return [
        _like([*rows, *column, b], autograd.dot(column, rows, b)) for column, b in zip(columns, biases, strict=True)
    ]


def odds(p: N) -> N:
    """p / (1 − p): how many times likelier than not; 1 at p = ½. ValueError unless p is in [0, 1).

    >>> odds(0.75)
    3.0
    """
    if not 0.0 <= data_of(p) < 1.0:
        raise ValueError(f"odds are of a probability from 0 up to, not including, 1, but was given {data_of(p)!r}")
    return p / (1.0 - p)


def logit(p: N) -> N:
    """log(p / (1 − p)), the log of the odds: 0 at p = ½, the inverse of sigmoid. ValueError unless p is inside (0, 1).

    >>> logit(0.5)
    0.0
    """
    if not 0.0 < data_of(p) < 1.0:
        raise ValueError(f"a logit is of a probability inside (0, 1), but was given {data_of(p)!r}")
    return autograd.log(odds(p))


@overload
def log_softmax(logits: Sequence[Value]) -> list[Value]: ...
@overload
def log_softmax(logits: Iterable[float]) -> list[float]: ...
def log_softmax(logits: Iterable[Any]) -> list[Any]:
    """xᵢ − log Σⱼ exp(xⱼ): the logs of softmax, without overflow and exact for any floats, however large.

    logits: (classes,); returns as many. Raises ValueError for none, TypeError for what is no number.

    >>> log_softmax([0.0, 1000.0])
    [-1000.0, 0.0]
    """
    xs = shifted(listed(logits, "log_softmax"))
    total = _like(xs, autograd.logsumexp(xs))
    return [x - total for x in xs]


def shifted(logits: Sequence[Any]) -> list[Any]:
    """The logits minus their own logsumexp; softmax of these is the same.

    They are so small that their logsumexp is not rounded: of logits like 1e16 it has lost the digits that tell the
    classes apart. No gradient passes through the shift, whose derivatives would add up to 0.
    """
    shift = _like(logits, autograd.apply(_STOP_GRADIENT, (autograd.logsumexp(logits),)))
    return [x - shift for x in logits]


_STOP_GRADIENT = autograd.GATES["stop_gradient"]


@overload
def softmax(logits: Sequence[Value]) -> list[Value]: ...
@overload
def softmax(logits: Iterable[float]) -> list[float]: ...
def softmax(logits: Iterable[Any]) -> list[Any]:
    """exp(xᵢ) / Σⱼ exp(xⱼ): positive numbers that sum to 1, computed as exp(log_softmax).

    logits: (classes,); returns as many. Raises ValueError for none, TypeError for what is no number.

    >>> softmax([7.0, 7.0])
    [0.5, 0.5]
    """
    return [autograd.exp(x) for x in log_softmax(logits)]


def argmax(values: Iterable[Value | float]) -> int:
    """The position of the largest number, the first of several; ValueError for none.

    It is for evaluation: it is flat wherever it is differentiable, so no gradient passes.

    >>> argmax([1.0, 3.0, 3.0])
    1
    """
    position: int = autograd.decide(largest, listed(values, "argmax"))
    return position


def one_hot(label: int, classes: int) -> list[float]:
    """`classes` numbers, 1.0 at position `label` and 0.0 elsewhere: class 2 of 3 is (0, 0, 1).

    Raises ValueError unless the label is a whole number from 0 to classes − 1.

    >>> one_hot(2, 3)
    [0.0, 0.0, 1.0]
    """
    position = data_of(label)
    if not position.is_integer() or not 0 <= position < classes:
        raise ValueError(
            f"a label is a whole number from 0 to {classes - 1} for {classes} classes, but was given {label!r}"
        )
    return [data_of(autograd.where(position == k, 1.0, 0.0)) for k in range(classes)]


def accuracy(predictions: Iterable[Any], targets: Iterable[Any], threshold: float = 0.5) -> float:
    """The share of rows whose predicted class is the target's, between 0 and 1.

    A row with several outputs predicts its argmax, a row with one output predicts 1 if that exceeds the threshold (use
    0 for logits and hinge scores), else 0. Targets are classes (for hinge −1 counts as 0), or one-hot rows. Raises
    ValueError for no rows, or where there are not as many targets.

    >>> accuracy([0.9, 0.2, 0.6], [1, 0, 0])  # two of three
    0.6666666666666666
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 0])
    1.0
    """
    decided = [_decision(row, threshold) for row in map(_numbers, predictions)]
    wanted = [max(row[0], 0.0) if len(row) == 1 else _decision(row, 0.5) for row in map(_numbers, targets)]
    if len(decided) != len(wanted):
        raise ValueError(
            f"accuracy compares row by row, but was given {len(decided)} predictions and {len(wanted)} targets"
        )
    if not decided:
        raise ValueError("accuracy of no rows is undefined; give at least one prediction")
    return sum(p == t for p, t in zip(decided, wanted, strict=True)) / len(decided)


def _numbers(row: Any) -> list[float]:
    """The numbers of a row, or of a number alone, as a list."""
    if row.__class__ is float:  # as nearly all are in `fit`, where this counts
        return [row]
    items = row if row.__class__ is list or is_row(row) else [row]
    return [x if x.__class__ is float else data_of(x) for x in items]


def _decision(outputs: list[float], threshold: float) -> float:
    """The class that a row of outputs stands for: the first of the largest, or for a single one 1 or 0."""
    if len(outputs) == 1:
        return float(outputs[0] > threshold)
    return float(max(range(len(outputs)), key=outputs.__getitem__))
