"""The engine: numbers that remember how they were made, and the chain rule over what they remember."""

from autograd.backprop import backward_steps, forward_steps, recompute, topological_order
from autograd.errors import AnomalyError, DomainError, GradcheckError
from autograd.functions import (
    cos,
    dot,
    exp,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    sum,
    tanh,
)
from autograd.gates import GATES, ROLES, Gate, register
from autograd.mode import detect_anomaly, no_grad, scope, watch_comparisons
from autograd.value import Value, apply

__all__ = [
    "GATES", "ROLES", "AnomalyError", "DomainError", "Gate", "GradcheckError", "Value", "apply", "backward_steps",
    "cos", "detect_anomaly", "dot", "exp", "forward_steps", "leaky_relu", "log", "logsumexp", "maximum", "minimum",
    "no_grad", "recompute", "register", "relu", "scope", "sigmoid", "sin", "softplus", "sqrt", "sum", "tanh",
    "topological_order", "watch_comparisons",
]  # fmt: skip
