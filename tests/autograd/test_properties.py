"""What follows from a gate's entry: everything that anybody asks about a gate, a new one has by what its entry says."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from support.gates import registered

import autograd
from autograd import GATES, Gate, Value, diagnose
from autograd.properties import is_arithmetic, is_exact, is_partial, keeps_whole, shows
from viz.expression.errors import ExpressionError
from viz.expression.read import read_expression
from viz.stepper.javascript import typed_functions
from viz.text.equations import rule_of

SOFTSIGN = Gate(
    "softsign_",
    "ss",
    "a / (1 + abs(a))",
    ("(1 - abs(y)) ** 2",),
    "scaler",
    aliases=("squash",),
    total=True,
    saturated=0.01,
)
LERP = Gate("lerp_", "l", "a + c * (b - a)", ("1 - c", "c", "b - a"), "scaler", defaults=(0.5,))
FARTHEST = Gate(
    "farthest_",
    "far",
    "a if abs(a) > abs(b) else b",
    ("1.0 if abs(a) > abs(b) else 0.0", "0.0 if abs(a) > abs(b) else 1.0"),
    "router",
    folds=True,
)
INVERSE_ROOT = Gate("inverse_root_", "ir", "1 / sqrt(a)", ("-0.5 * y / a",), "scaler")


def test_gates_without_a_value_somewhere_are_known_by_their_formulas():
    partial = {gate.name for gate in GATES.values() if is_partial(gate)}
    assert partial == {"div", "pow", "exp", "log", "sqrt", "sin", "cos", "log1p"}


def test_a_gate_that_calls_a_partial_gate_is_partial():
    with registered(INVERSE_ROOT):
        outer = Gate("outer_", "o", "2 * inverse_root_(a)", ("-1.0 * inverse_root_(a) / a",), "scaler")
        assert is_partial(outer)
    assert is_partial(INVERSE_ROOT)
    assert not is_partial(SOFTSIGN)
    assert not is_partial(Gate("half_", "½", "a / 2", ("0.5",), "scaler"))
    assert not is_partial(Gate("mean_", "μ", "sum(xs) / len(xs)", ("1.0 / len(xs)",), "distributor", arity=None))


@pytest.mark.parametrize("gate", [*GATES.values(), SOFTSIGN, LERP, FARTHEST], ids=lambda gate: gate.name)
@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
def test_an_operand_that_a_gate_shows_makes_its_value_not_finite(gate, strange):
    with np.errstate(all="ignore"):
        count = gate.arity or 3
        for i in range(count):
            if shows(gate, i):
                for other in (-2.0, 0.0, 0.5, math.inf, -math.inf, math.nan):
                    operands = [strange if j == i else other for j in range(count)]
                    with suppress(ArithmeticError, ValueError):  # where Python refuses, arrays have NaN
                        assert not math.isfinite(gate.forward(*operands))


def test_some_gates_hide_what_others_show():
    names = ("add", "sub", "mul", "neg", "sum", "abs", "log", "sqrt", "stop_gradient")
    assert all(shows(GATES[name], i) for name in names for i in range(GATES[name].arity or 1))
    assert [shows(GATES["div"], i) for i in (0, 1)] == [True, False]
    assert not any(shows(GATES[name], i) for name in ("max", "relu", "tanh", "exp", "where", "pow") for i in (0,))
    assert [shows(LERP, i) for i in range(3)] == [True, True, True]


def test_exact_and_whole_gates_are_known_by_their_formulas():
    assert is_exact(FARTHEST)
    assert keeps_whole(LERP)
    assert not is_exact(GATES["add"])  # sums are reordered
    assert not is_exact(GATES["exp"])
    assert not keeps_whole(GATES["div"])


@pytest.mark.parametrize("executor", ["numpy", "python"])
def test_a_hidden_domain_error_of_a_new_gate_is_found_in_programs(executor):
    with registered(INVERSE_ROOT):
        x = Value(1.0, "x")
        program = autograd.compile(INVERSE_ROOT(x).minimum(5.0), [x], executor=executor)
        assert program.forward([[4.0]]).tolist() == [0.5]
        with pytest.raises(autograd.DomainError, match="the gate 'inverse_root_'"):
            program.forward([[0.0]])


def test_a_new_gate_is_typed_by_its_names_with_its_defaults_and_folded():
    with registered(SOFTSIGN), registered(LERP), registered(FARTHEST):
        assert read_expression("squash(x)", {"x": 3.0}).data == 0.75
        assert read_expression("lerp_(x, 4)", {"x": 2.0}).data == 3.0
        assert read_expression("farthest_(1, -5, x)", {"x": 3.0}).data == -5.0
        script = typed_functions()
        assert '"squash":"softsign_"' in script
        assert '"lerp_":[0.5]' in script
        assert '"farthest_"' in script.partition("FOLDED")[2]
    with pytest.raises(ExpressionError, match="no function 'squash'"):
        read_expression("squash(x)", {"x": 3.0})


def test_an_alias_that_is_taken_is_refused():
    with registered(SOFTSIGN):
        for name, aliases in (("squash", ()), ("other_", ("squash",)), ("another_", ("tanh",)), ("ln", ())):
            gate = Gate(name, "o", "2 * a", ("2.0",), "scaler", aliases=aliases)
            with pytest.raises(ValueError, match=r"there is a gate named '(softsign_|tanh|log)' already"):
                autograd.register(gate)


def test_what_an_entry_cannot_mean_is_refused():
    with pytest.raises(ValueError, match="gates of 2 operands can, but it takes 1"):
        Gate("g_", "g", "2 * a", ("2.0",), "scaler", folds=True)
    with pytest.raises(ValueError, match="has 1 defaults, but at least one operand is always given"):
        Gate("g_", "g", "2 * a", ("2.0",), "scaler", defaults=(1.0,))


def test_saturation_of_a_new_gate_is_diagnosed():
    with registered(SOFTSIGN):
        w = Value(50.0, "w")
        with autograd.scope("layers.0"):
            y = SOFTSIGN(w) * 1.0
        y.backward()
        found = diagnose(y)
    assert found.saturated == {"layers.0": (1, 1)}  # 1 / 51² is below 0.01


def test_the_equation_of_a_new_arithmetic_gate_is_computed_with_fractions():
    assert is_arithmetic(LERP)
    assert not is_arithmetic(SOFTSIGN)
    third = Fraction(1, 3)
    assert rule_of(LERP)([Fraction(0), Fraction(1), third]) == third
    assert rule_of(GATES["sum"])([third, third, third]) == 1
