"""The promises of the design about gradients, numbers and gates, each stated by its tests. Worked by hand.

Those about large graphs are in `test_large_graphs`, those about errors in `test_errors`.
"""

import math

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    dot,
    leaky_relu,
    maximum,
    minimum,
)

# 1. backward twice


def test_backward_twice_doubles_leaf_gradients_only():
    a, b, d = Value(2.0), Value(-3.0), Value(10.0)
    c = a + b
    e = c * d
    e.backward()
    assert (a.grad, b.grad, c.grad, d.grad, e.grad) == (10.0, 10.0, 10.0, -1.0, 1.0)
    e.backward()
    assert (a.grad, b.grad, d.grad) == (20.0, 20.0, -2.0)
    assert (c.grad, e.grad) == (10.0, 1.0)


def test_micrograds_counterexample_with_unit_gradients_gives_two():
    a, b, d = Value(1.0), Value(1.0), Value(1.0)
    e = (a + b) * d
    e.backward()
    e.backward()
    assert a.grad == 2.0


def test_two_backwards_are_exactly_twice_one_even_where_sums_round():
    x = Value(0.1)
    y = 0.1 * x + 0.7 * x + 0.3 * x * x
    y.backward()
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


def test_seed_scales_every_gradient():
    x = Value(3.0)
    (x * x).backward(seed=2.0)
    assert x.grad == 12.0


def test_backward_of_a_leaf_is_one_and_adds():
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_gradients_of_two_outputs_add_up():
    x = Value(3.0)
    (2 * x).backward()
    (5 * x).backward()
    assert x.grad == 7.0


# 2. local derivatives belong to the point of the forward pass


def test_changed_leaf_data_does_not_corrupt_backward_of_the_old_graph():
    w, x = Value(2.0), Value(5.0)
    y = w * x
    w.data = 100.0
    y.backward()
    assert (y.data, w.grad, x.grad) == (10.0, 5.0, 2.0)


# 3. repeated operands


def test_repeated_operands_count_each_time():
    x = Value(3.0)
    y = x * x
    assert y.parents == (x, x)
    assert y.local_derivatives == (3.0, 3.0)
    y.backward()
    assert x.grad == 6.0


def test_a_sum_of_the_same_value_counts_each():
    x = Value(3.0)
    autograd.sum([x, x, x]).backward()
    assert x.grad == 3.0


# 4. kinks and ties


@pytest.mark.parametrize(
    ("gate", "a", "b", "expected"),
    [
        (maximum, 2.0, 1.0, (1.0, 0.0)),
        (maximum, 1.0, 2.0, (0.0, 1.0)),
        (maximum, 1.0, 1.0, (0.5, 0.5)),
        (minimum, 2.0, 1.0, (0.0, 1.0)),
        (minimum, 1.0, 1.0, (0.5, 0.5)),
    ],
)
def test_max_and_min_route_and_split_ties_in_half(gate, a, b, expected):
    assert gate(Value(a), Value(b)).local_derivatives == expected


@pytest.mark.parametrize("function", [autograd.relu, abs])
def test_relu_and_abs_have_derivative_zero_at_zero(function):
    assert function(Value(0.0)).local_derivatives == (0.0,)


def test_leaky_relu_at_zero_has_its_slope():
    assert leaky_relu(Value(0.0), 0.25).local_derivatives[0] == 0.25
    assert leaky_relu(Value(-2.0), 0.25).data == -0.5


@pytest.mark.parametrize("name", ["max", "min", "relu", "leaky_relu", "abs"])
def test_conventions_are_documented_with_the_gate(name):
    note = autograd.GATES[name].note
    assert "tie" in note or "0" in note


# 5. identity and order


def test_equality_and_hash_are_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert len({a, b}) == 2
    assert {a: "first"}[a] == "first"


def test_order_compares_the_data():
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert a <= 1.0
    assert b > 1
    assert b <= 3
    assert max(a, b) is b
    assert sorted([b, a])[0] is a


