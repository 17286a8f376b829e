"""The engine: numbers that remember how they were made, and the chain rule over what they remember."""

from autograd.backprop import backward_steps, forward_steps, recompute, topological_order
from autograd.check import gradcheck
from autograd.diagnose import Diagnosis, diagnose
from autograd.errors import AnomalyError, DomainError, GradcheckError
from autograd.functional import derivative, grad, hessian, jacobian, value_and_grad
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
    "GATES",
    "ROLES",
    "AnomalyError",
    "Diagnosis",
    "DomainError",
    "Gate",
    "GradcheckError",
    "Value",
    "apply",
    "backward_steps",
    "cos",
    "derivative",
    "detect_anomaly",
    "diagnose",
    "dot",
    "exp",
    "forward_steps",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "leaky_relu",
    "log",
    "logsumexp",
    "maximum",
    "minimum",
    "no_grad",
    "recompute",
    "register",
    "relu",
    "scope",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "sum",
    "tanh",
    "topological_order",
    "value_and_grad",
    "watch_comparisons",
]  # fmt: skip
