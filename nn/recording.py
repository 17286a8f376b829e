"""A model recorded for one row and replayed for many: what `fit`, `predict`, measures, plots and `viz.watch` ask.

*Replayed*: the graph is recorded for one row, its inputs and targets being leaves, and run for whole batches as a
compiled program; where rows branch, one for each path through the code. *Gate by gate* (`nn.eager`): the graph is
built anew for each row. Both give the same numbers; replaying is some hundred times faster. What can't be replayed is
noticed while it is recorded (see `autograd.tracing`); state and chance, which can't all be noticed so, by comparing
rows with rows computed anew.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

import autograd
from autograd import DomainError, Program, RecordingError, Value
from autograd.program.branches.branching import BranchingProgram
from autograd.program.compiling import program_for
from autograd.tracing import reach
from nn.data.tables import Array
from nn.eager import Eager
from nn.leaves import labels
from nn.losses import LossLike
from nn.modules import Module
from nn.rows import Examples, examples_of

T = TypeVar("T")

#: A program with at most so many paths is always replayed.
_FEW_PATHS = 16


class GraphChangesError(ValueError):
    """A model gives another loss for the same row when its graph is built anew, so it can't be replayed."""


class Recording:
    """A model, and a loss of it if one is given, for whole tables of rows: replayed where that is right.

    model: a Module, or a function of a list of Values. table: rows to record it with, (rows, inputs) or, with a loss,
    (rows, inputs + encoded targets). inputs: how many columns the model takes. parameters: those that move, none of
    them frozen. l2: adds
    l2 · Σ w² to the loss. compiled: False computes everything gate by gate. warn: say so in a warning, with the
    reason, where a graph can't be replayed.

    replays: whether it does; once something can't be replayed, all is computed gate by gate from there on.

    Raises ValueError if the loss depends on no parameter, and what the model raises.
    """

    def __init__(
        self,
        model: Callable[[list[Value]], Any],
        table: Array,
        inputs: int,
        loss: LossLike | None = None,
        parameters: Sequence[Value] = (),
        *,
        l2: float = 0.0,
        compiled: bool = True,
        warn: bool = True,
    ) -> None:
        self.parameters, self.replays = list(parameters), compiled
        self._eager, self._warn = Eager(model, inputs, loss, parameters, l2), warn
        self._graph = self._eager.graph
        self._row, self._targets = table[0].tolist(), table.shape[1] - inputs
        if loss is not None:
            _look_for_parameters(self._eager.loss_of_row(self._row), model, self.parameters)
        if compiled:
            try:
                self._record(table)
            except (RecordingError, DomainError, GraphChangesError) as reason:
                self._give_up(reason)

    def _record(self, table: Array) -> None:
        """Record the loss, or the outputs if there is none, and compare it with rows computed anew."""
        if self._eager.loss is not None:
            _find_paths(self.program, table)
            self._state = reach(self._graph)
        size = np.abs(table).sum(axis=1)
        self.check(table[sorted({int(size.argmax()), len(table) - 1})])

    @cached_property
    def program(self) -> Program | BranchingProgram:
        """What replays the loss of rows."""
        names = labels("x", self._eager.inputs) + labels("target", self._targets)
        return program_for(self._graph, self._row, names, parameters=self.parameters)

    @cached_property
    def _outputs(self) -> Program | BranchingProgram:
        inputs = self._eager.inputs
        return program_for(self._eager.outputs_graph, self._row[:inputs], labels("x", inputs))

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        """The mean loss over the rows, and its gradient by each parameter that moves: a float and (parameters,).

        at: numbers for these parameters, in place of their `.data`. Don't rely on what `.data` is afterwards: gate by
        gate, `at` is written into it.
        """
        return self._either(
            lambda: self._value_and_grad(rows, at),
            lambda: self._eager.value_and_grad(rows, at),
        )

    def _value_and_grad(self, rows: Array, at: Array | None) -> tuple[float, Array]:
        strangers = self.program.parameters[len(self.parameters) :]
        if at is not None and strangers:  # Values that are nobody's parameters are where their data is
            at = np.array([*at, *[p.data for p in strangers]])
        value, gradient = self.program.value_and_grad(rows, at=at)
        return value, gradient[: len(self.parameters)]

    def mean_loss(self, rows: Array) -> float:
        """The mean loss over the rows."""
        return self._either(
            lambda: float(np.mean(self.program.forward(rows))),
            lambda: self._eager.mean_loss(rows),
        )

    def outputs(self, rows: Array) -> Array:
        """The model's outputs, (rows, outputs); columns behind its inputs are left aside."""
        inputs = rows[:, : self._eager.inputs]
        return self._either(
            lambda: np.asarray(self._outputs.forward(inputs)).reshape(len(rows), -1),
            lambda: self._eager.outputs(rows),
        )

    def _either(self, replay: Callable[[], T], anew: Callable[[], T]) -> T:
        """What is replayed; where that can't be, what is computed anew, from here on always."""
        if self.replays:
            try:
                return replay()
            except (RecordingError, DomainError) as reason:
                result = anew()  # which raises the DomainError itself if the model has no value there
                self._give_up(reason)
                return result
        return anew()

    def _give_up(self, reason: Exception) -> None:
        """Replay no more, and say why."""
        self.replays = False
        if self._warn:
            warn_user(
                "this model is computed gate by gate, which is slower, because its graph cannot be recorded and "
                f"replayed: {reason}. compiled=False says that this is meant"
            )

    def is_outdated(self) -> bool:
        """Whether something that the loss depends on was changed since, besides the numbers of parameters."""
        return self.replays and self._state != reach(self._graph)

    def check(self, rows: Array) -> None:
        """GraphChangesError if rows have another loss, or other outputs, when their graphs are built anew."""
        if not self.replays:
            return
        of_loss = self._eager.loss is not None
        try:
            anew = np.array(self._eager.losses(rows)) if of_loss else self._eager.outputs(rows)
        except DomainError:  # which whoever asks for these rows will be told
            return
        replayed = self._either(
            lambda: np.asarray((self.program if of_loss else self._outputs).forward(rows[:, : self._columns])),
            lambda: anew,
        )
        for a, b in zip(replayed.ravel().tolist(), anew.ravel().tolist(), strict=True):
            if not _same(a, b):
                raise GraphChangesError(
                    f"replayed, the {'loss' if of_loss else 'output'} of a row is {a!r}, but computed anew it is "
                    f"{b!r}: the model depends on chance, or on what it did for the rows before"
                )

    @property
    def _columns(self) -> int:
        """How many columns of a row the recorded graph takes."""
        return self._eager.inputs + (self._targets if self._eager.loss is not None else 0)


