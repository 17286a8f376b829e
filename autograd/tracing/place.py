"""Where in the user's code something happens, for errors."""

from __future__ import annotations

import copy
import os.path
import sys

#: Where the files of this project are.
OURS = tuple([
    os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), name, "")
    for name in ("autograd", "nn", "viz")
])  # fmt: skip


def place() -> str:
    """The file and line of whoever called us."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((*OURS, "<gate ", copy.__file__)):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
