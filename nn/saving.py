"""Models on disk: an array for each group of parameters, in a format that the file's ending says, without pickle.

Loading such a file runs nobody's code. A file is written beside its place and renamed, so a crash leaves the old one.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value
from nn.arguments import check_model
from nn.formats import FORMATS, VERSION, format_of
from nn.modules import Module
from nn.versions import check_version


def save(model: Module, path: str | PathLike[str]) -> None:
    """Write the model's parameters to `path`: ``nn.save(model, "model.json")``.

    The ending says the format: ``.npz`` (NumPy's archive), ``.json`` (text), ``.safetensors`` (Hugging Face's, needs
    the extra 'safetensors'). The weights of a neuron are one array named ``layers.0.neurons.3.w``. The file carries
    the version of this layout, by which a later Gatewise knows how to read it.

    Raises ValueError for any other ending, or a parameter that is not finite, and ImportError without the extra; then
    no file is written and an old one stays.

    >>> import nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.json")
    >>> nn.save(nn.LinearRegression(2), path)
    >>> os.listdir(os.path.dirname(path))
    ['model.json']
    """
    check_model(model, "save writes")
    place = os.path.abspath(os.fsdecode(path))
    write = format_of(os.path.basename(place)).write
    bad = [name for name, number in model.state_dict().items() if not np.isfinite(number)]
    if bad:
        more = f", and so do {len(bad) - 1} other parameters" if len(bad) > 1 else ""
        raise ValueError(f"{bad[0]} holds {model.state_dict()[bad[0]]}, no finite number{more}; nothing was saved")
    content = write(
        {name: np.array([p.data for p in ps]).reshape(shape) for name, (shape, ps) in _groups(model).items()}
    )
    beside = f"{place}.{secrets.token_hex(4)}.part"
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def load(model: Module, path: str | PathLike[str]) -> None:
    """Set the model's parameters from a file that `save` wrote of a model of the same shape, of any of its formats.

    Raises FileNotFoundError; ValueError if the ending is unknown, the content is not what the ending says or is cut
    short, its version is newer than this Gatewise, its names or shapes are not the model's, or a number in it is not
    finite; ImportError if the format needs an extra. Then nothing changes.

    >>> import nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "model.npz")
    >>> trained, model = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    >>> nn.save(trained, path)
    >>> nn.load(model, path)
    >>> model.state_dict() == trained.state_dict()
    True
    """
    check_model(model, "load fills")
    arrays = _read(os.fsdecode(path))
    groups = _groups(model)
    problems = [f"the file lacks {name}" for name in groups if name not in arrays]
    problems += [f"the model has no {name}" for name in arrays if name not in groups]
    for name, (shape, _) in groups.items():
        if name in arrays and arrays[name].shape != shape:
            problems.append(f"{name} is of shape {arrays[name].shape} in the file and {shape} in the model")
        elif name in arrays and arrays[name].dtype != np.float64:
            problems.append(f"{name} is of type {arrays[name].dtype} in the file, not float64")
        elif name in arrays and not np.isfinite(arrays[name]).all():
            problems.append(f"{name} holds what is no finite number")
    if problems:
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise ValueError(
            f"{os.fspath(path)!r} does not fit this model, and nothing was loaded: {'; '.join(problems[:3])}{more}"
        )
    for name, (_, parameters) in groups.items():
        for parameter, number in zip(parameters, arrays[name].ravel().tolist(), strict=True):
            parameter.data = number


def _read(path: str) -> dict[str, NDArray[Any]]:
    """The arrays in a file, by name; ValueError if it holds something else than its ending says."""
    form = format_of(os.path.basename(path))
    with open(path, "rb") as file:
        content = file.read()
    try:
        arrays, version = form.read(content)
    except ImportError:
        raise
    except Exception as error:  # whatever a reader makes of bytes that are not its own
        archive = form is not FORMATS[".npz"] and content.startswith(b"PK")
        hint = "; it is an archive, as old versions wrote under any name: rename it to end in .npz" if archive else ""
        what = f"it has no {error}" if isinstance(error, KeyError) else error
        raise ValueError(
            f"{path!r} is not a file that nn.save wrote, and nothing was loaded. It is cut short, or "
            f"holds something else than its ending says: {what}{hint}"
        ) from error
    check_version(version, VERSION, repr(path))
    return arrays


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
