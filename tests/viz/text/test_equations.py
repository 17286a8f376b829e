"""Every printed equation holds as printed: "=" to the last digit, "≈" nearly. A parser of the tests' own reads them."""

import math
from fractions import Fraction

import pytest
from support.equations import Printed, holds, in_latex, in_text, value
from support.graphs import recipe

import viz
from autograd import GATES, Value, exp, maximum, topological_order
from viz.text.equations import equation, product, rule_of, total
from viz.text.numbers import NumberFormat, format_number


def read(explanation):
    """All equations between numbers in every form of an explanation."""
    return [*in_text(explanation), *in_text(explanation.markdown), *in_latex(explanation.latex)]


# ---------------------------------------------------------------- the parser is no yes-man


def test_the_parser_refuses_what_does_not_hold():
    (printed,) = in_text("        w += 1.02 × −0.48 = −0.491")
    assert printed == Printed("1.02 × −0.48", "=", "−0.491", "        w += 1.02 × −0.48 = −0.491")
    assert not holds(printed)
    assert holds(printed._replace(sign="≈"))
    assert holds(printed._replace(right="−0.490"))
    assert not holds(Printed("2 × 3", "≈", "7", ""))
    assert not holds(Printed("0.333 × 3", "=", "0", ""))
    assert not holds(Printed("∞ × 0", "=", "∞", ""))
    assert holds(Printed("∞ × 0", "=", "NaN", ""))


def test_the_parser_reads_text_and_latex():
    assert value("2**(−1) + max(1, −3)/2") == 1
    assert value("(−1.51 > 2)") == 0
    assert value("x + 1") is None
    (printed,) = in_latex(r"f &= \frac{x}{y} = \frac{1}{-2} + {\left(-3\right)}^{2} = 8.5")
    assert holds(printed)
    (printed,) = in_latex(
        r"f &= e^{x} \cdot \left|y\right| = e^{0} \cdot \left|-1.2 \times 10^{-5}\right| \approx 0.00001"
    )
    assert value(printed.left) == pytest.approx(1.2e-5)
    chained = list(in_latex("d &= a + b \\\\\n&= 1 + 1 \\cdot 3 = 5"))
    assert [holds(printed) for printed in chained] == [False]


# ---------------------------------------------------------------- what is printed


def test_every_equation_of_the_gallerys_examples_holds_as_printed(examples):
    told = 0
    for name, make in examples.items():
        thing, _ = make()
        outputs = [thing] if isinstance(thing, Value) else thing if isinstance(thing, list) else []
        for output in outputs:
            leaves = [node for node in topological_order(output) if node.gate is None and node.requires_grad]
            equations = read(viz.explain(output, wrt=leaves[:3], names=False))
            assert [printed for printed in equations if not holds(printed)] == [], name
            told += len(equations)
    assert told > 1500


@pytest.mark.parametrize("hundred", range(10))
def test_every_equation_of_a_thousand_random_explanations_holds_as_printed(hundred):
    told = about = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        leaves, output = recipe(seed, 1 + seed % 7).values()
        if not output.requires_grad:
            continue
        wrt = [node for node in topological_order(output) if node in set(leaves)][:1]
        equations = read(viz.explain(output, wrt=wrt, names=False, paths=4))
        assert [printed for printed in equations if not holds(printed)] == [], seed
        told += len(equations)
        about += sum(printed.sign == "≈" for printed in equations)
    assert told > 1500
    assert 0 < about < told / 8, "≈ only where = is not true"


@pytest.mark.parametrize("digits", [1, 2, 6, 12])
def test_they_hold_with_any_number_of_digits(digits):
    for seed in range(40):
        _, output = recipe(seed, 8).values()
        if output.requires_grad:
            for printed in read(viz.explain(output, names=False, number=digits)):
                assert printed.sign == "≈" or holds(printed, digits), (seed, printed)


def test_they_hold_for_numbers_of_any_size():
    x, y = Value(-3.21e-7, "x"), Value(8.7654e6, "y")
    for output in (x * y - x / y, exp(x * 1e6) * y**2, maximum(x, y) / 3 + 1e-9, (x * 1e-200) * (y * 1e-200)):
        for printed in read(viz.explain(output, wrt=x, names=False)):
            if printed.right != "0":
                assert holds(printed), printed


# ---------------------------------------------------------------- the rule


def sign(numbers, result, rule, digits=3):
    number, sign_ = equation(numbers, result, rule, NumberFormat(digits))
    return [number(x) for x in numbers], sign_, format_number(result)


def test_equal_is_said_of_what_the_printed_numbers_give():
    assert sign([2.0, 3.0], 6.0, product) == (["2", "3"], "=", "6")
    assert sign([1.0219, -0.4803], 1.0219 * -0.4803, product) == (["1.02", "−0.480"], "≈", "−0.491")
    assert sign([1 / 3, 3.0], 1.0, product) == (["0.333", "3"], "=", "1")  # 0.999 is 1.00, to three digits


def test_at_half_a_unit_neither_rounding_is_called_equal():
    assert sign([8.5, 0.25], 2.125, product)[1:] == ("≈", "2.12")


def test_operands_have_more_digits_where_their_difference_would_be_far_off():
    assert sign([math.pi, -3.14], math.pi - 3.14, total) == (["3.1416", "−3.14"], "≈", "0.00159")
    assert sign([12.345], math.exp(12.345), rule_of(GATES["exp"])) == (["12.35"], "≈", "2.30e5")


def test_what_cancels_to_nothing_is_about_nothing():
    assert sign([1 / 3, 1 / 3, 1 / 3, -1.0], 0.0, total)[1:] == ("≈", "0")
    assert sign([0.1, 0.2, -0.3], 0.1 + 0.2 - 0.3, total)[1:] == ("≈", "5.55e−17")


def test_infinities_and_nan_follow_the_arithmetic_of_floats():
    assert sign([math.inf, 1.0], math.inf, product)[1:] == ("=", "∞")
    assert sign([math.inf, 0.0], math.nan, product)[1:] == ("=", "NaN")
    assert sign([1e200, 1e200], math.inf, product)[1:] == ("≈", "∞")
    assert sign([1e-200, 1e-200], 0.0, product)[1:] == ("≈", "0")


def test_arithmetic_is_exact_and_functions_are_floats():
    assert rule_of(GATES["div"])([Fraction(1), Fraction(3)]) == Fraction(1, 3)
    assert rule_of(GATES["tanh"])([Fraction(1)]) == math.tanh(1.0)
