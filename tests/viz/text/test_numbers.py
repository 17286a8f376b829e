import math

import pytest

from viz.text.numbers import NumberFormat, format_number, full_precision


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-12.0, "−12"),
        (0.19661193, "0.197"),
        (-0.58983, "−0.590"),  # rounded: the zero is a significant digit
        (0.1 + 0.2, "0.3"),  # exact but for the float's last bit
        (2.001, "2.00"),
        (1234.5, "1234"),
        (9999.4, "9999"),
        (9999.7, "1.00e4"),  # rounds out of the plain range
        (1e4, "1e4"),
        (1e-3, "0.001"),
        (0.000999, "9.99e−4"),
        (0.0009999, "0.00100"),
        (-3e-7, "−3e−7"),
        (5e-324, "4.94e−324"),
        (1.7976931348623157e308, "1.80e308"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_have_three_significant_digits_and_a_true_minus_sign(x, text):
    assert format_number(x) == text


def test_digits_range_and_sign_can_be_chosen():
    assert NumberFormat(digits=2)(0.19661) == "0.20"
    assert NumberFormat(digits=6)(math.pi) == "3.14159"
    assert NumberFormat(small=0, large=math.inf)(1.5e-5) == "0.000015"
    assert NumberFormat(minus="-")(-1e-5) == "-1e-5"


def test_no_digits_is_an_error_that_says_what_is_expected():
    with pytest.raises(ValueError, match="from 1 to 17"):
        NumberFormat(digits=0)


def test_full_precision_reads_back_as_the_same_float():
    for x in (0.1, -1e-7, 1e22, 3.0, 2 / 3, 5e-324):
        assert float(full_precision(x).replace("−", "-")) == x
