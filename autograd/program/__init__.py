"""A recorded graph, replayed for many rows at machine speed.

The graph of one example is written down once, as a tape of rows (`tape`), and made shorter (`passes`): constants are
folded, equal gates merged, sums of products fused. Rows of one kind at one depth become one array instruction, and
where they share their factors a matrix product: the layer that was drawn gate by gate is ``W @ H + b`` again
(`padding`, `matrices`, `plan`). An executor binds the plan to a batch size and runs it: NumPy by calls prepared once,
or plain Python line by line where a graph is narrow (`executors`, `source`), numba by small kernels whose source is the
gate table's formulas (`jit`). A function that branches on its numbers has a program for each path (`branches`).
"""

from autograd.program.compiling import compile
from autograd.program.program import Program

__all__ = ["Program", "compile"]
