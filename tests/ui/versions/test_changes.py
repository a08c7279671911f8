from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.versions.changes_model import LOADING, NAME, NOW, PAGE, WAS
from tests.ui.versions.versions_engine import ALL, PLAN

LONG = 10_000


def total(kind="", level=""):
    return sum(n for k, at, n in PLAN if kind in ("", k) and level in ("", at))


def filtered(page, qtbot, count):
    qtbot.waitUntil(lambda: page.changes.model.total == count, timeout=LONG)


def offsets(asked):
    return [told["offset"] for told in asked.all("versions_changes")]


def test_counts_stand_by_kind_and_level_in_words_and_numbers(compared):
    counts = compared.changes.matrix.counts
    rows = [
        [counts.index(row, column).data() for column in range(counts.columnCount())]
        for row in range(counts.rowCount())
    ]
    titles = [counts.headerData(n, Qt.Orientation.Horizontal) for n in range(6)]
    assert titles == ["What changed", "HLT", "PT", "LLT", "SMQ", "Total"]
    assert rows[0] == ["all changes", "6", "476", "2,550", "355", f"{len(ALL):,}"]
    assert rows[1] == ["new", "2", "240", "1,800", "·", "2,042"]
    assert ["no longer current", "·", "·", "187", "·", "187"] in rows
    assert not any(row[0] == "SMQ removed" for row in rows)
    said = counts.index(2, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "removed · PT · 0"


def test_the_models_are_sound_while_they_fill_and_narrow(compared, qtbot):
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [
        QAbstractItemModelTester(model, mode)
        for model in (compared.changes.model, compared.changes.matrix.counts)
    ]
    compared.changes.matrix.choose("moved", "llt")
    filtered(compared, qtbot, 412)
    compared.compare()
    filtered(compared, qtbot, len(ALL))
    assert len(testers) == 2


def test_a_cell_narrows_the_list_and_show_all_widens_it(compared, qtbot):
    changes = compared.changes
    changes.matrix.choose("moved", "pt")
    filtered(compared, qtbot, total("moved", "pt"))
    assert changes.current().kind == "moved"
    changes.matrix.choose("", "llt")
    filtered(compared, qtbot, total("", "llt"))
    changes.search.setText("水肿")
    wanted = [
        one
        for one in ALL
        if one["level"] == "llt" and "水肿" in one["name_after"] + one["name_before"]
    ]
    filtered(compared, qtbot, len(wanted))
    changes.all_button.click()
    filtered(compared, qtbot, len(ALL))
    assert changes.search.text() == ""
    assert not changes.all_button.isVisible()


def test_arrow_keys_go_through_the_cells(compared, qtbot):
    compared.changes.matrix.setFocus()
    QTest.keyClick(compared.changes.matrix, Qt.Key.Key_Down)
    filtered(compared, qtbot, total("added"))
    QTest.keyClick(compared.changes.matrix, Qt.Key.Key_Left)
    QTest.keyClick(compared.changes.matrix, Qt.Key.Key_Left)
    filtered(compared, qtbot, total("added", "llt"))


def test_only_the_pages_that_are_looked_at_are_asked_for(compared, asked, qtbot):
    changes = compared.changes
    assert offsets(asked) == [0]
    changes.table.scrollToBottom()
    last = changes.model.total - 1
    assert changes.model.index(last, NAME).data() == LOADING
    qtbot.waitUntil(lambda: changes.model.change(last) is not None, timeout=LONG)
    assert offsets(asked) == [0, last // PAGE * PAGE]
    assert changes.model.index(last, NAME).data() == ALL[-1]["name_after"]
    assert changes.model.change(PAGE) is None  # what was scrolled past never came


def test_a_page_of_a_former_list_is_not_taken_for_one_of_this_list(compared, asked, qtbot):
    changes = compared.changes
    changes._pages.fetch([PAGE])
    changes.matrix.choose("added", "llt")
    changes._typing.stop()
    changes.reload()
    with qtbot.assertNotEmitted(changes.model.dataChanged):  # pages that are filled in say so
        filtered(compared, qtbot, 1800)
    assert offsets(asked)[:2] == [0, PAGE]


def test_a_rename_shows_both_names_and_a_move_both_places(compared, qtbot):
    changes = compared.changes
    changes.matrix.choose("renamed", "pt")
    filtered(compared, qtbot, 61)
    before, now = (changes.model.index(0, column).data() for column in (WAS, NOW))
    assert now == f"{before}（新名）"
    changes.matrix.choose("moved", "pt")
    filtered(compared, qtbot, 95)
    told = next(one for one in ALL if one["kind"] == "moved" and one["level"] == "pt")
    shown = [changes.model.index(0, column).data() for column in (WAS, NOW)]
    assert shown == [told["before"], told["after"]]
    assert told["detail"] in changes.detail.text()


def test_chosen_rows_are_copied_also_where_they_have_to_be_fetched(compared, clipboard, qtbot):
    changes = compared.changes
    model = changes.table.selectionModel()
    flags = model.SelectionFlag
    model.clearSelection()
    for row in (0, 2 * PAGE + 5):
        model.select(changes.model.index(row, 0), flags.Select | flags.Rows)
    with qtbot.waitSignal(compared.said, timeout=LONG) as said:
        changes.copy_button.click()
    assert said.args == ["2 rows copied"]
    lines = clipboard.text().split("\r\n")
    assert lines[0].startswith("What changed\tLevel\tCode\tTerm\tBefore\tNow")
    assert [line.split("\t")[2] for line in lines[1:3]] == [
        ALL[0]["code"],
        ALL[2 * PAGE + 5]["code"],
    ]


def test_nobody_copies_thousands_of_rows_by_accident(compared, clipboard, asked):
    clipboard.setText("before")
    compared.changes.table.selectAll()
    compared.changes.copy_chosen()
    assert "At most 2,000 rows" in compared.notices.texts()["changes"]
    assert clipboard.text() == "before"
    assert offsets(asked) == [0]


def test_all_changes_are_written_to_a_workbook(compared, tmp_path, asked, qtbot):
    target = tmp_path / "变化.xlsx"
    compared.changes.matrix.choose("moved", "pt")
    compared.changes.export_to(str(target))
    assert not compared.changes.export_button.isEnabled()
    qtbot.waitUntil(lambda: "changes" in compared.notices.texts(), timeout=LONG)
    assert compared.notices.texts()["changes"] == "3,387 changes were written to 变化.xlsx."
    assert compared.changes.export_button.isEnabled()
    assert target.exists()


def test_a_term_is_opened_in_the_dictionary_and_an_smq_on_its_page(compared, qtbot):
    changes = compared.changes
    changes.table.setFocus()
    with qtbot.waitSignal(compared.term_wanted) as wanted:
        QTest.keyClick(changes.table, Qt.Key.Key_Return)
    assert wanted.args == [TermLevel.LLT, ALL[0]["code"]]
    changes.matrix.choose("smq_renamed", "smq")
    filtered(compared, qtbot, 2)
    with qtbot.waitSignal(compared.smq_wanted) as smq:
        changes.table.doubleClicked.emit(changes.model.index(0, 0))
    assert smq.args == [changes.current().code]


def test_a_removed_term_is_not_looked_for_where_it_is_not(compared, qtbot):
    changes = compared.changes
    changes.matrix.choose("removed", "llt")
    filtered(compared, qtbot, 3)
    with qtbot.assertNotEmitted(compared.term_wanted), qtbot.waitSignal(compared.said) as said:
        changes._open()
    assert said.args == [f"“{changes.current().name}” is not in the release in use."]


def test_a_narrow_table_keeps_what_the_strip_cannot_say(compared, qtbot):
    compared.resize(850, 450)
    qtbot.wait(50)
    table = compared.changes.table
    assert table.isColumnHidden(WAS)
    assert not table.isColumnHidden(NAME)
    compared.changes.matrix.choose("moved", "pt")
    filtered(compared, qtbot, 95)
    assert not table.isColumnHidden(WAS)  # kind and level are the same in every row
