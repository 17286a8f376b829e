"""The stepper as a widget, wired to the Values both ways: in Python, and in a real JupyterLab with a kernel."""

from __future__ import annotations

import gc
import math
import sys
import weakref
from typing import Any

import pytest
from support.extras import imported, needs

import viz
from autograd import Value
from viz.stepper.page import VERSION

pytestmark = needs("anywidget")


def shared() -> tuple[Value, Value]:
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    return x, y


def edit(widget: Any, numbers: list[float | str | None], serial: int = 1) -> None:
    """What the page sends when its reader edits an input."""
    widget.edited = {"view": "v", "serial": serial, "numbers": numbers}


def test_an_edit_in_the_page_reaches_the_values() -> None:
    x, y = shared()
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
    x, y = shared()
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
    x, y = shared()
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
    x, y = shared()
    widget = viz.step(y).live()
    for serial, number in ((1, 1.0), (3, 1.0)):
        x.data = number
        y.forward()
        widget.refresh()
        assert (widget.state["serial"], widget.state["values"][0]) == (serial, 1.0)
        edit(widget, [9.0, None, None], serial=serial)
        assert widget.state["values"][0] == 9.0


def test_stale_numbers_and_several_passes_are_marked_and_nothing_else_is() -> None:
    x, y = shared()
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


class Notebook:
    """The widget's page in a browser, in several views, its model wired to the widget in Python."""

    def __init__(self, page: Any, widget: Any, views: int) -> None:
        self.page, self.widget = page, widget
        widget.observe(lambda change: self._tell(change["new"]), "state")
        page.goto("about:blank")
        page.evaluate(
            """async ([source, html, views]) => {
                const { default: { render } } = await import(URL.createObjectURL(
                    new Blob([source], { type: "text/javascript" })));
                const heard = {};
                const data = { html, edited: {}, state: null };
                window.sent = [];
                window.model = {
                    get: name => data[name], set: (name, x) => { data[name] = x; }, heard,
                    save_changes: () => window.sent.push(data.edited),
                    on: (name, f) => (heard[name] ??= []).push(f), off: () => {} };
                window.tell = state => { data.state = state; (heard["change:state"] ?? []).forEach(f => f()); };
                window.show = () => { const el = document.createElement("div"); document.body.append(el);
                    render({ model: window.model, el }); };
                }""",
            [widget._esm, widget.html, views],
        )
        self._tell(widget.state)
        for _ in range(views):
            self.show()

    def _tell(self, state: Any) -> None:
        self.page.evaluate("state => tell(state)", state)

    def show(self) -> None:
        self.page.evaluate("show()")

    def deliver(self) -> None:
        """What the page has sent arrives in Python."""
        for edited in self.page.evaluate("sent.splice(0)"):
            self.widget.edited = edited

    def view(self, i: int = 0) -> Any:
        return self.page.locator(".gw").nth(i)

    def numbers(self, i: int = 0) -> list[str]:
        texts: list[str] = (
            self.view(i).locator("text.value, text.gradient").evaluate_all("all => all.map(e => e.firstChild.data)")
        )
        return texts

    def says(self, i: int = 0) -> str:
        text: str = self.view(i).locator(".gw-says").inner_text()
        return text


def test_the_page_follows_python_back_to_an_earlier_number(page: Any) -> None:
    x, y = shared()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    field = notebook.view().get_by_role("spinbutton")
    for _ in range(2):
        x.data = 1.0
        y.forward()
        notebook.widget.refresh()
        assert field.input_value() == "1"
        field.fill("9")
        notebook.deliver()
        assert (x.data, y.data) == (9.0, 90.0)
        assert "y = 90" in notebook.says()


def test_every_view_shows_the_same_numbers_and_the_gradients_that_belong_to_them(page: Any) -> None:
    _, y = shared()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    notebook.view().get_by_role("spinbutton").fill("4")
    notebook.deliver()
    y.backward()
    notebook.widget.refresh()
    notebook.show()  # the widget is shown again
    for i in range(2):
        assert notebook.numbers(i) == ["4", "16", "20", "9", "1", "1"]
        assert notebook.says(i) == "Gradients in Python: x.grad = 9."
    notebook.view(1).get_by_role("spinbutton").fill("5")
    notebook.deliver()
    for i in range(2):
        assert notebook.view(i).get_by_role("spinbutton").input_value() == "5"
        assert "x.grad = 9" not in notebook.says(i)


def test_under_python_s_gradients_stands_no_sentence_of_the_page_s_own(page: Any) -> None:
    _, y = shared()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    y.backward()
    y.backward()
    notebook.widget.refresh()
    view = notebook.view()
    for _ in range(2):
        assert notebook.says().startswith("Gradients in Python: x.grad = 14. In Python: passes:")
        assert notebook.numbers()[3] == "14"
        contributions = view.locator("text.contribution").evaluate_all("all => all.map(e => e.firstChild.data)")
        assert set(contributions) == {""}  # 3 + 3 + 1 would not be 14
        view.get_by_role("button", name="Back").click()
        assert "x += 3 × 1 = 3, on top of 4: 7" in notebook.says()
        assert notebook.numbers()[3] == "7"
        view.get_by_role("button", name="End", exact=True).click()
    assert "passes" in view.locator(".gw-mark").inner_text()


def test_nan_and_numbers_outside_a_domain_come_from_python_too(page: Any) -> None:
    x = Value(2.0, label="x")
    y = x.log()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    field = notebook.view().get_by_role("spinbutton")
    x.data = math.nan
    y.forward()
    notebook.widget.refresh()
    assert field.input_value() == "nan"
    x.data = -1.0
    notebook.widget.refresh()
    assert "Python's numbers can't be shown" in notebook.says()
    assert "log(−1) has no value" in notebook.view().locator(".gw-mark").inner_text()
    field.fill("3")
    notebook.deliver()
    assert x.data == 3.0
    assert notebook.view().locator(".gw-mark").is_hidden()


def test_an_old_answer_does_not_undo_what_was_typed_since(page: Any) -> None:
    _, y = shared()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    field = notebook.view().get_by_role("spinbutton")
    field.fill("4")
    early = page.evaluate("sent.splice(0)")
    field.fill("5")
    notebook.widget.edited = early[0]
    assert field.input_value() == "5"
    notebook.deliver()
    assert field.input_value() == "5"
    assert notebook.widget.state["values"][0] == 5.0


def test_data_of_another_version_is_told_and_not_shown(page: Any) -> None:
    x, y = shared()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    newer = {**notebook.widget.state, "version": VERSION + 1, "values": [1.0, 1.0, 2.0]}
    page.evaluate("state => tell(state)", newer)
    assert f"reads data of version {VERSION}, but was given version {VERSION + 1}: run the cell" in notebook.says()
    assert notebook.numbers()[0] == "3"
    notebook.show()  # a view that is opened now starts with that data
    assert notebook.view(1).locator("button").count() == 0
    assert f"was given version {VERSION + 1}" in page.get_by_role("alert").inner_text()


def test_an_element_of_another_version_stays_an_image_and_a_table(page: Any) -> None:
    _, y = shared()
    widget = viz.step(y).live()
    widget.html = widget.html.replace(f'{{"version":{VERSION},', "{")  # as pages had it before there were versions
    Notebook(page, widget, views=1)
    assert f"reads data of version {VERSION}, but was given version 0" in page.get_by_role("alert").inner_text()
    assert page.locator(".gw img").count() == page.locator(".gw table").count() == 1


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
    ipython = imported("IPython")
    shell = Shell()
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell)
    _, y = shared()
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
