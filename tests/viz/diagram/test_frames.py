"""The frames that scopes make around Values."""

from autograd import Value, scope, topological_order
from viz.diagram.scopes import frame_paths, frames_in


def test_numbers_in_scopes_belong_to_the_word_before_them():
    assert frames_in("layers.0.neurons.3") == ("layers.0", "neurons.3")
    assert frames_in("0.a.1.2") == ("0", "a.1.2")
    assert frames_in("") == ()


def test_every_value_has_a_frame_path():
    with scope("layers.0"):
        x = Value(2.0, "x") * 3
    with scope("loss"):
        y = (x.tanh() + x) ** 2
    order = topological_order(y)
    assert set(frame_paths(order)) == set(order)
