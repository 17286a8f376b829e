"""What a function can get at besides its arguments: the state that it might keep from one call to the next.

Found by looking, from the function through its closure, its defaults and the globals it names to whatever these hold.
Looked at before and after a call, it tells whether the call has changed something that the next one will find.
"""

from __future__ import annotations

import array
import contextvars
import gc
import itertools
import operator
import os
import sys
import sysconfig
import weakref
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, GetSetDescriptorType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any

from autograd.frames import OURS
from autograd.gates import Gate
from autograd.value import Value


def reach(function: object) -> list[object]:
    """A mark of whatever is in a function's closure, its defaults, the globals that it names, and in all these.

    Two are equal if the state is the same. Numbers of Values are no part of it.
    """
    state: list[object] = []
    seen: set[int] = set()
    stack: list[Any] = [function]
    while stack and len(state) < _MOST_LOOKED_AT:
        x = stack.pop()
        state.append(id(x))
        if isinstance(x, _HOLD_NONE) or id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, FunctionType):
            if not _is_stateless(x.__code__.co_filename):
                stack += _named_globals(x)
            stack += [x.__closure__, x.__defaults__, x.__kwdefaults__, x.__dict__]
        elif isinstance(x, type):
            if str(x.__module__).partition(".")[0] not in ("builtins", "autograd", "nn", "numpy"):
                stack += [held for held in vars(x).values() if not isinstance(held, _OF_CLASSES)]
        elif isinstance(x, weakref.ref):
            stack.append(x())
        elif isinstance(x, contextvars.ContextVar):
            stack.append(x.get(None))
        else:
            stack += gc.get_referents(x)
            state += _content(x)
            if str(getattr(x, "dtype", "")) == "object":  # NumPy hides what such an array holds
                stack += x.ravel().tolist()
    return state


_OF_CLASSES = (str, GetSetDescriptorType, MemberDescriptorType, MappingProxyType)
_HOLD_NONE = (int, float, complex, str, bytes, ModuleType, Gate, Value)
_MOST_LOOKED_AT = 1_000_000


def _named_globals(function: FunctionType) -> list[Any]:
    """The globals that a function and the functions defined in it name, and what they name of modules."""
    codes = [function.__code__]
    for code in codes:  # grows by the functions defined inside
        codes += [c for c in code.co_consts if isinstance(c, CodeType)]
    names = list(dict.fromkeys(name for code in codes for name in code.co_names))
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    modules: set[int] = set()
    for x in found:  # grows by what is named of the modules
        if isinstance(x, ModuleType) and id(x) not in modules and not _is_stateless(getattr(x, "__file__", None) or ""):
            modules.add(id(x))
            found += [vars(x)[name] for name in names if name in vars(x)]
    return found


@cache
def _is_stateless(filename: str) -> bool:
    """Whether a file belongs to this project, to Python or to NumPy, whose functions keep no state of the user's."""
    if filename.startswith(OURS):
        return True
    installed = os.path.join("-packages", "")
    return os.path.join(installed, "numpy", "") in filename or (
        filename.startswith(sysconfig.get_path("stdlib")) and installed not in filename
    )


def _content(x: Any) -> Iterator[object]:
    """The state of things that hold something else than objects."""
    numpy, random = sys.modules.get("numpy"), sys.modules.get("random")
    if isinstance(x, bytearray | array.array):
        yield hash(bytes(x))
    elif isinstance(x, itertools.count):
        yield repr(x)
    elif isinstance(x, Iterator) and hasattr(x, "__length_hint__"):
        yield operator.length_hint(x)
    elif random is not None and isinstance(x, random.Random):
        yield x.getstate()
    elif numpy is not None:
        if isinstance(x, numpy.ndarray):
            yield hash(x.tobytes()) if x.dtype != object else x.shape
        elif isinstance(x, numpy.random.Generator):
            yield repr(x.bit_generator.state)


def chance() -> tuple[object, ...]:
    """Where the common random generators stand."""
    random, numpy = sys.modules.get("random"), sys.modules.get("numpy.random")
    _, key, position, *rest = numpy.get_state() if numpy else (0, b"", 0)
    return random and random.getstate(), bytes(key), position, *rest
