"""Graphs made visible: as pictures, step by step, and in words."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from viz.drawing import draw
from viz.explanation import Explanation, explain
from viz.expression import read_expression
from viz.expression_errors import ExpressionError
from viz.notebook import show_values
from viz.picture import Picture
from viz.stepper import Stepper, step

if TYPE_CHECKING:
    from viz.stepper.training import Watch, watch

__all__ = [
    "Explanation", "ExpressionError", "Picture", "Stepper", "Watch", "draw", "explain", "read_expression",
    "step", "watch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "plots":  # imports matplotlib and nn, so only when asked for
        return import_module("viz.plots")
    if name in ("Watch", "watch"):  # imports NumPy
        return getattr(import_module("viz.stepper.training"), name)
    raise AttributeError(f"module 'viz' has no attribute {name!r}")


show_values()
