"""A gate is proved before it is let into the table; what is wrong with it is said in a sentence."""

import math
import subprocess
import sys
from dataclasses import replace

import pytest

from autograd import GATES, Gate, Value, derivative, gradcheck, register
from autograd.gates import CALLS
from autograd.proof import prove


@pytest.fixture
def registered():
    names = []

    def register_for_now(gate):
        names.append(gate.name)
        return register(gate)

    yield register_for_now
    for name in names:
        GATES.pop(name, None)
        CALLS.pop(name, None)


@pytest.mark.parametrize("gate", list(GATES.values()), ids=list(GATES))
def test_every_gate_of_the_table_is_proved(gate):
    prove(replace(gate, name=f"{gate.name}_again"), GATES)  # its own name is taken


@pytest.mark.parametrize(
    "gate",
    [
        Gate("cube_", "³", "a * a * a", ("3 * a * a",), "scaler"),
        Gate("swish_", "sw", "a * sigmoid(a)", ("y + sigmoid(a) * (1 - y)",), "scaler"),
        Gate("hypotenuse", "h", "sqrt(a * a + b * b)", ("a / y", "b / y"), "scaler"),
        Gate("mean_", "μ", "sum(xs) / len(xs)", ("1.0 / len(xs)",), "distributor", arity=None),
        Gate("hard_tanh", "ht", "max(min(a, 1), -1)", ("1.0 if abs(a) < 1 else 0.0",), "router"),
        Gate("arc_like", "al", "log(a + sqrt(a * a - 1))", ("1 / sqrt(a * a - 1)",), "scaler", "Domain: a > 1."),
        Gate("inside", "in", "log(a / (1 - a))", ("1 / (a * (1 - a))",), "scaler", "Domain: 0 < a < 1."),
        Gate("heavy", "θ", "1 if a > 0 else 0", ("0",), "stop"),
        Gate("blend", "bl", "a * c + b * (1 - c)", ("c", "1 - c", "a - b"), "scaler"),
    ],
    ids=lambda gate: gate.name,
)
def test_right_gates_are_let_in(gate, registered):
    assert registered(gate) is gate
    y = gate(*[Value(0.3)] * (gate.arity or 2)) if gate.name != "arc_like" else gate(Value(1.5))
    assert type(y.data) is float
    assert all(type(local) is float for local in y.local_derivatives)


def test_the_second_derivative_of_a_mean_is_zero(registered):
    mean = registered(Gate("mean_", "μ", "sum(xs) / len(xs)", ("1.0 / len(xs)",), "distributor", arity=None))
    assert derivative(derivative(lambda x: mean(x, x * x)))(3.0) == 1.0
    assert gradcheck(lambda x, y: mean(x * y, y), 2.0, 3.0)


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (
            Gate("square_", "²", "a * a", ("a",), "scaler"),
            r"derivative of the gate 'square_' by a, 'a', is 0.37 at a = 0.37, but finite .* 'a \* a' give 0.74",
        ),
        (Gate("product_", "p", "a * b", ("a", "b"), "switcher"), r"by a, 'a', is .* give"),
        (
            Gate("total_", "t", "sum(xs)", ("2.0",), "distributor", arity=None),
            r"by operand 1, '2.0', is 2 at operand 1",
        ),
        (Gate("halfway", "h", "abs(a)", ("1.0",), "scaler"), r"'1.0', is 1 at a = -0.51, but .* give -1"),
        (Gate("mystery", "m", "wizardry(a)", ("1.0",), "scaler"), r"calls wizardry\(\), which is none of .* tanh"),
        (Gate("stranger", "s", "a + z", ("1.0",), "scaler"), r"formula 'a \+ z' .* reads z; it may read a"),
        (Gate("early", "e", "a + y", ("1.0",), "scaler"), r"reads y; it may read a"),
        (Gate("second_", "s", "a + b", ("1.0",), "scaler"), r"reads b; it may read a"),
        (Gate("nowhere", "n", "log(0 - a * a)", ("2 / a",), "scaler"), r"has a value at 0 of the 24 points"),
        (Gate("unslope", "n", "a * a", ("nan",), "scaler"), r"is nan at a = 0.37, but .* give 0.74"),
        (Gate("callers", "c", "sin(a, a)", ("1.0",), "scaler"), r"can't be computed at a = 0.37: TypeError"),
        (Gate("pairs", "p", "a + b", ("1.0", "1.0"), "scaler", arity=1), r"has 1 operands and 2 derivatives"),
        (Gate("none", "n", "1.0", (), "scaler"), r"has 0 operands and 0 derivatives"),
        (Gate("not a name", "n", "a", ("1.0",), "scaler"), r"identifier .* 'not a name'"),
        (Gate("x", "n", "a", ("1.0",), "scaler"), r"identifier that is not taken there, but was given 'x'"),
        (Gate("lambda", "n", "a", ("1.0",), "scaler"), r"identifier"),
    ],
    ids=lambda x: x.name if isinstance(x, Gate) else "",
)
def test_what_is_wrong_with_a_gate_is_said(gate, sentence, registered):
    with pytest.raises(ValueError, match=sentence):
        registered(gate)
    assert gate.name not in GATES
    assert gate.name not in CALLS


@pytest.mark.parametrize("formula", ["a * 1j", "'a'", "[a]", "a.real", "a @ a", "(lambda: a)()"])
def test_a_formula_outside_the_language_is_said(formula):
    with pytest.raises(ValueError, match=r"the gate 'g': .* outside the language of gates"):
        Gate("g", "g", formula, ("1.0",), "scaler")


def test_a_formula_that_does_not_parse_is_said():
    with pytest.raises(ValueError, match=r"the gate 'g': the formula 'a \+' cannot be read"):
        Gate("g", "g", "a +", ("1.0",), "scaler")
    with pytest.raises(TypeError, match="derivatives a tuple of strings"):
        Gate("g", "g", "a", "1.0", "scaler")


def test_only_gates_are_registered():
    with pytest.raises(TypeError, match="register takes a Gate"):
        register("cube")


def test_importing_proves_nothing():
    stub = "import sys, types; sys.modules['autograd.proof'] = types.SimpleNamespace(prove=None)"
    code = f"{stub}; import autograd; print(len(autograd.GATES) > 20)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_the_proof_reads_numbers_at_points_inside_narrow_domains():
    prove(Gate("root", "r", "a ** 0.5", ("0.5 / y",), "scaler"), GATES)
    prove(Gate("narrow", "n", "sqrt(1 - a * a)", ("0 - a / y",), "scaler", "Domain: −1 ≤ a ≤ 1."), GATES)
    assert math.isclose(GATES["sqrt"].forward(0.25), 0.5)
