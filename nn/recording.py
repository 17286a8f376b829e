"""One row's graph, and the two ways to get losses and gradients for many rows from it.

*Replayed*: the graph is recorded for one row, its inputs and targets being leaves, and run for whole batches as a
compiled program. *Eager*: the graph is built anew for each row, gate by gate. Both give the same numbers; replaying
is some hundred times faster, but needs a graph that is the same for every row. Whether it is, is found out here.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import GATES, Value
from nn.data.tables import Array, as_rows
from nn.losses import Loss, l2
from nn.modules import Module
from nn.targets import is_row

#: A loss of `nn.losses`, or any function of a prediction and a target that gives a Value.
LossLike = Loss | Callable[[Any, Any], Value]


class Gradients(Protocol):
    """What training needs of a model and a loss. Rows, (batch, inputs + targets), end in encoded targets."""

    def value_and_grad(self, rows: Array) -> tuple[float, Array]:
        """The mean loss over the batch, and its gradient by each parameter that moves."""

    def loss(self, rows: Array) -> float:
        """The mean loss over the rows."""

    def outputs(self, rows: Array) -> Array:
        """The model's outputs, (rows, outputs)."""


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


class Eager:
    """The graph of every row built anew. One row's graph is dropped before the next is made."""

    def __init__(self, model: Module, loss: LossLike, parameters: list[Value], inputs: int, penalty: float) -> None:
        self.model, self._loss, self.parameters, self.inputs, self.penalty = model, loss, parameters, inputs, penalty

    def _row(self, row: list[float]) -> Value:
        prediction = self.model(row[: self.inputs])
        if isinstance(self._loss, Loss):
            self._loss.check(y.data for y in outputs_of(prediction))
        return row_loss(self._loss, prediction, [Value(t, requires_grad=False) for t in row[self.inputs :]])

    def value_and_grad(self, rows: Array) -> tuple[float, Array]:
        for p in self.parameters:
            p.grad = 0.0
        total = 0.0
        for row in rows.tolist():
            value = self._row(row)
            value.backward(1.0 / len(rows))
            total += value.data
        value_of_penalty = 0.0
        if self.penalty:
            penalty = l2(self.parameters, self.penalty)
            penalty.backward()
            value_of_penalty = penalty.data
        return total / len(rows) + value_of_penalty, np.array([p.grad for p in self.parameters])

    def loss(self, rows: Array) -> float:
        total = sum([self._row(row).data for row in rows.tolist()]) / len(rows)
        return total + l2(self.parameters, self.penalty).data if self.penalty else total

    def outputs(self, rows: Array) -> Array:
        return _eager_outputs(self.model, rows[:, : self.inputs])


class _Compiled:
    """A program that is given whole rows and looks at the columns its graph depends on: a model may ignore some."""

    def __init__(self, outputs: Value | list[Value], leaves: list[Value]) -> None:
        used = set(autograd.topological_order(outputs))
        self._columns = [i for i, leaf in enumerate(leaves) if leaf in used]
        self.program = autograd.compile(outputs, inputs=[leaves[i] for i in self._columns])
        self._all = len(self._columns) == len(leaves)

    def rows(self, rows: Array) -> Array:
        return rows if self._all else rows[:, self._columns]


def _leaves(numbers: Array, name: str) -> list[Value]:
    return [Value(x, f"{name}.{i}", requires_grad=False) for i, x in enumerate(numbers.tolist())]


class Replayed:
    """The graph recorded for one row, run for all rows of a batch at once."""

    def __init__(
        self, model: Module, loss: LossLike, parameters: list[Value], row: Array, inputs: int, penalty: float
    ) -> None:
        self.inputs = inputs
        leaves, targets = _leaves(row[:inputs], "x"), _leaves(row[inputs:], "target")
        prediction = model(leaves)
        value = row_loss(loss, prediction, targets)
        if penalty:
            value = value + l2(parameters, penalty)
        self._loss = _Compiled(value, leaves + targets)
        self._outputs = _Compiled(outputs_of(prediction), leaves)
        place = {p: i for i, p in enumerate(parameters)}
        found = self._loss.program.parameters
        self._from = np.array([i for i, p in enumerate(found) if p in place], dtype=np.int64)
        self._to = np.array([place[p] for p in found if p in place], dtype=np.int64)
        self._size = len(parameters)

    def value_and_grad(self, rows: Array) -> tuple[float, Array]:
        value, by_program = self._loss.program.value_and_grad(self._loss.rows(rows))
        gradient = np.zeros(self._size)
        gradient[self._to] = by_program[self._from]
        return value, gradient

    def loss(self, rows: Array) -> float:
        return float(np.mean(self._loss.program.forward(self._loss.rows(rows))))

    def outputs(self, rows: Array) -> Array:
        inputs = self._outputs.rows(rows[:, : self.inputs])
        return np.asarray(self._outputs.program.forward(inputs)).reshape(len(rows), -1)


