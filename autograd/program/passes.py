"""Passes: each takes a tape and returns one that computes the same with fewer rows.

A pass walks the rows once, from operands to outputs, so it takes time in proportion to the graph. None of them changes
a number by more than the rounding of a sum taken in another order.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from math import copysign

from autograd.gates import GATES, Gate
from autograd.program.tape import SPREAD, Dot, Tape

_ADD, _SUM, _MUL, _POW, _SQRT = (GATES[name] for name in ("add", "sum", "mul", "pow", "sqrt"))

#: More other terms than this beside products are added up by a sum of their own.
_FEW = 3


def _moved(tape: Tape, new: Tape, where: list[int]) -> Tape:
    """`new`, with the leaves and ends of `tape` at the rows they moved to."""
    new.inputs = [where[i] for i in tape.inputs]
    new.parameters = [where[i] for i in tape.parameters]
    new.outputs = [where[i] for i in tape.outputs]
    for row, name in tape.names.items():
        if where[row] >= 0:
            new.names.setdefault(where[row], name)
    return new


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
    return _moved(tape, new, where)


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
    return _moved(tape, new, where)


def carries_lanes(tape: Tape) -> bytearray:
    """Which rows differ from example to example: the inputs, and all that depends on them. The others are scalars."""
    lanes = bytearray(len(tape))
    for row in tape.inputs:
        lanes[row] = 1
    for row, operands in enumerate(tape.operands):
        if not lanes[row]:
            lanes[row] = tape.operations[row] is SPREAD or any(map(lanes.__getitem__, operands))
    return lanes


def is_active(tape: Tape) -> bytearray:
    """Which rows depend on a parameter: the ones a gradient has to pass through."""
    active = bytearray(len(tape))
    for row in tape.parameters:
        active[row] = 1
    for row, operands in enumerate(tape.operands):
        if not active[row] and operands:
            gate = tape.operations[row]
            if isinstance(gate, Gate) and "0.0" in gate.derivatives:
                operands = tuple([operand for i, operand in enumerate(operands) if not gate.blocks(i)])
            active[row] = any(map(active.__getitem__, operands))
    return active


def fuse_sums(tape: Tape) -> Tape:
    """Sums of sums become one sum, and a sum of products one `Dot`, as long as nobody else reads the parts.

    The products of a `Dot` are all alike: of a scalar and lanes (the scalar on the left), of two lanes, or of two
    scalars. Of a mixed sum the commonest kind is fused and the other products stay gates.
    """
    lanes = carries_lanes(tape)
    taken = _taken_in(tape, lanes)
    terms: dict[int, list[int]] = {}  # of each sum that another takes in
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
            if len(fixed) > 1:  # added up by themselves, once for the whole batch
                whole = [term for term in whole if lanes[term]]
                where[row] = total(fixed)  # stands in for the row until its lanes are added
                whole.append(row)
            where[row] = total(whole)
        elif not taken[row]:
            where[row] = new.add(operation, tuple([where[operand] for operand in operands]))
            if row in tape.constants:
                new.constants[where[row]] = tape.constants[row]
    return _moved(tape, new, where)


def _taken_in(tape: Tape, lanes: bytearray) -> bytearray:
    """The products and sums whose only reader is a sum that is for each example if they are, or once if they are."""
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
    """The operands, with the terms of each sum that is taken in in its place."""
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


def depths(tape: Tape) -> list[int]:
    """How many gates stand between each row and the leaves: rows of one depth don't depend on each other."""
    depth = [0] * len(tape)
    for row, operands in enumerate(tape.operands):
        if operands:
            depth[row] = 1 + max(map(depth.__getitem__, operands))
    return depth


def pad_ragged(tape: Tape) -> Tape:
    """Sums of 1, 2, 3, ... products of lanes at one depth (causal attention makes such) become equally long.

    They are filled up with products 0 · 0, as long as that does not double the work, and then run as one instruction.
    """
    longest = _common_lengths(tape)
    if not longest:
        return tape
    new = Tape()
    constant = new.add(None, ())
    new.constants[constant] = 0.0
    zero = new.add(SPREAD, (constant,))
    where = list(range(len(new), len(new) + len(tape)))
    for row, operation in enumerate(tape.operations):
        operands = tuple([where[operand] for operand in tape.operands[row]])
        if row in longest and isinstance(operation, Dot):
            pairs = operation.pairs
            filling = (zero,) * (longest[row] - pairs)
            operands = operands[:pairs] + filling + operands[pairs : 2 * pairs] + filling + operands[2 * pairs :]
            operation = Dot(longest[row], operation.plus)
        new.add(operation, operands)
        if row in tape.constants:
            new.constants[where[row]] = tape.constants[row]
    return _moved(tape, new, where)


def _common_lengths(tape: Tape) -> dict[int, int]:
    """For each `Dot` of lanes that is worth filling up: how many pairs it should have."""
    lanes = carries_lanes(tape)
    alike: dict[tuple[int, int], dict[int, int]] = {}
    for row, (operation, depth) in enumerate(zip(tape.operations, depths(tape), strict=True)):
        if isinstance(operation, Dot) and lanes[tape.operands[row][0]]:
            alike.setdefault((depth, operation.plus), {})[row] = operation.pairs
    longest: dict[int, int] = {}
    for pairs in alike.values():
        most = max(pairs.values())
        if min(pairs.values()) < most and most * len(pairs) <= 2 * sum(pairs.values()):
            longest.update(dict.fromkeys(pairs, most))
    return longest


def spread_scalars(tape: Tape) -> Tape:
    """A scalar that meets lanes in a gate of any number of operands, or is an output, is spread over the lanes."""
    lanes = carries_lanes(tape)
    new, where = Tape(), [-1] * len(tape)
    copies: dict[int, int] = {}

    def spread(row: int) -> int:
        if lanes[row]:
            return where[row]
        if row not in copies:
            copies[row] = new.add(SPREAD, (where[row],))
        return copies[row]

    for row, operation in enumerate(tape.operations):
        operands = tape.operands[row]
        whole = isinstance(operation, Gate) and operation.arity is None and lanes[row]
        where[row] = new.add(operation, tuple([spread(o) if whole else where[o] for o in operands]))
        if row in tape.constants:
            new.constants[where[row]] = tape.constants[row]
    outputs = [spread(row) for row in tape.outputs]
    moved = _moved(tape, new, where)
    moved.outputs = outputs
    return moved
