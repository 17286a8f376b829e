"""Who runs a program: each of them, in every test that asks for `executor`."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="needs the extra 'jit'")


@pytest.fixture(scope="session", params=["numpy", "python", pytest.param("numba", marks=needs_numba)])
def executor(request: pytest.FixtureRequest) -> str:
    return request.param
