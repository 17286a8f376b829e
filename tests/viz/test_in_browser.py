"""The gallery's pictures in a real browser: texts do not meet, be its fonts narrow or wide."""

from pathlib import Path

PICTURES = sorted((Path(__file__).parents[2] / "notebooks" / "gallery" / "pictures").glob("*.light.svg"))
MEETING = """() => {
  const texts = [...document.querySelectorAll('svg text')].map(t => [t.innerHTML, t.getBoundingClientRect()])
  const found = []
  texts.forEach(([a, p], i) => texts.slice(i + 1).forEach(([b, q]) => {
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left)
    const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top)
    if (wide > 0.5 && high > 3) found.push([a, b, wide, high])  // line boxes are higher than their letters
  }))
  return found
}"""


def test_no_two_texts_meet_as_a_browser_draws_them(chromium):
    page = chromium.new_page()
    assert PICTURES
    for file in PICTURES:
        picture = file.read_text(encoding="utf-8")
        for font in ("Helvetica, Arial, sans-serif", "DejaVu Sans"):
            before, _, rest = picture.partition('font-family="')
            page.set_content(f'{before}font-family="{font}"{rest.partition(chr(34))[2]}')
            assert page.evaluate(MEETING) == [], (file.name, font)
    page.close()
