"""Inputs that a reader changes: by typing, dragging and nudging; and gradients checked by finite differences."""

from __future__ import annotations

from typing import Any

import pytest
from support.pages import Open, neuron, place, press, says, shared, table

import viz
from autograd import Value, topological_order


def test_an_edited_input_recomputes_everything_and_shows_the_difference(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "End")
    page.get_by_role("spinbutton", name="x, a number").fill("3.5")
    assert table(page)["x"] == (3.5, 8.0)
    assert table(page)["y"] == (15.75, 1.0)
    assert says(page) == "y = 15.8, +3.75 from the original; the gradients there foretold +3.5."
    assert "was 3, +0.5" in page.locator(".gw-inputs").inner_text()
    press(page, "Reset")
    assert table(page)["x"] == (3.0, 7.0)
    assert page.get_by_role("spinbutton", name="x, a number").input_value() == "3"


def test_the_first_edit_of_random_inputs_gives_python_s_numbers(opened: Open) -> None:
    page = opened(viz.step(neuron()))
    press(page, "End")
    for name, number in {"w0": 0.3, "x0": -1.7, "w2": 1e-3}.items():
        page.get_by_role("spinbutton", name=f"{name}, a number").fill(str(number))
    expected = neuron()
    leaves = {node.label: node for node in topological_order(expected) if node.gate is None}
    leaves["w0"].data, leaves["x0"].data, leaves["w2"].data = 0.3, -1.7, 1e-3
    expected.forward()
    expected.backward()
    numbers = table(page)
    for name, leaf in leaves.items():
        assert numbers[name][1] == pytest.approx(leaf.grad, abs=1e-12)
    assert numbers["y"][0] == pytest.approx(expected.data, abs=1e-12)


def test_a_finger_drags_as_a_mouse_does(chromium: Any, tmp_path: Any) -> None:
    path = viz.step(shared()).save(tmp_path / "y.html")
    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(path.as_uri())
    box = page.locator(".node.leaf").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = context.new_cdp_session(page)
    for kind, dx in [("touchStart", 0), ("touchMove", 8), ("touchMove", 30), ("touchEnd", None)]:
        points = [] if dx is None else [{"x": x + dx, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert table(page)["x"][0] == pytest.approx(3.3)
    page.get_by_role("button", name="Next", exact=True).tap()
    assert place(page) == "1 / 5"
    context.close()


@pytest.mark.parametrize("handle", [".node.leaf", ".gw-row label"])
def test_dragging_sideways_changes_an_input(opened: Open, handle: str) -> None:
    page = opened(viz.step(shared()))
    box = page.locator(handle).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    page.mouse.up()
    page.mouse.move(x + 90, y)
    assert table(page)["x"][0] == pytest.approx(3.2)


def test_arrow_keys_in_a_number_field_nudge_it_and_do_not_step(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_role("spinbutton", name="x, a number").focus()
    page.keyboard.press("ArrowUp")
    assert table(page)["x"][0] == 3.1
    page.get_by_role("spinbutton", name="x, a number").focus()
    page.keyboard.press("Shift+ArrowDown")
    assert table(page)["x"][0] == 3.09
    page.get_by_role("spinbutton", name="x, a number").focus()
    page.keyboard.press("ArrowRight")
    assert place(page) == "0 / 5"


def test_an_input_outside_a_gate_s_domain_is_refused_and_nothing_is_lost(opened: Open) -> None:
    x = Value(2.0, label="x")
    page = opened(viz.step((x - 1).log()))
    field = page.get_by_role("spinbutton", name="x, a number")
    field.fill("0.5")
    assert "log(−0.5) has no value" in says(page)
    assert "The numbers are as they were." in says(page)
    assert field.get_attribute("aria-invalid") == "true"
    assert table(page)["x"][0] == 2.0
    field.fill("")
    assert says(page) == "An input is a number, for example −1.5 or 2e−3."
    field.blur()
    assert field.input_value() == "2"


def test_constants_get_no_gradient_and_no_field_unless_they_have_a_name(opened: Open) -> None:
    x = Value(2.0, label="x")
    k = Value(5.0, label="k", requires_grad=False)
    page = opened(viz.step(x * 3 + k))
    assert page.get_by_role("spinbutton").count() == 2
    press(page, "End")
    assert table(page)["k"] == (5.0, None)
    page.get_by_role("spinbutton", name="k, a number").fill("6")
    assert "= 12" in says(page)


def test_finite_differences_confirm_a_gradient_on_demand(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "Check x")
    assert "= 7.0000000" in says(page)
    assert says(page).endswith("the gradient is 7: they agree.")


def test_finite_differences_say_where_there_is_a_kink(opened: Open) -> None:
    x = Value(0.0, label="x")
    page = opened(viz.step(x.relu()))
    press(page, "Check x")
    assert says(page) == "x: a kink: the slope is 0 on the left, 1 on the right; the gradient says 0."
