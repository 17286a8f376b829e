"""What is drawn, in Graphviz's language: nodes with their numbers, wires with their local derivatives, clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from viz.diagram.model import Diagram, Frame, Node
from viz.styles.pen import Look
from viz.text.numbers import span
from viz.themes import Theme


def quoted(text: str) -> str:
    """A DOT string. Backslashes would be escapes to Graphviz, and it takes no control signs."""
    text = "".join(c if c >= " " or c == "\n" else " " for c in text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def clustered(diagram: Diagram, opening: Callable[[Frame], str], statement: Callable[[Node], str]) -> Iterator[str]:
    """The statement of each node, those of a frame in its subgraph, which `opening` begins; no recursion."""
    children: dict[Frame | None, list[Frame]] = {}
    inside: dict[Frame | None, list[Node]] = {}
    for frame in diagram.frames:
        children.setdefault(frame.parent, []).append(frame)
    for node in diagram.nodes:
        inside.setdefault(node.frame, []).append(node)
    stack: list[Frame | str | None] = [None]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        if item is not None:
            yield opening(item)
            stack.append("  }")
        yield from map(statement, inside.get(item, ()))
        stack.extend(reversed(children.get(item, [])))


def dot(diagram: Diagram, theme: Theme, look: Look) -> str:
    """The diagram as a DOT document: values and gradients stand on the first wire out of their node.

    Of the look, number format, direction, local derivatives and widths are passed on.
    """
    number = look.number
    under = quoted("\n".join([*diagram.marks, *diagram.captions]))
    lines = [
        f"digraph {quoted(diagram.title)} {{",
        f"  rankdir={look.direction}; bgcolor={quoted(theme.background)};",
        f"  label={under}; labelloc=b; labeljust=l; fontname=Helvetica; fontcolor={quoted(theme.ink)};",
        f"  node [fontname=Helvetica, color={quoted(theme.ink)}, fontcolor={quoted(theme.ink)}, style=filled];",
        f"  edge [fontname=Helvetica, fontsize=11, color={quoted(theme.wire)}, fontcolor={quoted(theme.ink)}];",
    ]

    def opening(frame: Frame) -> str:
        look = f"style=dashed; color={quoted(theme.frame)}; fontcolor={quoted(theme.local)}; fontname=Helvetica;"
        return f"  subgraph {quoted('cluster ' + frame.key)} {{ label={quoted(frame.name)}; {look}"

    lines += clustered(diagram, opening, lambda node: _node(node, theme))
    for net in diagram.nets:
        above = " = ".join(filter(None, [net.name, net.text or ("" if net.data is None else number(net.data))]))
        gradient = span(*net.spans[1], number) if net.spans[1] else "" if net.grad is None else number(net.grad)
        words = "\n".join(filter(None, [above, gradient and f"∂ {gradient}"]))
        source = net.source.key
        trunk = f", penwidth={look.net_width(net):.2f}" if look.magnitude else ""
        if diagram.copies and net.copied:
            copy = f"copy {net.key}"
            lines.append(f"  {quoted(copy)} [shape=point, width=0.08, label={quoted('')}];")
            lines.append(f"  {quoted(source)} -> {quoted(copy)} [label={quoted(words)}, dir=none{trunk}];")
            source, words = copy, ""
        if not net.wires:
            end = f"end {net.key}"
            lines.append(f"  {quoted(end)} [shape=none, style={quoted('')}, label={quoted(words)}];")
            lines.append(f"  {quoted(source)} -> {quoted(end)} [dir=none{trunk}];")
        for wire in net.wires:
            local = "" if wire.local is None or not look.local else f"×{number(wire.local)}"
            amount = f"∂ {number(wire.amount)}" if diagram.copies and wire.amount is not None and net.copied else ""
            wide = f", penwidth={look.wire_width(wire):.2f}" if look.magnitude else ""
            head = "\n".join(filter(None, [local, amount]))
            lines.append(
                f"  {quoted(source)} -> {quoted(wire.target.key)} [label={quoted(words)}, "
                f"headlabel={quoted(head)}, arrowsize=0.5{wide}];"
            )
    return "\n".join((*lines, "}", ""))


def _node(node: Node, theme: Theme) -> str:
    shape = "circle" if node.kind == "gate" else "box"
    label = "\n".join((node.text, *node.lines))
    rings = 2 if node.output else 1
    return (
        f"    {quoted(node.key)} [shape={shape}, label={quoted(label)}, tooltip={quoted(node.title)}, "
        f"fillcolor={quoted(theme.fill(node.kind))}, peripheries={rings}];"
    )
