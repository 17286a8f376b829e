"""Models and programs as pictures."""

import pytest
from support.pictures import outside, overlapping_texts

import autograd
import viz
from autograd import Value
from nn import MLP, Layer, Module, Neuron, Sequential, Softmax
from viz.diagram.programs import STAGES


def weights(picture):
    return {p.net: p for p in picture.scene.paths if p.kind in ("positive", "negative") and p.net}


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize(
    "model",
    [
        MLP(2, [3, 1], seed=0),
        MLP(64, [30, 10], seed=0),
        Neuron(3, seed=0),
        Layer(2, 2, seed=0),
        Sequential(Layer(3, 4, seed=0), "relu", Layer(4, 3, seed=1), Softmax()),
    ],
    ids=["mlp", "wide", "neuron", "layer", "sequential"],
)
def test_models_are_drawn_within_the_canvas_and_without_overlap(model, direction):
    for theme in ("light", "dark", "print"):
        picture = viz.draw(model, direction=direction, theme=theme)
        assert overlapping_texts(picture.scene) == outside(picture.scene) == []


def test_each_weight_is_a_line_with_its_sign_and_size():
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[0].w[0].data = -4.0
    model.layers[0].neurons[0].w[1].data = 1.0
    drawn = weights(viz.draw(model))
    assert set(drawn) == {name for name, _ in model.named_parameters() if ".w." in name}
    first = drawn["layers.0.neurons.0.w.0"]
    assert (first.kind, first.width) == ("negative", 4.0)
    assert drawn["layers.0.neurons.0.w.1"].width < first.width
    assert first.title == "layers.0.neurons.0.w.0 = −4"


def test_the_sign_of_a_weight_is_not_told_by_colour_alone():
    svg = viz.draw(MLP(2, [3, 1], seed=0)).svg
    for line in svg.splitlines():
        if 'class="negative"' in line:
            assert "stroke-dasharray" in line
        if 'class="positive"' in line:
            assert "stroke-dasharray" not in line


def test_wide_layers_leave_out_their_middle():
    picture = viz.draw(MLP(40, [20, 1], seed=0))
    assert [t.text for t in picture.scene.texts if t.text.startswith("+")] == ["+29", "+9"]
    assert len(weights(picture)) == 11 * 11 + 11


def test_models_say_their_shapes_and_counts_in_words():
    picture = viz.draw(MLP(2, [16, 1], activation="tanh", seed=0))
    assert picture.diagram.description == (
        "2 inputs; layers.0, 2 → 16 tanh, 48 parameters; layers.1, 16 → 1 linear, 17 parameters; 65 parameters in all."
    )
    assert "[layers.0]" in picture.txt


class Scaled(Module):
    """Parameters of its own, a layer that is used twice, and weights that are shared."""

    def __init__(self):
        self.scale = Value(1.5)
        self.again = self.scale
        self.a, self.b = Layer(2, 3, "tanh", seed=0), Layer(3, 3, seed=1)
        self.c, self.out = self.b, Layer(3, 1, seed=2)
        self.b.neurons[0].w[0] = self.a.neurons[0].w[0]
        self.tied = self.out.neurons[0].w[1]
        self.offsets = [Value(0.1), Value(-0.2)]


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_parameters_in_no_layer_and_what_is_shared_are_shown_and_counted_once(direction):
    model = Scaled()
    picture = viz.draw(model, direction=direction)
    assert overlapping_texts(picture.scene) == outside(picture.scene) == []
    # 2·3 + 3 and 3·3 + 3 and 3 + 1, one weight of them shared; the scale, two offsets
    assert picture.diagram.description == (
        "2 inputs; a, 2 → 3 tanh, 9 parameters; b, 3 → 3 linear, 12 parameters, 1 shared with a; c, 3 → 3 "
        "linear, the parameters of b; out, 3 → 1 linear, 4 parameters; in no layer: scale = again = 1.5, tied = "
        "out.neurons.0.w.1, offsets.0 = 0.1, offsets.1 = −0.2; 27 parameters in all."
    )
    for form in ("svg", "txt", "dot", "tex"):
        assert "scale" in getattr(picture, form), form
    assert "scale = again = 1.5" in [text.text for text in picture.scene.texts]
    model.scale.data = 1 / 3
    assert "scale = again = 0.33333" in viz.draw(model, number=5).svg


def test_many_parameters_in_no_layer_are_counted_by_attribute():
    model = Module()
    model.w, model.b = Value(1.0), [Value(0.0) for _ in range(20)]
    assert "in no layer: w: 1 parameter, b: 20 parameters; 21 parameters in all" in viz.draw(model).diagram.description


