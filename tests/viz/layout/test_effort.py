"""How well the layout does on the worked examples, in numbers that no clock can blur: crossings, and stations under
long wires. A smaller number is an improvement to be written down here; a larger one is a loss."""

import pytest

import viz
from viz.layout.boxes import Box, Link
from viz.layout.layered import layered

#: (crossings, stations) of each worked example in the circuit style.
EFFORT = {
    "formula": (0, 0),
    "chain": (0, 0),
    "paths": (0, 0),
    "first_circuit": (0, 0),
    "sigmoid_neuron": (0, 0),
    "patterns": (0, 0),
    "square": (0, 0),
    "doubling": (0, 0),
    "blame": (0, 0),
    "neuron": (0, 0),
    "xor": (1, 3),
    "dense": (3, 6),
    "deep": (0, 0),
    "logit": (0, 1),
    "regression": (0, 0),
    "logistic": (0, 0),
    "two_losses": (0, 0),
    "cross_entropy": (0, 1),
    "softmax": (2, 3),
    "entropy": (0, 3),
    "descent": (0, 8),
    "network": (1, 6),
    "batch": (0, 0),
    "program": (0, 5),
}


def box(ins, **more):
    places = [10.0 * i - 5.0 * (ins - 1) for i in range(ins)]
    return Box(20, 20, 10 * max(ins, 1), 10 * max(ins, 1), places, **more)


def test_crossings_and_stations_of_the_worked_examples_are_exactly_these(examples):
    found = {}
    for name in EFFORT:
        thing, options = examples[name]()
        scene = viz.draw(thing, names=False, **options).scene
        found[name] = (scene.crossings, scene.stations)
    assert found == EFFORT


def test_every_example_but_the_model_has_its_numbers(examples):
    assert set(EFFORT) == examples.keys() - {"architecture"}  # which is placed by columns


@pytest.mark.parametrize("passed", [1, 2, 5])
def test_a_wire_has_a_station_in_each_rank_that_it_passes(passed):
    """A chain of gates, and a wire past all of them."""
    gates = [box(1) for _ in range(passed)]
    links = [Link(i, 0, i + 1, 0) for i in range(passed + 1)]
    layout = layered([box(0), *gates, box(2)], [*links, Link(0, 0, passed + 1, 1)])
    assert (layout.crossings, layout.stations) == (0, passed)


@pytest.mark.parametrize(("left", "right"), [(2, 2), (2, 3), (3, 3), (4, 3)])
def test_every_source_to_every_gate_crosses_as_often_as_it_must(left, right):
    """A complete bipartite graph has a pair of crossing wires for each pair of sources and pair of gates."""
    sources, gates = [box(0) for _ in range(left)], [box(left, flexible=True) for _ in range(right)]
    links = [Link(i, 0, left + j, i) for i in range(left) for j in range(right)]
    layout = layered([*sources, *gates], links)
    assert layout.crossings == left * (left - 1) // 2 * (right * (right - 1) // 2)
    assert layout.stations == 0


@pytest.mark.parametrize(("gates", "crossings"), [(400, 2020), (1000, 5019), (3000, 15411)])
def test_crossings_of_large_graphs_are_exactly_these(gates, crossings):
    """Gates over two of the last values each, far enough back that wires must cross; too large for a full search."""
    boxes = [box(0)] + [box(2) for _ in range(gates)]
    links = [
        Link(max(i - 1 - i * step % reach, 0), 0, i, slot)
        for i in range(1, gates + 1)
        for slot, (step, reach) in enumerate(((7, 13), (11, 29)))
    ]
    assert layered(boxes, links, thorough=False).crossings == crossings
