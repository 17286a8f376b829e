"""What is skipped for want of an extra is told at the end of a run, and each extra that is named exists."""

import tomllib
from pathlib import Path

from support.extras import EXTRAS, imported, needs, reason, told

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_extra_that_is_named_is_one_of_the_projects():
    assert set(EXTRAS.values()) <= set(PROJECT["optional-dependencies"])


def test_what_is_there_is_no_reason_to_skip():
    assert reason("pytest", "hypothesis") == ""
    assert needs("pytest").args == (False,)
    assert imported("hypothesis.strategies").__name__ == "hypothesis.strategies"


def test_the_end_of_a_run_counts_skipped_tests_by_what_lets_them_run():
    parity, browser = "pip install '.[parity]'", "pip install '.[browser]' and install Chromium"
    reasons = [
        *[f"needs Playwright and Chromium: {browser}"] * 2,
        *[f"needs PyTorch: {parity}"] * 40,
        f"needs scikit-learn: {parity}",
        "needs a device that is always full",
    ]
    assert told(reasons) == [
        "skipped 44 tests, and what lets them run:",
        f"   41 for want of PyTorch, scikit-learn: {parity}",
        f"    2 for want of Chromium, Playwright: {browser}",
        "    1 needs a device that is always full",
    ]
    assert told([]) == []
