"""The record style, for those who come from micrograd: a box for each value with its name, data and gradient.

A gate is its circle, then the box of its value; no numbers stand on wires but the local derivatives and contributions.
"""

from __future__ import annotations

from viz.diagram.model import Node
from viz.layout.boxes import Box
from viz.styles.circuit import DOUBLE, RADIUS, WORD, CircuitFigure, Lanes
from viz.styles.pen import Label, Look, Pen, exactly, label, number_label

#: Room beside a text in its cell, height of a cell, lengths of the wires from circle to box and out of the box.
_PAD, _HEIGHT, _LINK, _OUT = 8.0, 24.0, 14.0, 9.0


class RecordFigure:
    """A leaf as a box of cells; a gate as a circle and the box of its value."""

    def __init__(self, node: Node, look: Look, copies: bool) -> None:
        self.node, self.look = node, look
        net = node.nets[0]
        self.cells: list[tuple[Label, str]] = []
        name = net.name if node.kind == "gate" else node.text if node.kind == "leaf" else ""
        if name:
            self.cells.append((label("name", name), name))
        number = node.value.data if node.value is not None else None
        for role, word, x in (("value", "data", number), ("gradient", "grad", net.grad)):
            part = number_label(role, x, look, f"{word} ")  # type: ignore[arg-type]
            if part is not None:
                self.cells.append((part, exactly(x)))
        self.width = max(sum(cell.width + 2 * _PAD for cell, _ in self.cells), 40.0)
        self.along = self.width if look.horizontal else _HEIGHT
        self.across = _HEIGHT if look.horizontal else self.width
        self.round = node.kind == "gate"
        self.symbol = label("symbol", node.text, size=WORD if len(node.text) > 1 else 0.0)
        self.radius = max(RADIUS, self.symbol.width / 2 + 4.0) - 3.0
        self.lanes = Lanes(node, look, copies, self.radius)
        self.ring = DOUBLE if node.output else 0.0
        before = self.along + 2 * self.ring
        if self.round:
            before += _LINK + 2 * self.radius + self.lanes.length
        half = max(self.across / 2 + self.ring, self.radius if self.round else 0.0)
        self.box = Box(
            before,
            _OUT,
            max(half, self.lanes.above),
            max(half, self.lanes.below),
            self.lanes.offsets,
            flexible=node.flexible,
            swappable=node.swappable,
        )

    def draw(self, pen: Pen) -> None:
        node, look = self.node, self.look
        u, v = self.box.along, self.box.across
        pale = look.pale(node.key)
        start = u - self.along - 2 * self.ring
        middle = u - self.along / 2 - self.ring
        if self.round:
            centre = start - _LINK - self.radius
            self.lanes.draw(pen, centre, v, self.box.lanes, self.box.swapped)
            pen.path(
                [((centre + self.radius, v),), ((start, v),)], node.nets[0], (), look.net_width(node.nets[0]), pale
            )
            pen.circle(centre, v, self.radius, node)
            pen.text(self.symbol, centre, v, node=node.key, pale=pale)
        if node.nets[0].wires:
            pen.path([((u, v),), ((u + _OUT, v),)], node.nets[0], (), look.net_width(node.nets[0]), pale)
        pen.rectangle(middle, v, self.along, self.across, node, 3.0, self.ring)
        x, y = pen.point(middle, v)
        scale = self.width / sum(cell.width + 2 * _PAD for cell, _ in self.cells)
        at = x - self.width / 2
        for i, (cell, exact) in enumerate(self.cells):
            room = (cell.width + 2 * _PAD) * scale
            pen.text_at(cell, at + room / 2, y, node=node.key, title=exact, pale=pale)
            at += room
            if i + 1 < len(self.cells):
                pen.rule(at, y - _HEIGHT / 2, y + _HEIGHT / 2, pale)


def record_figure(node: Node, look: Look, copies: bool) -> RecordFigure | CircuitFigure:
    """A record for one Value; the circuit style for anything else."""
    return CircuitFigure(node, look, copies) if node.value is None else RecordFigure(node, look, copies)
