"""Random graphs over every gate, buildable with any arithmetic: Values, PyTorch tensors, programs.

A `Recipe` is data: numbers for the leaves, then one row a gate. Domains are kept by construction (a row that would
leave its gate's domain, or be badly conditioned there, is not taken), while ties, kinks, repeated and shared operands
are sought: leaves are often equal, often whole, often 0.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from autograd import GATES, Value, apply

DRAWN = sorted(name for name in GATES if name != "copy")


@dataclass(frozen=True)
class Recipe:
    """leaves: their numbers; constants: numbers among the operands; rows: (gate name, operand places)."""

    leaves: tuple[float, ...]
    constants: tuple[float, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    def build(self, leaves: Sequence[Any], gate: Callable[[str, list[Any]], Any]) -> list[Any]:
        """Every node: leaves, constants, gates. `gate(name, operands)` computes one."""
        nodes = [*leaves, *self.constants]
        for name, places in self.rows:
            nodes.append(gate(name, [nodes[place] for place in places]))
        return nodes

    def values(self) -> tuple[list[Value], Value]:
        """The leaves and the output as Values; the output sums the last gates, so that most nodes matter."""
        leaves = [Value(x, label=f"x{i}") for i, x in enumerate(self.leaves)]
        nodes = self.build(leaves, lambda name, operands: apply(GATES[name], operands))
        return leaves, apply(GATES["sum"], nodes[-self.ends :])

    @property
    def ends(self) -> int:
        return min(5, len(self.rows))


def recipe(seed: int, size: int) -> Recipe:
    draw = random.Random(seed)
    plain = (0.0, 1.0, -1.0, 2.0, 0.5)
    numbers = [draw.choice(plain) if draw.random() < 0.5 else draw.uniform(-3, 3) for _ in range(draw.randint(1, 6))]
    constants = [draw.choice((0.5, 1.0, 2.0, 3.0, -1.0)) for _ in range(2)]
    data = [*numbers, *constants]
    rows: list[tuple[str, tuple[int, ...]]] = []
    while len(rows) < size:
        name = draw.choice(DRAWN)
        arity = GATES[name].arity or draw.randint(1, 5)
        places = tuple(
            draw.randrange(max(0, len(data) - 12), len(data)) if draw.random() < 0.7 else draw.randrange(len(data))
            for _ in range(arity)
        )
        if all(len(numbers) <= p < len(numbers) + len(constants) for p in places):
            continue  # of constants alone: no gate of interest
        try:
            y, *derivatives = GATES[name].rule(*[data[p] for p in places])
        except (ArithmeticError, ValueError):
            continue
        if all(math.isfinite(d) and abs(d) < 8 for d in derivatives) and abs(y) < 50:
            data.append(y)
            rows.append((name, places))
    return Recipe(tuple(numbers), tuple(constants), tuple(rows))


def recipes(largest: int = 200) -> st.SearchStrategy[Recipe]:
    """Recipes of 1 to `largest` gates."""
    return st.builds(recipe, st.integers(0, 2**32), st.integers(1, largest))
