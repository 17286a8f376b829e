"""Networks: modules one after the other, and the multilayer perceptron, which is a list of dense layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

from autograd import Value
from nn.activations import ActivationLike, ActivationName
from nn.checks import refuse_class
from nn.initialization import Initialization, InitializationName
from nn.layers import Activation, Layer, Row, inputs_of, spec_of
from nn.modules import Module
from nn.randomness import Seed, generator


class Sequential(Module):
    """Modules (or functions, or names of activations) one after the other; each takes what the one before gave.

    ``Sequential(Layer(2, 3), "tanh", Layer(3, 1))``. Raises ValueError at once where widths do not follow on.

    >>> model = Sequential(Layer(2, 3, seed=0), "tanh", Layer(3, 1, seed=1))
    >>> len(model), len(model.parameters())
    (3, 13)
    >>> Sequential(Layer(2, 3), Layer(4, 1))
    Traceback (most recent call last):
    ValueError: layer 1 takes 4 inputs, but the layer before it gives 3
    """

    layers: list[Any]

    def __init__(self, *layers: Module | Callable[[Any], Any] | ActivationName) -> None:
        for layer in layers:
            if isinstance(layer, list | tuple):
                raise TypeError(
                    f"a Sequential takes its layers one by one, but was given {layer!r}; write Sequential(*layers)"
                )
            refuse_class(layer, "a Sequential is made of modules, functions and names of activations")
        self.layers = [layer if isinstance(layer, Module) else Activation(layer) for layer in layers]
        self.inputs: int | None = None
        self.outputs: int | None = None
        # An activation gives as many numbers as it takes, so it says nothing of the widths.
        wide = [(i, layer) for i, layer in enumerate(self.layers) if not isinstance(layer, Activation)]
        for place, (i, layer) in enumerate(wide):
            takes: int | None = getattr(layer, "inputs", None)
            if place == 0:
                self.inputs = takes
            elif takes and self.outputs and takes != self.outputs:
                raise ValueError(f"layer {i} takes {takes} inputs, but the layer before it gives {self.outputs}")
            self.outputs = getattr(layer, "outputs", None)

    def forward(self, x: Row) -> Value | list[Value]:
        """The last layer's output for one row."""
        if self.inputs is not None:
            x = inputs_of(x, self.inputs, self)
        for layer in self.layers:
            x = layer(x)
        return x  # type: ignore[return-value]

    @overload
    def __getitem__(self, which: int) -> Module: ...
    @overload
    def __getitem__(self, which: slice) -> list[Module]: ...
    def __getitem__(self, which: int | slice) -> Module | list[Module]:
        return self.layers[which]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)


class MLP(Sequential):
    """A multilayer perceptron: dense layers of the given widths, `activation` after each but the last.

    ``MLP(2, [16, 16, 1], activation="tanh", output="sigmoid", seed=0)`` takes rows of 2 and has two hidden layers.
    inputs: the width of a row. widths: neurons of each layer, the last is the number of outputs. output: the last
    layer's activation, None for linear. initialization: None for what suits each activation: He for ReLU, else
    Glorot. seed: of the random weights; the same seed gives the same weights. Without one they are drawn from Python's
    `random` module (see `nn.randomness`).

    >>> MLP(2, [16, 16, 1], activation="tanh", output="sigmoid", seed=0)
    MLP: 337 parameters
                kind   shape           parameters
      layers.0  Layer  2 → 16 tanh             48
      layers.1  Layer  16 → 16 tanh           272
      layers.2  Layer  16 → 1 sigmoid          17
    """

    def __init__(
        self,
        inputs: int,
        widths: Sequence[int],
        activation: ActivationLike = "relu",
        output: ActivationLike = None,
        *,
        initialization: InitializationName | Initialization | None = None,
        seed: Seed = None,
    ) -> None:
        listed = list(widths) if isinstance(widths, Iterable) else []
        if not listed:
            raise ValueError(
                f"an MLP's widths are a list with the neurons of each layer, such as [16, 16, 1], but was "
                f"given {widths!r}"
            )
        random = generator(seed)
        hidden, final = spec_of(activation), spec_of(output)  # both are checked, also where there is no hidden layer
        activations = [hidden] * (len(listed) - 1) + [final]
        layers = [
            Layer(a, b, bend, initialization=initialization, seed=random)
            for (a, b), bend in zip(pairwise([inputs, *listed]), activations, strict=True)
        ]
        super().__init__(*layers)
