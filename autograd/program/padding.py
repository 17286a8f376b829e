"""Padding: rows that are added to a tape so that more of it runs as one instruction.

The passes in `passes` promise fewer rows; these two give more, and the plan is shorter for it.
"""

from __future__ import annotations

from autograd.gates import Gate
from autograd.program.tape import SPREAD, Dot, Tape, carries_lanes, depths, moved


def pad_ragged(tape: Tape) -> Tape:
    """Sums of 1, 2, 3, ... products of lanes at one depth (causal attention makes such) become equally long.

    They are filled up with products 0 · 0, as long as that does not double the work, and then run as one instruction.
    """
    longest = _common_lengths(tape)
    if not longest:
        return tape
    new = Tape()
    constant = new.add(None, ())
    new.constants[constant] = 0.0
    zero = new.add(SPREAD, (constant,))
    where = list(range(len(new), len(new) + len(tape)))
    for row, operation in enumerate(tape.operations):
        operands = tuple([where[operand] for operand in tape.operands[row]])
        if row in longest and isinstance(operation, Dot):
            pairs = operation.pairs
            filling = (zero,) * (longest[row] - pairs)
            operands = operands[:pairs] + filling + operands[pairs : 2 * pairs] + filling + operands[2 * pairs :]
            operation = Dot(longest[row], operation.plus)
        new.add(operation, operands)
        if row in tape.constants:
            new.constants[where[row]] = tape.constants[row]
    return moved(tape, new, where)


def _common_lengths(tape: Tape) -> dict[int, int]:
    """For each `Dot` of lanes that is worth filling up: how many pairs it should have."""
    lanes = carries_lanes(tape)
    alike: dict[tuple[int, int], dict[int, int]] = {}
    for row, (operation, depth) in enumerate(zip(tape.operations, depths(tape), strict=True)):
        if isinstance(operation, Dot) and lanes[tape.operands[row][0]]:
            alike.setdefault((depth, operation.plus), {})[row] = operation.pairs
    longest: dict[int, int] = {}
    for pairs in alike.values():
        most = max(pairs.values())
        if min(pairs.values()) < most and most * len(pairs) <= 2 * sum(pairs.values()):
            longest.update(dict.fromkeys(pairs, most))
    return longest


def spread_scalars(tape: Tape) -> Tape:
    """A scalar that meets lanes in a gate of any number of operands, or is an output, is spread over the lanes."""
    lanes = carries_lanes(tape)
    new, where = Tape(), [-1] * len(tape)
    copies: dict[int, int] = {}

    def spread(row: int) -> int:
        if lanes[row]:
            return where[row]
        if row not in copies:
            copies[row] = new.add(SPREAD, (where[row],))
        return copies[row]

    for row, operation in enumerate(tape.operations):
        operands = tape.operands[row]
        whole = isinstance(operation, Gate) and operation.arity is None and lanes[row]
        where[row] = new.add(operation, tuple([spread(o) if whole else where[o] for o in operands]))
        if row in tape.constants:
            new.constants[where[row]] = tape.constants[row]
    outputs = [spread(row) for row in tape.outputs]
    result = moved(tape, new, where)
    result.outputs = outputs
    return result
