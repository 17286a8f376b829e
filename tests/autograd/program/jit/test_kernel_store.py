"""Kernels kept on disk: private to the user, and never run unless they are what their source says."""

from __future__ import annotations

import errno
import os
import stat

import numpy as np
import pytest
from support.extras import reason

pytest.importorskip("numba", reason=reason("numba"))

from autograd.program.jit import intrinsics, kernel_store, kernels

SOURCE = kernels.plus("s", True)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The folder of kernels, empty; and a function that forgets what this process has loaded."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def forget():
        kernel_store.directory.cache_clear()
        kernel_store.kernel_of.cache_clear()

    forget()
    yield tmp_path / "gatewise", forget
    forget()


def files(folder):
    return {path.name: path for path in folder.rglob("*") if path.is_file()}


def test_a_kernel_is_compiled_once_and_then_taken_from_the_disk(store, monkeypatch):
    folder, forget = store
    kernel_store.kernel_of(SOURCE)
    before = {name: path.stat().st_mtime_ns for name, path in files(folder).items()}
    assert {os.path.splitext(name)[1] for name in before} == {".py", ".sums", ".nbi", ".nbc"}
    forget()
    kernel = kernel_store.kernel_of(SOURCE)
    assert kernel.cache_hits == 1
    assert {name: path.stat().st_mtime_ns for name, path in files(folder).items()} == before


def test_the_folder_is_private_to_the_user(store):
    folder, _ = store
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    kernel_store.kernel_of(SOURCE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_somebody_elses_is_not_used(store, monkeypatch):
    folder, _ = store
    folder.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 123456)
    kernel_store.kernel_of(SOURCE)
    assert files(folder) == {}


@pytest.mark.parametrize("suffix", [".py", ".sums", ".nbi", ".nbc"])
@pytest.mark.parametrize("damage", ["truncated", "emptied", "foreign"])
def test_a_damaged_or_foreign_file_is_written_anew(store, suffix, damage):
    folder, forget = store
    kernel_store.kernel_of(SOURCE)
    (path,) = [path for path in files(folder).values() if path.suffix == suffix]
    right = path.read_bytes()
    foreign = b"raise SystemExit('run')\n" if suffix == ".py" else right[:-1] + bytes([right[-1] ^ 1])
    path.write_bytes({"truncated": right[: len(right) // 2], "emptied": b"", "foreign": foreign}[damage])
    forget()
    assert kernel_store.kernel_of(SOURCE).address
    forget()
    assert kernel_store.kernel_of(SOURCE).cache_hits == 1
    if suffix == ".py":
        assert path.read_bytes() == right


def test_the_machine_code_of_another_kernel_is_not_run(store):
    folder, forget = store
    kernel_store.kernel_of(SOURCE)
    (code,) = folder.rglob("*.nbc")
    mine = code.read_bytes()
    kernel_store.kernel_of(kernels.GATHER)
    (other,) = [path for path in folder.rglob("*.nbc") if path != code]
    code.write_bytes(other.read_bytes())
    forget()
    assert kernel_store.kernel_of(SOURCE).cache_hits == 0
    assert len(code.read_bytes()) == len(mine)


def test_on_a_full_disk_a_kernel_is_compiled_for_this_process(store, monkeypatch):
    folder, _ = store

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert kernel_store.kernel_of(SOURCE).address
    assert files(folder) == {}


def test_a_damaged_compiled_function_is_compiled_again(tmp_path, monkeypatch):
    import numba

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))

    def double(x):
        return 2.0 * x

    assert intrinsics.jit(double, numba.float64)(3.0) == 6.0
    for path in files(tmp_path).values():
        path.write_bytes(path.read_bytes()[:10])
    assert intrinsics.jit(double, numba.float64)(3.0) == 6.0
    assert intrinsics.jit(double)(np.float64(4.0)) == 8.0
