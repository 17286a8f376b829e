"""The stepper: a page that replays a graph forward and backward, and lets its reader change the numbers."""

from viz.stepper.stepper import Stepper, step

__all__ = ["Stepper", "step"]
