"""Plots of training: curves, decision boundaries, activations, loss surfaces, gradient sizes.

Each takes what `nn` gives, returns a matplotlib `Figure` that shows itself in a notebook, and draws into ``ax`` if it
is given one. Colours are those of the diagrams: blue for values, orange for gradients. Needs the extra ``plots``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import autograd
import nn
from autograd import Value
from nn.activations import ActivationLike
from nn.activations import activation as activation_of
from nn.losses import LossLike
from viz.plots.canvas import DASHES, MARKERS, Axes, Figure, MaxNLocator, PlotTheme, axes, colours, figure_of, legend
from viz.plots.surfaces import decision_boundary, loss_surface

__all__ = ["Figure", "activations", "decision_boundary", "gradient_sizes", "history", "loss_surface"]


def history(record: nn.History, *, log: bool = False, theme: PlotTheme = "light", ax: Any = None) -> Figure:
    """The loss of every epoch, of training and held-out rows, and beside it the metrics, if there are any.

    record: what `nn.fit` returned. log: a logarithmic axis for the losses.

    >>> figure = history(nn.History(loss=[1.0, 0.5, 0.25]))
    >>> figure.axes[0].get_lines()[0].get_ydata().tolist()
    [1.0, 0.5, 0.25]
    """
    look, several = colours(theme)
    if not record.epochs:
        raise ValueError("this history has no finished epoch to plot")
    panels = axes(ax, look, 2 if record.metrics and ax is None else 1)
    curves = {"training": record.loss, "held out": record.held_out_loss}
    _curves(panels[0], {name: curve for name, curve in curves.items() if curve}, several)
    panels[0].set(xlabel="epoch", ylabel="loss", yscale="log" if log else "linear")
    if len(panels) > 1:
        _curves(panels[1], record.metrics, several)
        panels[1].set(xlabel="epoch", ylabel="metric")
    for panel in panels:
        legend(panel, look)
    return figure_of(panels)


def _curves(ax: Axes, curves: Mapping[str, Sequence[float]], several: Sequence[str]) -> None:
    for i, (name, curve) in enumerate(curves.items()):
        epochs = range(1, len(curve) + 1)
        marker = "o" if len(curve) == 1 else None
        ax.plot(
            epochs,
            curve,
            color=several[i % len(several)],
            linestyle=DASHES[i % len(DASHES)],
            marker=marker,
            label=name.replace("_", " "),
        )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


#: The activations drawn where none is named.
_COMMON: tuple[ActivationLike, ...] = ("sigmoid", "tanh", "relu")


def activations(*names: ActivationLike, span: float = 5.0, theme: PlotTheme = "light", ax: Any = None) -> Figure:
    """Activations in blue and their derivatives in orange, one panel each, from −span to span.

    names: of `nn.activations`, or functions of one Value; sigmoid, tanh and relu by default. The derivatives are the
    engine's.

    >>> [panel.get_lines()[0].get_label() for panel in activations("tanh", "relu").axes]
    ['tanh', 'relu']
    """
    look, _ = colours(theme)
    chosen = [activation_of(name) for name in names or _COMMON]
    for each in chosen:
        if each.of_vector:
            raise ValueError(f"{each.name} takes a whole row, so it has no curve over one number")
    panels = axes(ax, look, len(chosen), size=(3.4, 3.2))
    xs = np.linspace(-span, span, 401)
    for panel, each in zip(panels, chosen, strict=True):
        points = [Value(x) for x in xs.tolist()]
        outputs = [each.function(point) for point in points]
        slopes = [autograd.grad(output, [point])[0] for output, point in zip(outputs, points, strict=True)]
        panel.plot(xs, [output.data for output in outputs], color=look.value, linewidth=2.0, label=each.name)
        jumps = 1 + np.flatnonzero(np.abs(np.diff(slopes)) > 0.3)  # at a kink the slope has a gap, not a riser
        panel.plot(
            np.insert(xs, jumps, np.nan),
            np.insert(slopes, jumps, np.nan),
            color=look.gradient,
            linewidth=1.8,
            linestyle=DASHES[1],
            label="derivative",
        )
        panel.axhline(0.0, color=look.frame, linewidth=0.8, zorder=1)
        panel.axvline(0.0, color=look.frame, linewidth=0.8, zorder=1)
        panel.set(xlabel="x")
        legend(panel, look, loc="upper left")
    return figure_of(panels)


def gradient_sizes(
    models: nn.Module | Mapping[str, nn.Module],
    X: Any,  # noqa: N803
    y: Any = None,
    *,
    loss: LossLike,
    theme: PlotTheme = "light",
    ax: Any = None,
) -> Figure:
    """The root mean square of the gradient in each layer, from the input to the output, on a logarithmic axis.

    models: one, or several by name, to compare: a line that falls towards the left is a gradient that vanishes.

    >>> model = nn.MLP(2, [4, 4, 1], "tanh", seed=0)
    >>> figure = gradient_sizes(model, *nn.data.moons(20, seed=0), loss=nn.losses.mean_squared_error)
    >>> figure.axes[0].get_lines()[0].get_xdata().tolist()
    ['layers.0', 'layers.1', 'layers.2']
    """
    look, several = colours(theme)
    (panel,) = axes(ax, look)
    chosen = models if isinstance(models, Mapping) else {type(models).__name__: models}
    ticks: dict[str, None] = {}
    for i, (name, model) in enumerate(chosen.items()):
        sizes = nn.gradient_sizes(model, X, y, loss=loss)
        ticks.update(dict.fromkeys(sizes))
        panel.plot(
            list(sizes),
            list(sizes.values()),
            color=several[i % len(several)],
            marker=MARKERS[i % len(MARKERS)],
            linestyle=DASHES[i % len(DASHES)],
            label=name,
        )
    panel.set(xlabel="layer", ylabel="root mean square of the gradient", yscale="log")
    if len(ticks) > 5:
        panel.tick_params(axis="x", rotation=30)
    if len(chosen) > 1:
        legend(panel, look)
    return figure_of([panel])
