"""What all optimizers share: their settings, their parameters, and what is remembered of each parameter.

A rule sees vectors, but what it remembers (momentum, Adam's moments, the number of steps) belongs to one parameter
each. So a parameter that is frozen for a while, or trained by another call, comes back to its own numbers, and the
others keep theirs.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd import Value
from nn import schedules
from nn.checks import is_number, positive, refuse_class, whole_from
from nn.clipping import Numbers, clip_norm, clip_value
from nn.schedules import Rate

O = TypeVar("O", bound="Optimizer")  # noqa: E741


class Memory(NamedTuple):
    """What is remembered of one parameter: the steps it has taken, and the numbers of the rule by name."""

    age: int
    numbers: dict[str, float]


_NEW = Memory(0, {})


class Optimizer:
    """Base of the optimizers: a subclass sets its constants and writes `rule`.

    parameters: the Values that `step` and `nn.fit` move; left out, `nn.fit` moves those of its model. lr: the learning
    rate, a number above 0 or a schedule (a function of the number of steps taken). clip_norm, clip_value: limits on the
    gradient, applied before the rule.

    steps: how many have been taken, by which a schedule goes. state: what the rule remembers, by name, a number or a
    vector; for a parameter that is new to it, those numbers start at 0. ages: the steps that each parameter has taken,
    one number while all have taken as many, else a vector.

    >>> class SignDescent(Optimizer):
    ...     def rule(self, w, g, lr):
    ...         return w - lr * np.sign(g), {}
    >>> SignDescent(lr=0.5).update(np.array([1.0, 1.0]), np.array([100.0, -0.01])).tolist()
    [0.5, 1.5]
    """

    def __init__(
        self,
        parameters: Iterable[Value] | None = None,
        lr: Rate = 0.01,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        if isinstance(parameters, int | float | np.number):
            raise TypeError(f"the first argument is the parameters; write lr={parameters!r} for the learning rate")
        _rate(lr)
        self.lr = lr
        if clip_norm is not None:
            positive(clip_norm=clip_norm)
        if clip_value is not None:
            positive(clip_value=clip_value)
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self._forget()
        if parameters is not None:
            self.bind(parameters)

    def _forget(self) -> None:
        self.steps = 0
        self.ages: Any = 0
        self.state: dict[str, Any] = {}
        self.parameters: list[Value] = []
        #: Whether the parameters were given by the user, and not by `nn.fit` for want of that.
        self.given = False
        self._order: list[Value] = []  # whose numbers stand in `state` and `ages`, in this order
        self._aside: dict[Value, Memory] = {}  # what is remembered of parameters that are not in `_order`

    def fresh(self: O) -> O:
        """A new optimizer with the same settings, which has taken no step and holds no parameters."""
        twin = copy.copy(self)
        twin._forget()
        return twin

    def bind(self, parameters: Iterable[Value]) -> None:
        """Take these parameters to move: `step` moves them, and `nn.fit` those of them that its model holds.

        What is remembered of a parameter bound before is kept; a new one starts from nothing. A state that was loaded
        before there were parameters becomes theirs; ValueError if it is of another number of parameters.
        """
        self.bind_to(parameters)
        self.given = True

    def bind_to(self, parameters: Iterable[Value]) -> None:
        """`bind` as `nn.fit` does it with its model's parameters; the next `fit` may bind those of another model."""
        refuse_class(parameters, "an optimizer moves leaf Values, such as model.parameters()")
        if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
            raise TypeError(
                f"an optimizer moves a list of leaf Values, such as model.parameters(), but was given {parameters!r}"
            )
        chosen = list(parameters)
        if not chosen:
            raise ValueError("an optimizer moves at least one parameter, but was given none")
        for p in chosen:
            if not isinstance(p, Value) or p.gate is not None:
                raise TypeError(f"an optimizer moves leaf Values, such as model.parameters(), but was given {p!r}")
        if len(set(chosen)) != len(chosen):
            raise ValueError("a parameter was given twice; it would be moved twice")
        if self.steps and not self.parameters:
            self._check_shapes(len(chosen), self.state, self.ages)
            self._order = list(chosen)
        elif not set(chosen).intersection(self.parameters):  # another training
            known = self._memories()
            self.steps = max((known.get(p, _NEW).age for p in chosen), default=0)
        self.arrange(chosen)
        self.parameters = chosen

    def arrange(self, parameters: list[Value]) -> None:
        """Put the numbers of these parameters, in this order, into `state` and `ages`, and those of others aside."""
        if parameters == self._order:
            return
        known = self._memories()
        found = [known.pop(p, _NEW) for p in parameters]
        names = dict.fromkeys(name for memory in found for name in memory.numbers)
        self.state = {name: np.array([memory.numbers.get(name, 0.0) for memory in found]) for name in names}
        self.ages = _together([memory.age for memory in found])
        self._order, self._aside = list(parameters), known

    def _memories(self) -> dict[Value, Memory]:
        """What is remembered of each parameter."""
        count = len(self._order)
        ages = np.broadcast_to(self.ages, count).tolist() if count else []
        vectors = {name: np.broadcast_to(vector, count) for name, vector in self.state.items()} if count else {}
        return self._aside | {
            p: Memory(int(age), {name: vector[i] for name, vector in vectors.items()})
            for i, (p, age) in enumerate(zip(self._order, ages, strict=True))
        }

    def rule(self, w: Numbers, g: Numbers, lr: float) -> tuple[Numbers, dict[str, Any]]:
        """The new w, and what to remember, from w, its gradient g, and what `self.state` remembers."""
        raise NotImplementedError

    def update(self, w: Numbers, g: Numbers) -> Numbers:
        """One step: clip the gradient, apply the rule, remember. A float gives a float, a vector a vector."""
        if self.clip_value is not None:
            g = clip_value(g, self.clip_value)
        if self.clip_norm is not None:
            g = clip_norm(g, self.clip_norm)
        new, state = self.rule(w, g, self.rate())
        self.state, self.steps, self.ages = state, self.steps + 1, self.ages + 1
        return new

    def memory(self) -> tuple[int, Any, dict[str, Any]]:
        """A snapshot of all that a step changes here: give it to `go_back` to undo the steps since."""
        return self.steps, self.ages, self.state

    def go_back(self, memory: tuple[int, Any, dict[str, Any]]) -> None:
        """Return to a snapshot that `memory` took while the same parameters were arranged."""
        self.steps, self.ages, self.state = memory

    def rate(self) -> float:
        """The learning rate of the next step; ValueError if a schedule gives something that is no rate."""
        if not callable(self.lr):
            return self.lr
        rate = self.lr(self.steps)
        if not (is_number(rate) and 0.0 <= rate < math.inf):
            raise ValueError(
                f"a learning rate is a number from 0 up, but the schedule gave {rate!r} for step {self.steps}"
            )
        return rate

    def step(self) -> None:
        """Move the parameters once, along their gradients. Frozen ones stay, and so does what is remembered of them."""
        if not self.parameters:
            raise ValueError(f"this {type(self).__name__} has no parameters to move; give it model.parameters()")
        moving = [p for p in self.parameters if p.requires_grad]
        if not moving:
            return
        self.arrange(moving)
        assign(moving, self.update(np.array([p.data for p in moving]), np.array([p.grad for p in moving])))

    def zero_grad(self) -> None:
        """Set the gradients of its parameters to 0: `backward` adds."""
        for p in self.parameters:
            p.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, copied: the number of steps and, by name, a vector in the order of its parameters.

        After `nn.fit` these are all parameters of the model, frozen ones too. "ages" is there only where parameters
        have taken different numbers of steps.
        """
        state, ages = self.state, self.ages
        if self.parameters and self.parameters != self._order:
            twin = copy.copy(self)
            twin.arrange(self.parameters)
            state, ages = twin.state, twin.ages
        told = {} if np.all(ages == self.steps) else {"ages": np.array(ages)}
        return {"steps": self.steps, **told, **{name: np.array(vector) for name, vector in state.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave. Without parameters yet, the state belongs to those bound next.

        Raises ValueError if it is the state of another kind of optimizer or of another number of parameters, or is not
        made of finite numbers; then nothing changes.
        """
        if not isinstance(state, Mapping) or "steps" not in state:
            given = (", ".join(map(str, state)) or "none") if isinstance(state, Mapping) else repr(state)
            raise ValueError(f"an optimizer's state has the number of steps, but was given {given}")
        steps = whole_from(state["steps"], 0, "the number of steps in an optimizer's state")
        vectors = {name: _finite(name, vector) for name, vector in state.items() if name != "steps"}
        ages: Any = vectors.pop("ages", steps)
        remembers = self._remembers() if steps else set()
        if set(vectors) != remembers:
            raise ValueError(
                f"the state is of another kind of optimizer: it holds {_listed(vectors)}, but this "
                f"{type(self).__name__} remembers {_listed(remembers)}"
            )
        if self.parameters:
            self._check_shapes(len(self.parameters), vectors, ages)
            self.arrange(self.parameters)
        self.state, self.steps, self.ages = vectors, steps, ages if np.ndim(ages) == 0 else _together(ages.tolist())

    def _check_shapes(self, count: int, vectors: Mapping[str, Any], ages: Any) -> None:
        """ValueError unless each vector has `count` numbers, one for each parameter."""
        for name, vector in {**vectors, "ages": np.broadcast_to(ages, count) if np.ndim(ages) == 0 else ages}.items():
            if np.shape(vector) != (count,):
                raise ValueError(
                    f"this optimizer moves {count} parameters, but the state's {name!r} is of shape {np.shape(vector)}"
                )

    def _remembers(self) -> set[str]:
        """The names of what the rule remembers, found by a step of a copy."""
        with np.errstate(all="ignore"):
            return set(self.fresh().rule(np.ones(1), np.ones(1), 1.0)[1])

    def __repr__(self) -> str:
        hidden = ("steps", "ages", "state", "parameters", "given")
        constants = {k: v for k, v in vars(self).items() if k[0] != "_" and k not in hidden and v is not None}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in constants.items())})"


