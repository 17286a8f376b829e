"""Module: something with parameters that can be called.

A module owns whatever Values and modules its attributes hold, also inside lists, tuples and dicts; nothing is
registered by hand. Each module is a scope: what its call computes is recorded under its name in the module that holds
it, so a weight is called ``layers.0.neurons.3.w.1`` in code, in files and in pictures alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import autograd
from autograd import Value
from autograd.mode import mode
from autograd.numbers import number

M = TypeVar("M", bound="Module")


class Module:
    """Base of all that has parameters: subclass it, put Values and modules into attributes, write `forward`.

    Calling a module calls its `forward` inside its scope. A parameter is any leaf Value found in an attribute whose
    name does not begin with an underscore. One with ``requires_grad = False`` is frozen: kept and saved, not trained.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.intercept = Value(2.0), Value(-1.0)
    ...
    ...     def forward(self, x):
    ...         return self.slope * x + self.intercept
    >>> line = Line()
    >>> line(3.0).data
    5.0
    >>> line.state_dict()
    {'slope': 2.0, 'intercept': -1.0}
    """

    #: True while training, False while evaluating; set by `train` and `eval`.
    training: bool = True
    _name: str = ""  # in the module that holds this one: "layers.0"
    _path: str = ""  # from the outermost module: the scope in which parameters are drawn

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """What the module computes; each subclass says."""
        raise NotImplementedError(f"{type(self).__name__} has no forward; define forward(self, x) in it")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        if not self._name:
            return self.forward(*inputs, **options)
        with autograd.scope(self._name):
            return self.forward(*inputs, **options)

    def __setattr__(self, name: str, value: object) -> None:
        if "_path" not in self.__dict__:
            object.__setattr__(self, "_path", mode.get().scope)
        object.__setattr__(self, name, value)
        if not name.startswith("_"):
            for where, held in _found(value, name):
                self._adopt(where, held)

    def _adopt(self, where: str, held: Value | Module) -> None:
        """Tell a parameter or module that is held here its name, and so the scope in which it is drawn."""
        met = {id(self)}
        stack: list[tuple[Module, str, Value | Module]] = [(self, where, held)]
        while stack:
            holder, name, item = stack.pop()
            if isinstance(item, Value):
                item.label, item.scope = item.label or name, holder._path
                continue
            path = f"{holder._path}.{name}" if holder._path else name
            if id(item) not in met and (item._name, item._path) != (name, path):
                met.add(id(item))  # a module may hold the one that holds it
                object.__setattr__(item, "_name", name)
                object.__setattr__(item, "_path", path)
                stack += [(item, inner, deeper) for inner, deeper in item._held()]

    def _held(self) -> Iterator[tuple[str, Value | Module]]:
        """The Values and modules held directly, with their names here, in the order of the attributes."""
        for name, attribute in vars(self).items():
            if not name.startswith("_"):
                yield from _found(attribute, name)

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all inside it with their dotted names, each once, outer before inner; its own name is ''."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            inner = [(f"{name}.{k}" if name else k, m) for k, m in module._held() if isinstance(m, Module)]
            stack += reversed(inner)

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its dotted name, each once.

        A module's own come before those of the modules in it, both in the order in which attributes were set, as in
        PyTorch.
        """
        seen: set[int] = set()
        for prefix, module in self.named_modules():
            for name, held in module._held():
                module._adopt(name, held)  # lists may have grown since they were assigned
                if isinstance(held, Value) and id(held) not in seen:
                    seen.add(id(held))
                    yield (f"{prefix}.{name}" if prefix else name), held

    def parameters(self) -> list[Value]:
        """All parameters, each once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0: `backward` adds."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def train(self: M, training: bool = True) -> M:
        """Set `training` here and in every module inside; returns the module."""
        for _, module in self.named_modules():
            module.training = training
        return self

    def eval(self: M) -> M:
        """`train(False)`."""
        return self.train(False)

    def state_dict(self) -> dict[str, float]:
        """The parameters' numbers by name."""
        return {name: parameter.data for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter from numbers by name, as `state_dict` gave them.

        Raises ValueError if a name is missing or unknown, TypeError if something is no number; then nothing changes.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is numbers by name, as state_dict gives them, but was given {state!r}")
        parameters = dict(self.named_parameters())
        missing = [name for name in parameters if name not in state]
        unknown = [name for name in state if name not in parameters]
        if missing or unknown:
            told = [f"it lacks {_first_of(missing)}"] if missing else []
            told += [f"the model has no {_first_of(unknown)}"] if unknown else []
            raise ValueError(f"the state is of another model: {'; '.join(told)}")
        numbers = {name: number(state[name]) for name in parameters}
        for name, value in numbers.items():
            if value is None:
                raise TypeError(f"the state's {name} is no number: {state[name]!r}")
        for name, parameter in parameters.items():
            parameter.data = numbers[name]  # type: ignore[assignment]

    def shape(self) -> str:
        """The shape of what goes in and comes out, in words for `repr`; '' where a module has nothing to say."""
        return ""

    def __repr__(self) -> str:
        """A table: each layer's name, kind, shape and number of parameters, and the sum."""
        rows = list(_table(self))
        total = len(self.parameters())
        title = f"{type(self).__name__}: {total} parameter{'s' * (total != 1)}"
        if not rows:
            return title + (f", {self.shape()}" if self.shape() else "")
        lines = [("", "kind", "shape", "parameters"), *rows]
        widths = [max(len(line[k]) for line in lines) for k in range(4)]
        table = [
            f"  {name:<{widths[0]}}  {kind:<{widths[1]}}  {shape:<{widths[2]}}  {count:>{widths[3]}}"
            for name, kind, shape, count in lines
        ]
        return "\n".join([title, *table])


def _first_of(names: list[str]) -> str:
    """The first three names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _found(value: object, name: str) -> Iterator[tuple[str, Value | Module]]:
    """The leaf Values and modules in an attribute: itself, or the items of lists, tuples and dicts, however nested."""
    stack: list[tuple[str, object]] = [(name, value)]
    while stack:
        where, item = stack.pop()
        if isinstance(item, Module) or (isinstance(item, Value) and item.gate is None):
            yield where, item
        elif isinstance(item, list | tuple):
            stack += [(f"{where}.{i}", item[i]) for i in range(len(item) - 1, -1, -1)]
        elif isinstance(item, dict):
            stack += [(f"{where}.{key}", item[key]) for key in reversed(item)]


def _table(module: Module) -> Iterator[tuple[str, str, str, str]]:
    """The rows of a module's table: the outermost modules that have a shape to tell, and parameters beside them."""
    if module.shape():
        return
    told: list[str] = []
    for name, inner in module.named_modules():  # outer before inner, so what is inside the last told follows it at once
        if name and inner.shape() and not (told and name.startswith(told[-1])):
            told.append(f"{name}.")
            yield name, type(inner).__name__, inner.shape(), str(len(inner.parameters()))
    beside: dict[str, int] = {}
    for name, _ in module.named_parameters():
        if not name.startswith(tuple(told)):
            owner = name.split(".")[0]
            beside[owner] = beside.get(owner, 0) + 1
    for owner, count in beside.items():
        yield owner, "", f"({count},)" if count > 1 else "()", str(count)
