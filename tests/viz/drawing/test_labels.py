"""Texts in pictures: labels of any characters, tooltips, descriptions, the room a text takes, and contrast."""

from xml.etree import ElementTree

import pytest
from support.drawn import SVG, neuron, texts
from support.pictures import faults

import viz
from autograd import Value, scope
from viz.themes import THEMES

HOSTILE = [
    "<script>alert(1)</script>",
    "a&b \"q\" 'p'",
    "이름",
    "😀",
    "x" * 200,
    r"\input{/etc/passwd} $x_1^2$ %#~{}",
    "line\nbreak\t\x00\x1b]]>",
    "\ud800",
    "é ŷ λ₁ ∂",
    "]]",
    "-->",
    "a|b",
    "\\",
    "‮right to left",
]


def test_tooltips_say_the_role_and_every_digit():
    x = Value(1 / 3, "x")
    picture = viz.draw(x * x)
    titles = [e.text for e in ElementTree.fromstring(picture.svg).iter(f"{SVG}title")]
    assert any(t.startswith("mul: switcher, each operand gets upstream × the other operand") for t in titles)
    assert "0.3333333333333333" in titles


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("style", ["circuit", "compact", "record"])
def test_labels_of_any_characters_are_text_and_nothing_else(label, style):
    with scope("s" + label.replace(".", "")):
        x = Value(2.0, label)
        y = x * x
    y.label = label
    y.backward()
    picture = viz.draw([y], style=style)
    root = ElementTree.fromstring(picture.svg.encode())  # well-formed, and the label adds no element
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "circle",
        "text",
    }
    assert faults(picture.scene) == []
    for form in ("html", "dot", "tex", "txt"):
        getattr(picture, form)
    assert picture.html.count("<script>") == 1  # the picture's own


def test_the_whole_of_a_long_label_is_in_the_tooltip():
    x = Value(1.0, "very_long_name_" * 20)
    picture = viz.draw(x + 1)
    assert x.label in picture.svg
    assert x.label not in texts(picture, "label")


def test_every_text_has_a_contrast_of_at_least_four_and_a_half():
    def luminance(code):
        channels = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme in THEMES.values():
        for name in ("ink", "value", "gradient", "local", "wire"):
            dark, light = sorted((luminance(getattr(theme, name)), luminance(theme.background)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (theme.name, name)


def test_pictures_are_described_in_words():
    y = neuron()
    y.label = "p"
    y.backward()
    root = ElementTree.fromstring(viz.draw(y).svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "Computation graph of p"
    assert "the output p is 0.00669" in root.find(f"{SVG}desc").text


def test_the_table_of_a_page_says_when_it_has_not_all_values():
    with scope("part"):
        y = Value(3.0, "x") * 2
    assert "<summary>All values</summary>" in viz.draw(y + 1).html
    assert "<summary>The values that are drawn one by one</summary>" in viz.draw(y + 1, expand=0).html


def test_a_junction_counts_the_uses_inside_boxes():
    x = Value(3.0, "x")
    with scope("part"):
        y = x * x + x
    picture = viz.draw(y + x, expand=0, names=False)
    (junction,) = [s for s in picture.scene.shapes if s.kind == "copy" and s.title]
    assert junction.title == "copy: adder, the gradients of all 4 uses are added up"
