"""The language of gates, its walk, and readings of it: that of a few lines here, and those the library brings."""

from __future__ import annotations

import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gates import registered

import autograd
import viz
from autograd import GATES, Gate, Value, apply, derivative, gradcheck, hessian
from autograd.formula import Backend, Part, calls_in, fold, hoisted, names_in, parse
from autograd.formula.floats import evaluated
from autograd.formula.spelling import python_text


def test_text_and_tree_say_the_same():
    for formula in (
        "a - (b - c)",
        "(a + b) * c",
        "-(a * b)",
        "-a * b",
        "a / (b / c)",
        "not (a > 0 or b > 0)",
        "1.0 if a > 0 else 0.5 if a == 0 else 0.0",
        "(a if a > 0 else b) + 1",
        "exp(-abs(a))",
    ):
        assert python_text(formula) == formula
        assert parse(python_text(formula)) == parse(formula)


def test_a_power_is_a_call_of_pow():
    assert parse("a ** b") == parse("pow(a, b)")
    with pytest.raises(ValueError, match="math domain"):  # and so never a complex number
        evaluated("a ** b", {"a": -8.0, "b": 1 / 3})


def test_comparisons_chain():
    assert parse("0 < a < 1") == parse("0 < a and a < 1")
    assert evaluated("0 < a < 1", {"a": 0.5})
    assert not evaluated("0 < a < 1", {"a": 1.5})


NO_FORMULAS = """\
a.real
[a]
lambda a: a
a @ b
'a'
True
f(k=1)
f()
a if
sum(x for x in a)
sum(x for y in xs)
sum(x for x in xs if x > 0)"""


@pytest.mark.parametrize("formula", NO_FORMULAS.splitlines())
def test_what_is_no_formula_is_refused_with_the_part_that_is_meant(formula):
    with pytest.raises(ValueError, match=r"outside the language of gates|cannot be read"):
        parse(formula)


def test_names_and_calls_of_a_formula():
    formula = "sum(exp(x - max(xs)) for x in xs) + sigmoid(a) * y + pi"
    assert names_in(formula) == {"xs", "a", "y"}
    assert calls_in(formula) == {"exp", "sigmoid"}


def test_what_is_taken_over_all_operands_is_computed_once():
    over, (derivative,) = hoisted("exp(x - max(xs)) / sum(exp(x - max(xs)) for x in xs)")
    assert {name: python_text(tree) for name, tree in over.items()} == {
        "over1": "max(xs)",
        "over2": "total([exp(x - over1) for x in xs])",
    }
    assert python_text(derivative) == "exp(x - over1) / over2"


def test_a_reduction_in_a_branch_that_may_have_no_value_stays_there():
    over, (formula,) = hoisted("sum(log(x) for x in xs) if min(xs) > 0 else 0.0")
    assert list(map(python_text, over.values())) == ["min(xs)"]
    assert python_text(formula) == "total([log(x) for x in xs]) if over1 > 0 else 0.0"


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6))
def test_a_sum_is_added_from_left_to_right(numbers):
    expected = 0.0
    for number in numbers:
        expected += number
    assert apply(GATES["sum"], numbers).data == expected
    assert evaluated("sum(xs)", {"xs": numbers}) == expected


def prefix_notation() -> Backend[str]:
    """A reading of formulas as Lisp has them: all that a new reader of the table of gates takes."""

    def listed(head: str, parts: list[str]) -> str:
        return f"({' '.join([head, *parts])})"

    def choice(test: Part[str], yes: Part[str], no: Part[str]) -> str:
        return listed("if", [test(), yes(), no()])

    def over(name: str, term: Part[str]) -> str:
        return listed(name, [f"(lambda (x) {term()})", "xs"])

    return Backend(
        number=lambda value: f"{value:g}",
        name=str,
        operation=lambda sign, operands: listed({"neg": "-"}.get(sign, sign), operands),
        choice=choice,
        call=listed,
        over=over,
    )


def test_a_new_backend_reads_every_gate():
    lines, _ = inspect.getsourcelines(prefix_notation)
    assert len(lines) < 60
    for gate in GATES.values():
        for formula in (gate.formula, *gate.derivatives):
            text = fold(formula, prefix_notation())
            assert text.count("(") == text.count(")")
    assert fold("y * (1 - y)", prefix_notation()) == "(* y (- 1 y))"
    assert fold(GATES["relu"].formula, prefix_notation()) == "(if (<= a 0) 0 a)"


# ---------------------------------------------------------------- a gate is one entry

