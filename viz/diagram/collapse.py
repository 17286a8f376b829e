"""What is drawn as one box: collapsed scopes, and in large graphs what is alike or far from the output.

A large graph is first collapsed by scope, to the depth that fits. What is still too large has no scopes that help: then
gates of one kind at one distance from the output become one *stack* (the same in every row of a batch, most often), and
if even that is too large, what lies furthest from the output becomes one box.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from autograd import Value
from viz.diagram.scopes import Path, frame_paths

#: A drawing of more nodes than this starts collapsed.
LIMIT = 300
#: A drawing that starts collapsed has at most this many boxes and this many wires.
_BOXES, _WIRES = 150, 300
#: A stack has at least this many members.
_STACK = 8
#: When what is far from the output becomes one box: how many items near the output stay, and in how many ranks.
_KEPT, _KEPT_RANKS = 100, 20

Expand = bool | int | str | Iterable[str] | None


@dataclass(slots=True, eq=False)
class Group:
    """Several Values drawn as one box, inside the frames of `path`. kind: scope, stack or rest."""

    kind: str
    name: str
    path: Path
    members: list[Value] = field(default_factory=list)


Item = Value | Group


@dataclass(slots=True)
class Grouping:
    """What is drawn for each Value (itself, or the group it is in), and the frames around each drawn item."""

    items: dict[Value, Item]
    paths: dict[Item, Path]

    def drawn(self, value: Value) -> bool:
        return self.items[value] is value


def grouped(
    order: Sequence[Value],
    outputs: Sequence[Value],
    expand: Expand = None,
    collapse: str | Iterable[str] = (),
    limit: int = LIMIT,
) -> Grouping:
    """Decide what is drawn as one box.

    expand: True for every gate; a number for that many levels of scopes; the names of scopes to open, ``*`` and ``?``
    allowed; None to open as much as `limit` nodes allow. collapse: the names of scopes to close in any case. Raises
    ValueError for a scope that is not there.
    """
    paths = frame_paths(order)
    depth, opened, closed = _wanted(paths, expand, collapse, limit)
    groups: dict[Path, Group] = {}
    items: dict[Value, Item] = {}
    shown: dict[Item, Path] = {}
    for value in order:
        path = paths[value]
        at = _closed_at(path, depth, opened, closed)
        if at is None:
            items[value], shown[value] = value, path
            continue
        group = groups.get(path[: at + 1])
        if group is None:
            group = groups[path[: at + 1]] = Group("scope", path[at], path[:at])
            shown[group] = path[:at]
        group.members.append(value)
        items[value] = group
    grouping = Grouping(items, shown)
    if expand is None and len(order) > limit:
        _stack(order, grouping)
        if len(grouping.paths) > _BOXES:
            _fold_far(order, grouping)
    return grouping


def _wanted(
    paths: Mapping[Value, Path], expand: Expand, collapse: str | Iterable[str], limit: int
) -> tuple[int, list[str], list[str]]:
    """How many levels of scopes are open, and the patterns of those that are open or closed in any case."""
    known = {".".join(path[: i + 1]) for path in set(paths.values()) for i in range(len(path))}
    closed = _patterns(collapse, known, "collapse")
    deepest = max((len(path) for path in paths.values()), default=0)
    if expand is True:
        return deepest, [], closed
    if isinstance(expand, int) and not isinstance(expand, bool):
        if expand < 0:
            raise ValueError(f"expand counts levels of scopes from 0 up, but was given {expand}")
        return expand, [], closed
    opened = [] if expand is None or isinstance(expand, bool) else _patterns(expand, known, "expand")
    if expand is False:
        return 0, [], closed
    depth = deepest
    while depth and len(paths) > limit and not _fits(paths, depth):
        depth -= 1
    return depth, opened, closed


def _fits(paths: Mapping[Value, Path], depth: int) -> bool:
    """Whether a drawing with that many levels of scopes open can still be read."""
    items = {value: value if len(path) <= depth else path[: depth + 1] for value, path in paths.items()}
    wires = {(parent, items[value]) for value in paths for parent in value.parents if items[parent] != items[value]}
    return len(set(items.values())) <= _BOXES and len(wires) <= _WIRES


def _patterns(given: str | Iterable[str], known: set[str], option: str) -> list[str]:
    patterns = [given] if isinstance(given, str) else list(given)
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"{option} takes names of scopes, but was given {pattern!r}")
        if not any(fnmatchcase(name, pattern) for name in known):
            there = "this graph has none: make some with `with autograd.scope(...)`"
            if known:
                there = f"the scopes are {', '.join(sorted(known)[:20])}{', ...' if len(known) > 20 else ''}"
            raise ValueError(f"{option}: there is no scope {pattern!r}; {there}")
    return patterns


def _closed_at(path: Path, depth: int, opened: Sequence[str], closed: Sequence[str]) -> int | None:
    """The index of the outermost frame of the path that is closed; None if all are open."""
    if len(path) <= depth and not closed:
        return None
    for i in range(len(path)):
        name = ".".join(path[: i + 1])
        if any(fnmatchcase(name, pattern) for pattern in closed):
            return i
        if i >= depth and not any(fnmatchcase(name, p) or p.startswith(name + ".") for p in opened):
            return i
    return None


def feeds_of(order: Sequence[Value], items: Mapping[Value, Item]) -> dict[Item, dict[Item, None]]:
    """Which items each item feeds, in order."""
    feeds: dict[Item, dict[Item, None]] = {}
    for value in order:
        target = items[value]
        for parent in value.parents:
            source = items[parent]
            if source is not target:
                feeds.setdefault(source, {})[target] = None
    return feeds


def _distances(order: Sequence[Value], grouping: Grouping) -> dict[Item, int]:
    """How many items lie on the longest path from each item to an output."""
    if not any(isinstance(item, Group) for item in grouping.paths):
        plain: dict[Item, int] = dict.fromkeys(grouping.paths, 0)
        for value in reversed(order):
            next_to = plain[value] + 1
            for parent in value.parents:
                if plain[parent] < next_to:
                    plain[parent] = next_to
        return plain
    feeds = feeds_of(order, grouping.items)
    fed = dict.fromkeys(grouping.paths, 0)
    back: dict[Item, list[Item]] = {}
    for source, targets in feeds.items():
        for target in targets:
            back.setdefault(target, []).append(source)
            fed[source] += 1
    distance = dict.fromkeys(grouping.paths, 0)
    free = [item for item, count in fed.items() if not count]
    while free:
        target = free.pop()
        for source in back.get(target, ()):
            distance[source] = max(distance[source], distance[target] + 1)
            fed[source] -= 1
            if not fed[source]:
                free.append(source)
    return distance


def _stack(order: Sequence[Value], grouping: Grouping) -> None:
    """Make one box of gates of one kind, or of leaves, that stand in the same frame at the same distance."""
    distance = _distances(order, grouping)
    alike: dict[Hashable, list[Value]] = {}
    for item, path in grouping.paths.items():
        if isinstance(item, Value):
            kind = item.gate.name if item.gate else "leaf" if item.requires_grad else "constant"
            alike.setdefault((path, kind, distance[item]), []).append(item)
    for members in alike.values():
        if len(members) >= _STACK:
            gate = members[0].gate
            what = gate.symbol if gate else _common(members)
            _merge(grouping, Group("stack", f"{len(members)} × {what}", grouping.paths[members[0]]), members)


def _common(leaves: Sequence[Value]) -> str:
    """The beginning that the labels of leaves share; "leaf" or "constant" if they share none."""
    first, last = min(v.label for v in leaves), max(v.label for v in leaves)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:same].rstrip("0123456789.[_") or ("leaf" if leaves[0].requires_grad else "constant")


def _merge(grouping: Grouping, group: Group, values: Iterable[Value]) -> None:
    for value in values:
        grouping.items[value] = group
        group.members.append(value)
        grouping.paths.pop(value, None)
    grouping.paths[group] = group.path


def _fold_far(order: Sequence[Value], grouping: Grouping) -> None:
    """Keep the items near the output and make one box of all that lie further away."""
    distance = _distances(order, grouping)
    ranks: dict[int, int] = {}
    for far in distance.values():
        ranks[far] = ranks.get(far, 0) + 1
    kept, last = 0, 0
    for far in sorted(ranks):
        kept += ranks[far]
        if far and (kept > _KEPT or far >= _KEPT_RANKS):
            break
        last = far
    beyond = [item for item in grouping.paths if distance[item] > last]
    rest = Group("rest", "", ())
    values = [value for value in order if distance[grouping.items[value]] > last]
    for item in beyond:
        grouping.paths.pop(item, None)
    _merge(grouping, rest, values)
