"""No cell is lost: whatever the raw XML of a sheet holds comes out of the reader.

The count is independent of the reader: ElementTree over every ``<c>`` of the sheet.
"""

import random
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest

from m2m_desktop.services.tables.reading import all_cells, read_table
from m2m_desktop.services.tables.records import ColumnRole, SheetLayout, TableLayout
from m2m_desktop.services.tables.sniffing import sniff
from tests.toy.tables import (
    MAIN,
    by_openpyxl,
    by_xlsxwriter,
    hand_made,
    patched,
    row_xml,
    sheet_xml,
    text_cell,
)

FILES = 150
SHEET = "xl/worksheets/sheet1.xml"
WORDS = [
    "头痛",
    "皮疹（严重）；瘙痒",
    " 恶心 ",
    "呕吐\n腹泻",
    "<甲&乙>",
    "𠮷野",
    "00123",
    "=1+1",
    "无",
]


def letters(column):
    return openpyxl.utils.get_column_letter(column)


def raw_cells(path):
    """Texts of every cell with content in the XML, by row and column."""
    with zipfile.ZipFile(path) as archive:
        strings = []
        if "xl/sharedStrings.xml" in archive.namelist():
            table = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            for entry in table.iter(f"{{{MAIN}}}si"):
                strings.append("".join(t.text or "" for t in entry.iter(f"{{{MAIN}}}t")))
        root = ElementTree.fromstring(archive.read(SHEET))
    found, number = {}, 0
    for row in root.iter(f"{{{MAIN}}}row"):
        number = int(row.get("r", number + 1))
        column = 0
        for cell in row.iter(f"{{{MAIN}}}c"):
            place = cell.get("r")
            if place:
                column = openpyxl.utils.cell.coordinate_from_string(place)[0]
                column = openpyxl.utils.column_index_from_string(column)
            else:
                column += 1
            value, inside = cell.findtext(f"{{{MAIN}}}v"), cell.find(f"{{{MAIN}}}is")
            if inside is not None:
                found[number, column] = "".join(inside.itertext())
            elif value:
                is_shared = cell.get("t") == "s"
                found[number, column] = strings[int(value)] if is_shared else value
    return found


def random_rows(chance):
    width, height = chance.randint(2, 12), chance.randint(1, 40)
    rows = [[f"列{n}" for n in range(width - 1)] + ["不良反应名称"]]
    for _ in range(height):
        if chance.random() < 0.15:
            rows.append([])
            continue
        rows.append([random_value(chance) for _ in range(width - 1)] + [random_text(chance)])
    return rows, width


def random_text(chance):
    return None if chance.random() < 0.2 else chance.choice(WORDS) + str(chance.randint(0, 9))


def random_value(chance):
    return chance.choice([None, chance.choice(WORDS), chance.randint(-9, 10**12), chance.random()])


