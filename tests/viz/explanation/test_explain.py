"""Explanations: the numbers are those of the textbook, of hand calculation, and of backward()."""

import copy
import math
import pickle
import random
import re

import pytest

import viz
from autograd import Value, exp, maximum, relu, scope, topological_order, where
from autograd import sum as sum_of
from viz.explanation.table import table
from viz.expression.read import read_expression
from viz.paths import EXACT, paths_from


def explained(text, wrt=None, format="text", **values):
    return viz.explain(read_expression(text, values), wrt, format, names=False)


SIGMOID_NEURON = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


# ---------------------------------------------------------------- CS231n's examples, with its numbers


def test_the_first_circuit_of_cs231n():
    text = explained("(x + y)*z", x=-2, y=5, z=-4)
    assert "f = (x + y)*z = 3 × (−4) = −12" in text
    assert "(x + y) += −4 × 1 = −4" in text
    assert "z += 3 × 1 = 3" in text
    assert "x += 1 × (−4) = −4" in text
    assert "y += 1 × (−4) = −4" in text


@pytest.mark.parametrize("formula", ["sigmoid(w0*x0 + w1*x1 + w2)", "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"])
def test_the_sigmoid_neuron_of_cs231n(formula):
    text = explained(formula, **SIGMOID_NEURON)
    assert "w0 += −1 × 0.197 = −0.197" in text
    assert "x0 += 2 × 0.197 ≈ 0.393" in text
    assert "w1 += −2 × 0.197 ≈ −0.393" in text
    assert "x1 += −3 × 0.197 ≈ −0.590" in text
    assert "w2 += 1 × 0.197 = 0.197" in text
    assert re.search(r"(=|≈) 0\.731\n", text)


def test_the_max_circuit_of_cs231n():
    text = explained("(x*y + max(z, w))*2", x=3, y=-4, z=2, w=-1)
    for line in ("x += −4 × 2 = −8", "y += 3 × 2 = 6", "z += 1 × 2 = 2", "w += 0 × 2 = 0", "= −10 × 2 = −20"):
        assert line in text
    assert "since z > w" in text
    assert "since w < z" in text


# ---------------------------------------------------------------- steps


def test_each_step_names_the_gates_role():
    text = explained("max(x*y, z) + x", x=1, y=2, z=3)
    assert "(add, a distributor): every operand gets the whole upstream gradient." in text
    assert (
        "(max, a router): the larger operand gets the whole upstream gradient, the other nothing; at a tie each "
        in text
    )
    assert "(mul, a switcher): each operand gets upstream × the other operand." in text


def test_a_value_used_more_than_once_adds_up_term_by_term():
    text = explained("x*y + x", x=2, y=3)
    assert "x is used twice (a copy is an adder: the gradients of all uses are added up): 1 + 3 = 4" in text


def test_both_operands_of_a_square_are_told_apart():
    text = explained("x*x", x=3)
    assert "since operand 1 of f has the local derivative x" in text
    assert "since operand 2 of f has the local derivative x" in text
    assert "3 + 3 = 6" in text


def test_the_local_derivative_comes_with_its_formula():
    text = explained("log(x) + x**3 + tanh(x)", x=2)
    assert "∂log(x)/∂x = 1/x" in text
    assert "∂(x**3)/∂x = 3*x**2" in text
    assert "∂tanh(x)/∂x = 1 − tanh(x)*tanh(x)" in text


def test_a_difference_turns_a_sign():
    text = explained("x - y", x=1, y=2)
    assert "x += 1 × 1 = 1\n" in text
    assert "y += −1 × 1 = −1\n" in text
    assert (
        "(sub, a distributor): the first operand gets the whole upstream gradient, the second gets it with its " in text
    )


def test_a_tie_is_said_to_be_one():
    assert "x += 0.5 × 1 = 0.5   since x = y. At a tie the gradient is split in half" in explained(
        "max(x, y)", x=1, y=1
    )


def test_a_kink_is_decided_by_its_convention():
    assert "x += 0 × 1 = 0   since x = 0. max(a, 0); its derivative at 0 is 0" in explained("relu(x)", x=0)
    assert "s += ∞ × 1 = ∞   since f = 0. Domain: a ≥ 0; at 0 the derivative is infinite." in explained("sqrt(s)", s=0)


def test_named_parts_keep_their_names():
    text = explained("q = x + y; f = q*z", x=-2, y=5, z=-4)
    assert text.startswith("f = q*z\nq = x + y\nat x = −2, y = 5, z = −4\n")
    assert "q += −4 × 1 = −4" in text


def test_names_come_from_the_callers_variables():
    speed, time = Value(3.0), Value(2.0)
    distance = speed * time
    assert "∂distance/∂speed = 2" in viz.explain(distance)
    assert "speed" not in viz.explain(distance, names=False)


def test_subtraction_of_a_negative_number_is_readable():
    assert "x − y = 4 − (−3) = 7" in explained("x - y", x=4, y=-3)
    assert "−x = −(−3) = 3" in explained("-x", x=-3)


