"""Frames: a graph's picture after each step of the forward and the backward pass.

All frames have one placement, that of the picture with all numbers. A frame says what has been reached so far: what
hasn't is pale and has no number. So each frame is a diagram, made anew with the gradients as they are at that step, and
the placed scene seen through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from autograd import Value, backward_steps, topological_order
from viz.diagram.build import describe, diagram_of
from viz.diagram.model import Diagram, Net, Node
from viz.diagram.truth import STALE, is_stale
from viz.drawing.choices import Options
from viz.drawing.drawable import drawable_for
from viz.drawing.legend import finish
from viz.drawing.lighting import Step, seen_at
from viz.output.scene import Scene
from viz.styles.measure import text_width
from viz.styles.pen import SIZES, Look


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, before it is a Picture: what is drawn, where, and how."""

    diagram: Diagram
    scene: Scene
    look: Look


def frames_of(diagram: Diagram, options: Options) -> Iterator[Frame]:
    """The frames of a diagram that was drawn with these options: the inputs, each gate forward, the seed, each gate
    backward; a closed box is one step.

    Raises ValueError for what has no such passes: no graph, several outputs, a constant, a stale graph, a highlight.
    """
    if not diagram.outputs:
        raise ValueError(
            f"frames show the passes through a graph of Values, and {diagram.title!r} is none; draw a Value, such as "
            "the loss"
        )
    if len(diagram.outputs) > 1:
        raise ValueError(
            f"frames show the backward pass from one output, but {len(diagram.outputs)} were drawn; draw one of them, "
            "or their sum"
        )
    output = diagram.outputs[0]
    if not output.requires_grad:
        raise ValueError(f"{output!r} is a constant: there is no pass to show in frames")
    if is_stale(topological_order(output)):
        raise ValueError(f"frames can't be shown of this graph, which is {' '.join(STALE)}")
    if options.highlight is not None:
        raise ValueError("frames light one gate after another, so nothing else can be set off; draw without highlight=")
    return _Passes(diagram, output, options).frames()


class _Passes:
    """The passes through a copy of the graph, whose own gradients stay as they are."""

    def __init__(self, drawn: Diagram, output: Value, options: Options) -> None:
        self.output = deepcopy(output)
        self.order = topological_order(self.output)
        originals = topological_order(output)
        self.names = {
            copy: drawn.names[value] for value, copy in zip(originals, self.order, strict=True) if value in drawn.names
        }
        for value in self.order:
            value.grad = 0.0
        self.arrivals: dict[Value, list[tuple[Value, float]]] = {value: [] for value in self.order}
        for step in backward_steps(self.output):
            for part in step.contributions:
                self.arrivals[part.parent].append((step.node, part.amount))
        self.options = options
        whole = self._diagram()
        gates = [node for node in whole.nodes if _computes(node)]
        self.steps = [
            Step("inputs"),
            *(Step("value", node.key) for node in gates),
            Step("seed", next(node.key for node in whole.nodes if node.output)),
            *(Step("gradient", node.key) for node in reversed(gates)),
        ]
        self.turn = {value: i for i, node in enumerate(reversed(gates), len(gates) + 2) for value in _values(node)}
        options = replace(options, room=max((options.room, self._room(whole)), key=_wide))
        drawable = drawable_for(self.output)
        self.look = drawable.look(whole, options)
        self.scene = drawable.place(self.output, whole, self.look, options)
        finish(self.scene, whole, self.look, options.legend)
        self.whole = whole

    def _diagram(self) -> Diagram:
        """The diagram with the gradients that the copy has now."""
        options = self.options
        return diagram_of(
            [self.output],
            self.names,
            gradients=True,
            copies=options.copies,
            number=options.digits,
            expand=options.expand,
            collapse=options.collapse,
        )

    def _room(self, whole: Diagram) -> str:
        """The widest sum so far that is wider than what it becomes; empty if there is none."""
        number = self.options.digits
        found = ""
        for net in whole.nets:
            value = _carried(net)
            if value is None or net.grad is None:
                continue
            last = _wide(number(net.grad))
            turns = sorted({self.turn[gate] for gate, _ in self.arrivals[value]})
            texts = (number(self._gradient(value, turn)) for turn in turns)
            found = max((found, *(text for text in texts if _wide(text) > last)), key=_wide)
        return found

    def _gradient(self, value: Value, step: int) -> float:
        """A Value's gradient after that step: what has arrived, added up in the order of `backward_steps`."""
        total = 1.0 if value is self.output and step >= len(self.steps) // 2 else 0.0
        for gate, amount in self.arrivals[value]:
            if self.turn[gate] <= step:
                total += amount
        return total

    def frames(self) -> Iterator[Frame]:
        """Each frame in turn."""
        for i, step in enumerate(self.steps):
            for value in self.order:
                if value.requires_grad:
                    value.grad = self._gradient(value, i)
            diagram = self._diagram()
            done, coming = self.steps[: i + 1], self.steps[i + 1 :]
            diagram.unknown = {later.node for later in coming if later.kind == "value"}
            self._hide(diagram, {earlier.node for earlier in done if earlier.kind == "gradient"}, i)
            diagram.title, diagram.marks = self.whole.title, []
            words = _sentence(diagram, step, self.options)
            diagram.description = f"Step {i} of {len(self.steps) - 1}. {words}"
            yield Frame(diagram, seen_at(step, self.scene, self.whole, diagram, self.look), self.look)

    def _hide(self, diagram: Diagram, passed: set[str], step: int) -> None:
        """Take away the numbers that are not known yet; `passed` have passed their gradients on."""
        for node in diagram.nodes:
            for net in node.nets:
                if not self._has_gradient(net, step):
                    net.grad, net.spans = None, (net.spans[0], None)
                if node.key in diagram.unknown:
                    net.data, net.spans = None, (None, None)
                if net.several and None in net.spans:
                    net.title = net.text
            if node.value is not None:
                known = node.key not in diagram.unknown
                name = diagram.names.get(node.value, "")
                node.title = describe(node.value, name, node.nets[0].grad is not None, known)
        for wire in diagram.wires:
            if wire.target.key in diagram.unknown:
                wire.local = None
            if wire.target.key not in passed:
                wire.amount = None

    def _has_gradient(self, net: Net, step: int) -> bool:
        """Whether something has arrived at a net; all, if it bundles several Values."""
        if net.several:
            gates = {gate for wire in net.wires for gate, _ in wire.uses}
            return all(self.turn[gate] <= step for gate in gates)
        value = _carried(net)
        if value is None:
            return False
        begun = value is self.output and step >= len(self.steps) // 2
        return begun or any(self.turn[gate] <= step for gate, _ in self.arrivals[value])


def _wide(text: str) -> float:
    return text_width(text, SIZES["gradient"], True)


def _values(node: Node) -> Sequence[Value]:
    return node.members if node.value is None else (node.value,)


def _computes(node: Node) -> bool:
    """Whether a node is a step of a pass: a gate, or a closed box with a gate in it."""
    return any(value.gate is not None for value in _values(node))


def _carried(net: Net) -> Value | None:
    """The one Value that a net carries; None for a bundle."""
    if net.several:
        return None
    if net.source.value is not None:
        return net.source.value
    uses = [gate.parents[operand] for wire in net.wires for gate, operand in wire.uses]
    return uses[0] if uses else next((v for v in reversed(net.source.members) if v.data == net.data), None)


def _sentence(diagram: Diagram, step: Step, options: Options) -> str:
    """What happens in the step, in words and in the numbers of the frame."""
    number = options.digits
    nodes = {node.key: node for node in diagram.nodes}

    def called(net: Net) -> str:
        node = net.source
        return net.name or (f"the value of {node.text}" if node.kind in ("gate", "group") else node.text)

    if step.kind == "inputs":
        leaves = [node for node in diagram.nodes if node.kind == "leaf" and node.nets[0].data is not None]
        told = [f"{node.text} = {number(node.nets[0].data or 0.0)}" for node in leaves[:12]]
        return f"The inputs: {'; '.join(told)}." if told else "The inputs."
    if step.kind == "seed":
        return f"The backward pass starts with the gradient {number(1.0)} of the output."
    node = nodes[step.node]
    if step.kind == "value":
        told = [f"{called(net)} is {number(net.data)}" for net in node.nets if net.data is not None]
        return f"Forward through {node.text}: {'; '.join(told) or 'its values are known'}."
    told = []
    for wire in node.inputs:
        if wire.amount is not None and wire.net.grad is not None:
            told.append(f"{called(wire.net)} gets {number(wire.amount)} and has gradient {number(wire.net.grad)}")
    return f"Backward through {node.text}: {'; '.join(told) or 'nothing gets a gradient'}."
