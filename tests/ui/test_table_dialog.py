import os
import signal
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from m2m_desktop.services.project.project import Project
from m2m_desktop.services.tables.records import ColumnRole
from m2m_desktop.ui.table.dialog import TableDialog, free_project_path
from m2m_desktop.ui.table.protocol import TableSource
from tests.ui.workbench import LONG, reactions, real_engine, workbook

KNOWN = (("报告表编码", "不良反应名称"), ("R1", "皮疹（一般）；恶心"), ("R2", "头痛"))


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


class Opened:
    def __init__(self, client, source, folder, qtbot):
        self.qtbot, self.projects = qtbot, folder / "projects"
        self.dialog = TableDialog(client, source, self.projects, "")
        qtbot.addWidget(self.dialog)
        self.created = []
        self.dialog.created.connect(self.created.append)
        self.dialog.show()

    def ready(self):
        self.qtbot.waitUntil(self.dialog.start_button.isEnabled, timeout=LONG)
        return self

    def said(self):
        self.qtbot.waitUntil(lambda: bool(self.dialog.notices.texts()), timeout=LONG)
        return " ".join(self.dialog.notices.texts().values())

    def looked(self):
        self.qtbot.waitUntil(lambda: self.dialog._table is not None, timeout=LONG)
        return self

    def start(self):
        self.qtbot.keyClick(self.dialog, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: bool(self.created), timeout=LONG)
        with Project.open(self.projects / self.created[0].path) as project:
            return reactions(project)

    def left(self):
        return sorted(p.name for p in self.projects.rglob("*")) if self.projects.is_dir() else []


@pytest.fixture
def opened(client, tmp_path, qtbot):
    def make(source):
        if isinstance(source, str):
            source = TableSource(pasted=source)
        elif not isinstance(source, TableSource):
            source = TableSource(path=str(source))
        return Opened(client, source, tmp_path, qtbot)

    return make


def facts(dialog):
    return [value.text() for value in dialog.overview.value_labels()]


def test_a_table_with_known_columns_needs_no_choice_enter_starts(opened, tmp_path):
    one = opened(workbook(tmp_path / "导出.xlsx", *KNOWN)).ready()
    assert one.dialog.overview.kind.text() == "National ADR export"
    assert facts(one.dialog) == ["导出.xlsx", "Sheet1 › 不良反应名称", "2 read", "2", "3 reactions"]
    assert one.start() == ["皮疹", "恶心", "头痛"]
    assert not one.dialog.isVisible()
    assert one.created[0].path.startswith(str(one.projects / "导出 "))


def test_a_cut_made_by_hand_reaches_the_project(opened):
    one = opened("不良反应名称\n😀头痛恶心；发热\n皮疹\n").ready()
    one.dialog.overview.cuts_button.click()
    cursor = QTextCursor(one.dialog.cuts.text.document())
    cursor.setPosition(4)
    one.dialog.cuts.text.setTextCursor(cursor)
    one.dialog.cuts.cut_button.click()
    one.dialog.back_button.click()
    assert facts(one.dialog)[-1] == "4 reactions"
    assert one.start() == ["😀头痛", "恶心", "发热", "皮疹"]


def test_a_table_without_a_known_column_asks_at_once_and_can_be_read_then(opened):
    one = opened("姓名\t电话\n甲\t1\n").looked()
    dialog = one.dialog
    assert dialog.pages.currentWidget() is dialog.columns
    assert not dialog.start_button.isEnabled()
    assert "Choose it here" in one.said()
    combo = dialog.columns.combos[ColumnRole.REACTION]
    combo.setCurrentIndex(combo.findData(1))
    assert dialog.start_button.isEnabled()
    assert one.start() == ["甲"]


def test_another_column_is_previewed_anew(opened, tmp_path):
    one = opened(workbook(tmp_path / "a.xlsx", (*KNOWN[0], "补充"), ("R1", "皮疹", "心慌"))).ready()
    dialog = one.dialog
    dialog.overview.columns_button.click()
    combo = dialog.columns.combos[ColumnRole.REACTION]
    combo.setCurrentIndex(combo.findData(3))
    dialog.back_button.click()
    assert not dialog.start_button.isEnabled()  # until the rows were read again
    one.ready()
    assert "补充" in facts(dialog)[1]
    assert one.start() == ["心慌"]


