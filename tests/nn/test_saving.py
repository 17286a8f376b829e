"""Saving is whole or not at all; loading checks everything before it changes anything."""

from __future__ import annotations

import json
import math
import os
import pickle
import stat
import sys
import zipfile

import numpy as np
import pytest
from support.extras import needs

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
            "weights": (2, 3),
            "ragged.0.0": (),
            "ragged.1.0": (),
            "ragged.1.1": (),
            "bias": (),
        }
        assert file["weights"].tolist() == [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]
    nn.save(nn.MLP(2, [3, 1]), path)
    with np.load(path, allow_pickle=False) as file:
        assert file["layers.0.neurons.2.w"].shape == (2,)
    twin = Table()
    twin.bias.data = 9.0
    nn.save(Table(), path)
    nn.load(twin, path)
    assert twin.bias.data == 0.5


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda: nn.MLP(2, [4, 1]), r"the model has no|of shape|lacks"),
        (lambda: nn.MLP(3, [3, 1]), r"layers\.0\.neurons\.0\.w is of shape \(3,\) in the file and \(2,\) in the model"),
        (lambda: nn.MLP(2, [3]), r"lacks layers\.1\.neurons\.0\.w"),
    ],
)
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


ENDINGS = [".npz", ".json", pytest.param(".safetensors", marks=needs("safetensors"))]
each_ending = pytest.mark.parametrize("ending", ENDINGS)


def awkward() -> Table:
    """A model of numbers that a text could spoil."""
    table = Table()
    numbers = [0.1 + 0.2, 1e-310, -0.0, 5e-324, 1.7976931348623157e308, math.pi, -1 / 3, 2.0**53 + 2, 1e22, 123.0]
    for parameter, number in zip(table.parameters(), numbers, strict=True):
        parameter.data = number
    return table


@each_ending
def test_every_format_goes_round_to_the_last_bit(tmp_path, ending):
    model, twin = awkward(), Table()
    nn.save(model, tmp_path / f"m{ending}")
    nn.load(twin, tmp_path / f"m{ending}")
    assert [p.data.hex() for p in twin.parameters()] == [p.data.hex() for p in model.parameters()]


def test_json_is_json_with_version_names_shapes_and_values(tmp_path):
    nn.save(Table(), tmp_path / "m.json")
    document = json.loads((tmp_path / "m.json").read_text())
    assert document["version"] == 1
    assert document["parameters"]["weights"] == {"shape": [2, 3], "values": [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]}
    assert document["parameters"]["bias"] == {"shape": [], "values": [0.5]}


@needs("safetensors")
def test_safetensors_is_read_by_its_own_library(tmp_path):
    from safetensors import safe_open

    nn.save(Table(), tmp_path / "m.safetensors")
    with safe_open(tmp_path / "m.safetensors", framework="np") as file:
        assert file.metadata()["version"] == "1"
        assert file.get_tensor("weights").tolist() == [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]
        assert file.get_tensor("bias").shape == ()


def test_npz_has_its_version_beside_the_arrays_and_files_without_one_are_read(tmp_path):
    nn.save(Table(), tmp_path / "m.npz")
    with zipfile.ZipFile(tmp_path / "m.npz") as archive:
        assert json.loads(archive.comment)["version"] == 1
    np.savez(tmp_path / "old.npz", w=np.array([1.0, 2.0]), b=np.array(3.0))
    neuron = nn.Neuron(2)
    nn.load(neuron, tmp_path / "old.npz")
    assert [p.data for p in neuron.parameters()] == [1.0, 2.0, 3.0]


def test_safetensors_without_its_library_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'gatewise\[safetensors\]'; \.npz and \.json need nothing"):
        nn.save(nn.Neuron(2), tmp_path / "m.safetensors")
    (tmp_path / "m.safetensors").write_bytes(b"anything")
    with pytest.raises(ImportError, match="needs the extra 'safetensors'"):
        nn.load(nn.Neuron(2), tmp_path / "m.safetensors")
    assert os.listdir(tmp_path) == ["m.safetensors"]


