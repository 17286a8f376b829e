"""The layered layout: no crossings that need not be, straight wires where they can be, boxes apart."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pictures import crossings, faults, flattened

import viz
from autograd import GATES, Value, apply
from nn import Module
from viz.diagram.build import commutes
from viz.layout import coordinates, ordering
from viz.layout.boxes import Box, Link
from viz.layout.coordinates import weighted_median
from viz.layout.layered import layered
from viz.styles import measure
from viz.styles.measure import text_width


def box(ins=1, outs=1, **more):
    places = [10.0 * i - 5.0 * (ins - 1) for i in range(ins)]
    return Box(20, 20, 10 * max(ins, 1), 10 * max(ins, 1), places, [0.0] * outs, **more)


def grown(draw: random.Random, gates: int) -> Value:
    """A graph of random gates over random earlier values."""
    values = [Value(draw.uniform(-2, 2), f"x{i}") for i in range(3)]
    kinds = [GATES[name] for name in ("add", "sub", "mul", "max", "tanh", "sigmoid", "sum")]
    for _ in range(gates):
        gate = draw.choice(kinds)
        count = draw.randint(1, 5) if gate.arity is None else gate.arity
        values.append(apply(gate, [draw.choice(values[-8:]) for _ in range(count)]))
    values[-1].backward()
    return values[-1]


@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.integers(1, 25),
    st.sampled_from(["circuit", "compact", "record"]),
    st.sampled_from(["LR", "TB"]),
)
def test_no_random_graph_has_overlapping_texts_or_wires_through_nodes(seed, gates, style, direction):
    picture = viz.draw(grown(random.Random(seed), gates), style=style, direction=direction, names=False)
    assert faults(picture.scene) == []
    drawn = crossings([(p.net, flattened(p)) for p in picture.scene.paths if p.kind == "wire"])
    assert abs(drawn - picture.scene.crossings) <= 0.1 * drawn + 2  # points and ties of a drawing are counted exactly


@pytest.mark.parametrize("change", [1 - 1e-13, 1 + 1e-13, 1 + 3e-12])
def test_the_last_bits_of_the_widths_of_texts_change_nothing_in_a_picture(examples, change, monkeypatch):
    def drawn():
        text_width.cache_clear()
        return {
            (name, style, direction): viz.draw(thing, names=False, style=style, direction=direction, **options).svg
            for name, make in examples.items()
            for style, direction in (("circuit", "LR"), ("compact", "LR"), ("record", "TB"))
            for thing, options in [make()]
            if style == "circuit" or not isinstance(thing, Module)  # which has one style
        }

    before = drawn()
    monkeypatch.setattr(measure, "ROOM", measure.ROOM * change)
    after = drawn()
    text_width.cache_clear()
    assert [look for look in before if before[look] != after[look]] == []


@pytest.mark.parametrize("added", [math.fsum, lambda numbers: sum(reversed(list(numbers)))])
def test_the_order_in_which_floats_are_added_changes_nothing_in_a_picture(examples, added, monkeypatch):
    def drawn():
        return {
            name: viz.draw(thing, names=False, **options).svg
            for name, make in examples.items()
            for thing, options in [make()]
        }

    before = drawn()
    for module in (coordinates, ordering):
        monkeypatch.setattr(module, "sum", added, raising=False)
    assert [name for name, svg in drawn().items() if svg != before[name]] == []


def test_a_chain_is_one_straight_line():
    boxes = [box(ins=0), *(box() for _ in range(9))]
    layout = layered(boxes, [Link(i, 0, i + 1, 0) for i in range(9)])
    assert {b.across for b in boxes} == {10.0}
    assert all(len(step) == 1 for piece in layout.pieces for step in piece.path)
    assert all(a.along + a.after < b.along - b.before for a, b in pairwise(boxes))


def test_a_gate_stands_midway_between_its_two_leaves():
    boxes = [box(ins=0), box(ins=0), box(ins=2)]
    layered(boxes, [Link(0, 0, 2, 0), Link(1, 0, 2, 1)])
    assert boxes[2].across == pytest.approx((boxes[0].across + boxes[1].across) / 2)


def test_leaves_stand_just_before_their_first_consumer():
    late, early, gate, last = box(ins=0), box(ins=0), box(), box(ins=2)
    layered([late, early, gate, last], [Link(1, 0, 2, 0), Link(2, 0, 3, 0), Link(0, 0, 3, 1)])
    assert late.along == gate.along > early.along


def test_operands_that_commute_are_uncrossed_and_others_only_to_save_a_crossing():
    a, b = Value(3.0, "a"), Value(2.0, "b")
    for make, swapped in ((lambda: (a + b) * (b + a), 0), (lambda: a - b, 0), (lambda: a / (1 - a), 1)):
        picture = viz.draw(make(), names=False)
        assert picture.scene.crossings <= 1
        assert sum(t.role == "operand" for t in picture.scene.texts) == 2 * swapped
    assert viz.draw(a / (1 - a), names=False).scene.crossings == 0


def test_operands_of_a_difference_stand_in_their_order():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    nodes = {s.node: s for s in viz.draw(a - b).scene.shapes}
    assert nodes["n0"].y < nodes["n1"].y


def test_which_gates_commute_is_read_from_their_formulas():
    assert {name for name, gate in GATES.items() if gate.arity == 2 and commutes(gate)} == {
        "add",
        "mul",
        "max",
        "min",
        "equal",
    }


def test_wires_over_ranks_share_a_station_and_branch_late():
    source, middle, end = box(ins=0), box(), box(ins=2)
    far = box()
    layout = layered(
        [source, middle, far, end], [Link(0, 0, 1, 0), Link(1, 0, 2, 0), Link(2, 0, 3, 0), Link(0, 0, 3, 1)]
    )
    assert len(layout.junctions) == 1
    assert layout.crossings == 0


def test_nothing_at_all_is_laid_out_as_nothing():
    layout = layered([], [])
    assert (layout.length, layout.breadth, layout.pieces) == (0.0, 0.0, [])


def test_weighted_median_is_midway_between_two_that_share_it():
    assert weighted_median([(1.0, 1.0), (3.0, 1.0)]) == 2.0
    assert weighted_median([(1.0, 3.0), (3.0, 1.0)]) == 1.0
    assert weighted_median([(0.0, 1.0), (5.0, 1.0), (9.0, 1.0)]) == 5.0
