import pytest
from PySide6.QtWidgets import QLineEdit

from m2m_desktop.ui.release_dialog import ReleaseDialog
from m2m_desktop.ui.source_frame import SourceFrame
from tests.ui.helpers import drop

CHOOSING, WORKING, REPORT = range(3)


@pytest.fixture
def dialog(program, qtbot):
    made = ReleaseDialog(program.client, program.window)
    made.show()
    yield made
    made.done(0)


def test_nothing_is_imported_before_the_licence_is_confirmed(dialog):
    dialog.set_path("/some/release")
    assert not dialog.import_button.isEnabled()
    dialog.licence_box.setChecked(True)
    assert dialog.import_button.isEnabled()


def test_progress_then_the_report_then_the_terminology_is_used(dialog, program, qtbot):
    dialog.use_wanted.connect(program.window.ask_status)
    dialog.set_path("/some/release")
    dialog.licence_box.setChecked(True)
    with qtbot.waitSignal(dialog.imported, timeout=5000):
        dialog.import_button.click()
        assert dialog.pages.currentIndex() == WORKING
        qtbot.waitUntil(lambda: dialog.step.text() == "llt.asc", timeout=3000)
    assert dialog.pages.currentIndex() == REPORT
    text = dialog.report.toPlainText()
    for part in ("Toy 1.0", "12", "utf-8", "Blank lines", "llt.asc:3"):
        assert part in text
    dialog.use_button.click()
    bar = program.window.bar
    qtbot.waitUntil(lambda: bar.choices().terminology == "toy2", timeout=3000)


def test_an_import_can_be_cancelled(dialog, qtbot):
    dialog.set_path("/slow/release")
    dialog.licence_box.setChecked(True)
    dialog.import_button.click()
    qtbot.waitUntil(lambda: dialog.bar.maximum() == 100, timeout=3000)
    dialog.reject()
    assert dialog.isVisible(), "Escape cancels the import, not the dialog"
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == CHOOSING, timeout=3000)
    assert "M2M-100" in dialog.notices.texts()["error"]
    dialog.reject()
    assert not dialog.isVisible()


def test_an_error_stays_beside_the_path_it_is_about(dialog, qtbot):
    dialog.set_path("/broken/release")
    dialog.licence_box.setChecked(True)
    dialog.import_button.click()
    qtbot.waitUntil(lambda: "error" in dialog.notices.texts(), timeout=3000)
    assert "llt.asc:3 is damaged. [M2M-204]" in dialog.notices.texts()["error"]
    assert dialog.path.text() == "/broken/release"
    assert dialog.import_button.isEnabled()


def test_a_password_is_asked_for_hidden_and_forgotten(dialog, qtbot):
    dialog.set_path("/secret/release.zip")
    dialog.licence_box.setChecked(True)
    assert dialog.password.isVisible()
    assert dialog.password.echoMode() == QLineEdit.EchoMode.Password
    dialog.import_button.click()
    qtbot.waitUntil(lambda: "M2M-205" in dialog.notices.texts().get("error", ""), timeout=3000)
    dialog.password.setText("open")
    with qtbot.waitSignal(dialog.imported, timeout=3000):
        dialog.import_button.click()
    assert dialog.password.text() == ""
    dialog.set_path("/some/folder")
    assert not dialog.password.isVisible()


def test_a_crash_during_an_import_is_said_and_the_import_not_repeated(dialog, program, qtbot):
    dialog.set_path("/slow/release")
    dialog.licence_box.setChecked(True)
    dialog.import_button.click()
    qtbot.waitUntil(lambda: dialog.bar.maximum() == 100, timeout=3000)
    program.client._process.kill()
    qtbot.waitUntil(lambda: "M2M-501" in dialog.notices.texts().get("error", ""), timeout=3000)
    assert dialog.pages.currentIndex() == CHOOSING


def test_a_zip_can_be_dropped_on_the_dialog(dialog, tmp_path):
    file = tmp_path / "MedDRA.zip"
    file.touch()
    assert drop(dialog.findChild(SourceFrame), str(file))
    assert dialog.path.text() == str(file)
    other = tmp_path / "MedDRA.pdf"
    other.touch()
    assert not drop(dialog.findChild(SourceFrame), str(other))