def by_hand(path, rows, chance):
    """Cells with and without places, gaps, formulas, shared and inside texts, prefixes."""
    strings, data = [], ""
    for number, row in enumerate(rows, 1):
        if not row and chance.random() < 0.5:
            continue  # a gap
        cells = []
        has_places = chance.random() < 0.8 or None in row or not row
        for column, value in enumerate(row, 1):
            place = f"{letters(column)}{number}"
            if isinstance(value, str):
                if chance.random() < 0.5:
                    strings.append(value)
                    cells.append(f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>')
                else:
                    cells.append(text_cell(place, value))
            elif value is not None:
                formula = "<f>A1</f>" if chance.random() < 0.3 else ""
                cells.append(f'<c r="{place}" s="0">{formula}<v>{value!r}</v></c>')
            elif chance.random() < 0.3:
                cells.append(f'<c r="{place}" s="0"/>')
        if not has_places:
            cells = [re.sub(r' r="[A-Z]+[0-9]+"', "", cell) for cell in cells]
        data += row_xml(number, *cells)
    table = "".join(
        f'<si><t xml:space="preserve">{text.replace("&", "&amp;").replace("<", "&lt;")}</t></si>'
        for text in strings
    )
    before = chance.choice(["", '<dimension ref="A1"/>', '<dimension ref="A1:XFD1048576"/>'])
    sst = f'<sst xmlns="{MAIN}" count="1" uniqueCount="1">{table}</sst>'
    return hand_made(path, sheet_xml(data, before=before), strings=sst)


def make(path, chance):
    """One generated workbook; gives the column of reactions."""
    rows, width = random_rows(chance)
    writer = chance.randrange(5)
    if writer == 0:
        by_openpyxl(path, {"s": rows})
    elif writer == 1:
        by_openpyxl(path, {"s": rows}, write_only=True)
    elif writer == 2:
        by_xlsxwriter(path, {"s": rows}, constant_memory=chance.random() < 0.5)
    elif writer == 3:
        by_openpyxl(path, {"s": rows})
        patched(path, SHEET, lambda xml: re.sub(rb'ref="[^"]*"', b'ref="A1:B2"', xml, count=1))
    else:
        by_hand(path, rows, chance)
    return width


@pytest.mark.requirement("R-007")
def test_every_cell_of_150_workbooks_is_accounted_for(tmp_path):
    path = tmp_path / "a.xlsx"
    total = texts = 0
    for seed in range(FILES):
        column = make(path, random.Random(seed))
        raw = raw_cells(path)
        table = sniff(path)
        assert table.is_certain, seed
        (sheet,) = table.layout.sheets
        assert sheet.columns[ColumnRole.REACTION] == (column,), seed
        read = all_cells(path, table.layout)[sheet.sheet]
        assert read.keys() == raw.keys(), f"seed {seed}: cells lost or invented"
        changed = {at for at in raw if raw[at] != read[at] and not is_number(raw[at])}
        assert not changed, f"seed {seed}: texts changed"
        rows = read_table(path, table.layout)
        expected = {
            number: text
            for (number, at), text in raw.items()
            if at == column and number > 1 and text.strip()
        }
        assert {row.row: row.reactions[0][1] for row in rows.rows} == expected, seed
        assert rows.counts.rows == rows.counts.kept + rows.counts.empty
        total += len(raw)
        texts += len(expected)
    assert total > 14_000
    assert texts > 1_500


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.requirement("R-007")
def test_the_count_catches_a_reader_that_believes_the_stated_size(tmp_path):
    """The control: the usual reader loses cells of a file with a wrong size, and this sees it."""
    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["a", "不良反应名称"], *[["1", "头痛"]] * 9]})
    patched(path, SHEET, lambda xml: re.sub(rb'ref="[^"]*"', b'ref="A1:B2"', xml, count=1))

    def count(*, is_reset):
        book = openpyxl.load_workbook(path, read_only=True)
        sheet = book.worksheets[0]
        if is_reset:
            sheet.reset_dimensions()
        found = sum(value is not None for row in sheet.iter_rows(values_only=True) for value in row)
        book.close()
        return found

    assert count(is_reset=False) < len(raw_cells(path)) == count(is_reset=True)
    assert len(all_cells(path, sniff(path).layout)["s"]) == len(raw_cells(path))


def test_texts_are_those_that_openpyxl_reads(tmp_path):
    path = tmp_path / "a.xlsx"
    for seed in range(1000, 1020):
        make(path, random.Random(seed))
        layout = sniff(path).layout
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        theirs = {
            (row, column): value
            for row, cells in enumerate(sheet.iter_rows(values_only=True), 1)
            for column, value in enumerate(cells, 1)
            if isinstance(value, str)
        }
        book.close()
        ours = all_cells(path, layout)[layout.sheets[0].sheet]
        assert {at: ours[at] for at in theirs} == theirs, seed


@pytest.mark.parametrize("place", ["A1048576", "XFD3", "XFD1048576", "SR3"])
def test_a_far_cell_is_read_and_takes_no_room(tmp_path, place):
    row = int(re.sub("[A-Z]", "", place))
    data = row_xml(1, text_cell("A1", "编号"), text_cell("B1", "不良反应名称"))
    data += row_xml(2, text_cell("B2", "头痛")) + row_xml(row, text_cell(place, "远"))
    path = hand_made(tmp_path / "a.xlsx", sheet_xml(data))
    table = sniff(path)
    read = read_table(path, table.layout)
    assert read.last_rows == {"Sheet1": row}
    assert (read.counts.rows, read.counts.kept) == (row - 1, 1)
    assert max(len(shown) for shown in table.sheets[0].rows) <= 512
    assert len(all_cells(path, table.layout)["Sheet1"]) == 4


