"""fit: predict, measure, backpropagate, update, for every batch of every epoch.

Full batch, stochastic and mini-batch are one loop with another batch size. The model's graph is recorded once and
replayed (see `nn.recording`), so a network of scalar gates trains at the speed of matrices.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import DomainError, Value
from nn import data
from nn.data.batches import batch_size_of, dealt
from nn.data.tables import Array
from nn.history import Callback, Epoch, History
from nn.losses import Loss
from nn.modules import Module
from nn.optim import Adam, Optimizer, assign
from nn.recording import Gradients, GraphChangesError, gradients_of
from nn.rows import LossLike, encoded, outputs_for

#: After so many epochs a row, which no one chose, is computed anew.
_CHECKED = {4**k for k in range(1, 30)}

#: (outputs (rows, outputs), targets as they were given (rows, targets)) -> a number.
Metric = Callable[[Array, Array], float]


class TrainingError(ArithmeticError):
    """Training ran into a loss or a gradient that is not finite. The parameters are those of the last finite loss."""


def fit(
    model: Module,
    X: Any,  # noqa: N803
    y: Any = None,
    *,
    loss: LossLike,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int | None = 0,
    held_out: Any = None,
    metrics: str | Sequence[str | Metric] = (),
    l2: float = 0.0,
    callbacks: Callback | Iterable[Callback] = (),
    progress: bool = False,
    compiled: bool = True,
) -> History:
    """Train the model on rows X (rows, inputs) and targets y, and return what happened.

    X, y: anything `data.as_rows` takes; y is (rows,) or (rows, outputs), of the kind the loss wants, and may be left
        out if X is a bunch with `.data` and `.target`.
    loss: one of `nn.losses`, or a function (prediction, target) -> Value of one row. A cross entropy of a model that
        ends in a sigmoid or softmax is computed from the logits in front of that, where it is exact.
    optimizer: Adam if left out. One bound to these parameters before goes on from what it remembers.
    batch_size: rows in a step; None takes all (batch), 1 is stochastic. The last batch of an epoch may be smaller.
    shuffle, seed: whether each epoch has the rows in a new order, and of which; the same seed gives the same bits.
    held_out: rows (X, y) or a bunch to judge on, or the share of the rows to put aside for that.
    metrics: "accuracy", or functions (outputs, targets) -> number, computed after each epoch.
    l2: adds l2 · Σ w² to the loss.
    callbacks: called with an `Epoch` after each one; `EarlyStopping` is one.
    progress: show a bar.
    compiled: record the graph of one row and replay it; False builds it anew for each row. A model whose graph
        differs from row to row is noticed and trained gate by gate, with a warning.

    Raises TypeError and ValueError for wrong data, targets and settings before any parameter changes, `TrainingError`
    if the loss or a gradient stops being finite; then the parameters are put back to the last that gave a finite
    loss. Ctrl-C ends the training and keeps what was learned: ``history.stopped`` says "interrupted".
    """
    _kinds(model, loss, optimizer)
    rows, targets = data.as_table(X, y)
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
        raise ValueError(f"the number of epochs is a whole number from 1 up, but was given {epochs!r}")
    if not 0.0 <= l2 < math.inf:
        raise ValueError(f"l2 is a number from 0 up, but was given {l2!r}")
    train, held = _parts(rows, targets, held_out, seed)
    size = batch_size_of(batch_size, len(train[0]))
    parameters = trainable(model)
    optimizer = Adam() if optimizer is None else optimizer
    judges = [_metric(metric, loss) for metric in ([metrics] if isinstance(metrics, str) else metrics)]

    width = len(outputs_for(model, train[0][0].tolist()))
    table = np.hstack([train[0], encoded(loss, train[1], width)])
    parts = [("", table, train[1])]
    if held is not None:
        parts.append(("held_out_", np.hstack([held[0], encoded(loss, held[1], width)]), held[1]))
    history = History(stopped="all epochs done")
    told_by = np.random.default_rng(seed)
    order = np.random.default_rng(seed) if shuffle and size < len(table) else None
    told = [callbacks] if callable(callbacks) else list(callbacks)

    was_training = model.training
    model.train()
    try:
        engine = gradients_of(model, loss, parameters, table, rows.shape[1], penalty=l2, compiled=compiled)
        if isinstance(loss, Loss) and loss.takes == "probabilities":
            loss.check(engine.outputs(table).ravel().tolist())
        optimizer.bind(parameters)
        loop = _Loop(engine, optimizer, parameters, history)
        start_at = loop.now
        with _bar(epochs, progress) as tick, loop.interruptible():
            for number in range(1, epochs + 1):
                start = time.perf_counter()
                try:
                    total = sum([loop.step(table[chosen]) * len(chosen) for chosen in dealt(len(table), size, order)])
                finally:
                    loop.settle()
                history.loss.append(total / len(table))
                if number in _CHECKED:
                    try:
                        engine.check(table[told_by.integers(len(table), size=1)])
                    except GraphChangesError:
                        loop.now = start_at  # what was learned is not to be trusted
                        loop.settle()
                        raise
                if judges or held is not None:
                    _judge(model, engine, parts, judges, history)
                history.seconds.append(time.perf_counter() - start)
                epoch = Epoch(number, history, model, optimizer)
                for callback in told:
                    callback(epoch)
                loop.reread()
                tick(history)
                if epoch.reason:
                    history.stopped = epoch.reason
                    break
    finally:
        model.train(was_training)
    return history


def _kinds(model: object, loss: object, optimizer: object) -> None:
    """TypeError for a model, loss or optimizer that is none, such as a class in place of an object."""
    if not isinstance(model, Module):
        raise TypeError(f"fit trains a Module, such as nn.MLP(2, [16, 1]), but was given {model!r}")
    if not callable(loss):
        raise TypeError(
            f"a loss is one of nn.losses, or a function of a prediction and a target, but was given {loss!r}"
        )
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(f"an optimizer is an object such as optim.Adam(lr=0.01), but was given {optimizer!r}")


class _Loop:
    """One iteration after the other; holds the parameters as one vector, which the Values get when somebody looks:
    after each epoch, and at the end however it comes."""

    def __init__(self, engine: Gradients, optimizer: Optimizer, parameters: list[Value], history: History) -> None:
        self.engine, self.optimizer, self.parameters, self.history = engine, optimizer, parameters, history
        self.reread()
        self.good = self.now  # the last at which the loss was finite

    def reread(self) -> None:
        """Take the parameters as they are: a callback may have set them."""
        self.now: Array = np.array([p.data for p in self.parameters])

    def settle(self) -> None:
        """Write the vector into the Values; again after an interrupt, which may have come half way through."""
        assign(self.parameters, self.now)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl-C inside ends the training, not the program; what was learned until the last whole step stays."""
        try:
            yield
        except KeyboardInterrupt:
            self.settle()
            self.history.interrupted()

    def step(self, rows: Array) -> float:
        """One forward, one backward, one update. Returns the loss before the update."""
        try:
            value, gradient = self.engine.value_and_grad(rows, at=self.now)
        except (ArithmeticError, DomainError) as error:
            raise self._failed(f"the loss has no value: {error}") from error
        if not math.isfinite(value):
            raise self._failed(f"the loss became {value}")
        self.good = self.now
        if not np.isfinite(gradient).all():
            raise self._failed("a gradient became infinite or NaN")
        with np.errstate(over="ignore", invalid="ignore"):
            moved = self.optimizer.update(self.now, gradient)
        if not np.isfinite(moved).all():
            raise self._failed("a parameter became infinite or NaN")
        self.now = moved
        self.history.step_losses.append(value)
        return value

    def _failed(self, what: str) -> TrainingError:
        self.now = self.good
        losses = self.history.step_losses
        last = f" The last finite loss was {losses[-1]:.6g}." if losses else ""
        return TrainingError(
            f"{what} in epoch {self.history.epochs + 1}, iteration {len(losses) + 1}, and training stopped. The "
            f"parameters are back to those of the last finite loss.{last} Try a smaller learning rate (now "
            f"{self.optimizer.rate():g}), clip_norm in the optimizer, or standardized inputs"
        )


