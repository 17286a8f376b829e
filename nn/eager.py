"""A model and its loss computed gate by gate: each row's graph is built anew, differentiated and dropped.

It is what a recorded graph (see `nn.recording`) is checked against, and what is used where a graph can't be recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value
from autograd.formula import sum_in_order
from autograd.mode import changed
from nn.data.tables import Array
from nn.leaves import leaves
from nn.losses import Loss, LossLike
from nn.losses import l2 as l2_of
from nn.optim import assign
from nn.rows import outputs_of, row_loss


class Eager:
    """A model, its loss and the parameters that move, computed row by row.

    inputs: how many numbers of a row the model takes; those behind are its encoded targets. l2: adds l2 · Σ w² to the
    loss.
    """

    def __init__(
        self,
        model: Callable[[list[Value]], Any],
        inputs: int,
        loss: LossLike | None = None,
        parameters: Sequence[Value] = (),
        l2: float = 0.0,
    ) -> None:
        self.model, self.inputs, self.loss, self.parameters, self.l2 = model, inputs, loss, list(parameters), l2

    def graph(self, row: list[Value]) -> Value:
        """The loss of one row, from its Values: inputs and then encoded targets."""
        assert self.loss is not None
        value = row_loss(self.loss, self.model(row[: self.inputs]), row[self.inputs :])
        return value + l2_of(self.parameters, self.l2) if self.l2 else value

    def outputs_graph(self, row: list[Value]) -> list[Value]:
        """The model's outputs for the Values of one row of inputs."""
        return outputs_of(self.model(row))

    def loss_of_row(self, row: list[float]) -> Value:
        """The loss of one row without the l2 term; ValueError for outputs that the loss can't take."""
        assert self.loss is not None
        prediction = self.model(leaves(row[: self.inputs], "x"))
        if isinstance(self.loss, Loss):
            self.loss.check(y.data for y in outputs_of(prediction))
        return row_loss(self.loss, prediction, leaves(row[self.inputs :], "target"))

    def losses(self, rows: Array) -> list[float]:
        """The loss of each row, each with the l2 term."""
        extra = self._l2_now()
        return [self.loss_of_row(row).data + extra for row in rows.tolist()]

    def mean_loss(self, rows: Array) -> float:
        """The mean loss over the rows."""
        return sum_in_order([self.loss_of_row(row).data for row in rows.tolist()]) / len(rows) + self._l2_now()

    def value_and_grad(self, rows: Array, at: Array | None = None) -> tuple[float, Array]:
        """The mean loss and its gradient by the parameters, with those set to `at` first. Their `.grad` stays."""
        if at is not None:
            assign(self.parameters, at)
        before = [p.grad for p in self.parameters]
        try:
            for p in self.parameters:
                p.grad = 0.0
            total = 0.0
            for row in rows.tolist():
                value = self.loss_of_row(row)
                value.backward(1.0 / len(rows))
                total += value.data
            if self.l2:
                l2_of(self.parameters, self.l2).backward()
            return total / len(rows) + self._l2_now(), np.array([p.grad for p in self.parameters])
        finally:
            for p, gradient in zip(self.parameters, before, strict=True):
                p.grad = gradient

    def outputs(self, rows: Array) -> Array:
        """The model's outputs, (rows, outputs). A model may differentiate inside, so graphs are kept meanwhile."""
        with changed(record=True):
            return np.array(
                [[y.data for y in self.outputs_graph(leaves(row, "x"))] for row in rows[:, : self.inputs].tolist()]
            )

    def _l2_now(self) -> float:
        return l2_of(self.parameters, self.l2).data if self.l2 else 0.0