def assign(parameters: list[Value], numbers: NDArray[np.float64]) -> None:
    """Write a vector back into the parameters, as Python floats.

    >>> p = Value(0.0)
    >>> assign([p], np.array([2.0]))
    >>> p.data
    2.0
    """
    for parameter, number in zip(parameters, numbers.tolist(), strict=True):
        parameter._data = number  # as the engine does: these are floats, and are many


def _together(ages: list[int]) -> Any:
    """The ages as one number if they are all the same, else as a vector."""
    return ages[0] if len(set(ages)) == 1 else np.array(ages, dtype=np.float64) if ages else 0


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _finite(name: str, vector: Any) -> NDArray[np.float64]:
    """A copy of a vector of a state; ValueError unless it is made of finite numbers."""
    try:
        numbers = np.array(vector, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"the state's {name!r} holds what is no number: {vector!r}") from None
    if not np.isfinite(numbers).all():
        raise ValueError(f"the state's {name!r} holds what is no finite number")
    return numbers


def _rate(lr: Any) -> None:
    """TypeError or ValueError unless lr is a number above 0 or a schedule."""
    refuse_class(lr, "lr is a number above 0 or a schedule")
    name = getattr(lr, "__name__", "")
    if callable(lr) and getattr(schedules, name, None) is lr:
        raise TypeError(
            f"lr is a number above 0 or a schedule, but you gave the function {name} that makes one; write "
            f"lr={name}(...)"
        )
    if not callable(lr):
        positive(lr=lr)
