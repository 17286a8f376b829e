"""What a model consists of: its layers in order, what stands in none of them, and what is shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograd import Value
from nn.layers import Activation, Layer, Neuron
from nn.modules import Module
from viz.diagram.model import Diagram, Node
from viz.text.numbers import NumberFormat

#: Up to this many parameters that are in no layer are listed one by one.
_BESIDE = 8
_IN_NONE = "in no layer"


@dataclass(slots=True)
class Stage:
    """One column: a dense layer with its neurons, or another module as a box. `lines` stand above it."""

    name: str
    lines: tuple[str, ...]
    neurons: Sequence[Neuron]
    width: int


def stages(model: Module) -> list[Stage]:
    """The columns of a model's picture, in order: its outermost parts that have a shape.

    A part that the model holds twice has two columns; the second says that it shares the first one's parameters.
    """
    found: list[Stage] = []
    first: dict[Module | Value, str] = {}  # where each module and each parameter was met first
    for name, part in _parts(model):
        if isinstance(part, Activation) and found and found[-1].neurons and not part.activation.of_vector:
            found[-1].lines += (part.shape(),)
            continue
        if not _is_stage(name, part):
            continue
        called = name or type(part).__name__
        neurons = part.neurons if isinstance(part, Layer) else [part] if isinstance(part, Neuron) else []
        parameters = part.parameters()
        lines = [called, part.shape()]
        if parameters and part in first:
            lines.append(f"the parameters of {first[part]}")
        elif parameters:
            lines.append(_counted(len(parameters)))
            shared = [first[parameter] for parameter in parameters if parameter in first]
            if shared:
                lines.append(f"{len(shared)} shared with {', '.join(dict.fromkeys(shared))}")
        first.setdefault(part, called)
        for parameter in parameters:
            first.setdefault(parameter, called)
        found.append(Stage(called, tuple(lines), neurons, len(neurons)))
    called = type(model).__name__
    return found or [Stage(called, (called, _counted(len(model.parameters()))), (), 0)]


def _counted(count: int) -> str:
    return f"{count} parameter{'s' * (count != 1)}"


def _is_stage(name: str, part: Module) -> bool:
    """Whether a module is one column: it is a dense layer, or has a shape (and, if it is the model, holds nothing)."""
    return isinstance(part, Layer | Neuron) or bool(part.shape() and (name or not list(part._held())))


def _parts(model: Module) -> Iterator[tuple[str, Module]]:
    """A model and the modules in it by name, outer before inner, down to those that are one column.

    A module comes as often as it is held; one that holds itself doesn't come again inside itself.
    """
    stack: list[tuple[str, Module, frozenset[int]]] = [("", model, frozenset())]
    while stack:
        name, part, around = stack.pop()
        yield name, part
        if not _is_stage(name, part) and not isinstance(part, Activation):
            around |= {id(part)}
            inner = [
                (f"{name}.{key}" if name else key, held, around)
                for key, held in part._held()
                if isinstance(held, Module) and id(held) not in around
            ]
            stack += reversed(inner)


def beside(model: Module, number: NumberFormat) -> tuple[str, ...]:
    """The parameters that are in no layer, a line each: ``scale = again = 1.5``.

    One that is a layer's parameter too says which one in place of its number. If there are many, each line says how
    many parameters an attribute holds.
    """
    inside: dict[Value, str] = {}
    names: dict[Value, list[str]] = {}
    for name, part in _parts(model):
        prefix = f"{name}." if name else ""
        if _is_stage(name, part):
            for parameter, value in part.named_parameters():
                inside.setdefault(value, f"{prefix}{parameter}")
        elif not isinstance(part, Activation):
            for key, held in part._held():
                if isinstance(held, Value):
                    names.setdefault(held, []).append(f"{prefix}{key}")
    if len(names) <= _BESIDE:
        return tuple(
            f"{' = '.join(called)} = {inside.get(value) or number(value.data)}" for value, called in names.items()
        )
    counts = Counter(called[0].rstrip(".0123456789") for value, called in names.items() if value not in inside)
    return tuple(f"{owner}: {_counted(count)}" for owner, count in counts.items())


def model_diagram(model: Module, number: NumberFormat) -> Diagram:
    """The model as a chain of boxes, one for each layer, and one for what is in none: what DOT and terminals show."""
    diagram = Diagram(title=f"Architecture of {type(model).__name__}", copies=False)
    parts = stages(model)
    inputs = len(parts[0].neurons[0].w) if parts[0].neurons else 0
    words = [f"{inputs} inputs"] if inputs else []
    before: Node | None = None
    if inputs:
        before = diagram.add_node("leaf", "inputs", lines=(f"{inputs} numbers",))
    for stage in parts:
        node = diagram.add_node("box", stage.lines[0], lines=stage.lines[1:], output=stage is parts[-1])
        if before is not None and (not inputs or not stage.neurons or inputs == len(stage.neurons[0].w)):
            diagram.connect(diagram.add_net(before, text=str(inputs or "")), node)
        inputs = stage.width or inputs
        before = node
        words.append(", ".join(filter(None, stage.lines)))
    if before is not None:
        diagram.add_net(before, text=str(inputs or ""))
    own = beside(model, number)
    if own:
        diagram.add_node("box", _IN_NONE, lines=own)
        words.append(f"{_IN_NONE}: {', '.join(own)}")
    diagram.description = f"{'; '.join(words)}; {_counted(len(model.parameters()))} in all."
    return diagram
