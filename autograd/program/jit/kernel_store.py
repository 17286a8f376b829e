"""Kernels on disk: each is written down once as a module of its own, and numba keeps what it compiled beside it.

What is on disk is never trusted. The folder belongs to the user alone; a module is what its source says, not what its
file says; and of what numba wrote, checksums are kept. Whatever doesn't fit is written anew, and where that can't be
done (a full disk) the kernel is compiled for this process alone.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import os
import platform
import stat
import sys
import tempfile
from functools import cache
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

import numba
from numba.core.errors import NumbaError

from autograd.program.jit import intrinsics


class CannotCompileError(Exception):
    """A formula uses what numba does not know."""


_lock = RLock()


@cache
def kernel_of(source: str) -> Any:
    """The kernel of the module with this source, compiled now or taken from the disk; has an `address`."""
    with _lock:
        try:
            return _kept(source).kernel
        except NumbaError as error:
            raise CannotCompileError(str(error)) from None
        except Exception:  # something on disk is not as it should be, in a way that wasn't noticed, or can't be written
            return _module("kernel", source.replace("cache=True, ", ""), "<kernel>").kernel


def _kept(source: str) -> ModuleType:
    """The module of a kernel, its files checked before and noted after."""
    name = "kernel_" + hashlib.sha256(source.encode() + _common()).hexdigest()[:24]
    path = directory() / f"{name}.py"
    note = path.with_suffix(".sums")
    if _content(path) != source.encode():
        _write(path, source.encode())
    found = _sums(path)
    if found and _content(note) != found:
        for file in _compiled_files(path):
            file.unlink(missing_ok=True)
    settings: Any = numba.config
    elsewhere, settings.CACHE_DIR = settings.CACHE_DIR, ""  # so that what numba writes lies beside the module
    try:
        module = _module(name, source, str(path))
    finally:
        settings.CACHE_DIR = elsewhere
    made = _sums(path)
    if made != found or _content(note) != made:
        _write(note, made)
    return module


def _module(name: str, source: str, filename: str) -> ModuleType:
    module = ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, origin=filename)
    sys.modules[name] = module  # where numba looks for it
    exec(compile(source, filename, "exec"), module.__dict__)
    return module


@cache
def _common() -> bytes:
    """What every kernel depends on besides its own source."""
    versions = (numba.__version__, sys.version, platform.machine(), platform.processor())
    return Path(intrinsics.__file__).read_bytes() + repr(versions).encode()


@cache
def directory() -> Path:
    """Where kernels are kept: in the user's cache, or for this process alone where that is not private to the user."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "gatewise"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _is_private(folder):
            with tempfile.TemporaryFile(dir=folder):
                return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="gatewise-"))


def _is_private(directory: Path) -> bool:
    """Whether nobody else can write there; a folder of the user's own is closed to others first."""
    if not hasattr(os, "getuid"):  # Windows, where the user's folders are the user's own
        return True
    about = directory.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
        return False
    if stat.S_IMODE(about.st_mode) & 0o077:
        directory.chmod(0o700)
    return True


def _compiled_files(path: Path) -> list[Path]:
    """What numba wrote for the module at `path`."""
    return sorted(file for file in (path.parent / "__pycache__").glob(f"{path.stem}.*") if file.suffix in _SUFFIXES)


#: numba's index of what it compiled, and the machine code.
_SUFFIXES = (".nbi", ".nbc")


def _sums(path: Path) -> bytes:
    """Name and checksum of each file that numba wrote for the module at `path`, a line each."""
    files = [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in _compiled_files(path)]
    return "".join(f"{total}  {name}\n" for name, total in files).encode()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Written beside and renamed, so that no other process sees half of it."""
    handle, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
