"""Scopes as frames, and what is drawn as one box."""

import pytest
from support.pictures import faults

import autograd
import viz
from autograd import Value, scope
from nn import MLP


def network(rows=1, widths=(3, 1)):
    model = MLP(2, list(widths), activation="tanh", seed=0)
    loss = autograd.sum([(model([0.1 * i + 1, -2.0]) - 1) ** 2 for i in range(rows)])
    loss.backward()
    return loss


def frames(picture):
    return [frame.path for frame in picture.diagram.frames]


def groups(picture):
    return [node.text for node in picture.diagram.nodes if node.kind == "group"]


def test_modules_are_frames_in_frames():
    assert sorted(frames(viz.draw(network()))) == [
        "layers.0",
        "layers.0.neurons.0",
        "layers.0.neurons.1",
        "layers.0.neurons.2",
        "layers.1",
        "layers.1.neurons.0",
    ]


def test_collapsed_frames_say_what_is_in_them():
    picture = viz.draw(network(), expand=0)
    assert groups(picture) == ["layers.0", "layers.1"]
    box = next(n for n in picture.diagram.nodes if n.text == "layers.0")
    assert box.lines == ("12 gates", "9 leaves")  # 3 neurons: 2 products, a sum, a tanh; 2 weights and a bias
    assert "6 mul" in box.title
    assert frames(picture) == []


def test_depth_names_and_patterns_open_scopes():
    loss = network()
    assert groups(viz.draw(loss, expand=1)) == ["neurons.0", "neurons.1", "neurons.2", "neurons.0"]
    assert groups(viz.draw(loss, expand=True)) == []
    assert groups(viz.draw(loss, collapse="layers.0")) == ["layers.0"]
    assert groups(viz.draw(loss, collapse="layers.0.neurons.[12]")) == ["neurons.1", "neurons.2"]
    large = network(rows=40, widths=(16, 16, 1))
    assert "layers.1" not in groups(viz.draw(large, expand="layers.1"))
    assert "layers.0" in groups(viz.draw(large, expand="layers.1"))


def test_every_value_that_leaves_a_small_group_keeps_its_numbers():
    picture = viz.draw(network(), expand=0)
    hidden = next(n for n in picture.diagram.nodes if n.text == "layers.0")
    assert len(hidden.nets) == 3
    assert all(net.data is not None and net.grad is not None for net in hidden.nets)


def test_contributions_into_a_group_add_up_to_the_gradient():
    x = Value(3.0, "x")
    with scope("part"):
        y = x * x + x
    z = y + x
    z.backward()
    picture = viz.draw(z, expand=0)
    wires = {w.target.text: w for w in picture.diagram.wires if w.source.text == "x"}
    assert wires["part"].amount == 7.0  # d(x·x + x)/dx at 3
    assert len(wires["part"].uses) == 3
    assert wires["+"].amount == 1.0


def test_a_frame_that_is_entered_again_is_two_frames():
    state = Value(1.0, "h")
    for _ in range(3):
        with scope("cell"):
            state = (state * 0.5).tanh()
        state = state + 1
    assert set(frames(viz.draw(state))) == {"cell", "cell (2)", "cell (3)"}
    picture = viz.draw(state, expand=0)
    assert groups(picture) == ["cell", "cell (2)", "cell (3)"]
    assert faults(picture.scene) == []


def test_scopes_that_feed_each_other_in_a_circle_are_not_drawn_as_frames():
    x = Value(1.0, "x")
    with scope("a"):
        a1 = x + 1
    with scope("b"):
        b1 = x * 2
    with scope("a"):
        a2 = b1 + 3
    with scope("b"):
        b2 = a1 * 4
    picture = viz.draw(a2 + b2)
    assert faults(picture.scene) == []
    assert {n.text for n in picture.diagram.nodes if n.kind == "gate"} == {"+", "×"}
    viz.draw(a2 + b2, expand=0)


def test_weights_of_a_shared_cell_stay_in_its_first_frame():
    with scope("cell"):
        w = Value(0.5, "w")
    h = Value(1.0, "h")
    for _ in range(2):
        with scope("cell"):
            h = h * w
        h = h + 1
    picture = viz.draw(h)
    assert next(n for n in picture.diagram.nodes if n.text == "w").frame.path == "cell"
    assert faults(picture.scene) == []


