"""Saving is whole or not at all; loading checks everything before it changes anything."""

from __future__ import annotations

import os
import pickle
import stat

import numpy as np
import pytest

import nn
from autograd import Value


class Table(nn.Module):
    def __init__(self) -> None:
        self.weights = [[Value(i * 10.0 + j) for j in range(3)] for i in range(2)]
        self.ragged = [[Value(1.0)], [Value(2.0), Value(3.0)]]
        self.bias = Value(0.5)


def test_model_goes_round_to_the_last_bit(tmp_path):
    a, b = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    nn.save(a, tmp_path / "model.npz")
    nn.load(b, tmp_path / "model.npz")
    assert b.state_dict() == a.state_dict()


def test_file_holds_an_array_for_each_list_of_parameters(tmp_path):
    path = tmp_path / "model.npz"
    nn.save(Table(), path)
    with np.load(path, allow_pickle=False) as file:
        assert {name: file[name].shape for name in file.files} == {
            "weights": (2, 3), "ragged.0.0": (), "ragged.1.0": (), "ragged.1.1": (), "bias": (),
        }  # fmt: skip
        assert file["weights"].tolist() == [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]
    nn.save(nn.MLP(2, [3, 1]), path)
    with np.load(path, allow_pickle=False) as file:
        assert file["layers.0.neurons.2.w"].shape == (2,)
    twin = Table()
    twin.bias.data = 9.0
    nn.save(Table(), path)
    nn.load(twin, path)
    assert twin.bias.data == 0.5


@pytest.mark.parametrize(("other", "message"), [
    (lambda: nn.MLP(2, [4, 1]), r"the model has no|of shape|lacks"),
    (lambda: nn.MLP(3, [3, 1]), r"layers\.0\.neurons\.0\.w is of shape \(3,\) in the file and \(2,\) in the model"),
    (lambda: nn.MLP(2, [3]), r"lacks layers\.1\.neurons\.0\.w"),
])  # fmt: skip
def test_file_of_another_model_changes_nothing(tmp_path, other, message):
    nn.save(other(), tmp_path / "other.npz")
    model = nn.MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    with pytest.raises(ValueError, match=message):
        nn.load(model, tmp_path / "other.npz")
    assert model.state_dict() == before


@pytest.mark.parametrize("content", [b"", b"no zip", pickle.dumps({"w": 1.0})])
def test_what_is_no_such_file_is_told(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is not a file that nn\.save wrote, and nothing was loaded"):
        nn.load(nn.Neuron(2), path)


def test_pickles_inside_are_refused(tmp_path):
    np.savez(tmp_path / "evil.npz", w=np.array([{"a": 1}, None], dtype=object), b=np.array(0.0))
    with pytest.raises(ValueError, match="nothing was loaded"):
        nn.load(nn.Neuron(2), tmp_path / "evil.npz")
    np.save(tmp_path / "single.npy", np.zeros(2))
    with pytest.raises(ValueError, match="single array"):
        nn.load(nn.Neuron(2), tmp_path / "single.npy")


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    model = nn.Neuron(2)
    before = model.state_dict()
    np.savez(tmp_path / "nan.npz", w=np.array([1.0, np.nan]), b=np.array(0.0))
    with pytest.raises(ValueError, match="no finite number"):
        nn.load(model, tmp_path / "nan.npz")
    assert model.state_dict() == before


def test_missing_file_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load(nn.Neuron(2), tmp_path / "none.npz")


def test_failed_save_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    nn.save(nn.Neuron(2, seed=0), path)
    before = path.read_bytes()

    def broken(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", broken)
    with pytest.raises(OSError, match="disk full"):
        nn.save(nn.Neuron(2, seed=1), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.npz"]


def test_saved_file_has_the_permissions_of_any_new_file(tmp_path):
    nn.save(nn.Neuron(1), tmp_path / "a.npz")
    (tmp_path / "b").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.npz", "b")]
    assert modes[0] == modes[1]
