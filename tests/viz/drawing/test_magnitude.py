"""Wires whose width shows the size of a value or a gradient."""

import math
from xml.etree import ElementTree

import pytest
from support.drawn import SVG, neuron, texts

import viz
from autograd import Value


def test_magnitude_makes_the_larger_gradient_wider():
    x, y = Value(1.0, "x"), Value(100.0, "y")
    z = x * y
    z.backward()
    picture = viz.draw(z, magnitude=True)
    width = {p.net: p.width for p in picture.scene.paths if p.net and not p.wires}
    assert width["n0"] == 5.0  # ∂z/∂x = 100
    assert width["n1"] == 3.0
    by_value = viz.draw(z, magnitude="value")
    width = {p.net: p.width for p in by_value.scene.paths if p.net and not p.wires}
    assert width["n0"] < width["n1"]


def wire_widths(value, **options):
    root = ElementTree.fromstring(viz.draw(value, magnitude="gradient", legend=False, **options).svg)
    wires = [e for e in root.iter(f"{SVG}path") if e.get("class") == "wire"]
    return {e.get("data-net"): float(e.get("stroke-width", "1.5")) for e in wires}


def test_nearly_the_same_gradient_has_nearly_the_same_width():
    x, y = Value(1.0, "x"), Value(1.01, "y")
    z = x * y
    z.backward()
    widths = wire_widths(z)
    assert abs(widths["n0"] - widths["n1"]) <= 0.1


@pytest.mark.parametrize(
    ("gradient", "width"),
    [(0, 1), (1e-9, 1), (0.01, 1), (0.1, 2), (-1, 3), (10, 4), (1e6, 5), (math.inf, 5), (math.nan, 5)],
)
def test_a_gradient_has_the_same_width_in_every_picture(gradient, width):
    x = Value(1.0, "x")
    y = x + 0.0
    y.backward(seed=gradient)
    if gradient:
        assert wire_widths(y) == wire_widths(y, style="record") == {"n0": width, "n1": 1, "n2": width}


def test_the_legend_has_the_key_of_the_widths():
    y = neuron()
    y.backward()
    for which in ("gradient", "value"):
        legend = texts(viz.draw(y, magnitude=which), "legend")
        assert legend[-5:] == [f"size of the {which}: ≤ 0.01", "0.1", "1", "10", "≥ 100"]
    samples = [p.width for p in viz.draw(y, magnitude=True).scene.paths if p.kind == "sample"]
    assert samples == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert not any("size of" in words for words in texts(viz.draw(y), "legend"))


def test_magnitude_by_gradients_that_are_not_there_is_refused():
    with pytest.raises(ValueError, match=r"call \.backward\(\) first"):
        viz.draw(neuron(), magnitude="gradient")
