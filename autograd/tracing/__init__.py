"""Recording a function of Values, so that it can be replayed for other numbers.

A function is called once, with one row of numbers, and the graph that it builds serves every row, unless the function
looked at the numbers. So while it is recorded, what the function reads as ``.data`` of a Value is a `Number`, which
remembers the Value; the engine itself reads the float behind it. Arithmetic with it becomes gates, through which no
gradient passes. Only where Python itself must know the number (an ``if``, an ``int``, a text), it gets a plain answer:
that is a decision, and the graph holds for all rows that lead to the same decisions. `autograd.where` decides nothing:
it takes the comparison as it is.
"""

from autograd.tracing.decide import decide, largest
from autograd.tracing.number import Number
from autograd.tracing.reach import reach
from autograd.tracing.record import record
from autograd.tracing.trace import Decision, Trace, Traced

__all__ = ["Decision", "Number", "Trace", "Traced", "decide", "largest", "reach", "record"]