SOFTSIGN = Gate("softsign", "ss", "a / (1 + abs(a))", ("1 / (1 + abs(a)) ** 2",), "scaler")
GELU = Gate(
    "gelu",
    "gelu",
    "0.5 * a * (1 + erf(a / sqrt(2)))",
    ("0.5 * (1 + erf(a / sqrt(2))) + a * exp(-a * a / 2) / sqrt(2 * pi)",),
    "scaler",
)
LERP = Gate("lerp", "lerp", "a + c * (b - a)", ("1 - c", "c", "b - a"), "scaler")
HYPOT = Gate("hypot", "hyp", "sqrt(sum(x * x for x in xs))", ("x / y",), "scaler", arity=None)

#: Gate, a point, its value and its gradient there by hand.
NEW_GATES = [
    (SOFTSIGN, (-3.0,), -0.75, (1 / 16,)),
    (GELU, (1.0,), 0.8413447460685429, (0.8413447460685429 + 0.24197072451914337,)),  # Φ(1), φ(1)
    (LERP, (2.0, 10.0, 0.25), 4.0, (0.75, 0.25, 8.0)),
    (HYPOT, (2.0, 3.0, 6.0), 7.0, (2 / 7, 3 / 7, 6 / 7)),
]


@pytest.fixture(params=NEW_GATES, ids=lambda case: case[0].name)
def new(request):
    with registered(request.param[0]):
        yield request.param


def test_a_new_gate_is_computed_and_differentiated(new):
    gate, point, value, gradient = new
    leaves = [Value(x) for x in point]
    y = apply(gate, leaves)
    y.backward()
    assert y.data == pytest.approx(value, rel=1e-14)
    assert [leaf.grad for leaf in leaves] == pytest.approx(gradient, rel=1e-14)
    assert gradcheck(lambda *xs: apply(gate, xs), *point)


def test_a_new_gate_is_differentiated_twice(new):
    gate, point, _, _ = new
    matrix = hessian(lambda *xs: apply(gate, xs))(*point)
    h = 1e-5
    for j in range(len(point)):
        ahead, behind = ([x + sign * h * (i == j) for i, x in enumerate(point)] for sign in (1, -1))
        slopes = [
            (p - q) / (2 * h)
            for p, q in zip(gate.local_derivatives(*ahead), gate.local_derivatives(*behind), strict=True)
        ]
        assert [row[j] for row in matrix] == pytest.approx(slopes, rel=1e-6, abs=1e-8)


def test_third_derivative_of_a_new_gate():
    with registered(SOFTSIGN):  # for x > 0 it is 1 - 1 / (1 + x), and its third derivative 6 / (1 + x)⁴
        third = derivative(derivative(derivative(lambda x: apply(SOFTSIGN, (x,)))))
        assert third(1.0) == pytest.approx(6 / 16, rel=1e-12)


@pytest.mark.parametrize("batch", [1, 40])
def test_a_new_gate_runs_compiled(new, executor, batch):
    gate, point, _, _ = new
    inputs, weight = [Value(x) for x in point], Value(1.5)
    program = autograd.compile(apply(gate, [weight * x for x in inputs]), inputs, executor=executor)
    rows = [[x + 0.1 * k for x in point] for k in range(batch)]
    total, slope = 0.0, 0.0
    for row in rows:
        factor = Value(1.5)
        y = apply(gate, [factor * x for x in row])
        y.backward()
        total += y.data / batch
        slope += factor.grad / batch
    value, gradient = program.value_and_grad(rows)
    assert value == pytest.approx(total, rel=1e-12)
    assert gradient == pytest.approx([slope], rel=1e-12)


def test_a_new_gate_stands_in_printed_source_that_runs(new):
    gate, point, value, gradient = new
    leaves = [Value(x, f"p{i}") for i, x in enumerate(point)]
    namespace: dict[str, object] = {}
    exec(autograd.compile(apply(gate, leaves), []).source(), namespace)
    y, slopes = namespace["value_and_grad"]([], list(point))
    assert y == pytest.approx(value, rel=1e-14)
    assert slopes == pytest.approx(gradient, rel=1e-14)


def test_a_new_gate_is_drawn_explained_and_stepped_through(new):
    gate, point, _, _ = new
    leaves = [Value(x, f"p{i}") for i, x in enumerate(point)]
    y = apply(gate, leaves)
    y.backward()
    assert f">{gate.symbol}</text>" in viz.draw(y).svg
    assert gate.name in str(viz.explain(y, wrt=leaves[0]))
    assert r"\begin{align*}" in str(viz.explain(y, wrt=leaves[0], format="latex"))
    assert f'"{gate.name}"' in viz.step(y).html


def test_pi_and_infinity_are_constants_of_the_language():
    assert evaluated("cos(pi)", {}) == -1.0
    assert evaluated("1.0 if a < inf else nan", {"a": math.inf}) != 1.0
