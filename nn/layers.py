"""Neurons and what is built of them: a layer is a list of neurons. Networks of layers are in `nn.networks`.

A neuron is an affine function and an activation: y = f(w·x + b). Its products and its bias meet in one n-ary sum, so
that it is drawn with one Σ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Value
from autograd.numbers import number
from nn.activations import ActivationLike, ActivationSpec
from nn.activations import activation as activation_of
from nn.checks import whole_from
from nn.initialization import Initialization, InitializationName
from nn.initialization import initialization as initialization_of
from nn.leaves import leaves
from nn.modules import Module
from nn.randomness import Seed, generator

#: A row as users write it: numbers or Values, a list, tuple or one-dimensional array; one number where the width is 1.
Row = Sequence[Value | float] | Value | float


class Checked(list[Value]):
    """A row of Values that was checked once: a layer hands it to its neurons, which needn't check it again."""


def inputs_of(x: Any, width: int | None, owner: Module) -> Checked:
    """The row `x` as Values: numbers become constants, one leaf each, labelled ``x.0``, ``x.1``, ...

    Raises ValueError if the width is not that expected, TypeError for what is no row of numbers.
    """
    row = x if x.__class__ is Checked else _checked(x, owner)
    if width is not None and len(row) != width:
        raise ValueError(f"{_described(owner)} takes {width} input{'s' * (width != 1)}, but was given {len(row)}")
    return row


def _described(module: Module) -> str:
    """How an error names a module: its kind, its path, and for a neuron how many weights it has."""
    weights = f"with {len(module.w)} weights" if isinstance(module, Neuron) else ""
    return " ".join(filter(None, (type(module).__name__.lower(), module._path, weights)))


def _checked(x: Any, owner: Module) -> Checked:
    if isinstance(x, Value) or number(x) is not None:
        x = [x]
    try:
        row = list(x)
    except TypeError:
        raise TypeError(
            f"{_described(owner)} takes a row of numbers or Values, but was given {x!r} of type {type(x).__name__}"
        ) from None
    if row and isinstance(x, str | bytes | dict):
        raise TypeError(f"{_described(owner)} takes a row of numbers or Values, but was given {x!r}")
    if row and hasattr(row[0], "__len__") and not isinstance(row[0], str):
        raise TypeError(
            f"{_described(owner)} takes one row at a time, but was given a table of {len(row)} rows; call "
            "it for each row, or use nn.predict(model, rows)"
        )
    return Checked(leaves(row, "x"))


def _width(count: object, what: str) -> int:
    return whole_from(count, 1, f"the number of {what}")


def spec_of(which: ActivationLike | Activation) -> ActivationSpec:
    """The activation of that name, function or module; ValueError for an unknown name, TypeError for anything else."""
    return which.activation if isinstance(which, Activation) else activation_of(which)


def _bent(activation: ActivationSpec, x: Value) -> Value:
    """The activation of x; TypeError if its function cuts the graph, so that nothing before it would learn."""
    y = activation.function(x)
    if not isinstance(y, Value):
        raise TypeError(
            f"the activation {activation.name} gives a Value for a Value, but it gave {y!r} of type "
            f"{type(y).__name__}: .data and math functions cut the graph; write it with gates"
        )
    return y


