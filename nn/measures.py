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
    """∂(mean loss over the rows)/∂parameter by name, at the parameters as they are. `.grad` is left alone.

    X: (rows, inputs), y: (rows,) or (rows, outputs), as in `fit`, which refuses the same things.

    >>> import nn
    >>> model = nn.LinearRegression(1)  # starts at w = b = 0
    >>> nn.gradients(model, [[1.0], [3.0]], [2.0, 4.0], loss=model.loss)
    {'neurons.0.w.0': -14.0, 'neurons.0.b': -6.0}
    """
    check_model(model, "gradients are of")
    check_loss(loss)
    recording, examples = record(model, X, y, loss=loss, compiled=compiled)
    _, gradient = recording.value_and_grad(examples.table)
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    return dict(zip(names, gradient.tolist(), strict=True))


def gradient_sizes(model: Module, X: Any, y: Any = None, *, loss: LossLike) -> dict[str, float]:  # noqa: N803
    """The root mean square of the gradients in each layer, inputs first: where they vanish or explode.

    A layer is a module directly in the model (for lists of them, each of the list), or a parameter held beside those.

    >>> import nn
    >>> model = nn.MLP(1, [1, 1], activation="linear", initialization="zeros")
    >>> nn.gradient_sizes(model, [[1.0]], [2.0], loss=nn.losses.mean_squared_error)  # (0² + 4²) / 2 = 8, its root
    {'layers.0': 0.0, 'layers.1': 2.8284271247461903}
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

    function: of as many Values as `start` (variables,) has numbers. The optimizer is taken as new; what it remembers is
    left alone. Raises ValueError unless steps is a whole number from 0 up.

    >>> from nn import optim
    >>> descend(lambda x, y: x * x + y * y, (1.0, -1.0), optim.GradientDescent(lr=0.25), steps=2).tolist()
    [[1.0, -1.0], [0.5, -0.5], [0.25, -0.25]]
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
