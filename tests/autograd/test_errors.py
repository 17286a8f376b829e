"""The promises of the design about errors: they name the gate, the operand and the number."""

import math

import pytest

import autograd
from autograd import (
    AnomalyError,
    DomainError,
    Value,
    detect_anomaly,
    no_grad,
)

# 11. domain errors and anomalies


def small(x):
    return Value(x, label="q")


@pytest.mark.parametrize(
    ("compute", "kind", "words"),
    [
        (lambda: small(-1.0).log(), DomainError, ["log", "'q'", "-1.0", "a > 0"]),
        (lambda: small(0.0).log(), DomainError, ["log", "'q'", "0.0"]),
        (lambda: small(-4.0).sqrt(), DomainError, ["sqrt", "'q'", "-4.0"]),
        (lambda: small(0.0) ** -1, DomainError, ["pow", "'q'", "0.0", "-1.0"]),
        (lambda: small(-8.0) ** (1 / 3), DomainError, ["pow", "'q'", "-8.0"]),
        (lambda: 1 / small(0.0), ZeroDivisionError, ["div", "'q'", "b ≠ 0"]),
        (lambda: small(1000.0).exp(), OverflowError, ["exp", "'q'", "1000.0", "overflow"]),
        (lambda: small(10.0) ** 400, OverflowError, ["pow", "'q'"]),
    ],
)
def test_domain_errors_name_the_gate_the_operand_and_the_value(compute, kind, words):
    with pytest.raises(kind) as caught:
        compute()
    assert isinstance(caught.value, ValueError)
    for word in words:
        assert word in str(caught.value)


def test_anomaly_mode_names_the_first_gate_forward():
    x = Value(1e200, label="big")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"forward.*'mul'.*inf.*'big'"):
        (x * x).tanh()
    assert (x * x).data == math.inf


def test_anomaly_mode_names_the_first_gate_backward():
    x = Value(0.0, label="origin")
    y = x.sqrt() * 3
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward.*'sqrt'.*inf.*'origin'"):
        y.backward()


@pytest.mark.parametrize("x", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
def test_sigmoid_softplus_and_tanh_never_overflow(x):
    assert Value(x).sigmoid().data == pytest.approx(math.exp(x) if x < -30 else 1 / (1 + math.exp(-x)), rel=1e-15)
    assert Value(x).softplus().data == pytest.approx(x if x > 30 else math.log1p(math.exp(x)), rel=1e-12)
    assert abs(Value(x).tanh().data) <= 1.0


def test_logsumexp_takes_extreme_numbers():
    y = autograd.logsumexp([Value(1000.0), Value(-1000.0), Value(1000.0)])
    assert y.data == pytest.approx(1000 + math.log(2))
    assert y.local_derivatives == pytest.approx((0.5, 0.0, 0.5))


# 12 is nn's: wrong widths are errors. Here: wrong numbers of operands are.


def test_a_gate_refuses_a_wrong_number_of_operands():
    with pytest.raises(TypeError, match="'mul' takes 2 operands, but was given 3"):
        autograd.apply(autograd.GATES["mul"], [1.0, 2.0, 3.0])


def test_no_grad_makes_constants_and_backward_says_so():
    x = Value(2.0)
    with no_grad():
        y = x * x
    assert (y.data, y.parents, y.requires_grad) == (4.0, (), False)
    with pytest.raises(ValueError, match="no_grad"):
        y.backward()