def test_large_graphs_start_collapsed_and_open_on_request():
    loss = network(rows=20, widths=(8, 8, 1))
    picture = viz.draw(loss)
    assert len(picture.diagram.nodes) < 40
    assert {"layers.0", "layers.1", "layers.2"} <= set(groups(picture))
    assert any(text.startswith("20 × ") for text in groups(picture))
    assert faults(picture.scene) == []
    assert len(viz.draw(loss, expand=True, style="compact").diagram.nodes) == len(autograd.topological_order(loss))


def test_collapsing_loses_no_gate():
    loss = network(rows=20, widths=(8, 8, 1))
    for expand in (None, 0, 1):
        diagram = viz.draw(loss, expand=expand).diagram
        gates = sum(n.kind == "gate" for n in diagram.nodes)
        for node in diagram.nodes:
            if node.kind == "group":
                kinds = node.title.splitlines()[-1].split(", ")
                gates += sum(int(kind.split()[0]) for kind in kinds if kind.split()[-1] in autograd.GATES)
        assert gates == sum(v.gate is not None for v in autograd.topological_order(loss))


def test_a_chain_of_a_hundred_thousand_gates_is_drawn_collapsed():
    x = Value(1.0, "x")
    y = x
    for _ in range(100_000):
        y = y + x
    picture = viz.draw(y)
    assert len(picture.diagram.nodes) < 60
    assert any("gates" in line for n in picture.diagram.nodes for line in n.lines)


def test_ten_thousand_nodes_are_drawn():
    model = MLP(2, [66, 66, 1], seed=0)
    y = model([Value(1.0, "x0"), Value(2.0, "x1")])
    y.backward()
    for value in autograd.topological_order(y):
        value.scope = ""
    picture = viz.draw(y, expand=True, names=False)
    picture.svg  # noqa: B018 - it is made here
    assert len(picture.diagram.nodes) > 9_000


def test_a_wrong_scope_name_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"no scope 'layer.0'; the scopes are layers.0, layers.0.neurons.0"):
        viz.draw(network(), expand="layer.0")
    with pytest.raises(ValueError, match="from 0 up"):
        viz.draw(network(), expand=-1)
    with pytest.raises(TypeError, match="names of scopes"):
        viz.draw(network(), collapse=[3])


def test_a_stack_reaches_a_gate_by_one_wire():
    terms = [Value(float(i), f"v{i}") * 2 for i in range(200)]
    total = autograd.sum(terms)
    total.backward()
    diagram = viz.draw(total, names=False).diagram
    (wire,) = [w for w in diagram.wires if w.target.output]
    assert len(wire.uses) == 200
    assert (wire.local, wire.amount, wire.net.text) == (1.0, None, "200 values")


def test_a_bundle_of_values_tells_the_span_of_their_gradients_and_no_sum():
    xs = [Value(float(i), f"x{i}") for i in range(1, 11)]
    with scope("part"):
        hidden = [x * 1.0 for x in xs]
    y = autograd.sum([h * (1.0 if i % 2 else -1.0) for i, h in enumerate(hidden)]) + autograd.sum(hidden) * 0.5
    y.backward()  # ∂y/∂h is 1.5 or −0.5
    picture = viz.draw(y, expand=0, names=False)
    (net,) = [net for net in picture.diagram.nets if net.several]
    assert (net.text, net.grad, net.spans) == ("10 values", None, ((1.0, 10.0), (-0.5, 1.5)))
    assert all(wire.amount is None for wire in net.wires)
    assert len(net.wires) == 11
    assert "−0.5 to 1.5" in picture.txt
    assert all(shape.kind != "copy" for shape in picture.scene.shapes), "ten values are no value used ten times"
    assert not any("add up" in text.text for text in picture.scene.texts)
    assert faults(picture.scene) == []
    assert "−0.5 to 1.5" in picture.dot


def test_alike_gradients_of_a_bundle_are_told_once():
    total = autograd.sum([Value(float(i), f"v{i}") * 2 for i in range(200)])
    total.backward()
    assert "1 each" in [text.text for text in viz.draw(total, names=False).scene.texts if text.role == "gradient"]
