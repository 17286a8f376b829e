"""Scopes as frames: which frame each Value stands in, so that frames never feed each other in a circle.

A frame is drawn as one box, so what enters it must not depend on what leaves it. Where a scope was left and entered
again (a cell called at each step of a sequence), its second stay becomes a frame of its own: ``cell``, ``cell (2)``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache

from autograd import Value

#: The frames around something, from the outside in; each named by its part of the scope's path.
Path = tuple[str, ...]

#: More scopes than this in one circle are not told apart by their stays; they are not drawn as frames.
_MANY = 64


@lru_cache(maxsize=10_000)
def frames_in(scope: str) -> Path:
    """The frames of a dotted scope; a number belongs to the word before it: ``('layers.0', 'neurons.3')``."""
    parts: list[str] = []
    for part in scope.split(".") if scope else ():
        if part.isdigit() and parts:
            parts[-1] += f".{part}"
        else:
            parts.append(part)
    return tuple(parts)


def frame_paths(order: Sequence[Value]) -> dict[Value, Path]:
    """The frames around every Value of a topological order, for scopes that are not feeding each other in a circle."""
    paths = {value: frames_in(value.scope) for value in order}
    depth = 0
    while any(len(path) > depth for path in paths.values()):
        split: set[Path] = set()
        while stuck := circular(_edges(order, paths, depth)):
            circle = {item for item in stuck if isinstance(item, tuple)}
            if len(circle) <= _MANY and not circle <= split:
                for path in circle:
                    _tell_stays_apart(order, paths, path)
                split |= circle | {path[: depth + 1] for path in paths.values()}
            else:
                for value, path in paths.items():
                    if path[: depth + 1] in circle:
                        paths[value] = path[:depth] + path[depth + 1 :]
        depth += 1
    return paths


def item_at(value: Value, path: Path, depth: int) -> Hashable:
    """What stands for `value` among the things inside its first `depth` frames: the next frame, or itself."""
    return path[: depth + 1] if len(path) > depth else value


def _edges(order: Sequence[Value], paths: dict[Value, Path], depth: int) -> dict[Hashable, set[Hashable]]:
    """Which items feed which, inside each frame of that depth."""
    feeds: dict[Hashable, set[Hashable]] = {}
    for value in order:
        path = paths[value]
        for parent in value.parents:
            other = paths[parent]
            if len(path) >= depth and len(other) >= depth and path[:depth] == other[:depth]:
                source, target = item_at(parent, other, depth), item_at(value, path, depth)
                if source is not target and source != target:
                    feeds.setdefault(source, set()).add(target)
    return feeds


def circular(feeds: dict[Hashable, set[Hashable]]) -> set[Hashable]:
    """The items on a cycle or between two: what remains after removing sources and sinks repeatedly."""
    back: dict[Hashable, set[Hashable]] = {}
    for source, targets in feeds.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    left = feeds.keys() | back.keys()
    for ahead, behind in ((feeds, back), (back, feeds)):
        waiting = {item: sum(other in left for other in behind.get(item, ())) for item in left}
        free = [item for item, count in waiting.items() if not count]
        while free:
            item = free.pop()
            left.discard(item)
            for target in ahead.get(item, ()):
                if target in left:
                    waiting[target] -= 1
                    if not waiting[target]:
                        free.append(target)
    return left


def _tell_stays_apart(order: Iterable[Value], paths: dict[Value, Path], path: Path) -> None:
    """Number the stays in the frame `path` along the graph, and give each its own frame."""
    depth = len(path)
    stays: dict[Value, int] = {}  # for what depends on the frame: in how many stays, up to here
    for value in order:
        inside = paths[value][:depth] == path
        count = -1
        for parent in value.parents:
            if parent in stays:
                count = max(count, stays[parent] + (inside and paths[parent][:depth] != path))
        if inside or count >= 0:
            stays[value] = max(count, 0)
    for value, count in stays.items():
        if count and paths[value][:depth] == path:
            paths[value] = (*path[:-1], f"{path[-1]} ({count + 1})", *paths[value][depth:])
