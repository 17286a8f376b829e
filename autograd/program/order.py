"""Who writes a gradient first: that contribution is stored and later ones are added, so nothing is cleared in vain."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.program.plan import Block, Indices, Plan


class Arrivals:
    """Which gradients have had a contribution, as the backward pass goes along."""

    def __init__(self, plan: Plan) -> None:
        self._had = {True: bytearray(plan.lanes), False: bytearray(plan.scalars)}

    def at_block(self, block: Block) -> tuple[bool, list[int]]:
        """Whether this is the first contribution to the whole block; if to a part of it, which gradients are still
        to be cleared."""
        return self._at(block.lanes, range(block.start, block.stop))

    def at_rows(self, lanes: bool, rows: Indices) -> tuple[bool, list[int]]:
        """The same for rows that are scattered."""
        return self._at(lanes, rows.tolist())

    def _at(self, lanes: bool, rows: Sequence[int]) -> tuple[bool, list[int]]:
        had = self._had[lanes]
        missing = [row for row in rows if not had[row]]
        for row in missing:
            had[row] = 1
        return (True, []) if len(missing) == len(rows) else (False, missing)
