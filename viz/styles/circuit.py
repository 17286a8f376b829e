"""The circuit style, after the figures of Stanford's CS231n: round gates, numbers on the wires.

A figure is a node with everything that belongs to it: its operands' *lanes* (where local derivatives and contributions
stand), its body, and the *trunk*, the first stretch of the wire that leaves it (where value and gradient stand). The
layout keeps figures apart, so their texts cannot meet.
"""

from __future__ import annotations

from math import sqrt

from viz.diagram.model import Net, Node, Wire
from viz.layout.boxes import Box
from viz.styles.pen import CLEAR, Label, Look, Pen, exactly, label, number_label
from viz.text.numbers import span

RADIUS = 18.0
#: A second border lies this far outside the first.
DOUBLE = 4.0
#: Font size of symbols that are words, so that they fit the circle.
WORD = 13.0
#: Room before and after the texts on a trunk or lane.
PAD = 6.0
#: Room between a name and its value.
NAME_GAP = 6.0
#: What operands are called in a gate's formula.
OPERANDS = ("a", "b", "c")


def shows_contribution(wire: Wire, copies: bool) -> bool:
    """Whether a wire shows its contribution: only where copies branch is it not the value's whole gradient."""
    return copies and wire.amount is not None and wire.net.copied


def operand_name(node: Node, operand: int) -> str:
    """What an operand is called in its gate's formula, ``a:``, ``b:``, ``c:``; of more than three, its number.

    The colon keeps it from being read as a factor: ``b: ×−1``."""
    return f"{OPERANDS[operand] if len(node.inputs) <= len(OPERANDS) else operand + 1}:"


class Trunk:
    """The texts on the wire that leaves a node: its name and value on one side, its gradient on the other."""

    def __init__(self, net: Net, look: Look) -> None:
        self.net, self.look = net, look
        self.name = label("name", f"{net.name} =" if net.data is not None else net.name) if net.name else None
        self.value = label("value", net.text) if net.text else number_label("value", net.data, look)
        self.gradient = number_label("gradient", net.grad, look)
        if net.spans[1]:
            self.gradient = label("gradient", span(*net.spans[1], look.number))
        first = [part for part in (self.name, self.value) if part]
        self.top_width = sum(part.width for part in first) + NAME_GAP * (len(first) - 1) if first else 0.0
        self.top_height = max((part.height for part in first), default=0.0)
        bottom = (self.gradient.width, self.gradient.height) if self.gradient else (0.0, 0.0)
        if look.horizontal:
            room, (self.above, self.below) = max(self.top_width, bottom[0]), (self.top_height, bottom[1])
        else:
            room, (self.above, self.below) = max(self.top_height, bottom[1]), (self.top_width, bottom[0])
        self.above += CLEAR if self.above else 0.0
        self.below += CLEAR if self.below else 0.0
        self.length = room + 2 * PAD if room else 0.0
        if not net.wires:
            self.length = max(self.length, 12.0)

    def draw(self, pen: Pen, u: float, v: float, length: float) -> None:
        """Draw the wire from (u, v) on, `length` long, as the longest trunk of the node is, with its texts."""
        net, look = self.net, self.look
        pale = look.pale(net.source.key)
        if length:
            pen.path([((u, v),), ((u + length, v),)], net, (), look.net_width(net), pale, net.title)
        middle = u + self.length / 2
        key = net.key
        if look.horizontal:
            at, row = middle - self.top_width / 2, v - CLEAR - self.top_height / 2
            for part in (self.name, self.value):
                if part:
                    pen.text(part, at + part.width / 2, row, node=key, title=exactly(net.data), pale=pale)
                    at += part.width + NAME_GAP
            if self.gradient:
                row = v + CLEAR + self.gradient.height / 2
                pen.text(self.gradient, middle, row, node=key, title=exactly(net.grad), pale=pale)
        else:
            at = v - CLEAR - self.top_width
            for part in (self.name, self.value):
                if part:
                    pen.text(part, middle, at + part.width / 2, node=key, title=exactly(net.data), pale=pale)
                    at += part.width + NAME_GAP
            if self.gradient:
                at = v + CLEAR + self.gradient.width / 2
                pen.text(self.gradient, middle, at, node=key, title=exactly(net.grad), pale=pale)


