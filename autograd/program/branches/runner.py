"""A tape with all that runs it: its plan, the memory its executor works in, and the pieces that batches come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from autograd.program import passes
from autograd.program.executors.executor import Executor, Pool
from autograd.program.plan import Floats, Plan, planned
from autograd.program.tape import PackedTape, Tape

#: What is done to a tape before it is grouped into instructions, in order.
PASSES: tuple[Callable[[Tape], Tape], ...] = (
    passes.fold_constants,
    passes.simplify_powers,
    passes.merge_equal,
    passes.drop_dead,
    passes.fuse_sums,
)

#: A batch is cut into pieces so that the lanes of one piece hold at most so many numbers, which fit into the cache.
_NUMBERS_AT_ONCE = 1 << 17
#: Keep the plan only where an instruction covers at least `_WIDE` gates, or the graph has fewer than `_SMALL`.
_WIDE, _SMALL = 20, 20_000


def simplified(tape: Tape) -> tuple[Tape, list[tuple[str, int]]]:
    """The tape after all passes, and how many gates were left after each."""
    counts = [("recorded", tape.gates)]
    for each in PASSES:
        tape = each(tape)
        counts.append((each.__name__, tape.gates))
    return tape, counts


class Runner:
    """Runs a tape, which has been through the passes, on tables of floats. NaN and infinities come as they come."""

    def __init__(self, tape: Tape, executor: Executor, recorded: int) -> None:
        """recorded: how many gates the tape had before the passes."""
        self._tape = PackedTape(tape)
        plan = planned(tape)
        self.inputs, self.outputs = plan.inputs, len(plan.outputs)
        # A narrow graph has about as many instructions as gates, and keeping them would take most of the memory.
        self._plan = plan if len(plan.instructions) * _WIDE <= recorded + _SMALL else None
        self.pool = Pool(self.recipe, executor)
        self._at_once = max(64, _NUMBERS_AT_ONCE // (plan.lanes + 1))

    def recipe(self) -> tuple[Tape, Plan]:
        """The tape and its plan."""
        tape = self.tape()
        return tape, self._plan or planned(tape)

    def tape(self) -> Tape:
        """The tape that is run."""
        return self._tape.unpacked()

    def forward(self, table: Floats, numbers: Floats) -> Floats:
        """The outputs (outputs, batch) of a table (batch, inputs) at these numbers of the parameters."""
        parts = [self.pool.forward(piece, numbers) for piece in self._pieces(table)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def value_and_grad(self, table: Floats, numbers: Floats) -> tuple[float, Floats]:
        """The mean of the one output, and its gradient by the parameters."""
        value, gradients = 0.0, np.empty(0)
        for i, piece in enumerate(self._pieces(table)):
            part, slopes = self.pool.value_and_grad(piece, numbers, 1.0 / len(table))
            value += part
            gradients = gradients + slopes if i else slopes
        return value, gradients

    def _pieces(self, table: Floats) -> Sequence[Floats]:
        """The rows in pieces small enough that the lanes of all nodes stay in the cache."""
        size = self._at_once
        if len(table) <= size:
            return (table,)
        return [table[i : i + size] for i in range(0, len(table), size)]
