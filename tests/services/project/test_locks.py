"""One program at a time, and places where nothing can be written."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from m2m_desktop.services.project import project_file
from m2m_desktop.services.project.errors import (
    ProjectLocked,
    ProjectReadOnly,
    ProjectUnreadable,
)
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.recovery import restore_project
from tests.services.project.toy_project import (
    RUN,
    START,
    WANG,
    code_all,
    content,
    create,
    decide,
)

HOLD = """
import sys, time
from pathlib import Path
from m2m_desktop.services.project.project import Project
project = Project.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path):
    return create(tmp_path / "p.m2mp")


@pytest.mark.requirement("R-022")
def test_a_second_program_is_told_at_once_and_a_killed_one_leaves_no_lock(path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout.readline().strip() == b"open"
        for read_only in (False, True):
            with pytest.raises(ProjectLocked):
                Project.open(path, read_only=read_only)
    finally:
        child.kill()
        child.communicate()
    with Project.open(path) as project:
        assert project.verify().problems == ()


def test_a_second_window_of_the_same_program_is_told_too(path) -> None:
    with Project.open(path) as project:
        with pytest.raises(ProjectLocked):
            Project.open(path)
        with pytest.raises(ProjectLocked):
            Project.open(path, read_only=True)
        # and the first one still has its lock
        code_all(project)
        with pytest.raises(ProjectLocked):
            restore_project(path, project.backups()[0].path, now=START)


def test_a_project_opened_for_reading_is_not_changed(path) -> None:
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        row = project.phrases()[0]
        assert project.info.is_read_only
        for refused in (
            lambda: project.apply([], actor=WANG, now=START),
            lambda: project.store_answers(RUN, []),
            project.forget_answers,
            lambda: project.purge_texts(actor=WANG, now=START),
        ):
            with pytest.raises(ProjectReadOnly):
                refused()
        assert project.undo(actor=WANG, now=START) is None
        assert row.text
    assert path.read_bytes() == before
    assert not Path(f"{path}.backups").exists()


@contextmanager
def without_rights():
    """Become somebody whom the system refuses: root may write everywhere."""
    if os.name == "nt":
        pytest.skip("rights work otherwise on Windows")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def guarded():
    """A folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def make_read_only(folder):
    for file in folder.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR | 0o055)


@pytest.mark.requirement("R-022")
def test_a_read_only_folder_opens_for_reading_and_says_so(guarded) -> None:
    path = create(guarded / "p.m2mp")
    with Project.open(path) as project:
        code_all(project)
        decide(project, 1)
        expected = content(project)
    make_read_only(guarded)
    with without_rights(), Project.open(path) as project:
        assert project.read_only
        assert "reading only" in project.info.notes[0].text()
        assert content(project) == expected
        assert project.verify().problems == ()


def test_a_killed_program_on_a_read_only_drive_shows_what_can_be_read(guarded) -> None:
    path = create(guarded / "p.m2mp")
    project = Project.open(path)
    code_all(project)
    database, log = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    project.close()
    path.write_bytes(database)
    Path(f"{path}-wal").write_bytes(log)
    make_read_only(guarded)
    with without_rights(), Project.open(path) as project:
        assert len(project.info.notes) == 2
        assert project.info.coded_count == 0
    guarded.chmod(0o755)
    for file in guarded.glob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    with Project.open(path) as project:
        assert project.info.coded_count == 8


def test_the_log_of_a_killed_program_is_read_also_without_changing_the_project(path) -> None:
    project = Project.open(path)
    code_all(project)
    database, log = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    project.close()
    path.write_bytes(database)
    Path(f"{path}-wal").write_bytes(log)
    with Project.open(path, read_only=True) as project:
        assert (project.info.coded_count, project.info.notes) == (8, ())
    assert (path.read_bytes(), Path(f"{path}-wal").read_bytes()) == (database, log)


def test_half_a_transaction_on_a_read_only_drive_is_not_shown(guarded, monkeypatch) -> None:
    path = create(guarded / "p.m2mp")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE phrase SET text = text || hex(zeroblob(20000))")
        database = path.read_bytes()
        journal = Path(f"{path}-journal").read_bytes()
    path.write_bytes(database)
    Path(f"{path}-journal").write_bytes(journal)
    make_read_only(guarded)
    with without_rights(), pytest.raises(ProjectUnreadable):
        Project.open(path)


def test_a_file_nobody_may_read_is_an_error_for_the_user(guarded) -> None:
    path = create(guarded / "p.m2mp")
    path.chmod(0)
    guarded.chmod(0o555)
    with without_rights(), pytest.raises(ProjectUnreadable):
        Project.open(path)


def test_where_the_log_does_not_suit_saving_is_slower_and_as_safe(path, monkeypatch) -> None:
    monkeypatch.setattr(project_file, "is_remote", lambda path: True)
    with Project.open(path) as project:
        (level,) = project._connection.execute("PRAGMA synchronous").fetchone()
        (journal,) = project._connection.execute("PRAGMA journal_mode").fetchone()
        assert (level, journal) == (3, "truncate")
        assert "slower" in project.info.notes[0].text()
        code_all(project)
        decide(project, 1)
        assert not Path(f"{path}-wal").exists()
    with Project.open(path, read_only=True) as project:
        assert project.info.decided_count == 1


@pytest.mark.requirement("R-002")
def test_the_usual_way_of_saving_is_read_back(path) -> None:
    with Project.open(path) as project:
        told = {
            name: project._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "synchronous",
                "journal_mode",
                "locking_mode",
                "secure_delete",
                "foreign_keys",
                "trusted_schema",
                "cell_size_check",
                "user_version",
            )
        }
    assert told == {
        "synchronous": 2,
        "journal_mode": "wal",
        "locking_mode": "exclusive",
        "secure_delete": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "user_version": 4,
    }


@pytest.mark.parametrize(
    ("name", "is_remote"),
    [("\\\\server\\share\\p.m2mp", True), ("\\\\?\\C:\\p.m2mp", False), ("/tmp/p.m2mp", False)],
)
def test_a_share_is_known_by_its_name(name, is_remote) -> None:
    if os.name != "nt":
        assert project_file.is_remote(Path(name)) is is_remote
