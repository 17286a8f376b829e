"""Pictures as files and in notebooks."""

import base64
import os
import subprocess
import sys
import warnings

import pytest
from support.extras import needs

import autograd
import viz
from autograd import Value, exp
from viz.drawing.picture import FORMATS

needs_png, needs_pdf = needs("resvg_py"), needs("typst")


@pytest.fixture
def value():
    w, x = Value(2.0, "w"), Value(-1.0, "x_1")
    y = 1 / (1 + exp(-(w * x)))
    y.label = "ŷ"
    y.backward()
    return y


@pytest.fixture
def picture(value):
    return viz.draw(value)


STARTS = {
    "svg": b"<svg",
    "html": b"<!DOCTYPE html>",
    "dot": b"digraph",
    "tex": b"\\IfFileExists{standalone.cls}",
    "tikz": b"\\begin{tikzpicture}",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "txt": b"",
}


@pytest.mark.parametrize(
    "form",
    [pytest.param(f, marks={"png": needs_png, "pdf": needs_pdf}.get(f, ())) for f in FORMATS],
)
def test_every_format_is_written_by_its_ending(picture, form, tmp_path):
    path = tmp_path / f"loss.{form.upper()}"
    picture.save(path)
    assert path.read_bytes().startswith(STARTS[form])
    assert os.listdir(tmp_path) == [path.name]


def test_the_format_can_be_told_apart_from_the_name(picture, tmp_path):
    picture.save(tmp_path / "picture", format="svg")
    assert (tmp_path / "picture").read_text(encoding="utf-8") == picture.svg


@pytest.mark.parametrize("name", ["loss.bmp", "loss", "loss."])
def test_an_unknown_format_lists_those_that_exist_and_writes_nothing(picture, name, tmp_path):
    with pytest.raises(ValueError, match="svg, png, pdf, html, dot, tex, tikz, txt"):
        picture.save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_a_file_that_cannot_be_written_is_named_and_left_alone(picture, tmp_path):
    with pytest.raises(OSError, match=r"missing.x\.svg"):
        picture.save(tmp_path / "missing" / "x.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError):
        picture.save(tmp_path / "folder.svg")
    assert os.listdir(tmp_path) == ["folder.svg"]


def test_a_failed_format_leaves_the_old_file(picture, tmp_path, monkeypatch):
    path = tmp_path / "x.png"
    path.write_bytes(b"old")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install gatewise\[png\]"):
        picture.save(path)
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install gatewise\[pdf\]"):
        picture.save(tmp_path / "x.pdf")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.png"]


def test_an_overwritten_file_keeps_its_permissions(picture, tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("old")
    path.chmod(0o600)
    picture.save(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_html_page_has_all_values_in_a_table_and_needs_nothing_else(picture):
    assert "<td>w</td><td>leaf</td><td>2</td>" in picture.html
    assert picture.html.count("<svg") == 1
    assert "http" not in picture.html.replace("http://www.w3.org/2000/svg", "")


def test_the_terminal_shows_wires_values_gradients_and_local_derivatives():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    assert viz.draw(y, names=False).txt == ("          ┌──×3─┐\n[x] 3 ∂6 ─┤     ├((×)) 9 ∂1\n          └──×3─┘\n")


def test_wires_that_swap_rows_in_a_terminal_go_round_each_other():
    a, b, c, d = (Value(float(i), n) for i, n in enumerate("abcd"))
    lines = viz.draw([a - b, b - a, c / d, d / c], names=False).txt
    assert lines.count("[a]") == lines.count("[d]") == 1
    assert lines.count("((−))") == lines.count("((÷))") == 2


@needs("Graphviz")
def test_the_dot_file_is_read_by_graphviz(picture):
    done = subprocess.run(["dot", "-Tplain"], input=picture.dot.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    assert b"node" in done.stdout


@needs("LaTeX")
@pytest.mark.parametrize("label", ["w", r"\input{x} $a_b^c$ %#&~{}", "이름 😀 λ₁ é", '<"quotes"> [x] -- |'])
@pytest.mark.parametrize("document_class", ["standalone", "article"])
def test_the_tex_file_compiles_to_one_page_and_labels_are_not_executed(label, document_class, tmp_path):
    x = Value(2.0, label)
    y = x * x
    y.label = label
    y.backward()
    source = viz.draw(y).tex
    if document_class == "article":
        source = source.replace("{standalone.cls}", "{a class that is not there.cls}")
    (tmp_path / "picture.tex").write_text(source, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "picture.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-1500:].decode(errors="replace")
    assert b"(1 page," in done.stdout


@needs("LaTeX", "beamer.cls")
def test_the_picture_alone_compiles_in_beamer(picture, tmp_path):
    picture.save(tmp_path / "picture.tikz")
    (tmp_path / "slides.tex").write_text(
        r"\documentclass{beamer}\usepackage{tikz}\begin{document}\begin{frame}\resizebox{\textwidth}{!}"
        r"{\input{picture.tikz}}\end{frame}\end{document}"
    )
    compiles(tmp_path / "slides.tex")


def compiles(path):
    """Whether pdfLaTeX makes a document of the file, and what it said."""
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name], cwd=path.parent, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-1500:].decode(errors="replace")
    return done.stdout.decode(errors="replace")


#: Every letter of European languages, what LaTeX gives a meaning to, and signs that its fonts lack.
LETTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x370, 0x400), *range(0x2070, 0x20A0)]))


