"""One row's graph, and the two ways to get losses and gradients for many rows from it.

*Replayed*: the graph is recorded for one row, its inputs and targets being leaves, and run for whole batches as a
compiled program; where rows branch, one for each path through the code. *Eager*: the graph is built anew for each row,
gate by gate. Both give the same numbers; replaying is some hundred times faster. What can't be replayed is seen while
it is recorded (see `autograd.tracing`); state and chance, which can't all be seen, by comparing rows with eager ones.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np

import autograd
from autograd import DomainError, Program, RecordingError, Value
from autograd.formula import sum_in_order
from autograd.mode import changed
from autograd.program.branches.branching import BranchingProgram
from autograd.program.branches.recorded import program_for
from autograd.tracing import reach
from nn.data.tables import Array
from nn.losses import Loss, l2
from nn.modules import Module
from nn.optim import assign
from nn.rows import LossLike, leaves, outputs_for, outputs_of, row_loss

T = TypeVar("T")


class Gradients(Protocol):
    """What training needs of a model and a loss. Rows, (batch, inputs + targets), end in encoded targets."""

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        """The mean loss over the batch, and its gradient by each parameter that moves, with those at `at`, or at
        their `.data`. Whether their `.data` is then at `at` too is open."""

    def loss(self, rows: Array) -> float:
        """The mean loss over the rows."""

    def outputs(self, rows: Array) -> Array:
        """The model's outputs, (rows, outputs)."""

    def check(self, rows: Array) -> None:
        """GraphChangesError if the loss of these rows is another when their graphs are built anew."""

    def is_outdated(self) -> bool:
        """Whether something was changed since, besides parameters' numbers, that the model or the loss depends on."""

    given_up: bool  # whether it replays no more


class Eager:
    """The graph of every row built anew. One row's graph is dropped before the next is made."""

    given_up = True

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
        if self.penalty:
            l2(self.parameters, self.penalty).backward()
        return total / len(rows) + self.penalty_now(), np.array([p.grad for p in self.parameters])

    def penalty_now(self) -> float:
        """What is added to the loss for the size of the parameters."""
        return l2(self.parameters, self.penalty).data if self.penalty else 0.0

    def loss(self, rows: Array) -> float:
        return sum_in_order([self.row(row).data for row in rows.tolist()]) / len(rows) + self.penalty_now()

    def check(self, rows: Array) -> None:
        """Nothing is replayed."""

    def is_outdated(self) -> bool:
        """Nothing is kept."""
        return False

    def outputs(self, rows: Array) -> Array:
        return eager_outputs(self.model, rows[:, : self.inputs])


