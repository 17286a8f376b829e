"""What keeps a network from learning is found and named."""

import math

import pytest
from support.gates import registered

import nn
from autograd import Gate, Value, apply, diagnose, scope
from autograd import sum as sum_of


def test_a_dead_relu_is_named_by_its_scope():
    w = Value(-1.0, label="w")
    with scope("layer1"):
        hidden = (w * 3.0).relu()
    y = hidden + Value(1.0, label="v")
    y.backward()
    found = diagnose(y)
    assert found.dead == {"layer1": (1, 1)}
    assert [value.label for value in found.unused] == ["w"]
    assert "layer1" in str(found)
    assert not found.healthy


def test_a_relu_alive_for_one_row_is_not_dead():
    w = Value(1.0)
    with scope("layer1"):
        rows = [(w * x).relu() for x in (-1.0, 2.0)]
    y = rows[0] + rows[1]
    y.backward()
    assert diagnose(y).dead == {}


def test_saturation_is_counted():
    w = Value(10.0)
    y = w.tanh() + w.sigmoid()
    y.backward()
    assert diagnose(y).saturated == {"": (2, 2)}


def chain(gain):
    signal = Value(1.0)
    for i in range(8):
        with scope(f"layer{i}"):
            signal = Value(gain) * signal
    return signal


def test_vanishing_and_exploding_gradients_are_found_by_scope():
    # with a last factor k after gains of 1, the last layer's gradient is 1 and every other layer's is k
    y = chain(1.0)
    with scope("last"):
        y = y * Value(1e-4)
    y.backward()
    assert "layer0" in diagnose(y).vanishing
    z = chain(1.0)
    with scope("last"):
        z = z * Value(1e4)
    z.backward()
    assert "layer0" in diagnose(z).exploding


def test_an_unused_parameter_is_found():
    w, spare = Value(1.0, label="w"), Value(1.0, label="spare")
    y = w * 2
    y.backward()
    assert [p.label for p in diagnose(y, [w, spare]).unused] == ["spare"]


def test_a_healthy_graph_says_so():
    y = Value(1.0) * 2
    y.backward()
    assert diagnose(y).healthy
    assert "nothing found" in str(diagnose(y))


def test_before_backward_it_says_what_to_do():
    with pytest.raises(ValueError, match="backward"):
        diagnose(Value(1.0) * 2)


# ---------------------------------------------------------------- what is NaN or infinite comes first


def test_nan_of_an_infinite_local_derivative_is_found():
    a = Value(0.0, label="a")
    y = a.sqrt() * a.sqrt()  # 0 · ∞ on the way back
    y.backward()
    assert math.isnan(a.grad)
    found = diagnose(y)
    assert [(f.kind, f.found, f.among) for f in found.not_finite] == [("local derivatives", 2, 4), ("gradients", 1, 4)]
    locals_, gradients = str(found).splitlines()
    assert locals_ == "not finite: outside all scopes: 2 of 4 local derivatives; the first is inf, of sqrt(a = 0.0)"
    assert gradients == "not finite: outside all scopes: 1 of 4 gradients; the first is nan, of 'a'"
    assert not found.healthy


def test_where_a_nan_begins_is_told_before_anything_else():
    w, spare = Value(2.0, label="w"), Value(0.0, label="spare")
    with scope("norm"):
        ratio = Value(math.inf, label="huge") * 0.0
    y = w * ratio + spare * 0.0
    y.backward()
    report = str(diagnose(y)).splitlines()
    # Two of norm's three numbers: ∞ itself, where it begins, and ∞ · 0.
    assert report[0] == "not finite: norm: 2 of 3 values; the first is inf, of 'huge'"
    kinds = [line.partition(":")[0] for line in report]
    assert kinds == sorted(kinds, key=lambda kind: kind != "not finite")


def test_gradients_are_traced_from_the_output_back():
    x = Value(1e-300, label="x")
    first = x * 1e200
    second = first * 1e200
    first.label = "first"
    y = second * 1e200  # gradients 1e200, then 1e400 and 1e600, which no float holds
    y.backward()
    (part,) = diagnose(y).not_finite
    assert (part.kind, part.found, part.first, part.number) == ("gradients", 2, first, math.inf)


def test_a_derivative_by_a_constant_does_not_matter():
    y = Value(-1.5) ** 2  # below zero there is no derivative by the exponent
    y.backward()
    assert diagnose(y).healthy


# ---------------------------------------------------------------- ten lines, by layer


def layered(dead):
    """A layer of 16 relu units over 2 inputs, the first `dead` of them never above 0, and a sum on top."""
    outputs = []
    for i in range(16):
        with scope(f"layers.0.neurons.{i}"):
            w = [Value(-1.0 if i < dead else 1.0, label=f"w.{j}") for j in range(2)]
            outputs.append((w[0] * 0.5 + w[1] * 2.0 + Value(0.0, label="b")).relu())
    with scope("layers.1"):
        return sum_of([h * Value(1.0, label="v") for h in outputs])


def test_dead_units_are_counted_by_layer():
    y = layered(12)
    y.backward()
    found = diagnose(y)
    assert len(found.dead) == 12
    assert len(found.unused) == 12 * 3 + 12
    assert str(found).splitlines() == [
        "dead: layers.0: 12 of 16 units passed nothing back",
        "unused: layers.0: 36 of 48 parameters have no effect on the output here: 'w.0', 'w.1', 'b', …",
        "unused: layers.1: 12 of 16 parameters have no effect on the output here: 'v', 'v', 'v', …",
    ]


def test_a_dead_network_takes_a_few_lines():
    model = nn.MLP(2, [16, 16, 1], activation="relu", seed=0)
    for p in model.parameters():
        p.data = -abs(p.data) - 0.1
    loss = (model([0.5, 1.0]) - 1) ** 2
    loss.backward()
    assert len(str(diagnose(loss)).splitlines()) <= 10


def test_more_lines_than_ten_are_counted():
    parts = []
    for i in range(30):
        with scope(f"part{chr(97 + i % 26)}{i}x"):
            parts.append((Value(-1.0, label="w") * 2.0).relu())
    y = sum_of(parts) + Value(1.0)
    y.backward()
    report = str(diagnose(y)).splitlines()
    assert len(report) == 10
    assert report[-1] == "… and 51 more lines: 21 dead, 30 unused"


def test_a_gate_of_ones_own_that_closes_as_relu_does_counts_as_dead():
    relu6 = Gate("relu6", "relu6", "min(max(a, 0.0), 6.0)", ("1.0 if 0 < a and a < 6 else 0.0",), "router")
    with registered(relu6), scope("layer"):
        w = Value(-3.0, "w")
        y = apply(relu6, [w * 2]) + w
        y.backward()
        assert diagnose(y).dead == {"layer": (1, 1)}
