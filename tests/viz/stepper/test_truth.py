"""What a page shows is what holds at that moment, everywhere: in tooltips, in words, in light, on paper."""

from __future__ import annotations

import math
import re
from typing import Any

from support.pages import Open, press, shared

import nn
import viz
from autograd import Value, topological_order
from viz.stepper.pack import packed_program
from viz.stepper.page import document


def tooltips(page: Any) -> str:
    """Everything that the picture says without showing it: tooltips, and its description."""
    found: list[str] = page.locator(".gw-picture svg").evaluate(
        "svg => [...svg.querySelectorAll('title, desc')].map(e => e.textContent)"
    )
    return "\n".join(found)


def test_tooltips_and_description_follow_an_edit(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "End")
    assert "x: leaf\nvalue 3\ngradient 7" in tooltips(page)
    page.get_by_role("spinbutton", name="x").fill("4")
    told = tooltips(page)
    assert "x: leaf\nvalue 4\ngradient 9" in told
    assert "the output y is 20; x = 4 has gradient 9." in told
    assert "value 12" not in told
    assert "gradient 7" not in told


def test_tooltips_follow_the_bug_laboratory(opened: Open) -> None:
    page = opened(viz.step(shared()))
    press(page, "End")
    page.get_by_text("Bug laboratory").click()
    page.get_by_label("= in place of +=").check()
    assert "x: leaf\nvalue 3\ngradient 3" in tooltips(page)
    assert "x = 3 has gradient 3" in tooltips(page)


def test_no_tooltip_tells_a_number_that_is_still_to_come_or_asked_for(opened: Open) -> None:
    page = opened(viz.step(shared()))
    told = tooltips(page)
    assert "gradient 7" not in told
    assert not re.search(r"gradient \d", told)
    assert "12" not in told
    page.get_by_label("Predict first").check()
    press(page, "Next", 3)
    assert "What is ∂y/∂y?" in page.locator(".gw-ask").inner_text()
    assert not re.search(r"gradient \d", tooltips(page))
    press(page, "Show", 5)
    assert "gradient 7" in tooltips(page)


def test_a_scope_opened_after_an_edit_has_the_new_numbers_in_its_tooltips(opened: Open) -> None:
    from autograd import scope

    x = Value(3.0, label="x")
    with scope("s"):
        v = x * x
    page = opened(viz.step(v + x, collapse="s"))
    press(page, "End")
    page.get_by_role("spinbutton", name="x").fill("4")
    page.locator("[data-scope]").click()
    page.wait_for_selector("text.frame")
    assert "value 16" in tooltips(page)
    assert "value 9" not in tooltips(page)


def lit(page: Any) -> set[str]:
    found = page.locator("path.wire.gw-lit").evaluate_all(
        "paths => paths.flatMap(p => p.dataset.wires?.split(' ') ?? [])"
    )
    return set(found)


def test_the_wire_of_a_constant_is_lit_forward_and_not_backward(opened: Open) -> None:
    x = Value(2.0, label="x")
    page = opened(viz.step(x * 3))
    press(page, "Next")
    assert lit(page) == {"w2.0", "w2.1"}
    press(page, "Next", 2)
    assert lit(page) == {"w2.0"}


