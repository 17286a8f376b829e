"""A gate's formula as NumPy calls into memory that is there already.

The formula is walked once, when a program is bound to a batch size. What remains is a list of calls without arguments,
each a ufunc with its operands and its ``out=`` in place: running a program is calling them in order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.formula import Backend, Part, assignments, fold
from autograd.formula.floats import CONSTANTS
from autograd.formula.language import Number, Operation
from autograd.gates import GATES

Array: TypeAlias = NDArray[Any]
Operand: TypeAlias = Array | float
Call: TypeAlias = Callable[[], object]


class _Elementwise:
    """A function of floats that NumPy lacks, called for each element: as exact as Python's, if slower than a ufunc."""

    nin = 1

    def __init__(self, function: Callable[[float], float]) -> None:
        self.function = function

    def __call__(self, *operands: Operand, out: Array | None = None) -> Any:
        (x,) = operands
        if out is None:
            return self.function(float(x))
        out[...] = np.reshape([self.function(each) for each in np.ravel(x).tolist()], np.shape(x))
        return out


_UFUNCS: dict[str, np.ufunc | _Elementwise] = {
    "erf": _Elementwise(math.erf),
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "pow": np.power,
    "abs": np.absolute,
    "min": np.minimum,
    "max": np.maximum,
}
#: Over all operands of a gate of any number of them: the first axis.
_REDUCTIONS: dict[str, np.ufunc] = {"sum": np.add, "max": np.maximum, "min": np.minimum}
_OPERATORS: dict[str, np.ufunc] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    "or": np.logical_or,
    "and": np.logical_and,
    "not": np.logical_not,
}


