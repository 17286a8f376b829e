"""Expressions and formulas as people write them: parentheses where they are needed, and nowhere else."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import GATES, Value, exp, maximum, sigmoid, sqrt, tanh
from autograd import sum as sum_of
from autograd.formula import parse
from viz.expression.read import read_expression
from viz.text.formulas import chosen, formula_written
from viz.text.latex import name_latex, number_latex, with_characters
from viz.text.notation import Written, expression_latex, expression_text

x, y, w = Value(2.0, "x"), Value(3.0, "y"), Value(0.5, "w")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (x + y * w, "x + y*w"),
        ((x + y) * w, "(x + y)*w"),
        (x - (y - w), "x − (y − w)"),
        (x - y - w, "x − y − w"),
        (x / (y * w), "x/(y*w)"),
        (x / y * w, "x/y*w"),
        (-(x**2), "−x**2"),
        ((-x) ** 2, "(−x)**2"),
        (x ** (y**w), "x**y**w"),
        ((x**y) ** w, "(x**y)**w"),
        (x * -3, "x*(−3)"),
        (Value(-2.0, requires_grad=False) ** x, "(−2)**x"),
        (1 / (1 + exp(-(w * x + y))), "1/(1 + exp(−(w*x + y)))"),
        (maximum(x, y + 1), "max(x, y + 1)"),
        (sum_of([x, y * w, -w]), "sum(x, y*w, −w)"),
    ],
)
def test_text_has_the_parentheses_python_needs(value, text):
    assert expression_text(value) == text


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (x + y * w, r"x + y \cdot w"),
        ((x + y) / w, r"\frac{x + y}{w}"),
        (sqrt(x + 1), r"\sqrt{x + 1}"),
        (x + Value(-3.0, requires_grad=False), r"x + \left(-3\right)"),
        ((x + y) ** 2, r"{\left(x + y\right)}^{2}"),
        (sigmoid(x), r"\sigma(x)"),
        (sum_of([x, y]) * w, r"\left(x + y\right) \cdot w"),
    ],
)
def test_latex_uses_the_gates_own_notation(value, latex):
    assert expression_latex(value) == latex


def trees():
    leaves = st.sampled_from(["x", "y", "w", "2", "7"])

    def larger(inner):
        infix = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(lambda t: f"({' '.join(t)})")
        prefix = st.tuples(st.sampled_from(["-", "tanh", "sigmoid", "abs"]), inner).map(lambda t: f"{t[0]}({t[1]})")
        return infix | prefix

    return st.recursive(leaves, larger, max_leaves=12)


@given(trees())
def test_what_is_written_reads_back_as_the_same_expression(text):
    plain = {"x": 0.5, "y": 1.25, "w": 0.75}
    try:
        value = read_expression(text, {name: plain[name] for name in plain if name in text})
    except ValueError:
        return  # a number out of a gate's domain
    written = expression_text(value, limit=10_000).replace("−", "-")
    names = {"x", "y", "w"} & {n.id for n in ast.walk(ast.parse(written)) if isinstance(n, ast.Name)}
    again = read_expression(written, {name: plain[name] for name in names})
    assert again.data == value.data or math.isclose(again.data, value.data, rel_tol=1e-12)


def test_a_long_expression_keeps_its_outer_levels():
    value = x
    for _ in range(100):
        value = tanh(value * w + y)
    assert expression_text(value, limit=40) == "tanh(tanh(tanh(…*w + y)*w + y)*w + y)"


def test_how_much_of_a_long_expression_is_kept_does_not_depend_on_its_depth():
    for depth in (50, 299, 300, 301):
        value = x
        for _ in range(depth):
            value = value + y
        assert expression_text(value, limit=60) == "… + y + y + y + y + y + y + y + y + y + y"


def test_a_hundred_doublings_are_written_in_an_instant():
    value = x
    for _ in range(100):
        value = value + value
    assert expression_text(value) == "… + …"


def test_a_chain_of_a_hundred_thousand_gates_is_written_without_recursion():
    value = x
    for _ in range(100_000):
        value = -value
    assert len(expression_text(value, limit=50)) <= 50


def test_named_values_stand_as_their_names():
    q = x + y
    assert expression_text(q * w, {q: "q"}) == "q*w"
    assert expression_text(q, {q: "q"}) == "x + y"


@pytest.mark.parametrize("gate", list(GATES.values()), ids=lambda gate: gate.name)
def test_every_derivative_of_the_table_can_be_written(gate):
    for formula in (gate.formula, *gate.derivatives):
        assert formula_written(formula, {}, "text").text
        latex = formula_written(formula, {}, "latex").text
        assert latex.count("{") == latex.count("}")


def test_derivatives_in_latex():
    assert formula_written("y * (1 - y)", {}, "latex").text == r"y \cdot \left(1 - y\right)"
    assert formula_written("1 / a", {"a": Written("v_{2}")}, "latex").text == r"\frac{1}{v_{2}}"
    assert formula_written("1.0 if a > 0 else 0.0", {}, "latex").text == (
        r"\begin{cases} 1 & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases}"
    )


def test_a_power_rule_is_simplified():
    power = "b * pow(a, b - 1)"
    assert formula_written(power, {"a": Written("x"), "b": Written("3", value=3.0)}, "text").text == "3*x**2"
    assert formula_written(power, {"a": Written("x"), "b": Written("2", value=2.0)}, "text").text == "2*x"
    assert formula_written(power, {"a": Written("x"), "b": Written("n")}, "text").text == "n*x**(n − 1)"


def test_the_branch_that_holds_is_chosen_and_the_comparison_told():
    step = GATES["max"].derivatives[0]
    a, b = parse("a"), parse("b")
    assert chosen(step, {"a": 2.0, "b": 1.0}) == (parse("1.0"), (a, ">", b))
    assert chosen(step, {"a": 1.0, "b": 1.0}) == (parse("0.5"), (a, "=", b))
    assert chosen(step, {"a": 0.0, "b": 1.0}) == (parse("0.0"), (a, "<", b))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("w0", "w_{0}"),
        ("w_12", "w_{12}"),
        ("x", "x"),
        ("alpha", r"\alpha"),
        ("λ2", r"\lambda_{2}"),
        ("loss", r"\mathrm{loss}"),
        ("v17", "v_{17}"),
        ("learning_rate", r"\mathrm{learning\_rate}"),
        ("50%", r"\mathrm{50\%}"),
        ("<script>", r"\mathrm{{<}script{>}}"),
        ("한글", r"\text{U+D55C}\text{U+AE00}"),  # pdfLaTeX would stop at it
        ("σ²", r"\sigma^{2}"),
        ("x₁", "x_{1}"),
        ("w₁₂", "w_{12}"),
        ("x₁²", "x_{1}{}^{2}"),
        ("x₁2", "x_{1}{}_{2}"),
        ("e⁻¹", "e^{-1}"),
        ("µ", r"\mu"),
        ("ŷ", r"\hat{y}"),
        ("y\u0302", r"\hat{y}"),
        ("x\u0304", r"\bar{x}"),
        ("∂x", r"\partial x"),
        ("f′", r"f{}^{\prime}"),
        (r"\input{x}", r"\mathrm{\backslash input\{x\}}"),
    ],
)
def test_names_in_latex_are_escaped(name, latex):
    assert name_latex(name) == latex


def test_browsers_are_given_the_characters_themselves():
    assert with_characters(name_latex("한글")) == r"\text{한}\text{글}"
    assert with_characters(name_latex("U+AE00")) == name_latex("U+AE00") == r"\mathrm{U+AE00}"


def test_numbers_in_latex():
    assert number_latex("−1.2e−5") == r"-1.2 \times 10^{-5}"
    assert number_latex("−∞") == r"-\infty"
