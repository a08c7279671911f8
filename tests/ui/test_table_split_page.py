import pytest
from PySide6.QtGui import QTextCursor

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.splitting import split_cell
from m2m_desktop.ui.table.protocol import PreviewCell
from m2m_desktop.ui.table.split_page import CELL, COUNT, PIECES, SplitPage

EMOJI = "😀头痛恶心；发热"


def cell(text, count=1):
    return PreviewCell(text, count, split_cell(text))


@pytest.fixture
def page(qtbot):
    made = SplitPage()
    qtbot.addWidget(made)
    return made


def put_cursor(page, units):
    cursor = QTextCursor(page.text.document())
    cursor.setPosition(units)
    page.text.setTextCursor(cursor)


def pieces(page):
    return [piece.text for piece in page.model.cells[page.table.current_row()].split.pieces]


def test_the_list_shows_each_cell_and_what_becomes_of_it(page, qtmodeltester):
    page.show_cells([cell("皮疹；无发热", 1200), cell("头痛")])
    qtmodeltester.check(page.model)
    shown = [page.model.index(0, column).data() for column in (CELL, PIECES, COUNT)]
    assert shown == ["皮疹；无发热", "皮疹  ｜  无发热 〔denied〕", "1,200"]


def test_a_cut_is_made_where_the_cursor_is(page):
    page.show_cells([cell("头痛恶心")])
    put_cursor(page, 2)
    page.cut_button.click()
    assert pieces(page) == ["头痛", "恶心"]
    assert page.params() == [{"text": "头痛恶心", "spans": [[0, 2], [2, 4]]}]


def test_an_emoji_before_the_cursor_does_not_move_the_cut(page):
    page.show_cells([cell(EMOJI)])
    put_cursor(page, 4)  # Qt counts the emoji as two
    page.cut_here()
    assert pieces(page) == ["😀头痛", "恶心", "发热"]
    assert page.params()[0]["spans"] == [[0, 3], [3, 5], [6, 8]]


def test_the_marks_stand_under_the_pieces_also_behind_an_emoji(page):
    page.show_cells([cell(EMOJI)])
    marked = [mark.cursor.selectedText() for mark in page.text.extraSelections()]
    assert marked == ["😀头痛恶心", "发热"]


def test_line_breaks_of_windows_do_not_move_the_cut(page):
    page.show_cells([cell("皮疹\r\n头痛恶心")])
    put_cursor(page, 6)
    page.cut_here()
    assert pieces(page) == ["皮疹", "头痛", "恶心"]


@pytest.mark.parametrize("place", [0, 4, 2, 5])
def test_at_the_edge_of_a_piece_or_between_two_nothing_is_cut(page, place):
    page.show_cells([cell("头痛；恶心")])
    put_cursor(page, 2 if place == 2 else {0: 0, 4: 3, 5: 5}[place])
    page.cut_here()
    assert page.edits == {}
    assert pieces(page) == ["头痛", "恶心"]


def test_pieces_are_joined_and_the_cell_goes_back_to_what_was_found(page):
    page.show_cells([cell("头痛；恶心；发热")])
    put_cursor(page, 3)
    page.join_button.click()
    assert pieces(page) == ["头痛", "恶心；发热"]
    assert page.reset_button.isEnabled()
    page.reset_button.click()
    assert pieces(page) == ["头痛", "恶心", "发热"]
    assert page.params() == []
    assert not page.reset_button.isEnabled()


def test_the_last_piece_has_nothing_to_be_joined_with(page):
    page.show_cells([cell("头痛；恶心")])
    put_cursor(page, 5)
    page.join_next()
    assert page.edits == {}


def test_a_suggested_cut_is_one_click_and_is_gone_then(page):
    page.show_cells([cell("恶心伴呕吐")])
    chip = page.suggested.itemAt(0).widget()
    assert chip.text() == "Cut at 伴"
    chip.click()
    assert pieces(page) == ["恶心", "呕吐"]
    assert page.suggested.count() == 0


def test_what_is_no_reaction_is_struck_out(page):
    page.show_cells([cell("皮疹；停药后好转")])
    kinds = [piece.kind for piece in page.model.cells[0].split.pieces]
    assert kinds == [PieceKind.REACTION, PieceKind.OUTCOME]
    struck = [mark.format.fontStrikeOut() for mark in page.text.extraSelections()]
    assert struck == [False, True]


def test_edits_hold_when_the_cells_are_shown_again(page):
    page.show_cells([cell("头痛恶心")])
    put_cursor(page, 2)
    page.cut_here()
    page.show_cells([cell("发热"), cell("头痛恶心")])
    page.table.selectRow(1)
    assert pieces(page) == ["头痛", "恶心"]


def test_no_cells_no_buttons(page):
    page.show_cells([])
    assert not page.cut_button.isEnabled()
    page.cut_here()
    page.join_next()
    page.reset_cell()
    assert page.edits == {}
