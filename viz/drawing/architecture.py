"""Models as pictures: layers of neurons side by side, weights as lines between them.

The sign of a weight shows in colour and in dashes (a negative one is dashed), its size in width. Wide layers show their
first and last neurons. What is no dense layer is a box with its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from nn.modules import Module
from viz.diagram.model import Diagram, Node
from viz.diagram.modules import Stage, stages
from viz.options import MagnitudeName, choose
from viz.output.scene import Path, Point, Scene, Shape
from viz.styles.pen import SIZES, Label, Look, Pen, label
from viz.text.numbers import full_precision

#: A layer of more neurons is drawn without those in its middle.
WIDEST = 12
#: Radius of a neuron, distance from neuron to neuron, room between columns.
_RADIUS, _PITCH, _GAP = 13.0, 34.0, 130.0
#: Widest and narrowest line of a weight.
_THICK, _THIN = 4.0, 0.6
#: Stands where a neuron's number would, for a box: a wire leads from it to each neuron.
_BOX = -1
#: A circle that is drawn: which neuron (None for those left out), and where, along and across.
_Place = tuple[int | None, float, float]
#: What sets the width of a line: the weight, or its gradient.
_MAGNITUDES: dict[MagnitudeName, bool] = {"value": False, "gradient": True}


def shown(count: int) -> list[int | None]:
    """Which neurons of a layer are drawn; None stands for those left out."""
    if count <= WIDEST:
        return list(range(count))
    half = WIDEST // 2
    return [*range(half), None, *range(count - half + 1, count)]


def arrange_model(model: Module, diagram: Diagram, look: Look, magnitude: MagnitudeName | bool) -> Scene:
    """The model's scene: columns of neurons, and a line for each weight between two that are drawn.

    magnitude: "gradient" draws the weights' gradients in place of the weights.
    """
    by_gradient = choose("magnitude", magnitude, _MAGNITUDES) if isinstance(magnitude, str) else False
    scene = Scene(title=diagram.title, description=diagram.description)
    pen = Pen(scene, look)
    parts = stages(model)
    weights = [abs(_size(w, by_gradient)) for part in parts for neuron in part.neurons for w in neuron.w]
    top = max(filter(isfinite, weights), default=0.0) or 1.0
    along, heads = 0.0, max((len(part.lines) for part in parts if part.neurons), default=0) * 16.0 + 14.0
    tallest = max([len(shown(part.width)) for part in parts] + [_inputs(parts)]) * _PITCH
    previous: list[_Place] = []
    before, out = 0.0, 0  # the width of the heading before; how many numbers leave what is before, 0 for a box
    if parts[0].neurons:
        previous = _column(pen, ("inputs",), len(parts[0].neurons[0].w), along, heads, tallest, diagram.nodes[0], None)
    boxes = [node for node in diagram.nodes if node.kind == "box"]
    for stage, node in zip(parts, boxes, strict=False):
        heading = max(row.width for row in _heads(stage.lines)) if look.horizontal and stage.neurons else 0.0
        along += max(_GAP, (before + heading) / 2 + 12.0) if previous else 0.0
        before = heading
        if not stage.neurons:
            previous = _box(pen, stage, along, heads + tallest / 2, previous, node)
            along += 60.0
            out = 0
            continue
        if out not in (0, len(stage.neurons[0].w)):  # it is fed by something else
            previous = []
        out = stage.width
        column = _column(pen, stage.lines, stage.width, along, heads, tallest, node, stage)
        for index, u, v in column:
            for source, su, sv in previous:
                if index is None or source is None:
                    continue
                if source == _BOX:
                    a, b = pen.point(su + _RADIUS, sv), pen.point(u - _RADIUS, v)
                    scene.paths.append(Path([(a,), (b,)], kind="wire", width=1.0))
                    continue
                _weight(pen, stage, index, source, (su, sv), (u, v), top, by_gradient)
        previous = column
    if len(boxes) > len(parts):
        last = boxes[-1]
        own = Stage(last.text, (last.text, *last.lines), (), 0)
        _box(pen, own, 0.0, heads + tallest + 16.0 + _breadth(own, look.horizontal) / 2, (), last)
    return scene


def _inputs(parts: Sequence[Stage]) -> int:
    return len(shown(len(parts[0].neurons[0].w))) if parts[0].neurons else 1


def _size(weight: object, by_gradient: bool) -> float:
    return float(weight.grad if by_gradient else weight.data)  # type: ignore[attr-defined]


def _weight(
    pen: Pen, stage: Stage, index: int, source: int, start: Point, end: Point, top: float, by_gradient: bool
) -> None:
    """The line of the weight from neuron `source` to neuron `index`; `top` is the largest size there is."""
    weight = stage.neurons[index].w[source]
    size = _size(weight, by_gradient)
    width = _THIN + (_THICK - _THIN) * (min(abs(size) / top, 1.0) if isfinite(size) else 1.0)
    name = f"{stage.name}.neurons.{index}.w.{source}"
    title = f"{name} = {full_precision(weight.data)}" + (
        f"\ngradient {full_precision(weight.grad)}" if weight.grad else ""
    )
    a, b = pen.point(start[0] + _RADIUS, start[1]), pen.point(end[0] - _RADIUS, end[1])
    kind = "negative" if size < 0 else "positive"
    pen.scene.paths.append(Path([(a,), (b,)], name, kind=kind, width=round(width, 1), title=title))


def _column(
    pen: Pen,
    lines: Sequence[str],
    count: int,
    along: float,
    heads: float,
    tallest: float,
    node: Node,
    stage: Stage | None,
) -> list[_Place]:
    """A column of circles under its heading: for each circle which neuron it is, and where."""
    places = shown(count)
    start = heads + (tallest - len(places) * _PITCH) / 2 + _PITCH / 2
    _heading(pen, lines, along, heads)
    column: list[_Place] = []
    for row, index in enumerate(places):
        at = start + row * _PITCH
        column.append((index, along, at))
        if index is None:
            more = count - len(places) + 1
            pen.text(label("frame", f"+{more}", size=SIZES["line"]), along, at, node=node.key, title=f"{more} more")
            continue
        x, y = pen.point(along, at)
        neuron = stage.neurons[index] if stage else None
        title = f"{stage.name}.neurons.{index}" if stage else f"input {index}"
        if neuron is not None and neuron.b is not None:
            title += f"\nbias {full_precision(neuron.b.data)}"
        kind = "gate" if stage else "leaf"
        key = f"{node.key}.{index}"
        size = 2 * _RADIUS
        pen.scene.shapes.append(
            Shape(form="circle", kind=kind, x=x, y=y, width=size, height=size, node=key, title=title)
        )
        if stage is None:
            pen.text(label("symbol", str(index), size=SIZES["line"]), along, at, node=key)
    return column


def _heads(lines: Sequence[str]) -> list[Label]:
    return [label("name" if i == 0 else "frame", line) for i, line in enumerate(filter(None, lines))]


def _heading(pen: Pen, lines: Sequence[str], along: float, heads: float) -> None:
    """Lines above a column, or to the left of a row."""
    parts = _heads(lines)
    for i, part in enumerate(parts):
        if pen.look.horizontal:
            pen.text(part, along, heads - 16.0 * (len(parts) - i))
        else:
            pen.text(part, along + 16.0 * (i - (len(parts) - 1) / 2), heads - 20.0 - part.width / 2)


def _rows(stage: Stage) -> list[Label]:
    return [label("label" if i == 0 else "line", line) for i, line in enumerate(filter(None, stage.lines))]


def _size_of(rows: Sequence[Label]) -> tuple[float, float]:
    """Width and height of the box around these rows."""
    return max(row.width for row in rows) + 20.0, sum(row.height for row in rows) + 12.0


def _breadth(stage: Stage, horizontal: bool) -> float:
    """How far the box of a stage reaches across the direction of reading."""
    return _size_of(_rows(stage))[horizontal]


def _box(pen: Pen, stage: Stage, along: float, across: float, previous: Sequence[_Place], node: Node) -> list[_Place]:
    """A part that is no dense layer as a box; wires lead to it from what is drawn before."""
    rows = _rows(stage)
    width, height = _size_of(rows)
    reach = (width if pen.look.horizontal else height) / 2
    centre = along + reach
    for index, u, v in previous:
        if index is not None:
            a, b = pen.point(u + _RADIUS, v), pen.point(centre - reach, across)
            pen.scene.paths.append(Path([(a,), (b,)], kind="wire", width=1.0))
    x, y = pen.point(centre, across)
    pen.scene.shapes.append(
        Shape(
            form="rectangle",
            kind="box",
            x=x,
            y=y,
            width=width,
            height=height,
            node=node.key,
            corner=6.0,
            title=node.title,
        )
    )
    at = y - sum(row.height for row in rows) / 2
    for row in rows:
        pen.text_at(row, x, at + row.height / 2, node=node.key)
        at += row.height
    return [(_BOX, centre + reach - _RADIUS, across)]
