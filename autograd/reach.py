"""What a function can get at besides its arguments: Values whose numbers it might read, and state that it might keep.

Found by looking, from the function through its closure, its defaults and the globals it names to whatever these hold.
Looked at before and after a call, it tells whether the call has changed something that the next one will find.
"""

from __future__ import annotations

import gc
import os.path
import sys
from types import CodeType, FunctionType, GetSetDescriptorType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple

from autograd.gates import Gate
from autograd.value import Value


class Reach(NamedTuple):
    """What a function can get at: the leaves whose numbers it might read, and a mark of all the rest as it is now."""

    leaves: frozenset[Value]
    state: list[object]


def reach(function: object, watched: frozenset[Value]) -> Reach:
    """Whatever is in a function's closure, its defaults, the globals that it names, and in all these.

    watched: leaves that are watched already, by another thread that records.
    """
    random, numpy = sys.modules.get("random"), sys.modules.get("numpy.random")
    leaves: list[Value] = []
    state: list[object] = []
    seen: set[int] = set()
    stack: list[Any] = [function]
    while stack and len(state) < _MOST_LOOKED_AT:
        x = stack.pop()
        state.append(id(x))
        if isinstance(x, _HOLD_NONE) or id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, Value):
            if x.gate is None and (type(x) is Value or x in watched):
                leaves.append(x)
        elif isinstance(x, FunctionType):
            codes = [] if x.__code__.co_filename.startswith(OURS) else [x.__code__]
            for code in codes:  # grows by the functions defined inside
                codes += [c for c in code.co_consts if isinstance(c, CodeType)]
                stack += [x.__globals__[name] for name in code.co_names if name in x.__globals__]
            stack += [x.__closure__, x.__defaults__, x.__kwdefaults__]
        elif isinstance(x, type):
            if x.__module__.partition(".")[0] not in ("builtins", "autograd", "nn", "numpy"):
                stack += [held for held in vars(x).values() if not isinstance(held, _OF_CLASSES)]
        else:
            stack += gc.get_referents(x)
            if random is not None and isinstance(x, random.Random):
                state.append(x.getstate())
            elif numpy is not None and isinstance(x, numpy.Generator):
                state.append(repr(x.bit_generator.state))
    return Reach(frozenset(leaves), state)


#: Where the files of this project are, whose functions keep no state.
OURS = tuple([os.path.join(os.path.dirname(os.path.dirname(__file__)), name, "") for name in ("autograd", "nn", "viz")])

_OF_CLASSES = (str, GetSetDescriptorType, MemberDescriptorType, MappingProxyType)
_HOLD_NONE = (int, float, complex, str, bytes, ModuleType, Gate)
_MOST_LOOKED_AT = 1_000_000


def chance() -> tuple[object, ...]:
    """Where the common random generators stand."""
    random, numpy = sys.modules.get("random"), sys.modules.get("numpy.random")
    _, key, position, *rest = numpy.get_state() if numpy else (0, b"", 0)
    return random and random.getstate(), bytes(key), position, *rest
