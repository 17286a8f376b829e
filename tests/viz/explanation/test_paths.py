"""Paths from a Value to the output: all are found, their products sum to the gradient, too many are counted."""

import math
import random

import pytest
from support.explanations import SIGMOID_NEURON, doubled, explained

import viz
from autograd import Value, scope, topological_order
from viz.expression.read import read_expression
from viz.paths import EXACT, paths_from


def test_one_path_from_a_weight_of_the_sigmoid_neuron():
    text = explained("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "w0", **SIGMOID_NEURON)
    assert "Paths from w0 to f: 1 path." in text
    assert "w0 → w0*x0 → v3 → v4 → v5 → v6 → v7 → f" in text
    assert "= −1 × 1 × 1 × (−1) × 0.368 × 1 × (−0.534) = −0.197" in text
    assert "∂f/∂w0 = −0.197" in text


def test_two_paths_are_added():
    text = explained("log(x*y) + x", "x", x=2, y=3)  # ∂f/∂x = 1/x + 1
    assert "Paths from x to f: 2 paths." in text
    assert "= y × 1/(x*y) × 1\n" in text
    assert "= 3 × 0.167 × 1 ≈ 0.5\n" in text
    assert "Their sum: ∂f/∂x = 0.5 + 1 = 1.5" in text


def test_paths_through_both_operands_of_a_square():
    text = explained("x*x", "x", x=3)
    assert "x → f (by operand 1 of f)" in text
    assert "x → f (by operand 2 of f)" in text


def test_wrt_takes_a_value_a_name_or_several_and_interior_ones_too():
    f = read_expression("q = x + y; q*z", {"x": -2, "y": 5, "z": -4})
    q = f.parents[0]
    assert viz.explain(f, wrt=q) == viz.explain(f, wrt="q")
    both = viz.explain(f, wrt=["x", q])
    assert "Paths from x to f" in both
    assert "Paths from q to f" in both


def brute_force(node, start):
    if node is start:
        return [1.0]
    return [
        product * local
        for parent, local in zip(node.parents, node.local_derivatives, strict=True)
        for product in brute_force(parent, start)
    ]


def test_paths_are_all_there_and_their_products_sum_to_the_gradient():
    rng = random.Random(5)
    for _ in range(40):
        values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(2)]
        for _ in range(rng.randint(1, 8)):
            a, b = rng.choice(values), rng.choice(values)
            values.append(a * b if rng.random() < 0.6 else a - b)
        output, start = values[-1], values[0]
        order = topological_order(output)
        if start not in order:
            continue
        expected = brute_force(output, start)
        found = paths_from(start, order, 10_000)
        assert found.complete
        assert sorted(path.product for path in found.shown) == pytest.approx(sorted(expected))
        output.backward()
        assert math.isclose(sum(path.product for path in found.shown), start.grad, rel_tol=1e-9, abs_tol=1e-9)
        few = paths_from(start, order, 3)
        assert few.count == len(expected)
        largest = sorted((abs(product) for product in expected), reverse=True)[:3]
        assert sorted((abs(path.product) for path in few.shown), reverse=True) == pytest.approx(largest)
        for path in found.shown:
            assert path.nodes[0] is start
            assert path.nodes[-1] is output
            for parent, node, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False):
                assert node.parents[edge] is parent


def test_two_to_the_thirtieth_paths_are_counted_not_listed():
    x, f = doubled(30)
    text = viz.explain(f, wrt=x, names=False)
    assert "1,073,741,824 paths" in text
    assert "The 12 whose products are largest" in text
    assert "in one visit to each of the 30 gates: ∂f/∂x = 1.07e9" in text


def test_more_paths_than_can_be_written_are_still_told():
    x, f = doubled(400)
    assert paths_from(x, topological_order(f), 4).count == EXACT + 1
    assert "more than 1e100 paths" in viz.explain(f, wrt=x)


def test_no_path_is_an_error_that_lists_the_inputs():
    f = read_expression("x*y", {"x": 1, "y": 2})
    with pytest.raises(ValueError, match="f does not depend on 'k'; its inputs are x, y"):
        viz.explain(f, wrt="k", names=False)
    with pytest.raises(ValueError, match="f does not depend on the Value 'k' given as wrt"):
        viz.explain(f, wrt=Value(1.0, "k"), names=False)


def test_a_name_that_two_values_have_is_asked_about():
    with scope("one"):
        a = Value(1.0, "a")
    with scope("two"):
        b = Value(2.0, "a")
    with pytest.raises(ValueError, match=r"'a' is the name of 2 Values: one\.a, two\.a; say which"):
        viz.explain(a * b, wrt="a")
    assert "Paths from two.a" in viz.explain(a * b, wrt="two.a")


def test_no_path_is_told_from_a_constant():
    x, c = Value(1.0, "x"), Value(2.0, "c", requires_grad=False)
    with pytest.raises(ValueError, match="c is a constant, which gets no gradient"):
        viz.explain(x * c, wrt=c)
