"""Losses: how wrong a prediction is, as one number to go down.

A loss is called with predictions and targets, of one row or of many, and returns the mean as a Value. It is itself the
graph of one row, so that `nn.fit` can record it once, with the targets as input leaves, and replay it for any row.
Those from logits never form a probability: their gradients are exact where a sigmoid or a softmax has long rounded to
0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal

import autograd
from autograd import Value
from autograd.value import as_value
from nn.functional import data_of, log_softmax, shifted
from nn.leaves import is_row, leaves
from nn.targets import CLASSES, DISTRIBUTIONS, NUMBERS, PROBABILITIES, SIGNS, Targets

__all__ = [
    "Loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_cross_entropy",
    "hinge",
    "l2",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_cross_entropy",
]

#: The graph of one row: its outputs and its encoded targets, as many of each, to one Value.
RowLoss = Callable[[list[Value], list[Value]], Value]

#: Probabilities are kept from below this under a logarithm, so that none is below −100, as in PyTorch.
SMALLEST = math.exp(-100.0)


#: What a loss takes as predictions.
Takes = Literal["numbers", "probabilities", "logits", "scores"]


class Loss:
    """One loss: call it with predictions and targets; `nn.fit` asks it for the rest.

    name: the word it is called by. row: the graph of one row. targets: what kind its targets are, and their checks.
    takes: what the predictions must be: numbers, probabilities, logits or scores. from_logits and from_probabilities:
    the same loss from predictions of the other kind, where there are both.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0]).data  # (0² + 2²) / 2
    2.0
    >>> binary_cross_entropy([0.5], [1]).data == math.log(2.0)
    True
    >>> binary_cross_entropy(2.0, 1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: binary_cross_entropy takes probabilities, but a prediction is 2.0; end the model in ...
    """

    from_logits: Loss
    from_probabilities: Loss

    def __init__(self, name: str, row: RowLoss, targets: Targets, takes: Takes = "numbers", doc: str = "") -> None:
        self.name, self.row, self.targets, self.takes = name, row, targets, takes
        self.__doc__ = doc or row.__doc__

    def __call__(self, predictions: Any, targets: Any, *, from_logits: bool | None = None) -> Value:
        """The loss of one row, or the mean over many.

        predictions: what a model gave for a row, a number, Value or list; or a list of that for each row. targets: as
        many of them. from_logits: chooses between the two forms of a cross entropy. Raises ValueError for targets that
        the loss cannot have, and for shapes that do not fit.
        """
        if from_logits is not None:
            if not hasattr(self, "from_logits"):
                raise TypeError(f"{self.name} takes {self.takes} and has no other form; leave from_logits out")
            return (self.from_logits if from_logits else self.from_probabilities)(predictions, targets)
        rows, wanted = self._rows(predictions, targets)
        losses = [self.row(row, target) for row, target in zip(rows, wanted, strict=True)]
        return losses[0] if len(losses) == 1 else autograd.sum(losses) / len(losses)

    def _rows(self, predictions: Any, targets: Any) -> tuple[list[list[Value]], list[list[Value]]]:
        """Predictions and encoded targets, row by row."""
        predictions = list(predictions) if is_row(predictions) else predictions
        targets = list(targets) if is_row(targets) else targets
        if self.targets.of_row:
            one = not (is_row(predictions) and predictions and is_row(predictions[0]))
            rows = [list(predictions)] if one else [list(row) for row in predictions]
            wanted = [targets] if one else list(targets)
        else:  # number by number: one row and many rows have the same mean
            rows = [[p] for p in flat(predictions)]
            wanted = [[t] for t in flat(targets)]
            shapes = _shape(predictions), _shape(targets)
            if len(rows) == len(wanted) and shapes[0] != shapes[1]:
                raise ValueError(
                    f"{self.name} pairs each prediction with a target, but the predictions are of shape "
                    f"{shapes[0]} and the targets of shape {shapes[1]}"
                )
        if len(rows) != len(wanted):
            raise ValueError(
                f"{self.name} pairs each prediction with a target, but was given {len(rows)} predictions "
                f"and {len(wanted)} targets"
            )
        if not rows:
            raise ValueError(f"{self.name} of no rows is undefined; give at least one")
        for row in rows:
            self.check(map(data_of, row))
        encoded = [self.targets.encode(t, len(row)) for t, row in zip(wanted, rows, strict=True)]
        return [[*map(as_value, row)] for row in rows], [leaves(target, "target") for target in encoded]

    def check(self, predictions: Iterable[float]) -> None:
        """ValueError for predictions that cannot be what this loss takes: probabilities outside [0, 1]."""
        if self.takes == "probabilities":
            for p in predictions:
                if not -1e-9 <= p <= 1.0 + 1e-9 and p == p:
                    raise ValueError(
                        f"{self.name} takes probabilities, but a prediction is {p!r}; end the model in a "
                        f"sigmoid or softmax, or use {self.from_logits.name}"
                    )

    @property
    def threshold(self) -> float:
        """The output above which a single one stands for class 1: ½ for probabilities, 0 for logits and scores."""
        return 0.5 if self.takes == "probabilities" else 0.0

    def __repr__(self) -> str:
        return f"<loss {self.name} of {self.takes}>"


#: A loss of `nn.losses`, or any function of one row's prediction and target that gives a Value.
LossLike = Loss | Callable[[Any, Any], Value]


def flat(values: Any) -> list[Any]:
    """The numbers and Values in nested sequences, in order."""
    result, stack = [], [values]
    while stack:
        item = stack.pop()
        if is_row(item):
            stack += reversed(list(item))
        else:
            data_of(item)
            result.append(item)
    return result


def _shape(values: Any) -> tuple[int, ...]:
    """The shape of nested sequences, without axes of one: a row for each of n numbers is as good as n numbers."""
    shape = []
    while is_row(values):
        values = list(values)
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(length for length in shape if length != 1)


def _mean(terms: list[Value]) -> Value:
    return terms[0] if len(terms) == 1 else autograd.sum(terms) / len(terms)


def _squared(outputs: list[Value], targets: list[Value]) -> Value:
    """mean (prediction − target)². For regression; its gradient grows with the error.

    >>> mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]]).data
    2.0
    """
    errors = [p - t for p, t in zip(outputs, targets, strict=True)]
    return _mean([error * error for error in errors])


def _absolute(outputs: list[Value], targets: list[Value]) -> Value:
    """mean |prediction − target|. For regression with outliers: its gradient is ±1 however large the error.

    >>> mean_absolute_error([[1.0, 2.0]], [[1.0, 4.0]]).data
    1.0
    """
    return _mean([abs(p - t) for p, t in zip(outputs, targets, strict=True)])


def _hinge(outputs: list[Value], targets: list[Value]) -> Value:
    """mean max(0, 1 − target · score), targets ±1: no loss once a score is beyond the margin, on the right side.

    >>> hinge([2.0, 0.5], [1, -1]).data  # 0 and 1 + 0.5
    0.75
    """
    return _mean([(1.0 - t * s).relu() for s, t in zip(outputs, targets, strict=True)])


def _log(p: Value) -> Value:
    return p.maximum(SMALLEST).log()


def _binary(outputs: list[Value], targets: list[Value]) -> Value:
    """mean −(t log p + (1 − t) log(1 − p)), p the probability of class 1, t 0 or 1 or between.

    Logarithms stop at −100, as in PyTorch. A sigmoid that has rounded to 0 or 1 passes no gradient: to train from far
    off, take `binary_cross_entropy_with_logits`.

    >>> binary_cross_entropy([0.5, 0.5], [0, 1]).data == math.log(2.0)
    True
    """
    return _mean([-(t * _log(p) + (1.0 - t) * _log(1.0 - p)) for p, t in zip(outputs, targets, strict=True)])


def _binary_logits(outputs: list[Value], targets: list[Value]) -> Value:
    """mean t softplus(−z) + (1 − t) softplus(z), z the logit of class 1: binary cross entropy of sigmoid(z).

    Its derivative, sigmoid(z) − t, is exact for any float z.

    >>> z = Value(1000.0)
    >>> binary_cross_entropy_with_logits(z, 0).data
    1000.0
    """
    return _mean([t * (-z).softplus() + (1.0 - t) * z.softplus() for z, t in zip(outputs, targets, strict=True)])


def _categorical(outputs: list[Value], targets: list[Value]) -> Value:
    """−Σ tᵢ log pᵢ, p the predicted distribution over classes and t the true one, often one-hot."""
    return -autograd.dot(targets, [_log(p) for p in outputs])


def _categorical_logits(outputs: list[Value], targets: list[Value]) -> Value:
    """−Σ tᵢ log softmax(z)ᵢ, t a distribution over the classes, often one-hot. Its derivative is softmax(z) − t.

    >>> categorical_cross_entropy([0.0, 0.0], [0.5, 0.5]).data == math.log(2.0)
    True
    """
    return -autograd.dot(targets, log_softmax(outputs))


def _sparse_logits(outputs: list[Value], targets: list[Value]) -> Value:
    """log Σ exp(zᵢ) − z[target] = −log softmax(z)[target], the target a class from 0.

    Its derivative is softmax(z) − one_hot(target).

    >>> sparse_categorical_cross_entropy([0.0, 1000.0, 0.0], 0).data
    1000.0
    """
    logits = shifted(outputs)
    return autograd.logsumexp(logits) - autograd.dot(targets, logits)


def _pair(of_logits: Loss, of_probabilities: Loss) -> None:
    for loss in (of_logits, of_probabilities):
        loss.from_logits, loss.from_probabilities = of_logits, of_probabilities


mean_squared_error = Loss("mean_squared_error", _squared, NUMBERS)
mean_absolute_error = Loss("mean_absolute_error", _absolute, NUMBERS)
hinge = Loss("hinge", _hinge, SIGNS, "scores")
binary_cross_entropy = Loss("binary_cross_entropy", _binary, PROBABILITIES, "probabilities")
binary_cross_entropy_with_logits = Loss("binary_cross_entropy_with_logits", _binary_logits, PROBABILITIES, "logits")
categorical_cross_entropy = Loss("categorical_cross_entropy", _categorical_logits, DISTRIBUTIONS, "logits")
sparse_categorical_cross_entropy = Loss("sparse_categorical_cross_entropy", _sparse_logits, CLASSES, "logits")

_pair(binary_cross_entropy_with_logits, binary_cross_entropy)
_pair(
    categorical_cross_entropy,
    Loss("categorical_cross_entropy.from_probabilities", _categorical, DISTRIBUTIONS, "probabilities"),
)
_pair(
    sparse_categorical_cross_entropy,
    Loss("sparse_categorical_cross_entropy.from_probabilities", _categorical, CLASSES, "probabilities"),
)


def l2(parameters: Iterable[Value], strength: float = 1.0) -> Value:
    """strength · Σ w²: added to a loss, it pulls parameters towards 0 (ridge, weight decay).

    >>> w = [Value(3.0), Value(-1.0)]
    >>> l2(w, 0.5).data
    5.0
    """
    return strength * autograd.sum([w * w for w in parameters])
