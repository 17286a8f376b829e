"""Stepping in a real browser: forward, then backward, one gate at a time, by buttons, keys and slider."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from support.pages import Open, neuron, place, press, rows, says, shared, table

import viz
from autograd import Value, backward_steps, forward_steps, topological_order


def test_steps_follow_the_engine_s_own_order(opened: Open) -> None:
    y = neuron()
    names = {node: node.label for node in topological_order(y)}
    page = opened(viz.step(y))
    gates = [names[step.node] or "v" for step in forward_steps(y)]
    assert place(page) == f"0 / {2 * len(gates) + 1}"
    assert says(page).startswith("Inputs: w0 = 2; x0 = −1; w1 = −3; x1 = −2; w2 = −3.")
    press(page, "Next")
    assert says(page) == "Forward, mul: v1 = w0*x0 = 2 × (−1) = −2."
    press(page, "Next", len(gates))
    assert says(page) == "Seed: ∂y/∂y = 1."
    for step in backward_steps(y):
        press(page, "Next")
        assert says(page).startswith(f"Backward, {step.node.gate.name}")  # type: ignore[union-attr]
    assert says(page) == "Backward, mul (switcher): w0 += −1 × 0.197 = −0.197; x0 += 2 × 0.197 ≈ 0.393."


def test_contributions_at_a_copy_are_added_term_by_term(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "Next", 4)
    assert table(page)["x"] == (3.0, 1.0)
    press(page, "Next")
    assert says(page).startswith(
        "Backward, mul (switcher): x += 3 × 1 = 3, on top of 1: 4; x += 3 × 1 = 3, on top of 4: 7."
    )
    assert table(page)["x"] == (3.0, 7.0)
    assert page.locator(".gw-table tbody tr").first.locator("small").last.inner_text() == " = 1 + 3 + 3"
    assert page.locator("text.gradient title").first.text_content() == "1 + 3 + 3 = 7"


def test_values_and_gradients_appear_as_they_are_made(opened: Open) -> None:
    page = opened(viz.step(shared()))
    assert table(page) == {"x": (3.0, None), "v1": (None, None), "y": (None, None)}
    press(page, "Next")
    assert table(page)["v1"] == (9.0, None)
    press(page, "Next", 2)
    assert table(page) == {"x": (3.0, None), "v1": (9.0, None), "y": (12.0, 1.0)}
    press(page, "Back")
    assert table(page)["y"] == (12.0, None)


def test_the_gate_at_work_and_its_wires_are_lit(opened: Open) -> None:
    page = opened(viz.step(shared()))
    assert page.locator(".node.gw-lit").count() == 0
    press(page, "Next")
    assert page.locator(".node.gw-lit").get_attribute("data-node") == "n1"
    lit = page.locator("path.wire.gw-lit").evaluate_all(
        "paths => paths.flatMap(p => p.dataset.wires?.split(' ') ?? [])"
    )
    assert set(lit) == {"w1.0", "w1.1"}


@pytest.mark.parametrize("start", ["picture", "button"])
def test_keys_step_both_ways_and_to_both_ends(opened: Open, start: str) -> None:
    page = opened(viz.step(shared()))
    {"picture": page.locator(".gw-picture"), "button": page.get_by_role("button", name="Next", exact=True)}[
        start
    ].focus()
    for key, expected in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 5),
        ("ArrowRight", 5),
        ("Home", 0),
    ]:
        page.keyboard.press(key)
        assert place(page) == f"{expected} / 5"


def test_the_slider_goes_anywhere_and_says_where(opened: Open) -> None:
    page = opened(viz.step(shared()))
    slider = page.get_by_role("slider", name="Step")
    slider.fill("4")
    assert place(page) == "4 / 5"
    assert slider.get_attribute("aria-valuetext").startswith("4 of 5: Backward, add")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert place(page) == "3 / 5"


def test_nothing_moves_by_itself(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.wait_for_timeout(600)
    assert place(page) == "0 / 5"


@pytest.mark.parametrize("seed", range(3))
def test_the_page_s_numbers_are_python_s_on_random_graphs_over_every_gate(
    opened: Open, random_graph: Callable[[int], Value], seed: int
) -> None:
    y = random_graph(100 + seed)
    page = opened(viz.step(y))
    press(page, "End")
    y.backward()
    for node, (_, value, gradient) in zip(topological_order(y), rows(page), strict=True):
        assert value == pytest.approx(node.data, rel=1e-12, abs=1e-12)
        if node.requires_grad:
            assert gradient == pytest.approx(node.grad, rel=1e-12, abs=1e-12)


def test_infinities_and_nan_are_shown(opened: Open) -> None:
    x, y = Value(math.inf, label="x"), Value(math.nan, label="y")
    page = opened(viz.step(x * y + x))
    assert says(page) == "Inputs: x = ∞; y = NaN."
    press(page, "End")


def test_a_single_leaf_has_a_seed_and_nothing_else(opened: Open) -> None:
    page = opened(viz.step(Value(2.0, label="x")))
    press(page, "Next")
    assert place(page) == "1 / 1"
    assert says(page) == "Seed: ∂x/∂x = 1."


def test_leaves_changed_since_are_stepped_at_their_present_numbers(opened: Open) -> None:
    y = shared()
    topological_order(y)[0].data = 4.0
    page = opened(viz.step(y))
    press(page, "End")
    assert table(page) == {"x": (4.0, 9.0), "v1": (16.0, 1.0), "y": (20.0, 1.0)}
