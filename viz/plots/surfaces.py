"""Plots over two numbers: what a model says everywhere, and a loss with the paths that optimizers took down it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import autograd
import nn
from autograd import Value
from nn.recording import Recording
from viz.plots.canvas import DASHES, MARKERS, Axes, Figure, PlotTheme, axes, colours, figure_of, legend

Array = NDArray[np.float64]
#: A model, or any function from rows (rows, 2) to outputs (rows,) or (rows, outputs).
Model = nn.Module | Callable[[Array], ArrayLike]


def decision_boundary(
    model: Model,
    X: Any,  # noqa: N803
    y: Any = None,
    *,
    resolution: int = 150,
    theme: PlotTheme = "light",
    ax: Any = None,
) -> Figure:
    """What a model of two inputs says everywhere, the line where it changes its mind, and the rows it learned from.

    model: with one output, a probability (its line at ½) or a score (at 0), or with one output for each class. X, y:
    rows (rows, 2) and their classes. Classes differ by shape as well as by colour.

    >>> X, y = nn.data.moons(20, seed=0)
    >>> figure = decision_boundary(nn.MLP(2, [4, 1], output="sigmoid", seed=0), X, y, resolution=20)
    >>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
    ('x.0', 'x.1')
    """
    look, several = colours(theme)
    rows, targets = nn.data.as_table(X, y)
    if rows.shape[1] != 2:
        raise ValueError(f"a decision boundary is drawn over two inputs, but X has {rows.shape[1]} columns")
    (panel,) = axes(ax, look, size=(5.2, 4.4))
    margin = 0.12 * np.ptp(rows, axis=0) + 1e-9
    low, high = rows.min(axis=0) - margin, rows.max(axis=0) + margin
    grid = _grid((low[0], high[0]), (low[1], high[1]), resolution)
    points = np.stack([g.ravel() for g in grid], axis=1)
    outputs = np.asarray(nn.predict(model, points) if isinstance(model, nn.Module) else model(points), dtype=np.float64)
    if outputs.ndim == 1 or outputs.shape[1] == 1:
        _regions_of_score(panel, grid, outputs.reshape(resolution, resolution), several)
    else:
        _regions_of_classes(panel, grid, outputs.T.reshape(-1, resolution, resolution), several)
    classes = targets.argmax(axis=1) if targets.shape[1] > 1 else targets[:, 0]
    for i, label in enumerate(np.unique(classes)):
        mine = rows[classes == label]
        panel.scatter(
            mine[:, 0],
            mine[:, 1],
            s=26,
            color=several[i % len(several)],
            edgecolor=look.background,
            linewidth=0.6,
            marker=MARKERS[i % len(MARKERS)],
            label=f"class {label:g}",
            zorder=3,
        )
    panel.set(xlabel="x.0", ylabel="x.1", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    legend(panel, look, loc="best")
    return figure_of([panel])


def _regions_of_score(ax: Axes, grid: tuple[Array, Array], scores: Array, several: Sequence[str]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    probability = scores.min() >= 0.0 and scores.max() <= 1.0
    middle = 0.5 if probability else 0.0
    reach = 0.5 if probability else max(float(np.abs(scores).max()), 1e-9)
    fade = LinearSegmentedColormap.from_list("fade", [several[0], ax.get_facecolor(), several[1]])
    edges = (grid[0].min(), grid[0].max(), grid[1].min(), grid[1].max())
    ax.imshow(
        scores,
        origin="lower",
        extent=edges,
        aspect="auto",
        interpolation="bilinear",
        cmap=fade,
        vmin=middle - reach,
        vmax=middle + reach,
        alpha=0.45,
        zorder=0,
    )
    if scores.min() < middle < scores.max():
        ax.contour(*grid, scores, levels=[middle], colors=[ax.xaxis.label.get_color()], linewidths=1.6, zorder=2)


def _regions_of_classes(ax: Axes, grid: tuple[Array, Array], outputs: Array, several: Sequence[str]) -> None:
    """Each class where its output (classes, points, points) is the largest: where it leads the best of the others."""
    for k, output in enumerate(outputs):
        lead = output - np.delete(outputs, k, axis=0).max(axis=0)
        if lead.max() > 0.0:
            ax.contourf(*grid, lead, levels=[0.0, np.inf], colors=[several[k % len(several)]], alpha=0.25, zorder=0)
        if lead.min() < 0.0 < lead.max():
            ax.contour(*grid, lead, levels=[0.0], colors=[ax.xaxis.label.get_color()], linewidths=1.2, zorder=2)


def loss_surface(
    function: Callable[[Value, Value], Value],
    x: tuple[float, float],
    y: tuple[float, float],
    paths: Mapping[str, ArrayLike] | None = None,
    *,
    log: bool = True,
    resolution: int = 100,
    names: tuple[str, str] = ("w", "b"),
    theme: PlotTheme = "light",
    ax: Any = None,
) -> Figure:
    """Contours of a loss over two parameters, and on them the paths that optimizers took.

    function: of two Values. x, y: from where to where. paths: name to points (steps + 1, 2), as `nn.descend` gives.
    log: contours at equal ratios, which show the valley floor, in place of equal distances.

    >>> def valley(w, b):
    ...     return w * w + 10.0 * b * b
    >>> path = nn.descend(valley, (1.0, 1.0), nn.optim.SGD(lr=0.02), steps=10)
    >>> figure = loss_surface(valley, (-1.5, 1.5), (-1.5, 1.5), {"SGD": path}, resolution=20)
    >>> figure.axes[0].get_lines()[0].get_label()
    'SGD, 10 steps'
    """
    look, several = colours(theme)
    if resolution < 2 or not (x[0] < x[1] and y[0] < y[1]):
        raise ValueError(
            f"a surface runs from a lower to a higher number, with 2 or more points on a side, but was "
            f"given x={x}, y={y}, resolution={resolution}"
        )
    (panel,) = axes(ax, look, size=(5.6, 4.4))
    grid = _grid(x, y, resolution)
    heights = _heights(function, np.stack([g.ravel() for g in grid], axis=1)).reshape(grid[0].shape)
    finite = heights[np.isfinite(heights)]
    if not finite.size:
        raise ValueError("the function has no finite value anywhere in this range")
    low, high = float(finite.min()), float(finite.max())
    if log:
        drop = max(high - low, 1e-12)
        levels = low + drop * np.geomspace(1e-4, 1.0, 22)
    else:
        levels = np.linspace(low, high + 1e-12, 22)
    shade = "Blues" if theme == "light" else "bone"
    panel.contourf(*grid, heights, levels=[low - 1e-12, *levels], cmap=shade, norm=_by_rank(levels, low), alpha=0.55)
    panel.contour(*grid, heights, levels=levels, colors=[look.frame], linewidths=0.5)
    for i, (name, points) in enumerate((paths or {}).items()):
        way = np.asarray(points, dtype=np.float64)
        if way.ndim != 2 or way.shape[1] != 2:
            raise ValueError(f"a path is an array of points (steps + 1, 2), but {name!r} has the shape {way.shape}")
        colour = several[(i + 1) % len(several)]
        panel.plot(
            way[:, 0],
            way[:, 1],
            color=colour,
            linestyle=DASHES[i % len(DASHES)],
            linewidth=1.6,
            marker=MARKERS[i % len(MARKERS)],
            markersize=4,
            markevery=max(len(way) // 20, 1),
            label=f"{name}, {len(way) - 1} steps",
        )
        panel.plot(*way[-1], marker="*", color=colour, markersize=12, markeredgecolor=look.background, zorder=4)
    panel.set(xlabel=names[0], ylabel=names[1], xlim=x, ylim=y)
    panel.grid(False)
    if paths:
        legend(panel, look, loc="best")
    return figure_of([panel])


def _by_rank(levels: Array, low: float) -> Any:
    from matplotlib.colors import BoundaryNorm

    return BoundaryNorm([low - 1e-12, *levels], 256)


def _heights(function: Callable[[Value, Value], Value], points: Array) -> Array:
    """The function at every point (points, 2); NaN where it has no value."""
    middle = points[len(points) // 2 :]  # where it is likelier to have one than at the edge
    recording = Recording(lambda point: function(*point), middle, 2, warn=False)
    try:
        return recording.outputs(points)[:, 0]
    except autograd.DomainError:
        return np.array([_height(recording, point) for point in points])


def _height(recording: Recording, point: Array) -> float:
    try:
        return float(recording.outputs(point[None])[0, 0])
    except autograd.DomainError:
        return math.nan


def _grid(x: tuple[float, float], y: tuple[float, float], resolution: int) -> tuple[Array, Array]:
    across, up = np.meshgrid(np.linspace(*x, resolution), np.linspace(*y, resolution))
    return across, up
