"""viz.draw: what is drawn of a graph, and that the same graph gives the same bytes."""

import math
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from support.drawn import neuron, texts
from support.pictures import faults

import viz
from autograd import Value


def test_values_gradients_and_local_derivatives_are_those_of_cs231n():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    f = (x + y) * z
    f.backward()
    picture = viz.draw(f)
    assert sorted(texts(picture, "value")) == sorted(["−2", "5", "−4", "3", "−12"])
    assert sorted(texts(picture, "gradient")) == sorted(["−4", "−4", "3", "−4", "1"])
    assert sorted(texts(picture, "local")) == sorted(["×1", "×1", "×−4", "×3"])


def test_before_backward_no_gradient_is_drawn():
    picture = viz.draw(neuron())
    assert texts(picture, "gradient") == texts(picture, "contribution") == []
    assert 'class="gradient"' not in picture.svg


def test_gradients_of_an_earlier_pass_are_not_those_of_a_new_graph():
    w = Value(2.0, "w")
    (w * 3).backward()
    assert w.grad == 3.0
    assert texts(viz.draw(w * 4), "gradient") == []


def test_gradients_can_be_asked_for_and_left_out():
    y = neuron()
    assert len(texts(viz.draw(y, gradients=True), "gradient")) == 9
    y.backward()
    assert texts(viz.draw(y, gradients=False), "gradient") == []


def test_a_value_used_twice_branches_at_a_copy_that_adds_up():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y)
    assert [net.copied for net in picture.diagram.nets] == [True, False]
    assert texts(picture, "contribution") == ["3", "3"]
    assert texts(picture, "gradient") == ["6", "1"]
    assert len(picture.diagram.wires) == 2


def test_copies_can_be_hidden():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y, copies=False)
    assert "copy" not in {s.kind for s in picture.scene.shapes}
    assert "copy" in {s.kind for s in viz.draw(y).scene.shapes}
    assert texts(picture, "contribution") == []


def test_the_sum_gate_is_one_circle():
    from autograd import sum as total

    picture = viz.draw(total([Value(1.0), Value(2.0), Value(3.0)]))
    assert [n.text for n in picture.diagram.nodes if n.kind == "gate"] == ["Σ"]


def test_names_come_from_labels_then_from_the_callers_variables():
    weight, labelled = Value(2.0), Value(3.0, "label")
    out = weight * labelled
    assert [n.text for n in viz.draw(out).diagram.nodes] == ["weight", "label", "×"]
    assert texts(viz.draw(out), "name") == ["out ="]
    assert [n.text for n in viz.draw(out, names=False).diagram.nodes] == ["2", "label", "×"]
    assert [n.text for n in viz.draw(out, names={"w": weight}).diagram.nodes] == ["w", "label", "×"]


def test_several_outputs_are_drawn_as_one_graph():
    x = Value(2.0, "x")
    picture = viz.draw([x * 2, x + 1])
    assert sum(n.output for n in picture.diagram.nodes) == 2
    assert sum(n.text == "x" for n in picture.diagram.nodes) == 1


def test_an_output_that_another_output_uses_has_a_double_border_too():
    x = Value(2.0, "x")
    y = x * 2
    picture = viz.draw([y, y + 1])
    assert sum(n.output for n in picture.diagram.nodes) == 2
    assert faults(picture.scene) == []


@pytest.mark.parametrize("style", ["circuit", "compact", "record"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_one_leaf_and_one_gate_and_numbers_out_of_bounds_are_drawn(style, direction):
    nan = Value(math.nan, "nan") * Value(math.inf, "inf") + Value(-math.inf) + Value(1e-300)
    nan.backward()
    for value in (Value(3.0), Value(3.0, "x"), Value(3.0, "x").tanh(), -Value(0.0), nan):
        picture = viz.draw(value, style=style, direction=direction)
        ElementTree.fromstring(picture.svg)
        assert faults(picture.scene) == []
    if style != "compact":
        assert {"NaN", "∞"} <= {t.removeprefix("data ") for t in texts(picture, "value")}


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    code = (
        "import viz; from autograd import *; import autograd\n"
        "with scope('s'):\n    a, b = Value(1.5, 'a'), Value(-2.0, 'b'); c = a * b + (a + b).tanh() + a\n"
        "d = autograd.sum([c, a, b, c * 2]); d.backward()\n"
        "p = viz.draw(d); print(p.svg, p.dot, p.tex, p.txt)\n"
        "print(viz.draw(d, expand=0).svg, viz.draw(d, style='record', direction='TB').svg)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1


def test_drawing_changes_no_value():
    y = neuron()
    y.backward()
    before = repr(y), y.label
    viz.draw(y)
    assert (repr(y), y.label) == before


def test_importing_viz_loads_neither_numpy_nor_graphviz():
    code = "import viz, sys; print(*[m for m in ('numpy', 'graphviz', 'matplotlib', 'resvg_py') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
