"""What must hold of every picture: no texts overlap, nothing lies outside, no wire runs through a text or a node."""

from __future__ import annotations

from itertools import pairwise

from viz.output.scene import Path, Scene, Shape, Text

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def flattened(path: Path, steps: int = 16) -> list[Point]:
    """A path as points close together; its curves are cubic Béziers."""
    points = [path.points[0][0]]
    for step in path.points[1:]:
        if len(step) == 1:
            points.append(step[0])
            continue
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[-1], *step
        for i in range(1, steps + 1):
            t = i / steps
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


def _meet(a: Box, b: Box, slack: float) -> bool:
    return a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack


def _crosses(a: Point, b: Point, box: Box) -> bool:
    """Whether the segment a-b has a point inside the box (Liang and Barsky's clipping)."""
    enter, leave = 0.0, 1.0
    for start, delta, low, high in ((a[0], b[0] - a[0], box[0], box[2]), (a[1], b[1] - a[1], box[1], box[3])):
        if delta == 0:
            if not low < start < high:
                return False
            continue
        first, last = sorted(((low - start) / delta, (high - start) / delta))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def box_of(shape: Shape) -> Box:
    w, h = shape.width / 2, shape.height / 2
    return shape.x - w, shape.y - h, shape.x + w, shape.y + h


class Cells:
    """Boxes by the squares of a grid they touch, so that only neighbours are compared."""

    def __init__(self, size: float = 60.0) -> None:
        self.size = size
        self.cells: dict[tuple[int, int], list[int]] = {}

    def squares(self, box: Box) -> list[tuple[int, int]]:
        s = self.size
        return [
            (i, j)
            for i in range(int(box[0] // s), int(box[2] // s) + 1)
            for j in range(int(box[1] // s), int(box[3] // s) + 1)
        ]

    def add(self, index: int, box: Box) -> None:
        for square in self.squares(box):
            self.cells.setdefault(square, []).append(index)

    def near(self, box: Box) -> set[int]:
        return {i for square in self.squares(box) for i in self.cells.get(square, ())}


def overlapping_texts(scene: Scene) -> list[tuple[str, str]]:
    """Pairs of texts whose reserved boxes overlap."""
    cells, found = Cells(), []
    for i, text in enumerate(scene.texts):
        for j in cells.near(text.box):
            other = scene.texts[j]
            if _meet(text.box, other.box, 0.3):
                found.append((other.text, text.text))
        cells.add(i, text.box)
    return found


def outside(scene: Scene) -> list[str]:
    """Texts, shapes and paths that reach out of the canvas."""
    boxes = [(t.text, t.box) for t in scene.texts] + [(f"{s.kind} {s.node}", box_of(s)) for s in scene.shapes]
    boxes += [(f"wire {p.net}", (x, y, x, y)) for p in scene.paths for x, y in flattened(p)]
    return [n for n, (x0, y0, x1, y1) in boxes if x0 < 0 or y0 < 0 or x1 > scene.width or y1 > scene.height]


def struck(scene: Scene) -> list[str]:
    """Texts and nodes that a wire runs through. A wire may touch the nodes it belongs to."""
    solid: list[tuple[str, Box, Text | Shape]] = [(f"text {t.text!r}", t.box, t) for t in scene.texts]
    for shape in scene.shapes:
        if shape.kind not in ("frame", "rule", "copy"):
            x0, y0, x1, y1 = box_of(shape)
            inset = (
                3.0 if shape.form == "rectangle" else shape.width * 0.15
            )  # a circle fills its box but for the corners
            solid.append((f"{shape.kind} {shape.node}", (x0 + inset, y0 + inset, x1 - inset, y1 - inset), shape))
    cells, found = Cells(), []
    for i, (_, box, _) in enumerate(solid):
        cells.add(i, box)
    for path in scene.paths:
        if path.kind != "wire":
            continue
        for a, b in pairwise(flattened(path)):
            reach = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            found += [f"{solid[i][0]} by {path.net}" for i in cells.near(reach) if _crosses(a, b, solid[i][1])]
    return sorted(set(found))


def faults(scene: Scene) -> list[str]:
    """All that is wrong with a picture."""
    return [
        *(f"{a!r} overlaps {b!r}" for a, b in overlapping_texts(scene)),
        *(f"{name} lies outside" for name in outside(scene)),
        *(f"a wire runs through {name}" for name in struck(scene)),
    ]


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def crossings(wires: list[tuple[str, list[Point]]]) -> int:
    """Places where wires of different sources cross, of (source, points along it) each."""
    segments = [(name, a, b) for name, points in wires for a, b in pairwise(points) if a != b]
    cells = Cells(40.0)
    count = 0
    for i, (name, a, b) in enumerate(segments):
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        for j in cells.near(box):
            other, c, d = segments[j]
            if other != name and _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                count += 1
        cells.add(i, box)
    return count
