"""What a layout places: a figure is a box that draws itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from viz.diagram.model import Net, Node
from viz.layout.boxes import Box
from viz.styles.pen import Look, Pen


class Figure(Protocol):
    """What stands in a layout: a box to be placed, which then draws itself with a pen."""

    box: Box

    def draw(self, pen: Pen) -> None: ...


#: Makes a figure of a node; the last argument says whether copies are shown.
FigureOf = Callable[[Node, Look, bool], Figure]


def copy_title(net: Net) -> str:
    """The tooltip of a junction. A wire into a box may stand for several uses inside."""
    uses = sum(max(len(wire.uses), 1) for wire in net.wires)
    return f"copy: adder, the gradients of all {uses} uses are added up"
