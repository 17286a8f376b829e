"""Scopes in the stepper: closed boxes that open in place, several levels, without a layout in the page."""

from __future__ import annotations

from typing import Any

import pytest
from support.pages import Open

import viz
from autograd import Value, scope, topological_order
from viz.stepper.views import Views


def nested() -> Value:
    """outer.inner makes x·x, outer adds x to it, and outside it is doubled: 2·(9 + 3) = 24, gradient 2·7 = 14."""
    x = Value(3.0, label="x")
    with scope("outer"):
        with scope("inner"):
            square = x * x
        total = square + x
    y = total * 2
    y.label = "y"
    return y


def handles(page: Any) -> dict[int, str]:
    """The scopes that can be opened or closed, by number, in the order of their making, and whether they are open."""
    found = page.locator("[data-scope]").evaluate_all("all => all.map(e => [e.dataset.scope, e.ariaExpanded])")
    return {int(number): {"true": "open", "false": "closed"}[expanded] for number, expanded in sorted(found)}


def press(page: Any, number: int) -> None:
    page.locator(f'[data-scope="{number}"]').click()


OUTER, INNER = 0, 1


def test_frames_close_to_a_box_and_open_again(opened: Open) -> None:
    page = opened(viz.step(nested()))
    assert handles(page) == {OUTER: "open", INNER: "open"}
    press(page, INNER)
    page.wait_for_selector("g.group")
    assert handles(page) == {OUTER: "open", INNER: "closed"}
    press(page, OUTER)
    page.wait_for_function("document.querySelectorAll('g.group text')[0].textContent.startsWith('outer')")
    assert handles(page) == {OUTER: "closed"}
    press(page, OUTER)
    page.wait_for_selector(".frame")
    assert handles(page) == {OUTER: "open", INNER: "closed"}


def test_the_keyboard_opens_scopes_and_keeps_its_place(opened: Open) -> None:
    page = opened(viz.step(nested()))
    page.locator("[data-scope]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("g.group:focus")
    page.keyboard.press(" ")
    page.wait_for_selector("text.frame:focus")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_a_box_is_lit_while_a_gate_inside_it_works_and_its_wires_carry_numbers(opened: Open) -> None:
    page = opened(viz.step(nested()))
    press(page, OUTER)
    page.wait_for_selector("g.group")
    page.get_by_role("button", name="Next", exact=True).click()
    assert page.locator("g.group").evaluate("e => e.classList.contains('gw-lit')")
    page.get_by_role("button", name="End", exact=True).click()
    texts = page.locator("text.gradient").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert "14" in texts


def test_editing_and_stepping_go_on_while_scopes_open_and_close(opened: Open) -> None:
    page = opened(viz.step(nested()))
    page.get_by_role("button", name="End", exact=True).click()
    press(page, OUTER)
    page.wait_for_selector("g.group")
    page.get_by_role("spinbutton", name="x, a number").fill("4")
    press(page, OUTER)
    page.wait_for_selector(".frame")
    values = page.locator("text.value").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert {"4", "16", "20", "40"} <= set(values)


def test_few_scopes_are_drawn_in_every_combination_and_many_one_by_one() -> None:
    views = Views(nested())
    assert views.scopes == ["outer", "outer.inner"]
    assert set(views.described()["views"]) == {"", "0"}  # type: ignore[call-overload]  # both open is the first picture
    x = Value(1.0)
    for i in range(12):
        with scope(f"s{i}"):
            x = x * x
    many = Views(x).described()["views"]
    assert len(many) == 13  # type: ignore[arg-type]
    assert set(many) == {"", *map(str, range(12))}  # type: ignore[call-overload]


def test_of_many_scopes_opening_one_closes_the_others(opened: Open) -> None:
    x = Value(1.1, label="x")
    for i in range(12):
        with scope(f"s{i}"):
            x = x * x
    page = opened(viz.step(x))
    press(page, 3)
    page.wait_for_selector("g.group")
    assert len(handles(page)) == 12
    press(page, 3)
    page.wait_for_selector(".frame")
    assert [number for number, state in handles(page).items() if state == "open"] == [3]


@pytest.mark.parametrize("name", ["a*b", "a[0]", "what?", "<b>", "'\"", "a b"])
def test_scopes_of_any_name_open_and_close(opened: Open, name: str) -> None:
    x = Value(2.0, label="x")
    with scope(name):
        y = x * x
    with scope("ab"):
        y = y + x
    page = opened(viz.step(y))
    press(page, 0)
    page.wait_for_selector("g.group")
    assert handles(page) == {0: "closed", 1: "open"}


def test_a_graph_of_hundreds_of_nodes_starts_closed_and_is_stepped_gate_by_gate(opened: Open) -> None:
    x = Value(0.5, label="x")
    y = x
    for i in range(8):
        with scope(f"block{i}"):
            for _ in range(40):
                y = (y * 1.01).tanh()
    assert len(topological_order(y)) > 300
    page = opened(viz.step(y))
    assert page.locator("g.group").count() == 8
    page.get_by_role("button", name="End", exact=True).click()
    y.backward()
    page.get_by_text("All values and gradients").click()
    page.wait_for_selector(".gw-table tbody tr")
    shown = page.locator(".gw-table tbody tr").first.locator("data").last.evaluate("d => Number(d.value)")
    assert shown == pytest.approx(x.grad, rel=1e-12)
