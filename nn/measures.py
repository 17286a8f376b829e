"""What can be measured of a model or a loss without training: gradients by name and by layer, and paths of descent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value, grad
from nn.arguments import check_loss, check_model, check_optimizer
from nn.checks import whole_from
from nn.data.tables import Array
from nn.losses import LossLike
from nn.modules import Module
from nn.optim import Optimizer
from nn.recording import record


def gradients(model: Module, X: Any, y: Any = None, *, loss: LossLike, compiled: bool = True) -> dict[str, float]:  # noqa: N803
    """∂(mean loss over the rows)/∂parameter by name, at the parameters as they are. `.grad` is left alone."""
    check_model(model, "gradients are of")
    check_loss(loss)
    recording, examples = record(model, X, y, loss=loss, compiled=compiled)
    _, gradient = recording.value_and_grad(examples.table)
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    return dict(zip(names, gradient.tolist(), strict=True))


def gradient_sizes(model: Module, X: Any, y: Any = None, *, loss: LossLike) -> dict[str, float]:  # noqa: N803
    """The root mean square of the gradients in each layer, inputs first: where they vanish or explode.

    A layer is a module directly in the model (for lists of them, each of the list), or a parameter held beside those.
    """
    groups: dict[str, list[float]] = {}
    for name, gradient in gradients(model, X, y, loss=loss).items():
        groups.setdefault(_layer(name), []).append(gradient)
    return {layer: math.sqrt(math.fsum(g * g for g in found) / len(found)) for layer, found in groups.items()}


def _layer(name: str) -> str:
    """``layers.0`` of ``layers.0.neurons.3.w.1``: the attribute, and the place in it if it is a list."""
    first, *rest = name.split(".")
    return f"{first}.{rest[0]}" if len(rest) > 1 and rest[0].isdigit() else first


def descend(function: Callable[..., Value], start: Sequence[float], optimizer: Optimizer, steps: int = 100) -> Array:
    """The path of an optimizer down a function of Values: (steps + 1, variables), the start first.

    ``descend(lambda x, y: x**2 + 10 * y**2, (3.0, 2.0), SGD(lr=0.01, momentum=0.9))``. The optimizer is
    taken as new; what it remembers is left alone.
    """
    point = np.array(start, dtype=np.float64)
    check_optimizer(optimizer)
    fresh = optimizer.fresh()
    path = [point]
    for _ in range(whole_from(steps, 0, "the number of steps")):
        variables = [Value(x) for x in point.tolist()]
        slope = grad(function(*variables), variables)
        point = fresh.update(point, np.array(slope))
        path.append(point)
    return np.array(path)
