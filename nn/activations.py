"""Activations by name: what bends the affine map of a neuron, and how to start its weights.

Without one, layers collapse: an affine function of an affine function is affine again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, cast

import autograd
from nn import functional
from nn.checks import check_word, refuse_class
from nn.initialization import InitializationName

#: The activations that have a name.
ActivationName = Literal["linear", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "sin", "softmax", "log_softmax"]


class ActivationSpec(NamedTuple):
    """A named activation. `of_vector`: takes the whole layer's list at once, as softmax does, not number by number.

    initialization: the scheme that keeps the size of signals level through layers of it, a name in
    `nn.initialization.INITIALIZATIONS`.

    >>> ACTIVATIONS["softmax"].of_vector, ACTIVATIONS["relu"].initialization
    (True, 'he_uniform')
    """

    name: str
    function: Callable[[Any], Any]
    of_vector: bool = False
    initialization: InitializationName = "glorot_uniform"


def linear(x: autograd.Value) -> autograd.Value:
    """x itself: no activation.

    >>> linear(autograd.Value(3.0)).data
    3.0
    """
    return x


#: What may be given as an activation: a name, a function of one Value, or None for linear.
ActivationLike = ActivationName | Callable[[Any], Any] | ActivationSpec | None

#: The activations by name.
ACTIVATIONS: dict[ActivationName, ActivationSpec] = {
    cast(ActivationName, entry.name): entry
    for entry in (
        ActivationSpec("linear", linear),
        ActivationSpec("sigmoid", autograd.sigmoid),
        ActivationSpec("tanh", autograd.tanh),
        ActivationSpec("relu", autograd.relu, initialization="he_uniform"),
        ActivationSpec("leaky_relu", autograd.leaky_relu, initialization="he_uniform"),
        ActivationSpec("softplus", autograd.softplus),
        ActivationSpec("sin", autograd.sin),
        ActivationSpec("softmax", functional.softmax, of_vector=True),
        ActivationSpec("log_softmax", functional.log_softmax, of_vector=True),
    )
}


def activation(which: ActivationLike) -> ActivationSpec:
    """The activation of that name, or the one made of a function of one Value; None is linear.

    Raises ValueError for a name that is not an `ActivationName`, TypeError for what is neither name nor function.

    >>> activation("tanh").function(0.0)
    0.0
    >>> activation("thanh")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: no activation is named 'thanh'; did you mean 'tanh'? There are linear, sigmoid, tanh, ...
    """
    if which is None:
        return ACTIVATIONS["linear"]
    if isinstance(which, ActivationSpec):
        return which
    if isinstance(which, str):
        check_word(which, ActivationName, "activation", "a function of one Value")
        return ACTIVATIONS[which]
    refuse_class(which, "an activation is a name or a function of one Value")
    if callable(which):
        for entry in ACTIVATIONS.values():
            if entry.function is which:
                return entry
        return ActivationSpec(getattr(which, "__name__", type(which).__name__).strip("<>"), which)
    raise TypeError(f"an activation is a name or a function of one Value, but was given {which!r}")
