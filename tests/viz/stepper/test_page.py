"""The page as a page: the neuron's numbers, several steppers, colours, motion, and labels that are hostile or long."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from support.pages import Open, neuron, press, says, shared, table

import viz
from autograd import Value, scope


def test_the_neuron_s_page_has_cs231n_s_numbers(opened: Open) -> None:
    page = opened(viz.step(neuron()))
    press(page, "End")
    numbers = table(page)
    assert numbers["y"][0] == pytest.approx(1 / (1 + math.exp(-1)), abs=1e-15)
    slope = numbers["y"][0] * (1 - numbers["y"][0])  # type: ignore[operator]
    expected = {"w0": -slope, "x0": 2 * slope, "w1": -2 * slope, "x1": -3 * slope, "w2": slope}
    for name, gradient in expected.items():
        assert numbers[name][1] == pytest.approx(gradient, abs=1e-15)
    assert page.locator("text.value").last.text_content().startswith("0.731")


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


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;</div>${1}`\\u003c<!--"


def test_labels_and_scopes_are_text_wherever_they_come_out(opened: Open, page: Any) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a label ran as script"))
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
