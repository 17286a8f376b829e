"""From a graph of Values to a diagram: every gate a node, every operand a wire, every scope a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd import GATES, ROLES, Value, topological_order
from viz.diagram.model import Diagram, Frame, Net
from viz.numbers import NumberFormat, format_number, full_precision


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
) -> Diagram:
    """The whole graph below `outputs`; `names` are drawn in leaves and on wires, gradients only if wanted."""
    order = topological_order(outputs)
    diagram = Diagram(copies=copies)
    ends = set(outputs)
    frames: dict[str, Frame] = {}
    nets: dict[Value, Net] = {}
    for value in order:
        frame = _frame(diagram, frames, value.scope)
        if value.gate is not None:
            node = diagram.add_node("gate", value.gate.symbol, frame=frame, value=value)
            node.flexible = value.gate.name in COMMUTATIVE
        else:
            kind, text = ("leaf", names.get(value, "")) if value.requires_grad else ("constant", names.get(value, ""))
            node = diagram.add_node(kind, text or number(value.data), frame=frame, value=value)  # type: ignore[arg-type]
        node.output = value in ends
        node.title = describe(value, names.get(value, ""), gradients)
        plain = value.gate is None and ((not value.requires_grad and not value.label) or not names.get(value))
        nets[value] = diagram.add_net(
            node,
            name=names.get(value, "") if value.gate is not None else "",
            data=None if plain else value.data,
            grad=value.grad if gradients and value.requires_grad else None,
        )
        for operand, (parent, local) in enumerate(zip(value.parents, value.local_derivatives, strict=True)):
            amount = value.grad * local if gradients and parent.requires_grad else None
            diagram.connect(nets[parent], node, local=local, amount=amount, uses=((value, operand),))
    diagram.title = _title(outputs, names)
    diagram.description = _description(order, outputs, names, gradients, number)
    return diagram


#: Gates whose operands may be drawn in any order: their formula is the same when they change places.
COMMUTATIVE = frozenset(name for name, gate in GATES.items() if gate.arity is None) | {"add", "mul", "max", "min"}


def _frame(diagram: Diagram, frames: dict[str, Frame], path: str) -> Frame | None:
    """The frame of a scope, made with those around it when first met."""
    if not path:
        return None
    if path not in frames:
        parts = path.split(".")
        around: Frame | None = None
        for i in range(1, len(parts) + 1):
            part = ".".join(parts[:i])
            if part not in frames:
                frames[part] = diagram.add_frame(part, around, title=part)
            around = frames[part]
    return frames[path]


def describe(value: Value, name: str, gradients: bool) -> str:
    """The tooltip of a node: what it is, what it does to gradients, and its numbers to the last digit."""
    if value.gate is None:
        what = "leaf" if value.requires_grad else "constant: it gets no gradient"
        lines = [f"{name}: {what}" if name else what]
    else:
        gate = value.gate
        lines = [f"{gate.name}: {gate.role}, {ROLES[gate.role]}"]
        if gate.note:
            lines.append(gate.note)
        if name:
            lines.insert(0, name)
    lines.append(f"value {full_precision(value.data)}")
    if gradients and value.requires_grad:
        lines.append(f"gradient {full_precision(value.grad)}")
    if value.scope:
        lines.append(f"scope {value.scope}")
    return "\n".join(lines)


def _title(outputs: Sequence[Value], names: Mapping[Value, str]) -> str:
    named = [names[output] for output in outputs if names.get(output)]
    return f"Computation graph of {', '.join(named)}" if named else "Computation graph"


def _description(
    order: Sequence[Value], outputs: Sequence[Value], names: Mapping[Value, str], gradients: bool, number: NumberFormat
) -> str:
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
