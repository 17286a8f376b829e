"""The expression reader: Python's grammar in, a graph out, and a place for everything it refuses."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import GATES, Value, topological_order
from viz.expression.assignments import read_assignments
from viz.expression.errors import ExpressionError
from viz.expression.read import functions, read_expression


def leaves(value):
    return {node.label: node for node in topological_order(value) if node.gate is None and node.requires_grad}


def refusal(text, **values):
    with pytest.raises(ExpressionError) as caught:
        read_expression(text, values)
    return str(caught.value)


def under_caret(message):
    _, line, caret = message.split("\n")
    return line[caret.index("^") : caret.rindex("^") + 1]


def test_a_neuron_has_its_value_and_its_gradients():
    f = read_expression("max(x*w + b, 0)", {"x": 2, "w": -3, "b": 8})
    f.backward()
    assert f.data == 2.0
    assert {name: leaf.grad for name, leaf in leaves(f).items()} == {"x": -3.0, "w": 2.0, "b": 1.0}


def test_a_name_that_is_repeated_is_one_leaf():
    f = read_expression("x*x + x", {"x": 3})
    f.backward()
    assert len(leaves(f)) == 1
    assert leaves(f)["x"].grad == 7.0


def test_a_subexpression_that_is_repeated_stays_as_typed():
    f = read_expression("(x + 1)*(x + 1)", {"x": 3})
    assert f.parents[0] is not f.parents[1]


def test_a_named_part_is_one_shared_node_with_that_label():
    f = read_expression("q = x + y; q*q", {"x": 1, "y": 2})
    assert f.parents[0] is f.parents[1]
    assert f.parents[0].label == "q"


def test_the_last_part_may_have_a_name_too():
    assert read_expression("q = x + 1\nf = q*q", {"x": 1}).label == "f"


def test_a_number_with_a_name_is_an_input():
    f = read_expression("x = 3; x*x")
    f.backward()
    assert leaves(f)["x"].grad == 6.0


def test_indented_lines_are_read():
    assert (
        read_expression(
            """
        q = x + y
        q*2
    """,
            {"x": 1, "y": 2},
        ).data
        == 6.0
    )


def test_a_minus_before_a_number_is_part_of_the_number():
    f = read_expression("x*-3", {"x": 2})
    assert f.parents[1].data == -3.0
    assert f.parents[1].gate is None


def test_a_minus_before_a_power_is_a_gate():
    f = read_expression("-x**2", {"x": 3})
    assert f.data == -9.0
    assert f.gate is GATES["neg"]


def test_max_of_three_is_nested():
    f = read_expression("max(x, y, 3)", {"x": 1, "y": 2})
    assert f.data == 3.0
    assert [parent.gate for parent in f.parents] == [GATES["max"], None]


def test_sum_of_several_is_one_gate():
    f = read_expression("sum(x, y, 3)", {"x": 1, "y": 2})
    assert (f.data, len(f.parents), f.gate.name) == (6.0, 3, "sum")


def test_other_names_for_gates_and_numbers():
    assert read_expression("maximum(x, 0) + minimum(x, 0) + ln(e) + pi*0", {"x": 4}).data == 5.0
    assert read_expression("e*2", {"e": 5}).data == 10.0
    assert read_expression("leaky_relu(x)", {"x": -1}).data == -0.01


def test_every_gate_of_the_table_but_copy_can_be_typed():
    assert set(functions()) == set(GATES) - {"copy"}
    for name, gate in functions().items():
        values = dict(list({"x": 0.5, "y": 0.25, "z": 2.0}.items())[: gate.arity or 2])
        f = read_expression(f"{name}({', '.join(values)})", values)
        assert f.gate is gate


def test_signs_of_the_projects_own_output_are_understood():
    assert read_expression("x×−2 ÷ 4", {"x": 2}).data == -1.0


@given(st.data())
def test_values_agree_with_pythons_own_arithmetic(data):
    numbers = st.integers(1, 9).map(str)
    infix = lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({' '.join(t)})")  # noqa: E731
    call = lambda inner: st.tuples(st.sampled_from(["sin", "cos", "-"]), inner).map(lambda t: f"{t[0]}({t[1]})")  # noqa: E731
    text = data.draw(st.recursive(numbers | st.just("x"), lambda inner: infix(inner) | call(inner), max_leaves=10))
    try:
        expected = eval(text, {"sin": math.sin, "cos": math.cos, "x": 1.5})
    except ZeroDivisionError:
        assert "has no value" in refusal(text, **({"x": 1.5} if "x" in text else {}))
        return
    assert math.isclose(read_expression(text, {"x": 1.5} if "x" in text else {}).data, expected, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("__import__('os')", "__import__", "no function '__import__'"),
        ("x.data", "x.data", "an attribute"),
        ("(lambda: 3)()", "(lambda: 3)()", "a call of anything but"),
        ("lambda: 3", "lambda: 3", "a lambda"),
        ("x < 2", "x < 2", "a comparison"),
        ("x and 2", "x and 2", "a comparison or a logical word"),
        ("'a' + x", "'a'", "a string"),
        ("f'{x}'", "f'{x}'", "a string"),
        ("x if 1 else 2", "x if 1 else 2", "a choice"),
        ("x[0]", "x[0]", "an index"),
        ("[x]", "[x]", "a list"),
        ("[x for x in x]", "[x for x in x]", "a comprehension"),
        ("max(*x)", "*x", "a star"),
        ("max(a=x)", "x", "by position"),
        ("x ^ 2", "x ^ 2", "write **"),
        ("x % 2", "x % 2", "this operator"),
        ("x @ x", "x @ x", "this operator"),
        ("~x", "~x", "this operator"),
        ("x := 3", ":=", "doesn't fit here"),
        ("(y := x)", "y := x", ":="),
        ("import os", "import os", "an import"),
        ("del x", "del x", "a statement"),
        ("x += 1", "x += 1", "an assignment other than"),
        ("True*x", "True", "this constant"),
        ("2j*x", "2j", "this constant"),
        ("...", "...", "this constant"),
        ("x; x", "x", "only the last part"),
        ("x + no", "no", "no has no value; add no=2"),
        ("exp", "exp", "exp is a function"),
        ("f(x)", "f", "there is no function 'f'"),
        ("x(2)", "x", "write x*(...) for a product"),
        ("max(x)", "max(x)", "takes 2 or more operands, but is given 1"),
        ("exp(x, 2)", "exp(x, 2)", "takes 1 operand, but is given 2"),
        ("leaky_relu()", "leaky_relu()", "takes 1 or 2 operands, but is given 0"),
        ("copy(x)", "copy", "there is no function 'copy'"),
        ("1/(x - 1)", "1/(x - 1)", "has no value at a = 1.0 and b = 0.0"),
        ("2*log(-x)", "log(-x)", "a = -1.0"),
        ("exp(x*1000)", "exp(x*1000)", "overflows"),
        ("x*1e200*1e200", "x*1e200*1e200", "too large"),
        ("x*1e999", "1e999", "too large"),
        ("q = x + 1; x", "q", "defined but never used"),
        ("q = 1; q = 2; q*x", "q", "defined twice"),
        ("x = 2; x*x", "x", "also given a value"),
        ("2x", "2", "a product needs its sign"),
        ("2(x + 1)", "2(x + 1)", "a product needs its sign"),
        ("(x + 1)(x + 2)", "(x + 1)(x + 2)", "a product needs its sign"),
        ("sin x", "x", "a function its parentheses"),
        ("f(x) = x*2", "f(x)", "only a name can stand before the sign ="),
        ("x, x", "x, x", "a comma outside"),
        ("x²", "²", "invalid character"),
        ("((x", "(", "never closed"),
    ],
)
def test_what_is_refused_is_pointed_at(text, place, said):
    message = refusal(text, x=1)
    assert said in message
    assert under_caret(message) == place


def test_an_expression_that_ends_too_early_says_so():
    assert "it ends where something is still to come" in refusal("x + ", x=1)


def test_wide_characters_are_pointed_at_where_a_terminal_shows_them():
    message = refusal("한글*x + 없", 한글=2, x=3)
    assert message.split("\n")[2] == "           ^^"


def test_the_line_that_is_wrong_is_the_one_shown():
    assert refusal("q = x + 1\nq + no", x=1).split("\n")[1:] == ["  q + no", "      ^^"]


def test_of_a_long_line_the_part_around_the_place_is_shown():
    message = refusal("x + " * 100 + "no", x=1)
    assert max(map(len, message.split("\n")[1:])) < 110
    assert under_caret(message) == "no"


def test_no_value_may_be_left_over():
    assert "y and z have a value, but the expression has no such name; its names: x" in refusal("x + pi", x=1, y=2, z=3)


@pytest.mark.parametrize("text", ["", "   ", "#"])
def test_an_empty_expression_is_refused(text):
    with pytest.raises(ExpressionError):
        read_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000,
        "-" * 50_000 + "x",
        "+".join(["x"] * 50_000),
        "x" + "**x" * 5000,
        "9" * 5000,
        "x\0",
        "max(" * 500 + "x" + ")" * 500,
    ],
)
def test_what_python_cannot_parse_is_an_error_and_no_crash(text):
    assert len(refusal(text, x=1)) < 1000


def test_an_expression_is_a_string():
    with pytest.raises(TypeError, match="an expression is a string"):
        read_expression(3)


def test_a_chain_of_five_hundred_additions_is_read():
    assert read_expression("+".join(["x"] * 500), {"x": 1}).data == 500.0


def test_hostile_text_has_no_effect():
    for text in ("__import__('os').system('false')", "().__class__.__bases__", "open('/etc/passwd')", "exit()"):
        refusal(text)


@given(st.text(max_size=40))
def test_any_text_is_a_graph_or_an_expression_error(text):
    with contextlib.suppress(ExpressionError):
        assert isinstance(read_expression(text, {"x": 1.0}), Value)


@pytest.mark.parametrize("value", ["2", None, [1.0], float("nan"), float("inf")])
def test_values_must_be_finite_numbers(value):
    assert under_caret(refusal("x*2", x=value)) == "x"


# ---------------------------------------------------------------- name=number


def test_numbers_may_be_negative_scientific_or_computed():
    given = read_assignments(["x=2", "w=-3e-1", "b=1/3", "c=-2**0.5", "d=−1", "e=pi/2", "_f = 1_000"])
    assert given == {"x": 2.0, "w": -0.3, "b": 1 / 3, "c": -(2**0.5), "d": -1.0, "e": math.pi / 2, "_f": 1000.0}


@pytest.mark.parametrize(
    ("words", "place", "said"),
    [
        (["x=abc"], "abc", "x is given 'abc', which is no number"),
        (["x=nan"], "nan", "only finite numbers"),
        (["x=-inf"], "-inf", "only finite numbers"),
        (["x=1/0"], "1/0", "can't be computed"),
        (["x=1e999"], "1e999", "too large"),
        (["x=2j"], "2j", "no number"),
        (["x="], "", "x is given no value"),
        (["x"], "x", "write name=value"),
        (["2=2"], "2", "can't be a name"),
        (["lambda=2"], "lambda", "can't be a name"),
        (["x=1,y=2"], "1,y=2", "each name in a word of its own"),
        (["x=1", "x=2"], "x=2", "x is given twice: first 1.0, now 2"),
    ],
)
def test_what_is_no_assignment_is_refused(words, place, said):
    with pytest.raises(ExpressionError) as caught:
        read_assignments(words)
    assert said in str(caught.value)
    assert under_caret(str(caught.value)) == place


def test_letters_that_python_takes_for_the_same_are_the_same():
    micro, mu = "\u00b5", "\u03bc"
    assert read_expression(f"{micro}*2", read_assignments([f"{mu}=3"])).data == 6.0