class Neuron(Module):
    """y = f(Σ wᵢ xᵢ + b): one weight for each input, a bias, and an activation; a row (inputs,) gives one Value.

    inputs: how many it takes. activation: a name, a function of a Value, or None for linear. bias: whether it has one.
    initialization: a name, or None for what suits the activation. Called with a row of that many numbers or Values it
    returns a Value; ValueError for a row of another width.

    >>> neuron = Neuron(2, "relu")
    >>> neuron.load_state_dict({"w.0": 2.0, "w.1": -1.0, "b": 0.5})
    >>> neuron([3.0, 4.0]).data
    2.5
    """

    w: list[Value]
    b: Value | None

    def __init__(
        self,
        inputs: int,
        activation: ActivationLike = None,
        *,
        bias: bool = True,
        initialization: InitializationName | Initialization | None = None,
        fan_out: int = 1,
        seed: Seed = None,
    ) -> None:
        self.inputs = _width(inputs, "inputs of a neuron")
        self.activation = spec_of(activation)
        if self.activation.of_vector:
            raise ValueError(
                f"{self.activation.name} takes a whole layer's outputs, not one neuron's; give it to a Layer"
            )
        fan_out = _width(fan_out, "neurons in a layer, fan_out,")
        draw = initialization_of(self.activation.initialization if initialization is None else initialization)
        random = generator(seed)
        self.w = [Value(draw(self.inputs, fan_out, random)) for _ in range(self.inputs)]
        self.b = Value(0.0) if bias else None

    def forward(self, x: Row) -> Value:
        """f(w·x + b) for one row (inputs,)."""
        xs = inputs_of(x, len(self.w), self)
        y = autograd.dot(self.w, xs, self.b)
        return y if self.activation.name == "linear" else _bent(self.activation, y)

    def shape(self) -> str:
        return f"{len(self.w)} → 1 {self.activation.name}"


class Layer(Module):
    """A dense layer: `outputs` neurons that all see the same row, (1, l_in) × (l_in, l_out) + (1, l_out) = (1, l_out).

    It has l_in · l_out weights and l_out biases. Called with a row it returns a Value if it has one
    output, else a list. An activation of vectors, such as softmax, is applied to all outputs at once.

    >>> layer = Layer(3, 2, "tanh", seed=0)
    >>> layer
    Layer: 8 parameters, 3 → 2 tanh
    >>> [type(y).__name__ for y in layer([1.0, 2.0, 3.0])]
    ['Value', 'Value']
    """

    neurons: list[Neuron]

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: ActivationLike = None,
        *,
        bias: bool = True,
        initialization: InitializationName | Initialization | None = None,
        seed: Seed = None,
    ) -> None:
        self.inputs, self.outputs = _width(inputs, "inputs of a layer"), _width(outputs, "outputs of a layer")
        self.activation = spec_of(activation)
        random = generator(seed)
        self.neurons = [
            Neuron(
                self.inputs,
                None if self.activation.of_vector else self.activation,
                bias=bias,
                initialization=self.activation.initialization if initialization is None else initialization,
                fan_out=self.outputs,
                seed=random,
            )
            for _ in range(self.outputs)
        ]

    def forward(self, x: Row) -> Value | list[Value]:
        """The outputs for one row (l_in,)."""
        xs = inputs_of(x, self.inputs, self)
        outputs: list[Value] = [neuron(xs) for neuron in self.neurons]
        if self.activation.of_vector:
            outputs = self.activation.function(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def shape(self) -> str:
        return f"{self.inputs} → {self.outputs} {self.activation.name}"


class Activation(Module):
    """An activation as a module of its own: number by number, or of the whole row for softmax and log_softmax.

    >>> [y.data for y in Activation("relu")([-1.0, 2.0])]
    [0.0, 2.0]
    """

    def __init__(self, activation: ActivationLike) -> None:
        self.activation = spec_of(activation)

    def forward(self, x: Row) -> Value | list[Value]:
        """The activation of each number in a row, or of the row; one Value for a row of one."""
        xs = inputs_of(x, None, self)
        spec = self.activation
        outputs = spec.function(xs) if spec.of_vector else [_bent(spec, v) for v in xs]
        return outputs[0] if len(outputs) == 1 else outputs

    def shape(self) -> str:
        return self.activation.name


class Softmax(Activation):
    """exp(xᵢ) / Σⱼ exp(xⱼ) of a row: a layer without parameters that turns logits into probabilities.

    >>> [y.data for y in Softmax()([0.0, 0.0])]
    [0.5, 0.5]
    """

    def __init__(self) -> None:
        super().__init__("softmax")
