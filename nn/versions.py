"""Versions of what is kept on disk, so that a file of a newer Gatewise is refused and one of an older is still read.

What was written before there were versions counts as version 1.
"""

from __future__ import annotations

from typing import Any

from nn.checks import whole

#: The version of pickled objects' attributes, the latest that can be read; one more whenever they change their meaning.
PICKLES = 1

#: Where the state of a pickled object has its version.
_KEY = "_gatewise_version"


def check_version(version: object, latest: int, what: str) -> None:
    """ValueError unless the version is a whole number from 1 to `latest`. what: begins the sentence."""
    number = whole(version)
    if number is None or number < 1:
        raise ValueError(
            f"{what} is of version {version!r}, but versions are whole numbers from 1 up, so it was damaged or changed "
            "by hand, and nothing was loaded"
        )
    if number > latest:
        raise ValueError(
            f"{what} is of version {number}, but this Gatewise reads versions up to {latest}, and nothing was loaded; "
            "install a newer one"
        )


class Pickled:
    """Base of what is kept by pickle: its state carries a version, which is checked when it is read."""

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return {**(state or {}), _KEY: PICKLES}

    def __setstate__(self, state: dict[str, Any]) -> None:
        check_version(state.get(_KEY, 1), PICKLES, f"this pickled {type(self).__name__}")
        vars(self).update({name: held for name, held in state.items() if name != _KEY})
