import pytest
from PySide6.QtCore import QSettings

from m2m_desktop.ui.recent_projects import LIMIT, RecentProjects


@pytest.fixture
def stored(tmp_path):
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def made(tmp_path, name):
    path = tmp_path / f"{name}.m2m"
    path.touch()
    return path


def test_the_last_one_comes_first_and_stands_there_once(tmp_path, stored):
    recent = RecentProjects(stored)
    first, second = made(tmp_path, "一"), made(tmp_path, "二")
    for path in (first, second, first):
        recent.add(path)
    assert recent.paths() == [first, second]


def test_the_list_outlives_the_program(tmp_path, stored):
    path = made(tmp_path, "only one")
    RecentProjects(stored).add(path)
    stored.sync()
    again = QSettings(stored.fileName(), QSettings.Format.IniFormat)
    assert RecentProjects(again).paths() == [path]


def test_a_project_that_is_gone_is_not_offered_and_comes_back_with_its_disk(tmp_path, stored):
    recent = RecentProjects(stored)
    path = made(tmp_path, "on a stick")
    recent.add(path)
    path.unlink()
    assert recent.paths() == []
    path.touch()
    assert recent.paths() == [path]


def test_the_list_does_not_grow_for_ever(tmp_path, stored):
    recent = RecentProjects(stored)
    paths = [made(tmp_path, f"p{number}") for number in range(LIMIT + 3)]
    for path in paths:
        recent.add(path)
    assert recent.paths() == paths[:2:-1]


def test_a_project_can_be_forgotten(tmp_path, stored):
    recent = RecentProjects(stored)
    path = made(tmp_path, "p")
    recent.add(path)
    recent.forget(path)
    assert recent.paths() == []
    assert path.exists()
