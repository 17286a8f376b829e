"""What training leaves behind: the losses and metrics of every epoch, and why it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nn.checks import not_negative, unknown, whole_from
from nn.modules import Module
from nn.optim import Optimizer
from nn.versions import Pickled


@dataclass
class History(Pickled):
    """The record of one `fit`, a number for each epoch in each list.

    loss: the mean of the training loss over the epoch's rows, as it was when each batch was met. held_out_loss: after
    the epoch, empty without held-out rows. metrics: by name, on the training rows, and as ``held_out_NAME`` on the
    held-out ones. step_losses: the loss of every single iteration, those of an epoch that was broken off too. seconds:
    of each epoch. stopped: why training ended.

    >>> history = History(loss=[1.0, 0.5], metrics={"accuracy": [0.5, 1.0]}, stopped="all epochs done")
    >>> history
    History(2 epochs: loss 1 → 0.5, accuracy 0.5 → 1; all epochs done)
    >>> history["accuracy"]
    [0.5, 1.0]
    """

    loss: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    step_losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)

    def curves(self) -> dict[str, list[float]]:
        """Every list that has a number for each epoch, by name: loss, held_out_loss, and the metrics."""
        held_out = {"held_out_loss": self.held_out_loss} if self.held_out_loss else {}
        return {"loss": self.loss, **held_out, **self.metrics}

    def broken_off(self, why: str) -> None:
        """Say why training ended before its time, and drop the unfinished epoch's numbers."""
        finished = len(self.seconds)  # the last thing that an epoch records
        for curve in self.curves().values():
            del curve[finished:]
        self.stopped = why

    def __getitem__(self, name: str) -> list[float]:
        """One curve by its name."""
        curves = self.curves()
        if name not in curves:
            raise KeyError(f"this history has no {name!r}; it has {', '.join(curves)}")
        return curves[name]

    def __repr__(self) -> str:
        if not self.loss:
            return f"History(no epoch finished; {self.stopped})"
        parts = [f"{name} {curve[0]:.4g} → {curve[-1]:.4g}" for name, curve in self.curves().items()]
        return f"History({self.epochs} epochs: {', '.join(parts)}; {self.stopped})"


@dataclass
class Epoch:
    """What a callback is told after each epoch: its number from 1, and the live objects of the training.

    >>> import nn
    >>> def callback(epoch):
    ...     if epoch.loss < 1.0:
    ...         epoch.stop("good enough")
    >>> model = nn.LinearRegression(1)
    >>> nn.fit(model, [[1.0]], [2.0], loss=model.loss, optimizer=nn.optim.SGD(lr=0.1), callbacks=callback)
    History(3 epochs: loss 4 → 0.5184; good enough)
    """

    number: int
    history: History
    model: Module
    optimizer: Optimizer
    reason: str = ""

    @property
    def loss(self) -> float:
        """The training loss of this epoch."""
        return self.history.loss[-1]

    @property
    def held_out_loss(self) -> float | None:
        """The held-out loss after this epoch, None without held-out rows."""
        return self.history.held_out_loss[-1] if self.history.held_out_loss else None

    def stop(self, reason: str = "stopped by a callback") -> None:
        """End the training after this epoch."""
        self.reason = reason or "stopped by a callback"


#: Called after each epoch. What it returns is ignored; `epoch.stop()` ends the training. If it has a method `begin`,
#: that is called before training with the names of the history's curves; it may refuse them with a ValueError. If it
#: has a method `finish`, that is called at the end, however it came, with an `Epoch` of the last finished one.
Callback = Callable[[Epoch], Any]


class EarlyStopping:
    """A callback that ends training when the held-out loss (without one, the loss) has stopped falling.

    patience: how many epochs without an improvement of more than `least` it waits. restore: put back the parameters of
    the best epoch when training ends, also if it ends before patience is out: at the last epoch, by Ctrl-C, or by an
    error. of: the name of another curve of the history to watch: "loss", a metric such as "accuracy", or
    "held_out_accuracy"; `nn.fit` refuses a name that its history won't have. highest: whether that should rise; left
    out, an accuracy should rise and anything else fall. (Prechelt 1998.)

    >>> import nn
    >>> model = nn.LinearRegression(1)
    >>> stopping = nn.EarlyStopping(patience=3)
    >>> sgd = nn.optim.SGD(lr=1.1)  # so large a rate that each step goes too far
    >>> history = nn.fit(model, [[1.0], [-1.0]], [2.0, -2.0], loss=model.loss, optimizer=sgd, callbacks=stopping)
    >>> history.stopped, model.neurons[0].w[0].data == 4.4
    ('no improvement since epoch 1', True)
    """

    def __init__(
        self,
        patience: int = 10,
        least: float = 0.0,
        *,
        restore: bool = True,
        of: str | None = None,
        highest: bool | None = None,
    ) -> None:
        self.patience = whole_from(patience, 1, "patience, in epochs,")
        not_negative(least=least)
        if highest and of is None:
            raise ValueError("highest goes with the curve that should rise, such as of='accuracy'; a loss should fall")
        self.least, self.restore, self.of = least, restore, of
        self.highest = (of or "").endswith("accuracy") if highest is None else highest
        self.best, self.best_epoch = math.nan, 0
        self._state: dict[str, float] = {}
        self._history: History | None = None  # of the training that `_state` is of

    def begin(self, curves: Sequence[str]) -> None:
        """ValueError if the history will have no curve of the name to watch. `nn.fit` calls it before it trains."""
        if self.of is not None and self.of not in curves:
            raise unknown(self.of, curves, "curve of this training", "fit the metric of that name in metrics=[...]")

    def __call__(self, epoch: Epoch) -> None:
        held_out = epoch.history.held_out_loss
        now = epoch.history[self.of][-1] if self.of else held_out[-1] if held_out else epoch.loss
        gain = now - self.best if self.highest else self.best - now
        first = epoch.number == 1  # of a new training
        if first or gain > self.least or (math.isnan(self.best) and not math.isnan(now)):
            self.best, self.best_epoch = now, epoch.number
            self._state, self._history = epoch.model.state_dict() if self.restore else {}, epoch.history
        elif epoch.number - self.best_epoch >= self.patience:
            self.finish(epoch)
            epoch.stop(f"no improvement since epoch {self.best_epoch}")

    def finish(self, epoch: Epoch) -> None:
        """Put back the parameters of the best epoch, if that is wanted."""
        if self._state and epoch.history is self._history:
            epoch.model.load_state_dict(self._state)
