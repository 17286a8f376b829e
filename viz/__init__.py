"""Graphs made visible: as pictures, step by step, and in words."""

from viz.drawing import draw
from viz.explanation import Explanation, explain
from viz.expression import read_expression
from viz.expression_errors import ExpressionError
from viz.picture import Picture
from viz.stepper import Stepper, step

__all__ = [
    "Explanation", "ExpressionError", "Picture", "Stepper", "draw", "explain", "read_expression", "step",
]  # fmt: skip
