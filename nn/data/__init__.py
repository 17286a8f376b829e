"""Data: small sets made by a seed, tables of any kind taken in and checked, and their division into batches."""

from nn.data.batches import batches, split
from nn.data.files import read_csv
from nn.data.tables import (
    Rows,
    Scaling,
    Table,
    as_rows,
    as_table,
    as_targets,
    encode_labels,
    standardize,
)
from nn.data.toys import and_, blobs, circles, line, moons, or_, spirals, xor

__all__ = [
    "Rows",
    "Scaling",
    "Table",
    "and_",
    "as_rows",
    "as_table",
    "as_targets",
    "batches",
    "blobs",
    "circles",
    "encode_labels",
    "line",
    "moons",
    "or_",
    "read_csv",
    "spirals",
    "split",
    "standardize",
    "xor",
]
