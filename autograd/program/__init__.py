"""A recorded graph, replayed for many rows at machine speed.

The graph of one example is written down once, as a tape of rows (`tape`), and made shorter: constants folded, equal
gates merged, sums of products fused (`passes`). Rows of one kind at one depth become one array instruction, and where
they share their factors a matrix product: the layer that was drawn gate by gate is ``W @ H + b`` again (`matrices`,
`plan`). An executor binds the plan to a batch size and runs it: NumPy by calls prepared once (`numpy_executor`), numba
by small kernels whose source is the gate table's formulas (`kernels`, `encoding`, `numba_executor`), and plain Python,
line by line, where a graph is narrow (`source`, `python_executor`).
"""

from autograd.program.program import Program, compile

__all__ = ["Program", "compile"]
