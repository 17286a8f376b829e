"""One row's graph, and the two ways to get losses and gradients for many rows from it.

*Replayed*: the graph is recorded for one row, its inputs and targets being leaves, and run for whole batches as a
compiled program. *Eager*: the graph is built anew for each row, gate by gate. Both give the same numbers; replaying
is some hundred times faster, but needs a graph that is the same for every row. Whether it is, is found out here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import Value
from nn.data.tables import Array
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
            raise TypeError(f"a model gives a Value or a list of Values for a row, but this one gave {prediction!r}")
    return outputs


def row_loss(loss: LossLike, prediction: Any, targets: list[Value]) -> Value:
    """The loss of one row as a graph, from its prediction and its encoded targets."""
    with autograd.scope("loss"):
        if isinstance(loss, Loss):
            return loss.row(outputs_of(prediction), targets)
        result = loss(prediction, targets[0] if len(targets) == 1 else targets)
    if not isinstance(result, Value):
        raise TypeError(f"a loss gives a Value for a row, but {loss!r} gave {result!r}")
    return result


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
        with autograd.no_grad():
            total = sum([self._row(row).data for row in rows.tolist()]) / len(rows)
            return total + l2(self.parameters, self.penalty).data if self.penalty else total

    def outputs(self, rows: Array) -> Array:
        with autograd.no_grad():
            return np.array([[y.data for y in outputs_of(self.model(row))] for row in rows[:, : self.inputs].tolist()])


class Replayed:
    """The graph recorded for one row, run for all rows of a batch at once."""

    def __init__(
        self, model: Module, loss: LossLike, parameters: list[Value], row: Array, inputs: int, penalty: float
    ) -> None:
        self.inputs = inputs
        leaves = [Value(x, f"x.{i}", requires_grad=False) for i, x in enumerate(row[:inputs].tolist())]
        targets = [Value(t, f"target.{i}", requires_grad=False) for i, t in enumerate(row[inputs:].tolist())]
        prediction = model(leaves)
        value = row_loss(loss, prediction, targets)
        if penalty:
            value = value + l2(parameters, penalty)
        self.program = autograd.compile(value, inputs=[*leaves, *targets])
        self.predictor = autograd.compile(outputs_of(prediction), inputs=leaves)
        place = {p: i for i, p in enumerate(parameters)}
        self._from = np.array([i for i, p in enumerate(self.program.parameters) if p in place], dtype=np.int64)
        self._to = np.array([place[p] for p in self.program.parameters if p in place], dtype=np.int64)
        self._size = len(parameters)

    def value_and_grad(self, rows: Array) -> tuple[float, Array]:
        value, by_program = self.program.value_and_grad(rows)
        gradient = np.zeros(self._size)
        gradient[self._to] = by_program[self._from]
        return value, gradient

    def loss(self, rows: Array) -> float:
        return float(np.mean(self.program.forward(rows)))

    def outputs(self, rows: Array) -> Array:
        return np.asarray(self.predictor.forward(rows[:, : self.inputs])).reshape(len(rows), -1)


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
        if not (a == b or abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))):
            raise GraphChangesError(f"replayed, the loss of row {i} is {a!r}, but computed anew it is {b!r}: the "
                                    "model looks at the numbers, or at chance, while it builds its graph")  # fmt: skip
    return engine


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

    X: anything `data.as_rows` takes. No graph is kept and no parameter touched.
    """
    from nn.data.tables import as_rows

    rows = as_rows(X)

    def nothing(prediction: Any, target: Any) -> Value:
        return autograd.sum(outputs_of(prediction))

    few = len(rows) <= 4  # recording costs about as much as a few rows
    padded = np.hstack([rows, np.zeros((len(rows), 1))])
    engine = gradients_of(model, nothing, [], padded, rows.shape[1], compiled=compiled and not few)
    outputs = engine.outputs(rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs
