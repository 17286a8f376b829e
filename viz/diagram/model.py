"""What is drawn, and nothing of where or how: nodes, the values that leave them, the wires that carry those, frames.

A diagram of a graph is made by `viz.diagram.build.diagram_of`. It can also be made by hand, of anything that has boxes
and wires (a compiled program is): `Diagram.add_node` and `Diagram.connect`. Layouts and outputs read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograd import Value

#: leaf, constant, gate: one Value. group: a collapsed frame. box: a step of something that is no graph of Values.
Kind = Literal["leaf", "constant", "gate", "group", "box"]
#: The smallest and the largest of several numbers.
Span = tuple[float, float]


@dataclass(slots=True, eq=False)
class Frame:
    """A scope drawn as a frame around what was made in it. `path` is the dotted scope; `name` its last part."""

    key: str
    path: str
    name: str
    parent: Frame | None = None
    title: str = ""


@dataclass(slots=True, eq=False)
class Node:
    """A thing with wires: a leaf, a gate, a collapsed frame or a box.

    key: ``n0``, ``n1``, ...: its place in topological order, the same in every picture of the same graph.
    text: what stands in its shape: a name, a number, a gate's symbol. lines: further, smaller lines under it.
    value: the Value a leaf, constant or gate stands for. members: the Values a group stands for, and `scope` its dotted
    path if it is a collapsed scope. output: whether it ends the graph (a double border).
    title: the tooltip. flexible: whether its operands may be drawn in another order (they commute).
    inputs: the wires that end here, in operand order. nets: what leaves it.
    """

    key: str
    kind: Kind
    text: str
    value: Value | None = None
    frame: Frame | None = None
    output: bool = False
    title: str = ""
    flexible: bool = True
    lines: tuple[str, ...] = ()
    inputs: list[Wire] = field(default_factory=list)
    nets: list[Net] = field(default_factory=list)
    members: tuple[Value, ...] = ()
    scope: str = ""

    @property
    def swappable(self) -> bool:
        """Whether its two operands do not commute but may change places, marked a and b, to remove a crossing."""
        return not self.flexible and len(self.inputs) == 2


@dataclass(slots=True, eq=False)
class Net:
    """What leaves a node, with all the wires that carry it on: one value, or several drawn as one.

    key: the node's, for its only net. name: what people call the value. text: what stands above the wire instead of a
    number, where it is not one value. data, grad: its numbers; None is not drawn. several: how many values are bundled
    in it, each with a number and a gradient of its own; 0 for one value. spans: the smallest and the largest of those
    numbers and of those gradients.
    """

    key: str
    source: Node
    name: str = ""
    data: float | None = None
    grad: float | None = None
    text: str = ""
    title: str = ""
    several: int = 0
    spans: tuple[Span | None, Span | None] = (None, None)
    wires: list[Wire] = field(default_factory=list)

    @property
    def copied(self) -> bool:
        """Whether its wires meet in a copy junction: it is one value, used more than once."""
        return len(self.wires) > 1 and not self.several


@dataclass(slots=True, eq=False)
class Wire:
    """A net's way to one operand of one node.

    operand: which operand, counted from 0. local: ∂target/∂operand. amount: what comes back along this wire,
    upstream × local; None where several values share it, whose gradients have no sum. uses: the (gate,
    operand) pairs in the graph it stands for: one, or several into a group.
    """

    key: str
    net: Net
    target: Node
    operand: int
    local: float | None = None
    amount: float | None = None
    uses: tuple[tuple[Value, int], ...] = ()

    @property
    def source(self) -> Node:
        return self.net.source


@dataclass(slots=True, eq=False)
class Diagram:
    """Nodes in topological order, nets and wires in order of their targets, frames from the outside in.

    title: a few words. description: the whole in words, for those who cannot see it. copies: whether copy junctions
    and the contributions on their branches are shown. captions: lines of text under the picture. marks: lines that say
    which of its numbers do not belong together, see `viz.diagram.truth`. outputs, names: the Values that a graph was
    drawn from, and what its Values are called; empty for anything else. unknown: the keys of the nodes whose values a
    frame doesn't know yet.
    """

    title: str = ""
    description: str = ""
    copies: bool = True
    nodes: list[Node] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    nets: list[Net] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    #: The wires and nodes to be set off, by key; empty for none. The rest is drawn pale.
    highlighted: set[str] = field(default_factory=set)
    outputs: tuple[Value, ...] = ()
    names: Mapping[Value, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def add_node(
        self,
        kind: Kind,
        text: str,
        *,
        frame: Frame | None = None,
        output: bool = False,
        title: str = "",
        lines: Sequence[str] = (),
        value: Value | None = None,
        key: str = "",
    ) -> Node:
        """Append a node. Nodes must be added in an order in which wires lead from earlier ones to later ones."""
        node = Node(key or f"n{len(self.nodes)}", kind, text, value, frame, output, title, lines=tuple(lines))
        self.nodes.append(node)
        return node

    def add_net(
        self,
        source: Node,
        *,
        name: str = "",
        data: float | None = None,
        grad: float | None = None,
        text: str = "",
        title: str = "",
    ) -> Net:
        """Append a value that leaves `source`."""
        key = f"{source.key}.{len(source.nets)}" if source.nets else source.key
        net = Net(key, source, name, data, grad, text, title)
        source.nets.append(net)
        self.nets.append(net)
        return net

    def connect(
        self,
        net: Net,
        target: Node,
        *,
        local: float | None = None,
        amount: float | None = None,
        uses: tuple[tuple[Value, int], ...] = (),
    ) -> Wire:
        """Append a wire from `net` to the next operand of `target`."""
        key = f"w{target.key.removeprefix('n')}.{len(target.inputs)}"
        wire = Wire(key, net, target, len(target.inputs), local, amount, uses)
        net.wires.append(wire)
        target.inputs.append(wire)
        self.wires.append(wire)
        return wire

    def add_frame(self, path: str, name: str, parent: Frame | None = None, title: str = "") -> Frame:
        """Append a frame; frames must be added from the outside in."""
        frame = Frame(f"f{len(self.frames)}", path, name, parent, title or path)
        self.frames.append(frame)
        return frame
