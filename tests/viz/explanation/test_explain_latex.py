"""The derivation in LaTeX: its lines, and that it is well formed whatever the labels are."""

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.extras import needs

import viz
from autograd import Value, exp, log, logsumexp, maximum, tanh
from autograd import sum as sum_of
from nn import MLP
from viz.explanation.breaking import PAGE, Row, width
from viz.explanation.breaking import lines as broken_lines
from viz.expression.read import read_expression


def latex(text, wrt=None, **values):
    return viz.explain(read_expression(text, values), wrt, "latex", names=False)


def lines(derivation):
    return derivation.split("\n")[1:-1]


def assert_well_formed(derivation):
    """Braces, \\left and \\right, and environments close; each row has one alignment sign; specials are escaped."""
    derivation = derivation.removeprefix(r"\begingroup\allowdisplaybreaks").removesuffix(r"\endgroup")
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


@pytest.mark.parametrize(
    "text",
    [
        "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "max(w0*x0, min(w1, x1)) - abs(w2)",
        "leaky_relu(w0*x0 - w1**x1*w2**2)",
        "sum(w0, x0, w1) + logsumexp(x1, w2)",
        "sqrt(w0)/log(w2) - -sigmoid(x0)*sin(x1)*cos(w1)*softplus(w0)*tanh(w1)",
    ],
)
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


@needs("matplotlib")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "text",
    [
        "1/(1 + exp(-(w0*alpha + learning_rate*x1 + w2)))",
        "max(w0*alpha, min(learning_rate, x1)) - abs(w2)",
        "sum(w0, alpha)*logsumexp(x1, w2) + leaky_relu(x1)",
        "w0**-2/log(w2) - -sigmoid(alpha)*sin(x1)*sqrt(w2)*softplus(w0)",
    ],
)
def test_every_row_is_mathematics_to_an_independent_reader(text):
    from matplotlib.mathtext import MathTextParser

    values = {
        name: number
        for name, number in {"w0": 2, "alpha": -3e-7, "learning_rate": 0.5, "x1": 1.5, "w2": 4}.items()
        if name in text
    }
    parser = MathTextParser("path")
    for derivation in (latex(text, **values), latex(text, "x1", **values)):
        for row in lines(derivation):
            parser.parse(f"${row.removesuffix(chr(92) * 2).replace('&', '', 1).strip()}$")


# ---------------------------------------------------------------- on paper


def log_of(derivations, folder):
    """What pdfLaTeX says of an article of these, with nothing but amsmath. It must compile."""
    return log_of_document(derivations, folder, r"\documentclass{article}\usepackage{amsmath}")


def log_of_document(derivations, folder, preamble):
    text = "\n\n".join(derivations)
    document = rf"{preamble}\begin{{document}}{text}\end{{document}}"
    (folder / "derivation.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "derivation.tex"], cwd=folder, capture_output=True
    )
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-1500:]
    return said


@needs("LaTeX")
def test_no_line_of_a_derivation_runs_off_the_page(tmp_path):
    model = MLP(3, [4, 4, 1], activation="tanh", seed=0)
    loss = (model([1.0, -0.5, 2.0]) - 1) ** 2
    loss.label = "loss"
    xs = [Value(float(i), f"x{i}") for i in range(60)]
    wide = sum_of(xs) * logsumexp(xs)
    deep = xs[1]
    for _ in range(30):
        deep = tanh(deep * xs[2] * 1.1 + exp(xs[3] * 0.1)) / (1 + deep * deep)
    derivations = [
        viz.explain(y, x, "latex", names=False)
        for y, x in ((loss, model.parameters()[0]), (wide, xs[0]), (deep, xs[2]))
    ]
    numbers = dict(zip("abcdefgh", range(1, 9), strict=True))
    derivations += [latex("*".join("abcdefgh") + "+" + "*".join(f"({x}+1)" for x in "abcdefgh"), "a", **numbers)]
    for derivation in derivations:
        assert_well_formed(derivation)
    said = log_of(derivations, tmp_path)
    assert "Overfull" not in said, re.findall(r"Overfull.*", said)


def long():
    """A derivation of some 120 rows."""
    x, y = Value(1.1, "x"), Value(0.9, "y")
    for _ in range(20):
        y = y * x + 0.1
    return viz.explain(y, x, "latex", names=False)


@needs("LaTeX")
def test_a_long_derivation_goes_on_over_several_pages(tmp_path):
    said = log_of([long()], tmp_path)
    assert r"Overfull \vbox" not in said
    pages = int(re.search(r"\((\d+) pages?,", said)[1])
    assert pages >= 2


@needs("LaTeX", "beamer.cls")
def test_a_long_derivation_compiles_on_slides(tmp_path):
    frame = rf"\begin{{frame}}[allowframebreaks]{long()}\end{{frame}}"
    log_of_document([frame], tmp_path, r"\documentclass{beamer}")


def test_only_a_long_derivation_may_be_broken_and_notebooks_see_the_mathematics_alone():
    assert latex("x*y", x=1, y=2).startswith(r"\begin{align*}")
    assert long().startswith(r"\begingroup\allowdisplaybreaks\begin{align*}")
    assert long().endswith(r"\end{align*}\endgroup")
    shown = long()._repr_latex_()
    assert shown.startswith("\\begin{align*}\n")
    assert shown.endswith("\n\\end{align*}")


@needs("LaTeX")
def test_labels_of_any_characters_compile(tmp_path):
    blocks = ((0x20, 0x250), (0x300, 0x400), (0x2070, 0x20A0), (0x2190, 0x2200))
    letters = "".join(chr(code) for block in blocks for code in range(*block))
    labels = ["σ²", "x₁²", "이름", "😀", "µ′²", "y\u0302₁", "w₁2", *letters]
    labels += [letters[i : i + 6] for i in range(0, len(letters), 6)]
    derivations = []
    for start in range(0, len(labels), 40):
        xs = [Value(1.0, label) for label in labels[start : start + 40]]
        derivations.append(viz.explain(sum_of([x * 2.0 for x in xs]), format="latex", names=False, limit=200))
    log_of(derivations, tmp_path)


def test_a_row_is_broken_at_its_signs():
    sides = tuple("a + b" for _ in range(30))
    assert all(line.count("&") == 1 and width(line) < PAGE for line in broken_lines([Row("f", sides)]))
    sums = r" + ".join(rf"\frac{{\partial f}}{{\partial x_{{{i}}}}} \cdot {i}" for i in range(40))
    found = list(broken_lines([Row("f", (sums, "1"))]))
    assert len(found) > 3
    assert " ".join(found).replace(r"&\quad ", "") == f"f &= {sums} = 1"


def test_the_width_of_a_fraction_is_that_of_its_wider_half():
    assert width(r"\frac{1}{1 + \frac{a}{b} + c}") == width(r"1 + \frac{a}{b} + c") + 0.5
    assert width(r"\frac{aaaa}{b}") == width("aaaa") + 0.5
    assert width(r"x^{2}") < width("x2")
