"""Graphs made visible: as pictures, step by step, and in words."""

from typing import Any

from viz.drawing import draw
from viz.explanation import Explanation, explain
from viz.expression import read_expression
from viz.expression_errors import ExpressionError
from viz.notebook import show_values
from viz.picture import Picture
from viz.stepper import Stepper, step

__all__ = [
    "Explanation", "ExpressionError", "Picture", "Stepper", "draw", "explain", "read_expression", "step",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "plots":  # imports matplotlib and nn, so only when asked for
        import importlib

        return importlib.import_module("viz.plots")
    raise AttributeError(f"module 'viz' has no attribute {name!r}")


show_values()
