import csv

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.ui import clipboard
from m2m_desktop.ui.phrase_box import phrases_in
from tests.ui.helpers import is_coded


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1"])
def test_formulas_are_made_harmless(cell: str):
    assert clipboard.neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1", "+3.5", "90000001", "皮疹", ""])
def test_plain_numbers_and_text_stay(cell: str):
    assert clipboard.neutralised(cell) == cell


def test_tsv_survives_tabs_quotes_and_line_breaks():
    rows = [["甲", 'say "x"', "a\tb"], ["1\n2", "", "丙"]]
    read = list(csv.reader(clipboard.as_tsv(rows).splitlines(keepends=True), delimiter="\t"))
    assert [[cell.replace("\r\n", "\n") for cell in row] for row in read] == rows


def test_html_is_escaped_and_marks_cells_as_text():
    made = clipboard.as_html([["<b>"], ["00123"]])
    assert "&lt;b&gt;" in made
    assert "mso-number-format" in made


def test_copy_of_the_whole_table_gives_text_and_html(program, qtbot, qapp):
    page = program.window.page
    page.mentions.box.set_text("身上痒\nunsure")
    qtbot.waitUntil(lambda: is_coded(program, 2), timeout=5000)
    page.mentions.copy_button.click()
    data = qapp.clipboard().mimeData()
    rows = list(csv.reader(data.text().splitlines(), delimiter="\t"))
    assert rows[1][0] == rows[2][0] == "身上痒"
    assert [row[3] for row in rows[1:3]] == ["90000001", "90000002"]
    assert rows[3][:3] == ["unsure", "not found", ""]
    assert "<table>" in data.html()


def test_ctrl_c_copies_the_term_and_ctrl_shift_c_the_code(program, qtbot, qapp):
    page = program.window.page
    page.mentions.box.set_text("身上痒")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    page.candidates.copy_term.trigger()
    assert qapp.clipboard().text() == "皮疹"
    page.candidates.copy_code.trigger()
    assert qapp.clipboard().text() == "90000001"
    with qtbot.waitActive(program.window):
        program.window.activateWindow()
    table = page.candidates.table
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == "荨麻疹"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(table, Qt.Key.Key_C, both)
    assert qapp.clipboard().text() == "90000003"
    page.mentions.table.setFocus()
    qtbot.keyClick(page.mentions.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text().split() == ["皮疹", "瘙痒"]
    page.mentions.copy_codes()
    assert qapp.clipboard().text().split() == ["90000001", "90000002"]


@pytest.mark.parametrize(
    ("pasted", "phrases"),
    [
        ("头痛\n\n 皮疹 \r\n恶心", ["头痛", "皮疹", "恶心"]),
        ("头痛\t恶心\n皮疹\t", ["头痛", "恶心", "皮疹"]),
        ('"头痛\n两天"\t恶心', ["头痛 两天", "恶心"]),
        ("  \n", []),
    ],
)
def test_phrases_of_lines_and_spreadsheet_cells(pasted: str, phrases: list[str]):
    assert phrases_in(pasted) == phrases
