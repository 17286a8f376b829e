"""Graphs made visible: as pictures, step by step, and in words."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd

if "GATES" not in vars(autograd):
    _place = getattr(autograd, "__file__", None) or f"{next(iter(autograd.__path__))} without an __init__.py"
    raise ImportError(
        f"viz needs Gatewise's autograd, but 'import autograd' finds {_place}: HIPS autograd (PyPI's distribution "
        "'autograd', which is installed into the same folder), what uninstalling one of the two has left, or a file of "
        "your own. The two cannot share an environment: run 'pip uninstall autograd gatewise' and install Gatewise "
        "again; a file of your own needs another name"
    )

from viz.beside import require_nn
from viz.drawing.draw import draw
from viz.drawing.picture import Picture
from viz.explanation import Explanation, explain
from viz.expression.errors import ExpressionError
from viz.expression.read import read_expression
from viz.notebook import show_values
from viz.stepper import Stepper, step

if TYPE_CHECKING:
    from viz.stepper.watch import Watch, watch

__all__ = [
    "Explanation",
    "ExpressionError",
    "Picture",
    "Stepper",
    "Watch",
    "draw",
    "explain",
    "read_expression",
    "step",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name == "plots":  # imports matplotlib and nn, so only when asked for
        require_nn("viz.plots")
        return import_module("viz.plots")
    if name in ("Watch", "watch"):  # imports NumPy and nn
        require_nn(f"viz.{name}")
        return getattr(import_module("viz.stepper.watch"), name)
    raise AttributeError(f"module 'viz' has no attribute {name!r}")


show_values()
