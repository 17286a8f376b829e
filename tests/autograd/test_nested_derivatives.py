"""Derivatives inside derivatives: closures, perturbation confusion, higher orders. Expected numbers by hand."""

import math

import pytest

import autograd
from autograd import (
    Value,
    cos,
    derivative,
    exp,
    grad,
    gradcheck,
    hessian,
    jacobian,
    log,
    no_grad,
    sin,
    tanh,
    value_and_grad,
)


def test_an_inner_derivative_depends_on_the_outer_argument():
    assert derivative(lambda x: x * derivative(lambda y: x * y)(1.0))(3.0) == 6.0  # (x · x)' = 2x


def test_the_perturbation_of_an_inner_sum_is_not_confused_with_the_outer():
    # Siskind and Pearlmutter (2005): d/dx (x · d/dy (x + y)) at 1 is 1, not 2
    assert derivative(lambda x: x * derivative(lambda y: x + y)(1.0))(1.0) == 1.0


def test_the_outer_argument_may_be_given_to_the_inner_function():
    assert derivative(lambda x: x * derivative(lambda y: x * y)(2.0 * x))(3.0) == 6.0
    assert derivative(lambda x: derivative(lambda y: x * y * y)(x))(3.0) == 12.0  # (2x²)' = 4x


def test_the_same_name_inside_and_outside_is_two_variables():
    assert derivative(lambda x: x * derivative(lambda x: x * x)(x))(5.0) == 20.0  # (x · 2x)' = 4x


@pytest.mark.parametrize(
    ("inner", "right"),
    [
        (lambda x: derivative(lambda y: x * y * y)(1.0), 12.0),  # x · 2x
        (lambda x: value_and_grad(lambda y: x * y * y)(1.0)[1], 12.0),
        (lambda x: value_and_grad(lambda y: x * y * y)(1.0)[0], 6.0),  # x · x
        (lambda x: jacobian(lambda y: [y, x * y * y])(1.0)[1][0], 12.0),
        (lambda x: jacobian(lambda y: x * y * y)(1.0)[0], 12.0),
        (lambda x: hessian(lambda y: x * y * y)(1.0)[0][0], 12.0),
        (lambda x: hessian(lambda y, z: x * y * z)(1.0, 1.0)[0][1], 6.0),
        (lambda x: grad(lambda y: x * y * y)(1.0), 12.0),
        (lambda x: grad(x * x, x), 12.0),  # x · 2x
        (lambda x: grad(x * x, [x])[0], 12.0),
    ],
)
def test_every_function_of_derivatives_nests(inner, right):
    assert derivative(lambda x: x * inner(x))(3.0) == right
    assert gradcheck(lambda x: x * inner(x), 3.0)


def test_derivatives_nest_three_deep():
    # d/dx x · (d/dy y · (d/dz x·y·z)) = d/dx x · (d/dy x·y²) = d/dx 2x²y = 4xy at y = 1
    assert derivative(lambda x: x * derivative(lambda y: y * derivative(lambda z: x * y * z)(5.0))(1.0))(3.0) == 12.0


def test_orders_of_sine():
    f = sin
    for expected in (math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin):
        f = derivative(f)
        assert f(0.7) == pytest.approx(expected(0.7), rel=1e-14)


def test_third_order_of_a_power_and_of_tanh():
    assert derivative(derivative(derivative(lambda x: x**5)))(2.0) == pytest.approx(60 * 2.0**2)
    t = math.tanh(0.3)
    assert derivative(derivative(derivative(tanh)))(0.3) == pytest.approx((1 - t * t) * (6 * t * t - 2))


def test_mixed_second_derivatives_agree():
    def f(x, y):
        return sin(x * y) + exp(x) * log(y)

    by_x_then_y = derivative(lambda y: derivative(lambda x: f(x, y))(0.5))(2.0)
    by_y_then_x = derivative(lambda x: derivative(lambda y: f(x, y))(2.0))(0.5)
    right = math.cos(1.0) - math.sin(1.0) + math.exp(0.5) / 2.0
    assert by_x_then_y == pytest.approx(right)
    assert by_y_then_x == pytest.approx(right)


