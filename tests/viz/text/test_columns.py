"""How many columns a terminal gives a text: in pictures, tables, carets and explanations alike. Expected numbers are
those of the Unicode standard's East Asian Width and of emoji sequences, as terminals show them."""

import pytest

import viz
from autograd import Value
from viz.explanation.table import table
from viz.expression.read import ExpressionError, read_expression
from viz.text.columns import cells, one_line, padded

HANGUL, JAMO, ACCENT, FAMILY, HEART = "한글", "\u1112\u1161\u11ab", "e\u0301", "👨\u200d👩\u200d👧", "❤\ufe0f"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        (HANGUL, 4),
        (JAMO, 2),
        (ACCENT, 1),
        ("😀", 2),
        (FAMILY, 2),
        (HEART, 2),
        ("−×∂σ", 4),
        ("a\x1bb", 3),
        ("", 0),
    ],
)
def test_columns_are_those_of_a_terminal(text, columns):
    assert cells(text) == columns
    assert padded(text, 8) == text + " " * (8 - columns)


def test_what_upsets_a_terminal_is_replaced():
    assert one_line("a\nb\tc") == "a b c"
    assert one_line("a\x1b[31m\u202eb") == "a�[31m�b"
    assert one_line(FAMILY) == FAMILY


@pytest.mark.parametrize("name", [HANGUL, JAMO, ACCENT, "😀", FAMILY, HEART])
def test_a_picture_in_characters_keeps_its_columns(name):
    def lines(label):
        x, y = Value(2.0, label), Value(3.0, "y")
        return viz.draw((x * y) + x, names=False).txt.splitlines()

    plain = lines("n" * cells(name))
    assert [line.replace(name, "n" * cells(name)) for line in lines(name)] == plain


@pytest.mark.parametrize("name", [HANGUL, JAMO, ACCENT, "😀", FAMILY, HEART])
def test_a_table_and_an_explanation_keep_theirs(name):
    def texts(label):
        x, y = Value(2.0, label), Value(3.0, "y")
        return table((x * y) + x), str(viz.explain((x * y) + x, wrt=x, names=False))

    plain = "n" * cells(name)
    for text, other in zip(texts(name), texts(plain), strict=True):
        assert text.replace(name, plain) == other


def test_a_caret_stands_under_its_place():
    with pytest.raises(ExpressionError) as caught:
        read_expression(f"{HANGUL} + 한(1)", {HANGUL: 1.0})
    _, line, caret = str(caught.value).splitlines()
    assert cells(line[: line.index("한(")]) == caret.index("^")