@pytest.mark.requirement("R-007")
def test_a_formula_without_a_stored_value_is_counted_and_its_row_named(tmp_path):
    data = row_xml(1, text_cell("A1", "编号"), text_cell("B1", "不良反应名称"))
    data += row_xml(2, "<c r='B2'><f>A1&amp;\"x\"</f><v></v></c>")
    data += row_xml(3, '<c r="B3"><f>A1</f></c>') + row_xml(
        4, '<c r="B4" t="str"><f>A1</f><v/></c>'
    )
    data += row_xml(5, '<c r="B5" t="str"><f>A1</f><v>头痛</v></c>') + row_xml(
        6, "<c r='B6'><f/></c>"
    )
    path = hand_made(tmp_path / "a.xlsx", sheet_xml(data))
    table = sniff(path)
    assert table.sheets[0].formulas_without_value == 3
    assert "Sheet1: 3." in table.notes[0].text()
    read = read_table(path, table.layout)
    assert [row.reactions for row in read.rows] == [((2, "头痛"),)]
    assert (read.counts.unreadable, read.counts.empty) == (3, 1)
    assert "row 2, column B" in read.counts.problems[0].text()


def test_one_damaged_cell_does_not_take_the_others_with_it(tmp_path):
    data = row_xml(1, text_cell("A1", "报告表编码"), text_cell("B1", "不良反应名称"))
    data += row_xml(2, '<c r="B2" t="s"><v>99</v></c>') + row_xml(
        3, '<c r="B3" t="s"><v>-1</v></c>'
    )
    data += row_xml(4, '<c r="B4"><v>1e400</v></c>') + row_xml(5, '<c r="B5" t="e"><v>#N/A</v></c>')
    data += row_xml(6, '<c r="A6" t="e"><v>#REF!</v></c>', '<c r="B6" t="s"><v>0</v></c>')
    sst = f'<sst xmlns="{MAIN}"><si><t>头痛</t></si><si><t>末尾</t></si></sst>'
    path = hand_made(tmp_path / "a.xlsx", sheet_xml(data), strings=sst)
    read = read_table(path, sniff(path).layout)
    assert [(row.row, row.reactions, row.report_id) for row in read.rows] == [
        (6, ((2, "头痛"),), "")
    ]
    assert read.counts.unreadable == 4
    assert [problem.text().split(": ")[1] for problem in read.counts.problems] == [
        "the cell is damaged.", "the cell is damaged.", "the cell is damaged.",
        "the cell holds an error.",
    ]  # fmt: skip


def test_escapes_runs_and_reading_aids_of_texts(tmp_path):
    data = row_xml(1, text_cell("A1", "不良反应名称"))
    data += row_xml(2, '<c r="A2" t="s"><v>0</v></c>') + row_xml(3, '<c r="A3" t="s"><v>1</v></c>')
    data += row_xml(4, text_cell("A4", "甲_xD83D__xDE00__x005F_x0041_"))
    data += row_xml(5, '<c r="A5" t="str"><v>乙_x0009_丙</v></c>')
    aloud = "<rPh sb='0' eb='1'><t>x</t></rPh><phoneticPr/>"
    data += row_xml(
        6, f'<c r="A6" t="inlineStr"><is><r><t>恶</t></r><r><t>心</t></r>{aloud}</is></c>'
    )
    sst = (
        f'<sst xmlns="{MAIN}"><si><r><t>皮</t></r><r><t>疹</t></r></si>'
        "<si><t>头痛_x000D_\n甲</t><rPh sb='0' eb='1'><t>トウツウ</t></rPh></si></sst>"
    )
    path = hand_made(tmp_path / "a.xlsx", sheet_xml(data), strings=sst)
    cells = all_cells(path, sniff(path).layout)["Sheet1"]
    assert [cells[row, 1] for row in range(2, 7)] == [
        "皮疹", "头痛\r\n甲", "甲\U0001f600_x0041_", "乙\t丙", "恶心",
    ]  # fmt: skip


def test_a_layout_for_another_sheet_is_refused(tmp_path):
    from m2m_desktop.services.tables.errors import LayoutMismatch

    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["不良反应名称"], ["头痛"]]})
    layout = TableLayout((SheetLayout("另一张", 1, {ColumnRole.REACTION: (1,)}),))
    with pytest.raises(LayoutMismatch, match="no sheet called 另一张"):
        read_table(path, layout)
    with pytest.raises(LayoutMismatch, match="no column of reactions"):
        read_table(path, TableLayout(()))
