"""What is left of damaged memories: found by whoever looks, deleted with its journals, nothing else."""

import os
import sys

import pytest

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.services.memory.damaged import damaged_files, delete_damaged
from m2m_desktop.services.memory.errors import MemoryDamaged, MemoryUnwritable
from m2m_desktop.services.memory.store import MemoryStore


@pytest.fixture
def memory(tmp_path, caplog):
    """A memory with one entry, whose forerunner was damaged in the middle of a change."""
    path = tmp_path / "数据" / "memory.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database, but perhaps phrases")
    (path.parent / "memory.sqlite-journal").write_bytes(b"phrases too")
    store = MemoryStore(path)
    with pytest.raises(MemoryDamaged):
        store.count()
    store.remember([MemoryEntry("红点", "红点", decided_at="1")])
    return path


def test_what_was_set_aside_is_found_with_its_journal(memory):
    names = [path.name for path in damaged_files(memory)]
    assert len(names) == 2
    assert names[0].startswith("memory.sqlite.damaged-2")
    assert names[1] == f"{names[0]}-journal"


def test_deleting_takes_all_of_it_and_leaves_the_memory(memory):
    (memory.parent / "memory.xlsx").write_bytes(b"an export")
    assert delete_damaged(memory) == 2
    assert damaged_files(memory) == []
    assert {path.name for path in memory.parent.iterdir()} >= {"memory.sqlite", "memory.xlsx"}
    assert MemoryStore(memory).count() == 1
    assert delete_damaged(memory) == 0


def test_without_a_folder_there_is_nothing(tmp_path):
    assert damaged_files(tmp_path / "nowhere" / "memory.sqlite") == []
    assert delete_damaged(tmp_path / "nowhere" / "memory.sqlite") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in the way is told otherwise there")
def test_what_cannot_be_deleted_is_named(memory):
    first = damaged_files(memory)[0]
    first.unlink()
    first.mkdir()  # in the way of any user, root too
    with pytest.raises(MemoryUnwritable) as raised:
        delete_damaged(memory)
    assert os.fspath(first) in raised.value.sentence()