def record(
    model: Module,
    X: Any,  # noqa: N803
    y: Any = None,
    *,
    loss: LossLike,
    compiled: bool = True,
) -> tuple[Recording, Examples]:
    """The recording of a model and its loss by all parameters that are not frozen, and the rows it was recorded with.

    X, y: anything `data.as_table` takes. Raises ValueError and TypeError for rows and targets that are wrong.
    """
    parameters = trainable(model)
    examples = examples_of(model, X, y, loss)
    inputs = examples.rows.shape[1]
    return Recording(model, examples.table, inputs, loss, parameters, compiled=compiled), examples


def trainable(model: Module) -> list[Value]:
    """The model's parameters that are not frozen; ValueError if there are none."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(
            f"this {type(model).__name__} has no parameters to train: none is a leaf Value held in an attribute, or "
            "all are frozen"
        )
    return parameters


def _find_paths(program: Program | BranchingProgram, rows: Array) -> None:
    """Record every path that these rows take; RecordingError if most of them take a path of their own."""
    if isinstance(program, BranchingProgram):
        with suppress(DomainError):  # which a step will tell, if the parameters are still there then
            program.find_paths(rows)
        if program.paths > max(_FEW_PATHS, len(rows) // 4):
            raise RecordingError(f"{len(rows)} rows have {program.paths} different graphs: {program.decisions}")


def _look_for_parameters(value: Value, model: Any, parameters: list[Value]) -> None:
    """ValueError if the loss depends on none of the parameters; a warning if it depends on leaves nobody will move."""
    found = {v for v in autograd.topological_order(value) if v.gate is None and v.requires_grad}
    if not found.intersection(parameters):
        raise ValueError(
            "the loss depends on no parameter of the model, so nothing can be learned: is this inside no_grad(), or "
            "was a graph cut by .data or .detach()?"
        )
    strangers = sorted(v.label or repr(v.data) for v in found.difference(model.parameters()))
    if strangers:
        warn_user(
            "the loss depends on Values that the model does not hold, which are not trained: "
            f"{', '.join(strangers[:5])}. Put them into an attribute of the module, or make them constants with "
            "requires_grad=False"
        )


def _same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b)) or not math.isfinite(a + b)


def warn_user(message: str) -> None:
    """Warn with the user's line that called into our packages, however deep inside them the reason is found."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in ("autograd", "nn", "viz"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)