def trainable(model: Module) -> list[Value]:
    """The model's parameters that are not frozen; ValueError if there are none."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError(f"this {type(model).__name__} has no parameters to train: none is a leaf Value held in an "
                         "attribute, or all are frozen")  # fmt: skip
    return parameters


def _parts(
    rows: Array, targets: Array, held_out: Any, seed: int | None
) -> tuple[tuple[Array, Array], tuple[Array, Array] | None]:
    if held_out is None:
        return (rows, targets), None
    if isinstance(held_out, int | float):
        train, held = data.split(rows, targets, float(held_out), seed=seed)
        return (train.X, train.y), (held.X, held.y)
    other = data.as_table(held_out)
    if other[0].shape[1] != rows.shape[1]:
        raise ValueError(f"the held-out rows have {other[0].shape[1]} columns, but X has {rows.shape[1]}")
    return (rows, targets), other


def _metric(metric: str | Metric, loss: LossLike) -> tuple[str, Metric]:
    """A metric's name and function; "accuracy" decides as the loss does."""
    if callable(metric):
        return getattr(metric, "__name__", type(metric).__name__), metric
    if metric != "accuracy":
        raise ValueError(f"the metric known by name is 'accuracy', but was given {metric!r}; give a function "
                         "(outputs, targets) -> number")  # fmt: skip
    if not isinstance(loss, Loss) or loss.name.startswith("mean"):
        raise ValueError("accuracy is of classes, and this loss has none; give a function (outputs, targets) -> number")
    decide, of_rows = loss.decide, not loss.targets.of_classes and loss.targets.of_row

    def accuracy(outputs: Array, targets: Array) -> float:
        if not loss.targets.of_row:
            outputs, targets = outputs.reshape(-1, 1), targets.reshape(-1, 1)
        wanted = targets.argmax(axis=1) if of_rows else targets[:, 0]
        return float(np.mean([decide(row) == t for row, t in zip(outputs.tolist(), wanted.tolist(), strict=True)]))

    return metric, accuracy


