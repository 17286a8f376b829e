"""The bug laboratory: a backward pass that is broken on purpose, and what goes wrong then."""

from __future__ import annotations

from support.pages import Open, place, press, says, shared, table

import viz


def test_assigning_in_place_of_adding_shows_which_gradients_go_wrong(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "End")
    page.get_by_text("Bug laboratory").click()
    page.get_by_label("= in place of +=").check()
    assert table(page)["x"][1] == 3.0
    assert page.locator(".gw-result").inner_text() == "1 of 3 gradients go wrong: x 3 in place of 7."
    assert "parent.grad = node.grad * local" in page.locator(".gw-lab code").inner_text()
    assert page.locator("text.gw-wrong").text_content().startswith("3")
    press(page, "Check x")
    assert "they differ by 4" in says(page)
    page.get_by_label("= in place of +=").uncheck()
    assert page.locator(".gw-result").inner_text() == ""
    assert table(page)["x"][1] == 7.0


def test_not_zeroing_between_two_passes_shows_a_second_pass(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_text("Bug laboratory").click()
    page.get_by_label("nothing set to zero").check()
    assert place(page) == "0 / 8"
    press(page, "Next", 6)
    assert says(page) == "Second pass, nothing set to zero. Seed: ∂y/∂y = 1."
    press(page, "End")
    # First pass 7; second: y passes 1 on again, so v1 holds 2 and passes 3·2 on twice: 7 + 1 + 6 + 6 = 20.
    assert table(page)["x"][1] == 20.0


def test_the_wrong_order_loses_what_arrives_late(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_text("Bug laboratory").click()
    page.get_by_label("order of the gates").select_option("forward")
    press(page, "End")
    assert table(page)["x"][1] == 1.0  # mul had its turn before anything had arrived
    page.get_by_label("order of the gates").select_option("hasty")
    assert "right all the same: in this graph no gate is reached before" in page.locator(".gw-result").inner_text()
