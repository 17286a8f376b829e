"""The insides of frames: which nodes and wires of a diagram belong to each, and where wires cross its border."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from viz.diagram.model import Diagram, Frame, Net, Node, Wire
from viz.layout.boxes import Box, Layout, Link
from viz.styles.figure import Figure
from viz.styles.pen import Pen


class Port:
    """Where a net crosses the border of a frame, seen from inside."""

    def __init__(self, pin: int) -> None:
        self.box = Box(0.0, 0.0, 5.0, 5.0, ins=(0.0,) if pin > 0 else (), outs=(0.0,), pin=pin)

    def draw(self, pen: Pen) -> None:
        """Nothing: a port is only a place where a wire crosses."""


class Level:
    """The inside of one frame (or of the whole diagram): its figures and the wires between them."""

    def __init__(self, frame: Frame | None) -> None:
        self.frame = frame
        self.keys: list[str] = []
        self.index: dict[str, int] = {}
        self.ends: dict[tuple[str, Net, int | str], int] = {}
        self.links: list[tuple[str, Net, str, Net | int]] = []
        self.wires: list[list[Wire]] = []
        self.entrances: list[Net] = []
        self.exits: list[Net] = []
        self.figures: list[Figure] = []
        self.joints: list[Link] = []
        self.layout = Layout([], [], 0.0, 0.0)

    def join(self, source: str, target: str, slot: Net | int, wire: Wire) -> None:
        """Add `wire` from one item to another. Wires of one net into the same frame share one line."""
        key = (target, wire.net, "" if isinstance(slot, Net) else slot)
        known = self.ends.get(key)
        if known is None:
            self.ends[key] = len(self.links)
            self.links.append((source, wire.net, target, slot))
            self.wires.append([wire])
        else:
            self.wires[known].append(wire)


def frames_around(frame: Frame | None) -> list[Frame | None]:
    """The frames around something, from the whole diagram (None) inwards."""
    chain: list[Frame | None] = []
    while frame is not None:
        chain.append(frame)
        frame = frame.parent
    return [None, *reversed(chain)]


def _item(chain: Sequence[Frame | None], depth: int, node: Node) -> str:
    """What stands for `node` at that depth: a frame around it, or itself."""
    frame = chain[depth + 1] if depth + 1 < len(chain) else None
    return frame.key if frame is not None else node.key


def levels(diagram: Diagram) -> dict[Frame | None, Level]:
    """Sort nodes and wires into the frames they run through."""
    found: dict[Frame | None, Level] = {None: Level(None)}
    for frame in diagram.frames:
        found[frame] = Level(frame)
        found[frame.parent].keys.append(frame.key)
    for node in diagram.nodes:
        found[node.frame].keys.append(node.key)
    for wire in diagram.wires:
        net = wire.net
        out, into = frames_around(net.source.frame), frames_around(wire.target.frame)
        common = 0
        while common + 1 < min(len(out), len(into)) and out[common + 1] is into[common + 1]:
            common += 1
        for depth in range(len(out) - 1, common, -1):
            level = found[out[depth]]
            level.join(_item(out, depth, net.source), f"exit {net.key}", net, wire)
            if net not in level.exits:
                level.exits.append(net)
        last = common == len(into) - 1
        found[into[common]].join(
            _item(out, common, net.source), _item(into, common, wire.target), wire.operand if last else net, wire
        )
        for depth in range(common + 1, len(into)):
            level = found[into[depth]]
            if net not in level.entrances:
                level.entrances.append(net)
            last = depth == len(into) - 1
            level.join(f"entrance {net.key}", _item(into, depth, wire.target), wire.operand if last else net, wire)
    return found


def in_order(level: Level, rank: dict[str, int]) -> list[str]:
    """The items of a level in a topological order; where that leaves a choice, in the order of the diagram."""
    waiting = dict.fromkeys(level.keys, 0)
    after: dict[str, list[str]] = {key: [] for key in level.keys}
    for source, _, target, _ in level.links:
        if source in waiting and target in waiting:
            waiting[target] += 1
            after[source].append(target)
    ready = [(rank[key], key) for key in level.keys if not waiting[key]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, key = heapq.heappop(ready)
        order.append(key)
        for target in after[key]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, (rank[target], target))
    if len(order) < len(level.keys):
        raise ValueError("the frames of this diagram feed each other in a circle and cannot be laid out as boxes")
    return order
