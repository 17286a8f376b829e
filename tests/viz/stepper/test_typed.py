"""What a reader types for a number: expressions, read as Python reads them, applied whole or not at all."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from support.equations import FUNCTIONS
from support.pages import Open, shared

import viz
from autograd import Value, topological_order


def field(page: Any, name: str = "x") -> Any:
    return page.get_by_role("spinbutton", name=f"{name}, a number")


def number(page: Any) -> float:
    """The full number of the first node, as the page's table has it."""
    if not page.locator(".gw-table").evaluate("e => e.open"):
        page.get_by_text("All values and gradients").click()
        page.wait_for_selector(".gw-table tbody tr")
    return float(page.locator(".gw-table tbody data").first.evaluate("d => d.value").replace("Infinity", "inf"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/3", 1 / 3),
        ("2*3", 6.0),
        ("1e5", 1e5),
        ("-2**2", -4.0),
        ("2**-1", 0.5),
        ("2**3**2", 512.0),
        ("7 - 2 - 1", 4.0),
        ("(1 + 2) * -3", -9.0),
        ("−0.5 × 4 ÷ 8", -0.25),
        (".5e-1", 0.05),
        ("exp(1)", math.e),
        ("max(1, 2, 5)", 5.0),
        ("sin(pi/2)", 1.0),
        ("leaky_relu(-2)", -0.02),
        ("inf", math.inf),
        ("-0", -0.0),
    ],
)
@pytest.mark.parametrize("way", ["at once", "key by key"])
def test_an_expression_is_computed_as_python_computes_it(opened: Open, text: str, expected: float, way: str) -> None:
    page = opened(viz.step(shared()))
    if way == "at once":
        field(page).fill(text)
    else:
        field(page).fill("")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    found = number(page)
    assert found == pytest.approx(expected, rel=1e-15)
    assert math.copysign(1, found) == math.copysign(1, expected)
    assert page.locator(".gw-refused").inner_text() == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,5", "A decimal is written with a point: 1.5"),
        ("exp(1,5)", "1.5"),
        ("2x", "a sign such as * is missing"),
        ("2 3", "A sign such as * is missing before “3”"),
        ("2^3", "written **"),
        ("1/0", "divides by zero"),
        ("log(-1)", "log(−1) has no value"),
        ("(-8)**0.5", "has no value"),
        ("exp(1000)", "overflows"),
        ("1e999", "larger than any float"),
        ("1e308*10", "overflows"),
        ("foo(2)", "There is no function foo"),
        ("apples", "“apples” is no number"),
        ("alert(1)", "There is no function alert"),
        ("constructor(1)", "There is no function constructor"),
        ("2)", "never opened"),
        ("$", "can't stand in a number"),
        ("", "An input is a number"),
        ("1+" * 400 + "1", "longer than 500 signs"),
    ],
)
@pytest.mark.parametrize("way", ["at once", "key by key"])
def test_what_is_no_number_is_told_beside_the_field_and_changes_nothing(
    opened: Open, text: str, says: str, way: str
) -> None:
    page = opened(viz.step(shared()))
    if way == "at once" or len(text) > 20:
        field(page).fill(text)
    else:
        field(page).fill("")
        page.keyboard.type(text)
    assert says in page.locator(".gw-row", has=field(page)).locator(".gw-refused").inner_text()
    assert field(page).get_attribute("aria-invalid") == "true"
    assert number(page) == 3.0
    page.keyboard.press("Tab")
    assert field(page).input_value() == "3"  # what the field says is what counts


@pytest.mark.parametrize("text", ["1e", "1/", "(2", "max(1,", "ta", "2*"])
def test_what_is_not_finished_is_told_when_the_typing_is_over(opened: Open, text: str) -> None:
    page = opened(viz.step(shared()))
    assert number(page) == 3.0
    field(page).fill(text)
    assert page.locator(".gw-refused").inner_text() == ""
    assert number(page) == 3.0
    page.keyboard.press("Enter")
    assert page.locator(".gw-refused").inner_text() != ""
    assert field(page).input_value().strip() == text  # it can still be mended
    assert number(page) == 3.0


def test_an_edit_is_undone_by_escape(opened: Open) -> None:
    page = opened(viz.step(shared()))
    assert number(page) == 3.0
    field(page).fill("5")
    assert number(page) == 5.0
    field(page).press("Escape")
    assert number(page) == 3.0
    assert field(page).input_value() == "3"


