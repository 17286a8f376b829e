"""How nodes look. A style makes of each node a figure: a box for the layout, which then draws itself."""

from __future__ import annotations

from viz.options import StyleName
from viz.styles.circuit import CircuitFigure
from viz.styles.compact import compact_figure
from viz.styles.figure import FigureOf
from viz.styles.record import record_figure

#: The styles by name: what they make of a node, and the distance they want between nodes.
STYLES: dict[StyleName, tuple[FigureOf, float]] = {
    "circuit": (CircuitFigure, 12.0),
    "compact": (compact_figure, 6.0),
    "record": (record_figure, 12.0),
}
