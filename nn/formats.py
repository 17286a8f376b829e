"""The file formats that `nn.save` writes and `nn.load` reads: arrays of numbers by name, and a version, as bytes.

None of them holds code, so reading a file runs nobody's. Each gives every number back to the last bit.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.float64]]

#: The version of the layout of names and arrays that is written, and the latest that can be read.
VERSION = 1


class Format(NamedTuple):
    """How arrays become the content of a file, and back. `read` gives the version too, and raises for other content."""

    write: Callable[[Arrays], bytes]
    read: Callable[[bytes], tuple[dict[str, NDArray[Any]], int]]


def _to_npz(arrays: Arrays) -> bytes:
    """NumPy's archive, an array for each name. The version is in the archive's comment, beside the arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = json.dumps(_head()).encode()
    return file.getvalue()


def _from_npz(content: bytes) -> tuple[dict[str, NDArray[Any]], int]:
    loaded = np.load(io.BytesIO(content), allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        raise ValueError("it is a single array")
    with loaded as file:
        comment = file.zip.comment
        version = json.loads(comment)["version"] if comment else 1  # files of before there was a comment
        return {name: file[name] for name in file.files}, version


def _to_json(arrays: Arrays) -> bytes:
    """``{"format": ..., "version": 1, "parameters": {name: {"shape": [2], "values": [0.5, -1.0]}}}``, values in the
    order of rows. Python writes each float so that it reads back the same."""
    parameters = {name: {"shape": list(a.shape), "values": a.ravel().tolist()} for name, a in arrays.items()}
    return (json.dumps({**_head(), "parameters": parameters}, indent=1, allow_nan=False) + "\n").encode()


def _from_json(content: bytes) -> tuple[dict[str, NDArray[Any]], int]:
    document = json.loads(content, object_pairs_hook=_once)
    return {name: _array(entry) for name, entry in document["parameters"].items()}, document.get("version", 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ValueError if a name stands in it twice."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands in it twice")
    return dict(pairs)


def _array(entry: Any) -> NDArray[np.float64]:
    shape, values = entry["shape"], entry["values"]
    if any(isinstance(x, bool) or not isinstance(x, int | float) for x in values):
        raise ValueError("a value in it is no number")
    if len(values) != math.prod(shape):
        raise ValueError(f"an array of shape {tuple(shape)} has {len(values)} values")
    return np.array(values, dtype=np.float64).reshape(shape)


def _to_safetensors(arrays: Arrays) -> bytes:
    """Hugging Face's format: a header in JSON, which has the version among its metadata, and the plain numbers."""
    metadata = {name: str(value) for name, value in _head().items()}
    content: bytes = _safetensors().save(dict(arrays), metadata)
    return content


def _from_safetensors(content: bytes) -> tuple[dict[str, NDArray[Any]], int]:
    arrays: dict[str, NDArray[Any]] = _safetensors().load(content)
    length = int.from_bytes(content[:8], "little")  # of the header, which the library has checked
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return arrays, int(metadata.get("version", 1))


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "a .safetensors file needs the extra 'safetensors': pip install 'gatewise[safetensors]'; "
            ".npz and .json need nothing"
        ) from error
    return safetensors.numpy


def _head() -> dict[str, Any]:
    return {"format": "gatewise parameters", "version": VERSION}


#: The formats by the ending of the file's name.
FORMATS = {
    ".npz": Format(_to_npz, _from_npz),
    ".json": Format(_to_json, _from_json),
    ".safetensors": Format(_to_safetensors, _from_safetensors),
}


def format_of(path: str) -> Format:
    """The format that the ending of the path says; ValueError for any other ending."""
    for ending, entry in FORMATS.items():
        if path.lower().endswith(ending):
            return entry
    hint = "; .npy is NumPy's for a single array" if path.lower().endswith(".npy") else ""
    raise ValueError(f"{path!r} ends in none of {', '.join(FORMATS)}, which say in what format a model is saved{hint}")