class Scratch:
    """Buffers for intermediate results: each instruction takes from the first on, so that they stay in the cache."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.buffers: list[Array] = []
        self.taken = 0

    def reset(self) -> None:
        """All buffers are free again."""
        self.taken = 0

    def take(self, shape: tuple[int, ...], dtype: type) -> Array:
        """A free array of that shape."""
        if self.taken == len(self.buffers):
            self.buffers.append(np.empty(self.size))
        buffer = self.buffers[self.taken]
        self.taken += 1
        return buffer.view(dtype)[: math.prod(shape)].reshape(shape)


class Writer:
    """Appends to `calls` what computes formulas on arrays."""

    def __init__(self, calls: list[Call], scratch: Scratch) -> None:
        self.calls = calls
        self.scratch = scratch
        self.owned: dict[int, Array] = {}  # intermediate results, which may be overwritten by what is made of them

    def start(self) -> None:
        """Begin an instruction: the intermediate results of the last are not needed any more."""
        self.scratch.reset()
        self.owned.clear()

    def call(self, function: Callable[..., object], *arguments: object, **more: object) -> None:
        """Append one call."""
        self.calls.append(partial(function, *arguments, **more))

    def temporary(self, shape: tuple[int, ...], dtype: type = float) -> Array:
        """Room for an intermediate result."""
        array = self.scratch.take(shape, dtype)
        self.owned[id(array)] = array
        return array

    def ufunc(self, ufunc: np.ufunc | _Elementwise, *operands: Operand, out: Array | None = None) -> Operand:
        """`ufunc` of the operands, into `out` if its shape fits, else into an operand nobody needs, else new room."""
        if not any(isinstance(x, np.ndarray) for x in operands):
            with np.errstate(all="ignore"):
                return float(ufunc(*operands))
        shape = np.broadcast_shapes(*[np.shape(x) for x in operands])
        dtype = bool if ufunc in _TESTS else float
        if out is None or out.shape != shape or out.dtype != dtype:
            owned = (x for x in operands if isinstance(x, np.ndarray) and id(x) in self.owned)
            out = next((x for x in owned if x.shape == shape and x.dtype == dtype), None)
        if out is None:
            out = self.temporary(shape, dtype)
        arrays = [x if isinstance(x, np.ndarray) else np.array(x) for x in operands]
        self.call(ufunc, *arrays, out=out)
        return out

    def reduce(self, ufunc: np.ufunc, x: Array, axis: int | tuple[int, ...], out: Array | None = None) -> Array:
        """x reduced along `axis`, which is kept with length 1 where `out` has it."""
        shape = np.add.reduce(np.empty(x.shape, dtype=bool), axis=axis).shape
        if out is None:
            out = self.temporary(shape)
        self.call(ufunc.reduce, x, axis=axis, out=out.reshape(shape))
        return out

    def write(self, formula: str, operands: Mapping[str, Operand], out: Array | None = None) -> Operand:
        """What a formula is of the operands; into `out` where its shape fits and it is not simply an operand.

        ``xs`` is all operands of a gate of any number of them, along the first axis, and ``x`` each of them at once.
        """
        assigned, tree = assignments(formula)
        known: dict[str, Any] = {**operands, "x": operands["xs"]} if "xs" in operands else dict(operands)
        for name, part in assigned.items():
            known[name] = fold(part, self._backend(known))
            self.owned.pop(id(known[name]), None)  # it may be read several times, so nothing may overwrite it
        return fold(tree, self._backend(known), self._backend(known, out))

    def _backend(self, operands: Mapping[str, Operand], out: Array | None = None) -> Backend[Operand]:
        return Backend(
            number=float,
            name=lambda name: operands[name] if name in operands else CONSTANTS[name],
            operation=partial(self._operation, out=out),
            choice=partial(self._choice, out=out),
            call=partial(self._call, out=out),
            over=partial(self._over, out=out),
        )

    def _operation(self, sign: str, operands: list[Operand], out: Array | None) -> Operand:
        if sign in ("and", "or"):
            return self._connect(sign, operands)
        return self.ufunc(_OPERATORS[sign], *operands, out=out)

    def _connect(self, connective: str, values: list[Operand]) -> Operand:
        """``a or b``, ``a and b``; what is known already decides, or is left out."""
        decides = connective == "or"
        known = [bool(value) for value in values if not isinstance(value, np.ndarray)]
        if decides in known:
            return float(decides)
        unknown = [value for value in values if isinstance(value, np.ndarray)]
        result: Operand = unknown[0] if unknown else float(not decides)
        for other in unknown[1:]:
            result = self.ufunc(_OPERATORS[connective], result, other)
        return result

    def _choice(self, test: Part[Operand], yes: Part[Operand], no: Part[Operand], out: Array | None) -> Operand:
        """``yes if test else no``, element by element; both are computed."""
        if isinstance(yes.tree, Number) and test.tree == Operation("<=", (no.tree, yes.tree)):  # 0.0 if a <= 0 else a
            return self.ufunc(np.maximum, no(), yes(), out=out)
        chosen = test()
        if (yes.tree, no.tree) == (Number(1.0), Number(0.0)):
            return chosen
        if (yes.tree, no.tree) == (Number(0.0), Number(1.0)):
            return self.ufunc(np.logical_not, chosen)
        if not isinstance(chosen, np.ndarray):
            return yes() if chosen else no()
        if_true, if_false = yes(), no()
        shape = np.broadcast_shapes(chosen.shape, np.shape(if_true), np.shape(if_false))
        if isinstance(if_false, np.ndarray) and id(if_false) in self.owned and if_false.shape == shape:
            out = if_false
        else:
            if out is None or out.shape != shape:
                out = self.temporary(shape)
            self.call(np.copyto, out, if_false)
        self.call(np.copyto, out, if_true, where=chosen)
        return out

    def _call(self, name: str, operands: list[Operand], out: Array | None) -> Operand:
        result = operands[0]
        if name == "len":
            return float(len(result))  # type: ignore[arg-type]
        if name in _UFUNCS:
            ufunc = _UFUNCS[name]
            if ufunc.nin == 1:
                return self.ufunc(ufunc, result, out=out)
            for other in operands[1:]:
                result = self.ufunc(ufunc, result, other, out=out)
            return result
        if name not in GATES:
            raise ValueError(f"a formula may call {', '.join(_UFUNCS)}, len and gates, not {name!r}")
        gate = GATES[name]
        if gate.arity is not None:
            return self.write(gate.formula, dict(zip(gate.operands, operands, strict=True)), out)
        return self.write(gate.formula, {"xs": self._stacked(operands)}, out)

    def _stacked(self, operands: list[Operand]) -> Operand:
        """The operands side by side along a new first axis; a single one is ``xs`` itself."""
        if len(operands) == 1:
            return operands[0]
        stack = self.temporary((len(operands), *np.broadcast_shapes(*map(np.shape, operands))))
        for row, operand in zip(stack, operands, strict=True):
            self.call(np.copyto, row, operand)
        return stack

    def _over(self, name: str, term: Part[Operand], out: Array | None) -> Operand:
        """The term for all operands, reduced along the first axis."""
        terms = term()
        assert isinstance(terms, np.ndarray)
        return self.reduce(_REDUCTIONS[name], terms, 0, out)


#: The ufuncs that give truth values.
_TESTS = {
    *(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal),
    *(np.logical_or, np.logical_and, np.logical_not),
}


def run(calls: Iterable[Call]) -> None:
    """Make the calls, in order."""
    for call in calls:
        call()


def has_nan(rows: Array) -> bool:
    """Whether there is a NaN among the rows: the sum of their squares is NaN then, and only then."""
    flat = rows.reshape(-1)
    return bool(np.isnan(np.vdot(flat, flat)))