@needs("LaTeX", "beamer.cls")
@pytest.mark.parametrize("preamble", ["", r"\usepackage[T1]{fontenc}"])
def test_the_picture_pasted_into_a_beamer_frame_compiles(preamble, tmp_path):
    labels = ["이름 😀 σ² # \\ % _ ^ ~ & $ { }", *(LETTERS[i : i + 20] for i in range(0, len(LETTERS), 20))]
    y = autograd.sum([Value(2.0, label) * 1.5 for label in labels])
    y.backward()
    picture = viz.draw(y, names=False)
    (tmp_path / "slides.tex").write_text(
        rf"\documentclass{{beamer}}{preamble}\usepackage{{tikz}}\begin{{document}}\begin{{frame}}\resizebox{{!}}"
        rf"{{0.8\textheight}}{{{picture.tikz}}}\end{{frame}}\end{{document}}",
        encoding="utf-8",
    )
    said = compiles(tmp_path / "slides.tex")
    assert "Missing character" not in said + (tmp_path / "slides.log").read_text(encoding="utf-8", errors="replace")


def test_notebooks_get_an_image_that_shows_without_trust(picture):
    html = picture._repr_mimebundle_()["text/html"]
    assert "<svg" not in html  # which is removed there, as scripts are
    data = html.partition("data:image/svg+xml;base64,")[2].partition('"')[0]
    assert base64.b64decode(data).decode() == picture.svg
    assert 'alt="Computation graph of ŷ: ' in html


@needs_png
def test_notebooks_carry_the_picture_as_pixels_too(picture):
    bundle = picture._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert set(picture._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert "image/png" not in picture._repr_mimebundle_(exclude={"image/png"})


@needs_png
def test_a_giant_png_is_refused_in_a_sentence():
    picture = viz.draw([Value(1.0)])
    picture.scene.width, picture.scene.height = 20_000.0, 5_000.0
    with pytest.raises(ValueError, match=r"40,000 × 10,000 pixels, which is more than 50 million; save it as \.svg"):
        assert picture.png
    assert "image/png" not in picture._repr_mimebundle_()


@pytest.mark.parametrize("form", [pytest.param("png", marks=needs_png), pytest.param("pdf", marks=needs_pdf)])
def test_characters_that_no_font_has_are_told_with_what_to_install(form):
    told = rf"no font on this machine has '\\U0010fffe' \(U\+10FFFE\): in the {form.upper()} .*\.svg"
    with pytest.warns(UserWarning, match=told):
        assert getattr(viz.draw(Value(1.0, "w\U0010fffe")), form)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert getattr(viz.draw(Value(1.0, "wσ²₁∂")), form)  # every font a picture may be set in has these


@needs_png
@needs("matplotlib")  # which has a font without Hangul
def test_hangul_without_a_font_asks_for_one_that_has_it(monkeypatch):
    import matplotlib

    from viz.output import raster

    folder = f"{matplotlib.get_data_path()}/fonts/ttf"
    fonts = {"skip_system_fonts": True, "font_dirs": [folder], "sans_serif_family": "DejaVu Sans"}
    monkeypatch.setattr(raster, "font_options", lambda: fonts)
    raster.drawn_by_fonts.cache_clear()
    try:
        with pytest.warns(UserWarning, match=r"'이' \(U\+C774\), '름' .*apt-get install fonts-noto-cjk;"):
            assert viz.draw(Value(1.0, "이름")).png
    finally:
        raster.drawn_by_fonts.cache_clear()


def test_a_bare_value_shows_its_picture_once_viz_is_imported(value):
    bundle = value._repr_mimebundle_()
    assert bundle["text/html"] == viz.draw(value, names={})._repr_html_() == value._repr_html_()
    assert bundle["text/plain"] == repr(value)


def test_the_engine_alone_knows_nothing_of_pictures():
    code = "import autograd, sys; print(hasattr(autograd.Value, '_repr_html_'), 'viz' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@needs_pdf
def test_the_same_picture_gives_the_same_pdf(value):
    assert viz.draw(value).pdf == viz.draw(value).pdf
