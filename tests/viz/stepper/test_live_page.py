"""The live stepper in a browser: what its page shows of Python, and what it sends."""

from __future__ import annotations

import math
from typing import Any

from support.extras import needs
from support.pages import shared_leaf

import viz
from autograd import Value
from viz.stepper.page import VERSION

pytestmark = needs("anywidget")


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
    x, y = shared_leaf()
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
    _, y = shared_leaf()
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
    _, y = shared_leaf()
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
    _, y = shared_leaf()
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
    _, y = shared_leaf()
    notebook = Notebook(page, viz.step(y).live(), views=1)
    newer = {**notebook.widget.state, "version": VERSION + 1, "values": [1.0, 1.0, 2.0]}
    page.evaluate("state => tell(state)", newer)
    assert f"reads data of version {VERSION}, but was given version {VERSION + 1}: run the cell" in notebook.says()
    assert notebook.numbers()[0] == "3"
    notebook.show()  # a view that is opened now starts with that data
    assert notebook.view(1).locator("button").count() == 0
    assert f"was given version {VERSION + 1}" in page.get_by_role("alert").inner_text()


def test_an_element_of_another_version_stays_an_image_and_a_table(page: Any) -> None:
    _, y = shared_leaf()
    widget = viz.step(y).live()
    widget.html = widget.html.replace(f'{{"version":{VERSION},', "{")  # as pages had it before there were versions
    Notebook(page, widget, views=1)
    assert f"reads data of version {VERSION}, but was given version 0" in page.get_by_role("alert").inner_text()
    assert page.locator(".gw img").count() == page.locator(".gw table").count() == 1
