"""fit: predict, measure, backpropagate, update, for every batch of every epoch.

Full batch, stochastic and mini-batch are one loop with another batch size. The model's graph is recorded once and
replayed (see `nn.recording`), so a network of scalar gates trains at the speed of matrices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import Value
from autograd.formula import sum_in_order
from nn.arguments import Metric, MetricName, callbacks_of, check_kinds, metrics_of, parts_of
from nn.checks import not_negative, whole_from
from nn.data.batches import batch_size_of, dealt
from nn.data.tables import Array
from nn.history import Callback, Epoch, History
from nn.loop import Loop
from nn.losses import Loss, LossLike
from nn.modules import Module
from nn.optim import Adam, Optimizer
from nn.randomness import Seed, array_generator, drawn
from nn.recording import GraphChangesError, Recording, trainable
from nn.rows import examples_of

#: After so many epochs a row, which no one chose, is computed anew.
_CHECKED = {4**k for k in range(1, 30)}


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
    seed: Seed = None,
    held_out: Any = None,
    metrics: MetricName | Metric | Sequence[MetricName | Metric] = (),
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
    optimizer: Adam if left out. It goes on from what it remembers of these parameters. One that was made for certain
        parameters moves only those, and they must be the model's.
    batch_size: rows in a step; None takes all (batch), 1 is stochastic. The last batch of an epoch may be smaller.
    shuffle: whether each epoch has the rows in a new order.
    seed: of that order and of the rows put aside; the same seed gives the same bits. A second call with it repeats
        the orders of the first. Without one they come from Python's `random` module (see `nn.randomness`).
    held_out: rows (X, y) or a bunch to judge on, or the share of the rows to put aside for that.
    metrics: "accuracy", or functions (outputs, targets) -> number, computed after each epoch; one, or several.
    l2: adds l2 · Σ w² to the loss.
    callbacks: called with an `Epoch` after each one; `EarlyStopping` is one. A callback that has a method `begin` has
        it called before the first, with the names of the history's curves, and one that has a method `finish` at the
        end, with the last finished epoch.
    progress: show a bar.
    compiled: record the graph of one row and replay it; False builds it anew for each row. A model whose graph
        differs from row to row is noticed and trained gate by gate, with a warning.

    Raises TypeError and ValueError for wrong data, targets and settings before any parameter changes.

    However training ends, the parameters are those after a whole step, and callbacks are told by `finish`, so that
    `EarlyStopping` puts back the best ones:

    - Ctrl-C returns the history; ``history.stopped`` says "interrupted".
    - A loss or gradient that is not finite raises `TrainingError`. The parameters and the optimizer are put back to the
      last that gave a finite loss.
    - Any other exception, of a callback or the model, passes through.

    Both exceptions carry the history of the finished epochs as ``error.history``.

    >>> import nn
    >>> X, y = nn.data.xor()
    >>> model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
    >>> history = nn.fit(model, X, y, loss=nn.losses.binary_cross_entropy, optimizer=Adam(lr=0.1), epochs=200, seed=0)
    >>> nn.predict(model, X).round().tolist()
    [0.0, 1.0, 1.0, 0.0]
    >>> history.loss[0] > history.loss[-1], history.stopped
    (True, 'all epochs done')
    """
    check_kinds(model, loss, optimizer)
    told, judges = callbacks_of(callbacks), metrics_of(metrics, loss)
    epochs = whole_from(epochs, 1, "the number of epochs")
    not_negative(l2=l2)
    optimizer = Adam() if optimizer is None else optimizer
    moved_by(optimizer, model)  # which refuses a model that has nothing to train

    examples = examples_of(model, X, y, loss)
    seed = drawn(seed)
    train, held = parts_of(examples, held_out, loss=loss, seed=seed)
    table, inputs = train[0], examples.rows.shape[1]
    size = batch_size_of(batch_size, len(table))
    parts = [("", *train)] if held is None else [("", *train), ("held_out_", *held)]
    history = History(stopped="all epochs done")
    _begin(told, [f"{prefix}{name}" for prefix, *_ in parts for name in ("loss", *[name for name, _ in judges])])
    told_by = array_generator(seed)
    order = array_generator(seed) if shuffle and size < len(table) else None

    def record(parameters: list[Value], compiled: bool) -> Recording:
        return Recording(model, table, inputs, loss, parameters, l2=l2, compiled=compiled)

    were_training = [(module, module.training) for _, module in model.named_modules()]
    model.train()
    try:
        recording = record(moved_by(optimizer, model), compiled)
        if isinstance(loss, Loss) and loss.takes == "probabilities":
            loss.check(recording.outputs(table).ravel().tolist())
        if not optimizer.given:
            optimizer.bind_to(model.parameters())
        loop = Loop(recording, optimizer, history)
        every = model.parameters()
        free = [p.requires_grad for p in every]
        with _bar(epochs, progress) as tick, loop.guarded(lambda: _finish(told, history, model, optimizer)):
            for number in range(1, epochs + 1):
                start = time.perf_counter()
                try:
                    dealing = dealt(len(table), size, order)
                    total = sum_in_order([loop.step(table[chosen]) * len(chosen) for chosen in dealing])
                finally:
                    loop.settle()
                history.loss.append(total / len(table))
                if number in _CHECKED:
                    try:
                        loop.recording.check(table[told_by.integers(len(table), size=1)])
                    except GraphChangesError:  # what was learned is not to be trusted
                        loop.start_over()
                        raise
                if judges or held is not None:
                    _judge(model, loop.recording, parts, judges, history)
                history.seconds.append(time.perf_counter() - start)
                epoch = Epoch(number, history, model, optimizer)
                for callback in told:
                    callback(epoch)
                loop.reread()
                tick(history)
                if epoch.reason:
                    history.stopped = epoch.reason
                    break
                if told and number < epochs:  # a callback may have frozen parameters, or changed the model
                    free_before, free = free, [p.requires_grad for p in every]
                    if free != free_before or loop.recording.is_outdated():
                        loop.take(record(moved_by(optimizer, model), loop.recording.replays))
    finally:
        for module, was_training in were_training:
            module.training = was_training
    return history


