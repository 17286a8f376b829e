"""viz.draw: what is drawn, what is left out, what is refused, and that the same graph gives the same bytes."""

import math
import os
import subprocess
import sys
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest
from support.equations import holds, in_text
from support.pictures import faults

import viz
from autograd import GATES, Value, exp, scope, where
from viz.diagram.build import commutes
from viz.explanation.table import table
from viz.text.numbers import NumberFormat
from viz.themes import THEMES

SVG = "{http://www.w3.org/2000/svg}"


def neuron():
    w, x, b = Value(2.0, "w"), Value(-1.0, "x"), Value(-3.0, "b")
    return 1 / (1 + exp(-(w * x + b)))


def texts(picture, role):
    return [t.text for t in picture.scene.texts if t.role == role]


def test_values_gradients_and_local_derivatives_are_those_of_cs231n():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    f = (x + y) * z
    f.backward()
    picture = viz.draw(f)
    assert sorted(texts(picture, "value")) == sorted(["−2", "5", "−4", "3", "−12"])
    assert sorted(texts(picture, "gradient")) == sorted(["−4", "−4", "3", "−4", "1"])
    assert sorted(texts(picture, "local")) == sorted(["×1", "×1", "×−4", "×3"])


def test_before_backward_no_gradient_is_drawn():
    picture = viz.draw(neuron())
    assert texts(picture, "gradient") == texts(picture, "contribution") == []
    assert 'class="gradient"' not in picture.svg


def test_gradients_of_an_earlier_pass_are_not_those_of_a_new_graph():
    w = Value(2.0, "w")
    (w * 3).backward()
    assert w.grad == 3.0
    assert texts(viz.draw(w * 4), "gradient") == []


def test_gradients_can_be_asked_for_and_left_out():
    y = neuron()
    assert len(texts(viz.draw(y, gradients=True), "gradient")) == 9
    y.backward()
    assert texts(viz.draw(y, gradients=False), "gradient") == []


def test_a_value_used_twice_branches_at_a_copy_that_adds_up():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y)
    assert [s.kind for s in picture.scene.shapes].count("copy") == 2  # the junction and the one in the legend
    assert texts(picture, "contribution") == ["3", "3"]
    assert texts(picture, "gradient") == ["6", "1"]
    assert len(picture.diagram.wires) == 2


def test_copies_can_be_hidden():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y, copies=False)
    assert "copy" not in {s.kind for s in picture.scene.shapes}
    assert texts(picture, "contribution") == []


def test_the_sum_gate_is_one_circle():
    from autograd import sum as total

    picture = viz.draw(total([Value(1.0), Value(2.0), Value(3.0)]))
    assert [n.text for n in picture.diagram.nodes if n.kind == "gate"] == ["Σ"]


def test_names_come_from_labels_then_from_the_callers_variables():
    weight, labelled = Value(2.0), Value(3.0, "label")
    out = weight * labelled
    assert [n.text for n in viz.draw(out).diagram.nodes] == ["weight", "label", "×"]
    assert texts(viz.draw(out), "name") == ["out ="]
    assert [n.text for n in viz.draw(out, names=False).diagram.nodes] == ["2", "label", "×"]
    assert [n.text for n in viz.draw(out, names={"w": weight}).diagram.nodes] == ["w", "label", "×"]


def test_tooltips_say_the_role_and_every_digit():
    x = Value(1 / 3, "x")
    picture = viz.draw(x * x)
    titles = [e.text for e in ElementTree.fromstring(picture.svg).iter(f"{SVG}title")]
    assert any(t.startswith("mul: switcher, each operand gets upstream × the other operand") for t in titles)
    assert "0.3333333333333333" in titles


def test_several_outputs_are_drawn_as_one_graph():
    x = Value(2.0, "x")
    picture = viz.draw([x * 2, x + 1])
    assert sum(n.output for n in picture.diagram.nodes) == 2
    assert sum(n.text == "x" for n in picture.diagram.nodes) == 1


