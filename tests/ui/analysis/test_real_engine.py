"""Both pages over the real engine process and the demo dictionary."""

import openpyxl
import pytest
from PySide6.QtCore import Qt

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.analysis.page import AnalysisPage
from m2m_desktop.ui.analysis.result_tables import REMARKS_TAB, SMQ_TAB
from m2m_desktop.ui.analysis.smq_models import ALGORITHM
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.smq.members_model import SCOPE
from m2m_desktop.ui.smq.page import SmqPage
from m2m_desktop.ui.term_names import NamesShown
from tests.ui.analysis.counting import column, emitted, settings
from tests.ui.review_project import USUAL, make_project
from tests.ui.workbench import LONG, real_engine, snapshots, workbook

pytestmark = pytest.mark.slow
DEMO = TerminologyChoice("demo", "Demo", "1", "zh", is_demo=True)
LIST = "皮疹\t一般\t21\n皮疹\t严重\t2\n90100888\t严重\t4\n没有这个词\t一般\t1"


@pytest.fixture(scope="module")
def client(qapp):
    with real_engine() as made:
        yield made


def on_screen(kind, client, home, qtbot):
    made = kind(client, NoticeArea(), default_locations(), settings(home))
    qtbot.addWidget(made)
    made.set_terminology(DEMO)
    made.set_names_shown(NamesShown.FIRST)
    made.show()
    made.start()
    return made


def test_an_smq_of_the_demo_dictionary_is_found_shown_and_written(client, home, qtbot, tmp_path):
    page = on_screen(SmqPage, client, home, qtbot)
    qtbot.waitUntil(lambda: page.list.model.total() > 3, timeout=LONG)
    page.list.line.setText("过敏")
    qtbot.keyClick(page.list.line, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.card.code() != "", timeout=LONG)
    card = page.card
    assert "A or (B and C)" in card.algorithm.text()
    assert set(column(card.table, SCOPE)) == {"narrow", "broad"}
    card.narrow.click()
    qtbot.waitUntil(lambda: set(column(card.table, SCOPE)) == {"narrow"}, timeout=LONG)
    said = emitted(page.said)
    page.export(str(tmp_path / "smq.xlsx"))
    qtbot.waitUntil(lambda: said.count() == 1, timeout=LONG)
    book = openpyxl.load_workbook(tmp_path / "smq.xlsx")
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert {member.code for member in card.members} <= cells
    assert page._notices.texts() == {}


def test_a_pasted_list_is_counted_and_written(client, home, qtbot, tmp_path):
    page = on_screen(AnalysisPage, client, home, qtbot)
    page.form.set_list(LIST)
    page.form.ask()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.results, timeout=LONG)
    figures = page.results.head.figures
    assert (figures.given.text(), figures.used.text()) == ("28 given", "27 counted")
    pts = page.results.sheets.counts[TermLevel.PT]
    assert {one.term.name: one.total for one in pts.records} == {"皮疹": 23, "过敏性休克": 4}
    assert sum(one.total for one in page.results.sheets.counts[TermLevel.SOC].records) == 27
    page.results.go_to_tab(REMARKS_TAB)
    assert column(page.results.table(), 1) == ["没有这个词"]
    page.results.go_to_tab(SMQ_TAB)
    assert "met" in column(page.results.table(), ALGORITHM)
    said = emitted(page.said)
    page.export(str(tmp_path / "表.xlsx"))
    qtbot.waitUntil(lambda: said.count() == 1, timeout=LONG)
    assert len(openpyxl.load_workbook(tmp_path / "表.xlsx").sheetnames) >= 5


def test_a_list_in_a_workbook_is_counted(client, home, qtbot, tmp_path):
    rows = (
        ("术语", "严重程度", "次数"),
        ("皮疹", "一般", 21),
        ("恶心", "严重", 2),
        ("无此词", "", 1),
    )
    path = workbook(tmp_path / "名单.xlsx", *rows)
    page = on_screen(AnalysisPage, client, home, qtbot)
    page.open_file(str(path))
    page.form.ask()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.results, timeout=LONG)
    assert (page._analysis.given, page._analysis.used) == (24, 23)
    assert set(page._analysis.severities) >= {"一般", "严重"}


def test_an_open_project_is_counted_while_the_window_holds_it(client, home, qtbot, tmp_path):
    with Project.open(make_project(tmp_path / "王.m2m", USUAL)) as project:
        page = on_screen(AnalysisPage, client, home, qtbot)
        page.set_project(project)
        page.form.decided_box.setChecked(False)
        page.form.ask()
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.results, timeout=LONG)
        analysis = page._analysis
        assert analysis.given == analysis.used + analysis.refused > 0
        assert analysis.remarks
        assert snapshots(default_locations()) == []
        assert page._notices.texts() == {}
