"""The submenu of the projects that were open lately."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from m2m_desktop.services.language import use_language
from m2m_desktop.services.project import project_file
from m2m_desktop.ui.recent_menu import WIDEST, RecentMenu, shortened
from m2m_desktop.ui.recent_projects import RecentProjects


@pytest.fixture
def recent(home):
    use_language("en")
    return RecentProjects(QSettings(str(home / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def menu(qtbot):
    made = QMenu()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def project(home, recent):
    def make(name, *, is_there=True):
        path = home / name
        if is_there:
            path.write_bytes(b"")
        recent.add(path)
        return path

    return make


def texts(menu):
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_without_projects_it_says_so(menu, recent):
    RecentMenu(menu, recent)
    assert menu.title() == "Open recent project"
    assert texts(menu) == ["No project was opened yet"]
    assert not menu.actions()[0].isEnabled()


def test_the_last_eight_stand_there_with_their_numbers_the_last_one_first(menu, recent, project):
    RecentMenu(menu, recent)
    paths = [project(f"{number}.m2mp") for number in range(10)]
    *shown, clear = texts(menu)
    assert clear == "Clear this list"
    wanted = reversed(paths[2:])
    assert shown == [f"&{n}  {shortened(str(path))}" for n, path in enumerate(wanted, 1)]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_number_opens_the_project(menu, recent, project, qtbot):
    made = RecentMenu(menu, recent)
    project("a.m2mp")
    wanted = project("b & c.m2mp")
    project("d.m2mp")
    menu.popup(menu.pos())
    with qtbot.waitSignal(made.wanted) as told:
        QTest.keyClick(menu, Qt.Key.Key_2)
    assert told.args == [str(wanted)]
    assert menu.actions()[1].text().endswith("b && c.m2mp")


def test_a_project_that_is_gone_is_marked_and_cannot_be_chosen(menu, recent, project):
    RecentMenu(menu, recent)
    project("there.m2mp")
    project("gone.m2mp", is_there=False)
    gone, there = texts(menu)[:2]
    assert gone.endswith("gone.m2mp (not found)")
    assert there.endswith("there.m2mp")
    assert [action.isEnabled() for action in menu.actions()[:2]] == [False, True]


def test_a_drive_that_may_not_answer_is_not_asked(menu, recent, project, monkeypatch):
    monkeypatch.setattr(project_file, "is_remote", lambda _path: True)
    RecentMenu(menu, recent)
    project("gone.m2mp", is_there=False)
    assert texts(menu)[0].endswith("gone.m2mp")


def test_the_list_is_cleared_and_the_files_stay(menu, recent, project, qtbot):
    made = RecentMenu(menu, recent)
    path = project("a.m2mp")
    menu.aboutToShow.emit()
    with qtbot.waitSignal(made.cleared):
        menu.actions()[-1].trigger()
    assert texts(menu) == ["No project was opened yet"]
    assert recent.paths() == []
    assert path.exists()


def test_it_takes_over_the_language(menu, recent):
    made = RecentMenu(menu, recent)
    use_language("pseudo")
    made.retranslate()
    assert menu.title().startswith("[")
    assert menu.actions()[0].text().startswith("[")


def test_a_long_path_keeps_its_beginning_and_its_end():
    path = "/数据/" + "很长的文件夹" * 20 + "/报告导出.m2mp"
    assert len(shortened(path)) == WIDEST
    assert shortened(path).startswith("/数据/")
    assert shortened(path).endswith("/报告导出.m2mp")
    assert shortened("/a") == "/a"
