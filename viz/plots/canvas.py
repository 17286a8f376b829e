"""Where plots are drawn: a matplotlib figure that shows itself, in the colours of the diagrams."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Literal, get_args

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "plots are drawn by matplotlib, which is not installed: pip install gatewise[plots]", name="matplotlib"
    ) from error

from viz.themes import SEVERAL, THEMES, Theme

__all__ = [
    "DASHES",
    "MARKERS",
    "Axes",
    "Figure",
    "MaxNLocator",
    "Plot",
    "PlotTheme",
    "axes",
    "colours",
    "figure_of",
    "legend",
]

#: Lines are told apart by their dashes and points by their shapes, as well as by colour.
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X")


#: The themes of plots.
PlotTheme = Literal["light", "dark"]


class Plot(Figure):
    """A figure that shows itself in notebooks once, whether or not pyplot is in use; `savefig` writes it."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=144)
        return buffer.getvalue()


def colours(theme: PlotTheme) -> tuple[Theme, tuple[str, ...]]:
    """The theme of that name and its colours for several things; ValueError for another name."""
    if theme not in get_args(PlotTheme):
        raise ValueError(f"a plot's theme is {' or '.join(get_args(PlotTheme))}, but was given {theme!r}")
    return THEMES[theme], SEVERAL[theme]


def axes(ax: Any, theme: Theme, panels: int = 1, size: tuple[float, float] = (5.6, 3.8)) -> list[Axes]:
    """`panels` axes side by side in a new `Plot`, or those that were given, in the theme's colours."""
    if ax is not None:
        if panels != 1:
            raise ValueError(f"this plot has {panels} panels, so it makes its own figure; leave ax out")
        found = [ax]
    else:
        figure = Plot(figsize=(size[0] * panels, size[1]), layout="constrained")
        found = list(figure.subplots(1, panels, squeeze=False)[0])
    for each in found:
        _dress(each, theme)
    return found


def figure_of(panels: Sequence[Axes]) -> Figure:
    """The figure that these axes are in."""
    figure = panels[0].figure
    assert isinstance(figure, Figure)
    return figure


def _dress(ax: Axes, theme: Theme) -> None:
    ax.figure.set_facecolor(theme.background)
    ax.set_facecolor(theme.background)
    ax.tick_params(colors=theme.ink, which="both", labelsize=9)
    for name, spine in ax.spines.items():
        spine.set_color(theme.frame)
        spine.set_visible(name in ("left", "bottom"))
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        text.set_color(theme.ink)
    ax.grid(True, color=theme.frame, alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)


def legend(ax: Axes, theme: Theme, **options: Any) -> None:
    """A legend on the theme's background."""
    ax.legend(facecolor=theme.background, edgecolor=theme.frame, labelcolor=theme.ink, fontsize=9, **options)
