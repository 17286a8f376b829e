"""Pictures of graphs whose numbers do not belong together say so in every format."""

import viz
from autograd import Value
from viz.explanation.table import table


def marked(value, **options):
    """The forms in which each of the two words stands."""
    picture = viz.draw(value, **options)
    forms = {form: getattr(picture, form) for form in ("svg", "txt", "dot", "tex", "html")}
    forms |= {"words": picture.diagram.description, "notebook": picture._repr_html_(), "table": table(value)}
    return {word: {form for form, text in forms.items() if word in text} for word in ("stale", "passes")}


def test_a_picture_whose_numbers_have_changed_says_stale_in_every_form():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = w * x
    y.backward()
    every = {"svg", "txt", "dot", "tex", "html", "words", "notebook", "table"}
    assert marked(y) == {"stale": set(), "passes": set()}
    w.data -= 0.1 * w.grad
    for style in ("circuit", "compact", "record"):
        assert marked(y, style=style) == {"stale": every, "passes": set()}
    assert "call .forward()" in viz.draw(y).svg
    assert marked(y, legend=False)["stale"] == every
    y.forward()
    assert marked(y)["stale"] == set()


def test_a_picture_of_several_backward_passes_says_passes_in_every_form():
    w, x = Value(2.0, "w"), Value(5.0, "x")
    y = w * x
    y.backward()
    y.backward()
    assert marked(y) == {"stale": set(), "passes": {"svg", "txt", "dot", "tex", "html", "words", "notebook"}}
    assert marked(y, gradients=False)["passes"] == set()
    w.grad = x.grad = 0.0
    y.backward()
    assert marked(y)["passes"] == set()
