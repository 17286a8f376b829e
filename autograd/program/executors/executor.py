"""Executors: who runs a plan, and the memory they run in.

An executor binds a plan to a batch size once: it allocates memory and prepares every call. Bound plans wait in a pool;
a call takes one out and puts it back, so that calls from several threads never share memory.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal, Protocol, TypeAlias

from autograd.program.executors.numpy_executor import BoundToNumpy
from autograd.program.executors.python_executor import BoundToPython, OutOfDomainError, is_narrow
from autograd.program.plan import Floats, Plan
from autograd.program.tape import Tape

Executor: TypeAlias = Literal["numpy", "numba", "python"]

#: Bound plans are kept for at most so many batch sizes; the oldest is dropped first.
_SIZES_KEPT = 16


class Bound(Protocol):
    """A plan with memory for one batch size. name: of the executor."""

    @property
    def name(self) -> Executor: ...

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows."""

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows."""


def chosen(executor: str | None) -> Executor:
    """The executor asked for, or the fastest that is installed; ValueError or ModuleNotFoundError if it can't be."""
    installed = find_spec("numba") is not None
    match executor:
        case None:
            return "numba" if installed else "numpy"
        case "numba" if not installed:
            raise ModuleNotFoundError("the numba executor needs numba: pip install 'gatewise[jit]', or leave it out")
        case "numpy" | "numba" | "python":
            return executor
        case _:
            raise ValueError(f"an executor is 'numpy', 'numba' or 'python', but was given {executor!r}")


class Pool:
    """The bound plans of one program, made when they are needed.

    recipe: gives the tape and its plan. executor: who was chosen to run them. ran: who ran the latest call.

    Where Python's floats have no value, an `OutOfDomainError`, NumPy runs the call instead and the result holds NaN or
    an infinity. Any other error of an executor is raised as it is.
    """

    def __init__(self, recipe: Callable[[], tuple[Tape, Plan]], executor: Executor) -> None:
        self.recipe, self.executor = recipe, executor
        self.ran: Executor = executor
        self.free: dict[int, list[Bound]] = {}
        self.lines: BoundToPython | None = None

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """See `Bound.forward`."""
        bound = self.take(len(rows))
        try:
            outputs = bound.forward(rows, parameters)
        except OutOfDomainError:
            return self.on_arrays(len(rows)).forward(rows, parameters)
        self.give_back(len(rows), bound)
        return outputs

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """See `Bound.value_and_grad`."""
        bound = self.take(len(rows))
        try:
            result = bound.value_and_grad(rows, parameters, seed)
        except OutOfDomainError:
            return self.on_arrays(len(rows)).value_and_grad(rows, parameters, seed)
        self.give_back(len(rows), bound)
        return result

    def on_arrays(self, batch: int) -> Bound:
        """A plan bound to NumPy, whose arrays hold NaN or an infinity where Python's floats raise an error."""
        bound = BoundToNumpy(self.recipe()[1], batch)
        self.ran = bound.name
        return bound

    def take(self, batch: int) -> Bound:
        """A bound plan that no other call is using."""
        try:
            bound = self.free[batch].pop()
        except (KeyError, IndexError):
            bound = self.bind(batch)
        self.ran = bound.name
        return bound

    def give_back(self, batch: int, bound: Bound) -> None:
        """Keep a bound plan for the next call."""
        free = self.free.get(batch)
        if free is None:
            if len(self.free) >= _SIZES_KEPT:
                self.free.pop(next(iter(self.free)), None)
            free = self.free.setdefault(batch, [])
        free.append(bound)

    def bind(self, batch: int) -> Bound:
        """A new bound plan."""
        tape, plan = self.recipe()
        if self.executor == "numba":
            from autograd.program.jit.executor import BoundToNumba
            from autograd.program.jit.kernel_store import CannotCompileError

            try:
                return BoundToNumba(plan, batch)
            except CannotCompileError:
                self.executor = "numpy"  # a gate of the user's calls what numba can't compile
        if self.executor == "python" or is_narrow(tape, plan, batch):
            if self.lines is None:
                self.lines = BoundToPython(tape)
            return self.lines
        return BoundToNumpy(plan, batch)