def _judge(
    model: Module,
    engine: Gradients,
    parts: list[tuple[str, Array, Array]],
    judges: list[tuple[str, Metric]],
    history: History,
) -> None:
    """The numbers at the end of an epoch: the loss of the held-out rows, and the metrics of both parts."""
    eager = engine.given_up  # a recorded graph is what it is, but one built anew may ask `training`
    if eager:
        model.eval()
    for prefix, table, targets in parts:
        if prefix:
            history.held_out_loss.append(engine.loss(table))
        outputs = engine.outputs(table) if judges else table
        for name, metric in judges:
            history.metrics.setdefault(prefix + name, []).append(float(metric(outputs, targets)))
    if eager:
        model.train()


@contextmanager
def _bar(epochs: int, wanted: bool) -> Iterator[Callable[[History], None]]:
    """A progress bar that shows the latest numbers, or nothing."""
    if not wanted:
        yield lambda history: None
        return
    from tqdm import tqdm  # not its notebook form, of which saved notebooks show nothing

    with tqdm(total=epochs, unit="epoch") as bar:

        def tick(history: History) -> None:
            due = time.time() - bar.last_print_t >= bar.mininterval
            if due or history.epochs in (1, epochs):  # not for each of thousands of epochs a second
                numbers = {name: f"{curve[-1]:.4g}" for name, curve in history.curves().items()}
                bar.set_postfix(numbers, refresh=False)
            bar.update()

        yield tick
