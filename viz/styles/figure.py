"""What a layout places: a figure is a box that draws itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from viz.diagram.model import Node
from viz.layout.layered import Box
from viz.styles.pen import Look, Pen


class Figure(Protocol):
    """What stands in a layout: a box to be placed, which then draws itself with a pen."""

    box: Box

    def draw(self, pen: Pen) -> None: ...


#: Makes a figure of a node; the last argument says whether copies are shown.
FigureOf = Callable[[Node, Look, bool], Figure]


def copy_title(uses: int) -> str:
    """The tooltip of a junction."""
    return f"copy: adder, the gradients of all {uses} uses are added up"