def test_a_derivative_of_what_does_not_depend_on_the_argument_is_zero():
    assert derivative(lambda x: derivative(lambda y: x * x)(1.0))(3.0) == 0.0
    assert derivative(lambda x: 5.0)(3.0) == 0.0


def test_the_argument_may_pass_through_untouched():
    assert derivative(lambda x: derivative(lambda y: y)(x))(2.0) == 0.0
    assert derivative(lambda x: x * derivative(lambda y: y)(x))(2.0) == 1.0


def test_a_closure_over_a_leaf_gives_a_value_that_backward_goes_through():
    w = Value(3.0)
    slope = derivative(lambda x: w * x * x)(2.0)
    assert slope.data == 12.0
    slope.backward()
    assert w.grad == 4.0
    value, slope = value_and_grad(lambda x: w * x * x)(2.0)
    assert (value.data, slope.data) == (12.0, 12.0)
    assert grad(value + slope, w) == 8.0  # x² + 2x


def test_a_closure_over_a_constant_can_be_asked_for_its_derivative():
    x = Value(3.0, requires_grad=False)
    assert grad(x * derivative(lambda y: x * y)(1.0), x) == 6.0


def test_constants_and_leaves_made_inside_leave_the_result_a_number():
    for f in (
        lambda x: x * Value(3.0),
        lambda x: x * Value(3.0, requires_grad=False),
        lambda x: x * (Value(2.0) + 1.0).detach(),
        lambda x: autograd.sum([3.0 * x, autograd.sum([])]),
        lambda x: x * derivative(lambda y: 3.0 * y)(1.0),
    ):
        assert derivative(f)(2.0) == 3.0
        assert type(derivative(f)(2.0)) is float


def test_derivatives_record_under_no_grad_and_give_numbers():
    w = Value(3.0)
    with no_grad():
        assert derivative(lambda x: x * derivative(lambda y: x * y)(1.0))(3.0) == 6.0
        assert hessian(lambda x: x * x * x)(2.0) == [[12.0]]
        assert value_and_grad(lambda x: w * x * x)(2.0) == (12.0, 12.0)
        assert jacobian(lambda x: [w * x, x * x])(2.0) == [[3.0], [4.0]]
        assert type(derivative(lambda x: w * x)(2.0)) is float
        given = derivative(lambda x: x * x)(w)
        assert (given.data, given.requires_grad) == (6.0, False)
    assert (w * 1.0).requires_grad


def test_no_grad_inside_a_function_cuts_its_graph_as_ever():
    def f(x):
        with no_grad():
            factor = x * x
        return factor * x

    assert derivative(f)(2.0) == 4.0


def test_gradcheck_of_functions_that_use_derivatives():
    assert gradcheck(lambda x, y: derivative(lambda z: sin(x * z) * cos(y))(0.5), 0.7, 0.2)
    w = Value(2.0)
    assert gradcheck(lambda x: w * x * x, 3.0)
    with no_grad():
        assert gradcheck(lambda x: grad(x * x * x, x), 2.0)


def test_grad_refuses_an_output_without_a_graph_as_backward_does():
    w = Value(2.0)
    with no_grad():
        y = w * w
    for output in (y, (w * w).detach(), Value(1.0, requires_grad=False)):
        with pytest.raises(ValueError, match="has no graph to go back through"):
            grad(output, w)
        with pytest.raises(ValueError, match="has no graph to go back through"):
            output.backward()


def test_grad_of_the_slope_of_a_line_is_zero():
    w = Value(2.0)
    assert grad(grad(3.0 * w, w, create_graph=True), w) == 0.0


@pytest.mark.parametrize("seed", [None, "1", 1j, [1.0], Value(1.0)])
def test_grad_refuses_a_seed_that_is_no_number(seed):
    w = Value(2.0)
    with pytest.raises(TypeError, match="the seed"):
        grad(w * w, w, seed=seed)


def test_a_seed_may_be_a_value_where_a_graph_is_wanted():
    w, s = Value(2.0), Value(5.0)
    result = grad(w * w, w, seed=s, create_graph=True)
    assert result.data == 20.0
    assert grad(result, s) == 4.0


def test_second_derivatives_by_constants():
    x = Value(2.0, requires_grad=False)
    first = grad(x * x * x, x, create_graph=True)
    assert grad(first, x) == 12.0
