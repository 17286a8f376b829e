"""From a graph of Values to a diagram: every gate a node, every operand a wire, every scope a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import permutations

from autograd import Gate, Value, topological_order
from autograd.formula import sum_in_order
from viz.diagram.collapse import Expand, Group, Grouping, Item, feeds_of, grouped
from viz.diagram.model import Diagram, Frame, Kind, Net, Node
from viz.diagram.scopes import Path
from viz.diagram.truth import PASSES, STALE, has_several_passes, is_stale
from viz.text.numbers import NumberFormat, format_number, full_precision, span, span_of


def has_gradients(outputs: Sequence[Value]) -> bool:
    """Whether a backward pass has reached these outputs: it always leaves its seed in the output it starts from."""
    return any(output.grad != 0.0 for output in outputs)


def diagram_of(
    outputs: Sequence[Value],
    names: Mapping[Value, str],
    *,
    gradients: bool,
    copies: bool = True,
    number: NumberFormat = format_number,
    expand: Expand = None,
    collapse: str | Iterable[str] = (),
) -> Diagram:
    """The graph below `outputs`; `names` are drawn in leaves and on wires, gradients only if wanted.

    expand, collapse: what is drawn as one box, see `viz.diagram.collapse.grouped`. Nodes are called ``n0``, ``n1``, ...
    by the place of their Value in topological order, groups ``g0``, ``g1``, ...; the wire to operand 1 of ``n5`` is
    ``w5.1``.
    """
    order = topological_order(outputs)
    grouping = grouped(order, outputs, expand, collapse)
    diagram = Diagram(copies=copies, outputs=tuple(outputs), names=names)
    return _Builder(order, outputs, names, gradients, number, grouping, diagram).build()


class _Builder:
    """Makes nodes, nets and wires, item by item."""

    def __init__(
        self,
        order: Sequence[Value],
        outputs: Sequence[Value],
        names: Mapping[Value, str],
        gradients: bool,
        number: NumberFormat,
        grouping: Grouping,
        diagram: Diagram,
    ) -> None:
        self.order, self.outputs, self.names = order, outputs, names
        self.gradients, self.number, self.diagram = gradients, number, diagram
        self.items, self.paths = grouping.items, grouping.paths
        self.ends = set(outputs)
        self.frames: dict[Path, Frame] = {}
        self.nodes: dict[Item, Node] = {}
        self.nets: dict[Value, Net] = {}

    def build(self) -> Diagram:
        diagram = self.diagram
        index = {value: i for i, value in enumerate(self.order)}
        leaving = self._leaving()
        for number, item in enumerate(self._item_order(index)):
            frame = self._frame(self.paths[item])
            if isinstance(item, Value):
                self._add_value(item, f"n{index[item]}", frame)
            else:
                self._add_group(item, f"g{number}", frame, leaving.get(item, []))
        diagram.title = _title(self.outputs, self.names)
        diagram.marks = list(STALE) if is_stale(self.order) else []
        if self.gradients and has_several_passes(self.order, self.outputs):
            diagram.marks += PASSES
        words = description_of(self.order, self.outputs, self.names, self.gradients, self.number)
        diagram.description = " ".join([words, *diagram.marks])
        return diagram

    def _item_order(self, index: Mapping[Value, int]) -> Sequence[Item]:
        """The items in a topological order. Where several could come next, the one with the earliest Value comes."""
        if all(item is value for value, item in self.items.items()):
            return self.order
        feeds = feeds_of(self.order, self.items)
        first = {item: index[item if isinstance(item, Value) else item.members[0]] for item in self.paths}
        waiting = dict.fromkeys(self.paths, 0)
        for targets in feeds.values():
            for target in targets:
                waiting[target] += 1
        by_place = {place: item for item, place in first.items()}
        ready = [first[item] for item, count in waiting.items() if not count]
        heapify(ready)
        found = []
        while ready:
            item = by_place[heappop(ready)]
            found.append(item)
            for target in feeds.get(item, ()):
                waiting[target] -= 1
                if not waiting[target]:
                    heappush(ready, first[target])
        return found

    def _leaving(self) -> dict[Item, list[Value]]:
        """For each group, which of its Values are used outside it or are outputs."""
        found: dict[Item, dict[Value, None]] = {}
        for value in self.order:
            for source in (*value.parents, *((value,) if value in self.ends else ())):
                item = self.items[source]
                if item is not source and (item is not self.items[value] or source in self.ends):
                    found.setdefault(item, {})[source] = None
        return {item: list(values) for item, values in found.items()}

    def _frame(self, path: Path) -> Frame | None:
        """The frame of a path; it and the frames around it are made the first time it is asked for."""
        around: Frame | None = None
        for i in range(1, len(path) + 1):
            if path[:i] not in self.frames:
                self.frames[path[:i]] = self.diagram.add_frame(".".join(path[:i]), path[i - 1], around)
            around = self.frames[path[:i]]
        return around

    def _grad(self, value: Value) -> float | None:
        return value.grad if self.gradients and value.requires_grad else None

    def _add_value(self, value: Value, key: str, frame: Frame | None) -> None:
        diagram, name = self.diagram, self.names.get(value, "")
        title = describe(value, name, self.gradients)
        if value.gate is None:
            kind: Kind = "leaf" if value.requires_grad else "constant"
            text = name or self.number(value.data)
            node = diagram.add_node(kind, text, frame=frame, value=value, title=title, key=key)
        else:
            node = diagram.add_node("gate", value.gate.symbol, frame=frame, value=value, title=title, key=key)
            node.flexible = commutes(value.gate)
        node.output = value in self.ends
        in_box = value.gate is None and (not name or (not value.requires_grad and name == self.number(value.data)))
        self.nets[value] = diagram.add_net(
            node,
            name=name if value.gate is not None else "",
            data=None if in_box else value.data,
            grad=self._grad(value),
        )
        wires: list[tuple[Net, list[int]]] = []
        bundled: dict[Net, list[int]] = {}
        for operand, parent in enumerate(value.parents):
            net = self.nets[parent]
            if net in bundled:
                bundled[net].append(operand)
                continue
            wires.append((net, [operand]))
            if net.several:  # it is drawn once
                bundled[net] = wires[-1][1]
        for net, operands in wires:
            slopes = [value.local_derivatives[operand] for operand in operands]
            flows = any(value.parents[operand].requires_grad for operand in operands)
            diagram.connect(
                net,
                node,
                local=slopes[0] if flows and len(set(slopes)) == 1 else None,
                amount=value.grad * slopes[0] if flows and self.gradients and not net.several else None,
                uses=tuple((value, operand) for operand in operands),
            )

    def _add_group(self, group: Group, key: str, frame: Frame | None, leaving: Sequence[Value]) -> None:
        diagram = self.diagram
        gates = Counter(value.gate.name for value in group.members if value.gate)
        leaves = len(group.members) - gates.total()
        lines = [
            _counted(n, word, many) for n, word, many in ((gates.total(), "gate", ""), (leaves, "leaf", "leaves")) if n
        ]
        kinds = ", ".join(f"{count} {gate}" for gate, count in gates.most_common())
        title = "\n".join(filter(None, [".".join((*group.path, group.name)), *lines, kinds]))
        node = diagram.add_node(
            "group", group.name or "…", frame=frame, key=key, title=title, lines=lines if group.kind != "stack" else ()
        )
        node.output = any(value in self.ends for value in group.members)
        node.members = tuple(group.members)
        node.scope = ".".join((*group.path, group.name)) if group.kind == "scope" else ""
        if len(leaving) <= SEPARATE:
            for value in leaving:
                self.nets[value] = diagram.add_net(
                    node, name=self.names.get(value, ""), data=value.data, grad=self._grad(value)
                )
        else:
            self.nets.update(dict.fromkeys(leaving, self._bundle(node, leaving)))
        entering: dict[Net, list[tuple[Value, int]]] = {}
        for value in group.members:
            for operand, parent in enumerate(value.parents):
                if self.items[parent] is not group:
                    entering.setdefault(self.nets[parent], []).append((value, operand))
        for net, uses in entering.items():
            amount = None
            if self.gradients and net.grad is not None:
                amount = sum_in_order(value.grad * value.local_derivatives[operand] for value, operand in uses)
            diagram.connect(net, node, amount=amount, uses=tuple(uses))

    def _bundle(self, node: Node, values: Sequence[Value]) -> Net:
        """Add one net for several values that leave a group."""
        net = self.diagram.add_net(node, text=f"{len(values)} values")
        net.several = len(values)
        grads = [grad for value in values if (grad := self._grad(value)) is not None]
        net.spans = span_of([value.data for value in values]), span_of(grads)
        words = [net.text]
        words += [
            f"{what} {span(*found, full_precision)}"
            for what, found in zip(("values", "gradients"), net.spans, strict=True)
            if found
        ]
        net.title = "\n".join(words)
        return net


@cache
def commutes(gate: Gate) -> bool:
    """Whether a gate's operands may be drawn in any order: its value is the same when they change places."""
    if gate.arity is None or gate.arity == 1:
        return True
    points = ((2.0, 3.0, 5.0), (0.5, 1.5, -1.0))
    return all(len({gate.forward(*order) for order in permutations(point[: gate.arity])}) == 1 for point in points)


