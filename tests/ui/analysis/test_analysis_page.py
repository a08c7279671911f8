import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.analysis.list_box import EXAMPLE
from m2m_desktop.ui.analysis.page import AnalysisPage
from m2m_desktop.ui.analysis.result_tables import REMARKS_TAB, SMQ_TAB
from m2m_desktop.ui.analysis.smq_models import ALGORITHM
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.term_names import NamesShown
from tests.ui.analysis.counting import (
    OTHER,
    TOY,
    WAIT,
    column,
    counting,
    emitted,
    pasted,
    settings,
    titles,
)
from tests.ui.helpers import commit, drop
from tests.ui.review_project import USUAL, make_project
from tests.ui.workbench import snapshots

SOC, HLGT, HLT, PT = range(4)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture(scope="module")
def engine(tmp_path_factory, qapp):
    with counting(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def page(engine, home, qtbot):
    made = AnalysisPage(engine.client, NoticeArea(), default_locations(), settings(home))
    qtbot.addWidget(made)
    made.set_terminology(TOY)
    made.set_names_shown(NamesShown.FIRST)
    made.resize(900, 600)
    made.show()
    made.start()
    yield made
    made.stop_asking()


@pytest.fixture
def project(tmp_path):
    with Project.open(make_project(tmp_path / "王.m2m", USUAL)) as opened:
        yield opened


def is_shown(page):
    return page.stack.currentWidget() is page.results


def counted(page, qtbot, text="皮疹\n瘙痒"):
    page.form.set_list(text)
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page) and not page._requests.is_busy, timeout=WAIT)
    return page.results


def test_an_empty_page_says_what_is_expected_and_counts_nothing(page):
    assert not page.form.go_button.isEnabled()
    assert "code, name, severity, count" in page.form.box.placeholderText()
    assert not page.form.project_radio.isEnabled()
    assert "Open a workbook" in page.form.project_hint.text()
    commit(page.form.box, "皮疹")
    assert page.form.go_button.isEnabled()


