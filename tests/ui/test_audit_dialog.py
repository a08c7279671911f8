import pytest

from m2m_desktop.core.action_words import ACTION_WORDS
from m2m_desktop.services.project.audit_check import compare_with_noted, read_noted
from m2m_desktop.services.project.audit_trail import read_trail
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import words
from m2m_desktop.ui.audit_dialog import AuditDialog
from tests.ui.review_project import Toy, make_project
from tests.ui.workbench import LONG, decide, places, real_engine, snapshots

SURE = (0.93, 0.1, 0.05, 0.04)


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


@pytest.fixture
def project(tmp_path):
    with Project.open(make_project(tmp_path / "工作.m2m", (Toy("虚构症状", 2, SURE),))) as opened:
        decide(opened, {"虚构症状": "accept"})
        yield opened


@pytest.fixture
def dialog(client, project, tmp_path, qtbot):
    made = AuditDialog(client, project, places(tmp_path))
    qtbot.addWidget(made)
    made.show()
    return made


def written(dialog, qtbot, tmp_path):
    dialog.write()
    qtbot.waitUntil(lambda: not dialog._requests.is_busy, timeout=LONG)
    assert snapshots(places(tmp_path)) == []


def test_one_click_writes_both_files_and_tells_the_hash_to_note(dialog, project, qtbot, tmp_path):
    written(dialog, qtbot, tmp_path)
    chain = tmp_path / "工作_audit.chain.jsonl"
    assert (tmp_path / "工作_audit.xlsx").is_file()
    assert "虚构症状" not in chain.read_text("utf-8")
    head = project.info.chain_head
    project.close()
    trail = read_trail(tmp_path / "工作.m2m")
    assert compare_with_noted(trail, read_noted(str(chain))).problem is None
    told = dialog.report.toPlainText()
    assert head in told
    assert "工作_audit.chain.jsonl" in told
    assert dialog.pages.currentIndex() == 2


def test_a_file_is_replaced_only_after_asking(dialog, qtbot, tmp_path):
    target = tmp_path / "old.xlsx"
    target.write_bytes(b"old")
    dialog.path.setText(str(target))
    written(dialog, qtbot, tmp_path)
    assert target.read_bytes() == b"old"
    assert "is there already" in dialog.notices.texts()["exists"]
    dialog._replace(str(target))
    qtbot.waitUntil(lambda: not dialog._requests.is_busy, timeout=LONG)
    assert target.read_bytes()[:2] == b"PK"


def test_what_cannot_be_written_is_said_and_asked_again(dialog, qtbot, tmp_path):
    dialog.path.setText(str(tmp_path / "工作.m2m"))
    dialog._replaced = dialog.path.text()
    written(dialog, qtbot, tmp_path)
    assert dialog.pages.currentIndex() == 0
    assert dialog.notices.texts()


def test_phrases_can_be_shown_only_where_the_project_keeps_them(dialog, project):
    assert dialog.texts_box.isEnabled() is project.info.remembers_texts
    assert not dialog.texts_box.isChecked()


def test_the_audit_export_calls_steps_what_the_window_calls_them():
    assert ACTION_WORDS == words.ACTION_WORDS
