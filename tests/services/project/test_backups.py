"""Backups, restoring from them, and bringing an old project forward."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.services.project import schema
from m2m_desktop.services.project.backups import make_backup, superseded
from m2m_desktop.services.project.errors import (
    BackupUnusable,
    NotAProject,
    ProjectDamaged,
    ProjectLocked,
)
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Backup
from m2m_desktop.services.project.recovery import backups_of, restore_project
from tests.services.project.toy_project import (
    START,
    code_all,
    content,
    create,
    decide,
)


def reviewed(path, backup_dir=None, *, is_counted=True):
    """A project with one decision that its newest backup holds."""
    with Project.open(create(path), backup_dir=backup_dir) as project:
        code_all(project, is_counted=is_counted)
        decide(project, 1)
        expected = content(project)
    Project.open(path, backup_dir=backup_dir).close()
    return expected


def backup_at(when, revision):
    return Backup(Path(f"{revision}"), when, revision, "")


@pytest.mark.requirement("R-018")
def test_twelve_days_ten_weeks_nine_months_and_the_newest_are_kept() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    times = [now - timedelta(hours=12 * number) for number in range(2 * 300)]
    backups = [backup_at(when, -number) for number, when in enumerate(times)]
    gone = superseded(backups)
    kept = [backup for backup in backups if backup not in gone]
    assert kept[:6] == backups[:6]
    days = {backup.made_at.date() for backup in kept}
    assert days >= {(now - timedelta(days=number)).date() for number in range(12)}
    assert {day.strftime("%G%V") for day in days} >= {
        (now - timedelta(weeks=number)).strftime("%G%V") for number in range(10)
    }
    assert len({day.strftime("%Y%m") for day in days}) == 9
    assert len(kept) <= 6 + 12 + 10 + 9
    assert superseded(kept) == []


def test_opening_makes_a_backup_only_where_something_changed(tmp_path) -> None:
    path = create(tmp_path / "p.m2mp")
    counts = []
    for work in (None, None, code_all, None, lambda project: decide(project, 1), None):
        with Project.open(path) as project:
            counts.append(len(project.backups()))
            if work is not None:
                work(project)
    assert counts == [1, 1, 1, 2, 2, 3]


def test_a_backup_is_the_whole_project(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    expected = reviewed(path)
    newest = backups_of(path)[0]
    with Project.open(newest.path, read_only=True) as copy:
        assert content(copy) == expected
        assert copy.verify().problems == ()


def test_backups_may_lie_in_a_folder_of_the_user_and_follow_the_project(tmp_path) -> None:
    path, folder = tmp_path / "p.m2mp", tmp_path / "data" / "backups"
    reviewed(path, folder)
    assert not Path(f"{path}.backups").exists()
    assert len(backups_of(path, folder)) == 2
    moved = path.rename(tmp_path / "moved.m2mp")
    with Project.open(moved, backup_dir=folder) as project:
        assert len(project.backups()) == 2


def test_a_backup_that_cannot_be_made_stops_nobody(tmp_path, caplog) -> None:
    path = create(tmp_path / "p.m2mp")
    Path(f"{path}.backups").write_text("in the way")
    with Project.open(path) as project:
        code_all(project)
        decide(project, 1)
        assert "No backup could be made" in project.info.notes[0].text()


def test_a_copy_that_is_not_right_is_no_backup(tmp_path) -> None:
    path = create(tmp_path / "p.m2mp")
    with Project.open(path) as project:
        code_all(project)
        project._connection.execute("DROP TRIGGER event_no_delete")
        folder = Path(f"{path}.backups")
        before = sorted(folder.iterdir())
        with pytest.raises(BackupUnusable):
            make_backup(project._connection, path, folder, START)
        assert sorted(folder.iterdir()) == before


def broken_header(data):
    return b"\x00" * 100 + data[100:]


def broken_page(data):
    return data[:4096] + b"\xff" * 4096 + data[8192:]


def lost_event(path):
    with closing(sqlite3.connect(path)) as connection:
        (sql,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'event_no_delete'"
        ).fetchone()
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event")
        connection.execute(sql)
        connection.commit()


DAMAGED = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:9000]),
    "header": lambda path: path.write_bytes(broken_header(path.read_bytes())),
    "page": lambda path: path.write_bytes(broken_page(path.read_bytes())),
    "history": lost_event,
    "another file": lambda path: path.write_bytes(b"PK\x03\x04" * 900),
}


@pytest.mark.requirement("R-018")
@pytest.mark.parametrize("beside", [True, False], ids=["beside", "in the user's folder"])
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_project_is_restored_from_its_newest_good_backup(tmp_path, name, beside) -> None:
    path, folder = tmp_path / "[p]*.m2mp", None if beside else tmp_path / "b"
    expected = reviewed(path, folder)
    DAMAGED[name](path)
    bad = path.read_bytes()
    # the newest backup is damaged as well: the one before must be offered
    newest = backups_of(path, folder)[0]
    worse = newest.path.with_name(newest.path.name.replace("-r", "-r9"))
    worse.write_bytes(newest.path.read_bytes()[:5000])
    with pytest.raises(ProjectDamaged) as caught:
        Project.open(path, backup_dir=folder)
    assert caught.value.backup == str(newest.path)
    with pytest.raises(BackupUnusable):
        restore_project(path, worse, now=START)
    kept = restore_project(path, newest.path, now=START)
    assert kept.name == "[p]*.m2mp.damaged-20260304T080000Z"
    assert kept.read_bytes() == bad
    with Project.open(path, backup_dir=folder) as project:
        assert content(project) == expected
        assert project.verify().problems == ()


def test_what_is_left_of_a_damaged_project_can_be_read(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    reviewed(path)
    lost_event(path)
    with Project.open(path, despite_damage=True) as project:
        assert project.read_only
        assert project.info.decided_count == 1
        assert project.verify().problems


def test_restoring_leaves_an_open_project_alone_and_keeps_every_damaged_file(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    reviewed(path)
    backup = backups_of(path)[0].path
    with Project.open(path) as project:
        with pytest.raises(ProjectLocked):
            restore_project(path, backup, now=START)
        assert project.verify().problems == ()
    first = restore_project(path, backup, now=START)
    second = restore_project(path, backup, now=START)
    assert first != second
    path.unlink()
    assert restore_project(path, backup, now=START) is None
    Project.open(path).close()
    with pytest.raises(BackupUnusable):
        restore_project(path, tmp_path / "none", now=START)


def test_the_log_of_the_damaged_project_is_kept_but_not_read_again(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    reviewed(path)
    backup = backups_of(path)[0].path
    project = Project.open(path)
    decide(project, 2)
    log = Path(f"{path}-wal").read_bytes()
    project.close()
    Path(f"{path}-wal").write_bytes(log)
    path.write_bytes(broken_page(path.read_bytes()))
    kept = restore_project(path, backup, now=START)
    assert Path(f"{kept}-wal").exists()
    with Project.open(path) as project:
        assert project.info.decided_count == 1


def test_what_comes_after_a_restoration_counts_as_newer(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    reviewed(path)
    oldest = backups_of(path)[-1]
    restore_project(path, oldest.path, now=START)
    with Project.open(path) as project:
        assert project.info.decided_count == 0
        assert backups_of(path)[0].head == oldest.head


# -- migrations ------------------------------------------------------------------------------


LATER_TABLES = {1: ("tally", "pairs", "addition"), 2: ("pairs", "addition"), 3: ("addition",)}
"""Which tables an earlier version of the program did not know."""


def as_version(path, version):
    """Make a project, whose answers are not counted, what an earlier version wrote."""
    with closing(sqlite3.connect(path)) as connection:
        for table in LATER_TABLES[version]:
            connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {version}")
        tables = dict(
            connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        )
        connection.commit()
    assert tables == schema.names_and_sql(version)
    shutil.rmtree(f"{path}.backups", ignore_errors=True)
    return path


@pytest.mark.requirement("R-019")
@pytest.mark.parametrize("version", LATER_TABLES)
def test_an_old_project_is_brought_forward_with_a_backup_first(tmp_path, version) -> None:
    path = tmp_path / "p.m2mp"
    expected = reviewed(path, is_counted=False)
    as_version(path, version)
    with Project.open(path) as project:
        assert content(project) == expected
        assert project.info.pairs == PairCounts(0, 8, 0, 0, 0)
        assert project.verify().problems == ()
        (backup,) = project.backups()
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    # and the backup of the old version is a good one
    restore_project(path, backup.path, now=START)
    with Project.open(path) as project:
        assert content(project) == expected


@pytest.mark.requirement("R-019")
@pytest.mark.parametrize("version", LATER_TABLES)
def test_an_old_project_can_be_read_without_changing_it(tmp_path, version) -> None:
    path = tmp_path / "p.m2mp"
    expected = reviewed(path, is_counted=False)
    before = as_version(path, version).read_bytes()
    with Project.open(path, read_only=True) as project:
        assert content(project) == expected
        assert project.info.pairs.uncounted == 8
        assert project.verify().problems == ()
    assert path.read_bytes() == before


def test_an_old_damaged_project_is_not_migrated(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    reviewed(path)
    as_version(path, 1)
    lost_event(path)
    before = path.read_bytes()
    with pytest.raises(ProjectDamaged):
        Project.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert len(before) == len(path.read_bytes())


@pytest.mark.parametrize("version", [0, -5])
def test_a_version_that_never_was_is_damage(tmp_path, version) -> None:
    path = create(tmp_path / "p.m2mp")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises((ProjectDamaged, NotAProject)):
        Project.open(path)
