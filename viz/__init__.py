"""Graphs made visible: as pictures, step by step, and in words."""

from viz.drawing import draw
from viz.picture import Picture
from viz.stepper import Stepper, step

__all__ = ["Picture", "Stepper", "draw", "step"]
