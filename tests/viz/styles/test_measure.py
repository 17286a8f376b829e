"""The room that is reserved for a text."""

from support.extras import needs

from viz.styles.measure import shortened, text_width


@needs("matplotlib")  # which has Helvetica's metrics
def test_the_room_for_a_text_holds_it_in_helvetica():
    import matplotlib

    for name, bold in (("Helvetica", False), ("Helvetica-Bold", True)):
        with open(f"{matplotlib.get_data_path()}/fonts/pdfcorefonts/{name}.afm", encoding="latin-1") as file:
            fields = [line.split(";") for line in file if line.startswith("C ")]
        advance = {
            chr(int(code.split()[1])): float(width.split()[1]) for code, width, *_ in fields if "C -1" not in code
        }
        for text in ("0.197", "1.23e45", "layers.0.neurons.3.w.1", "x", "sigmoid(WAVE)", "copy: adder", "grad {a|b}"):
            width = sum(advance[character] for character in text) / 1000 * 13
            assert width <= text_width(text, 13, bold) <= 1.2 * width


def test_wide_characters_take_more_room_and_combining_ones_none():
    assert text_width("이름", 10) > text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("a", 10, bold=True) > text_width("a", 10)


def test_long_names_keep_their_beginning_and_end():
    assert shortened("layers.0.neurons.3.w.1", 12) == "layers.0…w.1"
    assert shortened("short", 12) == "short"
