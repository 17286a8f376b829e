"""Kernels on disk: each is written down once as a module of its own, and numba keeps what it compiled beside it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
from numba.core.errors import NumbaError

from autograd.program import compiled


class CannotCompileError(Exception):
    """A formula uses what numba does not know."""


@cache
def kernel_of(source: str) -> Any:
    """The kernel of the module with this source, compiled now or taken from the disk; has an `address`."""
    try:
        return _loaded(source).kernel
    except NumbaError as error:
        raise CannotCompileError(str(error)) from None


@cache
def _directory() -> Path:
    """Where kernels are kept: the user's cache, or for this process alone where that can't be written."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    directory = Path(home) / "gatewise"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError:
        return Path(tempfile.mkdtemp(prefix="gatewise-"))


@cache
def _common() -> bytes:
    """What every kernel depends on besides its own source."""
    return Path(compiled.__file__).read_bytes() + str(numba.__version__).encode()


def _loaded(source: str) -> ModuleType:
    name = "kernel_" + hashlib.sha256(source.encode() + _common()).hexdigest()[:24]
    path = _directory() / f"{name}.py"
    if not path.exists():
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".py")
        with os.fdopen(handle, "w") as file:
            file.write(source)
        os.replace(beside, path)
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module
