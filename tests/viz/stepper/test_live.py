"""The stepper as a widget, wired to the Values both ways: what it does to them, and what it sends to its page."""

from __future__ import annotations

import gc
import math
import sys
import weakref
from typing import Any

import pytest
from support.extras import imported, needs
from support.pages import shared_leaf

import viz
from autograd import Value
from viz.stepper.page import VERSION

pytestmark = needs("anywidget")


def edit(widget: Any, numbers: list[float | str | None], serial: int = 1) -> None:
    """What the page sends when its reader edits an input."""
    widget.edited = {"view": "v", "serial": serial, "numbers": numbers}


def test_an_edit_in_the_page_reaches_the_values() -> None:
    x, y = shared_leaf()
    widget = viz.step(y).live()
    edit(widget, [4.0, None, None])
    assert (x.data, y.data) == (4.0, 20.0)
    y.backward()
    assert x.grad == 9.0


def test_an_edit_out_of_a_gate_s_domain_changes_nothing_and_is_answered() -> None:
    x = Value(2.0, label="x")
    y = x.log()
    widget = viz.step(y).live()
    edit(widget, [-1.0, None])
    assert (x.data, y.data) == (2.0, math.log(2.0))
    assert widget.state["values"] == [2.0, math.log(2.0)]
    assert widget.state["answers"] == {"view": "v", "serial": 1}


def test_what_is_not_finite_travels_both_ways() -> None:
    x, y = shared_leaf()
    widget = viz.step(y).live()
    edit(widget, ["Infinity", None, None])
    assert (x.data, y.data) == (math.inf, math.inf)
    assert widget.state["values"] == ["Infinity", "Infinity", "Infinity"]
    x.data = -math.inf
    y.forward()
    widget.refresh()
    assert widget.state["values"] == ["-Infinity", "Infinity", "NaN"]
    edit(widget, ["NaN", None, None], serial=2)
    assert math.isnan(x.data)


def test_numbers_and_gradients_are_told_together_and_each_state_has_a_serial() -> None:
    x, y = shared_leaf()
    widget = viz.step(y).live()
    assert widget.state["serial"] == 0
    assert widget.state["gradients"] is None
    y.backward()
    widget.refresh()
    assert widget.state == {
        "version": VERSION,
        "serial": 1,
        "values": [3.0, 9.0, 12.0],
        "gradients": [7.0, 1.0, 1.0],
        "mark": "",
        "answers": None,
    }
    widget.refresh()
    assert widget.state["serial"] == 1  # nothing new
    x.data = 5.0
    y.forward()
    widget.refresh()
    assert widget.state["values"] == [5.0, 25.0, 30.0]
    assert widget.state["gradients"] is None  # those there are belong to 3


def test_the_same_number_set_again_after_an_edit_is_news() -> None:
    x, y = shared_leaf()
    widget = viz.step(y).live()
    for serial, number in ((1, 1.0), (3, 1.0)):
        x.data = number
        y.forward()
        widget.refresh()
        assert (widget.state["serial"], widget.state["values"][0]) == (serial, 1.0)
        edit(widget, [9.0, None, None], serial=serial)
        assert widget.state["values"][0] == 9.0


def test_stale_numbers_and_several_passes_are_marked_and_nothing_else_is() -> None:
    x, y = shared_leaf()
    widget = viz.step(y).live()
    y.backward()
    widget.refresh()
    assert widget.state["mark"] == ""
    y.backward()
    widget.refresh()
    assert widget.state["gradients"] == [14.0, 1.0, 1.0]  # leaves accumulate
    assert "passes" in widget.state["mark"]
    x.data = 5.0
    widget.refresh()
    assert "stale" in widget.state["mark"]
    assert "passes" not in widget.state["mark"]  # no gradients are shown
    y.forward()
    widget.refresh()
    assert widget.state["mark"] == ""


def test_the_widget_s_module_is_self_contained() -> None:
    _, y = shared_leaf()
    widget = viz.step(y).live()
    assert "export default" in widget._esm
    assert "import " not in widget._esm.split("export default")[0].replace("importNode", "")
    assert widget.html.startswith('<div class="gw"')
    assert "<script" not in widget.html


def test_without_anywidget_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "viz.stepper.live", raising=False)
    _, y = shared_leaf()
    with pytest.raises(ImportError, match=r"gatewise\[widget\]"):
        viz.step(y).live()


class Shell:
    """As much of IPython as the widget asks for."""

    def __init__(self) -> None:
        self.events = self
        self.callbacks: list[Any] = []

    def register(self, event: str, callback: Any) -> None:
        assert event == "post_run_cell"
        self.callbacks.append(callback)

    def unregister(self, event: str, callback: Any) -> None:
        self.callbacks.remove(callback)


def test_in_ipython_each_cell_refreshes_it_for_as_long_as_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = imported("IPython")
    shell = Shell()
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell)
    _, y = shared_leaf()
    widget = viz.step(y).live()
    y.backward()
    shell.callbacks[0](None)
    assert widget.state["gradients"] == [7.0, 1.0, 1.0]
    widget.close()
    gone = weakref.ref(widget)
    del widget
    gc.collect()
    if gone() is None:  # ipywidgets may keep it
        shell.callbacks[0](None)
        assert shell.callbacks == []
