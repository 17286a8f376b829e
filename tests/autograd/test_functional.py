"""Gradients as results: of Values and of functions, to any order. Expected numbers are derivatives worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import (
    GATES,
    GradcheckError,
    Value,
    apply,
    derivative,
    exp,
    grad,
    gradcheck,
    hessian,
    jacobian,
    log,
    logsumexp,
    recompute,
    sin,
    sqrt,
    tanh,
    value_and_grad,
)


def test_grad_gives_numbers_and_leaves_grad_alone():
    x, w = Value(3.0), Value(2.0)
    y = x * x * w
    assert grad(y, [x, w]) == [12.0, 9.0]
    assert grad(y, x) == 12.0
    assert (x.grad, w.grad, y.grad) == (0.0, 0.0, 0.0)


def test_grad_of_an_interior_node_and_of_a_stranger():
    x = Value(3.0)
    h = x * x
    assert grad(2 * h, [h, Value(1.0)]) == [2.0, 0.0]


def test_grad_of_grad_is_the_second_derivative():
    x = Value(2.0)
    (first,) = grad(x**3, [x], create_graph=True)
    (second,) = grad(first, [x], create_graph=True)
    assert (first.data, second.data, grad(second, x)) == (12.0, 12.0, 6.0)


def test_derivatives_nest_to_any_order():
    f = tanh
    for _ in range(3):
        f = derivative(f)
    t = math.tanh(0.7)
    assert f(0.7) == pytest.approx((1 - t * t) * (6 * t * t - 2), rel=1e-13)


def test_nested_derivatives_do_not_confuse_their_variables():
    # d/dx [x · d/dy (x + y)] = 1, although the inner derivative is taken at y = x
    assert derivative(lambda x: x * derivative(lambda y: x + y)(x))(1.0) == 1.0


def test_derivative_of_several_arguments_is_the_gradient():
    assert derivative(lambda x, y: x * y + y)(2.0, 5.0) == [5.0, 3.0]
    assert grad(lambda x: x * x)(3.0) == 6.0


def test_value_and_grad_of_functions_and_values():
    assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)
    assert value_and_grad(lambda x, y: x * y)(3.0, 4.0) == (12.0, [4.0, 3.0])
    x = Value(3.0)
    assert value_and_grad(x * x, [x]) == (9.0, [6.0])


def test_jacobian_has_a_row_for_each_output():
    assert jacobian(lambda x, y: [x * y, x + y, sin(x)])(0.0, 2.0) == [[2.0, 0.0], [1.0, 1.0], [1.0, 0.0]]
    assert jacobian(lambda x, y: x * y)(3.0, 2.0) == [2.0, 3.0]


def test_hessian_of_a_cubic():
    # f = x²y: f_xx = 2y, f_xy = 2x, f_yy = 0
    assert hessian(lambda x, y: x * x * y)(1.0, 2.0) == [[4.0, 2.0], [2.0, 0.0]]


def test_hessian_of_logsumexp_is_softmax_covariance():
    p = [math.exp(x) / (math.exp(1) + math.exp(2)) for x in (1, 2)]
    h = hessian(lambda a, b: logsumexp([a, b]))(1.0, 2.0)
    assert h[0] == pytest.approx([p[0] - p[0] * p[0], -p[0] * p[1]])
    assert h[1] == pytest.approx([-p[0] * p[1], p[1] - p[1] * p[1]])


def test_mixed_second_derivative_of_a_power_at_exponent_zero():
    # ∂²(aᵇ)/∂a∂b = aᵇ⁻¹(1 + b log a), which at b = 0 is 1/a
    assert hessian(lambda a, b: a**b)(2.0, 0.0)[0][1] == 0.5


def test_create_graph_refuses_a_graph_whose_leaves_moved():
    x = Value(2.0)
    y = x**3
    x.data = 5.0
    assert grad(y, x) == 12.0
    with pytest.raises(ValueError, match="recompute"):
        grad(y, x, create_graph=True)
    recompute(y)
    assert grad(y, x, create_graph=True).data == 75.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: grad(3.0, []), "grad differentiates a Value"),
        (lambda: grad(Value(1.0), [2.0]), "2.0"),
        (lambda: derivative(lambda x: "y")(1.0), "has to return a Value"),
        (lambda: derivative(sin)("a"), "taken at numbers"),
    ],
)
def test_wrong_arguments_are_explained(call, words):
    with pytest.raises(TypeError, match=words):
        call()


def test_a_constant_function_has_derivative_zero():
    assert derivative(lambda x: 4.0)(1.0) == 0.0


# finite differences


@pytest.mark.parametrize("name", sorted(set(GATES) - {"copy", "stop_gradient"}))
def test_every_gate_agrees_with_finite_differences(name):
    gate = GATES[name]
    points = [(0.7, 1.9, -0.4), (1.3, 0.4, 0.9), (2.5, -1.5, 0.1)]
    for point in points:
        arguments = point[: gate.arity] if gate.arity else (*point[:2], 0.3)
        assert gradcheck(lambda *xs: apply(gate, xs), *arguments)


@given(st.floats(-2, 2), st.floats(0.1, 3))
def test_gradcheck_passes_smooth_functions(x, y):
    assert gradcheck(lambda x, y: exp(sin(x) * y) + log(y) * tanh(x) + sqrt(y), x, y)


def test_gradcheck_names_input_numbers_and_distance():
    def wrong(x, y):
        return x * y.detach()  # cuts y's part of the gradient

    with pytest.raises(GradcheckError, match=r"argument 1 at 5\.0: .* rule gives 0\.0, .* give 3\.0.*differ by 3"):
        gradcheck(wrong, 3.0, 5.0)


def test_gradcheck_finds_a_wrong_derivative_in_the_table():
    from autograd import Gate

    wrong = Gate("wrong_square", "w", "a * a", ("a",), "scaler")
    with pytest.raises(GradcheckError):
        gradcheck(lambda x: apply(wrong, [x]), 3.0)
