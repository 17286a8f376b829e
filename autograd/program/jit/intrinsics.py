"""What compiled kernels are made of: raw memory, sums in any order, and exp and tanh that a compiler can vectorize.

Importing this module imports numba. A kernel reads values at ``m[i]`` and gradients at ``g[i]``; `read` promises that
nothing the kernel writes lies there, so that loops become vector instructions without checks at run time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import float64, int32, int64, types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])

_POINTER = types.CPointer(float64)  # type: ignore[no-untyped-call]
_INTEGERS = types.CPointer(int32)  # type: ignore[no-untyped-call]

#: Of every kernel: where its numbers are, the values, the gradients.
SIGNATURE = types.void(_INTEGERS, _POINTER, _POINTER)


class _Cache(FunctionCache):
    """Compiled functions on disk, where a damaged file or a full disk means compiling again, not an error."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:
            with suppress(Exception):
                self.flush()  # type: ignore[no-untyped-call]
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(Exception):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def jit(function: F, *signature: Any, nogil: bool = False) -> F:
    """`function`, compiled; for these arguments at once, or for any when first called. Kept on disk if that can be."""
    compiled: Any = numba.njit(nogil=nogil, error_model="numpy")(function)
    with suppress(RuntimeError):  # there is nowhere to keep it
        compiled._cache = _Cache(function)  # type: ignore[no-untyped-call]
    if signature:
        compiled.compile(signature)
        compiled.disable_compile()
    result: F = compiled
    return result


