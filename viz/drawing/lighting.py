"""A placed scene seen at one step of a pass: what has been reached has its numbers, and the gate of the step is lit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import hypot
from typing import Literal

from viz.diagram.model import Diagram, Net, Node, Wire
from viz.output.scene import Lit, Path, Point, Scene, Shape, Text
from viz.styles.measure import text_width
from viz.styles.pen import BOLD, Look, exactly

#: The opacity of what has not been reached.
_FADED = 0.42
#: Width of a lit wire; length and half the width of the head at its end.
_THICK, _LENGTH, _HALF = 3.5, 10.0, 4.75
#: How far the tint behind a number, and the bead around a local derivative, reach beyond its text.
_BESIDE, _ABOVE = 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the inputs, a node's value, the seed, or what a node's gradient passes on. node: the key of the node
    that takes its turn; empty for the inputs."""

    kind: Literal["inputs", "value", "seed", "gradient"]
    node: str = ""

    @property
    def lit(self) -> Lit:
        """In whose colour it is lit."""
        return "" if self.kind == "inputs" else "value" if self.kind == "value" else "gradient"


def seen_at(step: Step, scene: Scene, whole: Diagram, now: Diagram, look: Look) -> Scene:
    """The scene of `whole` at a step: with the numbers of `now`, which is the same diagram without what isn't known."""
    source = {net.key: net.source.key for net in now.nets}
    titles = {node.key: node.title for node in now.nodes}
    notes = {net.key: net.title for net in now.nets}

    def pale(key: str) -> bool:
        return source.get(key, key) in now.unknown

    light = _Light(step, now)
    paths = [
        replace(path, pale=pale(path.net), title=path.title and notes.get(path.net, path.title)) for path in scene.paths
    ]
    shapes = [
        replace(shape, pale=pale(shape.node))
        if shape.kind == "copy"
        else replace(
            shape,
            pale=pale(shape.node),
            title=titles.get(shape.node, shape.title),
            lit=step.lit if shape.node == step.node else "",
        )
        for shape in scene.shapes
    ]
    texts = [replace(text, pale=pale(text.node)) for text in _known(scene.texts, whole, now, look)]
    return replace(
        scene,
        description=now.description,
        paths=[*(path for path in paths if not light.on(path)), *light.wires_of(paths, scene.shapes)],
        shapes=[*shapes, *light.behind(texts)],
        texts=texts,
        faded=_FADED,
    )


def _known(texts: Iterable[Text], whole: Diagram, now: Diagram, look: Look) -> Iterator[Text]:
    """The texts without the numbers that are not known yet; a gradient as it is so far."""
    finals = {net.key: net.grad for net in whole.nets}
    nets = {net.key: net for net in now.nets}
    wires = {wire.key: wire for wire in now.wires}
    for text in texts:
        if text.role in ("value", "name") and text.node in nets and nets[text.node].source.key in now.unknown:
            if text.role == "value":
                continue
            text = replace(text, title="")
        if text.role == "local" and all(wires[key].local is None for key in text.wires):
            continue
        if text.role == "contribution" and any(wires[key].amount is None for key in text.wires):
            continue
        if text.role == "gradient":
            net, final = nets[text.node], finals[text.node]
            if net.grad is None and net.spans[1] is None:
                continue
            if net.grad is not None and final is not None:
                text = _rewritten(text, look.number(final), look.number(net.grad), net.grad)
        yield text


def _rewritten(text: Text, before: str, after: str, exact: float) -> Text:
    """A text that ends in one number, with another in its place."""
    if not text.text.endswith(before):
        return text
    return replace(text, text=text.text.removesuffix(before) + after, title=exactly(exact))


