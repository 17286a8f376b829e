"""What tests of pictures look at: a neuron to draw, and the texts of one role."""

from __future__ import annotations

from autograd import Value, exp
from viz import Picture

#: The namespace of SVG, as ElementTree writes it before a tag.
SVG = "{http://www.w3.org/2000/svg}"


def neuron() -> Value:
    """CS231n's sigmoid neuron of one input."""
    w, x, b = Value(2.0, "w"), Value(-1.0, "x"), Value(-3.0, "b")
    return 1 / (1 + exp(-(w * x + b)))


def texts(picture: Picture, role: str) -> list[str]:
    """What stands in a picture in that role, the legend's samples apart."""
    return [text.text for text in picture.scene.texts if text.role == role]