def test_an_expression_that_leads_out_of_a_domain_is_told_and_leaves_the_graph(opened: Open) -> None:
    x = Value(2.0, label="x")
    page = opened(viz.step((x - 1).log()))
    field(page).fill("1/2")
    assert "log(−0.5) has no value" in page.locator(".gw-refused").inner_text()
    assert number(page) == 2.0


def test_a_graph_with_a_nan_leaf_can_be_edited_and_reset(opened: Open) -> None:
    x, w = Value(math.nan, label="x"), Value(2.0, label="w")
    page = opened(viz.step(x * w))
    assert field(page).input_value() == "nan"
    field(page).fill("4")
    field(page, "w").fill("-inf")
    assert page.get_by_text("= −∞").count() >= 1
    page.get_by_role("button", name="Reset").click()
    assert math.isnan(number(page))
    assert field(page).input_value() == "nan"
    assert field(page, "w").input_value() == "2"
    field(page).press("ArrowUp")  # nothing to nudge
    assert math.isnan(number(page))


NAMES = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "max", "min", "relu", "sigmoid")


def written(rng: random.Random, depth: int) -> str:
    """A random expression that Python can read too."""
    kind = rng.random()
    if depth == 0 or kind < 0.2:
        return rng.choice([f"{rng.uniform(0, 9):.3f}", str(rng.randint(0, 40)), "1e-3", "2.", ".5", "3E2"])
    if kind < 0.65:
        space = rng.choice(["", " "])
        return (
            f"{written(rng, depth - 1)}{space}{rng.choice(['+', '-', '*', '/', '**'])}{space}{written(rng, depth - 1)}"
        )
    if kind < 0.75:
        return f"{rng.choice('+-')}{written(rng, depth - 1)}"
    if kind < 0.85:
        return f"({written(rng, depth - 1)})"
    name = rng.choice(NAMES)
    count = rng.randint(2, 3) if name in ("max", "min") else 1
    return f"{name}({', '.join(written(rng, depth - 1) for _ in range(count))})"


def by_python(text: str) -> float | None:
    try:
        result = eval(text, {"__builtins__": {}}, FUNCTIONS)
        return None if isinstance(result, complex) or math.isinf(float(result)) else float(result)
    except (ArithmeticError, ValueError, TypeError):
        return None


def test_random_expressions_are_read_as_python_reads_them(engine: Any) -> None:
    rng = random.Random(0)
    texts = [written(rng, rng.randint(1, 4)) for _ in range(3000)]
    found = engine.evaluate(
        "texts => texts.map(text => { try { return typed(text); } catch (e) {"
        " if (!(e instanceof Mistake)) throw e; return null; } })",
        texts,
    )
    computed = 0
    for text, page in zip(texts, found, strict=True):
        expected = by_python(text)
        if page is None or expected is None:  # overflow inside is refused here, where Python may come back from it
            assert page is None or "inf" in text or expected is None, text
            continue
        assert page == pytest.approx(expected, rel=1e-12, abs=1e-300), text
        computed += 1
    assert computed > 2000


@pytest.mark.parametrize("seed", range(6))
def test_after_random_edits_by_expression_the_page_has_python_s_numbers(
    opened: Open, random_graph: Callable[[int], Value], seed: int
) -> None:
    rng = random.Random(seed)
    y = random_graph(200 + seed)
    page = opened(viz.step(y))
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_text("All values and gradients").click()
    page.wait_for_selector(".gw-table tbody tr")
    order = topological_order(y)
    leaves = [node for node in order if node.gate is None and node.requires_grad]
    fields = page.locator(".gw-row input")
    for _ in range(12):
        i = rng.randrange(len(leaves))
        text = rng.choice(["inf", "-inf", "nan", "0", "-0", "1e300", written(rng, 2), f"{rng.uniform(-2, 2)}"])
        expected = float(text) if text in ("inf", "-inf", "nan") else by_python(text)
        before = leaves[i].data
        if expected is not None:
            leaves[i].data = expected
            try:
                y.forward()
            except ValueError:  # out of a gate's domain: the page must refuse it too
                leaves[i].data = before
        fields.nth(i).fill(text)
        for node in order:
            node.grad = 0.0
        y.backward()
        shown = page.locator(".gw-table tbody tr").evaluate_all(
            "rows => rows.map(r => [...r.querySelectorAll('data')].map(d => d.value))"
        )
        for node, (value, gradient) in zip(order, shown, strict=True):
            expect(node.data, value)
            if node.requires_grad:
                expect(node.grad, gradient)


def expect(python: float, page: str) -> None:
    shown = float(page.replace("Infinity", "inf"))
    assert (math.isnan(python) and math.isnan(shown)) or shown == pytest.approx(python, rel=1e-9, abs=1e-12)
