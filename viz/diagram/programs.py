"""Compiled programs as pictures: the same graph as scalar gates, as groups of alike gates, and as array instructions.

The three stages show what a program does to a graph: gates that are alike and equally deep become one group, and groups
of products that share their factors become matrix products.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from autograd.gates import Gate
from autograd.program import Program
from autograd.program.plan import Apply, Block, Fill, Gather, Instruction, MatMul, Plan, SumProducts, operands_of
from autograd.program.tape import Dot, Tape
from viz.diagram.build import commutes
from viz.diagram.collapse import LIMIT
from viz.diagram.model import Diagram, Net, Node
from viz.options import StageName, choose
from viz.text.numbers import NumberFormat, format_number


def program_diagram(program: Program, stage: StageName = "matrices", number: NumberFormat = format_number) -> Diagram:
    """The diagram of a program at one of its `STAGES`; `number` writes its constants.

    Raises ValueError for a stage that does not exist, and for more gates than can be read one by one.
    """
    make = choose("stage", stage, STAGES)
    diagram = make(program, number)
    steps = sum(node.kind in ("box", "gate") for node in diagram.nodes)
    diagram.title = f"Program, {stage}"
    words = [" ".join(filter(None, (node.text, *node.lines))) for node in diagram.nodes if node.kind == "box"]
    diagram.description = f"{steps} steps" + (f": {'; '.join(words)}." if words else ".")
    return diagram


def _what(operation: object) -> tuple[str, str]:
    """Symbol and tooltip of an operation of the tape."""
    if isinstance(operation, Gate):
        return operation.symbol, operation.name
    if isinstance(operation, Dot):
        return "Σ·", f"sum of {operation.pairs} products" + (f" and {operation.plus} more" if operation.plus else "")
    return "spread", "one number for the whole batch"


def _leaf(tape: Tape, row: int, number: NumberFormat) -> str:
    if row in tape.constants:
        return number(tape.constants[row])
    return tape.names.get(row, "input" if row in tape.inputs else "parameter")


def _gates(program: Program, number: NumberFormat) -> Diagram:
    """Each row of the tape a gate, sums of products already fused."""
    tape = program.tape
    if len(tape) > LIMIT:
        raise ValueError(
            f"this program has {len(tape)} rows, too many to draw one by one; stage='groups' draws those that are "
            "alike as one"
        )
    diagram = Diagram()
    nets: list[Net] = []
    ends = set(tape.outputs)
    for row, (operation, operands) in enumerate(zip(tape.operations, tape.operands, strict=True)):
        if operation is None:
            node = diagram.add_node("constant" if row in tape.constants else "leaf", _leaf(tape, row, number))
        else:
            symbol, title = _what(operation)
            node = diagram.add_node("gate", symbol, output=row in ends, title=title)
            node.flexible = not isinstance(operation, Gate) or commutes(operation)
        nets.append(diagram.add_net(node))
        for operand in operands:
            diagram.connect(nets[operand], node)
    return diagram


def _groups(program: Program, number: NumberFormat) -> Diagram:
    """Rows of one operation at one depth as one box; leaves by kind and by the group that reads them first."""
    tape = program.tape
    depth = [0] * len(tape)
    keys: list[Hashable] = [None] * len(tape)
    for row, operands in enumerate(tape.operands):
        if tape.operations[row] is not None:
            depth[row] = 1 + max(depth[operand] for operand in operands)
            keys[row] = (_what(tape.operations[row]), depth[row])
    inputs = set(tape.inputs)
    for row, operands in enumerate(tape.operands):
        for place, operand in enumerate(operands):
            if keys[operand] is None:
                kind = "input" if operand in inputs else "constant" if operand in tape.constants else "parameter"
                operation = tape.operations[row]
                bias = isinstance(operation, Dot) and place >= 2 * operation.pairs
                keys[operand] = (kind, None if kind == "input" else keys[row], bias)
    members: dict[Hashable, list[int]] = {}
    for row, key in enumerate(keys):
        members.setdefault(key, []).append(row)
    order = sorted(members, key=lambda key: (depth[members[key][0]], members[key][0]))
    diagram = Diagram(copies=False)
    nets: dict[Hashable, Net] = {}
    ends = {keys[row] for row in tape.outputs}
    for key in order:
        rows = members[key]
        operation = tape.operations[rows[0]]
        if operation is None:
            word = str(key[0]) if isinstance(key, tuple) else "unused"
            several = len(rows) > 1
            node = diagram.add_node("leaf", f"{len(rows)} {word}s" if several else _leaf(tape, rows[0], number))
        else:
            symbol, title = _what(operation)
            node = diagram.add_node("box", f"{len(rows)} × {symbol}", lines=(title,), output=key in ends)
        nets[key] = diagram.add_net(node, text=_numbers(len(rows)))
        for source in dict.fromkeys(keys[operand] for row in rows for operand in tape.operands[row]):
            diagram.connect(nets[source], node)
    return diagram


def _numbers(count: int) -> str:
    return f"{count} numbers" if count > 1 else "1 number"


class _Memory:
    """Which net wrote what: answers which nets a block reads."""

    def __init__(self) -> None:
        self.written: list[tuple[bool, int, int, Net]] = []

    def write(self, lanes: bool, start: int, stop: int, net: Net) -> None:
        self.written.append((lanes, start, stop, net))

    def read(self, lanes: bool, start: int, stop: int) -> list[Net]:
        found = [net for kind, a, b, net in self.written if kind == lanes and a < stop and start < b]
        return list(dict.fromkeys(found))


def _matrices(program: Program, number: NumberFormat) -> Diagram:
    """The plan: each array instruction a box."""
    plan = program.plan
    diagram = Diagram(copies=False)
    memory = _Memory()
    if plan.inputs:
        node = diagram.add_node("leaf", "inputs", lines=(f"{plan.inputs} × batch",))
        memory.write(True, 0, plan.inputs, diagram.add_net(node, text=f"{plan.inputs} × batch"))
    ends = {int(row) for row in plan.outputs}
    for instruction in plan.instructions:
        out = instruction.out
        sources = _read(diagram, plan, memory, instruction, number)
        text, lines = _words(instruction)
        last = out.lanes and any(out.start <= row < out.stop for row in ends)
        node = diagram.add_node("box", text, lines=lines, output=last, title=type(instruction).__name__)
        for net in sources:
            diagram.connect(net, node)
        size = f"{out.size} × batch" if out.lanes else _numbers(out.size)
        memory.write(out.lanes, out.start, out.stop, diagram.add_net(node, text=size))
    return diagram


def _read(diagram: Diagram, plan: Plan, memory: _Memory, instruction: Instruction, number: NumberFormat) -> list[Net]:
    """The nets an instruction reads; its parameters and constants become leaves beside it."""
    nets: dict[Net, None] = {}
    if isinstance(instruction, Gather):
        for row in instruction.source:
            lanes = instruction.out.lanes
            nets.update(dict.fromkeys(memory.read(lanes, int(row), int(row) + 1)))
            if not lanes and not memory.read(lanes, int(row), int(row) + 1):
                nets[_stored(diagram, plan, memory, Block(False, int(row), 1, True), "", number)] = None
        return list(nets)
    for place, block in enumerate(operands_of(instruction)):
        found = memory.read(block.lanes, block.start, block.stop)
        if not found and not block.lanes:
            role = ("W", "", "b")[min(place, 2)] if isinstance(instruction, MatMul | SumProducts) else ""
            found = [_stored(diagram, plan, memory, block, role, number)]
        nets.update(dict.fromkeys(found))
    return list(nets)


def _stored(diagram: Diagram, plan: Plan, memory: _Memory, block: Block, name: str, number: NumberFormat) -> Net:
    """A leaf for scalars that nothing computes: parameters, or constants behind them."""
    first = len(plan.order)
    constant = block.start >= first
    if constant and block.size == 1:
        text = number(float(plan.constants[block.start - first]))
    else:
        text = name or ("constants" if constant else "parameters" if block.size > 1 else "parameter")
    node: Node = diagram.add_node("constant" if constant else "leaf", text)
    net = diagram.add_net(node, text="" if constant and block.size == 1 else _numbers(block.size))
    memory.write(False, block.start, block.stop, net)
    return net


def _words(instruction: Instruction) -> tuple[str, Sequence[str]]:
    """What an instruction is called, and its shapes."""
    match instruction:
        case MatMul():
            text = "W @ H" + " + b" * bool(instruction.plus)
            width = "batch" if instruction.columns == 1 else f"{instruction.columns}·batch"
            return text, (f"({instruction.rows}, {instruction.inner}) @ ({instruction.inner}, {width})",)
        case SumProducts():
            return "Σ a·b", (f"{instruction.out.size} sums of {instruction.inner} products",)
        case Apply():
            gate = instruction.gate
            return gate.symbol, (f"{instruction.out.size} × {gate.name}",)
        case Fill():
            return "spread", ("to all rows of the batch",)
        case _:
            return "gather", (f"{instruction.out.size} side by side",)


#: The stages of a program, from the graph to the arrays.
STAGES: dict[StageName, Callable[[Program, NumberFormat], Diagram]] = {
    "gates": _gates,
    "groups": _groups,
    "matrices": _matrices,
}
