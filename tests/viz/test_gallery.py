"""What holds of every worked example in every style, theme and direction, and the golden pictures of all."""

import json
import re
from pathlib import Path

import graphviz
import pytest
from support.extras import needs
from support.pictures import crossings, faults, flattened

import viz
from autograd import Value, topological_order
from nn import Module
from viz.output.scene import Path as Wire
from viz.styles import STYLES

GALLERY = Path(__file__).parents[2] / "notebooks" / "gallery"
PICTURES = sorted((GALLERY / "pictures").glob("*.svg"))


def test_every_example_has_a_picture_in_the_gallery(examples):
    assert {file.name for file in PICTURES} == {
        *(f"{name}.circuit.light.svg" for name in examples),
        "sigmoid_neuron.circuit.dark.svg",
    }


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.stem)
def test_examples_are_drawn_as_in_the_gallery(examples, file):
    """`python notebooks/gallery/make.py --goldens` draws them anew; look at each one that changed."""
    name, style, theme = file.stem.split(".")
    thing, options = examples[name]()
    picture = viz.draw(thing, style=style, theme=theme, names=False, **options)
    assert picture.svg == file.read_text(encoding="utf-8")


def test_the_page_of_the_gallery_shows_pictures_that_are_there():
    shown = re.findall(r"\((pictures/[^)]*)\)", (GALLERY / "README.md").read_text(encoding="utf-8"))
    assert {GALLERY / path for path in shown} == set(PICTURES)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_no_text_overlaps_another_or_is_struck_by_a_wire(examples, style, direction):
    for name, make in examples.items():
        thing, options = make()
        if not isinstance(thing, Module):  # which has one style
            options["style"] = style
        picture = viz.draw(thing, names=False, direction=direction, **options)
        assert faults(picture.scene) == [], name


@pytest.mark.parametrize("room", ["−8.88e−308", "−1.234567890e−100"])
def test_room_is_kept_for_numbers_of_any_size(examples, room):
    thing, _ = examples["sigmoid_neuron"]()
    narrow, wide = viz.draw(thing), viz.draw(thing, room=room)
    assert faults(wide.scene) == []
    assert wide.scene.width > narrow.scene.width
    assert len({t.width for t in wide.scene.texts if t.role == "value"}) == 1


def dot_crossings(output: Value) -> int:
    """Crossings in dot's own drawing of the same graph, as circles and splines."""
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    edges = "".join(f"{place[p]}->{place[n]};" for n in order for p in n.parents)
    source = f'digraph{{rankdir=LR;edge[dir=none];node[shape=circle,fixedsize=true,width=0.5,label=""];{edges}}}'
    drawn = json.loads(graphviz.Source(source).pipe(format="json0", encoding="utf-8"))
    wires = []
    for edge in drawn.get("edges", ()):
        points = [tuple(map(float, p.split(","))) for p in edge["pos"].split()]
        spline = [(points[0],), *(tuple(points[i : i + 3]) for i in range(1, len(points) - 2, 3))]
        wires.append((str(edge["tail"]), flattened(Wire(spline))))
    return crossings(wires)


@needs("Graphviz")
def test_no_worked_example_crosses_more_wires_than_dot(examples):
    for name, make in examples.items():
        thing, options = make()
        if isinstance(thing, list) or not isinstance(thing, Value) or "expand" in options or name == "batch":
            continue
        for node in topological_order(thing):
            node.scope = ""
        picture = viz.draw(thing, names=False)
        own = crossings([(p.net, flattened(p)) for p in picture.scene.paths if p.kind == "wire"])
        assert own == picture.scene.crossings, name
        assert own <= dot_crossings(thing), name


@pytest.mark.parametrize("layout", ["layered", pytest.param("dot", marks=needs("Graphviz"))])
def test_frames_hold_all_of_their_own_and_nothing_else(examples, layout):
    for name in ("network", "descent", "dense", "xor"):
        thing, options = examples[name]()
        picture = viz.draw(thing, names=False, layout=layout, **options)
        frames = {s.node: s for s in picture.scene.shapes if s.kind == "frame"}
        paths = {f.key: f for f in picture.diagram.frames}
        for node in picture.diagram.nodes:
            shape = next(s for s in picture.scene.shapes if s.node == node.key and s.kind == node.kind)
            around = set()
            frame = node.frame
            while frame is not None:
                around.add(frame.key)
                frame = frame.parent
            for key, box in frames.items():
                inside = abs(shape.x - box.x) < box.width / 2 and abs(shape.y - box.y) < box.height / 2
                assert inside == (key in around), (name, node.key, paths[key].path)
