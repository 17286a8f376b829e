"""A highlight: all paths from a Value set off, and their products written below."""

import pytest
from support.drawn import neuron
from support.equations import holds, in_text

import viz
from autograd import Value


def test_a_highlight_from_another_graph_is_refused():
    with pytest.raises(ValueError, match="not in this graph"):
        viz.draw(neuron(), highlight=Value(1.0))
    with pytest.raises(TypeError, match="takes a Value"):
        viz.draw(neuron(), highlight="w")


def test_a_highlight_sets_off_all_paths_and_writes_their_products():
    x = Value(3.0, "x")
    y = (x + 1) * x + Value(5.0, "c")
    y.label = "y"
    picture = viz.draw(y, highlight=x)
    pale = {s.node for s in picture.scene.shapes if s.pale}
    assert pale == {n.key for n in picture.diagram.nodes if n.text in ("1", "c")}
    assert picture.diagram.captions == [
        "x → + → × → + (y):   1 × 3 × 1 = 3",
        "x → × → + (y):   4 × 1 = 4",
        "∂y/∂x = 7, the sum over 2 paths",
    ]


def test_a_product_that_does_not_hold_at_its_printed_digits_says_about():
    x = Value(1.0, "x")
    y = (x * 1.016 + 0.0) * -0.4834  # 1.02 × −0.483 would be −0.493
    first, last = viz.draw(y, highlight=x, names={"y": y}).diagram.captions
    assert first == "x → × → + → × (y):   1.02 × 1 × (−0.483) ≈ −0.491"
    assert last == "∂y/∂x = −0.491, the only path"


def test_a_highlight_counts_paths_that_are_too_many_to_walk():
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y + y
    lines = viz.draw(y, highlight=x, names=False).diagram.captions
    assert lines[-2] == f"… and {2**60 - 6} more"
    assert lines[-1].endswith(f"= 1.15e18, the sum over {2**60} paths")


def test_a_highlight_of_more_paths_than_can_be_counted_says_so():
    x = Value(1.0, "x")
    y = x
    for _ in range(400):
        y = y + y
    lines = viz.draw(y, highlight=x, names=False).diagram.captions
    assert lines[-2] == "… and more than 1e100 more"
    assert lines[-1].endswith("the sum over more than 1e100 paths")


def test_of_many_paths_a_highlight_writes_the_largest_products():
    x = Value(1.0, "x")
    y = sum((x * factor for factor in (2, 3, 4, 5, 6, 7)), start=x * -9)
    y.label = "y"
    lines = viz.draw(y, highlight=x, names=False).diagram.captions
    assert [line.rpartition("= ")[2] for line in lines[:6]] == ["−9", "7", "6", "5", "4", "3"]
    assert lines[6:] == ["… and 1 more", "∂y/∂x = 18, the sum over 7 paths"]


def test_products_along_a_path_hold_as_printed():
    x, y = Value(1.0219, "x"), Value(-0.4803, "y")
    picture = viz.draw((x * y).sin() * y, names=False, highlight=x)
    printed = [equation for line in picture.diagram.captions for equation in in_text(f"   {line}")]
    assert len(printed) == 1
    assert all(map(holds, printed))
    assert "× (−0.480)" in "\n".join(picture.diagram.captions)