class _Light:
    """What is lit in a step: the wires into a gate, on the way back those that carry something, and their numbers."""

    def __init__(self, step: Step, now: Diagram) -> None:
        self.step = step
        node: Node | None = next((node for node in now.nodes if node.key == step.node), None)
        self.node = node
        back = step.kind == "gradient"
        self.wires: list[Wire] = []
        if node is not None and step.kind != "seed":
            self.wires = [wire for wire in node.inputs if not back or wire.amount is not None or wire.net.spans[1]]
        self.keys = {wire.key for wire in self.wires}
        own = [net.key for net in node.nets] if node is not None else []
        self.trunks = set(own) if step.kind == "seed" else {wire.net.key for wire in self.wires}
        self.numbers = {("value" if step.kind == "value" else "gradient", key) for key in own}
        if back:
            self.numbers |= {("gradient", key) for key in self.trunks}

    def on(self, path: Path) -> bool:
        """Whether a path is lit: a stretch of a lit wire, or the trunk of what it carries."""
        return not self.keys.isdisjoint(path.wires) or (not path.wires and path.net in self.trunks)

    def wires_of(self, paths: Iterable[Path], shapes: Iterable[Shape]) -> Iterator[Path]:
        """The lit paths, and a head where each wire arrives: at the gate, or on the way back at what fed it."""
        lit = [replace(path, lit=self.step.lit, width=max(_THICK, path.width)) for path in paths if self.on(path)]
        back = self.step.lit == "gradient"
        centres = {shape.node: (shape.x, shape.y) for shape in shapes if shape.kind not in ("copy", "rule")}
        ends: dict[int, None] = {}
        own = self.node.nets if self.node is not None else []
        ways: list[tuple[Net, Wire | None]] = [(wire.net, wire) for wire in self.wires]
        for net, wire in ways or [(net, None) for net in own]:
            at = centres[net.source.key if back or wire is None else wire.target.key]
            candidates = [
                (_distance(path.points[0][0] if back else path.points[-1][-1], at), i)
                for i, path in enumerate(lit)
                if (wire is not None and wire.key in path.wires) or (not path.wires and path.net == net.key)
            ]
            if candidates:
                ends[min(candidates)[1]] = None
        heads = []
        for i in ends:
            lit[i], head = _headed(lit[i], back)
            heads.append(head)
        yield from lit
        yield from heads

    def behind(self, texts: Iterable[Text]) -> Iterator[Shape]:
        """The tints behind the numbers of the step, and the beads around the local derivatives that are used."""
        for text in texts:
            used = self.step.kind == "gradient" and bool(text.wires) and self.keys.issuperset(text.wires)
            lit = (text.role, text.node) in self.numbers or (used and text.role == "contribution")
            if not lit and not (used and text.role == "local"):
                continue
            yield Shape(
                form="rectangle",
                kind="tint" if lit else "bead",
                x=text.x,
                y=text.y,
                width=text_width(text.text, text.size, text.role in BOLD) + 2 * _BESIDE,
                height=text.height + 2 * _ABOVE,
                corner=4.0,
                lit=self.step.lit,
            )


def _distance(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _headed(path: Path, at_start: bool) -> tuple[Path, Path]:
    """A path cut short at one of its ends, and the arrowhead that ends there."""
    points = list(path.points)
    if at_start:
        tip, *others = (points[0][0], *points[1])
    else:
        tip, *others = (*reversed(points[-1]), points[-2][-1])
    towards = next((point for point in others if _distance(point, tip) > 1e-6), (tip[0] - 1.0, tip[1]))
    length = _distance(towards, tip)
    along = (tip[0] - towards[0]) / length, (tip[1] - towards[1]) / length
    cut = min(_LENGTH - 2.0, 0.9 * length) if len(others) == 1 else _LENGTH - 2.0
    end = tip[0] - cut * along[0], tip[1] - cut * along[1]
    if at_start:
        points[0] = (end,)
    else:
        points[-1] = (*points[-1][:-1], end)
    base = tip[0] - _LENGTH * along[0], tip[1] - _LENGTH * along[1]
    aside = -_HALF * along[1], _HALF * along[0]
    corners = [tip, (base[0] + aside[0], base[1] + aside[1]), (base[0] - aside[0], base[1] - aside[1]), tip]
    head = Path([(corner,) for corner in corners], path.net, path.wires, "arrow", lit=path.lit)
    return replace(path, points=points), head
