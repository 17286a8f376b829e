"""Names for the Values of a graph: what a person called them, where they said so.

In this order: a Value's label; the variable of the calling code that holds it (``w``, ``xs[1]``, a model's parameter by
its path); for a constant its number; for the rest the scope and ``v1``, ``v2``, ..., the usual names of intermediate
variables in the automatic differentiation literature (Baydin et al., 2018, JMLR 18:153).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType

from autograd import Value
from viz.text.numbers import format_number

#: How deep lists of lists of Values are looked into, and how many of their items.
_DEPTH, _ITEMS = 3, 100_000
#: What IPython keeps in every notebook's namespace beside the user's own names.
_NOT_NAMES = {"In", "Out", "exit", "quit", "get_ipython"}

Variables = Mapping[str, object]


def caller_variables() -> dict[str, object]:
    """The variables of the nearest calling frame outside this package: its locals, then its globals."""
    frame: FrameType | None = sys._getframe(1)
    here = str(Path(__file__).parents[1])
    while frame is not None and frame.f_code.co_filename.startswith(here):
        frame = frame.f_back
    if frame is None:
        return {}
    return {**frame.f_locals, **{k: v for k, v in frame.f_globals.items() if k not in frame.f_locals}}


def given_names(
    order: Iterable[Value], variables: Variables | None = None, number: Callable[[float], str] = format_number
) -> dict[Value, str]:
    """The names people gave: labels, variables, module paths, and for constants their numbers. Not made unique."""
    order = list(order)
    held = _held(variables or {}, set(order))
    names = {}
    for node in order:
        name = node.label or held.get(node, "")
        if not name and node.gate is None and not node.requires_grad:
            name = number(node.data)
        if name:
            names[node] = name
    return names


def names_of(
    order: Iterable[Value], variables: Variables | None = None, number: Callable[[float], str] = format_number
) -> dict[Value, str]:
    """A name for every Value of `order` (a topological order), no two alike but for equal constants.

    `variables` are the caller's, if its names are wanted (see `caller_variables`). Values of one name are told apart
    by their scopes, and if that is not enough by a count: ``w``, ``w (2)``. The same order gives the same names.
    """
    order = list(order)
    given = given_names(order, variables, number)
    constants = {n for n in order if n.gate is None and not n.requires_grad and not n.label}
    shared: dict[str, set[str]] = {}
    for node, name in given.items():
        if node not in constants:
            shared.setdefault(name, set()).add(node.scope)
    names: dict[Value, str] = {}
    taken = set(shared)
    used: set[str] = set()
    count = 0
    for node in order:
        name = given.get(node, "")
        if node in constants:
            names[node] = name
            continue
        if not name:
            count += 1
            while (name := f"{node.scope}.v{count}".lstrip(".")) in taken:
                count += 1
        elif len(shared[name]) > 1 and node.scope:
            name = f"{node.scope}.{name}"
        base, again = name, 1
        while name in used:
            again += 1
            name = f"{base} ({again})"
        used.add(name)
        names[node] = name
    return names


def output_name(taken: Container[str]) -> str:
    """What an output without a name is called: the first of a few usual letters that is not taken; "" if all are."""
    return next((name for name in ("f", "y", "g", "output") if name not in taken), "")


def _held(variables: Variables, wanted: set[Value]) -> dict[Value, str]:
    """Which variable holds which Value. A plain variable goes before a list's item, an item before a parameter."""
    held: dict[Value, str] = {}
    public = {k: v for k, v in variables.items() if k.isidentifier() and not k.startswith("_") and k not in _NOT_NAMES}
    for name, thing in public.items():
        if isinstance(thing, Value) and thing in wanted:
            held.setdefault(thing, name)
    for name, thing in public.items():
        if isinstance(thing, list | tuple):
            for value, path in _items(thing, name):
                if value in wanted:
                    held.setdefault(value, path)
    for thing in public.values():
        parameters = getattr(type(thing), "named_parameters", None)
        if callable(parameters):
            found = parameters(thing)
            for path, value in found.items() if isinstance(found, Mapping) else found:
                if isinstance(value, Value) and value in wanted:
                    held.setdefault(value, path)
    return held


def _items(thing: list[object] | tuple[object, ...], name: str) -> Iterator[tuple[Value, str]]:
    """Values inside nested lists, with the expression that reaches them: ``w[1][0]``."""
    stack: list[tuple[object, str, int]] = [(thing, name, 0)]
    left = _ITEMS
    while stack and left:
        item, path, depth = stack.pop()
        left -= 1
        if isinstance(item, Value):
            yield item, path
        elif isinstance(item, list | tuple) and depth < _DEPTH:
            inner = [(child, f"{path}[{i}]", depth + 1) for i, child in enumerate(item[:left])]
            stack.extend(reversed(inner))
