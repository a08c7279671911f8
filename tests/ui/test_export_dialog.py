import csv
import json
import os
import signal
from pathlib import Path
from shutil import copyfile

import openpyxl
import pytest
from PySide6.QtCore import Qt

from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.batch_runner import BatchRunner
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.export_dialog import COPY, CSV, JSONL, WORKBOOK, ExportDialog
from m2m_desktop.ui.table.dialog import TableDialog
from m2m_desktop.ui.table.protocol import TableSource
from tests.ui.workbench import LONG, answers, decide, places, real_engine, snapshots, workbook

WRITTEN = 2
ROWS = (("报告表编码", "不良反应名称"), ("R1", "皮疹；拉肚子"), ("R2", "头痛"))


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


def made_of(client, source, folder, qtbot) -> Path:
    """A project of a table, not coded yet."""
    dialog = TableDialog(client, TableSource(path=str(source)), folder, "")
    qtbot.addWidget(dialog)
    made = []
    dialog.created.connect(made.append)
    qtbot.waitUntil(dialog.start_button.isEnabled, timeout=LONG)
    dialog.create_project()
    qtbot.waitUntil(lambda: bool(made), timeout=LONG)
    return Path(made[0].path)


def coded(client, project, qtbot):
    runner = BatchRunner(client)
    runner.take(project)
    runner.run(Choices())
    qtbot.waitUntil(lambda: not runner.is_running, timeout=LONG)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A workbook and the project of it, made by the first test that asks for them."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture
def project(client, template, tmp_path, qtbot):
    known = template / "a.m2m"
    source = template / "导出.xlsx"
    if not known.exists():
        path = made_of(client, workbook(source, *ROWS), template / "projects", qtbot)
        with Project.open(path) as opened:
            coded(client, opened, qtbot)
            decide(opened, {"皮疹": "accept"})
        copyfile(path, known)
    for old in template.glob("导出_*"):
        old.unlink()
    with Project.open(copyfile(known, tmp_path / "a.m2m")) as opened:
        yield opened


@pytest.fixture
def dialog(client, project, tmp_path, qtbot):
    made = ExportDialog(client, project, places(tmp_path))
    qtbot.addWidget(made)
    made.show()
    return made


def written(dialog, qtbot) -> Path:
    dialog.write()
    qtbot.waitUntil(
        lambda: dialog.pages.currentIndex() == WRITTEN or bool(dialog.notices.texts()),
        timeout=LONG,
    )
    assert dialog.notices.texts() == {}
    return Path(dialog._written)


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def said(dialog, qtbot) -> str:
    qtbot.waitUntil(lambda: "error" in dialog.notices.texts(), timeout=LONG)
    return dialog.notices.texts()["error"]


def test_a_copy_beside_the_workbook_is_what_enter_writes(dialog, template, tmp_path, qtbot):
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == WRITTEN, timeout=LONG)
    target = template / "导出_coded.xlsx"
    sheet = openpyxl.load_workbook(target)["Sheet1"]
    assert [cell.value for cell in sheet["B"]] == ["不良反应名称", "皮疹；拉肚子", "头痛"]
    assert "皮疹" in str([[cell.value for cell in row[2:]] for row in sheet.iter_rows()])
    assert target.name in dialog.report.toPlainText()
    assert dialog.focusWidget() is dialog.close_button
    assert snapshots(places(tmp_path)) == []


def test_each_form_is_written_with_its_own_suffix(client, project, tmp_path, qtbot):
    found = {}
    for form in (COPY, WORKBOOK, CSV, JSONL):
        made = ExportDialog(client, project, places(tmp_path))
        qtbot.addWidget(made)
        made.form.radios[form].setChecked(True)
        found[form] = written(made, qtbot)
    assert [path.suffix for path in found.values()] == [".xlsx", ".xlsx", ".csv", ".jsonl"]
    assert len(openpyxl.load_workbook(found[WORKBOOK]).sheetnames) > 1
    assert len(table_of(found[CSV])) == 3
    lines = found[JSONL].read_text("utf-8").splitlines()
    assert any("拉肚子" in json.dumps(json.loads(line), ensure_ascii=False) for line in lines)
    assert snapshots(places(tmp_path)) == []


