"""Files carry a version: of a newer one they are refused, and those from before there was one are read."""

from __future__ import annotations

import copy
import pickle
import zipfile

import pytest

import nn
from nn import versions


def test_json_without_a_version_is_read_as_the_first(tmp_path):
    path = tmp_path / "old.json"
    path.write_text('{"parameters": {"w": {"shape": [1], "values": [2.0]}, "b": {"shape": [], "values": [0.5]}}}')
    model = nn.Neuron(1)
    nn.load(model, path)
    assert model.state_dict() == {"w.0": 2.0, "b": 0.5}


def test_npz_of_a_newer_version_is_refused(tmp_path):
    path, model = tmp_path / "new.npz", nn.Neuron(1, seed=0)
    nn.save(model, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b'{"version": 2}'
    with pytest.raises(ValueError, match="is of version 2, but this Gatewise reads versions up to 1"):
        nn.load(model, path)


def test_a_pickled_history_carries_a_version_and_one_without_is_read():
    history = nn.History(loss=[1.0, 0.5], stopped="all epochs done")
    assert pickle.loads(pickle.dumps(history)) == copy.deepcopy(history) == history
    state = history.__getstate__()
    assert state["_gatewise_version"] == 1
    old = nn.History()
    old.__setstate__({name: held for name, held in state.items() if name != "_gatewise_version"})
    assert old == history


def test_a_pickled_history_of_a_newer_version_is_refused(monkeypatch):
    monkeypatch.setattr(versions, "PICKLES", 2)
    newer = pickle.dumps(nn.History(loss=[1.0]))
    monkeypatch.undo()
    with pytest.raises(ValueError, match="this pickled History is of version 2, but this Gatewise reads versions up"):
        pickle.loads(newer)
