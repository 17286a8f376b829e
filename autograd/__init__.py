"""The engine: numbers that remember how they were made, and the chain rule over what they remember."""

from typing import TYPE_CHECKING

from autograd.backprop import backward_steps, forward_steps, recompute
from autograd.check import gradcheck
from autograd.diagnose import Diagnosis, diagnose
from autograd.errors import AnomalyError, DomainError, GradcheckError, RecordingError
from autograd.functional import derivative, grad, hessian, jacobian, value_and_grad
from autograd.functions import (
    cos,
    dot,
    erf,
    exp,
    leaky_relu,
    log,
    log1p,
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
    where,
)
from autograd.gates import GATES, ROLES, Gate, register
from autograd.installation import refuse_hips
from autograd.mode import detect_anomaly, no_grad, scope
from autograd.node import topological_order
from autograd.tracing import decide
from autograd.value import Value, apply

if TYPE_CHECKING:
    from autograd.program import Program, compile

refuse_hips()

__all__ = [
    "GATES",
    "ROLES",
    "AnomalyError",
    "Diagnosis",
    "DomainError",
    "Gate",
    "GradcheckError",
    "Program",
    "RecordingError",
    "Value",
    "apply",
    "backward_steps",
    "compile",
    "cos",
    "decide",
    "derivative",
    "detect_anomaly",
    "diagnose",
    "dot",
    "erf",
    "exp",
    "forward_steps",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "leaky_relu",
    "log",
    "log1p",
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
    "where",
]


def __getattr__(name: str) -> object:
    """Programs need NumPy, which takes longer to import than all the rest: they are imported when first asked for."""
    if name in ("Program", "compile"):
        from autograd import program

        globals().update(Program=program.Program, compile=program.compile)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
