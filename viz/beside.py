"""Gatewise's `nn`, told apart from a file or package of that name that is the user's own."""

from __future__ import annotations

import sys
from importlib import import_module
from os.path import abspath, dirname, join
from types import ModuleType
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from nn import Module

_NN = join(dirname(dirname(abspath(__file__))), "nn")


def _is_ours(module: ModuleType | None) -> bool:
    """Whether a module's file lies in the folder `nn` beside `viz`."""
    file = getattr(module, "__file__", None)
    return file is not None and dirname(abspath(file)) == _NN


def is_model(value: object) -> TypeGuard[Module]:
    """Whether it is a module of nn, which nobody has without having imported that. Imports nothing."""
    modules = sys.modules.get("nn.modules")
    return modules is not None and _is_ours(modules) and isinstance(value, modules.Module)


def require_nn(purpose: str) -> None:
    """Import nn for `purpose`; ImportError if what is found by that name is not Gatewise's."""
    nn = import_module("nn")
    if not _is_ours(nn):
        place = getattr(nn, "__file__", None) or "a folder without an __init__.py"
        raise ImportError(
            f"{purpose} needs Gatewise's nn, but 'import nn' finds {place}; "
            "rename that, or run Python from another folder"
        )
