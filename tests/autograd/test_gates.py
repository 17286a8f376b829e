"""The table of gates: complete, consistent, and open to new entries."""

import subprocess
import sys
import tracemalloc

import pytest
from support.gates import registered

import autograd
from autograd import GATES, ROLES, Gate, Value, gradcheck, hessian, register

DESIGN = (
    *("add", "sub", "mul", "div", "neg", "pow", "sum", "copy", "max", "min", "relu", "leaky_relu", "abs"),
    *("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus"),
)


@pytest.mark.parametrize("name", DESIGN)
def test_every_gate_of_the_design_is_there(name):
    gate = GATES[name]
    assert gate.name == name
    assert gate.symbol
    assert gate.role in ROLES


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "erf", "log1p"]
)
def test_unary_gates_are_methods_and_functions_with_a_formula_in_the_docstring(name):
    x = Value(0.5)
    assert getattr(x, name)().data == getattr(autograd, name)(x).data == getattr(autograd, name)(0.5)
    assert name in getattr(autograd, name).__doc__
    assert "y = " in getattr(Value, name).__doc__


@pytest.mark.parametrize(
    ("name", "role"), [("add", "distributor"), ("copy", "adder"), ("max", "router"), ("mul", "switcher")]
)
def test_the_four_roles_of_the_course(name, role):
    assert GATES[name].role == role


def test_adding_a_gate_is_one_entry():
    with registered(Gate("cube", "³", "a * a * a", ("3 * a * a",), "scaler")) as cube:
        x = Value(2.0)
        y = cube(x)
        y.backward()
        assert (y.data, x.grad) == (8.0, 12.0)
        assert gradcheck(cube, 2.0)
        assert hessian(cube)(2.0) == [[12.0]]
        with pytest.raises(ValueError, match="cube"):
            register(cube)


def test_an_unknown_role_lists_the_roles():
    with pytest.raises(ValueError, match="switcher"):
        Gate("g", "g", "a", ("1.0",), "wizard")


def test_an_unknown_gate_lists_the_gates():
    with pytest.raises(ValueError, match="sigmoid"):
        autograd.gates.gate_named("nope")


def test_importing_autograd_imports_no_numpy():
    code = "import sys, autograd; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_interior_node_takes_under_200_bytes():
    x = Value(2.0)
    tracemalloc.start()
    try:
        for make in (lambda: x * x, lambda: x + x, lambda: x.exp()):
            kept = [None] * 1000
            before = tracemalloc.get_traced_memory()[0]
            for i in range(1000):
                kept[i] = make()
            assert (tracemalloc.get_traced_memory()[0] - before) / 1000 <= 200
    finally:
        tracemalloc.stop()
