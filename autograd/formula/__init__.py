"""Formulas of gates: the language, the walk over it, and two readings, on floats and as source text.

`language` has the trees, `parse`, `fold` and what a `Backend` is. `hoisting` gives a name to what is computed once.
`floats` computes formulas with numbers, `spelling` writes them as source. Every other reader (arrays, numba, LaTeX,
JavaScript, ...) lies with what it is for.
"""

from autograd.formula.floats import sum_in_order
from autograd.formula.hoisting import assignments, hoisted, steps
from autograd.formula.language import (
    CONSTANTS,
    FUNCTIONS,
    LETTERS,
    REDUCTIONS,
    Backend,
    Part,
    Tree,
    calls_in,
    fold,
    names_in,
    parse,
)

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "LETTERS",
    "REDUCTIONS",
    "Backend",
    "Part",
    "Tree",
    "assignments",
    "calls_in",
    "fold",
    "hoisted",
    "names_in",
    "parse",
    "steps",
    "sum_in_order",
]
