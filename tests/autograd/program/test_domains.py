"""Where an eager gate has no value, the program raises the same error, even if its output would be a number."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
from autograd import DomainError, Value, compile, cos, exp, log, maximum, relu, sin, sqrt, tanh, where
from autograd.program.domains import watched
from autograd.program.tape import record

HIDDEN = {  # a function of x and w = 2, and an x at which a gate has no value but the output would be a number
    "log under max": (lambda x, w: maximum(log(w * x), -3.0), 0.0),
    "log under relu": (lambda x, w: relu(log(w * x)), 0.0),
    "division under tanh": (lambda x, w: tanh(1.0 / (w * x)), 0.0),
    "division by an infinity": (lambda x, w: w / (1.0 / x), 0.0),
    "overflow under a quotient": (lambda x, w: w / (1.0 + exp(-x)), -1000.0),
    "root that was not chosen": (lambda x, w: where(x > 0, sqrt(x), w), -1.0),
    "power under a comparison": (lambda x, w: (w**x > x) * w, 5000.0),
    "square that overflows": (lambda x, w: tanh(x**2) * w, 1e200),
    "sine of an infinity": (lambda x, w: where(sin(x) + cos(x) > 0, w, x * 0.0 + w), math.inf),
    "exp that underflows": (lambda x, w: exp(-w / x), 0.0),
}


def functions():
    return pytest.mark.parametrize("name", HIDDEN)


@functions()
@pytest.mark.parametrize("batch", [1, 300])
def test_a_domain_error_that_the_output_hides_is_raised(name, batch, executor):
    function, bad = HIDDEN[name]
    x, w = Value(1.0), Value(2.0)
    with pytest.raises(DomainError) as eager:
        function(Value(bad), w)
    program = compile(function(x, w), [x], executor=executor)
    rows = np.ones((batch, 1))
    assert program.forward(rows)[0] == pytest.approx(function(x, w).data)
    rows[-1] = bad
    for call in (program.forward, program.value_and_grad, program.backward):
        with pytest.raises(DomainError, match=f"in row {batch - 1} of the batch: the gate") as error:
            call(rows)
        assert type(error.value) is type(eager.value)
    assert w.grad == 0.0


@functions()
def test_a_domain_error_in_a_compiled_function_is_raised(name, executor):
    function, bad = HIDDEN[name]
    w = Value(2.0)
    program = compile(lambda x: function(x, w) * (1.0 if x.data < 3 else 2.0), [1.0], executor=executor)
    with pytest.raises(DomainError):
        program.forward([[1.0], [bad]])
    with pytest.raises(DomainError):
        program.value_and_grad([[1.0], [bad]])


def test_a_gate_that_is_not_used_has_to_have_a_value_too(executor):
    def function(x):
        log(x)
        return x * 2.0

    program = compile(function, [1.0], executor=executor)
    assert program.forward([[3.0]]).tolist() == [6.0]
    with pytest.raises(DomainError, match="in row 1 of the batch: the gate 'log'"):
        program.forward([[3.0], [-1.0]])


def test_a_decision_by_a_gate_without_a_value_is_no_decision(executor):
    program = compile(lambda x: x if tanh(1.0 / x).data < 2 else -x, [1.0], executor=executor)
    assert program.forward([[3.0]]).tolist() == [3.0]
    with pytest.raises(ZeroDivisionError, match="the gate 'div'"):
        program.forward([[3.0], [0.0]])


def test_the_row_is_named_in_a_program_with_branches(executor):
    w = Value(2.0)
    program = compile(lambda x: log(w * x) if x > -1 else x * w, [1.0], executor=executor)
    for call in (program.forward, program.value_and_grad):
        with pytest.raises(DomainError, match="in row 4 of the batch"):
            call([[1.0], [-5.0], [2.0], [-3.0], [-0.5], [1.0]])


def test_an_infinity_that_left_no_domain_is_a_number_like_any(executor):
    x, w = Value(1.0), Value(1e200)
    program = compile(tanh(log(x * w * w)) * x, [x], executor=executor)  # x · 1e400 is inf, and so is its log
    assert program.forward([[2.0], [3.0]]).tolist() == [2.0, 3.0]
    assert program.value_and_grad([[2.0], [4.0]])[0] == 3.0


def test_all_outputs_are_looked_at(executor):
    x, w = Value(1.0), Value(2.0)
    program = compile([x * w, tanh(1.0 / x)], [x], executor=executor)
    assert program.forward([[1.0]]).shape == (1, 2)
    with pytest.raises(DomainError, match="in row 1"):
        program.forward([[1.0], [0.0]])


def test_common_networks_pay_nothing():
    x = [Value(0.1), Value(0.2)]
    p = [Value(0.3), Value(0.4)]
    logits = [a * b for a, b in zip(x, p, strict=True)]
    total = autograd.logsumexp(logits)
    softmax = [exp(z - total) for z in logits]
    for output in (
        log(softmax[0]),
        autograd.sigmoid(logits[0]),
        tanh(logits[0] / 3.0),
        relu(softmax[0]),
        autograd.softplus(logits[1]),
        logits[0] ** 2 + sqrt(logits[1]),
    ):
        tape, _ = record([output + (x[0] + x[1]) * 0.0], x)
        assert watched(tape) is None


def test_a_parameter_frozen_after_compiling_gets_no_gradient(executor):
    x, w, b = Value(1.0), Value(2.0), Value(3.0)
    program = compile(x * w + b, [x], executor=executor)
    assert program.value_and_grad([[5.0]])[1].tolist() == [5.0, 1.0]
    w.requires_grad = False
    assert program.value_and_grad([[5.0]])[1].tolist() == [0.0, 1.0]
    assert program.value_and_grad([[5.0]], at=[1.0, 1.0])[1].tolist() == [0.0, 1.0]
    program.backward([[5.0]])
    assert (w.grad, b.grad) == (0.0, 1.0)
    w.requires_grad = True
    program.backward([[5.0]])
    assert (w.grad, b.grad) == (5.0, 2.0)


def test_a_parameter_frozen_after_compiling_a_function_gets_no_gradient(executor):
    w = Value(2.0)
    program = compile(lambda x: x * w if x > 0 else -x, [1.0], executor=executor)
    assert program.value_and_grad([[4.0], [-1.0]])[1].tolist() == [2.0]
    w.requires_grad = False
    assert program.value_and_grad([[4.0], [-1.0]])[1].tolist() == [0.0]


def test_the_executor_is_who_ran():
    x, w = Value(1.0), Value(2.0)
    program = compile(x * w, [x], executor="numpy")
    program.forward([[1.0]])
    assert program.executor == "python"  # one product of one row: plain floats are sooner
    program.forward(np.ones((5000, 1)))
    assert program.executor == "numpy"
    assert "run by numpy" in repr(program)
    lines = compile(x * w, [x], executor="python")
    lines.forward(np.ones((5000, 1)))
    assert lines.executor == "python"
