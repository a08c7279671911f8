"""A memory that was set aside is said once, wherever it was met, and can be deleted there."""

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from m2m_desktop.services.language import use_language
from m2m_desktop.ui.memory.damaged import KEY, DamagedMemory
from m2m_desktop.ui.notices import NoticeArea


@pytest.fixture
def memory(home):
    use_language("en")
    return home / "memory.sqlite"


@pytest.fixture
def make(memory, qtbot):
    """A window's worth of it: what was said is kept in the file of the layout."""

    def start():
        notices = NoticeArea()
        qtbot.addWidget(notices)
        stored = QSettings(str(memory.parent / "window.ini"), QSettings.Format.IniFormat)
        return DamagedMemory(notices, memory, stored), notices

    return start


def set_aside(memory, day):
    path = memory.with_name(f"{memory.name}.damaged-202611{day}-083000")
    path.write_bytes(b"phrases")
    return path


def answer(button_text):
    """Press a button of the question that is about to open."""

    def press():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(one for one in box.findChildren(QPushButton) if one.text() == button_text).click()

    QTimer.singleShot(0, press)


def test_nothing_is_said_of_a_sound_memory(make, memory):
    memory.write_bytes(b"")
    watch, notices = make()
    watch.look()
    assert notices.texts() == {}


def test_it_is_said_once_where_it_lies_and_what_to_do_and_again_for_another_one(make, memory):
    aside = set_aside(memory, 20)
    watch, notices = make()
    watch.look()
    assert str(aside) in notices.texts()[KEY]
    assert "import the workbook" in notices.texts()[KEY]

    notices.clear(KEY)
    watch.look()
    again, others = make()
    again.look()
    assert notices.texts() == others.texts() == {}

    second = set_aside(memory, 21)
    again.look()
    assert str(second) in others.texts()[KEY]


def test_it_is_deleted_only_after_a_yes(make, memory):
    aside = set_aside(memory, 20)
    watch, notices = make()
    watch.look()

    answer("Cancel")
    watch.delete()
    assert aside.exists()
    assert KEY in notices.texts()

    answer("Delete")
    watch.delete()
    assert not aside.exists()
    assert notices.texts() == {}


def test_what_cannot_be_deleted_is_said(make, memory):
    watch, notices = make()
    set_aside(memory, 20).unlink()
    memory.with_name(f"{memory.name}.damaged-20261120-083000").mkdir()
    answer("Delete")
    watch.delete()
    assert "M2M-414" in notices.texts()[KEY]