def _intrinsic(define: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one machine instruction or few, given as the code to generate."""
    compiled: Callable[..., Any] = intrinsic(define)
    return compiled


def _in_scope(builder: Any, instruction: Any, kind: str) -> None:
    """Mark a load as of the operands, or a store as never touching them (LLVM's alias.scope and noalias)."""
    module = builder.module
    domain = module.add_metadata([ir.MetaDataString(module, "gatewise")])
    scope = module.add_metadata([ir.MetaDataString(module, "operands"), domain])
    instruction.set_metadata(kind, module.add_metadata([scope]))


@_intrinsic
def read(_context: Any, p: Any, i: Any) -> Any:
    """p[i], of memory that this kernel does not write."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        value = builder.load(builder.gep(arguments[0], [arguments[1]]))
        _in_scope(builder, value, "alias.scope")
        return value

    return float64(_POINTER, int64), code


@_intrinsic
def fetch(_context: Any, p: Any, i: Any) -> Any:
    """p[i], of memory that this kernel adds to."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(builder.gep(arguments[0], [arguments[1]]))

    return float64(_POINTER, int64), code


@_intrinsic
def write(_context: Any, p: Any, i: Any, x: Any) -> Any:
    """p[i] = x."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        store = builder.store(arguments[2], builder.gep(arguments[0], [arguments[1]]))
        _in_scope(builder, store, "noalias")
        return context.get_dummy_value()

    return types.void(_POINTER, int64, float64), code


@_intrinsic
def at(_context: Any, p: Any, i: Any) -> Any:
    """The i-th number of the instruction."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        value = builder.load(builder.gep(arguments[0], [arguments[1]]))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return builder.sext(value, ir.IntType(64))

    return int64(_INTEGERS, int64), code


@_intrinsic
def add(_context: Any, total: Any, x: Any) -> Any:
    """total + x, where the order of the sum does not matter: several partial sums may run side by side."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments, flags=("reassoc",))

    return float64(float64, float64), code


def _fused(flags: tuple[str, ...]) -> Any:
    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        double = ir.DoubleType()
        kind = ir.FunctionType(double, [double] * 3)
        function = builder.module.declare_intrinsic("llvm.fmuladd", [double], kind)
        return builder.call(function, arguments, fastmath=flags)

    return code


@_intrinsic
def multiply_add(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a · b + c in one instruction, where the machine has it."""
    return float64(float64, float64, float64), _fused(())


@_intrinsic
def add_product(_context: Any, a: Any, b: Any, total: Any) -> Any:
    """total + a · b, where the order of the sum does not matter."""
    return float64(float64, float64, float64), _fused(("reassoc",))


@_intrinsic
def bits(_context: Any, x: Any) -> Any:
    """The 64 bits of a float, as an integer."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return int64(float64), code


@_intrinsic
def from_bits(_context: Any, n: Any) -> Any:
    """The float of these 64 bits."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return float64(int64), code


@_intrinsic
def integer_at(_context: Any, address: Any) -> Any:
    """The 64-bit integer at an address."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))

    return int64(int64), code


@_intrinsic
def float_at(_context: Any, address: Any) -> Any:
    """The float at an address."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.DoubleType().as_pointer()))

    return float64(int64), code


@_intrinsic
def call(_context: Any, address: Any, code_at: Any, m_at: Any, g_at: Any) -> Any:
    """Run the kernel at `address`; all four are addresses."""

    def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        integers, doubles = ir.IntType(32).as_pointer(), ir.DoubleType().as_pointer()
        kernel = ir.FunctionType(ir.VoidType(), [integers, doubles, doubles]).as_pointer()
        function, *where = arguments
        pointers = [builder.inttoptr(x, kind) for x, kind in zip(where, (integers, doubles, doubles), strict=True)]
        builder.call(builder.inttoptr(function, kernel), pointers)
        return _target.get_dummy_value()

    return types.void(int64, int64, int64, int64), code


_MAGIC = 6755399441055744.0  # 1.5 · 2⁵²: adding it rounds to a whole number and leaves that in the low bits
_LOG2E, _LN2_HIGH, _LN2_LOW = 1 / math.log(2), 6.93147180369123816490e-01, 1.90821492927058770002e-10
_MAGIC_BITS = 0x4338000000000000
_C2, _C3, _C4, _C5, _C6, _C7 = (1 / math.factorial(n) for n in range(2, 8))
_C8, _C9, _C10, _C11, _C12, _C13 = (1 / math.factorial(n) for n in range(8, 14))


@jit
def _expm1_reduced(r: float) -> float:
    """exp(r) - 1 for |r| <= ln 2 / 2, by its Taylor series: the first term left out is below 2⁻⁵⁶ r."""
    p = multiply_add(r, _C13, _C12)
    p = multiply_add(r, p, _C11)
    p = multiply_add(r, p, _C10)
    p = multiply_add(r, p, _C9)
    p = multiply_add(r, p, _C8)
    p = multiply_add(r, p, _C7)
    p = multiply_add(r, p, _C6)
    p = multiply_add(r, p, _C5)
    p = multiply_add(r, p, _C4)
    p = multiply_add(r, p, _C3)
    p = multiply_add(r, p, _C2)
    return multiply_add(r * r, p, r)  # type: ignore[no-any-return]


@jit
def exp(x: float) -> float:
    """eˣ = 2ᵏ · exp(r) with r = x - k ln 2; no branch and no table, so that lanes run side by side."""
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    t = multiply_add(x, _LOG2E, _MAGIC)
    k = bits(t) - _MAGIC_BITS
    whole = t - _MAGIC
    r = multiply_add(whole, -_LN2_LOW, multiply_add(whole, -_LN2_HIGH, x))
    half = k >> 1  # 2ᵏ in two steps reaches the smallest and the largest floats
    return (1.0 + _expm1_reduced(r)) * from_bits((half + 1023) << 52) * from_bits((k - half + 1023) << 52)  # type: ignore[no-any-return]


@jit
def tanh(x: float) -> float:
    """(e²ˣ - 1) / (e²ˣ - 1 + 2), with e²ˣ - 1 computed as such, so that small x keep all their digits."""
    z = 2.0 * abs(x)
    z = 44.0 if z > 44.0 else z
    t = multiply_add(z, _LOG2E, _MAGIC)
    whole = t - _MAGIC
    r = multiply_add(whole, -_LN2_LOW, multiply_add(whole, -_LN2_HIGH, z))
    scale = from_bits((bits(t) - _MAGIC_BITS + 1023) << 52)
    less_one = multiply_add(scale, _expm1_reduced(r), scale - 1.0)
    return math.copysign(less_one / (less_one + 2.0), x)


@jit
def total_of(xs: Any) -> float:
    """Σ xs."""
    total = 0.0
    for x in xs:
        total += x
    return total


@jit
def max_of(xs: Any) -> float:
    """The largest of xs."""
    largest = xs[0]
    for x in xs:
        largest = x if x > largest else largest
    return largest  # type: ignore[no-any-return]


@jit
def min_of(xs: Any) -> float:
    """The smallest of xs."""
    smallest = xs[0]
    for x in xs:
        smallest = x if x < smallest else smallest
    return smallest  # type: ignore[no-any-return]
