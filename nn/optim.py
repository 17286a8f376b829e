"""Optimizers: how parameters move, given their gradients.

Each optimizer is one update rule, `rule(w, g, lr)`, in plain arithmetic: it serves one float, one Value and a NumPy
vector of all parameters alike, and it is all there is to the optimizer. The rules and their defaults are PyTorch's,
step for step. What they share, and what is remembered between steps, is in `nn.optimizer`.

``optim.Adam(model.parameters(), lr=0.01)`` moves those Values at each ``step()``, from their ``.grad``;
``optim.Adam(lr=0.01)`` is for `nn.fit`, or for numbers of your own: ``w = optimizer.update(w, g)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import Value
from nn.checks import fraction, not_negative
from nn.clipping import Numbers, clip_grad_norm, clip_grad_value, clip_norm, clip_value
from nn.optimizer import Optimizer, assign
from nn.schedules import Rate, Schedule


class GradientDescent(Optimizer):
    """w ← w − lr · g. (Cauchy 1847.)

    >>> GradientDescent(lr=0.1).update(1.0, 2.0)
    0.8
    """

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        return w - lr * g, {}


class SGD(Optimizer):
    """w ← w − lr · v with v ← momentum · v + g: the gradient's moving sum carries over bumps and along valleys.

    nesterov: go by g + momentum · v, the gradient looked at from a step ahead. weight_decay: adds weight_decay · w to
    g. Without momentum it is gradient descent; it is the batch that makes it stochastic. (Polyak 1964; Nesterov 1983;
    Sutskever et al. 2013, in PyTorch's form.)

    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).backward()  # gradients 2 and 1.6: the second step goes by 0.9 · 2 + 1.6
    ...     optimizer.step()
    >>> round(w.data, 12)
    0.46
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
        fraction(momentum=momentum)
        not_negative(weight_decay=weight_decay)
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

    >>> round(RMSProp(lr=0.1, alpha=0.75).update(1.0, 2.0), 6)  # 1 − 0.1 · 2 / √(0.25 · 2²)
    0.8
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
        fraction(alpha=alpha, momentum=momentum)
        not_negative(eps=eps, weight_decay=weight_decay)
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

    >>> round(Adam(lr=0.1).update(1.0, 1000.0), 6)  # the first step is by lr, however large the gradient
    0.9
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
        try:
            b1, b2 = betas
        except (TypeError, ValueError):
            raise ValueError(f"betas are two numbers, such as (0.9, 0.999), but was given {betas!r}") from None
        fraction(beta1=b1, beta2=b2)
        not_negative(eps=eps, weight_decay=weight_decay)
        self.betas, self.eps, self.weight_decay = (b1, b2), eps, weight_decay

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        g = g + self.weight_decay * w
        return self.moments(w, g, lr)

    def moments(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        """Adam's step proper, on a gradient to which no decay is left to add."""
        (b1, b2), t = self.betas, self.ages + 1
        m = b1 * self.state.get("m", 0.0) + (1.0 - b1) * g
        v = b2 * self.state.get("v", 0.0) + (1.0 - b2) * g * g
        size = (v / (1.0 - b2**t)) ** 0.5 + self.eps
        return w - lr * (m / (1.0 - b1**t)) / size, {"m": m, "v": v}


class AdamW(Adam):
    """Adam with the decay taken from the weights, not put into the gradient: w ← w − lr · weight_decay · w first.

    (Loshchilov & Hutter 2019.)

    >>> round(AdamW(lr=0.1, weight_decay=0.5).update(1.0, 1000.0), 6)  # 1 − 0.1 · 0.5 − 0.1
    0.85
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


__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "GradientDescent",
    "Optimizer",
    "RMSProp",
    "Schedule",
    "assign",
    "clip_grad_norm",
    "clip_grad_value",
    "clip_norm",
    "clip_value",
]
