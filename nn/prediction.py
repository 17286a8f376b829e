"""A model's outputs for a whole table at once, through a recorded graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arguments import check_model
from nn.data.tables import as_rows
from nn.modules import Module
from nn.recording import Recording

#: For so few rows recording is not worth its while.
_FEW = 4


def predict(model: Module, X: Any, *, compiled: bool = True) -> NDArray[np.float64]:  # noqa: N803
    """The model's outputs for all rows of a table: (rows,) if it has one output, else (rows, outputs).

    X: anything `data.as_rows` takes. The model is called as it is, in training mode or not; parameters stay. A model
    whose graph differs from row to row is noticed, as in `fit`, and called for each row.

    >>> import nn
    >>> model = nn.LinearRegression(1)
    >>> model.load_state_dict({"neurons.0.w.0": 2.0, "neurons.0.b": 1.0})
    >>> nn.predict(model, [[0.0], [1.0], [2.0]]).tolist()
    [1.0, 3.0, 5.0]
    """
    check_model(model, "predict asks")
    rows = as_rows(X)
    recording = Recording(model, rows, rows.shape[1], compiled=compiled and len(rows) > _FEW, warn=False)
    outputs = recording.outputs(rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs
