"""Files are written beside their place and renamed into it: whoever reads one finds it whole, or as it was."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Put `content` into the file at `path`, all of it or nothing. Raises OSError as `open` would."""
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(target)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, (target.stat().st_mode if target.exists() else 0o666 & ~mask) & 0o777)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