def test_the_output_goes_by_a_letter_that_is_free():
    assert explained("f*x", f=1, x=2).startswith("y = f*x\n")
    assert explained("f*y", f=1, y=2).startswith("g = f*y\n")


def test_a_leaf_alone_is_explained():
    assert explained("x", x=2).startswith("x = 2\n")
    assert "∂x/∂x = 1" in explained("x", x=2)


def test_gradients_are_left_as_they_were():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    f = exp(x * y) + x
    f.backward()
    f.backward(seed=0.5)
    before = [node.grad for node in topological_order(f)]
    viz.explain(f, wrt=[x, y])
    assert [node.grad for node in topological_order(f)] == before


# ---------------------------------------------------------------- numbers that do not belong together


def forms(output, **options):
    """An explanation in all its forms."""
    told = viz.explain(output, names=False, **options)
    return str(told), told.markdown, told.latex


def test_old_products_are_not_told_with_new_numbers():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    f = w * x + 1
    f.backward()
    assert all("stale" not in form for form in forms(f))
    w.data -= 0.1 * w.grad
    text, markdown, latex = forms(f, wrt=w)
    for form in (text, markdown, latex):
        assert "stale" in form
        assert "passes:" not in form
    assert "w*x = 6 (stale)" in text
    assert "1.7 × 3" not in text
    assert r"w \cdot x = 6 \quad \text{(stale)}" in latex
    assert "since ∂(w*x)/∂x = w" not in text, "the local derivative is that of the old w"
    f.forward()
    for form in forms(f):
        assert "stale" not in form
    assert "w*x = 1.7 × 3 = 5.1" in viz.explain(f, names=False)


def test_a_choice_is_not_told_by_numbers_it_was_not_made_by():
    x = Value(2.0, "x")
    f = relu(x) * 3
    x.data = -2.0
    text = viz.explain(f, names=False)
    assert "since x < 0" not in text
    assert "x += 1 × 3 = 3   stale" in text


def test_an_operand_out_of_its_domain_since_is_told():
    x = Value(2.0, "x")
    f = x.log() + 1
    x.data = -2.0
    assert "stale" in viz.explain(f, wrt=x, names=False)


def test_two_backward_passes_are_told_with_what_is_stored():
    x = Value(2.0, "x")
    f = x * 10
    f.backward()
    for form in forms(f):
        assert "passes:" not in form
    f.backward()
    text, markdown, latex = forms(f)
    for form in (text, markdown, latex):
        assert "passes:" in form
    assert "Stored is x.grad = 20." in " ".join(text.split())
    assert "∂f/∂x = 10" in text
    assert x.grad == 20.0
    assert viz.explain(f, names=False) == text, "explaining has changed nothing"
    x.grad = 0.0
    f.backward()
    assert all("passes:" not in form for form in forms(f))


def test_before_any_pass_and_with_another_seed_nothing_is_said():
    a = Value(0.0, "a")
    for f in (a.sqrt() * 2, Value(3.0, "x") * 2):  # at 0 the root's local derivative is infinite
        assert all("passes:" not in form for form in forms(f))
    f.backward(seed=0.5)
    assert all("passes:" not in form for form in forms(f))


def test_the_told_gradients_are_those_of_backward_on_random_graphs():
    rng = random.Random(4)
    for _ in range(30):
        values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(3)]
        for _ in range(rng.randint(1, 12)):
            a, b = rng.choice(values), rng.choice(values)
            values.append(rng.choice([lambda a=a, b=b: a * b, lambda a=a, b=b: a + b, lambda a=a, b=b: maximum(a, b),
                                      lambda a=a: a.tanh(), lambda a=a: relu(a)])())  # fmt: skip
        output = values[-1]
        text = viz.explain(output, names=False)
        output.backward()
        for leaf in (node for node in topological_order(output) if node.gate is None):
            told = viz.text.numbers.format_number(leaf.grad)
            assert f"/∂{leaf.label}" in text
            assert f"/∂{leaf.label} = {told}" in text.replace("  ", " ")


# ---------------------------------------------------------------- how it reads


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


# ---------------------------------------------------------------- paths


