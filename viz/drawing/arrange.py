"""From a diagram to a scene: each frame is laid out by itself and then placed as one box in the frame around it.

So frames never overlap, nothing that does not belong to a frame stands in it, and a value that is used several times
inside a frame enters it once and branches there. Frames are worked off from the inside out, without recursion.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd.formula import sum_in_order
from viz.diagram.model import Diagram, Frame, Net, Node, Wire
from viz.drawing.levels import Level, Port, frames_around, in_order, levels
from viz.layout.boxes import LISTED, Box, Link
from viz.layout.layered import layered
from viz.output.scene import Scene, Shape
from viz.styles.figure import FigureOf, copy_title
from viz.styles.pen import CLEAR, Label, Look, Pen, exactly, label, number_label

#: Room between a frame and what is inside it, and for its name.
INSIDE, HEADING = 12.0, 20.0
#: In diagrams of more nodes than this, less time is spent on finding the order with the fewest crossings.
THOROUGH = 500


class FrameFigure:
    """A frame whose inside is laid out already, as one box. Its reference point is where it ends."""

    def __init__(self, level: Level, look: Look, copies: bool, entering: dict[Net, list[Wire]]) -> None:
        frame = level.frame
        assert frame is not None
        self.level, self.look, self.frame = level, look, frame
        self.name: Label = label("frame", frame.name)
        self.sums = [self._sum(net, entering[net], copies) for net in level.entrances]
        extents = [part.extent(look) for part in self.sums if part]
        self.lane = max((along for along, _ in extents), default=0.0) + (10.0 if extents else 0.0)
        inside = level.layout
        start, top = (INSIDE, HEADING + 6.0) if look.horizontal else (HEADING + 6.0, INSIDE)
        self.start, self.top = start, top
        places = [f.box.across for f in level.figures if isinstance(f, Port)]
        entrances = len(level.entrances)
        self.name_at = INSIDE
        if not look.horizontal:
            self.name_at = _free_room(sorted(places[:entrances]), self.name.width + INSIDE, top)
        wide = self.name_at + self.name.width + INSIDE
        length, breadth = inside.length + start + INSIDE, inside.breadth + top + INSIDE
        self.length, self.breadth = (max(length, wide), breadth) if look.horizontal else (length, max(breadth, wide))
        half = self.breadth / 2
        places = [place + top - half for place in places]
        self.box = Box(self.length + self.lane, 0.0, half, half, places[:entrances], places[entrances:])

    def _sum(self, net: Net, wires: Sequence[Wire], copies: bool) -> Label | None:
        """The gradient that leaves the frame on this net, where it branches inside and is used outside too."""
        here = sum_in_order(w.amount for w in wires if w.amount is not None)
        if not copies or len(wires) < 2 or len(wires) == len(net.wires) or wires[0].amount is None:
            return None
        return number_label("contribution", here, self.look)

    def origin(self) -> tuple[float, float]:
        """Where the (0, 0) of its inside lies."""
        return self.box.along - self.length + self.start, self.box.across - self.breadth / 2 + self.top

    def draw(self, pen: Pen) -> None:
        box, look = self.box, self.look
        u, v = pen.point(box.along - self.length / 2, box.across)
        size = (self.length, self.breadth) if look.horizontal else (self.breadth, self.length)
        pen.scene.shapes.append(frame_shape(self.frame, u, v, *size))
        left, top = (box.along - self.length, box.across - self.breadth / 2)
        name = self.name
        if look.horizontal:
            pen.text(name, left + INSIDE + name.width / 2, top + 4 + name.height / 2, node=self.frame.key)
        else:
            pen.text(name, left + 4 + name.height / 2, top + self.name_at + name.width / 2, node=self.frame.key)
        level = self.level
        border, inner = box.along - self.length, self.origin()[0]
        for net, place, total in zip(level.entrances, box.ins, self.sums, strict=True):
            wires = [w for w in net.wires if _inside(w.target, self.frame)]
            at = box.across + place
            pale = all(look.pale(w.key) for w in wires)
            pen.path([((border - self.lane, at),), ((inner, at),)], net, wires, look.net_width(net), pale)
            if total:
                along, across = total.extent(look)
                pen.text(
                    total,
                    border - 6 - along / 2,
                    at + CLEAR + across / 2,
                    node=net.key,
                    wires=tuple(w.key for w in wires),
                    pale=pale,
                    title=exactly(sum_in_order(w.amount or 0.0 for w in wires)),
                )
        for net, place in zip(level.exits, box.outs, strict=True):
            at = box.across + place
            end = self.origin()[0] + level.layout.length
            pen.path([((end, at),), ((box.along, at),)], net, net.wires, look.net_width(net), look.pale(net.source.key))


def frame_shape(frame: Frame, x: float, y: float, width: float, height: float) -> Shape:
    """The border of a frame around (x, y)."""
    return Shape(
        form="rectangle",
        kind="frame",
        x=x,
        y=y,
        width=width,
        height=height,
        node=frame.key,
        corner=10.0,
        title=frame.title,
    )


def _free_room(places: Sequence[float], width: float, margin: float) -> float:
    """How far from the frame's edge a text of that width fits between the wires that enter at the given places."""
    last = -margin
    for place in places:
        if place - last >= width:
            break
        last = place
    return last + margin + INSIDE / 2


