"""Whether another distribution was installed into this folder.

PyPI's distribution `autograd` (HIPS autograd) has a package of the same name. pip puts the files of both into one
folder, where the one installed last replaces `__init__.py`, and uninstalling either takes that file away from both.
"""

from os.path import dirname, exists, join

#: A file that HIPS autograd has in every version, and Gatewise doesn't.
_HIPS = join(dirname(__file__), "differential_operators.py")


def refuse_hips() -> None:
    """Raise ImportError if files of HIPS autograd lie among these."""
    if exists(_HIPS):
        raise ImportError(
            f"HIPS autograd (the distribution 'autograd' on PyPI) and Gatewise are installed into the same folder, "
            f"{dirname(__file__)}, where each replaces files of the other. The two cannot share an environment: run "
            "'pip uninstall autograd gatewise' and install again the one that you need"
        )