#: Up to this many values leave a group by a wire each; more are drawn as one wire.
SEPARATE = 4


def describe(value: Value, name: str, gradients: bool, known: bool = True) -> str:
    """The tooltip of a node: what it is, what it does to gradients, and its numbers, if known, to the last digit."""
    if value.gate is None:
        what = "leaf" if value.requires_grad else "constant: it gets no gradient"
        lines = [f"{name}: {what}" if name else what]
    else:
        gate = value.gate
        lines = [f"{gate.name}: {gate.role}, {gate.says}"]
        if not commutes(gate):
            lines.append(f"y = {gate.text.template.replace('$', '')}")
        if gate.note:
            lines.append(gate.note)
        if name:
            lines.insert(0, name)
    if known:
        lines.append(f"value {full_precision(value.data)}")
    if gradients and value.requires_grad:
        lines.append(f"gradient {full_precision(value.grad)}")
    if value.scope:
        lines.append(f"scope {value.scope}")
    return "\n".join(lines)


def _title(outputs: Sequence[Value], names: Mapping[Value, str]) -> str:
    named = [names[output] for output in outputs if names.get(output)]
    return f"Computation graph of {', '.join(named)}" if named else "Computation graph"


def description_of(
    order: Sequence[Value], outputs: Sequence[Value], names: Mapping[Value, str], gradients: bool, number: NumberFormat
) -> str:
    """A graph in words: how large it is, its outputs, and the numbers of its first leaves."""
    gates = sum(value.gate is not None for value in order)
    leaves = [value for value in order if value.gate is None and value.requires_grad]
    parts = [f"{_counted(gates, 'gate')} and {_counted(len(order) - gates, 'leaf', 'leaves')}"]
    parts += [f"the output {names.get(o, '')} is {number(o.data)}".replace("  ", " ") for o in outputs[:4]]
    shown = [leaf for leaf in leaves if names.get(leaf)][:12]
    if gradients:
        parts += [f"{names[leaf]} = {number(leaf.data)} has gradient {number(leaf.grad)}" for leaf in shown]
    else:
        parts += [f"{names[leaf]} = {number(leaf.data)}" for leaf in shown]
    return "; ".join(parts) + "."


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"
