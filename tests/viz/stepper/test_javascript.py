"""The page computes what Python computes: the gate table in JavaScript, and the engine's passes, on random graphs."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from autograd import GATES, Gate, Value, backward_steps, topological_order
from autograd.formula import FUNCTIONS
from viz.stepper.javascript import PRIMITIVES, expression, rules
from viz.text.numbers import format_number


def close(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 1e-12 * max(1.0, abs(a), abs(b))


def described(output: Value) -> tuple[dict[str, Any], list[float], list[Value]]:
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    nodes = [
        {"gate": node.gate.name, "of": [place[p] for p in node.parents]}
        if node.gate
        else {"value": node.data, "constant": not node.requires_grad}
        for node in order
    ]
    return {"nodes": nodes, "output": place[output]}, [node.data for node in order], order


@pytest.mark.parametrize("seed", range(25))
def test_random_graphs_over_every_gate_have_python_s_values_derivatives_and_steps(
    engine: Any, random_graph: Callable[[int], Value], seed: int
) -> None:
    output = random_graph(seed)
    graph, inputs, order = described(output)
    assert {node.gate.name for node in order if node.gate} == set(GATES)
    play = engine.evaluate("([graph, inputs]) => timeline(graph, inputs, {})", [graph, inputs])
    for node, value, local in zip(order, play["values"], play["locals"], strict=True):
        assert close(node.data, value)
        assert all(map(close, node.local_derivatives, local))
    page_steps = [step for step in play["steps"] if step["kind"] == "backward"]
    place = {node: i for i, node in enumerate(order)}
    for step, shown in zip(backward_steps(output), page_steps, strict=True):
        assert place[step.node] == shown["node"]
        assert close(step.upstream, shown["upstream"])
        assert [place[c.parent] for c in step.contributions] == [c["parent"] for c in shown["changes"]]
        for mine, theirs in zip(step.contributions, shown["changes"], strict=True):
            assert close(mine.local, theirs["local"])
            assert close(mine.amount, theirs["amount"])
            assert close(mine.grad, theirs["grad"])
    for node, gradient in zip(order, play["grads"], strict=True):
        assert close(node.grad, gradient)


#: Where gates have kinks, ties, poles and edges of their domain.
EDGES = [-math.inf, -2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 710.0, 1e308, math.inf, math.nan]


@pytest.mark.parametrize("name", sorted(GATES))
def test_at_kinks_ties_and_edges_each_gate_does_what_python_does(engine: Any, name: str) -> None:
    gate = GATES[name]
    points = [list(point) for point in product(EDGES, repeat=gate.arity or 2)]
    found = engine.evaluate(
        """([name, points]) => points.map(point => {
            try { return RULES[name](...point.map(Number)).map(String); } catch (error) { return error.message; } })""",
        [name, [[repr(x).replace("inf", "Infinity").replace("nan", "NaN") for x in point] for point in points]],
    )
    for point, page in zip(points, found, strict=True):
        try:
            expected = gate.rule(*point)
        except (ArithmeticError, ValueError):
            expected = ()
        if not expected:
            assert isinstance(page, str), point
        else:
            assert not isinstance(page, str), (point, expected, page)
            numbers = [float(text.replace("Infinity", "inf")) for text in page]
            assert all(map(close, expected, numbers)), (point, expected, numbers)


def test_every_primitive_of_the_formulas_has_its_counterpart() -> None:
    assert set(PRIMITIVES) == set(FUNCTIONS)


def test_a_formula_becomes_javascript() -> None:
    assert expression("y * (1 - y)") == "y * (1 - y)"
    assert expression("1.0 if a > 0 else -1.0") == "(a > 0 ? 1 : -1)"
    assert expression("-y / b") == "divide(-y, b)"
    assert expression("a > 0 or b >= 1") == "(a > 0 || b >= 1)"


@pytest.mark.parametrize("formula", ["a.real", "[a]", "lambda a: a", "a @ b", "'a'", "a if (b := 1) else 2", "f(k=1)"])
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="outside the language of gates"):
        expression(formula)


def test_a_gate_that_calls_what_is_no_gate_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate("gauss", "γ", "gamma(a)", ("gamma(a)",), "scaler")
    monkeypatch.setitem(GATES, "gauss", gate)
    with pytest.raises(ValueError, match=r"'gauss' calls gamma\(\)"):
        rules(["gauss"])


def test_only_the_rules_that_are_needed_are_written() -> None:
    source = rules(["softplus"])
    assert '"softplus"' in source
    assert '"sigmoid"' in source  # its derivative
    assert '"mul"' not in source
    assert "Math.sin" not in source


def test_numbers_are_written_as_python_writes_them(engine: Any) -> None:
    rng = random.Random(0)
    numbers = [0.1 + 0.2, 2.125, 1.125, 0.00099996, 9999.7, 999.7, 1234.5, 1e-9, 5e-324, 1.7e308, 1000.5, 0.0, -2.0]
    numbers += [rng.uniform(-1, 1) * 10 ** rng.randint(-8, 8) for _ in range(2000)]
    numbers += [rng.randint(-9999, 9999) / 2 ** rng.randint(0, 8) for _ in range(2000)]
    shown = engine.evaluate("numbers => numbers.map(x => format(x))", numbers)
    assert shown == [format_number(x) for x in numbers]
    assert engine.evaluate("[format(NaN), format(Infinity), format(-Infinity)]") == ["NaN", "∞", "−∞"]


def test_assigning_in_place_of_adding_loses_all_uses_but_the_last(engine: Any) -> None:
    x = Value(3.0)
    graph, inputs, _ = described(x * x)  # 2x = 6; assigned, the second 3 overwrites the first
    assert engine.evaluate("([g, i]) => timeline(g, i, {assign: true}).grads", [graph, inputs])[0] == 3.0


def test_without_zeroing_a_second_pass_gives_micrograd_s_three(engine: Any) -> None:
    a, b, d = Value(1.0), Value(2.0), Value(1.0)
    graph, inputs, order = described((a + b) * d)  # the design's example: c.grad is 1, then 2, so a.grad is 1 + 2
    grads = engine.evaluate("([g, i]) => timeline(g, i, {unzeroed: true}).grads", [graph, inputs])
    assert grads[order.index(a)] == 3.0
    assert grads[order.index(d)] == 6.0


def test_the_wrong_orders_pass_on_what_has_not_all_arrived(engine: Any) -> None:
    x = Value(2.0)
    y = x * 3
    graph, inputs, order = described(y + (y * y))  # dz/dx = 3 + 2·6·3 = 39; y goes too early, with the 1 alone
    grads = {
        order_: engine.evaluate("([g, i, order]) => timeline(g, i, {order}).grads", [graph, inputs, order_])
        for order_ in ("right", "hasty", "forward")
    }
    assert grads["right"][order.index(x)] == 39.0
    assert grads["hasty"][order.index(x)] == 3.0
    assert grads["forward"][order.index(x)] == 0.0


def test_finite_differences_agree_and_part_at_a_kink(engine: Any) -> None:
    x = Value(0.7)
    graph, inputs, order = described((x * x).exp())
    found = engine.evaluate("([g, i, at]) => finiteDifference(g, i, at)", [graph, inputs, order.index(x)])
    assert found["slope"] == pytest.approx(1.4 * math.exp(0.49), rel=1e-8)
    at_kink = Value(0.0)
    graph, inputs, _ = described(at_kink.relu())
    found = engine.evaluate("([g, i]) => finiteDifference(g, i, 0)", [graph, inputs])
    assert (found["left"], found["right"]) == (0.0, 1.0)


def test_an_operand_outside_a_gate_s_domain_is_told_with_its_gate(engine: Any) -> None:
    graph, _, order = described((Value(2.0) - 1).log())
    told = engine.evaluate(
        "([g, i]) => { try { forward(g, i) } catch (error) { return [error.message, error.node, error.operands] } }",
        [graph, [0.0, 1.0, None, None]],
    )
    assert told == ["has no value", order.index(order[-1]), [-1.0]]
    json.dumps(told)
