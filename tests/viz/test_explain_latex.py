"""The derivation in LaTeX: its lines, and that it is well formed whatever the labels are."""

import re
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import Value, exp, log, maximum, tanh
from autograd import sum as sum_of
from viz.expression import read_expression


def latex(text, wrt=None, **values):
    return viz.explain(read_expression(text, values), wrt, "latex", names=False)


def lines(derivation):
    return derivation.split("\n")[1:-1]


def assert_well_formed(derivation):
    """Braces, \\left and \\right, and environments close; each row has one alignment sign; specials are escaped."""
    assert derivation.startswith("\\begin{align*}\n")
    assert derivation.endswith("\n\\end{align*}")
    bare = re.sub(r"\\[{}$&#%_\\]", "", derivation)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert derivation.count(r"\left") == derivation.count(r"\right")
    assert not re.search(r"[$#%~\n]\n", bare)
    assert "$" not in bare
    assert "%" not in bare
    rows = lines(derivation)
    assert all(row.endswith(r" \\") for row in rows[:-1])
    assert not rows[-1].endswith(r"\\")
    for row in rows:
        assert re.sub(r"\\&", "", row).count("&") == 1


def test_the_chain_rule_line_by_line():
    assert lines(latex("q = x + y; f = q*z", x=-2, y=5, z=-4)) == [
        r"f &= \left(x + y\right) \cdot z \\",
        r"q &= x + y = -2 + 5 = 3 \\",
        r"f &= q \cdot z = 3 \cdot \left(-4\right) = -12 \\",
        r"\frac{\partial f}{\partial f} &= 1 \\",
        r"\frac{\partial f}{\partial z} &= q = 3 \\",
        r"\frac{\partial f}{\partial q} &= z = -4 \\",
        r"\frac{\partial f}{\partial y} &= \frac{\partial f}{\partial q} \frac{\partial q}{\partial y}"
        r" = \frac{\partial f}{\partial q} \cdot 1 = -4 \cdot 1 = -4 \\",
        r"\frac{\partial f}{\partial x} &= \frac{\partial f}{\partial q} \frac{\partial q}{\partial x}"
        r" = \frac{\partial f}{\partial q} \cdot 1 = -4 \cdot 1 = -4",
    ]


def test_meeting_paths_are_added_in_symbols_and_in_numbers():
    rows = lines(latex("x*y + x", "x", x=2, y=3))
    assert r"\frac{\partial f}{\partial x} &= \frac{\partial f}{\partial x}" not in "".join(rows), (
        "a term by the output itself is no derivation"
    )
    assert any(row.startswith(r"&= 1 + 1 \cdot 3 = 4") for row in rows)
    assert rows[-1] == r"\frac{\partial f}{\partial x} &= 3 + 1 = 4"


def test_a_routers_choice_is_noted():
    assert r"= 1 \quad \left(x > y\right)" in latex("max(x, y)", x=2, y=1)


def test_both_uses_of_a_square_are_written():
    assert r"\frac{\partial f}{\partial x} &= x + x = 3 + 3 = 6" in latex("x*x", x=3)


def test_only_what_leads_from_wrt_is_derived():
    derivation = latex("x*y + exp(z)", "x", x=1, y=2, z=3)
    assert r"{\partial z}" not in derivation
    assert r"{\partial y}" not in derivation


def test_powers_of_negative_numbers_are_in_parentheses():
    assert r"{\left(-3\right)}^{2}" in latex("x**2", x=-3)


def test_small_numbers_are_powers_of_ten():
    assert r"1 \times 10^{-5}" in latex("x*y", x=1e-5, y=2)


@pytest.mark.parametrize("text", [
    "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "max(w0*x0, min(w1, x1)) - abs(w2)", "leaky_relu(w0*x0 - w1**x1*w2**2)",
    "sum(w0, x0, w1) + logsumexp(x1, w2)", "sqrt(w0)/log(w2) - -sigmoid(x0)*sin(x1)*cos(w1)*softplus(w0)*tanh(w1)",
])  # fmt: skip
def test_derivations_are_well_formed(text):
    values = {"w0": 2, "x0": 3, "w1": 0.5, "x1": 1.5, "w2": 4}
    assert_well_formed(latex(text, **values))
    assert_well_formed(latex(text, "w0", **values))


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_label_gives_a_well_formed_derivation(first, second):
    x, y = Value(0.5, first), Value(1.5, second)
    f = maximum(x * y, log(y)) + x
    assert_well_formed(viz.explain(f, wrt=x, format="latex", names=False))


def test_a_wide_sum_and_a_deep_chain_are_cut_short():
    xs = [Value(float(i), f"x{i}") for i in range(300)]
    assert_well_formed(viz.explain(sum_of(xs), format="latex"))
    value = xs[0]
    for _ in range(1000):
        value = tanh(value * xs[1] + exp(xs[2] * 0.1))
    derivation = viz.explain(value, wrt=xs[1], format="latex")
    assert_well_formed(derivation)
    assert len(derivation) < 100_000


def test_one_leaf_and_one_gate():
    assert_well_formed(viz.explain(Value(2.0, "x"), format="latex"))
    assert_well_formed(latex("-x", x=2))


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs the extra 'plots'")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("text", [
    "1/(1 + exp(-(w0*alpha + learning_rate*x1 + w2)))", "max(w0*alpha, min(learning_rate, x1)) - abs(w2)",
    "sum(w0, alpha)*logsumexp(x1, w2) + leaky_relu(x1)",
    "w0**-2/log(w2) - -sigmoid(alpha)*sin(x1)*sqrt(w2)*softplus(w0)",
])  # fmt: skip
def test_every_row_is_mathematics_to_an_independent_reader(text):
    from matplotlib.mathtext import MathTextParser

    values = {name: number for name, number in
              {"w0": 2, "alpha": -3e-7, "learning_rate": 0.5, "x1": 1.5, "w2": 4}.items() if name in text}  # fmt: skip
    parser = MathTextParser("path")
    for derivation in (latex(text, **values), latex(text, "x1", **values)):
        for row in lines(derivation):
            parser.parse(f"${row.removesuffix(chr(92) * 2).replace('&', '', 1).strip()}$")
