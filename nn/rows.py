"""The graph of one row, from its numbers to its loss, and the table of rows that such a graph is replayed for.

`nn.fit` records this graph once and replays it for every row; everything that differs from row to row is a leaf.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import GATES, Value
from nn.data.tables import Array, as_table
from nn.leaves import is_row, leaves
from nn.losses import Loss, LossLike
from nn.modules import Module


class Examples(NamedTuple):
    """Rows and their targets, as they were given and as a graph takes them.

    rows: (rows, inputs). targets: (rows, targets of a row). table: (rows, inputs + encoded targets), each row followed
    by what the leaves for its targets hold. outputs: how many numbers the model gives for a row.
    """

    rows: Array
    targets: Array
    table: Array
    outputs: int


def examples_of(model: Module, X: Any, y: Any, loss: LossLike) -> Examples:  # noqa: N803
    """Rows and targets, checked and encoded for this model and loss; an error says which row is wrong."""
    rows, targets = as_table(X, y)
    outputs = len(outputs_of(model(leaves(rows[0].tolist(), "x"))))
    return Examples(rows, targets, np.hstack([rows, encoded(loss, targets, outputs)]), outputs)


def encoded(loss: LossLike, targets: Array, outputs: int) -> Array:
    """The targets of all rows as the leaves of the graph will have them; ValueError with the row that is wrong."""
    if not isinstance(loss, Loss):
        return targets
    result = []
    for i, target in enumerate(targets.tolist()):
        try:
            result.append(loss.targets.encode(target, outputs))
        except ValueError as error:
            raise ValueError(f"target of row {i}: {error}") from None
    return np.array(result, dtype=np.float64)


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
                raise ValueError(
                    f"{loss.name} takes logits, but the model ends in a {logits[1]}; leave that out of it, or use "
                    f"{loss.from_probabilities.name}"
                )
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
