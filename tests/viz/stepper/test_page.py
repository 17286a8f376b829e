"""The stepper in a real browser: stepping, editing, predicting, breaking, all from a file and without a network."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest

import viz
from autograd import Value, backward_steps, forward_steps, topological_order

Open = Callable[..., Any]


def neuron() -> Value:
    """CS231n's sigmoid neuron: 0.73; gradients w0 -0.20, x0 0.39, w1 -0.39, x1 -0.59, w2 0.20."""
    numbers = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    w0, x0, w1, x1, w2 = (Value(number, label=name) for name, number in numbers.items())
    y = (w0 * x0 + w1 * x1 + w2).sigmoid()
    y.label = "y"
    return y


def shared() -> Value:
    """x used three times: y = x·x + x at 3 is 12, with gradient 2·3 + 1 = 7."""
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    return y


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


def test_the_neuron_s_page_has_cs231n_s_numbers_and_at_most_60_kilobytes(opened: Open, tmp_path: Any) -> None:
    page = opened(viz.step(neuron()))
    assert (tmp_path / "stepper.html").stat().st_size <= 60_000
    press(page, "End")
    numbers = table(page)
    assert numbers["y"][0] == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-15)
    slope = numbers["y"][0] * (1 - numbers["y"][0])  # type: ignore[operator]
    expected = {"w0": -slope, "x0": 2 * slope, "w1": -2 * slope, "x1": -3 * slope, "w2": slope}
    for name, gradient in expected.items():
        assert numbers[name][1] == pytest.approx(gradient, abs=1e-15)
    assert page.locator("text.value").last.text_content().startswith("0.731")


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


def test_two_steppers_on_a_page_live_side_by_side(opened: Open) -> None:
    page = opened(viz.step(shared()), viz.step(neuron()), viz.step(shared()))
    roots = page.locator(".gw")
    assert roots.count() == 3
    roots.nth(1).get_by_role("button", name="Next", exact=True).click()
    roots.nth(2).get_by_role("button", name="End", exact=True).click()
    assert [roots.nth(i).locator(".gw-place").inner_text() for i in range(3)] == ["0 / 5", "1 / 11", "5 / 5"]


@pytest.mark.parametrize(("scheme", "expected"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(30, 30, 30)")])
def test_a_page_of_its_own_goes_with_the_system_s_colours(opened: Open, page: Any, scheme: str, expected: str) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(viz.step(shared()))
    assert page.locator(".gw").get_attribute("data-theme") == scheme
    assert page.locator(".gw").evaluate("e => getComputedStyle(e).backgroundColor") == expected


def test_inside_another_page_the_page_s_own_background_decides_and_is_followed(opened: Open) -> None:
    dark = f'<body style="background: #111">{viz.step(shared()).html}</body>'
    page = opened(dark)
    assert page.locator(".gw").get_attribute("data-theme") == "dark"
    page.evaluate("document.body.style.background = 'white'")
    page.wait_for_selector(".gw[data-theme=light]")


def test_motion_is_left_out_where_it_is_unwanted(opened: Open, page: Any) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(viz.step(shared()))
    assert page.locator("g.node").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    page.emulate_media(reduced_motion="no-preference")
    seconds = page.locator("g.node").first.evaluate("e => parseFloat(getComputedStyle(e).transitionDuration)")
    assert 0.2 <= seconds <= 0.3


def test_nothing_moves_by_itself(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.wait_for_timeout(600)
    assert place(page) == "0 / 5"


def test_constants_get_no_gradient_and_no_field_unless_they_have_a_name(opened: Open) -> None:
    x = Value(2.0, label="x")
    k = Value(5.0, label="k", requires_grad=False)
    page = opened(viz.step(x * 3 + k))
    assert page.get_by_role("spinbutton").count() == 2
    press(page, "End")
    assert table(page)["k"] == (5.0, None)
    page.get_by_role("spinbutton", name="k, a number").fill("6")
    assert "= 12" in says(page)


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


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;</div>${1}`\\u003c<!--"


def test_labels_and_scopes_are_text_wherever_they_come_out(opened: Open, page: Any) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a label ran as script"))
    from autograd import scope

    with scope("</script><script>alert(3)</script>"):
        x = Value(2.0, label=HOSTILE)
        y = x * x
        y.label = "'\"><svg onload=alert(4)>"
    opened(viz.step(y))
    page.get_by_label("Predict first").check()
    press(page, "Next", 3)
    page.get_by_role("button", name="Hint").click()
    press(page, "End")
    assert HOSTILE in table(page)
    page.wait_for_timeout(200)
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("svg[onload], script[src]").count() == 0


def test_a_long_korean_or_emoji_label_is_shown(opened: Open) -> None:
    label = "가중치 🙂 " * 30
    page = opened(viz.step(Value(2.0, label=label) * 2))
    assert label.strip() in page.locator(".gw-row label").inner_text()
    assert re.search("가중치", says(page))


def test_the_graph_itself_is_left_alone() -> None:
    y = shared()
    x = topological_order(y)[0]
    x.grad = 5.0
    viz.step(y).html  # noqa: B018
    assert (x.grad, y.grad, x.label) == (5.0, 0.0, "x")


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert viz.step(neuron()).html == viz.step(neuron()).html


def test_leaves_changed_since_are_stepped_at_their_present_numbers(opened: Open) -> None:
    y = shared()
    topological_order(y)[0].data = 4.0
    page = opened(viz.step(y))
    press(page, "End")
    assert table(page) == {"x": (4.0, 9.0), "v1": (16.0, 1.0), "y": (20.0, 1.0)}


def test_a_graph_too_large_for_a_page_is_refused() -> None:
    y = x = Value(1.0)
    for _ in range(21_000):
        y = y + x
    with pytest.raises(ValueError, match="21001 nodes, and a page can carry 20000"):
        viz.step(y)


def test_the_title_is_the_output_s_name_or_else_its_expression() -> None:
    x, y = Value(1.0, label="x"), shared()
    assert viz.step(y).title == "Backpropagation through y"
    assert viz.step((x * 2).tanh()).title == "Backpropagation through tanh(x*2)"
    named_here = x.exp()
    assert viz.step(named_here).title == "Backpropagation through named_here"
    assert viz.step(named_here, names=False).title == "Backpropagation through exp(x)"
    assert viz.step(named_here, names={"z": named_here}).title == "Backpropagation through z"


@pytest.mark.parametrize("thing", [3.0, None, "x", [Value(1.0)]])
def test_what_is_no_value_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="step shows the graph of one Value"):
        viz.step(thing)


def test_a_constant_has_no_pass() -> None:
    with pytest.raises(ValueError, match="is a constant"):
        viz.step(Value(1.0, requires_grad=False))


def test_only_pages_are_saved_and_a_failed_save_leaves_no_file(tmp_path: Any) -> None:
    stepper = viz.step(shared())
    with pytest.raises(ValueError, match=r"ends in \.html"):
        stepper.save(tmp_path / "y.svg")
    with pytest.raises(OSError, match="missing"):
        stepper.save(tmp_path / "missing" / "y.html")
    assert list(tmp_path.iterdir()) == []
    assert stepper.save(tmp_path / "y.html").read_text("utf-8").startswith("<!doctype html>")


def test_notebooks_get_html_and_a_line_of_text() -> None:
    stepper = viz.step(shared())
    bundle = stepper._repr_mimebundle_()
    assert bundle["text/html"] == stepper.html
    assert bundle["text/plain"].startswith("<Stepper: ")
    assert set(stepper._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert " id=" not in re.sub(r"<script>.*</script>", "", stepper.html, flags=re.DOTALL)
