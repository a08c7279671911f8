"""Folders of arrays: what is read is what was written, or it is said to be damaged."""

import json
import random

import numpy as np
import pytest

from m2m_desktop.services import array_files
from m2m_desktop.services.array_files import (
    MANIFEST,
    MAPPED_FROM_BYTES,
    ArrayFilesDamaged,
    read_arrays,
    read_manifest,
    write_arrays,
)

ARRAYS = {
    "numbers": np.arange(50_000, dtype=np.int32),
    "weights": np.linspace(0, 1, 700),
    "empty": np.empty(0, np.uint64),
    "table.of": np.array([[1, 2], [3, 4]], dtype=np.uint8),
    "turned": np.arange(12).reshape(3, 4).T,
}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "deep" / "er" / "arrays"
    write_arrays(folder, ARRAYS, {"count": 7, "name": "头痛"})
    return folder


def same(read, written):
    return read.keys() == written.keys() and all(
        np.array_equal(read[name], array) and read[name].dtype == array.dtype
        for name, array in written.items()
    )


def test_what_is_read_is_what_was_written(folder):
    assert same(read_arrays(folder), ARRAYS)
    assert read_manifest(folder)["extra"] == {"count": 7, "name": "头痛"}


def test_nothing_that_was_read_can_be_written_to(folder):
    for array in read_arrays(folder).values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_large_arrays_are_mapped_not_read(folder):
    numbers = read_arrays(folder)["numbers"]
    assert numbers.nbytes > MAPPED_FROM_BYTES
    assert isinstance(numbers.base, np.memmap)
    assert type(numbers) is np.ndarray


def test_no_pickle_is_written_or_read(folder, tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(tmp_path / "objects", {"bad": np.array([{}], dtype=object)})
    assert not (tmp_path / "objects").exists()
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", *[".npy"] * len(ARRAYS)]
    for path in folder.glob("*.npy"):
        np.load(path, allow_pickle=False)


def test_a_folder_that_is_not_there_is_no_damage(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "nowhere")


def test_a_folder_without_a_manifest_is_damaged(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(ArrayFilesDamaged):
        read_arrays(folder)


def test_300_flipped_bits_and_cuts_are_all_seen(folder):
    rng = random.Random(7)
    contents = {path: path.read_bytes() for path in folder.iterdir()}
    for number in range(300):
        path = rng.choice(sorted(contents))
        content = bytearray(contents[path])
        if number % 3:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        else:
            del content[rng.randrange(len(content)) :]
        path.write_bytes(content)
        with pytest.raises(ArrayFilesDamaged):
            read_arrays(folder)
        path.write_bytes(contents[path])
    assert same(read_arrays(folder), ARRAYS)


def test_a_missing_file_is_seen(folder):
    (folder / "002.npy").unlink()
    with pytest.raises(ArrayFilesDamaged, match=r"002\.npy"):
        read_arrays(folder)


@pytest.mark.parametrize("content", ["[]", "{}", "null", "[" * 100_000, "\udc80", '{"seal": ""}'])
def test_a_manifest_that_makes_no_sense_is_damage(folder, content):
    (folder / MANIFEST).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArrayFilesDamaged):
        read_arrays(folder)


def test_two_arrays_that_changed_places_are_seen(folder):
    """All hashes are right then; only the manifest's own tells."""
    fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    arrays = fields["arrays"]
    arrays["numbers"], arrays["weights"] = arrays["weights"], arrays["numbers"]
    (folder / MANIFEST).write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(ArrayFilesDamaged):
        read_arrays(folder)


def test_another_format_counts_as_damaged(folder, monkeypatch):
    monkeypatch.setattr(array_files, "FORMAT", array_files.FORMAT + 1)
    with pytest.raises(ArrayFilesDamaged):
        read_arrays(folder)


def test_writing_again_replaces_everything(folder):
    write_arrays(folder, {"one": np.ones(3)})
    assert same(read_arrays(folder), {"one": np.ones(3)})
    assert len(list(folder.iterdir())) == 2


def test_a_failed_write_leaves_the_old_folder_and_nothing_else(folder, monkeypatch):
    def save(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(array_files.np, "save", save)
    with pytest.raises(OSError, match="No space"):
        write_arrays(folder, {"one": np.ones(3)})
    monkeypatch.undo()
    assert same(read_arrays(folder), ARRAYS)
    assert list(folder.parent.iterdir()) == [folder]
