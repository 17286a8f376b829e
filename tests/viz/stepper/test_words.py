"""The page's sentences say what Python's explanations say, with the same numbers and the same signs between them."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from support.equations import holds, in_text
from support.graphs import recipe

from autograd import GATES, Value, topological_order
from viz.explanation.style import Plain
from viz.explanation.trace import traced
from viz.explanation.words import Words
from viz.stepper.graph import described, number
from viz.stepper.javascript import rules
from viz.text.equations import equation, product, total
from viz.text.names import names_of
from viz.text.notation import leaf_written, name_written
from viz.text.numbers import format_number

SCRIPTS = "".join(files("viz.stepper").joinpath(f"{name}.js").read_text("utf-8") for name in ("engine", "words"))


@pytest.fixture(scope="module")
def words(chromium: Any) -> Any:
    """A page that holds the rules of every gate, the engine and the words."""
    page = chromium.new_page()
    page.add_script_tag(content=rules(GATES) + SCRIPTS)
    return page


class Marked(Plain):
    """A style in which each line says what it is, and remarks are left out."""

    def item(self, number: int | str, text: str) -> str:
        return f"item {text}"

    def detail(self, formula: str, remark: str, width: int) -> str:
        return f"detail {formula}"


def sentences(page: Any, output: Value) -> dict[str, list[str]]:
    """What the page says, forward gate by gate and backward contribution by contribution."""
    order = topological_order(output)
    inputs = [number(node.data) for node in order]
    return page.evaluate(
        """([graph, inputs]) => {
            const play = timeline(graph, inputs.map(Number), {});
            const backward = play.steps.filter(step => step.kind === "backward");
            return {
              forward: graph.nodes.flatMap((node, i) => (node.gate ? [computed(graph, play.values, i)] : [])),
              backward: backward.flatMap(step => step.changes.map(change =>
                contribution(graph, play, step, change).split(", on top of")[0])),
            };
        }""",
        [described(output, names_of(order)), inputs],
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_page_says_what_python_says(words: Any, seed: int) -> None:
    _, output = recipe(seed, 12).values()
    if not output.requires_grad:
        output = output + Value(1.0, "x")
    order = topological_order(output)
    unique = names_of(order)
    names = {
        node: leaf_written(node, {}, "text")
        if node.gate is None and not node.requires_grad and not node.label
        else name_written(unique[node], "text")
        for node in order
    }
    told = Words(replace(traced(output, {}, format_number, 1000), names=names), Marked())
    expected = {
        "forward": [line.removeprefix("item ") for line in told.forward() if line.startswith("item ")],
        "backward": [line.removeprefix("detail ") for line in told.backward() if line.startswith("detail ")],
    }
    page = sentences(words, output)
    assert page == expected
    for line in (*page["forward"], *page["backward"]):
        for printed in in_text(f"   {line}"):
            assert holds(printed), printed


def test_equations_are_decided_as_in_python(words: Any) -> None:
    draw = random.Random(1)
    cases = [([1 / 3] * 3 + [-1.0], 0.0), ([math.pi, -3.14], math.pi - 3.14), ([0.5, 2.0], 2.5), ([-1.0, -2.0], -3.0)]
    for _ in range(2000):
        numbers = [draw.uniform(-1, 1) * 10 ** draw.randint(-3, 3) for _ in range(draw.randint(2, 4))]
        cases.append((numbers, sum(numbers)))
    found = words.evaluate("cases => cases.map(([terms, total]) => summed(terms, total))", cases)
    for (numbers, result), text in zip(cases, found, strict=True):
        format_, sign = equation(numbers, result, total, format_number)
        texts = [format_(x) for x in numbers]
        joined = " + ".join([texts[0], *(f"({x})" if x.startswith("−") else x for x in texts[1:])])
        assert text == f"{joined} {sign} {format_number(result)}"


def test_products_too(words: Any) -> None:
    draw = random.Random(2)
    cases = [[draw.gauss(0, 1) * 10 ** draw.randint(-4, 4) for _ in range(2)] for _ in range(2000)]
    cases += [[2.5, 1.11], [8.5, 0.25], [1e200, 1e200], [math.inf, 2.0], [1.0, -4.0]]
    sent = [[number(x) for x in case] for case in cases]
    found = words.evaluate(
        """cases => cases.map(pair => pair.map(Number)).map(([a, b]) => {
            const { texts, sign } = equation([a, b], a * b, product);
            return [...texts, sign]; })""",
        sent,
    )
    for (a, b), page in zip(cases, found, strict=True):
        format_, sign = equation([a, b], a * b, product, format_number)
        assert page == [format_(a), format_(b), sign]