class Lanes:
    """Where the operands arrive: one lane for each, with ×local on one side and the contribution on the other."""

    def __init__(self, node: Node, look: Look, copies: bool, radius: float) -> None:
        self.node, self.look, self.radius = node, look, radius
        self.locals: list[Label | None] = []
        self.contributions: list[Label | None] = []
        for wire in node.inputs:
            self.locals.append(number_label("local", wire.local, look, "×") if look.local else None)
            shown = shows_contribution(wire, copies)
            self.contributions.append(number_label("contribution", wire.amount, look) if shown else None)
        # Operands that do not commute say which they are, where they had to change places.
        self.marks = [] if node.flexible else [label("operand", operand_name(node, i)) for i in range(len(node.inputs))]
        extents = [[part.extent(look) for part in side if part] for side in (self.locals, self.contributions)]
        above, below = (max((across + CLEAR for _, across in side), default=0.0) for side in extents)
        room = max((along for side in extents for along, _ in side), default=0.0)
        for mark in self.marks:
            along, beside = mark.extent(look)
            room = room + along + 5.0 if look.horizontal else max(room, along)
            above = max(above, beside + CLEAR) if look.horizontal else above + beside + 3.0
            break
        count = len(node.inputs)
        self.pitch = max(above + below + 2.0, 14.0)
        self.offsets = [(i - (count - 1) / 2) * self.pitch for i in range(count)]
        spread = self.offsets[-1] if count else 0.0
        self.above, self.below = spread + above, spread + below
        curved = spread > 0.9 * radius and node.kind == "gate"
        self.fan = min(max(0.5 * spread, 12.0), 70.0) if curved else 0.0
        self.straight = (room + 2 * PAD - 2.0 if room else 8.0) if count else 0.0
        self.length = self.straight + self.fan

    def draw(self, pen: Pen, u: float, v: float, lanes: list[int], swapped: bool = False) -> None:
        """Draw the lanes up to the circle whose centre is at (u, v), with their texts."""
        look, radius = self.look, self.radius
        start = u - radius - self.length
        spread = max(self.offsets, default=0.0)
        for i, wire in enumerate(self.node.inputs):
            offset = self.offsets[lanes[i]]
            pale = look.pale(wire.key)
            rim = offset * 0.8 * radius / spread if self.fan else offset
            touch = u - sqrt(radius * radius - rim * rim)
            path: list[tuple[tuple[float, float], ...]] = [((start, v + offset),)]
            if self.fan:
                bend = start + self.straight
                half = (bend + touch) / 2
                path += [((bend, v + offset),), ((half, v + offset), (half, v + rim), (touch, v + rim))]
            else:
                path += [((touch, v + offset),)]
            pen.path(path, wire.net, (wire,), look.wire_width(wire), pale)
        self.write(pen, start, v, lanes, swapped)

    def write(self, pen: Pen, start: float, v: float, lanes: list[int], swapped: bool = False) -> None:
        """Write the texts of lanes that begin at `start`."""
        look = self.look
        for i, wire in enumerate(self.node.inputs):
            offset, pale = self.offsets[lanes[i]], look.pale(wire.key)
            middle = start + self.straight / 2 + 1.0
            local = self.locals[i]
            if swapped:
                mark = self.marks[i]
                beside = mark.extent(look)[1] / 2
                if look.horizontal:
                    at = (middle - (local.width / 2 + 1.0 if local else 0.0), v + offset - CLEAR - beside)
                    middle += mark.width / 2 + 3.0
                else:
                    at = (middle, v + offset - CLEAR - (local.width + 3.0 if local else 0.0) - beside)
                pen.text(mark, *at, node=self.node.key, wires=(wire.key,), pale=pale)
            for part, side in ((local, -1), (self.contributions[i], 1)):
                if part:
                    across = v + offset + side * (CLEAR + part.extent(look)[1] / 2)
                    exact = exactly(wire.local if side < 0 else wire.amount)
                    key = self.node.key
                    pen.text(part, middle, across, node=key, wires=(wire.key,), title=exact, pale=pale)


