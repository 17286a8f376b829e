"""The graph of one row: leaves for its numbers, the model's outputs, and the loss of those.

`nn.fit` records this graph once and replays it for every row; everything that differs from row to row is a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import autograd
from autograd import GATES, Value
from nn.data.tables import Array
from nn.losses import Loss
from nn.modules import Module
from nn.targets import is_row

#: A loss of `nn.losses`, or any function of a prediction and a target that gives a Value.
LossLike = Loss | Callable[[Any, Any], Value]


def leaves(numbers: Iterable[float], name: str) -> list[Value]:
    """A constant for each number of a row, labelled ``name.0``, ``name.1``, ..."""
    return [Value(x, f"{name}.{i}", requires_grad=False) for i, x in enumerate(numbers)]


def outputs_for(model: Module, row: list[float]) -> list[Value]:
    """What the model gives for a row of numbers. It sees Values, as it does when it is recorded."""
    return outputs_of(model(leaves(row, "x")))


def outputs_of(prediction: Any) -> list[Value]:
    """What a model gave for a row, as a list of Values; TypeError if it is something else."""
    outputs = list(prediction) if is_row(prediction) else [prediction]
    for y in outputs:
        if not isinstance(y, Value):
            raise TypeError(f"a model gives a Value or a list of Values for a row, but it gave {prediction!r}")
    return outputs


def row_loss(loss: LossLike, prediction: Any, targets: list[Value]) -> Value:
    """The loss of one row as a graph, from its prediction and its encoded targets.

    A cross entropy of a model that ends in a sigmoid or softmax is computed from the logits in front of that: the same
    function, but exact where the probabilities have rounded to 0 or 1. Raises ValueError for a loss from logits if the
    model gives probabilities.
    """
    outputs = outputs_of(prediction)
    with autograd.scope("loss"):
        if isinstance(loss, Loss):
            logits = _logits_behind(outputs) if loss.takes in ("logits", "probabilities") else None
            if logits is None or (logits[1] == "softmax") != loss.targets.of_row:
                return loss.row(outputs, targets)
            if loss.takes == "logits":
                raise ValueError(f"{loss.name} takes logits, but the model ends in a {logits[1]}; leave that "
                                 f"out of it, or use {loss.from_probabilities.name}")  # fmt: skip
            return loss.from_logits.row(logits[0], targets)
        result = loss(prediction, targets[0] if len(targets) == 1 else targets)
    if not isinstance(result, Value):
        raise TypeError(f"a loss gives a Value for a row, but {loss!r} gave {result!r}")
    return result


def _logits_behind(outputs: list[Value]) -> tuple[list[Value], str] | None:
    """The logits of which the outputs are the sigmoids or the softmax, and which of the two; None if neither."""
    made_by = {y.gate.name if y.gate else "" for y in outputs}
    if made_by == {"sigmoid"}:
        return [y.parents[0] for y in outputs], "sigmoid"
    logs = [y.parents[0] for y in outputs] if made_by == {"exp"} else []
    if logs and all(x.gate is GATES["sub"] for x in logs):  # exp(z − logsumexp(all z)), as nn.functional writes it
        logits, totals = [x.parents[0] for x in logs], {x.parents[1] for x in logs}
        (total, *others) = totals
        if not others and total.gate is GATES["logsumexp"] and list(total.parents) == logits:
            return logits, "softmax"
    return None


def encoded(loss: LossLike, targets: Array, width: int) -> Array:
    """The targets of all rows as the leaves of the graph will have them; ValueError with the row that is wrong."""
    if not isinstance(loss, Loss):
        return targets
    result = []
    for i, target in enumerate(targets.tolist()):
        try:
            result.append(loss.targets.encode(target, width))
        except ValueError as error:
            raise ValueError(f"target of row {i}: {error}") from None
    return np.array(result, dtype=np.float64)
