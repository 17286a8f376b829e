"""What stands under the drawing: how to read it, which of its numbers do not belong together, and captions."""

from __future__ import annotations

from viz.diagram.model import Diagram
from viz.output.scene import Path, Role, Scene, Shape, Text
from viz.output.svg import USUAL
from viz.styles.pen import SIZES, Look, label, width_of

MARGIN = 14.0
_BETWEEN, _ROW = 22.0, 20.0


def finish(scene: Scene, diagram: Diagram, look: Look, legend: bool) -> None:
    """Add legend, marks and captions under the drawing, and set margins and size. A legend too wide wraps."""
    left, top, right, bottom = _extent(scene)
    scene.shift(MARGIN - left, MARGIN - top)
    right, bottom = right - left, bottom - top
    width, y = right + MARGIN, bottom + MARGIN
    limit = max(width, 420.0)
    if legend:
        entries = _entries(scene, look)
        if entries:
            y += 14.0
        x = MARGIN
        for sample, words in entries:
            first = _width(sample)
            whole = first + 6.0 + label("legend", words).width
            if x > MARGIN and x + whole > limit:
                x, y = MARGIN, y + _ROW
            _draw_sample(scene, sample, x, y + _ROW / 2, first)
            scene.texts.append(_text("legend", words, x + first + 6.0, y + _ROW / 2, 14))
            x += whole + _BETWEEN
            width = max(width, x - _BETWEEN)
        y += _ROW if entries else 0.0
    lines: list[tuple[Role, str]] = [("mark", line) for line in diagram.marks]
    lines += [("caption", line) for line in diagram.captions]
    for role, line in lines:
        part = label(role, line)
        y += 4.0
        scene.texts.append(_text(role, line, MARGIN, y + part.height / 2, part.height))
        y += part.height
        width = max(width, MARGIN + part.width)
    scene.width, scene.height = width + MARGIN, y + MARGIN


def _text(role: Role, text: str, left: float, y: float, height: float) -> Text:
    """A line that begins at `left`."""
    width = label(role, text).width
    return Text(
        role=role,
        text=text,
        x=left + width / 2,
        y=y,
        width=width,
        height=height,
        size=SIZES[role],
        anchor="start",
    )


#: A sample in the legend: a role and a text that looks like it; or no role, a kind of line, and its width.
_Sample = tuple[Role | None, str, float]
#: The widths in the key of magnitudes, each with the size that it stands for.
_KEY = ((0.01, "≤ 0.01"), (0.1, "0.1"), (1.0, "1"), (10.0, "10"), (100.0, "≥ 100"))
_LINE = 2.0


def _entries(scene: Scene, look: Look) -> list[tuple[_Sample, str]]:
    """The entries of the legend for what this picture has: a sample and what it means."""
    roles = {text.role for text in scene.texts}
    above, below = ("above", "below") if look.horizontal else ("left of", "right of")
    entries: list[tuple[_Sample, str]] = []
    if "value" in roles and look.on_wires:
        entries.append((("value", "1.23", 0.0), f"value, {above} the wire"))
    if "gradient" in roles and look.on_wires:
        entries.append((("gradient", "1.23", 0.0), f"gradient, {below} it"))
    if "local" in roles:
        entries.append((("local", "×1.23", 0.0), "local derivative"))
    if "operand" in roles:
        entries.append((("operand", "a:  b:", 0.0), "operands of a gate that have changed places"))
    kinds = {path.kind for path in scene.paths}
    if "positive" in kinds:
        entries.append(((None, "positive", _LINE), "positive weight"))
    if "negative" in kinds:
        entries.append(((None, "negative", _LINE), "negative weight; the wider, the larger"))
    if any(shape.kind == "copy" for shape in scene.shapes):
        entries.append(((None, "copy", USUAL), "copy: the gradients of its uses add up"))
    if look.magnitude:
        what = f"size of the {look.magnitude}: "
        entries += [((None, "sample", width_of(size)), what * (i == 0) + words) for i, (size, words) in enumerate(_KEY)]
    return entries


def _width(sample: _Sample) -> float:
    return label(sample[0], sample[1]).width if sample[0] else 26.0 if sample[1] != "copy" else 18.0


def _draw_sample(scene: Scene, sample: _Sample, x: float, y: float, width: float) -> None:
    role, text, thick = sample
    if role is None:
        copy = text == "copy"
        scene.paths.append(Path([((x, y),), ((x + width, y),)], kind="sample" if copy else text, width=thick))
        if copy:
            scene.shapes.append(Shape(form="dot", kind="copy", x=x + width / 2, y=y, width=8, height=8))
    else:
        scene.texts.append(
            Text(
                role="legend",
                text=text,
                x=x + width / 2,
                y=y,
                width=width,
                height=14,
                size=SIZES[role],
                like=role,
            )
        )


def _extent(scene: Scene) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that is drawn; (0, 0) is inside."""
    xs, ys = [0.0], [0.0]
    for shape in scene.shapes:
        w, h = shape.width / 2 + shape.ring + 1.0, shape.height / 2 + shape.ring + 1.0
        xs += (shape.x - w, shape.x + w)
        ys += (shape.y - h, shape.y + h)
    for text in scene.texts:
        x0, y0, x1, y1 = text.box
        xs += (x0, x1)
        ys += (y0, y1)
    for path in scene.paths:
        for step in path.points:
            xs += (x for x, _ in step)
            ys += (y for _, y in step)
    return min(xs), min(ys), max(xs) + 1.0, max(ys) + 1.0