@pytest.mark.parametrize("name", ["m.pt", "m", "m.npz.bak", "m.npy", ".json2"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"ends in none of \.npz, \.json, \.safetensors"):
        nn.save(nn.Neuron(2), tmp_path / name)
    assert os.listdir(tmp_path) == []
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ValueError, match=r"ends in none of \.npz, \.json, \.safetensors"):
        nn.load(nn.Neuron(2), tmp_path / name)


@each_ending
def test_a_file_cut_short_anywhere_changes_nothing(tmp_path, ending):
    path = tmp_path / f"m{ending}"
    nn.save(nn.Neuron(2, seed=0), path)
    content, model = path.read_bytes(), nn.Neuron(2, seed=1)
    before = model.state_dict()
    whole = len(content.rstrip())  # a text may do without its last line feed
    for length in {*range(0, whole, 7), whole - 1}:
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match="nothing was loaded"):
            nn.load(model, path)
    assert model.state_dict() == before


@each_ending
@pytest.mark.parametrize("other", ENDINGS)
def test_content_of_another_format_than_the_ending_says_is_refused(tmp_path, ending, other):
    if ending == other:
        return
    nn.save(nn.Neuron(2), tmp_path / f"m{other}")
    os.rename(tmp_path / f"m{other}", tmp_path / f"m{ending}")
    hint = "rename it to end in .npz" if other == ".npz" else "holds something else than its ending says"
    with pytest.raises(ValueError, match=hint):
        nn.load(nn.Neuron(2), tmp_path / f"m{ending}")


@each_ending
def test_every_format_refuses_another_architecture(tmp_path, ending):
    nn.save(nn.MLP(3, [3, 1]), tmp_path / f"m{ending}")
    model = nn.MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    with pytest.raises(
        ValueError, match=r"does not fit this model.*of shape \(3,\) in the file and \(2,\) in the model"
    ):
        nn.load(model, tmp_path / f"m{ending}")
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"version": 1}', "it has no 'parameters'"),
        ("[]", "nothing was loaded"),
        ("{}", "nothing was loaded"),
        ('{"version": 2, "parameters": {}}', "is of version 2, but this Gatewise reads versions up to 1"),
        ('{"version": "1", "parameters": {}}', "is of version '1', but versions are whole numbers"),
        ('{"version": 0, "parameters": {}}', "is of version 0, but versions are whole numbers"),
        ('{"version": 1, "parameters": {"b": {"shape": [], "values": ["1"]}}}', "a value in it is no number"),
        ('{"version": 1, "parameters": {"w": {"shape": [2], "values": [1.0]}}}', r"shape \(2,\) has 1 values"),
        (
            '{"version": 1, "parameters": {"w": {"shape": [2], "values": [1.0, 1e999]}, '
            '"b": {"shape": [], "values": [0]}}}',
            "w holds what is no finite number",
        ),
        ('{"version": 1, "version": 1, "parameters": {}}', "a name stands in it twice"),
    ],
)
def test_json_that_is_no_model_is_told(tmp_path, text, message):
    model = nn.Neuron(2, seed=0)
    before = model.state_dict()
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        nn.load(model, tmp_path / "m.json")
    assert model.state_dict() == before


@each_ending
def test_numbers_that_are_not_finite_are_not_saved(tmp_path, ending):
    path, model = tmp_path / f"m{ending}", nn.Neuron(2, seed=0)
    nn.save(model, path)
    before = path.read_bytes()
    model.w[1].data = math.nan
    with pytest.raises(ValueError, match=r"w\.1 holds nan, no finite number; nothing was saved"):
        nn.save(model, path)
    assert path.read_bytes() == before


def test_class_given_for_a_model_is_told(tmp_path):
    with pytest.raises(TypeError, match="you gave the class MLP"):
        nn.save(nn.MLP, tmp_path / "m.npz")
    with pytest.raises(TypeError, match="you gave the class MLP"):
        nn.load(nn.MLP, tmp_path / "m.npz")
