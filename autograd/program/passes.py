"""Passes: each takes a tape and returns one that computes the same with fewer rows.

A pass walks the rows once, from operands to outputs, so it takes time in proportion to the graph. None of them changes
a number by more than the rounding of a sum taken in another order.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from math import copysign

from autograd.gates import GATES, Gate
from autograd.program.tape import Dot, Tape, carries_lanes, moved

_ADD, _SUM, _MUL, _POW, _SQRT = (GATES[name] for name in ("add", "sum", "mul", "pow", "sqrt"))

#: More other terms than this beside products are added up by a sum of their own.
_FEW = 3


def fold_constants(tape: Tape) -> Tape:
    """A gate of constants alone is a constant."""
    operations, operands, constants = list(tape.operations), list(tape.operands), dict(tape.constants)
    for row, gate in enumerate(operations):
        if isinstance(gate, Gate) and all(operand in constants for operand in operands[row]):
            try:
                constants[row] = gate.forward(*[constants[operand] for operand in operands[row]])
            except (ArithmeticError, ValueError):
                continue  # a constant that lost its domain since: left for the run to report
            operations[row], operands[row] = None, ()
    return replace(tape, operations=operations, operands=operands, constants=constants)


def simplify_powers(tape: Tape) -> Tape:
    """x ** 2 is x · x, and x ** 0.5 is √x: the same numbers, much sooner."""
    operations, operands = list(tape.operations), list(tape.operands)
    for row, gate in enumerate(operations):
        if gate is _POW:
            base, exponent = operands[row]
            number = tape.constants.get(exponent)
            if number == 2.0:
                operations[row], operands[row] = _MUL, (base, base)
            elif number == 0.5:
                operations[row], operands[row] = _SQRT, (base,)
    return replace(tape, operations=operations, operands=operands)


def merge_equal(tape: Tape) -> Tape:
    """The same gate of the same operands is computed once, and the same constant is kept once."""
    new, where = Tape(), [-1] * len(tape)
    seen: dict[Hashable, int] = {}
    for row, operation in enumerate(tape.operations):
        operands = tuple([where[operand] for operand in tape.operands[row]])
        key: Hashable
        if operation is not None:
            key = (operation, *(sorted(operands) if operation is _ADD or operation is _MUL else operands))
        elif row in tape.constants:
            number = tape.constants[row]
            key = (number, copysign(1.0, number))  # 0.0 == -0.0, but 1 / 0.0 != 1 / -0.0
        else:
            where[row] = new.add(None, ())
            continue
        found = seen.get(key)
        if found is None:
            found = seen[key] = new.add(operation, operands)
            if operation is None:
                new.constants[found] = tape.constants[row]
        where[row] = found
    return moved(tape, new, where)


def drop_dead(tape: Tape) -> Tape:
    """Rows that no output depends on are left out; inputs and parameters stay, used or not."""
    alive = bytearray(len(tape))
    for row in (*tape.inputs, *tape.parameters, *tape.outputs):
        alive[row] = 1
    for row in range(len(tape) - 1, -1, -1):
        if alive[row]:
            for operand in tape.operands[row]:
                alive[operand] = 1
    new, where = Tape(), [-1] * len(tape)
    for row, operation in enumerate(tape.operations):
        if alive[row]:
            where[row] = new.add(operation, tuple([where[operand] for operand in tape.operands[row]]))
            if row in tape.constants:
                new.constants[where[row]] = tape.constants[row]
    return moved(tape, new, where)


def fuse_sums(tape: Tape) -> Tape:
    """Sums of sums become one sum, and a sum of products one `Dot`, where no other gate reads the parts.

    The products of a `Dot` are all alike: of a scalar and lanes (the scalar on the left), of two lanes, or of two
    scalars. Of a mixed sum the commonest kind is fused and the other products stay gates.
    """
    lanes = carries_lanes(tape)
    taken = _taken_in(tape, lanes)
    terms: dict[int, list[int]] = {}  # of each sum that is fused into another
    new, where = Tape(), [-1] * len(tape)

    def total(whole: list[int]) -> int:
        """The new row that adds up the old rows `whole`."""
        products, plus = _products(tape, whole, taken, lanes)
        for term in plus:
            if where[term] < 0:  # a product of another kind
                where[term] = new.add(_MUL, tuple([where[o] for o in tape.operands[term]]))
        others = [where[term] for term in plus]
        if not products:
            return new.add(_ADD if len(others) == 2 else _SUM, tuple(others))
        if len(others) > _FEW:
            others = [new.add(_SUM, tuple(others))]
        factors = [where[a] for a, _ in products] + [where[b] for _, b in products]
        return new.add(Dot(len(products), len(others)), (*factors, *others))

    for row, operation in enumerate(tape.operations):
        operands = tape.operands[row]
        if operation is _ADD or operation is _SUM:
            whole = _joined(operands, terms)
            if taken[row]:
                terms[row] = whole
                continue
            fixed = [term for term in whole if lanes[term] < lanes[row]]
            if len(fixed) > 1:  # the same for every example: added up once for the whole batch
                whole = [term for term in whole if lanes[term]]
                where[row] = total(fixed)  # stands in for the row until its lanes are added
                whole.append(row)
            where[row] = total(whole)
        elif not taken[row]:
            where[row] = new.add(operation, tuple([where[operand] for operand in operands]))
            if row in tape.constants:
                new.constants[where[row]] = tape.constants[row]
    return moved(tape, new, where)


def _taken_in(tape: Tape, lanes: bytearray) -> bytearray:
    """Which products and sums can be fused into the sum that alone reads them.

    A sum fuses only into a sum of its own kind: both have a result for each example, or both have one for the batch.
    """
    taken, uses = bytearray(len(tape)), tape.uses()
    for row, operation in enumerate(tape.operations):
        if operation is _ADD or operation is _SUM:
            for operand in tape.operands[row]:
                inner = tape.operations[operand]
                if uses[operand] == 1:
                    taken[operand] = inner is _MUL or (
                        (inner is _ADD or inner is _SUM) and lanes[operand] == lanes[row]
                    )
    return taken


def _joined(operands: tuple[int, ...], terms: dict[int, list[int]]) -> list[int]:
    """The operands, each fused sum among them replaced by its terms."""
    largest = max(operands, key=lambda o: len(terms.get(o, ())))
    if largest not in terms:
        return list(operands)
    whole = terms.pop(largest)  # appended to, not copied, so that a long chain of sums takes linear time
    for operand in operands:
        if operand in terms:
            whole += terms.pop(operand)
        elif operand != largest:
            whole.append(operand)
    return whole


def _products(
    tape: Tape, terms: list[int], taken: bytearray, lanes: bytearray
) -> tuple[list[tuple[int, int]], list[int]]:
    """The commonest kind of products among `terms`, as pairs with the scalar on the left, and the other terms."""
    kinds: tuple[list[int], list[int], list[int]] = ([], [], [])
    in_lanes = any(map(lanes.__getitem__, terms))
    for term in terms:
        if tape.operations[term] is _MUL and taken[term] and lanes[term] == in_lanes:
            left, right = tape.operands[term]
            kinds[lanes[left] + lanes[right]].append(term)
    chosen = max(kinds, key=len)
    pairs = [tape.operands[term] for term in chosen]
    fused = set(chosen)
    return (
        [(a, b) if lanes[a] <= lanes[b] else (b, a) for a, b in pairs],
        [term for term in terms if term not in fused],
    )
