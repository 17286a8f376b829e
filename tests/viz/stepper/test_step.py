"""`viz.step` in Python: what it takes, refuses and leaves alone, and how the result is saved and shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.pages import neuron, shared

import viz
from autograd import Value, topological_order
from viz.stepper.page import document


@pytest.mark.parametrize("thing", [3.0, None, "x", [Value(1.0)]])
def test_what_is_no_value_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="step shows the graph of one Value"):
        viz.step(thing)


def test_a_constant_has_no_pass() -> None:
    with pytest.raises(ValueError, match="is a constant"):
        viz.step(Value(1.0, requires_grad=False))


def test_a_graph_too_large_for_a_page_is_refused() -> None:
    y = x = Value(1.0)
    for _ in range(21_000):
        y = y + x
    with pytest.raises(ValueError, match="21001 nodes, and a page can carry 20000"):
        viz.step(y)


def test_the_graph_itself_is_left_alone() -> None:
    y = shared()
    x = topological_order(y)[0]
    x.grad = 5.0
    viz.step(y).html  # noqa: B018
    assert (x.grad, y.grad, x.label) == (5.0, 0.0, "x")


def test_the_title_is_the_output_s_name_or_else_its_expression() -> None:
    x, y = Value(1.0, label="x"), shared()
    assert viz.step(y).title == "Backpropagation through y"
    assert viz.step((x * 2).tanh()).title == "Backpropagation through tanh(x*2)"
    named_here = x.exp()
    assert viz.step(named_here).title == "Backpropagation through named_here"
    assert viz.step(named_here, names=False).title == "Backpropagation through exp(x)"
    assert viz.step(named_here, names={"z": named_here}).title == "Backpropagation through z"


def test_only_pages_are_saved_and_a_failed_save_leaves_no_file(tmp_path: Any) -> None:
    stepper = viz.step(shared())
    with pytest.raises(ValueError, match=r"ends in \.html"):
        stepper.save(tmp_path / "y.svg")
    with pytest.raises(OSError, match="missing"):
        stepper.save(tmp_path / "missing" / "y.html")
    assert list(tmp_path.iterdir()) == []
    assert stepper.save(tmp_path / "y.html").read_text("utf-8").startswith("<!doctype html>")


def test_notebooks_get_html_and_a_line_of_text() -> None:
    stepper = viz.step(shared())
    bundle = stepper._repr_mimebundle_()
    assert bundle["text/html"] == stepper.html
    assert bundle["text/plain"].startswith("<Stepper: ")
    assert set(stepper._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert " id=" not in re.sub(r"<script>.*</script>", "", stepper.html, flags=re.DOTALL)


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert viz.step(neuron()).html == viz.step(neuron()).html


def test_pages_are_no_larger_than_can_be_sent_by_mail() -> None:
    """Bytes of a page of its own. A page that grows past its number needs a reason, and a new number here."""
    for output, most in ((shared(), 52_000), (neuron(), 60_000)):
        stepper = viz.step(output)
        assert len(document(stepper.title, stepper.html).encode()) <= most