def test_a_second_export_is_proposed_beside_the_first(client, project, template, tmp_path, qtbot):
    (template / "导出_coded.xlsx").write_text("kept")
    made = ExportDialog(client, project, places(tmp_path))
    qtbot.addWidget(made)
    assert Path(made.path.text()).name == "导出_coded (2).xlsx"


def test_a_file_is_only_replaced_after_asking(dialog, tmp_path, qtbot):
    target = tmp_path / "mine.csv"
    target.write_text("kept")
    dialog.form.radios[CSV].setChecked(True)
    dialog.path.setText(str(target))
    dialog.write()
    dialog.write()
    assert "mine.csv" in dialog.notices.texts()["exists"]
    assert target.read_text() == "kept"
    dialog.notices._notices["exists"]._action.click()
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == WRITTEN, timeout=LONG)
    assert target.read_text("utf-8-sig") != "kept"


def test_a_folder_that_cannot_be_written_to_is_said_and_the_dialog_stays(dialog, tmp_path, qtbot):
    (tmp_path / "file").touch()
    dialog.path.setText(str(tmp_path / "file" / "a.xlsx"))
    dialog.write()
    assert "M2M-1" in said(dialog, qtbot)
    assert dialog.pages.currentIndex() == 0
    assert snapshots(places(tmp_path)) == []


def test_without_a_name_nothing_is_written(dialog):
    dialog.path.setText("  ")
    dialog.write()
    assert dialog.pages.currentIndex() == 0
    assert not dialog._requests.is_busy


def test_calling_off_leaves_neither_file_nor_snapshot(dialog, tmp_path, qtbot):
    target = tmp_path / "a.csv"
    dialog.form.radios[CSV].setChecked(True)
    dialog.path.setText(str(target))
    dialog.write()
    dialog.reject()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog._requests.is_busy, timeout=LONG)
    assert target.exists() == (dialog.pages.currentIndex() == WRITTEN)  # it may have been quicker
    assert snapshots(places(tmp_path)) == []


def test_an_engine_that_ends_while_it_writes_is_said_and_nothing_is_left(
    dialog, template, tmp_path, qtbot, client
):
    dialog.write()
    os.kill(client.process_id, signal.SIGKILL)
    assert "M2M-501" in said(dialog, qtbot)
    assert snapshots(places(tmp_path)) == []
    assert not list(template.glob("导出_*"))
    assert written(dialog, qtbot).is_file()  # the engine was started again


def test_what_is_not_reviewed_is_said_before(dialog):
    shown = [label.text() for label in dialog.findChildren(type(dialog.step))]
    assert any(text.startswith("Phrases not reviewed yet: 2 of 3.") for text in shown)


def test_only_what_was_decided_is_written_where_that_is_wished(dialog, qtbot):
    dialog.form.radios[CSV].setChecked(True)
    dialog.decided_box.setChecked(True)
    names = {value for row in table_of(written(dialog, qtbot)) for value in row.values()}
    assert "皮疹" in names
    assert "腹泻" not in names


def test_a_workbook_of_the_old_kind_is_not_offered_as_a_copy(client, tmp_path, qtbot):
    path = tmp_path / "导出.csv"
    path.write_text("不良反应名称\n皮疹\n", encoding="utf-8")
    with Project.open(made_of(client, path, tmp_path / "projects", qtbot)) as opened:
        made = ExportDialog(client, opened, places(tmp_path))
        qtbot.addWidget(made)
        assert list(made.form.radios) == [WORKBOOK, CSV, JSONL]


def test_a_project_is_exported_while_it_is_being_coded(client, tmp_path, qtbot):
    phrases = [(f"症状{n}",) for n in range(60)]
    source = workbook(tmp_path / "导出.xlsx", ("不良反应名称",), *phrases)
    with Project.open(made_of(client, source, tmp_path / "projects", qtbot)) as opened:
        runner = BatchRunner(client)
        runner.take(opened)
        runner.run(Choices())
        made = ExportDialog(client, opened, places(tmp_path))
        qtbot.addWidget(made)
        written(made, qtbot)
        qtbot.waitUntil(lambda: not runner.is_running, timeout=LONG)
        assert len(answers(opened)) == 60
        assert snapshots(places(tmp_path)) == []