def _begin(told: list[Callback], curves: list[str]) -> None:
    """Tell the callbacks that want to know which curves the history will have."""
    for callback in told:
        if hasattr(callback, "begin"):
            callback.begin(curves)


def _finish(told: list[Callback], history: History, model: Module, optimizer: Optimizer) -> None:
    """Tell the callbacks that want to know that training is over."""
    for callback in told:
        if hasattr(callback, "finish"):
            callback.finish(Epoch(history.epochs, history, model, optimizer))


def moved_by(optimizer: Optimizer, model: Module) -> list[Value]:
    """The parameters that this optimizer moves in this model: those not frozen, and of those that it was made for.

    Raises ValueError if there are none, or if it was made for a parameter that the model does not hold.
    """
    chosen = trainable(model)
    if not optimizer.given:
        return chosen
    name, held, made_for = type(optimizer).__name__, set(model.parameters()), set(optimizer.parameters)
    strangers = [p for p in optimizer.parameters if p not in held]
    if strangers:
        raise ValueError(
            f"this {name} was made for {len(strangers)} parameters that the model does not hold, such as "
            f"{strangers[0]!r}; give it model.parameters(), or no parameters to train all"
        )
    chosen = [p for p in chosen if p in made_for]
    if not chosen:
        raise ValueError(f"all parameters that this {name} was made for are frozen (requires_grad=False)")
    return chosen


def _judge(
    model: Module,
    recording: Recording,
    parts: list[tuple[str, Array, Array]],
    judges: list[tuple[str, Metric]],
    history: History,
) -> None:
    """The numbers at the end of an epoch: the loss of the held-out rows, and the metrics of both parts."""
    eager = not recording.replays  # a recorded graph is what it is, but one built anew may ask `training`
    if eager:
        model.eval()
    for prefix, table, targets in parts:
        if prefix:
            history.held_out_loss.append(recording.mean_loss(table))
        outputs = recording.outputs(table) if judges else table
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
