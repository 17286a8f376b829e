"""A picture in a page: zoomed, moved and pointed at, in a real browser."""

import webbrowser
from pathlib import Path

import pytest

import viz
from autograd import Value


@pytest.fixture
def picture():
    w, x = Value(1 / 3, "w"), Value(1.5, "<script>alert(1)</script>")
    y = (w * x).tanh() + x
    y.backward()
    return viz.draw(y, names=False)


@pytest.fixture(params=["notebook", "page"])
def page(request, chromium, picture):
    """A page with two pictures and room to scroll; the test fails if it raised or logged an error."""
    context = chromium.new_context(offline=True, viewport={"width": 700, "height": 500})
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    one = picture._repr_html_() if request.param == "notebook" else picture.html
    page.set_content(f"<!doctype html><body>{one}{one}<div style='height: 3000px'></div>")
    yield page
    context.close()
    assert complaints == []


def scale(page):
    return page.evaluate(
        "[...document.querySelectorAll('svg')].map(s => new DOMMatrix(getComputedStyle(s).transform).a)"
    )


def test_the_image_becomes_a_drawing_whose_numbers_show_exactly_when_pointed_at(page):
    assert page.locator("img").count() == 0
    assert page.locator("svg").count() == 2
    assert page.locator("text.value title").first.text_content() in ("0.3333333333333333", "1.5")


def test_the_wheel_scrolls_the_page_and_zooms_only_with_ctrl(page):
    page.locator("svg").first.hover()
    page.mouse.wheel(0, 100)
    page.wait_for_function("scrollY > 0")
    assert scale(page) == [1, 1]
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.wait_for_function("document.querySelector('svg').style.transform")
    page.keyboard.up("Control")
    first, second = scale(page)
    assert first > 1
    assert second == 1


def test_keys_zoom_and_fit_and_a_drag_moves(page):
    holder = page.locator("[data-part=holder]").first
    holder.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert scale(page)[0] == pytest.approx(1.25**2)
    box = holder.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    where = "new DOMMatrix(getComputedStyle(document.querySelector('svg')).transform).e"
    before = page.evaluate(where)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1])
    page.mouse.up()
    assert page.evaluate(where) == pytest.approx(before + 30, abs=1)
    page.keyboard.press("-")
    assert scale(page)[0] == pytest.approx(1.25)
    page.keyboard.press("0")
    assert scale(page)[0] == 1
    page.keyboard.press("+")
    holder.dblclick()
    assert scale(page)[0] == 1


def test_without_scripts_the_image_remains(picture, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(picture._repr_html_())
    assert page.locator("img").bounding_box()["width"] > 100
    assert page.inner_text("body").strip() == ""
    context.close()


def test_show_opens_a_page_in_the_browser_and_says_where_there_is_none(picture, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    picture.show()
    file = Path(opened[0].removeprefix("file://"))
    assert file.read_text(encoding="utf-8") == picture.html
    file.unlink()
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or False)
    with pytest.raises(RuntimeError, match=r"no browser was found .*\.html"):
        picture.show()
    Path(opened[1].removeprefix("file://")).unlink()
