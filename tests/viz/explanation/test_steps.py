"""Steps in words: the numbers are those of the textbook, of hand calculation, and of backward()."""

import re

import pytest
from support.explanations import SIGMOID_NEURON, explained

import viz
from autograd import Value, exp, topological_order


def test_the_first_circuit_of_cs231n():
    text = explained("(x + y)*z", x=-2, y=5, z=-4)
    assert "f = (x + y)*z = 3 × (−4) = −12" in text
    assert "(x + y) += −4 × 1 = −4" in text
    assert "z += 3 × 1 = 3" in text
    assert "x += 1 × (−4) = −4" in text
    assert "y += 1 × (−4) = −4" in text


@pytest.mark.parametrize("formula", ["sigmoid(w0*x0 + w1*x1 + w2)", "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"])
def test_the_sigmoid_neuron_of_cs231n(formula):
    text = explained(formula, **SIGMOID_NEURON)
    assert "w0 += −1 × 0.197 = −0.197" in text
    assert "x0 += 2 × 0.197 ≈ 0.393" in text
    assert "w1 += −2 × 0.197 ≈ −0.393" in text
    assert "x1 += −3 × 0.197 ≈ −0.590" in text
    assert "w2 += 1 × 0.197 = 0.197" in text
    assert re.search(r"(=|≈) 0\.731\n", text)


def test_the_max_circuit_of_cs231n():
    text = explained("(x*y + max(z, w))*2", x=3, y=-4, z=2, w=-1)
    for line in ("x += −4 × 2 = −8", "y += 3 × 2 = 6", "z += 1 × 2 = 2", "w += 0 × 2 = 0", "= −10 × 2 = −20"):
        assert line in text
    assert "since z > w" in text
    assert "since w < z" in text


# ---------------------------------------------------------------- steps


def test_each_step_names_the_gates_role():
    text = explained("max(x*y, z) + x", x=1, y=2, z=3)
    assert "(add, a distributor): every operand gets the whole upstream gradient." in text
    assert (
        "(max, a router): the larger operand gets the whole upstream gradient, the other nothing; at a tie each "
        in text
    )
    assert "(mul, a switcher): each operand gets upstream × the other operand." in text


def test_a_value_used_more_than_once_adds_up_term_by_term():
    text = explained("x*y + x", x=2, y=3)
    assert "x is used twice (a copy is an adder: the gradients of all uses are added up): 1 + 3 = 4" in text


def test_both_operands_of_a_square_are_told_apart():
    text = explained("x*x", x=3)
    assert "since operand 1 of f has the local derivative x" in text
    assert "since operand 2 of f has the local derivative x" in text
    assert "3 + 3 = 6" in text


def test_the_local_derivative_comes_with_its_formula():
    text = explained("log(x) + x**3 + tanh(x)", x=2)
    assert "∂log(x)/∂x = 1/x" in text
    assert "∂(x**3)/∂x = 3*x**2" in text
    assert "∂tanh(x)/∂x = 1 − tanh(x)*tanh(x)" in text


def test_a_difference_turns_a_sign():
    text = explained("x - y", x=1, y=2)
    assert "x += 1 × 1 = 1\n" in text
    assert "y += −1 × 1 = −1\n" in text
    assert (
        "(sub, a distributor): the first operand gets the whole upstream gradient, the second gets it with its " in text
    )


def test_a_tie_is_said_to_be_one():
    assert "x += 0.5 × 1 = 0.5   since x = y. At a tie the gradient is split in half" in explained(
        "max(x, y)", x=1, y=1
    )


def test_a_kink_is_decided_by_its_convention():
    assert "x += 0 × 1 = 0   since x = 0. max(a, 0); its derivative at 0 is 0" in explained("relu(x)", x=0)
    assert "s += ∞ × 1 = ∞   since f = 0. Domain: a ≥ 0; at 0 the derivative is infinite." in explained("sqrt(s)", s=0)


def test_named_parts_keep_their_names():
    text = explained("q = x + y; f = q*z", x=-2, y=5, z=-4)
    assert text.startswith("f = q*z\nq = x + y\nat x = −2, y = 5, z = −4\n")
    assert "q += −4 × 1 = −4" in text


def test_names_come_from_the_callers_variables():
    speed, time = Value(3.0), Value(2.0)
    distance = speed * time
    assert "∂distance/∂speed = 2" in viz.explain(distance)
    assert "speed" not in viz.explain(distance, names=False)


def test_subtraction_of_a_negative_number_is_readable():
    assert "x − y = 4 − (−3) = 7" in explained("x - y", x=4, y=-3)
    assert "−x = −(−3) = 3" in explained("-x", x=-3)


def test_the_output_goes_by_a_letter_that_is_free():
    assert explained("f*x", f=1, x=2).startswith("y = f*x\n")
    assert explained("f*y", f=1, y=2).startswith("g = f*y\n")


def test_a_leaf_alone_is_explained():
    assert explained("x", x=2).startswith("x = 2\n")
    assert "∂x/∂x = 1" in explained("x", x=2)


def test_gradients_are_left_as_they_were():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    f = exp(x * y) + x
    f.backward()
    f.backward(seed=0.5)
    before = [node.grad for node in topological_order(f)]
    viz.explain(f, wrt=[x, y])
    assert [node.grad for node in topological_order(f)] == before
