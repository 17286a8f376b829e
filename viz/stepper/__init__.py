"""The stepper: a page that replays a graph forward and backward, and lets its reader change the numbers; and, in
`training`, the same for a training, epoch by epoch."""

from viz.stepper.stepper import Stepper, step

__all__ = ["Stepper", "step"]
