"""The script of a user runs with the numbers it should give; `bash .ci/run types` has a type checker read it."""

import math
import runpy
from pathlib import Path

import pytest


def test_the_users_script_gives_the_derivatives_that_calculus_gives():
    slope, second = runpy.run_path(str(Path(__file__).with_name("user_script.py")))["main"]()
    t = math.tanh(2.0 * -1.0 + 1.0)
    assert slope == pytest.approx(2 * (1 - t) * -(1 - t * t) * -1.0)
    u = math.tanh(0.5)
    assert second == pytest.approx(4 - 2 * u * (1 - u * u) / 3)