# 6. no silent cuts


@pytest.mark.parametrize("cut", [float, int, math.exp, math.floor, complex])
def test_conversions_that_would_cut_the_graph_are_refused(cut):
    with pytest.raises(TypeError, match=r"\.data"):
        cut(Value(1.5))


# 7. what counts as a number


@pytest.mark.parametrize("number", [2, 2.0, True, np.float64(2), np.float32(2), np.int64(2), np.bool_(True)])
def test_real_numbers_are_accepted_and_become_floats(number):
    x = Value(number)
    assert type(x.data) is float
    assert x.data == float(number)
    for y in (Value(3.0) * number, number * Value(3.0)):
        assert isinstance(y, Value)
        assert y.data == 3.0 * float(number)


@pytest.mark.parametrize("other", ["1", None, 1j, np.complex128(1j), [1.0], np.array([1.0]), Value(1.0), {}, object()])
def test_what_is_no_number_is_refused_by_the_constructor(other):
    with pytest.raises(TypeError, match="Value"):
        Value(other)


@pytest.mark.parametrize("other", ["1", None, 1j, [1.0], {}])
def test_what_is_no_number_is_refused_by_operators(other):
    for operate in (lambda: Value(1.0) + other, lambda: other * Value(1.0), lambda: Value(1.0) ** other):
        with pytest.raises(TypeError):
            operate()


def test_an_integer_beyond_floats_is_explained():
    with pytest.raises(ValueError, match=r"1\.8e308"):
        Value(10**400)


def test_numpy_object_arrays_of_values_work():
    x, y = Value(1.0), Value(2.0)
    array = np.array([x, y])
    assert [v.data for v in np.exp(array)] == pytest.approx([math.e, math.e**2])
    assert (array @ array).data == 5.0
    assert [v.data for v in array * np.array([3.0, 4.0])] == [3.0, 8.0]
    assert [v.data for v in x * np.array([3.0, 4.0])] == [3.0, 4.0]
    (array @ array).backward()
    assert (x.grad, y.grad) == (2.0, 4.0)


def test_a_numpy_scalar_on_the_left_makes_a_value():
    y = np.float64(2.0) * Value(3.0)
    assert isinstance(y, Value)
    assert y.data == 6.0


def test_functions_take_numbers_and_arrays_too():
    assert autograd.exp(0) == 1.0
    assert autograd.sigmoid(np.array([0.0, 1000.0])).tolist() == [0.5, 1.0]
    assert autograd.maximum(2, 3.0) == 3.0


# 8. sums


def test_sum_leaves_no_phantom_zero():
    a, b = Value(1.0), Value(2.0)
    total = sum([a, b])
    assert total.parents == (a, b)
    assert sum([a]) is a


def test_a_sum_of_floats_is_added_from_left_to_right_on_every_python():
    tenths = [Value(0.1) for _ in range(10)]
    assert autograd.sum(tenths).data == 0.9999999999999999  # 0.1 + 0.1 + ...; Python 3.12's own sum makes it 1.0
    assert autograd.dot(tenths, [1.0] * 10).data == 0.9999999999999999
    large = [Value(x) for x in (1e16, 1.0, -1e16)]
    assert autograd.sum(large).data == 0.0
    # log(1 + 10 · exp(-37)), where each exp(-37) = 8.5e-17 alone is lost beside 1
    assert autograd.logsumexp([Value(x) for x in (0.0, *[-37.0] * 10)]).data == 0.0


def test_a_neuron_adds_its_products_in_one_gate():
    w, x = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    y = dot(w, x, Value(0.5))
    assert y.data == 11.5
    assert y.gate.name == "sum"
    assert [p.gate and p.gate.name for p in y.parents] == ["mul", "mul", None]


def test_dot_refuses_lists_of_different_lengths():
    with pytest.raises(ValueError, match="3 weights and 2 inputs"):
        dot([Value(1.0)] * 3, [1.0, 2.0])