def test_the_choice_is_remembered_for_tables_with_the_same_columns(opened):
    one = opened("甲列\t乙列\n皮疹\t头痛\n").ready()
    assert one.dialog.overview.kind.text().startswith("The columns were guessed")
    one.dialog.overview.columns_button.click()
    combo = one.dialog.columns.combos[ColumnRole.REACTION]
    combo.setCurrentIndex(combo.findData(2))
    assert one.start() == ["头痛"]
    again = opened("甲列\t乙列\n恶心\t发热\n").ready()
    assert again.dialog.overview.kind.text().startswith("Read as last time")
    assert again.start() == ["发热"]


def test_a_text_file_may_be_read_in_another_encoding(opened, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("不良反应名称\n皮疹\n", encoding="gb18030")
    one = opened(path).ready()
    assert one.dialog.overview.encoding_row.isVisible()
    combo = one.dialog.overview.encoding
    combo.setCurrentIndex(combo.findData("gb18030"))
    combo.activated.emit(combo.currentIndex())
    assert not one.dialog.start_button.isVisible()
    one.ready()
    assert one.start() == ["皮疹"]


def test_a_project_without_texts_is_made_where_that_is_wished(opened, tmp_path):
    one = opened(workbook(tmp_path / "a.xlsx", *KNOWN)).ready()
    one.dialog.overview.texts_box.setChecked(False)
    one.start()
    with Project.open(one.projects / one.created[0].path) as project:
        assert (project.info.remembers_texts, project.texts()) == (False, {})


def test_a_damaged_file_is_explained_and_nothing_can_be_started(opened, tmp_path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 cut")
    one = opened(path)
    assert "[M2M-12" in one.said()
    assert not one.dialog.start_button.isVisible()
    assert one.dialog.cancel_button.text() == "Close"
    one.dialog.cancel_button.click()
    assert not one.dialog.isVisible()
    assert one.left() == []


def test_closing_while_the_table_is_looked_at_leaves_nothing(opened, tmp_path, qtbot):
    one = opened(workbook(tmp_path / "a.xlsx", *KNOWN))
    one.dialog.reject()
    qtbot.wait(300)
    assert not one.dialog.isVisible()
    assert (one.created, one.left()) == ([], [])


def test_closing_while_the_rows_are_read_leaves_nothing(opened, tmp_path, qtbot):
    one = opened(workbook(tmp_path / "a.xlsx", *KNOWN)).looked()
    one.dialog.reject()
    qtbot.wait(300)
    assert not one.dialog.isVisible()
    assert (one.created, one.left()) == ([], [])


def test_calling_off_while_the_project_is_made_leaves_no_file(opened, qtbot):
    rows = "\n".join(f"症状{n}；表现{n}，感觉{n}" for n in range(6000))
    one = opened(f"不良反应名称\n{rows}\n").ready()
    one.dialog.create_project()
    one.dialog.reject()
    assert one.dialog.isVisible()
    assert "M2M-100" in one.said()
    assert (one.created, one.left()) == ([], [])
    one.dialog.reject()
    assert not one.dialog.isVisible()


def test_escape_on_a_detail_goes_back_first(opened):
    one = opened("不良反应名称\n皮疹\n").ready()
    one.dialog.overview.columns_button.click()
    one.qtbot.keyClick(one.dialog, Qt.Key.Key_Escape)
    assert one.dialog.pages.currentWidget() is one.dialog.overview
    assert one.dialog.isVisible()


def test_an_engine_that_ends_while_the_project_is_made_is_said_and_it_can_be_made_again(opened):
    rows = "\n".join(f"症状{n}；表现{n}" for n in range(3000))
    one = opened(f"不良反应名称\n{rows}\n").ready()
    one.dialog.create_project()
    os.kill(one.dialog._requests._client.process_id, signal.SIGKILL)
    assert "M2M-501" in one.said()
    assert one.created == []
    assert one.dialog.start_button.isEnabled()
    assert len(one.start()) == 6000


def test_a_project_never_takes_the_place_of_another(tmp_path):
    day = datetime(2026, 3, 4)
    first = free_project_path(tmp_path, "报告.xlsx", day)
    assert first.name == "报告 2026-03-04.m2m"
    first.touch()
    assert free_project_path(tmp_path, "报告.xlsx", day).name == "报告 2026-03-04 (2).m2m"
    assert free_project_path(tmp_path, "", day).name == "Pasted 2026-03-04.m2m"
