"""The frames of a picture: the forward and the backward pass, one gate after another."""

import random

import pytest

import autograd
import nn
import viz
from autograd import GATES, Value, apply, backward_steps, forward_steps, scope, topological_order
from viz.text.numbers import format_number


def random_graph(seed, gates=15):
    """A graph of shared Values; the first gates are such that no operand leaves a domain."""
    rng = random.Random(seed)
    values = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(4)] + [Value(1.5, requires_grad=False)]
    for name in rng.choices(["mul", "add", "sub", "tanh", "sigmoid", "max", "relu", "sum"], k=gates):
        gate = GATES[name]
        values.append(apply(gate, rng.choices(values[-8:], k=3 if gate.arity is None else gate.arity)))
    used = {parent for value in values for parent in value.parents}
    return autograd.sum([value for value in values if value not in used])


def shared():
    """y = tanh(w·x) + x: x has two uses."""
    w, x = Value(0.8, "w"), Value(1.5, "x")
    y = (w * x).tanh() + x
    y.label = "y"
    return y


def lit(frame):
    return {shape.node for shape in frame.scene.shapes if shape.lit and shape.kind not in ("tint", "bead")}


def texts(frame, role):
    return {text.node: text.text for text in frame.scene.texts if text.role == role}


def places(frame):
    return [(s.node, s.x, s.y, s.width, s.height) for s in frame.scene.shapes if s.kind not in ("tint", "bead")]


@pytest.mark.parametrize("seed", range(20))
def test_the_frames_are_the_steps_of_both_passes_with_their_numbers(seed):
    output = random_graph(seed)
    place = {value: f"n{i}" for i, value in enumerate(topological_order(output))}
    frames = viz.draw(output, names=False, expand=True).frames()
    reached = {key for value, key in place.items() if value.gate is None}
    inputs = next(frames)
    assert lit(inputs) == set()
    assert {net.key for net in inputs.diagram.nets if net.data is not None} <= reached
    for step in forward_steps(output):
        frame = next(frames)
        reached.add(place[step.node])
        assert lit(frame) == {place[step.node]}
        shown = {net.key: net.data for net in frame.diagram.nets if net.data is not None}
        assert shown[place[step.node]] == step.value
        assert shown.keys() <= reached
        assert texts(frame, "value") == {key: format_number(number) for key, number in shown.items()}
        assert texts(frame, "gradient") == {}
    seed_frame = next(frames)
    assert texts(seed_frame, "gradient") == {place[output]: "1"}
    arrived = {place[output]: 1.0}
    for step in backward_steps(output):
        frame = next(frames)
        arrived |= {place[part.parent]: part.grad for part in step.contributions}
        assert lit(frame) == {place[step.node]}
        assert {net.key: net.grad for net in frame.diagram.nets if net.grad is not None} == arrived
        assert texts(frame, "gradient") == {key: format_number(grad) for key, grad in arrived.items()}
    assert list(frames) == []


def test_nothing_moves_from_frame_to_frame():
    first, *others = viz.draw(shared(), names=False).frames()
    assert all(places(frame) == places(first) for frame in others)
    assert all((frame.scene.width, frame.scene.height) == (first.scene.width, first.scene.height) for frame in others)


def test_a_shared_value_shows_the_sum_so_far():
    """∂y/∂x = 1 first; then tanh has passed 0.305 to the product, and 0.8 × 0.305 = 0.244 comes to it."""
    *_, before, last = viz.draw(shared(), names=False).frames()
    names = {node.text: node.key for node in last.diagram.nodes}
    assert texts(before, "gradient")[names["x"]] == "1"
    assert texts(last, "gradient")[names["x"]] == "1.24"


def test_what_is_not_reached_is_pale_and_says_no_number_anywhere():
    first = next(viz.draw(shared(), names=False).frames())
    gates = {node.key for node in first.diagram.nodes if node.kind == "gate"}
    assert {shape.node for shape in first.scene.shapes if shape.pale} == gates
    for form in (first.svg, first.dot, first.txt, first.tikz, first.html):
        assert "2.33" not in form
        assert "0.834" not in form


@pytest.mark.parametrize("style", ["circuit", "compact", "record"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_every_style_and_direction_has_frames(style, direction):
    frames = list(viz.draw(shared(), names=False, style=style, direction=direction).frames())
    assert len(frames) == 2 * 3 + 2
    heads = [[path.lit for path in frame.scene.paths if path.kind == "arrow"] for frame in frames]
    assert heads[0] == []
    assert set(heads[1]) == {"value"}
    assert set(heads[-1]) == {"gradient"}


def test_a_closed_scope_is_one_step():
    x = Value(3.0, "x")
    with scope("square"):
        y = x * x + 1
    frames = list(viz.draw(y * 2, names=False, collapse="square").frames())
    assert len(frames) == 2 * 2 + 2
    boxes = {node.key for node in frames[0].diagram.nodes if node.kind == "group"}
    assert lit(frames[1]) == lit(frames[-1]) == boxes
    assert texts(frames[-1], "gradient")["n0"] == "12"


def test_the_gradients_of_the_graph_stay_as_they_are():
    y = shared()
    y.backward()
    before = [value.grad for value in topological_order(y)]
    assert len(list(viz.draw(y).frames())) == 8
    assert [value.grad for value in topological_order(y)] == before


def test_what_has_no_passes_is_refused_in_a_sentence():
    x = Value(2.0, "x")
    y = x * 3
    with pytest.raises(ValueError, match=r"frames show the passes through a graph of Values, and .* is none"):
        viz.draw(nn.MLP(2, [2])).frames()
    with pytest.raises(ValueError, match="is none; draw a Value"):
        viz.draw(autograd.compile(y, [x])).frames()
    with pytest.raises(ValueError, match="2 were drawn; draw one of them"):
        viz.draw([y, x * x]).frames()
    with pytest.raises(ValueError, match="is a constant"):
        viz.draw(Value(2.0, requires_grad=False)).frames()
    with pytest.raises(ValueError, match="draw without highlight"):
        viz.draw(y, highlight=x).frames()
    with pytest.raises(ValueError, match="one frame of several"):
        next(viz.draw(y).frames()).frames()
    x.data = 5.0
    with pytest.raises(ValueError, match=r"stale: .* call \.forward\(\)"):
        viz.draw(y).frames()
