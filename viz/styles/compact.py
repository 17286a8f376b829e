"""The compact style, for large graphs: small gates, names of leaves, no numbers; these are in the tooltips."""

from __future__ import annotations

from math import sqrt

from viz.diagram.model import Node
from viz.layout.boxes import Box
from viz.styles.circuit import CircuitFigure
from viz.styles.pen import Look, Pen, label

#: Radius of a gate; font sizes of its symbol, of one that is a word, and of a leaf's name; distance between lanes.
_RADIUS, _SYMBOL, _WORD, _NAME, _PITCH = 9.0, 12.0, 8.0, 10.0, 6.0


class CompactFigure:
    """A small circle or a small box. Its reference point is where its wire leaves it."""

    def __init__(self, node: Node, look: Look) -> None:
        self.node, self.look = node, look
        self.round = node.kind == "gate"
        self.label = label(
            "symbol" if self.round else "label",
            node.text,
            size=(_SYMBOL if len(node.text) < 3 else _WORD) if self.round else _NAME,
        )
        if self.round:
            size = max(2 * _RADIUS, self.label.width + 6.0)
            self.along = self.across = size
        else:
            width = max(self.label.width + 8.0, 16.0)
            self.along, self.across = (width, 16.0) if look.horizontal else (16.0, width)
        count = len(node.inputs)
        self.ring = 3.0 if node.output else 0.0
        pitch = min(_PITCH, 0.8 * self.across / (count - 1)) if count > 1 else 0.0
        self.offsets = [(i - (count - 1) / 2) * pitch for i in range(count)]
        half = self.across / 2 + self.ring
        self.box = Box(
            self.along + 2 * self.ring,
            0.0,
            half,
            half,
            self.offsets,
            flexible=node.flexible,
            swappable=node.swappable,
        )

    def draw(self, pen: Pen) -> None:
        node, look = self.node, self.look
        u, v = self.box.along, self.box.across
        centre, radius = u - self.along / 2 - self.ring, self.along / 2
        for i, wire in enumerate(node.inputs):
            at = self.offsets[self.box.lanes[i]]
            reach = radius + self.ring
            touch = centre - sqrt(reach * reach - at * at)
            line = [((u - self.along - 2 * self.ring, v + at),), ((touch, v + at),)]
            pen.path(line, wire.net, (wire,), look.wire_width(wire), look.pale(wire.key))
        if self.round:
            pen.circle(centre, v, radius, node, ring=self.ring)
        else:
            pen.rectangle(centre, v, self.along, self.across, node, corner=5.0, ring=self.ring)
        pen.text(self.label, centre, v, node=node.key, pale=look.pale(node.key))


def compact_figure(node: Node, look: Look, copies: bool) -> CompactFigure | CircuitFigure:
    """A small figure for one Value; the circuit style for boxes that stand for several."""
    return CircuitFigure(node, look, copies) if node.value is None else CompactFigure(node, look)
