"""The pictures of one graph, scopes open and closed, and how each maps to the graph.

A page can't lay out a graph: every picture that a reader may open is drawn beforehand. With few scopes these are all
combinations; with many, one for each scope (it and those around it open, the rest closed), so that their number grows
like the scopes and not like their combinations.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from itertools import product

from autograd import Value, topological_order
from viz.diagram.collapse import Expand
from viz.diagram.model import Diagram
from viz.diagram.scopes import frame_paths
from viz.drawing.draw import draw
from viz.drawing.picture import Picture

#: With at most this many combinations of open scopes, a picture is drawn of each.
_COMBINATIONS = 16
#: At most this many pictures are drawn, and at most so many that they have this many nodes in all: each takes time.
_PICTURES, _NODES = 40, 40_000

Open = frozenset[int]


class Views:
    """The pictures of the graph below `output`, drawn when asked for. first: the one that is shown at first, with the
    scopes open that `expand` and `collapse` say (see `viz.draw`)."""

    def __init__(
        self,
        output: Value,
        drawn: Callable[..., Picture] = draw,
        expand: Expand = None,
        collapse: str | Iterable[str] = (),
    ) -> None:
        self.output = output
        self.place = {value: i for i, value in enumerate(topological_order(output))}
        paths = frame_paths(list(self.place)).values()
        known = dict.fromkeys(path[: i + 1] for path in paths for i in range(len(path)))
        self.scopes = [".".join(path) for path in known]
        number = {path: i for i, path in enumerate(known)}
        self.around = [number[path[:-1]] if len(path) > 1 else -1 for path in known]
        self.drawn = partial(drawn, output)
        self.first = self.drawn(expand=expand, collapse=collapse)

    def described(self) -> dict[str, object]:
        """For the page: the first picture's map, the scopes, and all other pictures packed, by what is open in them."""
        first = self.map_of(self.first.diagram)
        if not self.scopes:
            return {"view": first}
        others = {}
        for opened in self._wanted():
            key = ",".join(map(str, sorted(opened)))
            if key != first["open"]:
                closed = [_literally(name) for i, name in enumerate(self.scopes) if i not in opened]
                picture = self.drawn(expand=True, collapse=closed)
                others[key] = packed({"svg": picture.svg, **self.map_of(picture.diagram)})
        scopes = [[name, around] for name, around in zip(self.scopes, self.around, strict=True)]
        return {"view": first, "scopes": scopes, "views": others}

    def map_of(self, diagram: Diagram) -> dict[str, object]:
        """How a picture maps to its graph.

        nets: the place of the Value on each. wires: the [gate, operand] each stands for. groups: the places in each and
        its scope, by number. frames: the scope of each. open: the numbers of the open scopes. What keys say by
        themselves is left out: ``n5`` carries the Value at place 5, ``w5.1`` is its operand 1.
        """
        number = {name: i for i, name in enumerate(self.scopes)}
        nets = {}
        for net in diagram.nets:
            values = {gate.parents[slot] for wire in net.wires for gate, slot in wire.uses}
            if net.source.value is not None:
                values = {net.source.value}
            elif not values:
                values = {self.output}
            if len(values) == 1:
                nets[net.key] = self.place[values.pop()]
        wires = {w.key: [(self.place[gate], slot) for gate, slot in w.uses] for w in diagram.wires}
        frames = {frame.key: number[frame.path] for frame in diagram.frames}
        return {
            "nets": {key: place for key, place in nets.items() if key != f"n{place}"},
            "wires": {key: uses for key, uses in wires.items() if key != ".".join(f"w{g}.{s}" for g, s in uses)},
            "groups": {
                node.key: {"places": [self.place[value] for value in node.members], "scope": number.get(node.scope, -1)}
                for node in diagram.nodes
                if node.members
            },
            "frames": frames,
            "open": ",".join(map(str, sorted(frames.values()))),
        }

    def _wanted(self) -> Iterator[Open]:
        """Which scopes are open in each picture; what is inside a closed scope is closed."""
        count = len(self.scopes)
        below = [[i for i, around in enumerate(self.around) if around == scope] for scope in range(-1, count)]
        sizes = [0] * (count + 1)
        for scope in reversed(range(-1, count)):
            inside = 1
            for child in below[scope + 1]:
                inside *= sizes[child + 1]
            sizes[scope + 1] = inside + (scope >= 0)
        most = min(_PICTURES, _NODES // len(self.place))
        if sizes[0] <= min(_COMBINATIONS, most):
            for bits in product((False, True), repeat=count):
                opened = frozenset(i for i, bit in enumerate(bits) if bit)
                if all(self.around[i] in opened or self.around[i] < 0 for i in opened):
                    yield opened
            return
        yield frozenset()
        chains = sorted((self._chain(scope) for scope in range(count)), key=lambda chain: (len(chain), sorted(chain)))
        yield from chains[: max(most - 1, 0)]

    def _chain(self, scope: int) -> Open:
        """A scope and all around it."""
        chain = []
        while scope >= 0:
            chain.append(scope)
            scope = self.around[scope]
        return frozenset(chain)


def _literally(name: str) -> str:
    """A pattern that matches this name alone."""
    pattern = "".join(f"[{c}]" if c in "*?[" else c for c in name)
    assert fnmatchcase(name, pattern)
    return pattern


def packed(thing: Mapping[str, object]) -> str:
    """JSON, compressed, as text: the same bytes for the same thing."""
    data = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()
