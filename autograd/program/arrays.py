"""A gate's formula as NumPy calls into memory that is there already.

The formula is walked once, when a program is bound to a batch size. What remains is a list of calls without arguments,
each a ufunc with its operands and its ``out=`` in place: running a program is calling them in order.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.gates import GATES

Array: TypeAlias = NDArray[Any]
Operand: TypeAlias = Array | float
Call: TypeAlias = Callable[[], object]

_UFUNCS: dict[str, np.ufunc] = {
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
_OPERATORS: dict[type, np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Or: np.logical_or,
    ast.And: np.logical_and,
    ast.Not: np.logical_not,
}
_FEW = 200
_NUMBERS = {"inf": math.inf, "nan": math.nan}


@cache
def parsed(expression: str) -> ast.expr:
    """The expression as a tree."""
    return ast.parse(expression, mode="eval").body


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

    def ufunc(self, ufunc: np.ufunc, *operands: Operand, out: Array | None = None) -> Operand:
        """`ufunc` of the operands, into `out` if its shape fits, else into an operand nobody needs, else new room."""
        if not any(isinstance(x, np.ndarray) for x in operands):
            with np.errstate(all="ignore"):
                return float(ufunc(*operands))
        shape = np.broadcast_shapes(*[np.shape(x) for x in operands])
        dtype = bool if ufunc in _TESTS else float
        if out is None or out.shape != shape or out.dtype != dtype:
            out = next((x for x in operands if isinstance(x, np.ndarray) and id(x) in self.owned
                        and x.shape == shape and x.dtype == dtype), None)  # fmt: skip
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

    def write(self, expression: str, operands: Mapping[str, Operand], out: Array | None = None) -> Operand:
        """What `expression` is of the operands; into `out` where its shape fits and it is not simply an operand."""
        return self._write(parsed(expression), operands, out)

    def _write(self, node: ast.expr, operands: Mapping[str, Operand], out: Array | None = None) -> Operand:
        match node:
            case ast.Constant(value):
                return float(value)  # type: ignore[arg-type]
            case ast.Name(name):
                return operands[name] if name in operands else _NUMBERS[name]
            case ast.UnaryOp(operator, operand):
                return self.ufunc(_OPERATORS[type(operator)], self._write(operand, operands), out=out)
            case ast.BinOp(left, operator, right):
                a, b = self._write(left, operands), self._write(right, operands)
                return self.ufunc(_OPERATORS[type(operator)], a, b, out=out)
            case ast.Compare(first, [comparison], [second]):
                a, b = self._write(first, operands), self._write(second, operands)
                return self.ufunc(_OPERATORS[type(comparison)], a, b, out=out)
            case ast.BoolOp(connective, values):
                return self._connect(connective, [self._write(value, operands) for value in values])
            case ast.IfExp(test, body, orelse):
                return self._choose(test, body, orelse, operands, out)
            case ast.Call(ast.Name(name), arguments):
                return self._call(name, [self._write(x, operands) for x in arguments], out)
        raise ValueError(f"a formula is written with operators, choices and calls, not with {ast.unparse(node)!r}")

    def _connect(self, connective: ast.boolop, values: list[Operand]) -> Operand:
        """``a or b``, ``a and b``; what is known already decides, or is left out."""
        decides = isinstance(connective, ast.Or)
        known = [bool(value) for value in values if not isinstance(value, np.ndarray)]
        if decides in known:
            return float(decides)
        unknown = [value for value in values if isinstance(value, np.ndarray)]
        result: Operand = unknown[0] if unknown else float(not decides)
        for other in unknown[1:]:
            result = self.ufunc(_OPERATORS[type(connective)], result, other)
        return result

    def _choose(
        self, test: ast.expr, body: ast.expr, orelse: ast.expr, operands: Mapping[str, Operand], out: Array | None
    ) -> Operand:
        """``body if test else orelse``, element by element."""
        match test, body, orelse:
            case ast.Compare(left, [ast.LtE()], [ast.Constant(limit)]), ast.Constant(floor), _ if (
                limit == floor and ast.dump(left) == ast.dump(orelse)
            ):  # 0.0 if a <= 0 else a
                return self.ufunc(np.maximum, self._write(left, operands), float(floor), out=out)  # type: ignore[arg-type]
            case _, ast.Constant(1.0), ast.Constant(0.0):
                return self._write(test, operands)
            case _, ast.Constant(0.0), ast.Constant(1.0):
                return self.ufunc(np.logical_not, self._write(test, operands))
        chosen, yes, no = self._write(test, operands), self._write(body, operands), self._write(orelse, operands)
        if not isinstance(chosen, np.ndarray):
            return yes if chosen else no
        shape = np.broadcast_shapes(chosen.shape, np.shape(yes), np.shape(no))
        if out is None or out.shape != shape:
            out = self.temporary(shape)
        self.call(np.copyto, out, no)
        self.call(np.copyto, out, yes, where=chosen)
        return out

    def _call(self, name: str, arguments: list[Operand], out: Array | None) -> Operand:
        match name, arguments:
            case "len", [np.ndarray() as xs]:
                return float(len(xs))
            case "logsumexp", [np.ndarray() as xs]:
                return self._logsumexp(xs, out)
            case "sumexp", [np.ndarray() as xs, y]:
                parts = self.ufunc(np.exp, self.ufunc(np.subtract, xs, y))
                return self.reduce(np.add, self._array(parts), 0, out)
            case _, [np.ndarray() as xs] if name in _REDUCTIONS:
                return self.reduce(_REDUCTIONS[name], xs, 0, out)
        if name in _UFUNCS:
            result = arguments[0]
            ufunc = _UFUNCS[name]
            if ufunc.nin == 1:
                return self.ufunc(ufunc, result, out=out)
            for other in arguments[1:]:
                result = self.ufunc(ufunc, result, other, out=out)
            return result
        if name not in GATES:
            raise ValueError(
                f"a formula may call {', '.join((*_UFUNCS, 'sum', 'len', 'logsumexp', 'sumexp'))} and gates, not "
                f"{name!r}"
            )
        gate = GATES[name]
        return self.write(gate.formula, dict(zip(gate.operands, arguments, strict=True)), out)

    def _logsumexp(self, xs: Array, out: Array | None) -> Operand:
        """max + log Σ exp(x - max); where max is infinite, max itself."""
        if xs.size <= _FEW:  # one slow call, sooner done than nine fast ones
            return self.reduce(np.logaddexp, xs, 0, out)
        largest = self.reduce(np.maximum, xs, 0)
        finite = self.ufunc(np.isfinite, largest)
        shift = self.temporary(largest.shape)
        self.call(np.copyto, shift, 0.0)
        self.call(np.copyto, shift, largest, where=finite)
        parts = self.ufunc(np.subtract, xs, shift)
        total = self.reduce(np.add, self._array(self.ufunc(np.exp, parts)), 0)
        return self.ufunc(np.add, self.ufunc(np.log, total), shift, out=out)

    @staticmethod
    def _array(x: Operand) -> Array:
        assert isinstance(x, np.ndarray)
        return x


_TESTS = {
    np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal,
    np.logical_or, np.logical_and, np.logical_not, np.isfinite,
}  # fmt: skip


def run(calls: Iterable[Call]) -> None:
    """Make the calls, in order."""
    for call in calls:
        call()


def has_nan(rows: Array) -> bool:
    """Whether there is a NaN among the rows: the sum of their squares is NaN then, and only then."""
    flat = rows.reshape(-1)
    return bool(np.isnan(np.vdot(flat, flat)))
