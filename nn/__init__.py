"""Neural networks made of Values: layers, losses, optimizers, data, training, in the habits of PyTorch.

``model = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid", seed=0)`` is 337 Values that know their names;
``nn.fit`` records its graph for one row and replays it for all.
"""

from typing import Any

import autograd

if "GATES" not in vars(autograd):
    _place = getattr(autograd, "__file__", None) or f"{next(iter(autograd.__path__))} without an __init__.py"
    raise ImportError(
        f"nn needs Gatewise's autograd, but 'import autograd' finds {_place}: HIPS autograd (PyPI's distribution "
        "'autograd', which is installed into the same folder), what uninstalling one of the two has left, or a file of "
        "your own. The two cannot share an environment: run 'pip uninstall autograd gatewise' and install Gatewise "
        "again; a file of your own needs another name"
    )

from nn import activations, data, functional, information, initialization, losses, optim, schedules
from nn.history import Callback, EarlyStopping, Epoch, History
from nn.layers import Activation, Layer, Neuron, Softmax
from nn.loop import TrainingError
from nn.losses import Loss
from nn.measures import descend, gradient_sizes, gradients
from nn.models import LinearRegression, LogisticRegression, SoftmaxRegression
from nn.modules import Module
from nn.networks import MLP, Sequential
from nn.optim import Optimizer
from nn.prediction import predict
from nn.saving import load, save
from nn.training import fit

__all__ = [
    "MLP",
    "Activation",
    "Callback",
    "EarlyStopping",
    "Epoch",
    "History",
    "Layer",
    "LinearRegression",
    "LogisticRegression",
    "Loss",
    "Module",
    "Neuron",
    "Optimizer",
    "Sequential",
    "Softmax",
    "SoftmaxRegression",
    "TrainingError",
    "activations",
    "data",
    "descend",
    "fit",
    "functional",
    "gradient_sizes",
    "gradients",
    "information",
    "initialization",
    "load",
    "losses",
    "optim",
    "predict",
    "save",
    "schedules",
]


def __getattr__(name: str) -> Any:
    if name == "estimators":  # imports scikit-learn, so only when asked for
        import importlib

        return importlib.import_module("nn.estimators")
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
