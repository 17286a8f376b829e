"""Models on disk: one ``.npz`` file, an array for each group of parameters, without pickle.

Loading such a file runs nobody's code. A file is written beside its place and renamed, so a crash leaves the old one.
"""

from __future__ import annotations

import os
import secrets
import zipfile
from contextlib import suppress
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value
from nn.modules import Module


def save(model: Module, path: str | PathLike[str]) -> None:
    """Write the model's parameters to `path`. The weights of a neuron are one array named ``layers.0.neurons.3.w``."""
    arrays = {name: np.array([p.data for p in ps]).reshape(shape) for name, (shape, ps) in _groups(model).items()}
    place = os.path.abspath(path)
    beside = f"{place}.{secrets.token_hex(4)}.part"
    try:
        with open(beside, "xb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def load(model: Module, path: str | PathLike[str]) -> None:
    """Set the model's parameters from a file that `save` wrote of a model of the same shape.

    Raises FileNotFoundError, or ValueError if the file is no such file, or its names or shapes are not the model's,
    or a number in it is not finite; then nothing changes.
    """
    arrays = _read(path)
    groups = _groups(model)
    problems = [f"the file lacks {name}" for name in groups if name not in arrays]
    problems += [f"the model has no {name}" for name in arrays if name not in groups]
    for name, (shape, _) in groups.items():
        if name in arrays and arrays[name].shape != shape:
            problems.append(f"{name} is of shape {arrays[name].shape} in the file and {shape} in the model")
        elif name in arrays and not (arrays[name].dtype == np.float64 and np.isfinite(arrays[name]).all()):
            problems.append(f"{name} holds what is no finite number")
    if problems:
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise ValueError(
            f"{os.fspath(path)!r} is of another model, and nothing was loaded: {'; '.join(problems[:3])}{more}"
        )
    for name, (_, parameters) in groups.items():
        for parameter, number in zip(parameters, arrays[name].ravel().tolist(), strict=True):
            parameter.data = number


def _read(path: str | PathLike[str]) -> dict[str, NDArray[Any]]:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            raise ValueError("it is a single array")
        with loaded as file:
            return {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, ValueError, EOFError, KeyError) as error:
        raise ValueError(
            f"{os.fspath(path)!r} is not a file that nn.save wrote, and nothing was loaded: {error}"
        ) from error


def _groups(model: Module) -> dict[str, tuple[tuple[int, ...], list[Value]]]:
    """The parameters by the list they stand in: name to (shape, parameters). ``w.0``, ``w.1`` are group ``w``, (2,)."""
    members: dict[str, list[tuple[tuple[int, ...], Value]]] = {}
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        depth = len(parts)
        while depth > 1 and parts[depth - 1].isdigit():
            depth -= 1
        members.setdefault(".".join(parts[:depth]), []).append((tuple(map(int, parts[depth:])), parameter))
    groups: dict[str, tuple[tuple[int, ...], list[Value]]] = {}
    for name, found in members.items():
        places = [place for place, _ in found]
        shape = tuple(max(axis) + 1 for axis in zip(*places, strict=False))
        if places == list(np.ndindex(shape)):
            groups[name] = (shape, [p for _, p in found])
        else:  # a ragged list, or one that also holds other things: each parameter by itself
            for place, p in found:
                groups[".".join((name, *map(str, place)))] = ((), [p])
    return groups