def test_one_path_from_a_weight_of_the_sigmoid_neuron():
    text = explained("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "w0", **SIGMOID_NEURON)
    assert "Paths from w0 to f: 1 path." in text
    assert "w0 → w0*x0 → v3 → v4 → v5 → v6 → v7 → f" in text
    assert "= −1 × 1 × 1 × (−1) × 0.368 × 1 × (−0.534) = −0.197" in text
    assert "∂f/∂w0 = −0.197" in text


def test_two_paths_are_added():
    text = explained("log(x*y) + x", "x", x=2, y=3)  # ∂f/∂x = 1/x + 1
    assert "Paths from x to f: 2 paths." in text
    assert "= y × 1/(x*y) × 1\n" in text
    assert "= 3 × 0.167 × 1 ≈ 0.5\n" in text
    assert "Their sum: ∂f/∂x = 0.5 + 1 = 1.5" in text


def test_paths_through_both_operands_of_a_square():
    text = explained("x*x", "x", x=3)
    assert "x → f (by operand 1 of f)" in text
    assert "x → f (by operand 2 of f)" in text


def test_wrt_takes_a_value_a_name_or_several_and_interior_ones_too():
    f = read_expression("q = x + y; q*z", {"x": -2, "y": 5, "z": -4})
    q = f.parents[0]
    assert viz.explain(f, wrt=q) == viz.explain(f, wrt="q")
    both = viz.explain(f, wrt=["x", q])
    assert "Paths from x to f" in both
    assert "Paths from q to f" in both


def brute_force(node, start):
    if node is start:
        return [1.0]
    return [product * local for parent, local in zip(node.parents, node.local_derivatives, strict=True)
            for product in brute_force(parent, start)]  # fmt: skip


def test_paths_are_all_there_and_their_products_sum_to_the_gradient():
    rng = random.Random(5)
    for _ in range(40):
        values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(2)]
        for _ in range(rng.randint(1, 8)):
            a, b = rng.choice(values), rng.choice(values)
            values.append(a * b if rng.random() < 0.6 else a - b)
        output, start = values[-1], values[0]
        order = topological_order(output)
        if start not in order:
            continue
        expected = brute_force(output, start)
        found = paths_from(start, order, 10_000)
        assert found.complete
        assert sorted(path.product for path in found.shown) == pytest.approx(sorted(expected))
        output.backward()
        assert math.isclose(sum(path.product for path in found.shown), start.grad, rel_tol=1e-9, abs_tol=1e-9)
        few = paths_from(start, order, 3)
        assert few.count == len(expected)
        largest = sorted((abs(product) for product in expected), reverse=True)[:3]
        assert sorted((abs(path.product) for path in few.shown), reverse=True) == pytest.approx(largest)
        for path in found.shown:
            assert path.nodes[0] is start
            assert path.nodes[-1] is output
            for parent, node, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False):
                assert node.parents[edge] is parent


def doubled(times):
    value = x = Value(1.0, "x")
    for _ in range(times):
        value = value + value
    return x, value


def test_two_to_the_thirtieth_paths_are_counted_not_listed():
    x, f = doubled(30)
    text = viz.explain(f, wrt=x, names=False)
    assert "1,073,741,824 paths" in text
    assert "The 12 whose products are largest" in text
    assert "in one visit to each of the 30 gates: ∂f/∂x = 1.07e9" in text


def test_more_paths_than_can_be_written_are_still_told():
    x, f = doubled(400)
    assert paths_from(x, topological_order(f), 4).count == EXACT + 1
    assert "more than 1e100 paths" in viz.explain(f, wrt=x)


def test_no_path_is_an_error_that_lists_the_inputs():
    f = read_expression("x*y", {"x": 1, "y": 2})
    with pytest.raises(ValueError, match="f does not depend on 'k'; its inputs are x, y"):
        viz.explain(f, wrt="k", names=False)
    with pytest.raises(ValueError, match="f does not depend on the Value 'k' given as wrt"):
        viz.explain(f, wrt=Value(1.0, "k"), names=False)


def test_a_name_that_two_values_have_is_asked_about():
    with scope("one"):
        a = Value(1.0, "a")
    with scope("two"):
        b = Value(2.0, "a")
    with pytest.raises(ValueError, match=r"'a' is the name of 2 Values: one\.a, two\.a; say which"):
        viz.explain(a * b, wrt="a")
    assert "Paths from two.a" in viz.explain(a * b, wrt="two.a")


def test_no_path_is_told_from_a_constant():
    x, c = Value(1.0, "x"), Value(2.0, "c", requires_grad=False)
    with pytest.raises(ValueError, match="c is a constant, which gets no gradient"):
        viz.explain(x * c, wrt=c)


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


# ---------------------------------------------------------------- errors


def test_what_is_no_graph_is_refused():
    with pytest.raises(TypeError, match="explain takes a Value"):
        viz.explain(2.0)
    with pytest.raises(ValueError, match="no graph"):
        viz.explain(Value(2.0, requires_grad=False))


def test_wrt_is_a_value_or_a_name():
    f = read_expression("x*y", {"x": 1, "y": 2})
    for wrong in (3, [3]):
        with pytest.raises(TypeError, match="wrt takes a Value"):
            viz.explain(f, wrt=wrong)
    with pytest.raises(ValueError, match="does not depend on ''"):
        viz.explain(f, wrt="")


def test_an_unknown_format_lists_those_there_are():
    with pytest.raises(ValueError, match="no format 'html'; the formats are text, markdown, latex"):
        viz.explain(Value(2.0), format="html")


@pytest.mark.parametrize(("option", "value"), [("limit", 1), ("limit", "9"), ("paths", 0), ("paths", True)])
def test_limits_are_whole_numbers(option, value):
    with pytest.raises(ValueError, match=f"{option} is a whole number"):
        viz.explain(Value(2.0), **{option: value})
