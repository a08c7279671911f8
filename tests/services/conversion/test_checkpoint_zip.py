"""Zips of checkpoints: unpacked within limits, removed at the end, and nothing else written."""

import random
import shutil
import stat
import zipfile

import numpy as np
import pytest

from m2m_desktop.core.errors import (
    Cancelled,
    ModelDamaged,
    ModelError,
    ModelNotFound,
    OutputUnwritable,
)
from m2m_desktop.services.conversion import checkpoint_zip
from m2m_desktop.services.conversion.checkpoint import open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.checkpoint_zip import NotEnoughSpace
from tests.toy.archives import release_zip, write_zip
from tests.toy.checkpoints import read_safetensors, write_checkpoint


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """As small as a checkpoint can be, with one word list."""
    return write_checkpoint(tmp_path_factory.mktemp("toy") / "toy", layers=1, hidden=16, inner=16)


@pytest.fixture
def files(original):
    return {path.name: path.read_bytes() for path in original.iterdir()}


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work" / "deeper"


def zipped(files, path, inside="", method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(inside + name, content)
    return path


def refused(path, work, error, *words):
    with pytest.raises(ModelError) as caught, open_checkpoint(path, work_dir=work):
        pass
    assert type(caught.value) is error
    sentence = caught.value.sentence()
    assert str(path) in sentence
    for word in words:
        assert word in sentence
    assert not work.exists() or list(work.iterdir()) == []


@pytest.mark.parametrize(
    "inside", ["", "top/", "a/b/", "../../outside/", "/absolute/", "C:\\x\\", "1_Top/"]
)
def test_a_zip_opens_whatever_folder_it_names_and_leaves_nothing(
    original, files, tmp_path, work, inside
):
    path = zipped(files, tmp_path / "their-model.zip", inside)
    before = {entry for entry in tmp_path.parent.rglob("*") if work not in entry.parents}
    wanted = read_safetensors(original / "model.safetensors")["classifier.weight"]
    with open_checkpoint(path, work_dir=work) as checkpoint:
        assert checkpoint.name == "their-model"
        assert np.array_equal(checkpoint.tensors["classifier.weight"], wanted)
        assert len(list(work.iterdir())) == 1
    assert list(work.iterdir()) == []
    after = {entry for entry in tmp_path.parent.rglob("*") if work not in entry.parents}
    assert after - before <= {work, work.parent}


def test_only_what_is_read_is_unpacked(files, tmp_path, work):
    others = {
        "pytorch_model.bin": b"pickle",
        "evil.py": b"raise SystemExit",
        "1_Pooling/evil.py": b"",
        "onnx/model.onnx": b"",
        "__MACOSX/._config.json": b"",
        "sub/config.json": b"{}",
    }
    path = zipped(files | others, tmp_path / "m.zip", "top/")
    with open_checkpoint(path, work_dir=work):
        (unpacked,) = work.iterdir()
        assert {entry.name for entry in unpacked.rglob("*")} == set(files)


def test_progress_counts_the_bytes_of_all_files(files, tmp_path, work):
    path = zipped(files, tmp_path / "m.zip")
    seen = []
    with open_checkpoint(
        path, work_dir=work, progress=lambda done, total, note="": seen.append((done, total, note))
    ):
        pass
    total = sum(map(len, files.values()))
    assert seen[-1][:2] == (total, total)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert {note for _, _, note in seen} == set(files)


def test_cancelling_leaves_nothing(files, tmp_path, work):
    def cancel(done, total, note=""):
        if note == "model.safetensors":
            raise Cancelled

    path = zipped(files, tmp_path / "m.zip")
    with pytest.raises(Cancelled), open_checkpoint(path, work_dir=work, progress=cancel):
        pass
    assert list(work.iterdir()) == []


def test_a_failure_of_the_caller_leaves_nothing(files, tmp_path, work):
    path = zipped(files, tmp_path / "m.zip")
    kept = []

    def fail():
        with open_checkpoint(path, work_dir=work) as checkpoint:
            kept.append(checkpoint.tensors["classifier.weight"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(work.iterdir()) == []


def test_a_full_drive_is_noticed_before_anything_is_written(files, tmp_path, work, monkeypatch):
    usage = shutil._ntuple_diskusage(total=10**12, used=10**12, free=10**7)
    monkeypatch.setattr(checkpoint_zip.shutil, "disk_usage", lambda path: usage)
    path = zipped(files, tmp_path / "m.zip")
    with pytest.raises(NotEnoughSpace) as caught, open_checkpoint(path, work_dir=work):
        pass
    assert isinstance(caught.value, OutputUnwritable)
    assert "10 MB are free" in caught.value.sentence()
    assert list(work.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(files, tmp_path):
    (tmp_path / "a file").write_text("", encoding="utf-8")
    path = zipped(files, tmp_path / "m.zip")
    with (
        pytest.raises(OutputUnwritable, match="a file"),
        open_checkpoint(path, work_dir=tmp_path / "a file" / "work"),
    ):
        pass


@pytest.mark.parametrize("is_aes", [False, True])
def test_an_encrypted_zip_is_refused_with_what_to_do(files, tmp_path, work, is_aes):
    data = release_zip(files, folder="", password="x", is_aes=is_aes)
    path = write_zip(tmp_path / "m.zip", data)
    refused(path, work, ModelDamaged, "password", "extract it")


def test_a_file_that_is_there_twice_is_refused(files, tmp_path, work):
    path = zipped(files, tmp_path / "m.zip")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("vocab.txt", b"")
    refused(path, work, ModelDamaged, "several files called vocab.txt")


def test_a_zip_of_two_checkpoints_is_refused(files, tmp_path, work):
    both = {f"{side}/{name}": content for side in "ab" for name, content in files.items()}
    path = zipped(both, tmp_path / "m.zip")
    refused(path, work, CheckpointUnsupported, "several models; choose the folder of one")


def test_a_zip_without_a_checkpoint_is_refused(tmp_path, work):
    path = zipped({"notes.txt": b"x"}, tmp_path / "m.zip")
    refused(path, work, ModelNotFound, "There is no model in", "config.json")


def test_links_in_a_zip_are_refused_with_what_to_do(files, tmp_path, work):
    path = zipped({name: files[name] for name in files if name != "vocab.txt"}, tmp_path / "m.zip")
    link = zipfile.ZipInfo("vocab.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(path, work, ModelDamaged, "vocab.txt", "only a link")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_bomb_is_refused_unopened(files, tmp_path, work, name):
    files[name] = bytes(30 << 20)
    refused(zipped(files, tmp_path / "m.zip"), work, ModelDamaged, f"{name} is too large")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_what_is_no_zip_is_refused(tmp_path, work, content):
    path = tmp_path / "m.zip"
    path.write_bytes(content)
    refused(path, work, ModelDamaged, "neither a checkpoint folder nor a zip")


def test_150_damaged_zips_raise_nothing_but_our_errors(files, tmp_path, work):
    rng = random.Random(6)
    path = zipped(files, tmp_path / "m.zip", "top/")
    content, refusals = path.read_bytes(), 0
    for number in range(150):
        damaged = bytearray(content)
        # half of them in the directory at the end, where most can go wrong
        low = len(damaged) - 900 if number % 2 else 0
        for _ in range(rng.randint(1, 3)):
            damaged[rng.randrange(low, len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.randrange(len(damaged))] if number % 5 == 0 else damaged)
        try:
            with open_checkpoint(path, work_dir=work):
                pass
        except (ModelError, OutputUnwritable):
            refusals += 1
        assert not work.exists() or list(work.iterdir()) == []
    assert refusals > 90
