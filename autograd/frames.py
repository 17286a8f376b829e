"""Where in the user's program an error comes from: the line, and the name a Value has there.

Frames are walked only when an error is raised.
"""

from __future__ import annotations

import os.path
import sys
from types import FrameType

#: What the files of generated code are called: see `autograd.generated`.
_GENERATED = ("<gate ", "<program>")
_PACKAGES = os.path.dirname(os.path.dirname(__file__))
#: What is not the user's program: this project's packages, and the code that it generates.
OURS = (*(os.path.join(_PACKAGES, name, "") for name in ("autograd", "nn", "viz")), *_GENERATED)


def user_frame() -> FrameType:
    """The innermost frame that runs the user's code, not ours."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return frame


def user_line() -> str:
    """``file.py:12``: the line of the user's code that runs now."""
    frame = user_frame()
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def variable_of(value: object) -> str:
    """The name of a variable of the user's function that holds this very object, or an empty string."""
    variables = user_frame().f_locals
    return next((name for name, held in variables.items() if held is value and not name.startswith("_")), "")


def is_generated(error: BaseException) -> bool:
    """Whether a line of generated code raised the error, or a C function that this line called."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and place.tb_frame.f_code.co_filename.startswith(_GENERATED)
