"""Optimizers: how parameters move, given their gradients.

Each optimizer is one update rule, `rule(w, g, lr)`, in plain arithmetic: it serves one float, one Value and a NumPy
vector of all parameters alike, and it is all there is to the optimizer. The rules and their defaults are PyTorch's,
step for step.

``optim.Adam(model.parameters(), lr=0.01)`` moves those Values at each ``step()``, from their ``.grad``;
``optim.Adam(lr=0.01)`` is for `nn.fit`, or for numbers of your own: ``w = optimizer.update(w, g)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Value
from nn.clipping import Numbers, clip_grad_norm, clip_grad_value, clip_norm, clip_value
from nn.schedules import Rate, Schedule


class Optimizer:
    """Base of the optimizers: a subclass sets its constants and writes `rule`.

    parameters: the Values that `step` moves; may be left out. lr: the learning rate, a number above 0 or a schedule
    (a function of the number of steps taken). clip_norm, clip_value: limits on the gradient, applied before the rule.
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.01,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        if isinstance(parameters, int | float):
            raise TypeError(f"the first argument is the parameters; write lr={parameters!r} for the learning rate")
        self.lr = lr
        if not callable(lr):
            _positive(lr=lr)
        if clip_norm is not None:
            _positive(clip_norm=clip_norm)
        if clip_value is not None:
            _positive(clip_value=clip_value)
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.steps = 0
        self.state: dict[str, Any] = {}
        self.parameters: list[Value] = []
        if parameters is not None:
            self.bind(parameters)

    def bind(self, parameters: Iterable[Value]) -> None:
        """Take these parameters to move. What is remembered of other ones, bound before, is dropped."""
        chosen = list(parameters)
        for p in chosen:
            if not isinstance(p, Value) or p.gate is not None:
                raise TypeError(f"an optimizer moves leaf Values, such as model.parameters(), but was given {p!r}")
        if len(set(chosen)) != len(chosen):
            raise ValueError("a parameter was given twice; it would be moved twice")
        if chosen != self.parameters:
            self.parameters, self.steps, self.state = chosen, 0, {}

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        """The new w, and what to remember, from w, its gradient g, and what `self.state` remembers."""
        raise NotImplementedError

    def update(self, w: Numbers, g: Numbers) -> Numbers:
        """One step: clip the gradient, apply the rule, remember. A float gives a float, a vector a vector."""
        if self.clip_value is not None:
            g = clip_value(g, self.clip_value)
        if self.clip_norm is not None:
            g = clip_norm(g, self.clip_norm)
        new, state = self.rule(w, g, self.rate())
        self.state, self.steps = state, self.steps + 1
        return new

    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.lr(self.steps) if callable(self.lr) else self.lr

    def step(self) -> None:
        """Move the parameters once, along their gradients. Frozen ones stay."""
        if not self.parameters:
            raise ValueError(f"this {type(self).__name__} has no parameters to move; give it model.parameters()")
        w = np.array([p.data for p in self.parameters])
        g = np.array([p.grad if p.requires_grad else 0.0 for p in self.parameters])
        moved = self.update(w, g).tolist()
        for p, number in zip(self.parameters, moved, strict=True):
            if p.requires_grad:
                p.data = number

    def zero_grad(self) -> None:
        """Set the gradients of its parameters to 0: `backward` adds."""
        for p in self.parameters:
            p.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """What it remembers: the number of steps and the vectors of its rule, copied."""
        return {"steps": self.steps, **{name: np.array(vector) for name, vector in self.state.items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave; ValueError if that is not of as many parameters, and nothing changes."""
        if "steps" not in state:
            raise ValueError(
                f"an optimizer's state has the number of steps, but was given {', '.join(state) or 'none'}"
            )
        remembered = {name: np.array(vector) for name, vector in state.items() if name != "steps"}
        for name, vector in remembered.items():
            if self.parameters and vector.shape != (len(self.parameters),):
                raise ValueError(f"this optimizer moves {len(self.parameters)} parameters, but the state's {name!r} is "
                                 f"of shape {vector.shape}")  # fmt: skip
        self.state, self.steps = remembered, int(state["steps"])

    def __repr__(self) -> str:
        constants = {k: v for k, v in vars(self).items() if k not in ("steps", "state", "parameters") and v is not None}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in constants.items())})"


def assign(parameters: list[Value], numbers: np.typing.NDArray[np.float64]) -> None:
    """Write a vector back into the parameters, as Python floats."""
    for parameter, number in zip(parameters, numbers.tolist(), strict=True):
        parameter.data = number


class GradientDescent(Optimizer):
    """w ← w − lr · g. (Cauchy 1847.)"""

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        return w - lr * g, {}


class SGD(Optimizer):
    """w ← w − lr · v with v ← momentum · v + g: the gradient's moving sum carries over bumps and along valleys.

    nesterov: go by g + momentum · v, the gradient looked at from a step ahead. weight_decay: adds weight_decay · w to
    g. Without momentum it is gradient descent; it is the batch that makes it stochastic. (Polyak 1964; Nesterov 1983;
    Sutskever et al. 2013, in PyTorch's form.)
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.01,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        **clipping: Any,
    ) -> None:
        super().__init__(parameters, lr, **clipping)
        _fraction(momentum=momentum)
        _not_negative(weight_decay=weight_decay)
        if nesterov and not momentum:
            raise ValueError("Nesterov's step looks ahead along the momentum; give a momentum above 0")
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        g = g + self.weight_decay * w
        if not self.momentum:
            return w - lr * g, {}
        v = self.momentum * self.state["v"] + g if self.state else g
        return w - lr * (g + self.momentum * v if self.nesterov else v), {"v": v}


class RMSProp(Optimizer):
    """w ← w − lr · g / (√s + eps) with s ← alpha · s + (1 − alpha) · g²: each parameter by its own gradient's size.

    momentum: as in SGD, of the scaled gradient. (Tieleman & Hinton 2012, lecture 6e.)
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        *,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        **clipping: Any,
    ) -> None:
        super().__init__(parameters, lr, **clipping)
        _fraction(alpha=alpha, momentum=momentum)
        _not_negative(eps=eps, weight_decay=weight_decay)
        self.alpha, self.eps, self.momentum, self.weight_decay = alpha, eps, momentum, weight_decay

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        g = g + self.weight_decay * w
        s = self.alpha * self.state.get("s", 0.0) + (1.0 - self.alpha) * g * g
        v = self.momentum * self.state.get("v", 0.0) + g / (s**0.5 + self.eps)
        return w - lr * v, {"s": s, "v": v}


class Adam(Optimizer):
    """w ← w − lr · m̂ / (√v̂ + eps): the mean of the gradient over the root of the mean of its square.

    m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g²; both start at 0, and m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ) make up
    for that. weight_decay: adds weight_decay · w to g. (Kingma & Ba 2015.)
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.0,
        **clipping: Any,
    ) -> None:
        super().__init__(parameters, lr, **clipping)
        _fraction(beta1=betas[0], beta2=betas[1])
        _not_negative(eps=eps, weight_decay=weight_decay)
        self.betas, self.eps, self.weight_decay = (betas[0], betas[1]), eps, weight_decay

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        g = g + self.weight_decay * w
        return self.moments(w, g, lr)

    def moments(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        """Adam's step proper, on a gradient to which no decay is left to add."""
        (b1, b2), t = self.betas, self.steps + 1
        m = b1 * self.state.get("m", 0.0) + (1.0 - b1) * g
        v = b2 * self.state.get("v", 0.0) + (1.0 - b2) * g * g
        size = (v / (1.0 - b2**t)) ** 0.5 + self.eps
        return w - lr * (m / (1.0 - b1**t)) / size, {"m": m, "v": v}


class AdamW(Adam):
    """Adam with the decay taken from the weights, not put into the gradient: w ← w − lr · weight_decay · w first.

    (Loshchilov & Hutter 2019.)
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.01,
        **clipping: Any,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay=weight_decay, **clipping)

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        return self.moments(w - lr * self.weight_decay * w, g, lr)


def _positive(**constants: float) -> None:
    for name, value in constants.items():
        if not (isinstance(value, int | float | np.number) and 0.0 < value < math.inf):
            raise ValueError(f"{name} is a number above 0, but was given {value!r}")


def _not_negative(**constants: float) -> None:
    for name, value in constants.items():
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{name} is a number from 0 up, but was given {value!r}")


def _fraction(**constants: float) -> None:
    for name, value in constants.items():
        if not 0.0 <= value < 1.0:
            raise ValueError(f"{name} is a number from 0 up to, not including, 1, but was given {value!r}")


__all__ = [
    "SGD", "Adam", "AdamW", "GradientDescent", "Optimizer", "RMSProp", "Schedule", "clip_grad_norm", "clip_grad_value",
    "clip_norm", "clip_value",
]  # fmt: skip
