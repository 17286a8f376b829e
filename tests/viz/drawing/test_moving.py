"""All frames of a picture in one file."""

import re
import subprocess
import sys
from io import BytesIO

import pytest
from support.extras import needs

import nn
import viz
from autograd import Value
from viz.output.spans import spans

needs_gif = needs("PIL", "resvg_py")


@pytest.fixture
def picture():
    """y = tanh(w·x) + x, in 8 frames."""
    w, x = Value(0.8, "w"), Value(1.5, "x")
    y = (w * x).tanh() + x
    y.label = "y"
    return viz.draw(y, names=False)


def opened(path):
    from PIL import Image

    return Image.open(BytesIO(path.read_bytes()))


@needs_gif
@pytest.mark.parametrize("form", ["gif", "apng"])
def test_a_gif_has_a_frame_for_each_step_and_the_last_stays_longer(picture, form, tmp_path):
    path = tmp_path / f"y.{form}"
    picture.save(path, seconds=0.5, width=300)
    image = opened(path)
    assert (image.n_frames, image.width) == (8, 300)
    durations = []
    for i in range(8):
        image.seek(i)
        image.load()
        durations.append(image.info["duration"])
    assert durations == [500] * 7 + [1500]
    first = path.read_bytes()
    picture.save(path, seconds=0.5, width=300)
    assert path.read_bytes() == first


@needs_gif
def test_the_frames_of_a_gif_are_the_pictures(picture, tmp_path):
    """The colours of a GIF are few, so that each pixel may differ from the picture's by a little."""
    from PIL import Image, ImageChops

    picture.save(tmp_path / "y.gif")
    image = opened(tmp_path / "y.gif")
    for i, frame in enumerate(picture.frames()):
        image.seek(i)
        expected = Image.open(BytesIO(frame.png)).convert("RGB")
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        difference = ImageChops.difference(image.convert("RGB"), expected)
        assert max(high for _, high in difference.getextrema()) < 16


@needs_gif
def test_a_gif_may_play_once(picture, tmp_path):
    picture.save(tmp_path / "y.gif", width=100, loop=False)
    assert "loop" not in opened(tmp_path / "y.gif").info
    picture.save(tmp_path / "y.gif", width=100)
    assert opened(tmp_path / "y.gif").info["loop"] == 0


def test_a_gif_without_its_library_says_what_to_install(picture, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install gatewise\[gif\]"):
        picture.save(tmp_path / "y.gif")


def test_what_goes_and_comes_back_has_two_stretches():
    found = spans([["a", "b"], ["b"], ["a", "b", "c"]])
    assert found == [("a", 0, 1), ("a", 2, 3), ("b", 0, 3), ("c", 2, 3)]


def elements(svg):
    """The drawn elements of an SVG, a title with line breaks being part of its element."""
    lines = re.findall(
        r"^<(?!svg|title|desc|rect class=.background|style|g class=.gw|g class=.fragment)[^\n]*", svg, re.M
    )
    return [line for line in lines if line != "</g>"]


def shown(reveal, step):
    """What reveal.js shows of an SVG after so many fragments."""
    found, hidden = [], []
    for line in reveal.splitlines():
        tag = re.match(r'<g class="fragment( fade-out)?" data-fragment-index="(\d+)">', line)
        if tag:
            come = step > int(tag[2])
            hidden.append(come if tag[1] else not come)
        elif line.startswith("</g>"):
            for _ in range(line.count("</g>")):
                if hidden:
                    hidden.pop()
        elif not any(hidden):
            found.append(line)
            if line.startswith('<g class="') and not line.endswith("</g>") and "</title>" not in line:
                hidden.append(False)
    return found


def test_an_svg_that_moves_has_every_element_of_every_frame_once(picture):
    moving = picture.animated_svg
    for frame in picture.frames():
        assert set(elements(frame.svg)) <= set(elements(moving))
    assert "<script" not in moving
    assert " id=" not in moving
    assert moving == picture.animated_svg
    assert len(moving) < sum(len(frame.svg) for frame in picture.frames())


def test_reveal_shows_the_frames_as_fragments(picture, tmp_path):
    picture.save(tmp_path / "y.reveal.html")
    slide = (tmp_path / "y.reveal.html").read_text(encoding="utf-8")
    for i, frame in enumerate(picture.frames()):
        texts = set(re.findall(r'<text class="(?:value|gradient)".*', frame.svg))
        assert {line for line in shown(slide, i) if re.match(r'<text class="(?:value|gradient)"', line)} == texts


@pytest.mark.parametrize("reduced", [False, True])
def test_the_svg_plays_by_itself_unless_less_motion_is_asked_for(picture, chromium, reduced):
    context = chromium.new_context(reduced_motion="reduce" if reduced else "no-preference")
    page = context.new_page()
    page.set_content(picture.animated_svg)
    frames = list(picture.frames())
    texts = """() => [...document.querySelectorAll('text.value, text.gradient')]
        .filter(t => getComputedStyle(t).visibility === 'visible').map(t => t.firstChild.data).sort()"""
    for i, frame in enumerate(frames):
        page.evaluate(
            "at => document.getAnimations().forEach(each => { each.pause(); each.currentTime = at })", 1000 * i + 500
        )
        now = frames[-1] if reduced else frame
        assert page.evaluate(texts) == sorted(t.text for t in now.scene.texts if t.role in ("value", "gradient"))
    context.close()


@needs("LaTeX", "beamer.cls")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_overlays_compile_to_a_page_for_each_frame(picture, theme, tmp_path):
    y = picture.diagram.outputs[0]
    viz.draw(y, names=False, theme=theme).save(tmp_path / "y.overlays.tex")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "y.overlays.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-1500:].decode(errors="replace")
    assert b"(8 pages," in done.stdout


@needs("typst")
def test_the_pages_are_one_for_each_frame(picture, tmp_path):
    picture.save(tmp_path / "y.pages.pdf")
    pages = (tmp_path / "y.pages.pdf").read_bytes()
    assert pages.startswith(b"%PDF")
    assert re.search(rb"/Count 8\b", pages)


def test_options_of_frames_are_refused_for_one_picture(picture, tmp_path):
    with pytest.raises(ValueError, match=r"seconds and width apply to gif, apng, .* but the format is 'svg'"):
        picture.save(tmp_path / "y.svg", seconds=1.0, width=100)
    with pytest.raises(ValueError, match=r"from 0\.02 to 600, but was given 0"):
        picture.save(tmp_path / "y.animated.svg", seconds=0)
    with pytest.raises(ValueError, match="pixels from 16 to 20000, but was given -1"):
        picture.save(tmp_path / "y.gif", width=-1)
    with pytest.raises(ValueError, match="is none; draw a Value"):
        viz.draw(nn.MLP(2, [2])).save(tmp_path / "model.animated.svg")
    assert list(tmp_path.iterdir()) == []