class Replayed:
    """The graph recorded for one row, and for each other path that rows take, run for all rows of a batch at once.

    Raises RecordingError where a replay could be wrong, or where most rows have a graph of their own; GraphChangesError
    if it is found to be wrong.
    """

    def __init__(
        self, model: Module, loss: LossLike, parameters: list[Value], table: Array, inputs: int, penalty: float
    ) -> None:
        self.inputs, self._model, self._parameters, self._row = inputs, model, parameters, table[0].tolist()
        self.given_up = False
        self._eager = Eager(model, loss, parameters, inputs, penalty)
        self._labels = [f"x.{i}" for i in range(inputs)] + [f"target.{i}" for i in range(table.shape[1] - inputs)]

        def graph(row: list[Value]) -> Value:
            value = row_loss(loss, model(row[:inputs]), row[inputs:])
            return value + l2(parameters, penalty) if penalty else value

        self._loss, self._graph = program_for(graph, self._row, self._labels, parameters=parameters), graph
        self._state = reach(graph)
        few_paths(self._loss, table)
        size = np.abs(table).sum(axis=1)
        self.check(table[sorted({0, int(size.argmax())})])

    @cached_property
    def _outputs(self) -> Program | BranchingProgram:
        return outputs_program(self._model, self._row[: self.inputs], self._parameters)

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        return self._or_eager(lambda: self._value_and_grad(rows, at), lambda: self._eager.value_and_grad(rows, at))

    def loss(self, rows: Array) -> float:
        return self._or_eager(lambda: float(np.mean(self._loss.forward(rows))), lambda: self._eager.loss(rows))

    def outputs(self, rows: Array) -> Array:
        inputs = rows[:, : self.inputs]
        return self._or_eager(lambda: np.asarray(self._outputs.forward(inputs)).reshape(len(rows), -1),
                              lambda: self._eager.outputs(rows))  # fmt: skip

    def _value_and_grad(self, rows: Array, at: Array | None) -> tuple[float, Array]:
        strangers = self._loss.parameters[len(self._parameters) :]
        if at is not None and strangers:  # Values that are nobody's parameters are where their data is
            at = np.array([*at, *[p.data for p in strangers]])
        value, gradient = self._loss.value_and_grad(rows, at=at)
        return value, gradient[: len(self._parameters)]

    def _or_eager(self, replay: Callable[[], T], anew: Callable[[], T]) -> T:
        """What is replayed; where that can't be, what is computed anew, from here on always."""
        if not self.given_up:
            try:
                return replay()
            except (RecordingError, DomainError) as reason:
                result = anew()  # which has no value either, if that was the reason
                self.given_up = True
                warnings.warn(f"{SLOWER} {reason}. compiled=False says that this is meant", stacklevel=5)
                return result
        return anew()

    def is_outdated(self) -> bool:
        return not self.given_up and self._state != reach(self._graph)

    def check(self, rows: Array) -> None:
        """GraphChangesError if a row's loss is another when its graph is built anew."""
        if self.given_up:
            return
        try:
            anew = [self._eager.row(row).data + self._eager.penalty_now() for row in rows.tolist()]
        except DomainError:  # which a step will tell
            return
        replayed = self._or_eager(lambda: self._loss.forward(rows).tolist(), lambda: anew)
        for a, b in zip(replayed, anew, strict=True):
            if not same(a, b):
                raise GraphChangesError(f"replayed, the loss of a row is {a!r}, but computed anew it is {b!r}: the "
                                        "model depends on chance, or on what it did for the rows before")  # fmt: skip


class GraphChangesError(ValueError):
    """A model gives another loss for the same row when its graph is built anew, so it cannot be replayed."""


def few_paths(program: Program | BranchingProgram, rows: Array) -> None:
    """Record every path that these rows take; RecordingError if most of them take a path of their own."""
    if isinstance(program, BranchingProgram):
        with suppress(DomainError):  # which a step will tell, if the parameters are still there then
            program.find_paths(rows)
        if program.paths > max(_FEW_PATHS, len(rows) // 4):
            raise RecordingError(f"{len(rows)} rows have {program.paths} different graphs: {program.decisions}")


#: So many graphs are always replayed.
_FEW_PATHS = 16


SLOWER = "this model is computed gate by gate, which is slower, because its graph cannot be recorded and replayed:"


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
    """Replayed gradients if the model can be recorded, else eager ones, with a warning that says why."""
    _look_for_parameters(Eager(model, loss, parameters, inputs, penalty).row(rows[0].tolist()), model, parameters)
    if compiled:
        try:
            return Replayed(model, loss, parameters, rows, inputs, penalty)
        except (RecordingError, GraphChangesError) as reason:
            warnings.warn(
                f"{SLOWER} {reason}. compiled=False says that this is meant",
                stacklevel=3,
            )
    return Eager(model, loss, parameters, inputs, penalty)


def outputs_program(model: Module, row: list[float], parameters: list[Value]) -> Program | BranchingProgram:
    """What replays a model's outputs."""
    labels = [f"x.{i}" for i in range(len(row))]
    return program_for(lambda xs: outputs_of(model(xs)), row, labels, parameters=parameters)


def eager_outputs(model: Module, rows: Array) -> Array:
    """The model's outputs, (rows, outputs), computed for each row by itself. A model may differentiate inside."""
    with changed(record=True):
        return np.array([[y.data for y in outputs_for(model, row)] for row in rows.tolist()])
