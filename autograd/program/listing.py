"""A program in words: what each pass left of the graph, and the instructions that came of it."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.program.plan import Apply, Block, Fill, Gather, Instruction, MatMul, SumProducts

#: What a pass did, for people.
_DONE = {
    "recorded": "gates recorded",
    "fold_constants": "after folding constants",
    "simplify_powers": "after simplifying powers",
    "merge_equal": "after merging equal gates",
    "drop_dead": "after dropping dead gates",
    "fuse_sums": "after fusing sums of products",
}
#: So many instructions are listed, half of them from the end.
_LISTED = 24


def listing(title: str, counts: Sequence[tuple[str, int]], instructions: Sequence[Instruction]) -> str:
    """The title, a line for each pass with what it left, and the instructions."""
    lines = [f"<{title}"]
    lines += [f"{gates:>9,} {_DONE.get(name, f'after {name}')}" for name, gates in counts]
    lines.append(f"{len(instructions):>9,} instruction{'s' * (len(instructions) != 1)} after grouping")
    described = [f"{'':>11}{describe(instruction)}" for instruction in _ends(instructions)]
    if len(instructions) > _LISTED:
        described.insert(_LISTED // 2, f"{'':>11}... {len(instructions) - _LISTED:,} more ...")
    return "\n".join(lines + described) + ">"


def _ends(instructions: Sequence[Instruction]) -> Sequence[Instruction]:
    if len(instructions) <= _LISTED:
        return instructions
    return [*instructions[: _LISTED // 2], *instructions[-(_LISTED // 2) :]]


def describe(instruction: Instruction) -> str:
    """An instruction in a line: what it makes, of which blocks; blocks of scalars are marked by a capital S."""
    out = _block(instruction.out)
    match instruction:
        case MatMul(_, _, _, plus, rows, inner, columns):
            shape = f"{rows}×{inner} @ {inner}×{columns}"
            return f"{out} = matrix product {shape}{_plus(plus)}"
        case SumProducts(_, left, right, plus, inner):
            pairs = f"{inner} products each" if inner > 1 else "a product each"
            return f"{out} = sums of {pairs}: {_block(left)} · {_block(right)}{_plus(plus)}"
        case Apply(gate, _, blocks):
            return f"{out} = {gate.name}({', '.join(map(_block, blocks))})"
        case Gather(_, source):
            return f"{out} = gathered from {len(set(source.tolist()))} places"
        case Fill(_, operand):
            return f"{out} = {_block(operand)} in every lane"


def _block(block: Block) -> str:
    kind = "v" if block.lanes else "S"
    return f"{kind}[{block.start}]" if block.size == 1 else f"{kind}[{block.start}:{block.stop}]"


def _plus(blocks: Sequence[Block]) -> str:
    return "".join(f" + {_block(block)}" for block in blocks)
