"""Who runs a program: each of them, in every test that asks for `executor`."""

from __future__ import annotations

import pytest
from support.extras import needs


@pytest.fixture(scope="session", params=["numpy", "python", pytest.param("numba", marks=needs("numba"))])
def executor(request: pytest.FixtureRequest) -> str:
    return request.param
