"""The stepper wired to the Values themselves, both ways, for notebooks with a running kernel: the extra ``widget``.

What a reader edits in the picture becomes the `data` of the leaves, and the graph is evaluated again. What Python does,
new data on a leaf, or a `backward()`, shows in the picture: after each cell in IPython, and on `refresh()` anywhere.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("the live stepper needs anywidget: pip install 'gatewise[widget]'") from error

from autograd import DomainError, Value, recompute, topological_order
from viz.stepper.graph import number
from viz.stepper.page import asset

if TYPE_CHECKING:
    from viz.stepper.stepper import Stepper


class LiveStepper(anywidget.AnyWidget):
    """A Jupyter widget around a `Stepper`; made by `Stepper.live()`.

    value: the graph it is wired to. html, numbers, edited and gradients are what it and the page tell each other.
    """

    html = traitlets.Unicode().tag(sync=True)
    numbers: traitlets.List[Any] = traitlets.List().tag(sync=True)
    edited: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    gradients: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, value: Value, stepper: Stepper) -> None:
        self.value = value
        self.nodes = topological_order(value)
        self._seen = self._state()
        super().__init__(
            _esm=f"{stepper.source}\n{asset('live.js')}\nexport default {{ render: live }};\n",
            html=stepper.element,
            numbers=self._numbers(),
            gradients={"pass": 0, "gradients": []},
        )
        self.observe(self._take, "edited")
        _after_each_cell(self)

    def refresh(self) -> None:
        """Show the leaves' present numbers, and, if a backward pass has been made since, the gradients it left."""
        values, gradients = self._state()
        seen_values, seen_gradients = self._seen
        self._seen = values, gradients
        if values != seen_values:
            self.numbers = self._numbers()
        if gradients != seen_gradients:
            told = [number(node.grad) if node.requires_grad else None for node in self.nodes]
            self.gradients = {"pass": self.gradients["pass"] + 1, "gradients": told}

    def _state(self) -> tuple[list[str], list[str]]:
        leaves = [node for node in self.nodes if node.gate is None]
        return [repr(leaf.data) for leaf in leaves], [repr(node.grad) for node in self.nodes]

    def _numbers(self) -> list[float | str]:
        return [number(node.data) for node in self.nodes]

    def _take(self, change: dict[str, Any]) -> None:
        """The reader's numbers become those of the leaves; if they lead out of a gate's domain, nothing changes."""
        leaves = [(node, x) for node, x in zip(self.nodes, change["new"]["numbers"], strict=True) if node.gate is None]
        before = [leaf.data for leaf, _ in leaves]
        for leaf, x in leaves:
            leaf.data = float(x)
        try:
            recompute(self.value)
        except DomainError:
            for (leaf, _), data in zip(leaves, before, strict=True):
                leaf.data = data
        self._seen = self._state()


def _after_each_cell(widget: LiveStepper) -> None:
    """Refresh the widget after every cell, for as long as it lives; outside IPython, do nothing."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None:
        return
    reference = weakref.ref(widget)

    def refresh(*_: object) -> None:
        alive = reference()
        if alive is not None:
            alive.refresh()
        else:
            unregister: Callable[..., None] = shell.events.unregister
            unregister("post_run_cell", refresh)

    shell.events.register("post_run_cell", refresh)
