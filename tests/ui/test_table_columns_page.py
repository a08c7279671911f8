import pytest
from PySide6.QtCore import Qt

from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
    SheetPreview,
    SniffedTable,
    TableLayout,
)
from m2m_desktop.ui.table.columns_page import ColumnsPage, column_letters


def sheet(name, *rows, merged=()):
    return SheetPreview(name, tuple(tuple(row) for row in rows), merged_ranges=tuple(merged))


def table(*sheets, layout=None):
    layout = layout or TableLayout(())
    return SniffedTable("xlsx", "a.xlsx", "0" * 64, tuple(sheets), layout, is_certain=False)


ROWS = (("某院 2024 年",), ("编号", "表现", "补充"), ("1", "皮疹", "恶心"), ("2", "头晕", ""))


@pytest.fixture
def page(qtbot):
    made = ColumnsPage()
    qtbot.addWidget(made)
    return made


def choose(combo, number):
    combo.setCurrentIndex(combo.findData(number))


def test_columns_have_the_letters_of_excel():
    assert [column_letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_chosen_column_is_read_and_nothing_is_before(page):
    page.show_table(table(sheet("Sheet1", *ROWS)))
    assert page.layout_wanted().sheets == ()
    page.header.setValue(2)
    choose(page.combos[ColumnRole.REACTION], 2)
    choose(page.combos[ColumnRole.REPORT_ID], 1)
    (wanted,) = page.layout_wanted().sheets
    assert wanted == SheetLayout(
        "Sheet1", 2, {ColumnRole.REACTION: (2,), ColumnRole.REPORT_ID: (1,)}
    )


def test_the_columns_are_called_as_the_header_row_says(page):
    page.show_table(table(sheet("Sheet1", *ROWS)))
    page.header.setValue(2)
    combo = page.combos[ColumnRole.REACTION]
    assert [combo.itemText(n) for n in range(1, combo.count())] == ["A  编号", "B  表现", "C  补充"]
    page.header.setValue(0)
    assert combo.itemText(2) == "B"


def test_two_columns_may_hold_reactions(page):
    page.show_table(table(sheet("Sheet1", *ROWS)))
    choose(page.combos[ColumnRole.REACTION], 2)
    choose(page.second, 3)
    assert page.layout_wanted().sheets[0].columns[ColumnRole.REACTION] == (2, 3)


def test_a_found_layout_is_kept_as_it_is_with_roles_nobody_chooses_here(page):
    found = SheetLayout("B", 2, {ColumnRole.REACTION: (2,), ColumnRole.NARRATIVE: (3,)}, True, True)
    layout = TableLayout((found,), "gb18030", ",")
    page.show_table(table(sheet("A", *ROWS), sheet("B", *ROWS, merged=["A3:A4"]), layout=layout))
    assert page.layout_wanted() == layout
    assert page.sheets.currentItem().text() == "B"
    assert page.merged_box.isVisibleTo(page)
    page.report_box.setChecked(False)
    (wanted,) = page.layout_wanted().sheets
    assert (wanted.one_per_report, wanted.fills_merged) == (False, True)
    assert wanted.columns[ColumnRole.NARRATIVE] == (3,)


def test_only_ticked_sheets_are_read_and_choosing_a_column_ticks_the_sheet(page):
    page.show_table(table(sheet("A", *ROWS), sheet("B", *ROWS)))
    page.sheets.setCurrentRow(1)
    choose(page.combos[ColumnRole.REACTION], 2)
    assert [one.sheet for one in page.layout_wanted().sheets] == ["B"]
    page.sheets.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert page.layout_wanted().sheets == ()


def test_the_preview_marks_the_chosen_columns(page, qtmodeltester):
    page.show_table(table(sheet("Sheet1", *ROWS)))
    choose(page.combos[ColumnRole.REACTION], 2)
    model = page.model
    qtmodeltester.check(model)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "B  Reactions"
    background = Qt.ItemDataRole.BackgroundRole
    assert model.index(2, 1).data(background) is not None
    assert model.index(2, 0).data(background) is None


def test_a_column_of_narratives_may_be_chosen_beside_that_of_names(page):
    page.show_table(table(sheet("Sheet1", *ROWS)))
    choose(page.combos[ColumnRole.REACTION], 2)
    choose(page.combos[ColumnRole.NARRATIVE], 3)
    (wanted,) = page.layout_wanted().sheets
    assert wanted.columns == {ColumnRole.REACTION: (2,), ColumnRole.NARRATIVE: (3,)}
    assert page.model.headerData(2, Qt.Orientation.Horizontal) == "C  Narrative"
    choose(page.combos[ColumnRole.NARRATIVE], 0)
    assert ColumnRole.NARRATIVE not in page.layout_wanted().sheets[0].columns
