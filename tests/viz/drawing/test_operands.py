"""Operands that change places, and what tooltips say of gates."""

import math

import pytest

import viz
from autograd import GATES, Value, where
from viz.diagram.build import commutes


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
