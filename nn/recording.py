"""One row's graph, and the two ways to get losses and gradients for many rows from it.

*Replayed*: the graph is recorded for one row, its inputs and targets being leaves, and run for whole batches as a
compiled program. *Eager*: the graph is built anew for each row, gate by gate. Both give the same numbers; replaying
is some hundred times faster, but needs a graph that is the same for every row. Whether it is, is found out here.
"""

from __future__ import annotations

import math
import warnings
from typing import Protocol

import numpy as np

import autograd
from autograd import Value
from nn.data.tables import Array
from nn.losses import Loss, l2
from nn.modules import Module
from nn.optim import assign
from nn.rows import LossLike, leaves, outputs_for, outputs_of, row_loss


class Gradients(Protocol):
    """What training needs of a model and a loss. Rows, (batch, inputs + targets), end in encoded targets."""

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        """The mean loss over the batch, and its gradient by each parameter that moves, with those at `at`, or at
        their `.data`. Whether their `.data` is then at `at` too is open."""

    def loss(self, rows: Array) -> float:
        """The mean loss over the rows."""

    def outputs(self, rows: Array) -> Array:
        """The model's outputs, (rows, outputs)."""


class Eager:
    """The graph of every row built anew. One row's graph is dropped before the next is made."""

    def __init__(self, model: Module, loss: LossLike, parameters: list[Value], inputs: int, penalty: float) -> None:
        self.model, self._loss, self.parameters, self.inputs, self.penalty = model, loss, parameters, inputs, penalty

    def row(self, row: list[float]) -> Value:
        """The graph of one row's loss."""
        prediction = self.model(leaves(row[: self.inputs], "x"))
        if isinstance(self._loss, Loss):
            self._loss.check(y.data for y in outputs_of(prediction))
        return row_loss(self._loss, prediction, leaves(row[self.inputs :], "target"))

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        if at is not None:
            assign(self.parameters, at)
        for p in self.parameters:
            p.grad = 0.0
        total = 0.0
        for row in rows.tolist():
            value = self.row(row)
            value.backward(1.0 / len(rows))
            total += value.data
        value_of_penalty = 0.0
        if self.penalty:
            penalty = l2(self.parameters, self.penalty)
            penalty.backward()
            value_of_penalty = penalty.data
        return total / len(rows) + value_of_penalty, np.array([p.grad for p in self.parameters])

    def loss(self, rows: Array) -> float:
        total = sum([self.row(row).data for row in rows.tolist()]) / len(rows)
        return total + l2(self.parameters, self.penalty).data if self.penalty else total

    def outputs(self, rows: Array) -> Array:
        return eager_outputs(self.model, rows[:, : self.inputs])


class Compiled:
    """A program that is given whole rows and looks at the columns its graph depends on: a model may ignore some."""

    def __init__(self, outputs: Value | list[Value], inputs: list[Value]) -> None:
        used = set(autograd.topological_order(outputs))
        self._columns = [i for i, leaf in enumerate(inputs) if leaf in used]
        self.program = autograd.compile(outputs, inputs=[inputs[i] for i in self._columns])
        self._all = len(self._columns) == len(inputs)

    def rows(self, rows: Array) -> Array:
        return rows if self._all else rows[:, self._columns]


class Replayed:
    """The graph recorded for one row, run for all rows of a batch at once."""

    def __init__(
        self, model: Module, loss: LossLike, parameters: list[Value], row: Array, inputs: int, penalty: float
    ) -> None:
        self.inputs = inputs
        xs, targets = leaves(row[:inputs].tolist(), "x"), leaves(row[inputs:].tolist(), "target")
        prediction = model(xs)
        value = row_loss(loss, prediction, targets)
        if penalty:
            value = value + l2(parameters, penalty)
        self._loss = Compiled(value, xs + targets)
        self._outputs = Compiled(outputs_of(prediction), xs)
        place = {p: i for i, p in enumerate(parameters)}
        found = self._loss.program.parameters
        self._from = np.array([i for i, p in enumerate(found) if p in place], dtype=np.int64)
        self._to = np.array([place[p] for p in found if p in place], dtype=np.int64)
        self._size = len(parameters)

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        numbers = None
        if at is not None:
            found = self._loss.program.parameters
            if len(self._from) == len(found):
                numbers = at[self._to]
            else:  # Values that are nobody's parameters are where their data is
                numbers = np.array([p.data for p in found])
                numbers[self._from] = at[self._to]
        value, by_program = self._loss.program.value_and_grad(self._loss.rows(rows), at=numbers)
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
        if not same(a, b):
            raise GraphChangesError(f"replayed, the loss of row {i} is {a!r}, but computed anew it is {b!r}: the "
                                    "model looks at the numbers, or at chance, while it builds its graph")  # fmt: skip
    return engine


def _look_for_parameters(value: Value, model: Module, parameters: list[Value]) -> None:
    """ValueError if the loss depends on none of the parameters; a warning if it depends on leaves nobody will move."""
    found = {v for v in autograd.topological_order(value) if v.gate is None and v.requires_grad}
    if not found.intersection(parameters):
        raise ValueError("the loss depends on no parameter of the model, so nothing can be learned: is this inside "
                         "no_grad(), or was a graph cut by .data or .detach()?")  # fmt: skip
    strangers = sorted(v.label or repr(v.data) for v in found.difference(model.parameters()))
    if strangers:
        warnings.warn(
            "the loss depends on Values that the model does not hold, which are not trained: "
            f"{', '.join(strangers[:5])}. Put them into an attribute of the module, or make them constants with "
            "requires_grad=False",
            stacklevel=4,
        )


def same(a: float, b: float) -> bool:
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
    _look_for_parameters(Eager(model, loss, parameters, inputs, penalty).row(rows[0].tolist()), model, parameters)
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


def eager_outputs(model: Module, rows: Array) -> Array:
    """The model's outputs, (rows, outputs), computed for each row by itself."""
    with autograd.no_grad():
        return np.array([[y.data for y in outputs_for(model, row)] for row in rows.tolist()])
