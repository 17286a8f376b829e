"""A diagram in characters: the same layered layout, on a grid of cells, with box-drawing signs for wires.

Each value stands after its node, with its gradient behind ``∂``; ``×local`` stands before the gate. Between two ranks
each net has a column of its own to turn in, so that two wires never share a stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from viz.diagram.model import Diagram, Net, Node
from viz.layout.boxes import Box, Link, Ranked
from viz.layout.layered import placed
from viz.styles.circuit import operand_name
from viz.styles.measure import shortened
from viz.styles.pen import Look
from viz.text.columns import cells, printable
from viz.text.numbers import span

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_SIGNS = {
    0: " ",
    _LEFT: "─",
    _RIGHT: "─",
    _LEFT | _RIGHT: "─",
    _UP: "│",
    _DOWN: "│",
    _UP | _DOWN: "│",
    _DOWN | _RIGHT: "┌",
    _DOWN | _LEFT: "┐",
    _UP | _RIGHT: "└",
    _UP | _LEFT: "┘",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _DOWN | _LEFT | _RIGHT: "┬",
    _UP | _LEFT | _RIGHT: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


class Canvas:
    """A grid that grows: wires as directions per cell, texts over them."""

    def __init__(self) -> None:
        self.wires: dict[tuple[int, int], int] = {}
        self.texts: dict[tuple[int, int], str] = {}

    def across(self, row: int, start: int, end: int) -> None:
        """A horizontal stretch from cell to cell, both included, open at both ends towards the outside."""
        for column in range(min(start, end), max(start, end) + 1):
            self.wires[row, column] = self.wires.get((row, column), 0) | _LEFT | _RIGHT

    def turn(self, row: int, column: int, directions: int) -> None:
        self.wires[row, column] = self.wires.get((row, column), 0) | directions

    def write(self, row: int, column: int, text: str) -> None:
        """From `column` on. What takes no column of its own (a mark, a joined emoji) goes with what stands before."""
        start, end = column, column
        text = printable(text)
        for i, character in enumerate(text):
            after = column + cells(text[: i + 1])
            if after > end and cells(character):
                start = end
                self.texts[row, start] = character
            else:
                self.texts[row, start] = self.texts.get((row, start), "") + character
            self.texts.update(((row, at), "") for at in range(max(end, start + 1), after))
            end = after

    def __str__(self) -> str:
        places = self.wires.keys() | self.texts.keys()
        if not places:
            return ""
        top, bottom = min(r for r, _ in places), max(r for r, _ in places)
        ends: dict[int, int] = {}
        for row, column in places:
            ends[row] = max(ends.get(row, 0), column)
        lines = []
        for row in range(top, bottom + 1):
            line = "".join(
                self.texts[row, c] if (row, c) in self.texts else _SIGNS[self.wires.get((row, c), 0)]
                for c in range(ends.get(row, -1) + 1)
            )
            lines.append(line.rstrip())
        return "\n".join(lines)


class Cellular:
    """A node on the grid: lanes, a bracket that gathers them, its body, and the numbers of what leaves it."""

    def __init__(self, node: Node, look: Look) -> None:
        self.node, number = node, look.number
        name = shortened(" ".join(node.text.split()), 24)
        shown = f"({name})" if node.kind == "gate" else f"[{name}]"
        self.body = f"({shown})" if node.output and node.kind == "gate" else f"[{shown}]" if node.output else shown
        count = len(node.inputs)
        half = count // 2
        self.offsets = [i - half if i < half or count % 2 else i - half + 1 for i in range(count)]
        self.locals = [f"×{number(w.local)}" if w.local is not None and look.local else "" for w in node.inputs]
        mark = 0 if node.flexible else 3
        self.lane = max((cells(text) for text in self.locals), default=0) + mark + (2 if count else 0)
        self.trunks = [self._trunk(net, look) for net in node.nets]
        outs = [i - len(node.nets) // 2 for i in range(len(node.nets))]
        reach = max([abs(o) for o in (*self.offsets, *outs)], default=0)
        before = self.lane + (1 if count > 1 else 0) + cells(self.body)
        after = max((cells(text) for text in self.trunks), default=0) + 2
        self.box = Box(before, after, reach, reach, self.offsets, outs, node.flexible, node.swappable)

    @staticmethod
    def _trunk(net: Net, look: Look) -> str:
        number = look.number
        gradient = span(*net.spans[1], number) if net.spans[1] else "" if net.grad is None else number(net.grad)
        value = net.text or ("" if net.data is None else number(net.data))
        parts = [f"{net.name} =" if net.name else "", value, gradient and f"∂{gradient}"]
        return " ".join(filter(None, parts))

    def draw(self, canvas: Canvas, row: int, column: int, end: int, start: int) -> None:
        """With its reference point at `column`, in a rank from `start` to `end`."""
        body = column - cells(self.body)
        gather = body - 1
        count = len(self.offsets)
        for i, text in enumerate(self.locals):
            offset = self.offsets[self.box.lanes[i]]
            last = gather if count > 1 else body - 1
            canvas.across(row + offset, start, last - (1 if count > 1 else 0))
            if self.box.swapped:
                text = f"{operand_name(self.node, i)} {text}"
            if text:
                canvas.write(row + offset, last - self.lane + 1, text)
            if count > 1:
                up = _UP if offset > self.offsets[0] else 0
                down = _DOWN if offset < self.offsets[-1] else 0
                canvas.turn(row + offset, gather, _LEFT | up | down)
        if count > 1:
            for offset in range(self.offsets[0] + 1, self.offsets[-1]):
                canvas.turn(row + offset, gather, _UP | _DOWN)
            canvas.turn(row, gather, _RIGHT)
        canvas.write(row, body, self.body)
        for text, out, net in zip(self.trunks, self.box.outs, self.node.nets, strict=True):
            at = column + (1 if text else 0)
            canvas.write(row + int(out), at, text)
            if net.wires:
                canvas.across(row + int(out), at + cells(text) + (1 if text else 0), end)


def terminal(diagram: Diagram, look: Look) -> str:
    """The diagram as lines of text, from left to right, what is said of it below, ended by a newline.

    Frames are not drawn. Of the look, number format and local derivatives are passed on.
    """
    alone = [node for node in diagram.nodes if node.kind == "box" and not node.inputs and not node.nets]
    wired = [node for node in diagram.nodes if node not in alone]
    figures = [Cellular(node, look) for node in wired]
    index = {node: i for i, node in enumerate(wired)}
    links = [
        Link(index[wire.source], wire.source.nets.index(wire.net), index[wire.target], wire.operand)
        for wire in diagram.wires
    ]
    boxes = [figure.box for figure in figures]
    graph, place, _ = placed(boxes, links, 1.0, 1.0)
    rows = [floor(p + 0.5) for p in place]
    canvas = Canvas()
    column = 0
    for layer in graph.layers:
        inside = [boxes[v] for v in layer if v < graph.boxes]
        before = int(max((box.before for box in inside), default=0))
        after = int(max((box.after for box in inside), default=0))
        end = column + before + after
        for vertex in layer:
            if vertex < graph.boxes:
                figures[vertex].draw(canvas, rows[vertex], column + before, end, column)
            else:
                canvas.across(rows[vertex], column, end)
        column = end + 1 + _channel(canvas, graph, boxes, rows, layer, end + 1)
    beside = [f"{node.text}: {', '.join(node.lines)}" for node in alone]
    return "".join(f"{line}\n" for line in (str(canvas), *beside, *diagram.marks, *diagram.captions))


def _channel(
    canvas: Canvas, graph: Ranked, boxes: Sequence[Box], rows: Sequence[int], layer: Sequence[int], start: int
) -> int:
    """Draw the turns between a rank and the next; how many columns they took.

    A net that turns at column t runs to the left of t in its own row, and to the right of t in those of its targets; so
    a net whose row is a target row of another must turn first. Where two wait for each other, one goes round through a
    row that is free.
    """
    turning: list[tuple[int, list[int]]] = []
    straight: list[tuple[int, list[int]]] = []
    for vertex in layer:
        nets: dict[int, list[int]] = {}
        for edge in graph.edges[vertex]:
            nets.setdefault(rows[vertex] + int(edge.leaves), []).append(rows[edge.target] + int(edge.enters))
        for row, goals in nets.items():
            (straight if goals == [row] else turning).append((row, goals))
    sources = {row: i for i, (row, _) in enumerate(turning)}
    blockers = [{sources[g] for g in goals if g in sources and sources[g] != i} for i, (_, goals) in enumerate(turning)]
    used = {row for row, _ in turning} | {g for _, goals in turning for g in goals} | {row for row, _ in straight}
    order: list[int] = []
    halves: list[tuple[int, int]] = []
    left = dict.fromkeys(range(len(turning)))
    free = max(used, default=0) + 1
    while left:
        ready = [i for i in left if not blockers[i] & left.keys()]
        if ready:
            order += ready
            for i in ready:
                del left[i]
        else:
            i = next(iter(left))
            del left[i]
            halves.append((i, free))
            order.append(i)
            free += 1
    width = len(order) + len(halves)
    end = start + width
    for row, _ in straight:
        canvas.across(row, start, end)
    detour = dict(halves)
    for at, i in enumerate(order):
        row, goals = turning[i]
        if i in detour:
            _turn(canvas, row, [detour[i]], start, start + at, end - 1)
            late = start + len(order) + [h for h, _ in halves].index(i)
            _turn(canvas, detour[i], goals, start + at, late, end)
        else:
            _turn(canvas, row, goals, start, start + at, end)
    return width + 1


def _turn(canvas: Canvas, row: int, goals: Sequence[int], start: int, column: int, end: int) -> None:
    """From the left in `row` to `column`, up and down it, and to the right in each of the rows `goals`."""
    if column > start:
        canvas.across(row, start, column - 1)
    canvas.turn(row, column, _LEFT)
    low, high = min(row, *goals), max(row, *goals)
    for at in range(low, high + 1):
        canvas.turn(at, column, (_UP if at > low else 0) | (_DOWN if at < high else 0))
    for goal in goals:
        canvas.turn(goal, column, _RIGHT)
        if end > column:
            canvas.across(goal, column + 1, end)