def test_the_example_is_counted_by_ctrl_enter(page, engine, qtbot):
    page.form.example_button.click()
    qtbot.keyClick(page.form.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    asked = engine.asked("analyse_terms")[-1]
    assert asked == {"terminology": "toy", "all_paths": False, "source": {"text": EXAMPLE}}


def test_the_figures_add_up_and_lead_to_what_was_not_counted(page, qtbot):
    results = counted(page, qtbot)
    figures = results.head.figures
    assert [one.text() for one in (figures.given, figures.used, figures.terms)] == [
        "64 given", "63 counted", "5 different PTs",
    ]  # fmt: skip
    assert figures.remarks_button.text() == "1 not counted · 1 to be looked at →"
    figures.remarks_button.click()
    table = results.table()
    assert results.tabs.currentIndex() == REMARKS_TAB
    assert column(table, 1) == ["没有这个词", "旧词"]
    assert column(table, 2) == ["not counted", "counted"]
    assert column(table, 3)[0] == "No PT or LLT has this name."
    assert column(table, 4)[0] == "头晕"
    results.copy_button.click()
    assert pasted()[1] == ["7", "没有这个词", "not counted", "No PT or LLT has this name.", "头晕"]
    assert not results.chart.isVisible()


def test_a_table_has_a_column_for_each_severity_and_its_sums(page, qtbot):
    results = counted(page, qtbot)
    assert titles(results.table()) == ["Term", "严重", "一般", "Total", "PTs", "Share"]
    rows = [[results.table().model().index(0, n).data() for n in range(6)]]
    assert rows == [["皮肤病", "2", "35", "37", "2", "58.7 %"]]
    results.tabs.setCurrentIndex(PT)
    assert titles(results.table()) == ["Term", "严重", "一般", "Total", "Share"]
    page.resize(1300, 700)  # now there is room for more
    assert titles(results.table()) == ["Term", "Primary SOC", "严重", "一般", "Total", "Share"]
    assert "皮肤病" in results.table().model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert [results.tabs.tabText(n) for n in range(6)] == [
        "SOC (3)", "HLGT (1)", "HLT (1)", "PT (5)", "SMQ (2)", "Remarks (2)",
    ]  # fmt: skip


def test_socs_sort_in_the_international_order_and_numbers_as_numbers(page, qtbot):
    table = counted(page, qtbot).table()
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["胃肠病", "免疫病", "皮肤病"]
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column(table, 3) == ["5", "21", "37"]


def test_the_chart_shows_the_rows_of_the_table_in_its_order(page, qtbot):
    results = counted(page, qtbot)
    results.tabs.setCurrentIndex(PT)
    view = results.chart.view
    assert [bar.label for bar in view._bars] == ["皮疹", "瘙痒", "恶心", "呕吐", "过敏性休克"]
    assert [part.name for part in view._bars[0].parts] == ["严重", "一般"]
    results.chart.top.setCurrentIndex(results.chart.top.findData(5))
    results.table().sortByColumn(4, Qt.SortOrder.AscendingOrder)
    assert view._bars[0].label == "过敏性休克"
    results.chart.severity_box.click()
    assert [part.value for part in view._bars[0].parts] == [5]
    results.line.setText("胃肠病")
    results.flush()
    assert sorted(bar.label for bar in view._bars) == ["呕吐", "恶心"]
    assert view.accessibleDescription().startswith("呕吐: ")


def test_smqs_say_whether_their_algorithm_is_met_and_list_the_reported_terms(page, qtbot):
    results = counted(page, qtbot)
    results.tabs.setCurrentIndex(SMQ_TAB)
    table = results.table()
    assert column(table, 0) == ["皮肤反应（玩具SMQ）", "过敏样反应（玩具SMQ）"]
    assert column(table, ALGORITHM) == ["", "met"]
    assert results.sheets.terms.row_count() == 0
    table.selectRow(1)
    assert column(results.sheets.of_terms, 0) == ["过敏性休克", "瘙痒"]
    assert column(results.sheets.of_terms, 1) == ["narrow", "broad"]
    parts = {bar.label: [part.value for part in bar.parts] for bar in results.chart.view._bars}
    assert parts == {"皮肤反应（玩具SMQ）": [0, 23], "过敏样反应（玩具SMQ）": [5, 14]}


def test_a_row_leads_to_its_term_or_its_smq(page, qtbot):
    results = counted(page, qtbot)
    terms, smqs = emitted(page.term_wanted), emitted(page.smq_wanted)
    results.tabs.setCurrentIndex(HLT)
    results.table().open_action.trigger()
    results.tabs.setCurrentIndex(SMQ_TAB)
    results.table().selectRow(1)
    qtbot.keyClick(results.table(), Qt.Key.Key_Return)
    results.sheets.of_terms.selectRow(0)
    results.sheets.of_terms.open_action.trigger()
    assert [terms.at(n) for n in range(terms.count())] == [
        [TermLevel.HLT, "93000001"], [TermLevel.PT, "90000020"],
    ]  # fmt: skip
    assert smqs.at(0) == ["20000003"]


def test_a_copied_table_carries_codes_and_what_was_counted(page, qtbot):
    results = counted(page, qtbot)
    results.table().copy_table()
    first, second, *_rest, last = pasted()
    assert first == ["Term", "严重", "一般", "Total", "PTs", "Share", "Code"]
    assert second == ["皮肤病", "2", "35", "37", "2", "58.7 %", "91000001"]
    assert last == ["List of terms · primary path only · counted: 63 · Toy 27.1 zh"]
    assert results.provenance.text() == last[0]


def test_names_are_shown_in_the_language_that_is_wanted(page, qtbot):
    results = counted(page, qtbot)
    page.set_names_shown(NamesShown.SECOND)
    assert column(results.table(), 0) == ["Skin", "Gut", "Immune"]
    assert results.chart.view._bars[0].label == "Skin"
    page.set_names_shown(NamesShown.BOTH)
    assert column(results.table(), 0)[0] == "皮肤病 · Skin"


def test_the_question_can_be_changed_and_is_still_there(page, engine, qtbot):
    counted(page, qtbot, "皮疹\t严重\t3")
    page.results.head.change_button.click()
    assert page.form.box.toPlainText() == "皮疹\t严重\t3"
    page.form.paths_box.click()
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    assert engine.asked("analyse_terms")[-1]["all_paths"] is True
    assert "all paths" in page.results.provenance.text()


def test_where_nothing_could_be_counted_the_reasons_are_shown(page, qtbot):
    results = counted(page, qtbot, "nothing")
    assert results.tabs.currentIndex() == REMARKS_TAB
    assert column(results.table(), 1) == ["没有这个词"]


def test_an_error_is_said_in_place_and_the_list_stays(page, qtbot):
    page.form.set_list("broken")
    page.form.ask()
    qtbot.waitUntil(lambda: "analysis" in page._notices.texts(), timeout=WAIT)
    assert "[M2M-204]" in page._notices.texts()["analysis"]
    assert page.form.box.toPlainText() == "broken"
    assert page.form.go_button.isEnabled()
    counted(page, qtbot)
    assert page._notices.texts() == {}


def test_counting_can_be_stopped(page, qtbot):
    said = emitted(page.said)
    page.form.set_list("slow")
    page.form.ask()
    qtbot.waitUntil(lambda: page.form.bar.maximum() == 3, timeout=WAIT)
    assert page.form.cancel_button.isVisible()
    assert not page.form.go_button.isEnabled()
    qtbot.keyClick(page.form.box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: said.count() == 1, timeout=WAIT)
    assert not page.form.cancel_button.isVisible()
    assert not is_shown(page)


def test_terms_of_another_page_are_counted_at_once(page, engine, qtbot):
    page.analyse(
        (TermRow(TermLevel.PT, "90000001", "皮疹"), TermRow(TermLevel.PT, "90000002", "瘙痒"))
    )
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    source = engine.asked("analyse_terms")[-1]["source"]
    assert source == {"text": "90000001\t皮疹\n90000002\t瘙痒"}


def test_a_project_is_counted_from_a_copy_that_does_not_stay(page, engine, project, qtbot):
    page.set_project(project)
    assert page.form.project_radio.isChecked()
    page.form.unit.setCurrentIndex(page.form.unit.findData("reports"))
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    asked = engine.asked("analyse_terms")[-1]
    assert (asked["unit"], asked["decided_only"]) == ("reports", True)
    assert asked["source"]["project"].endswith(".m2m")
    assert snapshots(default_locations()) == []
    assert page.results.head.notes.text() == "Reports are not known."
    assert "every mention" in page.results.provenance.text()  # what was counted in the end


def test_figures_of_a_project_that_was_closed_are_forgotten(page, project, qtbot):
    page.set_project(project)
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    page.set_project(None)
    assert not is_shown(page)
    assert page.results.sheets.counts[TermLevel.SOC].row_count() == 0
    assert page.results.provenance.text() == ""
    assert page.form.list_radio.isChecked()


def test_figures_of_a_list_stay_when_a_project_is_closed(page, project, qtbot):
    page.set_project(project)
    counted(page, qtbot)
    page.set_project(None)
    assert is_shown(page)


def test_the_export_of_a_project_counts_it_anew_first(page, engine, project, qtbot, tmp_path):
    page.set_project(project)
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    said, before = emitted(page.said), len(engine.asked("analyse_terms"))
    page.export(str(tmp_path / "表.xlsx"))
    assert not page.results.head.export_button.isEnabled()
    qtbot.waitUntil(lambda: said.count() == 1, timeout=WAIT)
    again, written = engine.asked("analyse_terms")[before:], engine.asked("analysis_export")[-1]
    assert [one["source"] for one in again] == [written["source"]]
    assert (written["path"], written["charts"]) == (str(tmp_path / "表.xlsx"), True)
    assert snapshots(default_locations()) == []
    assert page.results.head.export_button.isEnabled()


def test_another_release_counts_the_same_anew_when_the_page_is_shown(page, engine, qtbot):
    counted(page, qtbot)
    page.hide()
    before = len(engine.asked("analyse_terms"))
    page.set_terminology(OTHER)
    assert len(engine.asked("analyse_terms")) == before
    page.show()
    page.start()
    qtbot.waitUntil(lambda: "28.0" in page.results.provenance.text(), timeout=WAIT)
    assert engine.asked("analyse_terms")[-1]["terminology"] == "other"


def test_an_engine_of_another_language_gives_the_reasons_anew(page, engine, qtbot):
    counted(page, qtbot)
    before = len(engine.asked("analyse_terms"))
    engine.client.renew()
    qtbot.waitUntil(lambda: len(engine.asked("analyse_terms")) == before + 1, timeout=WAIT)
    qtbot.waitUntil(lambda: not page._requests.is_busy, timeout=WAIT)
    assert is_shown(page)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_comes_into_the_box_whatever_its_encoding(page, tmp_path, encoding):
    path = tmp_path / "名单.csv"
    path.write_text("术语,次数\n皮疹,3\n", encoding=encoding)
    assert drop(page.form, str(path))
    assert page.form.box.toPlainText() == "术语,次数\n皮疹,3\n"


def test_a_workbook_is_read_when_it_is_counted(page, engine, qtbot, tmp_path):
    path = str(tmp_path / "名单.xlsx")
    page.open_file(path)
    assert page.form.file_name.full_text() == "名单.xlsx"
    page.form.ask()
    qtbot.waitUntil(lambda: is_shown(page), timeout=WAIT)
    assert engine.asked("analyse_terms")[-1]["source"] == {"file": path}
    assert page.results.head.title.full_text() == "名单.xlsx"
    page.form.no_file_button.click()
    assert page.form.question().path == ""


def test_a_file_that_cannot_be_read_is_said_in_place(page, tmp_path):
    page.open_file(str(tmp_path / "fort.txt"))
    assert "[M2M-111]" in page._notices.texts()["analysis"]
    assert not drop(page.form, str(tmp_path / "bild.png"))


def test_the_models_obey_qt(page, qtbot):
    results = page.results
    models = [table.rows for table in (*results.sheets.all, results.sheets.of_terms)]
    testers = [QAbstractItemModelTester(model, FATAL) for model in models]
    counted(page, qtbot)
    for table in results.sheets.all:
        table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        table.rows.set_filter("皮")
        table.rows.set_filter("")
    page.set_names_shown(NamesShown.BOTH)
    page.retranslate()
    results.clear()
    assert all(tester.model().rowCount() == 0 for tester in testers)


def test_what_was_counted_is_in_no_file(page, home, project, qtbot, tmp_path):
    page.set_project(project)
    counted(page, qtbot, "暗号术语\n皮疹")
    stored = settings(home)
    page.save_layout(stored)
    stored.sync()
    written = [path for path in home.rglob("*") if path.is_file() and path.suffix != ".m2m"]
    assert not any("暗号术语".encode() in path.read_bytes() for path in written)


def test_every_part_has_a_name_and_speaks_the_language_of_now(page, qtbot):
    def nameless():
        return [
            type(one).__name__
            for one in page.findChildren(QWidget)
            if one.isVisible()
            and one.focusPolicy() != Qt.FocusPolicy.NoFocus
            and not one.objectName().startswith("qt_")
            and not one.accessibleName()
            and not getattr(one, "text", str)()
        ]

    assert nameless() == []
    results = counted(page, qtbot)
    for tab in range(REMARKS_TAB + 1):
        results.tabs.setCurrentIndex(tab)
        assert nameless() == []
        assert page.panes()[2] is results.table()
    use_language("zh_CN")
    page.retranslate()
    assert nameless() == []
