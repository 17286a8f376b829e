"""What the tests of nn share: the same network in PyTorch."""

from __future__ import annotations

from typing import Any

import pytest
from support.extras import imported

import nn


@pytest.fixture
def in_torch() -> Any:
    """A function: an nn.MLP with tanh or relu hidden layers and linear outputs, as a float64 PyTorch module."""
    torch = imported("torch")
    kinds = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}

    def build(model: nn.MLP) -> Any:
        parts: list[Any] = []
        for layer in model:
            linear = torch.nn.Linear(layer.inputs, layer.outputs, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor([[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64))
                linear.bias.copy_(torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64))
            parts.append(linear)
            if layer.activation.name in kinds:
                parts.append(kinds[layer.activation.name]())
        return torch.nn.Sequential(*parts)

    return build


@pytest.fixture
def torch_numbers() -> Any:
    """A function: the parameters of such a PyTorch module as a list of floats, in the order of nn's."""

    def numbers(module: Any) -> list[float]:
        result: list[float] = []
        for part in module:
            if hasattr(part, "weight"):
                for weights, bias in zip(part.weight.tolist(), part.bias.tolist(), strict=True):
                    result += [*weights, bias]
        return result

    return numbers