def test_an_output_that_another_output_uses_has_a_double_border_too():
    x = Value(2.0, "x")
    y = x * 2
    picture = viz.draw([y, y + 1])
    assert sum(n.output for n in picture.diagram.nodes) == 2
    assert faults(picture.scene) == []


@pytest.mark.parametrize("style", ["circuit", "compact", "record"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_one_leaf_and_one_gate_and_numbers_out_of_bounds_are_drawn(style, direction):
    nan = Value(math.nan, "nan") * Value(math.inf, "inf") + Value(-math.inf) + Value(1e-300)
    nan.backward()
    for value in (Value(3.0), Value(3.0, "x"), Value(3.0, "x").tanh(), -Value(0.0), nan):
        picture = viz.draw(value, style=style, direction=direction)
        ElementTree.fromstring(picture.svg)
        assert faults(picture.scene) == []
    if style != "compact":
        assert {"NaN", "∞"} <= {t.removeprefix("data ") for t in texts(picture, "value")}


HOSTILE = [
    "<script>alert(1)</script>", 'a&b "q" \'p\'', "이름", "😀", "x" * 200, r"\input{/etc/passwd} $x_1^2$ %#~{}",
    "line\nbreak\t\x00\x1b]]>", "\ud800", "é ŷ λ₁ ∂", "]]", "-->", "a|b", "\\", "‮right to left",
]  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("style", ["circuit", "compact", "record"])
def test_labels_of_any_characters_are_text_and_nothing_else(label, style):
    with scope("s" + label.replace(".", "")):
        x = Value(2.0, label)
        y = x * x
    y.label = label
    y.backward()
    picture = viz.draw([y], style=style)
    root = ElementTree.fromstring(picture.svg.encode())  # well-formed, and the label adds no element
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg", "title", "desc", "rect", "g", "path", "circle", "text"
    }  # fmt: skip
    assert faults(picture.scene) == []
    for form in ("html", "dot", "tex", "txt"):
        getattr(picture, form)
    assert "<script>" not in picture.html


def test_the_whole_of_a_long_label_is_in_the_tooltip():
    x = Value(1.0, "very_long_name_" * 20)
    picture = viz.draw(x + 1)
    assert x.label in picture.svg
    assert x.label not in texts(picture, "label")


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    code = (
        "import viz; from autograd import *; import autograd\n"
        "with scope('s'):\n    a, b = Value(1.5, 'a'), Value(-2.0, 'b'); c = a * b + (a + b).tanh() + a\n"
        "d = autograd.sum([c, a, b, c * 2]); d.backward()\n"
        "p = viz.draw(d); print(p.svg, p.dot, p.tex, p.txt)\n"
        "print(viz.draw(d, expand=0).svg, viz.draw(d, style='record', direction='TB').svg)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(printed) == 1


@pytest.mark.parametrize(
    ("option", "wrong", "there"),
    [
        ("style", "circus", "circuit, compact, record"),
        ("theme", "drak", "did you mean 'dark'"),
        ("direction", "RL", "LR, TB"),
        ("layout", "neato", "layered, dot"),
        ("magnitude", "size", "value, gradient"),
        ("theme", None, "light, dark, print"),
        ("expand", "layer9", "no scope 'layer9'"),
        ("collapse", "layer9", "no scope 'layer9'"),
        ("number", 0, "from 1 to 17"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(option, wrong, there):
    with pytest.raises(ValueError, match=there):
        viz.draw(neuron(), **{option: wrong})


def test_what_is_no_value_is_refused():
    for wrong in (3.0, "x", None, [1.0], object()):
        with pytest.raises(TypeError, match="takes a Value"):
            viz.draw(wrong)
    with pytest.raises(ValueError, match="nothing to draw"):
        viz.draw([])


def test_a_highlight_from_another_graph_is_refused():
    with pytest.raises(ValueError, match="not in this graph"):
        viz.draw(neuron(), highlight=Value(1.0))
    with pytest.raises(TypeError, match="takes a Value"):
        viz.draw(neuron(), highlight="w")


def test_a_highlight_sets_off_all_paths_and_writes_their_products():
    x = Value(3.0, "x")
    y = (x + 1) * x + Value(5.0, "c")
    y.label = "y"
    picture = viz.draw(y, highlight=x)
    pale = {s.node for s in picture.scene.shapes if s.pale}
    assert pale == {n.key for n in picture.diagram.nodes if n.text in ("1", "c")}
    assert picture.diagram.captions == [
        "x → + → × → + (y):   1 × 3 × 1 = 3",
        "x → × → + (y):   4 × 1 = 4",
        "∂y/∂x = 7, the sum over 2 paths",
    ]


def test_a_product_that_does_not_hold_at_its_printed_digits_says_about():
    x = Value(1.0, "x")
    y = (x * 1.016 + 0.0) * -0.4834  # 1.02 × −0.483 would be −0.493
    first, last = viz.draw(y, highlight=x, names={"y": y}).diagram.captions
    assert first == "x → × → + → × (y):   1.02 × 1 × (−0.483) ≈ −0.491"
    assert last == "∂y/∂x = −0.491, the only path"


@pytest.mark.parametrize("name", GATES)
def test_the_role_in_a_tooltip_holds_of_the_local_derivatives(name):
    """Each role's sentence, at points where nothing is tied."""
    gate = GATES[name]
    for numbers in ((0.3, 1.7, 0.9), (-0.3, 0.8, 0.2), (1.2, -0.4, 0.7)):
        try:
            _, *slopes = gate.rule(*numbers[: gate.arity or 3])
        except (ArithmeticError, ValueError):
            continue
        match gate.role:
            case "distributor":
                assert all(abs(slope) == 1.0 for slope in slopes)
            case "router":
                assert sorted(slopes)[:-1] == [0.0] * (len(slopes) - 1)
                assert max(slopes) in (0.0, 1.0)
            case "switcher":
                assert slopes == [numbers[1], numbers[0]]
            case "inverter":
                assert slopes == [-1.0]
            case "soft router":
                assert math.isclose(sum(slopes), 1.0)
            case "stop":
                assert not any(slopes)
            case "adder" | "scaler":
                pass
            case unknown:
                pytest.fail(f"nothing is known of the role {unknown!r}")


def test_a_junction_counts_the_uses_inside_boxes():
    x = Value(3.0, "x")
    with scope("part"):
        y = x * x + x
    picture = viz.draw(y + x, expand=0, names=False)
    (junction,) = [s for s in picture.scene.shapes if s.kind == "copy" and s.title]
    assert junction.title == "copy: adder, the gradients of all 4 uses are added up"


def test_the_table_of_a_page_says_when_it_has_not_all_values():
    with scope("part"):
        y = Value(3.0, "x") * 2
    assert "<summary>All values</summary>" in viz.draw(y + 1).html
    assert "<summary>The values that are drawn one by one</summary>" in viz.draw(y + 1, expand=0).html


def test_a_highlight_counts_paths_that_are_too_many_to_walk():
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y + y
    lines = viz.draw(y, highlight=x, names=False).diagram.captions
    assert lines[-2] == f"… and {2**60 - 6} more"
    assert lines[-1].endswith(f"= 1.15e18, the sum over {2**60} paths")


def test_magnitude_makes_the_larger_gradient_wider():
    x, y = Value(1.0, "x"), Value(100.0, "y")
    z = x * y
    z.backward()
    picture = viz.draw(z, magnitude=True)
    width = {p.net: p.width for p in picture.scene.paths if p.net and not p.wires}
    assert width["n0"] == 5.0  # ∂z/∂x = 100
    assert width["n1"] == 3.0
    by_value = viz.draw(z, magnitude="value")
    width = {p.net: p.width for p in by_value.scene.paths if p.net and not p.wires}
    assert width["n0"] < width["n1"]


def wire_widths(value, **options):
    root = ElementTree.fromstring(viz.draw(value, magnitude="gradient", legend=False, **options).svg)
    wires = [e for e in root.iter(f"{SVG}path") if e.get("class") == "wire"]
    return {e.get("data-net"): float(e.get("stroke-width", "1.5")) for e in wires}


def test_nearly_the_same_gradient_has_nearly_the_same_width():
    x, y = Value(1.0, "x"), Value(1.01, "y")
    z = x * y
    z.backward()
    widths = wire_widths(z)
    assert abs(widths["n0"] - widths["n1"]) <= 0.1


@pytest.mark.parametrize(("gradient", "width"), [(0, 1), (1e-9, 1), (0.01, 1), (0.1, 2), (-1, 3), (10, 4), (1e6, 5),
                                                 (math.inf, 5), (math.nan, 5)])  # fmt: skip
def test_a_gradient_has_the_same_width_in_every_picture(gradient, width):
    x = Value(1.0, "x")
    y = x + 0.0
    y.backward(seed=gradient)
    if gradient:
        assert wire_widths(y) == wire_widths(y, style="record") == {"n0": width, "n1": 1, "n2": width}


def test_the_legend_has_the_key_of_the_widths():
    y = neuron()
    y.backward()
    for which in ("gradient", "value"):
        legend = texts(viz.draw(y, magnitude=which), "legend")
        assert legend[-5:] == [f"size of the {which}: ≤ 0.01", "0.1", "1", "10", "≥ 100"]
    samples = [p.width for p in viz.draw(y, magnitude=True).scene.paths if p.kind == "sample"]
    assert samples == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert not any("size of" in words for words in texts(viz.draw(y), "legend"))


def test_magnitude_by_gradients_that_are_not_there_is_refused():
    with pytest.raises(ValueError, match=r"call \.backward\(\) first"):
        viz.draw(neuron(), magnitude="gradient")


def test_numbers_are_written_as_asked():
    y = Value(1 / 3, "x") * 1
    assert texts(viz.draw(y, number=5), "value") == ["0.33333", "0.33333"]
    assert "-0.3" in texts(viz.draw(-y, number=NumberFormat(1, minus="-")), "value")


def test_numbers_are_written_as_asked_in_every_form():
    y = Value(1 / 3, "x") * (2 / 3)
    y.backward()
    picture = viz.draw(y, number=8)
    for form in ("svg", "txt", "dot", "tex", "html"):
        assert "0.33333333" in getattr(picture, form), form
        assert "0.66666667" in getattr(picture, form), form
        assert "0.667" not in getattr(picture, form), form


def test_what_is_left_out_is_left_out_in_every_form():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    picture = viz.draw(y, local=False, copies=False, direction="TB", names=False)
    for form in ("txt", "dot", "tex"):
        assert "×3" not in getattr(picture, form), form
    assert "∂ 3" not in picture.dot
    assert "rankdir=TB" in picture.dot


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stage": "nonsense"}, "stage='nonsense' does not apply to a Value; what applies is style, theme"),
        ({"stage": "gates"}, "does not apply to a Value"),
        ({"expand": "zzz"}, "no scope 'zzz'"),
        ({"highlight": "w"}, "takes a Value"),
        ({"legend": "top"}, "legend is True or False"),
        ({"names": "w"}, "names is True, False, or variables"),
    ],
)
def test_an_option_that_does_nothing_is_refused(options, said):
    with pytest.raises((ValueError, TypeError), match=said):
        viz.draw(neuron(), **options)


def marked(value, **options):
    """The forms in which each of the two words stands."""
    picture = viz.draw(value, **options)
    forms = {form: getattr(picture, form) for form in ("svg", "txt", "dot", "tex", "html")}
    forms |= {"words": picture.diagram.description, "notebook": picture._repr_html_(), "table": table(value)}
    return {word: {form for form, text in forms.items() if word in text} for word in ("stale", "passes")}


def test_a_picture_whose_numbers_have_changed_says_stale_in_every_form():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = w * x
    y.backward()
    every = {"svg", "txt", "dot", "tex", "html", "words", "notebook", "table"}
    assert marked(y) == {"stale": set(), "passes": set()}
    w.data -= 0.1 * w.grad
    for style in ("circuit", "compact", "record"):
        assert marked(y, style=style) == {"stale": every, "passes": set()}
    assert "call .forward()" in viz.draw(y).svg
    assert marked(y, legend=False)["stale"] == every
    y.forward()
    assert marked(y)["stale"] == set()


def test_a_picture_of_several_backward_passes_says_passes_in_every_form():
    w, x = Value(2.0, "w"), Value(5.0, "x")
    y = w * x
    y.backward()
    y.backward()
    assert marked(y) == {"stale": set(), "passes": {"svg", "txt", "dot", "tex", "html", "words", "notebook"}}
    assert marked(y, gradients=False)["passes"] == set()
    w.grad = x.grad = 0.0
    y.backward()
    assert marked(y)["passes"] == set()


def test_every_text_has_a_contrast_of_at_least_four_and_a_half():
    def luminance(code):
        channels = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme in THEMES.values():
        for name in ("ink", "value", "gradient", "local", "wire"):
            dark, light = sorted((luminance(getattr(theme, name)), luminance(theme.background)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (theme.name, name)


def test_pictures_are_described_in_words():
    y = neuron()
    y.label = "p"
    y.backward()
    root = ElementTree.fromstring(viz.draw(y).svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "Computation graph of p"
    assert "the output p is 0.00669" in root.find(f"{SVG}desc").text


def test_drawing_changes_no_value():
    y = neuron()
    y.backward()
    before = repr(y), y.label
    viz.draw(y)
    assert (repr(y), y.label) == before


def test_importing_viz_loads_neither_numpy_nor_graphviz():
    code = "import viz, sys; print(*[m for m in ('numpy', 'graphviz', 'matplotlib', 'resvg_py') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_layout_dot_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match=r"apt-get install graphviz.*layered"):
        viz.draw(neuron(), layout="dot")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs the extra 'plots', which has Helvetica's metrics")
def test_the_room_for_a_text_holds_it_in_helvetica():
    import matplotlib

    from viz.styles.measure import text_width

    for name, bold in (("Helvetica", False), ("Helvetica-Bold", True)):
        with open(f"{matplotlib.get_data_path()}/fonts/pdfcorefonts/{name}.afm", encoding="latin-1") as file:
            fields = [line.split(";") for line in file if line.startswith("C ")]
        advance = {
            chr(int(code.split()[1])): float(width.split()[1]) for code, width, *_ in fields if "C -1" not in code
        }
        for text in ("0.197", "1.23e45", "layers.0.neurons.3.w.1", "x", "sigmoid(WAVE)", "copy: adder", "grad {a|b}"):
            width = sum(advance[character] for character in text) / 1000 * 13
            assert width <= text_width(text, 13, bold) <= 1.2 * width


# ---------------------------------------------------------------- operands that changed places


def swapped():
    """A difference whose operands change places to save a crossing."""
    x, y = Value(2.0, "x"), Value(5.0, "y")
    h = x * y
    return (y - h) + where(h > y, y, x) * (y / h)


def test_marks_of_swapped_operands_cannot_be_read_as_factors():
    picture = viz.draw(swapped(), names=False)
    marks = [text.text for text in picture.scene.texts if text.role == "operand"]
    assert sorted(marks) == ["a:", "a:", "b:", "b:"]
    assert "b: ×−1" in picture.txt
    assert "b ×" not in picture.txt


def test_operands_of_a_choice_do_not_change_places_unmarked():
    assert not commutes(GATES["where"])
    assert not commutes(GATES["sub"])
    assert all(commutes(GATES[name]) for name in ("add", "mul", "max", "sum", "relu", "equal"))


def test_products_along_a_path_hold_as_printed():
    x, y = Value(1.0219, "x"), Value(-0.4803, "y")
    picture = viz.draw((x * y).sin() * y, names=False, highlight=x)
    printed = [equation for line in picture.diagram.captions for equation in in_text(f"   {line}")]
    assert len(printed) == 1
    assert all(map(holds, printed))
    assert "× (−0.480)" in "\n".join(picture.diagram.captions)
