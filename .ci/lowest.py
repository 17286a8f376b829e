"""Prints the oldest version of each dependency that pyproject.toml allows, as constraints for pip.

python .ci/lowest.py test jit >lowest.txt && pip install -c lowest.txt ".[test,jit]"
"""

import re
import sys
import tomllib
from pathlib import Path


def lowest(extras: list[str]) -> list[str]:
    """``numpy>=1.26`` becomes ``numpy==1.26``, for the dependencies and those of the extras."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [re.sub(r">=([\w.]+).*", r"==\1", line) for line in wanted if not line.startswith(project["name"])]


if __name__ == "__main__":
    print("\n".join(lowest(sys.argv[1:])))
