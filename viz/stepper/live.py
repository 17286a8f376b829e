"""The stepper wired to the Values themselves, both ways, for notebooks with a running kernel: the extra ``widget``.

What a reader edits in the picture becomes the `data` of the leaves, and the graph is evaluated again. What Python does,
new data on a leaf, or a `backward()`, shows in the picture: after each cell in IPython, and on `refresh()` anywhere.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("the live stepper needs anywidget: pip install 'gatewise[widget]'") from error

from autograd import DomainError, Value, recompute, topological_order
from viz.stepper.graph import mark_of, number
from viz.stepper.page import VERSION, asset


class LiveStepper(anywidget.AnyWidget):
    """A Jupyter widget that shows a stepper's page and ties it to the Values; made by `Stepper.live()`.

    value: the graph it is wired to. html: the page's element. edited: the numbers a reader has put in, sent from the
    page to Python.

    state: what holds in Python, sent to every view of the page. ``values``: of all nodes. ``gradients``: those that a
    backward pass has left since, else None. ``mark``: a sentence where these numbers don't belong together.
    ``answers``: the edit that led to this state, if one did. ``serial``: grows with each state, so that a return to
    earlier numbers is sent too. ``version``: that of the data, which the page's script must read (see `VERSION`).
    """

    html = traitlets.Unicode().tag(sync=True)
    state: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    edited: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, value: Value, element: str, source: str) -> None:
        self.value = value
        self.nodes = topological_order(value)
        self._seen = self._numbers()
        super().__init__(
            _esm=f"{source}\nconst VERSION = {VERSION};\n{asset('live.js')}\nexport default {{ render: live }};\n",
            html=element,
            state=self._told(0),
        )
        self.observe(self._take, "edited")
        _after_each_cell(self)

    def refresh(self) -> None:
        """Show the leaves' present numbers, and, if a backward pass has been made since, the gradients it left."""
        values, gradients = self._numbers()
        if (values, gradients) == self._seen:
            return
        backward = gradients != self._seen[1]
        self._seen = values, gradients
        self.state = self._told(self.state["serial"] + 1, backward=backward)

    def _told(self, serial: int, *, backward: bool = False, answers: object = None) -> dict[str, object]:
        """The state to be sent; with gradients after a backward pass."""
        gradients = [number(node.grad) if node.requires_grad else None for node in self.nodes]
        return {
            "version": VERSION,
            "serial": serial,
            "values": [number(node.data) for node in self.nodes],
            "gradients": gradients if backward else None,
            "mark": mark_of(self.nodes, gradients=backward),
            "answers": answers,
        }

    def _numbers(self) -> tuple[list[str], list[str]]:
        return [repr(node.data) for node in self.nodes], [repr(node.grad) for node in self.nodes]

    def _take(self, change: dict[str, Any]) -> None:
        """Give the leaves the reader's numbers and evaluate the graph; outside a gate's domain, leave all as it was."""
        edited = change["new"]
        leaves = [(node, x) for node, x in zip(self.nodes, edited["numbers"], strict=True) if node.gate is None]
        before = [leaf.data for leaf, _ in leaves]
        for leaf, x in leaves:
            leaf.data = float(x)
        try:
            recompute(self.value)
        except DomainError:
            for (leaf, _), data in zip(leaves, before, strict=True):
                leaf.data = data
        self._seen = self._numbers()
        answers = {"view": edited["view"], "serial": edited["serial"]}
        self.state = self._told(self.state["serial"] + 1, answers=answers)


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
