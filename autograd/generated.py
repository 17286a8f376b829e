"""Code that is written by the library: compiled, and kept where tracebacks and `inspect.getsource` find its lines."""

from __future__ import annotations

import linecache
from typing import Any


def compiled_source(source: str, file: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run `source` and give what it defined. `file` names it in tracebacks: ``<gate mul>``.

    namespace: what the code sees, as that is whenever it runs. Python looks a line of a traceback up in `linecache`; an
    entry without a time of change is never dropped from it.
    """
    defined: dict[str, Any] = {}
    exec(compile(source, file, "exec"), namespace, defined)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return defined