def test_two_passes_say_that_the_number_is_micrograd_s_and_what_ours_is(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.get_by_text("Bug laboratory").click()
    page.get_by_label("nothing set to zero").check()
    press(page, "End")
    said = page.locator(".gw-result").inner_text()
    assert "These are micrograd's numbers" in said
    # Twice 2·3 + 1; micrograd, whose v1 keeps the first pass' 1, gives 7 + 1 + 6 + 6.
    assert "Gatewise and PyTorch add exactly both passes: x.grad would be 14, not 20." in said


def test_a_page_of_a_stale_graph_says_so_and_only_then(opened: Open) -> None:
    y = shared()
    assert "stale" not in viz.step(y).html
    topological_order(y)[0].data = 4.0
    page = opened(viz.step(y))
    mark = page.locator(".gw-mark").inner_text()
    assert mark.startswith("In Python: stale: numbers have changed since this was computed")
    assert mark.endswith("This page has computed it anew.")


def test_names_inside_a_frame_do_not_repeat_it(opened: Open) -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    loss = (model([1.0, -2.0]) - 1.0) ** 2
    page = opened(viz.step(loss))
    labels = page.locator("text.label, text.name").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert {"w.0", "w.1", "b"} <= set(labels)
    assert not any("neurons" in label for label in labels)
    field = page.get_by_role("spinbutton", name="layers.0.neurons.1.w.0, a number")
    assert field.count() == 1  # where there is no frame, the whole name stands
    alt = viz.step(loss).html.split('<img alt="')[1].split('"')[0]
    assert "layers.0.neurons.1.w.0 = " in alt


def test_the_gate_at_work_is_brought_to_sight_inside_the_picture_alone(opened: Open, page: Any) -> None:
    page.set_viewport_size({"width": 900, "height": 500})
    model = nn.MLP(2, [2, 1], seed=0)
    loss = (model([1.0, -2.0]) - 1.0) ** 2
    opened(f"<div style='height: 300px'></div>{viz.step(loss).html}<div style='height: 2000px'></div>")
    page.evaluate("scrollTo(0, 200)")
    before = page.evaluate("scrollY")
    last = int(page.locator(".gw-place").inner_text().split("/")[1])
    for at in (last // 2 + 1, last, 1):
        page.get_by_role("slider").evaluate("(e, at) => { e.value = at; e.dispatchEvent(new Event('input')) }", str(at))
        inside = page.locator(".node.gw-lit").evaluate(
            """e => { const b = e.getBoundingClientRect(), h = e.closest(".gw-picture").getBoundingClientRect();
                return b.left >= h.left && b.right <= h.right && b.top >= h.top && b.bottom <= h.bottom; }"""
        )
        assert inside
    assert page.evaluate("scrollY") == before


def test_what_comes_from_a_dark_system_is_printed_light(opened: Open, page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    opened(viz.step(shared()))
    root = page.locator(".gw")
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(30, 30, 30)"
    page.emulate_media(media="print", color_scheme="dark")
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert root.evaluate("e => getComputedStyle(e).color") == "rgb(31, 35, 40)"
    paper = "e => getComputedStyle(e).backgroundColor"
    assert page.locator("html").evaluate(paper) in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    page.wait_for_selector(".gw[data-theme=light]")
    page.emulate_media(media="screen", color_scheme="dark")
    page.wait_for_selector(".gw[data-theme=dark]")


def test_plain_keys_stay_inside_and_combinations_reach_the_page(opened: Open) -> None:
    page = opened(viz.step(shared()))
    page.evaluate("""() => { window.heard = []; document.addEventListener("keydown", event => heard.push(
        [event.key, event.target.closest("[data-lm-suppress-shortcuts]") !== null])); }""")
    page.locator(".gw-says").click()  # a click on text brings the focus inside
    assert page.evaluate("document.activeElement.className") == "gw"
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    assert page.locator(".gw-place").inner_text() == "1 / 5"
    page.get_by_role("spinbutton").focus()
    page.keyboard.press("5")
    assert page.evaluate("heard") == []
    for keys in ("Control+b", "Alt+j", "Meta+k"):
        page.keyboard.press(keys)
    # While they pass, nothing holds off JupyterLab's shortcuts; afterwards it does again.
    assert [key for key in page.evaluate("heard") if len(key[0]) == 1] == [["b", False], ["j", False], ["k", False]]
    page.wait_for_selector(".gw[data-lm-suppress-shortcuts]")


def test_infinities_nan_and_minus_zero_are_shown_everywhere(opened: Open) -> None:
    x, y = Value(math.inf, label="x"), Value(-0.0, label="y")
    page = opened(viz.step(x * y + x))
    press(page, "End")
    told = tooltips(page)
    assert "value ∞" in told
    assert "value −0" in told
    assert "value NaN" in told
    page.get_by_role("spinbutton", name="y").fill("1")
    assert "= ∞." in page.locator(".gw-says").inner_text()


def test_a_packed_program_is_the_program(page: Any) -> None:
    source = (
        r"""window.found = ["it's", "\\ back\nslash", `${1 + 1} element element element`, /\w+/.source, "∂ −"];""" * 3
    )
    program = packed_program(source)
    assert "element element" not in program
    page.set_content(document("t", "<p>t</p>"))
    page.evaluate(
        "text => { const s = document.createElement('script'); s.text = text; document.body.append(s) }", program
    )
    assert page.evaluate("found") == ["it's", "\\ back\nslash", "2 element element element", r"\w+", "∂ −"]
    assert packed_program("const ā = 1;") == "const ā = 1;"
