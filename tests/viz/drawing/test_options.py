"""Options of viz.draw: what they change, what they leave out in every format, and what is refused."""

import pytest
from support.drawn import neuron, texts

import viz
from autograd import Value
from viz.text.numbers import NumberFormat


def test_numbers_are_written_as_asked():
    y = Value(1 / 3, "x") * 1
    assert texts(viz.draw(y, number=5), "value") == ["0.33333", "0.33333"]
    assert "-0.3" in texts(viz.draw(-y, number=NumberFormat(1, minus="-")), "value")


def test_numbers_are_written_as_asked_in_every_form():
    y = Value(1 / 3, "x") * (2 / 3)
    y.backward()
    picture = viz.draw(y, number=8)
    for form in ("svg", "txt", "dot", "tex", "html"):
        assert "0.33333333" in getattr(picture, form), form
        assert "0.66666667" in getattr(picture, form), form
        assert "0.667" not in getattr(picture, form), form


def test_what_is_left_out_is_left_out_in_every_form():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y, local=False, copies=False, direction="TB", names=False)
    for form in ("txt", "dot", "tex"):
        assert "×3" not in getattr(picture, form), form
    assert "∂ 3" not in picture.dot
    assert "rankdir=TB" in picture.dot


@pytest.mark.parametrize(
    ("option", "wrong", "there"),
    [
        ("style", "circus", "circuit, compact, record"),
        ("theme", "drak", "did you mean 'dark'"),
        ("direction", "RL", "LR, TB"),
        ("layout", "neato", "layered, dot"),
        ("magnitude", "size", "value, gradient"),
        ("theme", None, "light, dark, print"),
        ("expand", "layer9", "no scope 'layer9'"),
        ("collapse", "layer9", "no scope 'layer9'"),
        ("number", 0, "from 1 to 17"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(option, wrong, there):
    with pytest.raises(ValueError, match=there):
        viz.draw(neuron(), **{option: wrong})


def test_what_is_no_value_is_refused():
    for wrong in (3.0, "x", None, [1.0], object()):
        with pytest.raises(TypeError, match="takes a Value"):
            viz.draw(wrong)
    with pytest.raises(ValueError, match="nothing to draw"):
        viz.draw([])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stage": "nonsense"}, "stage='nonsense' does not apply to a Value; what applies is style, theme"),
        ({"stage": "gates"}, "does not apply to a Value"),
        ({"expand": "zzz"}, "no scope 'zzz'"),
        ({"highlight": "w"}, "takes a Value"),
        ({"legend": "top"}, "legend is True or False"),
        ({"names": "w"}, "names is True, False, or variables"),
    ],
)
def test_an_option_that_does_nothing_is_refused(options, said):
    with pytest.raises((ValueError, TypeError), match=said):
        viz.draw(neuron(), **options)


def test_layout_dot_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match=r"apt-get install graphviz.*layered"):
        viz.draw(neuron(), layout="dot")
