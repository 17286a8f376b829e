"""Layout by Graphviz's ``dot``, for those who want it: the same figures, placed and connected by dot.

The `graphviz` package calls the program; it is a system package of its own. Every figure is given to dot as a table
of its size with a port for each lane, so that wires end where the figure's lanes begin.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from viz.diagram.model import Diagram, Frame, Node
from viz.drawing.arrange import frame_shape
from viz.drawing.dot import clustered, quoted
from viz.layout.boxes import Point
from viz.output.scene import Scene
from viz.styles.figure import Figure, FigureOf, copy_title
from viz.styles.pen import Look, Pen, label


def _ports(places: Sequence[float], start: float, length: float, letter: str, horizontal: bool) -> str:
    """One side of a figure: cells whose middles lie at the places, with empty ones between."""
    cells: list[tuple[float, str]] = []
    at = start
    for i, place in enumerate(places):
        room = min(
            [2 * (place - start), 2 * (start + length - place)]
            + [abs(place - other) for other in places if other != place]
        )
        half = max(room / 2, 0.5)
        if place - half > at:
            cells.append((place - half - at, ""))
        cells.append((2 * half, f' PORT="{letter}{i}"'))
        at = place + half
    if at < start + length:
        cells.append((start + length - at, ""))
    size = "HEIGHT" if horizontal else "WIDTH"
    body = [f'<TD {size}="{max(round(cell), 1)}"{port}></TD>' for cell, port in cells]
    inside = "".join(f"<TR>{cell}</TR>" for cell in body) if horizontal else f"<TR>{''.join(body)}</TR>"
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{inside}</TABLE>'


def _table(figure: Figure, lanes: Sequence[float], horizontal: bool) -> str:
    box = figure.box
    along, across = round(box.before + box.after), round(box.above + box.below)
    ins = _ports(lanes, -box.above, across, "i", horizontal)
    outs = _ports(box.outs, -box.above, across, "o", horizontal)
    half = along // 2
    width, height = (half, across) if horizontal else (across, half)
    if horizontal:
        sides = ((ins, "LEFT", "MIDDLE"), (outs, "RIGHT", "MIDDLE"))
    else:
        sides = ((ins, "CENTER", "TOP"), (outs, "CENTER", "BOTTOM"))
    cells = [
        f'<TD WIDTH="{width}" HEIGHT="{height}" ALIGN="{side}" VALIGN="{edge}">{inside}</TD>'
        for inside, side, edge in sides
    ]
    rows = f"<TR>{''.join(cells)}</TR>" if horizontal else "".join(f"<TR>{cell}</TR>" for cell in cells)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{rows}</TABLE>>'


def _source(diagram: Diagram, figures: dict[Node, Figure], look: Look, spacing: float) -> str:
    ends = ("w", "e") if look.horizontal else ("n", "s")
    lines = [
        "digraph {",
        f"rankdir={look.direction}; nodesep={spacing / 72:.3f}; ranksep=0.3;",
        "node [shape=plain, margin=0]; edge [dir=none];",
    ]

    def opening(frame: Frame) -> str:
        return f'subgraph "cluster_{frame.key}" {{ margin=14; label={quoted(frame.name)}; fontsize=12;'

    def statement(node: Node) -> str:
        return f"{quoted(node.key)} [label={_table(figures[node], figures[node].box.ins, look.horizontal)}];"

    lines += clustered(diagram, opening, statement)
    for wire in diagram.wires:
        out = wire.source.nets.index(wire.net)
        tail = f"{quoted(wire.source.key)}:o{out}:{ends[1]}"
        lines.append(f"{tail} -> {quoted(wire.target.key)}:i{wire.operand}:{ends[0]} [id={quoted(wire.key)}];")
    return "\n".join([*lines, "}"])


def _placed(source: str) -> dict[str, Any]:
    import graphviz  # type: ignore[import-untyped]

    try:
        found: dict[str, Any] = json.loads(graphviz.Source(source).pipe(format="json0", encoding="utf-8"))
    except graphviz.ExecutableNotFound:
        raise RuntimeError(
            "layout='dot' needs Graphviz, a system package that is not installed here (on Debian and Ubuntu: apt-get "
            "install graphviz; on macOS: brew install graphviz; on Windows: winget install graphviz); the built-in "
            "layout, layout='layered', needs nothing"
        ) from None
    return found


def arrange_by_dot(diagram: Diagram, look: Look, figure: FigureOf, spacing: float = 12.0) -> Scene:
    """Lay the diagram out with dot and draw it, each node as the `figure` of a style. Frames become clusters.

    Raises RuntimeError, which says how to install it, where dot is not found.
    """
    scene = Scene(title=diagram.title, description=diagram.description)
    figures = {node: figure(node, look, diagram.copies) for node in diagram.nodes}
    found = _placed(_source(diagram, figures, look, spacing))
    top = float(found["bb"].split(",")[3])
    pen = Pen(scene, look)

    def turned(x: float, y: float) -> Point:
        """dot's (x, y), upwards, as (along, across)."""
        return (x, top - y) if look.horizontal else (top - y, x)

    nodes = {node.key: node for node in diagram.nodes}
    frames = {f"cluster_{frame.key}": frame for frame in diagram.frames}
    for thing in found.get("objects", ()):
        if thing["name"] in nodes:
            box = figures[nodes[thing["name"]]].box
            u, v = turned(*map(float, thing["pos"].split(",")))
            box.along = u + (box.before - box.after) / 2
            box.across = v + (box.above - box.below) / 2
            box.lanes = list(range(len(box.ins)))
        elif thing["name"] in frames:
            frame = frames[thing["name"]]
            x0, y0, x1, y1 = map(float, thing["bb"].split(","))
            scene.shapes.append(frame_shape(frame, (x0 + x1) / 2, top - (y0 + y1) / 2, x1 - x0, y1 - y0))
            name = label("frame", frame.name)
            pen.text_at(name, x0 + 10 + name.width / 2, top - y1 + 4 + name.height / 2, node=frame.key)
    for node in diagram.nodes:
        figures[node].draw(pen)
    wires = {wire.key: wire for wire in diagram.wires}
    for edge in found.get("edges", ()):
        wire = wires[edge["id"]]
        spline = [turned(*map(float, point.split(","))) for point in edge["pos"].split()]
        tail, head = figures[wire.source].box, figures[wire.target].box
        start = (tail.along + tail.after, tail.across + tail.outs[wire.source.nets.index(wire.net)])
        end = (head.along - head.before, head.across + head.ins[wire.operand])
        (a, b), (c, d) = start, end  # the ports are rounded to whole pixels; the spline is drawn to the very place
        spline[1] = (spline[1][0] + a - spline[0][0], spline[1][1] + b - spline[0][1])
        spline[-2] = (spline[-2][0] + c - spline[-1][0], spline[-2][1] + d - spline[-1][1])
        path: list[tuple[Point, ...]] = [(start,)]
        path += [(spline[i], spline[i + 1], spline[i + 2]) for i in range(1, len(spline) - 4, 3)]
        pen.path([*path, (*spline[-3:-1], end)], wire.net, (wire,), look.wire_width(wire), look.pale(wire.key))
    if diagram.copies:
        for net in diagram.nets:
            if net.copied:
                box = figures[net.source].box
                at = box.across + box.outs[net.source.nets.index(net)]
                pen.dot(box.along + box.after, at, net, copy_title(net), look.pale(net.source.key))
    return scene