class GraphChangesError(ValueError):
    """A model's graph is not the same for every row, so it cannot be recorded once and replayed."""


def replayed(
    model: Module, loss: LossLike, parameters: list[Value], rows: Array, inputs: int, penalty: float
) -> Replayed:
    """Record the first row's graph. Raises `GraphChangesError` if other rows would have another.

    Two things give that away: a comparison of Values while recording, and a loss that differs from the eager one on
    other rows (a model that looks at `.data`, or draws random numbers).
    """
    compared: list[str] = []
    with autograd.watch_comparisons(compared.append):
        engine = Replayed(model, loss, parameters, rows[0], inputs, penalty)
    if compared:
        raise GraphChangesError(f"it compares Values ({compared[0]}), so its graph may differ from row to row")
    eager = Eager(model, loss, parameters, inputs, penalty)
    for i in sorted({len(rows) // 2, len(rows) - 1}):
        a, b = engine.loss(rows[i : i + 1]), eager.loss(rows[i : i + 1])
        if not _same(a, b):
            raise GraphChangesError(f"replayed, the loss of row {i} is {a!r}, but computed anew it is {b!r}: the "
                                    "model looks at the numbers, or at chance, while it builds its graph")  # fmt: skip
    return engine


def _same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b)) or not math.isfinite(a + b)


def gradients_of(
    model: Module,
    loss: LossLike,
    parameters: list[Value],
    rows: Array,
    inputs: int,
    *,
    penalty: float = 0.0,
    compiled: bool = True,
) -> Gradients:
    """The faster way that is right for this model: replayed if it may be, else eager, with a warning that says why."""
    if compiled:
        try:
            return replayed(model, loss, parameters, rows, inputs, penalty)
        except GraphChangesError as reason:
            warnings.warn(
                f"this model is computed gate by gate, which is slower, because its graph cannot be recorded once and "
                f"replayed: {reason}. compiled=False says that this is meant",
                stacklevel=3,
            )
    return Eager(model, loss, parameters, inputs, penalty)


def predict(model: Module, X: Any, *, compiled: bool = True) -> NDArray[np.float64]:  # noqa: N803
    """The model's outputs for all rows of a table: (rows,) if it has one output, else (rows, outputs).

    X: anything `data.as_rows` takes. The model is called as it is, in training mode or not; parameters stay. A model
    whose graph differs from row to row is noticed, as in `fit`, and called for each row.
    """
    rows = as_rows(X)
    outputs = _replayed_outputs(model, rows) if compiled and len(rows) > _FEW else None
    if outputs is None:
        outputs = _eager_outputs(model, rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs


_FEW = 4  # rows for which recording is not worth its while


def _eager_outputs(model: Module, rows: Array) -> Array:
    with autograd.no_grad():
        return np.array([[y.data for y in outputs_of(model(row))] for row in rows.tolist()])


def _replayed_outputs(model: Module, rows: Array) -> Array | None:
    """The outputs of a recorded graph, or None if the graph is not the same for all rows."""
    compared: list[str] = []
    leaves = _leaves(rows[0], "x")
    with autograd.watch_comparisons(compared.append):
        compiled = _Compiled(outputs_of(model(leaves)), leaves)
    if compared:
        return None
    outputs = np.asarray(compiled.program.forward(compiled.rows(rows)))
    checks = [len(rows) // 2, len(rows) - 1]
    anew = _eager_outputs(model, rows[checks])
    if not all(_same(a, b) for a, b in zip(outputs[checks].ravel().tolist(), anew.ravel().tolist(), strict=True)):
        return None
    return outputs