def _inside(node: Node, frame: Frame) -> bool:
    around = node.frame
    while around is not None and around is not frame:
        around = around.parent
    return around is frame


def arrange(diagram: Diagram, look: Look, figure: FigureOf, spacing: float = 12.0) -> Scene:
    """Lay the diagram out with the built-in layout and draw it, each node as the `figure` of a style."""
    scene = Scene(title=diagram.title, description=diagram.description)
    found = levels(diagram)
    nodes = {node.key: node for node in diagram.nodes}
    rank = {node.key: i for i, node in enumerate(diagram.nodes)}
    for node in reversed(diagram.nodes):
        for frame in frames_around(node.frame)[1:]:
            if frame is not None:
                rank[frame.key] = rank[node.key]
    finished: dict[str, FrameFigure] = {}
    for frame in (*reversed(diagram.frames), None):
        level = found[frame]
        index: dict[str, int] = {}
        for net in level.entrances:
            index[f"entrance {net.key}"] = len(level.figures)
            level.figures.append(Port(-1))
        for key in in_order(level, rank):
            index[key] = len(level.figures)
            level.figures.append(finished[key] if key in finished else figure(nodes[key], look, diagram.copies))
        for net in level.exits:
            index[f"exit {net.key}"] = len(level.figures)
            level.figures.append(Port(1))
        for source, net, target, slot in level.links:
            if source in nodes:
                out = net.source.nets.index(net)
            else:
                out = finished[source].level.exits.index(net) if source in finished else 0
            if isinstance(slot, Net):
                slot = finished[target].level.entrances.index(net) if target in finished else 0
            level.joints.append(Link(index[source], out, index[target], slot))
        level.layout = layered([f.box for f in level.figures], level.joints, spacing, len(diagram.nodes) <= THOROUGH)
        scene.crossings += level.layout.crossings
        scene.stations += level.layout.stations
        if frame is not None:
            entering: dict[Net, list[Wire]] = {net: [] for net in level.entrances}
            for (source, net, _, _), wires in zip(level.links, level.wires, strict=True):
                if source == f"entrance {net.key}":
                    entering[net] += wires
            finished[frame.key] = FrameFigure(level, look, diagram.copies, entering)
    _draw(found[None], Pen(scene, look), diagram.copies)
    return scene


def _draw(root: Level, pen: Pen, copies: bool) -> None:
    stack: list[tuple[Level, float, float]] = [(root, 0.0, 0.0)]
    while stack:
        level, du, dv = stack.pop()
        pen.du, pen.dv = du, dv
        look = pen.look
        for figure in level.figures:
            figure.draw(pen)
            if isinstance(figure, FrameFigure):
                u, v = figure.origin()
                stack.append((figure.level, du + u, dv + v))
        nets: dict[tuple[int, int], Net] = {
            (joint.source, joint.out): link[1] for joint, link in zip(level.joints, level.links, strict=True)
        }
        for piece in level.layout.pieces:
            net = nets[piece.source, piece.out]
            wires = [wire for link in piece.links for wire in level.wires[link][:LISTED]]
            width = look.wire_width(wires[0]) if len(wires) == 1 else look.net_width(net)
            pen.path(piece.path, net, wires, width, all(look.pale(w.key) for w in wires))
        if copies:
            for source, out, u, v in level.layout.junctions:
                net = nets[source, out]
                if net.several:
                    continue
                pen.dot(u, v, net, copy_title(net), look.pale(net.source.key))