def test_a_layer_used_twice_is_drawn_twice():
    layer = Layer(2, 2, seed=0)
    picture = viz.draw(Sequential(layer, "relu", layer))
    assert [text.text for text in picture.scene.texts if text.role == "name"] == ["inputs", "layers.0", "layers.2"]
    assert len(weights(picture)) == 8
    assert "layers.2, 2 → 2 linear, the parameters of layers.0; 6 parameters in all." in picture.diagram.description


def test_a_box_leads_to_every_neuron_behind_it():
    model = Sequential(Layer(2, 3, seed=0), Softmax(), Layer(3, 2, seed=1))
    picture = viz.draw(model)
    assert set(weights(picture)) == {f"layers.0.neurons.{i}.w.{j}" for i in range(3) for j in range(2)}
    assert sum(path.kind == "wire" for path in picture.scene.paths) == 3 + 2


def test_layers_whose_sizes_do_not_meet_are_not_joined():
    class Two(Module):
        def __init__(self):
            self.left, self.right = Layer(2, 3, seed=0), Layer(2, 1, seed=1)

    picture = viz.draw(Two())
    assert {name.split(".")[0] for name in weights(picture)} == {"left"}
    assert len(picture.diagram.wires) == 1


def test_weights_that_are_no_numbers_are_drawn_too():
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[0].w[0].data = float("nan")
    model.layers[0].neurons[0].w[1].data = float("inf")
    model.layers[0].neurons[1].w[0].data = 1.0
    widths = [path.width for path in weights(viz.draw(model)).values()]
    assert widths[:3] == [4.0, 4.0, 4.0]
    assert "nan" not in viz.draw(model).svg


def test_the_gradients_of_a_model_can_set_the_widths():
    model = MLP(1, [2, 1], seed=0)
    model([1.0]).backward()
    drawn = weights(viz.draw(model, magnitude="gradient"))
    largest = max(drawn, key=lambda name: drawn[name].width)
    sizes = {name: abs(p.grad) for name, p in model.named_parameters() if ".w." in name}
    assert largest == max(sizes, key=sizes.get)
    with pytest.raises(ValueError, match="value, gradient"):
        viz.draw(model, magnitude="size")


@pytest.mark.parametrize(
    "option",
    [
        {"style": "nonsense"},
        {"style": "record"},
        {"expand": 1},
        {"stage": "gates"},
        {"layout": "dot"},
        {"gradients": True},
        {"collapse": "layers.0"},
    ],
)
def test_an_option_that_does_nothing_for_a_model_is_refused(option):
    (name,) = option
    applies = "theme, direction, legend, number, magnitude, names"
    with pytest.raises(ValueError, match=f"^{name}=.* does not apply to a model; what applies is {applies}$"):
        viz.draw(MLP(2, [3, 1], seed=0), **option)


@pytest.fixture(scope="module")
def program():
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    x, t = [Value(1.0, "x0"), Value(-2.0, "x1")], Value(1.0, "t")
    return autograd.compile((model(x) - t) ** 2, inputs=[*x, t])


@pytest.mark.parametrize("stage", STAGES)
def test_programs_are_drawn_at_every_stage(program, stage):
    from support.pictures import faults

    picture = viz.draw(program, stage=stage, theme="dark")
    assert faults(picture.scene) == []
    assert sum(n.output for n in picture.diagram.nodes) == 1
    assert all((picture.txt, picture.dot))


def test_layers_are_found_again_as_matrix_products(program):
    boxes = [(n.text, *n.lines) for n in viz.draw(program).diagram.nodes if n.kind == "box"]
    assert boxes[:3] == [
        ("W @ H + b", "(3, 2) @ (2, batch)"),
        ("tanh", "3 × tanh"),
        ("W @ H + b", "(1, 3) @ (3, batch)"),
    ]


@pytest.mark.parametrize(
    "option",
    [
        {"expand": "zzz"},
        {"magnitude": True},
        {"highlight": 3},
        {"copies": False},
        {"gradients": False},
        {"room": "0.1"},
    ],
)
def test_an_option_that_does_nothing_for_a_program_is_refused(program, option):
    (name,) = option
    with pytest.raises(ValueError, match=f"^{name}=.* does not apply to a program; what applies is stage, style"):
        viz.draw(program, **option)


def test_the_constants_of_a_program_are_written_as_asked():
    x = Value(1.0, "x")
    program = autograd.compile(x * (1 / 3), inputs=[x])
    for stage in STAGES:
        assert "0.33333" in viz.draw(program, stage=stage, number=5).svg


def test_a_program_too_large_to_draw_gate_by_gate_says_what_to_do():
    model = MLP(20, [20, 1], seed=0)
    x = [Value(1.0) for _ in range(20)]
    program = autograd.compile(model(x), inputs=x)
    with pytest.raises(ValueError, match="stage='groups'"):
        viz.draw(program, stage="gates")
    with pytest.raises(ValueError, match="gates, groups, matrices"):
        viz.draw(program, stage="rows")
