"""The registry of what can be drawn: built-in kinds, a new kind, and what is refused."""

from typing import get_args

import pytest

import viz
from autograd import Value
from autograd.program import Program
from nn import MLP
from viz.diagram.model import Diagram
from viz.diagram.programs import STAGES
from viz.drawing import drawable
from viz.drawing.drawable import DRAWABLES, LAYOUTS, Drawable
from viz.drawing.look import MAGNITUDES
from viz.drawing.moving import MOVING
from viz.drawing.picture import FORMATS
from viz.options import (
    DIRECTIONS,
    Direction,
    ExplanationFormat,
    LayoutName,
    MagnitudeName,
    MovingName,
    StageName,
    StillName,
    StyleName,
)
from viz.styles import STYLES
from viz.themes import THEMES, ThemeName


class Recipe(list):
    """Ingredients, each added to what was there before."""


def recipe_diagram(recipe, options):
    diagram = Diagram(title="Recipe", description=", then ".join(recipe))
    bowl = None
    for ingredient in recipe:
        net = diagram.add_net(diagram.add_node("leaf", ingredient), data=1.0)
        node = diagram.add_node("box", "stir")
        for source in (bowl, net):
            if source is not None:
                diagram.connect(source, node)
        bowl = diagram.add_net(node)
    return diagram


@pytest.fixture
def recipes(monkeypatch):
    """With recipes among what can be drawn."""
    entry = Drawable(
        "a recipe", lambda thing: isinstance(thing, Recipe), recipe_diagram, ("style", "theme", "legend", "number")
    )
    monkeypatch.setattr(drawable, "DRAWABLES", [entry, *DRAWABLES])


@pytest.mark.usefixtures("recipes")
def test_a_new_kind_of_thing_is_one_entry_and_has_every_format():
    picture = viz.draw(Recipe(["flour", "milk", "eggs"]), style="compact", theme="dark")
    assert [node.text for node in picture.diagram.nodes] == ["flour", "stir", "milk", "stir", "eggs", "stir"]
    assert "eggs" in picture.svg
    assert THEMES["dark"].background in picture.svg
    assert "[milk]" in picture.txt
    assert "flour" in picture.dot


@pytest.mark.usefixtures("recipes")
def test_a_new_kind_of_thing_refuses_options_that_it_does_not_list():
    with pytest.raises(ValueError, match="direction='TB' does not apply to a recipe; what applies is style, theme"):
        viz.draw(Recipe(["flour"]), direction="TB")
    with pytest.raises(TypeError, match="draw takes a recipe, a Value, a model"):
        viz.draw(None)


def test_a_diagram_made_by_hand_is_drawn():
    diagram = recipe_diagram(["flour", "milk"], None)
    picture = viz.draw(diagram, style="record", direction="TB")
    assert picture.diagram is diagram
    assert "flour" in picture.svg
    with pytest.raises(ValueError, match="stage='gates' does not apply to a diagram"):
        viz.draw(diagram, stage="gates")


def test_several_values_from_any_iterable_are_one_picture():
    x = Value(2.0, "x")
    assert sum(node.output for node in viz.draw(x * i for i in (1, 2, 3)).diagram.nodes) == 3


@pytest.mark.parametrize("kind", [Value, MLP, Program])
def test_a_class_in_place_of_one_of_its_things_is_refused(kind):
    with pytest.raises(TypeError, match=f"but was given the class {kind.__name__}; make one of it first"):
        viz.draw(kind)


def test_the_formats_that_types_allow_are_those_that_exist():
    assert get_args(StillName) == tuple(FORMATS)
    assert get_args(MovingName) == tuple(MOVING)
    assert get_args(ExplanationFormat) == viz.explanation.FORMATS
    assert all(f'"{name}"' in viz.Picture.save.__doc__ for name in (*FORMATS, *MOVING))
    assert all(f'"{name}"' in viz.explain.__doc__ for name in viz.explanation.FORMATS)


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (StyleName, STYLES),
        (ThemeName, THEMES),
        (Direction, DIRECTIONS),
        (LayoutName, LAYOUTS),
        (MagnitudeName, MAGNITUDES),
        (StageName, STAGES),
    ],
)
def test_the_words_that_types_allow_are_those_that_exist(words, known):
    assert get_args(words) == tuple(known)
    assert viz.draw.__doc__ is not None
    assert all(f'"{word}"' in viz.draw.__doc__ for word in known)
