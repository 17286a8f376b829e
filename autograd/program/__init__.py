"""A recorded graph, replayed for many rows at machine speed."""

from autograd.program.program import Program, compile

__all__ = ["Program", "compile"]
