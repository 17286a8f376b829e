"""axe-core, the accessibility checker, on the stepper in its states; and what screen readers are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.pages import Open

import viz
from autograd import Value, scope

Violations = Callable[[Any], list[str]]


def graph() -> Value:
    x, w = Value(3.0, label="x"), Value(-1.0, label="w")
    with scope("square"):
        v = x * x
    y = (v * w + x * 2).tanh()
    y.label = "y"
    return y


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["start", "end", "everything", "predict", "closed", "narrow"])
def test_axe_finds_no_violation(opened: Open, page: Any, violations: Violations, scheme: str, state: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if state == "narrow":
        page.set_viewport_size({"width": 360, "height": 700})
    opened(viz.step(graph()), name="y.html")
    if state != "start":
        page.get_by_role("button", name="End", exact=True).click()
    if state == "everything":
        page.get_by_role("spinbutton").first.fill("2.5")
        page.get_by_role("button", name="Check x").click()
        page.get_by_text("Bug laboratory").click()
        page.get_by_label("= in place of +=").check()
        page.get_by_text("All values and gradients").click()
        page.wait_for_selector(".gw-table tbody tr")
    if state == "predict":
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_label("Predict first").check()
        for _ in range(6):
            page.get_by_role("button", name="Next", exact=True).click()
        page.get_by_role("button", name="Hint").click()
        assert page.locator(".gw-ask").is_visible()
    if state == "closed":
        page.locator("[data-scope]").click()
        page.wait_for_selector("g.group")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_where_scripts_do_not_run(
    chromium: Any, violations: Violations, tmp_path: Path, scheme: str
) -> None:
    viz.step(graph()).save(tmp_path / "y.html")
    html = (tmp_path / "y.html").read_text("utf-8")
    start, end = html.index("<script>"), html.index("</script>") + len("</script>")
    (tmp_path / "y.html").write_text(html[:start] + html[end:], "utf-8")
    page = chromium.new_page(color_scheme=scheme)
    page.goto((tmp_path / "y.html").as_uri())
    assert violations(page) == []
    page.close()


def test_each_step_is_announced_in_a_sentence(opened: Open) -> None:
    page = opened(viz.step(graph()))
    announced = page.locator("[aria-live=polite]")
    assert announced.count() == 1
    assert announced.get_attribute("aria-atomic") == "true"
    said = set()
    for _ in range(11):
        page.get_by_role("button", name="Next", exact=True).click()
        said.add(announced.inner_text())
    assert len(said) == 11


def test_every_control_can_be_reached_and_used_by_keyboard_alone(opened: Open) -> None:
    page = opened(viz.step(graph()))
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim())"
                "(document.activeElement)?.replace(/[◂▸ ]+$|^[◂▸ ]+/g, '')"
            )
        )
    wanted = [
        "Picture of the graph",
        "square",
        "Start",
        "Back",
        "Next",
        "End",
        "Step",
        "Predict first",
        "Change the inputs (2)",
        "x, a number",
        "Check x",
        "w, a number",
        "Reset",
        "Bug laboratory",
        "All values and gradients",
    ]
    places = [reached.index(name) for name in wanted]
    assert places == sorted(places)


def test_the_image_s_alternative_says_the_graph_in_words() -> None:
    html = viz.step(graph()).html
    alt = html.split('<img alt="')[1].split('"')[0]
    assert "5 gates" in alt
    assert "x = 3 has gradient" in alt
