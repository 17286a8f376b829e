"""The table of gates: complete, consistent, and open to new entries."""

import inspect
import math
import subprocess
import sys
import tracemalloc
from itertools import product
from textwrap import dedent

import pytest
from support.gates import registered

import autograd
from autograd import GATES, ROLES, Gate, Value, gradcheck, hessian, operators, register
from autograd.formula.floats import evaluated

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


#: What the sentence of a gate says each operand gets of an upstream gradient of 1, written down by hand.
SAID = {
    "every operand gets the whole upstream gradient": lambda *xs: [1.0] * len(xs),
    "the first operand gets the whole upstream gradient, the second gets it with its sign turned": lambda a, b: [1, -1],
    "each operand gets upstream × the other operand": lambda a, b: [b, a],
    "the operand gets the upstream gradient with its sign turned": lambda a: [-1.0],
    "no gradient passes": lambda *xs: [0.0] * len(xs),
    "the gradients of all uses are added up": lambda a: [1.0],
    "the larger operand gets the whole upstream gradient, the other nothing; at a tie each gets half": lambda a, b: (
        [0.5, 0.5] if a == b else [float(a > b), float(b > a)]
    ),
    "the smaller operand gets the whole upstream gradient, the other nothing; at a tie each gets half": lambda a, b: (
        [0.5, 0.5] if a == b else [float(a < b), float(b < a)]
    ),
    "the operand gets the whole upstream gradient if it is above 0, else nothing": lambda a: [float(a > 0)],
    "the second operand gets the whole upstream gradient if the first, the condition, is above 0, else the third gets "
    "it; the others get nothing": lambda a, b, c: [0.0, 1.0, 0.0] if a > 0 else [0.0, 0.0, 1.0],
    "each operand gets upstream × its softmax, so that together they get the whole": lambda *xs: [
        math.exp(x) / sum(map(math.exp, xs)) for x in xs
    ],
}


@pytest.mark.parametrize("name", sorted(GATES))
def test_what_a_gate_is_said_to_do_is_what_it_does(name):
    gate = GATES[name]
    if gate.says == "each operand gets upstream × its local derivative":
        return  # true by the chain rule
    for point in product([-2.0, -1.0, 0.0, 0.5, 2.0], repeat=gate.arity or 3):
        assert list(gate.local_derivatives(*point)) == pytest.approx(SAID[gate.says](*point)), point


def test_a_gate_without_a_sentence_of_its_own_has_that_of_its_role():
    assert Gate("double", "2·", "a + a", ("2.0",), "scaler").says == ROLES["scaler"]


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


@pytest.mark.parametrize("gate", [gate for gate in GATES.values() if gate.shown != gate.derivatives])
def test_derivatives_that_are_shown_are_those_that_are_computed(gate):
    assert gate.arity is None  # logsumexp's, by each operand x
    xs = [0.5, -1.0, 2.0]
    y, *slopes = gate.rule(*xs)
    shown = [evaluated(gate.shown[0], {"xs": xs, "x": x, "y": y}) for x in xs]
    assert shown == pytest.approx(slopes, rel=1e-14)


def test_the_code_of_a_product_is_shown_as_it_is():
    _, _, shown = operators.__doc__.partition("``u * v`` becomes::\n")
    assert dedent(shown).strip() == inspect.getsource(Value.__mul__).strip()
