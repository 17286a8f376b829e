"""What `nn.fit` is given, looked at before anything is trained."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args

import numpy as np

from nn import data, functional, losses
from nn.checks import refuse_class, unknown
from nn.data.tables import Array
from nn.history import Callback
from nn.losses import Loss, LossLike
from nn.modules import Module
from nn.optim import Optimizer
from nn.randomness import Seed
from nn.rows import Examples, encoded

#: (outputs (rows, outputs), targets as they were given (rows, targets)) -> a number.
Metric = Callable[[Array, Array], float]

#: The metrics that have a name.
MetricName = Literal["accuracy"]


def check_model(model: object, what: str) -> None:
    """TypeError unless it is a Module; `what` begins the sentence, as in "fit trains"."""
    expected = f"{what} a Module, such as nn.MLP(2, [16, 1])"
    refuse_class(model, expected)
    if not isinstance(model, Module):
        raise TypeError(f"{expected}, but was given {model!r}")


def check_kinds(model: object, loss: object, optimizer: object) -> None:
    """TypeError if the model, the loss or the optimizer is something else, such as a class in place of an object."""
    check_model(model, "fit trains")
    check_loss(loss)
    if optimizer is not None:
        check_optimizer(optimizer)


def check_optimizer(optimizer: object) -> None:
    """TypeError unless it is an optimizer object."""
    expected = "an optimizer is an object such as optim.Adam(lr=0.01)"
    refuse_class(optimizer, expected, "lr=...")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{expected}, but was given {optimizer!r}")


def check_loss(loss: object) -> None:
    """TypeError unless it is a loss or a function; for a name in quotes it says which loss is nearest."""
    expected = "a loss is one of nn.losses, or a function of a prediction and a target"
    refuse_class(loss, expected)
    if isinstance(loss, str):
        names = [name for name, entry in vars(losses).items() if isinstance(entry, Loss)]
        raise TypeError(
            f"{expected}, but was given {loss!r}: {unknown(loss, names, 'loss', 'a function of those')}; "
            "without quotes, as nn.losses.hinge"
        )
    if not callable(loss):
        raise TypeError(f"{expected}, but was given {loss!r}")


def callbacks_of(callbacks: Callback | Iterable[Callback]) -> list[Callback]:
    """One callback or several as a list; TypeError for what cannot be called with an epoch."""
    expected = "a callback is a function of an Epoch, or an object such as EarlyStopping(patience=10)"
    several = not callable(callbacks) and isinstance(callbacks, Iterable) and not isinstance(callbacks, str)
    found: list[Any] = list(callbacks) if several else [callbacks]  # type: ignore[arg-type]
    for callback in found:
        refuse_class(callback, expected)
        if not callable(callback) or not _takes(callback, 1):
            raise TypeError(f"{expected}, but was given {callback!r}")
    return found


def _takes(function: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with `count` arguments; True where Python can't tell."""
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # some functions in C do not say what they take
        return True
    return True


def metrics_of(metrics: Any, loss: LossLike) -> list[tuple[str, Metric]]:
    """One metric or several with their names; ValueError if two curves of the history would have one name."""
    several = not callable(metrics) and isinstance(metrics, Iterable) and not isinstance(metrics, str)
    found = [_metric(metric, loss) for metric in (metrics if several else [metrics])]
    taken = {"loss", "held_out_loss"}
    for name, _ in found:
        if taken & {name, f"held_out_{name}"}:
            raise ValueError(
                f"two curves of the history would be called {name!r}; give each metric a name of its own "
                "(that of its function)"
            )
        taken |= {name, f"held_out_{name}"}
    return found


def _metric(metric: MetricName | Metric, loss: LossLike) -> tuple[str, Metric]:
    """A metric's name and function; "accuracy" decides as the loss does."""
    refuse_class(metric, "a metric is 'accuracy' or a function (outputs, targets) -> number")
    if callable(metric):
        if not _takes(metric, 2):
            raise TypeError(f"a metric is a function (outputs, targets) -> number, but was given {metric!r}")
        return getattr(metric, "__name__", type(metric).__name__), metric
    if metric not in get_args(MetricName):
        raise ValueError(
            f"the metric known by name is {', '.join(map(repr, get_args(MetricName)))}, but was given {metric!r}; give "
            "a function (outputs, targets) -> number"
        )
    if not isinstance(loss, Loss) or loss.name.startswith("mean"):
        raise ValueError("accuracy is of classes, and this loss has none; give a function (outputs, targets) -> number")

    def accuracy(outputs: Array, targets: Array) -> float:
        if not loss.targets.of_row:  # each output is judged by itself
            outputs, targets = outputs.ravel(), targets.ravel()
        return functional.accuracy(outputs.tolist(), targets.tolist(), loss.threshold)

    return metric, accuracy


#: Rows that end in encoded targets, (rows, inputs + outputs), and the targets as they were given.
Part = tuple[Array, Array]


def parts_of(examples: Examples, held_out: Any, *, loss: LossLike, seed: Seed) -> tuple[Part, Part | None]:
    """The rows to train on and those held out, if any."""
    rows, targets, table, outputs = examples
    if held_out is None:
        return (table, targets), None
    if isinstance(held_out, int | float | np.number):
        train, held = data.split(table, targets, float(held_out), seed=seed)
        return (train.X, train.y), (held.X, held.y)
    try:
        held_rows, held_targets = data.as_table(held_out)
        if held_rows.shape[1] != rows.shape[1]:
            raise ValueError(f"they have {held_rows.shape[1]} columns, but X has {rows.shape[1]}")
        held_table = np.hstack([held_rows, encoded(loss, held_targets, outputs)])
    except (TypeError, ValueError) as error:
        raise type(error)(f"the held-out rows, a share such as 0.2 or a pair (X, y), are wrong: {error}") from None
    return (table, targets), (held_table, held_targets)
