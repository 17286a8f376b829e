"""Tracks which gradients have a contribution: the first is stored, later ones are added, so none needs zeroing."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.program.plan import Block, Indices, Plan


class Arrivals:
    """Which gradients have had a contribution so far, while the backward pass is written down."""

    def __init__(self, plan: Plan) -> None:
        self._had = {True: bytearray(plan.lanes), False: bytearray(plan.scalars)}

    def at_block(self, block: Block) -> tuple[bool, list[int]]:
        """Whether this is the first contribution to every gradient of the block.

        If it is the first to some of them only, these are listed: they have to be set to 0 before it is added.
        """
        return self._at(block.lanes, range(block.start, block.stop))

    def at_rows(self, lanes: bool, rows: Indices) -> tuple[bool, list[int]]:
        """The same for rows that do not lie side by side."""
        return self._at(lanes, rows.tolist())

    def _at(self, lanes: bool, rows: Sequence[int]) -> tuple[bool, list[int]]:
        had = self._had[lanes]
        missing = [row for row in rows if not had[row]]
        for row in missing:
            had[row] = 1
        return (True, []) if len(missing) == len(rows) else (False, missing)
