"""Graphs made visible: as pictures, step by step, and in words."""

from viz.drawing import draw
from viz.picture import Picture

__all__ = ["Picture", "draw"]
