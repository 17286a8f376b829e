"""Modules own what their attributes hold, know their names, and refuse rows of the wrong width."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, topological_order


def leaves(output: Value) -> list[Value]:
    return [v for v in topological_order(output) if v.gate is None]


def test_neuron_is_an_affine_function_and_an_activation():
    neuron = nn.Neuron(2, "sigmoid")
    neuron.load_state_dict({"w.0": 2.0, "w.1": -3.0, "b": -3.0})
    x = [Value(-1.0), Value(-2.0)]
    y = neuron(x)
    y.backward()
    assert y.data == pytest.approx(0.73, abs=0.005)  # CS231n's sigmoid neuron
    assert [p.grad for p in neuron.parameters()] == pytest.approx([-0.20, -0.39, 0.20], abs=0.005)
    assert [v.grad for v in x] == pytest.approx([0.39, -0.59], abs=0.005)


def test_neuron_adds_its_products_and_bias_in_one_sum():
    y = nn.Neuron(3)([1.0, 2.0, 3.0])
    assert y.gate is autograd.GATES["sum"]
    assert [p.gate.name if p.gate else "leaf" for p in y.parents] == ["mul", "mul", "mul", "leaf"]


def test_parameters_are_named_by_their_path():
    model = nn.MLP(2, [16, 16, 1])
    named = dict(model.named_parameters())
    assert len(named) == 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1 == 337
    weight = named["layers.0.neurons.3.w.1"]
    assert weight is model.layers[0].neurons[3].w[1]
    assert f"{weight.scope}.{weight.label}" == "layers.0.neurons.3.w.1"
    assert list(named)[:3] == ["layers.0.neurons.0.w.0", "layers.0.neurons.0.w.1", "layers.0.neurons.0.b"]
    assert [f"{p.scope}.{p.label}" for p in model.parameters()] == list(named)


def test_gates_are_recorded_in_the_scope_of_their_module():
    y = nn.MLP(2, [3, 1], activation="tanh")([1.0, 2.0])
    scopes = {v.scope for v in topological_order(y) if v.gate is not None}
    assert scopes == {"layers.0.neurons.0", "layers.0.neurons.1", "layers.0.neurons.2", "layers.1.neurons.0"}


def test_model_called_inside_a_scope_is_recorded_inside_it():
    with autograd.scope("student"):
        model = nn.Layer(1, 1)
        y = model([1.0])
    assert y.scope == "student.neurons.0"
    assert {p.scope for p in model.parameters()} == {"student.neurons.0"}


def test_numbers_of_a_row_become_one_constant_each():
    model = nn.MLP(2, [5, 1])
    inputs = [v for v in leaves(model([1.5, -2.5])) if not v.requires_grad]
    assert {(v.label, v.data, v.scope) for v in inputs} == {("x.0", 1.5, ""), ("x.1", -2.5, "")}
    assert len(inputs) == 2


@pytest.mark.parametrize(
    "row", [[1.0, 2.0], (1, 2), np.array([1.0, 2.0]), [Value(1.0), 2.0], [np.float32(1.0), True + 1]]
)
def test_rows_of_any_kind_give_the_same_number(row):
    assert nn.MLP(2, [3, 1], seed=0)(row).data == nn.MLP(2, [3, 1], seed=0)([1.0, 2.0]).data


def test_one_input_may_be_a_plain_number_and_one_output_is_a_value():
    layer = nn.Layer(1, 1)
    assert isinstance(layer(2.0), Value)
    assert layer(2.0).data == layer([2.0]).data
    assert [type(y) for y in nn.Layer(1, 2)(2.0)] == [Value, Value]


def test_layer_of_l_in_and_l_out_has_l_in_times_l_out_and_l_out_parameters():
    assert len(nn.Layer(4, 3).parameters()) == 4 * 3 + 3
    assert len(nn.Layer(4, 3, bias=False).parameters()) == 4 * 3


@pytest.mark.parametrize("model", [nn.Neuron(3), nn.Layer(3, 2), nn.MLP(3, [4, 1])])
@pytest.mark.parametrize("row", [[], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
def test_row_of_wrong_width_is_an_error(model, row):
    with pytest.raises(ValueError, match=f"takes 3 inputs, but was given {len(row)}"):
        model(row)


def test_neuron_with_3_weights_given_2_inputs_says_so():
    with pytest.raises(ValueError, match="neuron with 3 weights takes 3 inputs, but was given 2"):
        nn.Neuron(3)([1.0, 2.0])


def test_sequential_knows_its_widths_where_its_modules_do():
    model = nn.Sequential(nn.Layer(2, 3), "relu", nn.Sequential(nn.Layer(3, 4)), nn.Softmax())
    assert (model.inputs, model.outputs) == (2, 4)
    assert nn.Sequential(Net(), nn.Layer(1, 2)).inputs is None
    with pytest.raises(ValueError, match="layer 1 takes 3 inputs, but the layer before it gives 2"):
        nn.Sequential(nn.Layer(1, 2), nn.Sequential("tanh", nn.Layer(3, 1)), nn.Layer(3, 1))


def test_error_of_width_says_where():
    model = nn.MLP(2, [3, 1])
    with pytest.raises(ValueError, match=r"layer layers\.1 takes 3 inputs, but was given 1"):
        model.layers[1]([1.0])


@pytest.mark.parametrize("row", ["ab", None, {"a": 1.0, "b": 2.0}, [[1.0, 2.0], [3.0, 4.0]], np.eye(2), [1.0, "b"]])
def test_what_is_no_row_of_numbers_is_an_error(row):
    with pytest.raises(TypeError):
        nn.Layer(2, 1)(row)


def test_unknown_activation_names_the_nearest():
    with pytest.raises(ValueError, match="no activation is named 'sigmoind'; did you mean 'sigmoid'"):
        nn.MLP(2, [3, 1], activation="sigmoind")
    with pytest.raises(TypeError, match="a name or a function of one Value"):
        nn.Layer(2, 1, 3.0)


def test_activation_may_be_a_function():
    assert nn.Neuron(1, autograd.tanh)(0.3).gate is autograd.GATES["tanh"]
    square = nn.Layer(1, 1, lambda v: v * v, seed=0)
    assert square(3.0).data == nn.Layer(1, 1, seed=0)(3.0).data ** 2


@pytest.mark.parametrize(
    "build",
    [
        lambda: nn.MLP(2, []),
        lambda: nn.MLP(2, 3),
        lambda: nn.MLP(0, [1]),
        lambda: nn.Layer(2, 0),
        lambda: nn.Layer(2.5, 1),
        lambda: nn.Neuron(True),
        lambda: nn.Neuron(2, "softmax"),
        lambda: nn.Layer(2, 1, initialization="small"),
        lambda: nn.Sequential(nn.Layer(2, 3), nn.Layer(4, 1)),
        lambda: nn.SoftmaxRegression(2, 1),
    ],
)
def test_impossible_models_are_refused(build):
    with pytest.raises(ValueError, match=r"."):
        build()


def test_seed_decides_the_weights_and_must_be_whole():
    assert nn.MLP(2, [3, 1], seed=1).state_dict() == nn.MLP(2, [3, 1], seed=1).state_dict()
    assert nn.MLP(2, [3, 1], seed=1).state_dict() != nn.MLP(2, [3, 1], seed=2).state_dict()
    with pytest.raises(TypeError, match="a seed is a whole number or None"):
        nn.Layer(2, 1, seed="one")


def test_softmax_layer_gives_probabilities_for_any_floats():
    layer = nn.Layer(1, 3, "softmax", seed=0)
    for x in (0.0, 1.0, 1e6):
        p = [v.data for v in layer(x)]
        assert sum(p) == pytest.approx(1.0)
        assert min(p) >= 0.0
    assert [v.data for v in nn.Softmax()([1000.0, 1000.0])] == pytest.approx([0.5, 0.5], rel=1e-12)


def test_sequential_takes_modules_names_and_functions():
    model = nn.Sequential(nn.Layer(2, 3, seed=0), "tanh", nn.Layer(3, 2, seed=1), nn.Softmax())
    assert sum(v.data for v in model([1.0, -1.0])) == pytest.approx(1.0)
    assert len(model) == 4
    assert next(iter(model)) is model[0]
    assert [name for name, _ in model.named_parameters()][-1] == "layers.2.neurons.1.b"


class Net(nn.Module):
    def __init__(self) -> None:
        self.table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
        self.parts = {"left": nn.Neuron(1, seed=0), "right": nn.Neuron(1, seed=1)}
        self.tied = self.table[0][0]
        self._cache = Value(9.0)
        self.note = "no parameter"

    def forward(self, x):
        return self.parts["left"](x) + self.parts["right"](x) * self.tied


def test_parameters_are_found_in_lists_dicts_and_nested_lists_each_once():
    names = [name for name, _ in Net().named_parameters()]
    assert names == [
        "table.0.0",
        "table.0.1",
        "table.1.0",
        "table.1.1",
        "parts.left.w.0",
        "parts.left.b",
        "parts.right.w.0",
        "parts.right.b",
    ]


def test_modules_appended_to_a_list_are_named_when_parameters_are_asked_for():
    model = nn.Sequential(nn.Layer(1, 1))
    model.layers.append(nn.Layer(1, 1))
    assert "layers.1.neurons.0.w.0" in dict(model.named_parameters())
    assert {v.scope for v in topological_order(model(1.0)) if v.gate} == {"layers.0.neurons.0", "layers.1.neurons.0"}


def test_module_that_holds_its_parent_does_not_loop():
    model = Net()
    model.parts["left"].parent = model
    assert len(model.parameters()) == 8


def test_interior_values_are_no_parameters():
    model = Net()
    model.last = model(1.0)
    assert len(model.parameters()) == 8


def test_zero_grad_sets_every_gradient_to_zero():
    model = nn.MLP(1, [2, 1])
    model(1.0).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_train_and_eval_reach_every_module():
    model = nn.MLP(1, [2, 1])
    assert model.eval() is model
    assert not any(m.training for _, m in model.named_modules())
    assert all(m.training for _, m in model.train().named_modules())


def test_state_goes_round():
    a, b = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    b.load_state_dict(a.state_dict())
    assert b([1.0, 2.0]).data == a([1.0, 2.0]).data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("layers.0.neurons.0.b"), "it lacks layers.0.neurons.0.b"),
        (lambda s: s.update(extra=1.0), "the model has no extra"),
    ],
)
def test_state_of_another_model_changes_nothing(change, message):
    model = nn.MLP(2, [3, 1], seed=0)
    before, state = model.state_dict(), nn.MLP(2, [3, 1], seed=1).state_dict()
    change(state)
    with pytest.raises(ValueError, match=message):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_state_that_is_no_number_changes_nothing():
    model = nn.Neuron(2, seed=0)
    before = model.state_dict()
    with pytest.raises(TypeError, match=r"w\.1 is no number"):
        model.load_state_dict({**before, "w.0": 5.0, "w.1": "x"})
    assert model.state_dict() == before


def test_repr_is_a_table_of_shapes_and_counts():
    text = repr(nn.MLP(2, [16, 1], activation="tanh", output="sigmoid"))
    assert text.splitlines()[0] == "MLP: 65 parameters"
    assert [line.split() for line in text.splitlines()[2:]] == [
        ["layers.0", "Layer", "2", "→", "16", "tanh", "48"],
        ["layers.1", "Layer", "16", "→", "1", "sigmoid", "17"],
    ]
    assert repr(nn.Neuron(3, "relu")) == "Neuron: 4 parameters, 3 → 1 relu"
    assert "table" in repr(Net())


def test_modules_copy_and_pickle():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
        assert not set(twin.parameters()) & set(model.parameters())


def test_module_without_forward_says_what_to_define():
    with pytest.raises(NotImplementedError, match=r"Empty has no forward; define forward\(self, x\)"):
        type("Empty", (nn.Module,), {})()(1.0)
