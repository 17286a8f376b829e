"""How explanations read and what forms they have: signs, names, Markdown, long graphs cut short."""

import copy
import math
import pickle
import re

from support.explanations import SIGMOID_NEURON, doubled, explained

import viz
from autograd import Value, maximum, where
from autograd import sum as sum_of
from viz.explanation.table import table
from viz.expression.read import read_expression


def test_there_is_one_minus_sign_and_parentheses_after_another_sign():
    x, y = Value(-0.762, "x"), Value(-2.0, "y")
    text = viz.explain(1 - x * y + -(x - y) / y * -3, wrt=[x, y], names=False)
    assert "-" not in text
    assert not re.search("[−+×*/] ?−", text)
    assert "1 − (−0.762)" in viz.explain(1 - x, names=False)


def test_a_comparison_is_not_read_on_as_an_equation():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    text = viz.explain(where(x > y, x, y) * 2, names=False)
    assert "(x > y) = (3 > 2) = 1" in text
    assert "x > y = " not in text.replace("(x > y)", "")


def test_operands_that_are_constants_get_nothing():
    c = Value(2.0, "c", requires_grad=False)
    text = viz.explain(Value(0.5, "w") * (c * c), names=False)
    assert "its operands are constants: nothing is passed on" in text


def test_a_table_has_the_parentheses_of_an_expression():
    w, x = Value(0.5, "w"), Value(-2.0, "x")
    assert table((w * x - 1) ** 2).splitlines()[-1].startswith("f = (w*x − 1)**2 ")
    assert table((w * x) ** 3).splitlines()[-1].startswith("f = (w*x)**3 ")


def test_numbers_alone_are_not_repeated_as_symbols():
    x = Value(3.0, "x")
    c = Value(2.0, requires_grad=False) * 4.0
    assert "v1 = 2 × 4 = 8" in viz.explain(x * c, names=False)


def test_a_decision_begins_with_the_operand_it_is_about():
    text = explained("min(x, y) + max(x, y)", x=1, y=2)
    assert "x += 1 × 1 = 1   since x < y" in text
    assert "y += 0 × 1 = 0   since y > x" in text
    assert "x += 0 × 1 = 0   since x < y" in text


def test_nan_decides_nothing_by_comparison():
    x = Value(math.nan, "x")
    text = viz.explain(maximum(x, 1.0) + x, names=False)
    assert "since x = 1" not in text
    assert "since x is NaN" in text


def test_a_name_given_twice_in_wrt_is_told_once():
    f = read_expression("x*y", {"x": 1, "y": 2})
    assert viz.explain(f, wrt=["x", "x", f.parents[0]], names=False) == viz.explain(f, wrt="x", names=False)


# ---------------------------------------------------------------- large graphs


def test_a_hundred_thousand_gates_are_summarised():
    x, w = Value(1.0, "x"), Value(0.5, "w")
    value = x
    for _ in range(50_000):
        value = value * w + x
    text = viz.explain(value, wrt="w", names=False)
    assert "100,000 gates (50,000 mul, 50,000 add)" in text
    assert "… 99,940 gates are left out here …" in text
    assert len(text) < 40_000
    assert len(text.latex) < 60_000


def test_limit_tells_more_or_fewer_gates():
    _, f = doubled(10)
    assert "left out" not in viz.explain(f)
    assert "… 6 gates are left out here …" in viz.explain(f, limit=4)


def test_a_sum_of_a_thousand_terms_is_cut_short():
    xs = [Value(float(i), f"x{i}") for i in range(1000)]
    text = viz.explain(sum_of(x * 2 for x in xs), limit=2000)
    assert max(map(len, text.splitlines())) < 500
    assert "and 977 more operands" in text


# ---------------------------------------------------------------- forms


def test_an_explanation_is_a_string_that_shows_itself():
    text = explained("x*y", x=2, y=3)
    assert isinstance(text, str)
    assert repr(text) == str(text)
    assert text._repr_markdown_() == text.markdown
    assert text._repr_latex_() is None
    latex = explained("x*y", format="latex", x=2, y=3)
    assert latex._repr_latex_() == str(latex) == latex.latex
    assert latex._repr_markdown_() is None


def test_an_explanation_can_be_copied_and_pickled():
    text = explained("x*y", x=2, y=3)
    for again in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert again == text
        assert again.latex == text.latex


def test_markdown_has_the_same_numbers_and_the_derivation():
    text = explained("sigmoid(w0*x0 + w1*x1 + w2)", "w0", "markdown", **SIGMOID_NEURON)
    assert "- `w0 += −1 × 0.197 = −0.197`" in text
    assert "$$\n\\begin{aligned}\n" in text
    assert text.rstrip().endswith("\\end{aligned}\n$$")


def outside_code(markdown):
    """What Markdown would read as more than letters: all but code spans, code blocks and formulas."""
    markdown = re.sub(r"(?ms)^(`{3,})text$.*?^\1$|^\$\$$.*?^\$\$$", "", markdown)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)


def test_markdown_reads_labels_as_code():
    label = "`a` ``` *b* _c_ <script>alert(1)</script>\n# d | $e$"
    f = Value(2.0, label) * 3 + Value(1.0, "plain")
    text = viz.explain(f, wrt=f.parents[0].parents[0], format="markdown", names=False)
    for piece in ("<script>", "_c_", "# d", "$e$"):
        assert piece in text
        assert piece not in outside_code(text)


def test_a_label_is_one_line_that_any_terminal_can_show():
    for label in ("a\nb", "a\x1b[31mb", "a\x00b", "a\ud800b"):
        text = viz.explain(Value(2.0, label) * 3, names=False)
        assert text.splitlines()[0].startswith("f = a")
        assert text.encode().decode().replace("\n", "").isprintable()


def test_the_same_graph_gives_the_same_words():
    assert explained("x*x + tanh(x)", "x", x=2) == explained("x*x + tanh(x)", "x", x=2)
