"""The stepper as a widget, wired to the Values both ways: in Python, and in a real JupyterLab with a kernel."""

from __future__ import annotations

import gc
import math
import sys
import weakref
from importlib.util import find_spec
from typing import Any

import pytest

import viz
from autograd import Value

pytestmark = pytest.mark.skipif(find_spec("anywidget") is None, reason="needs the extra 'widget' (anywidget)")


def shared() -> tuple[Value, Value]:
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    return x, y


def edit(widget: Any, numbers: list[float | str | None]) -> None:
    """What the page sends when its reader edits an input."""
    widget.edited = {"numbers": numbers, "serial": 0.5}


def test_an_edit_in_the_page_reaches_the_values() -> None:
    x, y = shared()
    widget = viz.step(y).live()
    edit(widget, [4.0, None, None])
    assert (x.data, y.data) == (4.0, 20.0)
    y.backward()
    assert x.grad == 9.0


def test_an_edit_out_of_a_gate_s_domain_changes_nothing() -> None:
    x = Value(2.0, label="x")
    y = x.log()
    widget = viz.step(y).live()
    edit(widget, [-1.0, None])
    assert (x.data, y.data) == (2.0, math.log(2.0))


def test_infinities_travel_as_text() -> None:
    x, y = shared()
    widget = viz.step(y).live()
    edit(widget, ["Infinity", None, None])
    assert (x.data, y.data) == (math.inf, math.inf)
    widget.refresh()
    assert widget.numbers == [3.0, 9.0, 12.0]  # what the page sent is not sent back
    x.data = -math.inf
    y.forward()
    widget.refresh()
    assert widget.numbers == ["-Infinity", "Infinity", "NaN"]


def test_backward_and_new_data_reach_the_page_on_refresh() -> None:
    x, y = shared()
    widget = viz.step(y).live()
    assert widget.gradients["pass"] == 0
    y.backward()
    widget.refresh()
    assert widget.gradients == {"pass": 1, "gradients": [7.0, 1.0, 1.0]}
    widget.refresh()
    assert widget.gradients["pass"] == 1  # nothing new
    y.backward()
    widget.refresh()
    assert widget.gradients == {"pass": 2, "gradients": [14.0, 1.0, 1.0]}  # leaves accumulate
    x.data = 5.0
    widget.refresh()
    assert widget.numbers[0] == 5.0


def test_the_widget_s_module_is_self_contained() -> None:
    _, y = shared()
    widget = viz.step(y).live()
    assert "export default" in widget._esm
    assert "import " not in widget._esm.split("export default")[0].replace("importNode", "")
    assert widget.html.startswith('<div class="gw"')
    assert "<script" not in widget.html


def test_without_anywidget_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "viz.stepper.live", raising=False)
    _, y = shared()
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
    ipython = pytest.importorskip("IPython")
    shell = Shell()
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell)
    _, y = shared()
    widget = viz.step(y).live()
    y.backward()
    shell.callbacks[0](None)
    assert widget.gradients["pass"] == 1
    widget.close()
    gone = weakref.ref(widget)
    del widget
    gc.collect()
    if gone() is None:  # ipywidgets may keep it
        shell.callbacks[0](None)
        assert shell.callbacks == []
