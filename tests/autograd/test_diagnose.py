"""What keeps a network from learning is found and named."""

import pytest

from autograd import Value, diagnose, scope


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