class CircuitFigure:
    """A node of the circuit style. Its reference point is where its trunk leaves its body."""

    def __init__(self, node: Node, look: Look, copies: bool) -> None:
        self.node, self.look = node, look
        self.round = node.kind == "gate"
        words = self.round and len(node.text) > 1
        self.label = label("symbol" if self.round else "label", node.text, size=WORD if words else 0.0)
        rows = [self.label, *(label("line", line) for line in node.lines)]
        self.rows = rows
        width = max(row.width for row in rows) + 20.0
        height = max(sum(row.height for row in rows) + 10.0, 28.0)
        if self.round and width <= 4 * RADIUS:
            self.along = self.across = max(2 * RADIUS, width - 14.0)
        else:
            self.round = False
            width, height = max(width, 36.0), max(height, 28.0)
            self.along, self.across = (width, height) if look.horizontal else (height, width)
        ring = DOUBLE if node.output else 0.0
        self.ring = ring
        radius = self.along / 2 + ring if self.round else 0.0
        self.lanes = Lanes(node, look, copies, radius or self.across)
        self.trunks = [Trunk(net, look) for net in node.nets]
        outs, above, below = self._outs()
        if not self.round and node.inputs:
            self.across = max(self.across, self.lanes.above + self.lanes.below, above + below)
        half = self.across / 2 + ring
        reach = self.along + 2 * ring + self.lanes.length
        self.box = Box(
            before=reach,
            after=max((trunk.length for trunk in self.trunks), default=0.0),
            above=max(half, self.lanes.above, above),
            below=max(half, self.lanes.below, below),
            ins=self.lanes.offsets,
            outs=outs,
            flexible=node.flexible,
            swappable=node.swappable,
        )

    def _outs(self) -> tuple[list[float], float, float]:
        """Where the nets leave, stacked around the middle, and how far they reach to both sides."""
        if len(self.trunks) == 1:
            return [0.0], self.trunks[0].above, self.trunks[0].below
        outs, at = [], 0.0
        for trunk in self.trunks:
            outs.append(at + trunk.above)
            at += trunk.above + trunk.below + 6.0
        half = (at - 6.0) / 2
        return [out - half for out in outs], half, half

    def draw(self, pen: Pen) -> None:
        box, node = self.box, self.node
        u, v = box.along, box.across
        centre = u - self.along / 2 - self.ring
        if self.round:
            self.lanes.draw(pen, centre, v, box.lanes, box.swapped)
            pen.circle(centre, v, self.along / 2, node, self.ring)
        else:
            self._flat_lanes(pen, u - self.along - 2 * self.ring, v)
            corner = 4.0 if node.kind == "box" else 8.0
            pen.rectangle(centre, v, self.along, self.across, node, corner, self.ring)
        self._rows(pen, centre, v)
        for trunk, out in zip(self.trunks, box.outs, strict=True):
            trunk.draw(pen, u, v + out, box.after)

    def _flat_lanes(self, pen: Pen, edge: float, v: float) -> None:
        """Lanes that run straight into the side of a box."""
        for i, wire in enumerate(self.node.inputs):
            at = v + self.lanes.offsets[self.box.lanes[i]]
            look = self.look
            start = edge - self.lanes.length
            pen.path([((start, at),), ((edge, at),)], wire.net, (wire,), look.wire_width(wire), look.pale(wire.key))
        self.lanes.write(pen, edge - self.lanes.length, v, self.box.lanes)

    def _rows(self, pen: Pen, u: float, v: float) -> None:
        pale = self.look.pale(self.node.key)
        total = sum(row.height for row in self.rows)
        at = -total / 2
        for row in self.rows:
            offset = at + row.height / 2
            place = (u, v + offset) if self.look.horizontal else (u + offset, v)
            full = self.node.text if row.text != self.node.text and row is self.label else ""
            pen.text(row, *place, node=self.node.key, title=full, pale=pale)
            at += row.height
