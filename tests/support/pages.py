"""Steppers in a browser: graphs to step through, and how a test works a page and reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Value

#: The fixture `opened`: steppers in, an open page out.
Open = Callable[..., Any]


def neuron() -> Value:
    """CS231n's sigmoid neuron: 0.73; gradients w0 -0.20, x0 0.39, w1 -0.39, x1 -0.59, w2 0.20."""
    numbers = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    w0, x0, w1, x1, w2 = (Value(number, label=name) for name, number in numbers.items())
    y = (w0 * x0 + w1 * x1 + w2).sigmoid()
    y.label = "y"
    return y


def shared_leaf() -> tuple[Value, Value]:
    """x used three times, and the output: y = x·x + x at 3 is 12, with gradient 2·3 + 1 = 7."""
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    return x, y


def shared() -> Value:
    """The output of `shared_leaf` alone."""
    return shared_leaf()[1]


def press(page: Any, name: str, times: int = 1) -> None:
    for _ in range(times):
        page.get_by_role("button", name=name, exact=True).click()


def says(page: Any) -> str:
    text: str = page.locator(".gw-says").inner_text()
    return text


def place(page: Any) -> str:
    text: str = page.locator(".gw-place").inner_text()
    return text


def rows(page: Any) -> list[tuple[str, float | None, float | None]]:
    """The page's full numbers in graph order: (name, value, gradient), None where the table shows nothing yet."""
    if not page.locator(".gw-table").evaluate("e => e.open"):
        page.get_by_text("All values and gradients").click()
        page.wait_for_selector(".gw-table tbody tr")
    found = page.locator(".gw-table tbody tr").evaluate_all(
        "rows => rows.map(r => [r.cells[0].textContent, ...[...r.querySelectorAll('data')].map(d => d.value)])"
    )
    value, gradient = ([float(row[k]) if row[k] else None for row in found] for k in (1, 2))
    return list(zip((row[0] for row in found), value, gradient, strict=True))


def table(page: Any) -> dict[str, tuple[float | None, float | None]]:
    """The same by name: name -> (value, gradient)."""
    return {name: (value, gradient) for name, value, gradient in rows(page)}


#: The same graph as `shared`, in a notebook's cell.
CODE = """\
import viz
from autograd import Value
x = Value(3.0, label="x")
y = x * x + x
y.label = "y"
viz.step(y)"""


def is_alive(root: Any) -> None:
    """The element plays: its button steps, its input edits, its last gradient is 2·3 + 1."""
    root.get_by_role("button", name="End", exact=True).click()
    assert root.locator(".gw-place").inner_text() == "5 / 5"
    texts = root.locator("text.gradient").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert "7" in texts
    root.get_by_role("spinbutton").fill("4")
    assert "y = 20" in root.locator(".gw-says").inner_text()


def is_image_and_table(root: Any) -> None:
    """The element is what is left without scripts: a picture that has loaded, and a table that opens."""
    assert root.locator("button").count() == 0
    assert root.locator("img").evaluate("image => image.complete && image.naturalWidth > 100")
    root.locator("summary").click()
    assert "gradient" in root.locator("table").inner_text()
    assert "7" in root.locator("table").inner_text()
