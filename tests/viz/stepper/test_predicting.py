"""Predict first: each gradient is asked for before it is shown."""

from __future__ import annotations

from support.gates import registered
from support.pages import Open, place, press, says, shared, table

import viz
from autograd import Gate, Value, logsumexp


def test_predict_first_asks_for_every_gradient_and_judges_the_answers(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_label("Predict first").check()
    press(page, "Next", 3)
    form = page.locator(".gw-ask")
    answer = form.get_by_role("textbox")
    assert "What is ∂y/∂y?" in form.inner_text()
    assert place(page) == "2 / 5"
    assert table(page)["y"][1] is None  # hidden until it is answered

    def reply(text: str) -> str:
        answer.fill(text)
        page.keyboard.press("Enter")
        verdict: str = page.locator(".gw-verdict").text_content() or says(page)
        return verdict

    assert reply("1") == "Right: the seed is 1."
    assert "Back through add (y = v1 + x), upstream 1: v1 += ?" in form.inner_text()
    assert reply("-1") == "The size is right, the sign is not."
    assert reply("1.5") == "Not yet: off by 0.5, too large."
    assert reply("apples").startswith("An answer is a number")
    assert reply("1.00") == "Right: v1 += 1 × 1 = 1."
    assert table(page)["v1"][1] == 1.0
    assert table(page)["x"][1] is None  # the next operand of the same gate is asked for by itself
    form.get_by_role("button", name="Show").click()
    assert says(page) == "Shown: x += 1 × 1 = 1."
    form.get_by_role("button", name="Hint").click()
    assert "mul is a switcher: each operand gets upstream × the other operand" in form.inner_text()
    assert "∂y/∂a = b" in form.inner_text()
    assert reply("3 × 1") == "Right: x += 3 × 1 = 3, on top of 1: 4."
    assert reply("6/2") == "Right: x += 3 × 1 = 3, on top of 4: 7."
    assert place(page) == "5 / 5"
    assert form.is_hidden()
    assert "3 of 5 right at the first try" in page.locator(".gw-predict").inner_text()


def test_leaving_a_question_by_slider_or_key_closes_it(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_label("Predict first").check()
    press(page, "Next", 3)
    assert page.locator(".gw-ask").is_visible()
    page.get_by_role("slider").fill("5")
    assert page.locator(".gw-ask").is_hidden()
    assert table(page)["x"][1] == 7.0


def test_the_hint_calls_each_operand_by_its_letter_in_the_formula(opened: Open) -> None:
    """lerp(a, b, c) = a + c·(b − a): at a = 1, b = 3, c = 0.25 it is 1.5; its slopes are 0.75, 0.25 and b − a = 2."""
    with registered(Gate("lerp_", "lerp", "a + c * (b - a)", ("1 - c", "c", "b - a"), "scaler")) as lerp:
        page = opened(viz.step(lerp(Value(1.0, "u"), Value(3.0, "v"), Value(0.25, "w"))))
    page.get_by_label("Predict first").check()
    press(page, "Next", 2)
    form = page.locator(".gw-ask")
    answer = form.get_by_role("textbox")
    for amount, slope in (("1", None), ("0.75", "∂y/∂a = 1 - c"), ("0.25", "∂y/∂b = c"), ("2", "∂y/∂c = b - a")):
        if slope:
            form.get_by_role("button", name="Hint").click()
            hint = form.inner_text()
            assert f"Here a = 1, b = 3, c = 0.25, y = 1.5, and the amount is upstream × {slope[:5]}" in hint
            assert f"where {slope}." in hint
        answer.fill(amount)
        page.keyboard.press("Enter")
        assert says(page).startswith("Right")


def test_the_hint_for_any_number_of_operands_is_about_the_one_that_is_asked_for(opened: Open) -> None:
    page = opened(viz.step(logsumexp([Value(2.0, label="u"), Value(2.0, label="v")])))
    page.get_by_label("Predict first").check()
    press(page, "Next", 2)
    press(page, "Show")
    press(page, "Hint")
    assert "Here x = 2, y = 2.69, and the amount is upstream × ∂y/∂x" in page.locator(".gw-ask").inner_text()


def test_nothing_tells_a_gradient_that_is_still_to_be_predicted(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_label("Predict first").check()
    press(page, "Next", 3)
    press(page, "Check x")
    assert says(page) == "x: its gradient is still to come; predict it first."
    assert page.get_by_role("status").filter(has_text="7").count() == 0
    page.get_by_role("spinbutton", name="x, a number").fill("3.5")
    assert says(page) == "y = 15.8."  # and not what the gradient had foretold
    press(page, "Reset")
    press(page, "End")
    press(page, "Check x")
    assert says(page).endswith("the gradient is 7: they agree.")
