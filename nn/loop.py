"""One training step after the other, and what is done when a step or the training is broken off."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from autograd import DomainError
from nn.data.tables import Array
from nn.history import History
from nn.optim import Optimizer, assign
from nn.recording import GraphChangesError, Recording


class TrainingError(ArithmeticError):
    """Training ran into a loss or a gradient that is not finite. The parameters are those of the last finite loss.

    history: what happened until then, as `fit` would have returned it.

    >>> import nn
    >>> model = nn.LinearRegression(1)
    >>> try:
    ...     nn.fit(model, [[1.0]], [1.0], loss=model.loss, optimizer=nn.optim.SGD(lr=1e9), epochs=100)
    ... except nn.TrainingError as error:
    ...     print(error.history.stopped.split(" in epoch")[0])
    TrainingError: the loss became inf
    """

    history: History


class Loop:
    """Takes one training step after the other, on all parameters as one vector, with what the optimizer remembers.

    The vector is written into the parameters' `.data` by `settle`: after each epoch, and however training ends.
    """

    now: Array
    memory: tuple[int, Any, dict[str, Any]]

    def __init__(self, recording: Recording, optimizer: Optimizer, history: History) -> None:
        self.optimizer, self.history = optimizer, history
        self.take(recording)
        self.start = self.parameters, self.now, self.memory

    def take(self, recording: Recording) -> None:
        """Go on with this recording and the parameters that it moves."""
        self.recording, self.parameters = recording, recording.parameters
        self.optimizer.arrange(self.parameters)
        self.reread()
        self.good, self.good_memory = self.now, self.memory  # the last at which the loss was finite

    def start_over(self) -> None:
        """Put the parameters, and what the optimizer remembers of them, back to where they were before training."""
        self.parameters, self.now, self.memory = self.start
        self.optimizer.arrange(self.parameters)
        self.settle()

    def reread(self) -> None:
        """Take the parameters, and what the optimizer remembers, as they are: a callback may have set them."""
        self.now = np.array([p._data for p in self.parameters])
        self.memory = self.optimizer.memory()

    def settle(self) -> None:
        """Write the vector into the Values; again after an interrupt, which may have come half way through."""
        assign(self.parameters, self.now)
        self.optimizer.go_back(self.memory)

    @contextmanager
    def guarded(self, finish: Callable[[], None]) -> Iterator[None]:
        """Ctrl-C inside ends the training, not the program; what was learned until the last whole step stays. Any other
        exception passes, with the history."""
        try:
            yield
        except KeyboardInterrupt:
            self.settle()
            self.history.broken_off("interrupted")
        except BaseException as error:
            self.history.broken_off(f"{type(error).__name__}: {error}")
            with suppress(AttributeError):  # an exception that takes no attributes
                error.history = self.history  # type: ignore[attr-defined]
            if not isinstance(error, TrainingError):  # which says so itself
                error.add_note(f"nn.fit was in {self._place()}; this error's .history has the finished epochs")
            if not isinstance(error, GraphChangesError):  # after which nothing that was learned is to be trusted
                finish()
            raise
        finish()

    def _place(self) -> str:
        return f"epoch {self.history.epochs + 1}, iteration {len(self.history.step_losses) + 1}"

    def step(self, rows: Array) -> float:
        """One forward, one backward, one update. Returns the loss before the update."""
        try:
            value, gradient = self.recording.value_and_grad(rows, at=self.now)
        except (ArithmeticError, DomainError) as error:
            raise self._failed(f"the loss has no value: {error}") from error
        if not math.isfinite(value):
            raise self._failed(f"the loss became {value}")
        self.good, self.good_memory = self.now, self.memory
        if not np.isfinite(gradient).all():
            raise self._failed("a gradient became infinite or NaN")
        with np.errstate(over="ignore", invalid="ignore"):
            moved = self.optimizer.update(self.now, gradient)
        if not np.isfinite(moved).all():
            raise self._failed("a parameter became infinite or NaN")
        self.now, self.memory = moved, self.optimizer.memory()
        self.history.step_losses.append(value)
        return value

    def _failed(self, what: str) -> TrainingError:
        self.now, self.memory = self.good, self.good_memory
        self.optimizer.go_back(self.memory)
        losses = self.history.step_losses
        last = f" The last finite loss was {losses[-1]:.6g}." if losses else ""
        return TrainingError(
            f"{what} in {self._place()}, and training stopped. The parameters are back to those of the last finite "
            f"loss.{last} Try a smaller learning rate (now {self.optimizer.rate():g}), clip_norm in the optimizer, or "
            "standardized inputs"
        )
