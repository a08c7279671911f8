"""The layouts of users.md: opened with no choice beside the file, and the right cells come out."""

import codecs
import datetime
import shutil
import subprocess

import pytest

from m2m_desktop.services.tables.reading import read_pasted, read_table
from m2m_desktop.services.tables.records import ColumnRole
from m2m_desktop.services.tables.sniffing import sniff, sniff_text
from tests.toy.old_workbooks import OldSheet, bytes_stream, compound_file, xls_bytes
from tests.toy.tables import (
    ID_AT,
    NATIONAL_HEADER,
    REACTION_AT,
    by_openpyxl,
    by_xlsxwriter,
    national_cells,
    national_rows,
    patched,
    zip_of,
    zip_parts,
)

SHEET = "xl/worksheets/sheet1.xml"


def opened(path):
    """Sniff and read with no choice; the layout must be certain."""
    table = sniff(path)
    assert table.is_certain
    return table, read_table(path, table.layout)


def reaction_cells(read):
    return {row.row: text for row in read.rows for _column, text in row.reactions}


def wrong_dimension(path, part=SHEET):
    import re

    return patched(
        path, part, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', xml)
    )


def csv_bytes(rows, delimiter=",", line_end="\r\n"):
    def field(value):
        text = "" if value is None else str(value)
        quoted = any(mark in text for mark in (delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return line_end.join(delimiter.join(map(field, row)) for row in rows) + line_end


def openpyxl_normal(path):
    return by_openpyxl(path, {"报告导出": national_rows()})


def openpyxl_write_only(path):
    return by_openpyxl(path, {"报告导出": national_rows()}, write_only=True)


def xlsxwriter_shared(path):
    return by_xlsxwriter(path, {"报告导出": national_rows()})


def xlsxwriter_inline(path):
    return by_xlsxwriter(path, {"报告导出": national_rows()}, constant_memory=True)


def wps_like(path):
    return wrong_dimension(by_openpyxl(path, {"报告导出": national_rows()}))


def macro_book(path):
    by_openpyxl(path, {"报告导出": national_rows()})
    return path.rename(path.with_suffix(".xlsm"))


def strict_book(path):
    parts = zip_parts(by_openpyxl(path, {"报告导出": national_rows()}).read_bytes())
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    path.write_bytes(zip_of({name: data.replace(old, new) for name, data in parts.items()}))
    return path


def prefixed_book(path):
    """As the OpenXML SDK writes it: every element with a prefix."""

    def prefix(xml):
        import re

        head, _, body = xml.partition(b"<worksheet xmlns=")
        body = b"<x:worksheet xmlns:x=" + re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", body)
        return head + body

    return patched(by_openpyxl(path, {"报告导出": national_rows()}), SHEET, prefix)


def old_book(path):
    path = path.with_suffix(".xls")
    path.write_bytes(xls_bytes({"报告导出": OldSheet(national_rows())}))
    return path


def old_book_renamed(path):
    return old_book(path).rename(path)


WORKBOOKS = [
    openpyxl_normal, openpyxl_write_only, xlsxwriter_shared, xlsxwriter_inline, wps_like,
    macro_book, strict_book, prefixed_book, old_book, old_book_renamed,
]  # fmt: skip


@pytest.mark.parametrize("writer", WORKBOOKS)
def test_the_national_export_opens_without_a_choice_whoever_wrote_it(tmp_path, writer):
    table, read = opened(writer(tmp_path / "报告导出20240501.xlsx"))
    (sheet,) = table.layout.sheets
    assert table.is_national_export
    assert (sheet.header_row, sheet.one_per_report) == (2, True)
    assert sheet.columns[ColumnRole.REACTION] == (REACTION_AT,)
    assert sheet.columns[ColumnRole.REPORT_ID] == (ID_AT,)
    assert reaction_cells(read) == national_cells()
    assert [row.row_count for row in read.rows] == [2, 2, 2, 2]
    assert (read.counts.rows, read.counts.kept, read.counts.merged) == (8, 4, 4)
    assert read.last_rows == {"报告导出": 10}
    first = read.rows[0]
    assert (first.report_id, first.severity, first.drug, first.narrative) == (
        "示例00000001", "一般", "示例药0", "示例过程",
    )  # fmt: skip


TEXTS = {
    "gb18030.csv": ("gb18030", ","),
    "utf8.csv": ("utf-8", ","),
    "utf8_bom.csv": ("utf-8-sig", ","),
    "utf16.csv": ("utf-16", ","),
    "utf16_le.txt": ("utf-16-le", "\t"),
    "utf16_be.txt": ("utf-16-be", "\t"),
    "tab.txt": ("gb18030", "\t"),
    "tab.tsv": ("utf-8", "\t"),
    "old_system.xls": ("gb18030", "\t"),
    "semicolon.csv": ("utf-8", ";"),
    "pipe.csv": ("gb18030", "|"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_exports_open_without_a_choice(tmp_path, name):
    encoding, delimiter = TEXTS[name]
    path = tmp_path / name
    path.write_bytes(csv_bytes(national_rows(), delimiter).encode(encoding))
    table, read = opened(path)
    assert table.layout.delimiter == delimiter
    assert codecs.lookup(table.layout.encoding).name.startswith(encoding[:6])
    assert reaction_cells(read) == national_cells()
    assert table.is_national_export


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_line_ends_of_every_system_are_rows(tmp_path, line_end):
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(national_rows(), line_end=line_end).encode("utf-8"))
    assert reaction_cells(opened(path)[1]) == national_cells()


def test_cells_pasted_from_excel_are_read(tmp_path):
    text = "\n".join("\t".join(map(str, row)) for row in national_rows())
    table = sniff_text(text)
    assert (table.kind, table.is_certain, table.is_national_export) == ("pasted", True, True)
    assert reaction_cells(read_pasted(text, table.layout)) == national_cells()


def test_pasted_lines_are_phrases():
    text = '皮疹\r\n\r\n"双硫仑样"反应\r\n'
    table = sniff_text(text)
    assert table.is_certain
    assert reaction_cells(read_pasted(text, table.layout)) == {1: "皮疹", 3: '"双硫仑样"反应'}


def test_a_pasted_cell_with_line_breaks_stays_one_cell():
    text = '编号\t不良反应名称\r\n1\t"皮疹\n""瘙痒"""\r\n2\t"头痛"\r\n'
    read = read_pasted(text, sniff_text(text).layout)
    assert reaction_cells(read) == {2: '皮疹\n"瘙痒"', 3: '"头痛"'}


def test_a_plain_list_of_phrases_opens_without_a_choice(tmp_path):
    path = tmp_path / "短语.txt"
    path.write_text("皮疹,瘙痒\n恶心\n\n头痛;头晕\n", encoding="utf-8")
    table, read = opened(path)
    assert table.layout.delimiter == ""
    assert reaction_cells(read) == {1: "皮疹,瘙痒", 2: "恶心", 4: "头痛;头晕"}


def test_commas_in_a_plain_list_separate_nothing_however_even_they_are(tmp_path):
    path = tmp_path / "短语.txt"
    path.write_text("皮疹,瘙痒\n恶心,呕吐\n头痛,头晕\n", encoding="utf-8")
    assert reaction_cells(opened(path)[1]) == {1: "皮疹,瘙痒", 2: "恶心,呕吐", 3: "头痛,头晕"}


def test_a_header_over_a_plain_list_is_no_phrase(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("不良反应名称\n皮疹\n", encoding="utf-8")
    assert reaction_cells(opened(path)[1]) == {2: "皮疹"}


@pytest.mark.parametrize(
    "name",
    ["不良反应名称", "不良反应/事件名称", "不良反应-术语", "不良事件名称", "AETERM", "aeterm ",
     " 不良反应 名称", "不良反应／事件名称*", "不良反应（事件）名称", "不良反应名称（必填）"],
)  # fmt: skip
def test_every_known_name_of_the_column_is_found_however_it_is_written(tmp_path, name):
    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["序号", name], [1, "头痛"]]})
    assert reaction_cells(opened(path)[1]) == {2: "头痛"}


def test_the_course_of_events_is_not_taken_for_the_reactions(tmp_path):
    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["序号", "不良反应过程描述"], [1, "略"]]})
    assert not sniff(path).is_certain


@pytest.mark.parametrize("header_row", [1, 2, 7, 20])
def test_the_header_may_stand_in_any_of_the_first_twenty_rows(tmp_path, header_row):
    rows = [["标题"]] * (header_row - 1) + [["编号", "不良反应名称"], [1, "头痛"]]
    table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert table.layout.sheets[0].header_row == header_row
    assert reaction_cells(read) == {header_row + 1: "头痛"}


def test_a_header_below_row_twenty_is_not_believed(tmp_path):
    rows = [["标题", "x"]] * 20 + [["编号", "不良反应名称"], [1, "头痛"]]
    assert not sniff(by_openpyxl(tmp_path / "a.xlsx", {"s": rows})).is_certain


def test_numbered_columns_of_reactions_are_all_read(tmp_path):
    rows = [
        ["编号", "不良反应名称1", "不良反应名称2", "不良反应名称(3)"],
        ["1", "头痛", "", "恶心"],
    ]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert read.rows[0].reactions == ((2, "头痛"), (4, "恶心"))


def test_the_name_as_reported_is_preferred_to_the_coded_term(tmp_path):
    rows = [["不良反应-术语", "不良反应-code", "不良反应名称"], ["甲", "1", "头痛"]]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert read.rows[0].reactions == ((3, "头痛"),)


# -- several sheets ------------------------------------------------------------------------------


def feedback(main_has_reactions):
    main = [["反馈码", "性别"], ["F1", "男"], ["F2", "女"]]
    if main_has_reactions:
        main = [["反馈码", "不良反应名称"], ["F1", "皮疹（一般）；瘙痒（严重）"], ["F2", "头痛"]]
    return {
        "药品不良反应报告表": main,
        "药品不良反应报告表-不良反应名称": [
            ["反馈码", "不良反应名称"], ["F1", "皮疹"], ["F1", "瘙痒"], ["F2", "头痛"], ["F2", "恶心"],
        ],
        "不良反应-怀疑用药-合并用药": [["反馈码", "通用名称"], ["F1", "示例药"]],
    }  # fmt: skip


def test_the_feedback_workbook_is_read_from_the_sheet_that_has_the_reactions(tmp_path):
    path = by_openpyxl(tmp_path / "数据反馈结果-1.xlsx", feedback(main_has_reactions=False))
    _table, read = opened(path)
    assert [(row.report_id, row.reactions[0][1]) for row in read.rows] == [
        ("F1", "皮疹"), ("F1", "瘙痒"), ("F2", "头痛"), ("F2", "恶心"),
    ]  # fmt: skip
    assert {row.sheet for row in read.rows} == {"药品不良反应报告表-不良反应名称"}


def test_reactions_in_two_sheets_of_the_feedback_workbook_count_once(tmp_path):
    path = by_openpyxl(tmp_path / "数据反馈结果-1.xlsx", feedback(main_has_reactions=True))
    _table, read = opened(path)
    assert [(row.sheet[-4:], row.report_id, row.reactions[0][1]) for row in read.rows] == [
        ("反应报告表"[-4:], "F1", "皮疹（一般）；瘙痒（严重）"),
        ("反应报告表"[-4:], "F2", "头痛"),
        ("反应名称", "F2", "恶心"),
    ]
    assert (read.counts.kept, read.counts.merged) == (3, 3)


def test_all_sheets_with_known_columns_are_read(tmp_path):
    sheets = {
        "说明": [["空"]],
        "一": [["不良反应名称"], ["头痛"]],
        "二": [["标题"], ["AETERM"], ["恶心"]],
    }
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", sheets))
    assert [(row.sheet, row.row) for row in read.rows] == [("一", 2), ("二", 3)]
    assert read.last_rows == {"一": 2, "二": 3}


def test_a_hidden_sheet_is_left_out_and_said_to_be(tmp_path):
    import openpyxl

    path = by_openpyxl(
        tmp_path / "a.xlsx",
        {"一": [["不良反应名称"], ["头痛"]], "藏": [["不良反应名称"], ["恶心"]]},
    )
    book = openpyxl.load_workbook(path)
    book["藏"].sheet_state = "hidden"
    book.save(path)
    table, read = opened(path)
    assert reaction_cells(read) == {2: "头痛"}
    assert "藏" in table.notes[0].text()
    assert [sheet.is_hidden for sheet in table.sheets] == [False, True]


# -- values --------------------------------------------------------------------------------------


def test_values_read_as_a_person_sees_them(tmp_path):
    row = [
        20240501000123, "00123", 1.5, True, datetime.date(2024, 5, 1),
        datetime.datetime(2024, 5, 1, 8, 30), datetime.time(8, 30), 0.1, -2, 1e21, "=1+1",
    ]  # fmt: skip
    path = by_openpyxl(tmp_path / "a.xlsx", {"s": [["不良反应名称", *"abcdefghij"], row]})
    preview = sniff(path).sheets[0].rows[1]
    assert preview == (
        "20240501000123", "00123", "1.5", "TRUE", "2024-05-01", "2024-05-01 08:30:00", "08:30:00",
        "0.1", "-2", "1E+21", "=1+1",
    )  # fmt: skip


def test_report_codes_that_are_numbers_join_rows_like_texts(tmp_path):
    rows = [["报告表编码", "不良反应名称"], [12345678, "头痛"], ["12345678", "头痛"]]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert (read.rows[0].report_id, read.rows[0].row_count) == ("12345678", 2)


def test_different_reactions_of_one_report_are_all_kept(tmp_path):
    rows = [
        ["报告表编码", "不良反应名称"],
        ["R1", "头痛"],
        ["R1", "恶心"],
        ["R1", "头痛 "],
        ["R1", ""],
    ]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert reaction_cells(read) == {2: "头痛", 3: "恶心"}
    assert [row.row_count for row in read.rows] == [2, 1]
    assert (read.counts.merged, read.counts.empty) == (1, 1)


@pytest.mark.parametrize("code", ["", "-", "无", "/"])
def test_rows_without_a_report_code_are_not_joined(tmp_path, code):
    rows = [["报告表编码", "不良反应名称"], [code, "头痛"], [code, "头痛"]]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert len(read.rows) == 2


def test_report_codes_that_excel_rounded_join_nothing(tmp_path):
    """Two codes of 21 digits are the same number in Excel: joining would lose a report."""
    rows = [
        ["报告表编码", "不良反应名称"],
        [320101197000202400001, "头痛"],
        [320101197000202400002, "头痛"],
    ]
    _table, read = opened(by_xlsxwriter(tmp_path / "a.xlsx", {"s": rows}))
    assert [(row.report_id, row.row_count) for row in read.rows] == [("", 1), ("", 1)]
    assert "rounded numbers" in read.counts.problems[0].text()

    path = tmp_path / "a.csv"
    path.write_text(
        "报告表编码,不良反应名称\n3.20101E+20,头痛\n3.20101E+20,头痛\n", encoding="utf-8"
    )
    assert len(opened(path)[1].rows) == 2


def test_long_report_codes_kept_as_text_join_their_rows(tmp_path):
    code = "320101197000202400001"
    rows = [
        ["报告表编码", "不良反应名称"],
        [code, "头痛"],
        [code, "头痛"],
        [code[:-1] + "2", "头痛"],
    ]
    _table, read = opened(by_xlsxwriter(tmp_path / "a.xlsx", {"s": rows}))
    assert [(row.report_id[-1], row.row_count) for row in read.rows] == [("1", 2), ("2", 1)]


def test_empty_rows_are_skipped_and_counted(tmp_path):
    rows = [["编号", "不良反应名称"], [1, "头痛"], [], [2, " "], [3, "恶心"], [], [], []]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert (read.counts.rows, read.counts.kept, read.counts.empty) == (4, 2, 2)
    assert read.last_rows == {"s": 5}


def test_a_cell_stands_exactly_as_it_was(tmp_path):
    text = "  皮疹（严重）；\n瘙痒\u3000(一般) _x0041_"
    path = by_xlsxwriter(tmp_path / "a.xlsx", {"s": [["不良反应名称"], [text]]})
    assert reaction_cells(opened(path)[1]) == {2: text}


# -- merged cells --------------------------------------------------------------------------------


def merged_book(path, header, area="A2:A3"):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "s"
    for row in (header, ["R1", "头痛", "甲"], [None, "恶心", "乙"], ["R2", "呕吐", "丙"]):
        sheet.append(row)
    sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_merged_report_code_holds_for_all_its_rows(tmp_path):
    path = merged_book(tmp_path / "a.xlsx", ["报告表编码", "不良反应名称", "药"])
    table, read = opened(path)
    assert table.layout.sheets[0].fills_merged
    assert table.sheets[0].merged_ranges == ("A2:A3",)
    assert [row.report_id for row in read.rows] == ["R1", "R1", "R2"]


def test_merged_reactions_without_a_report_are_a_choice(tmp_path):
    path = merged_book(tmp_path / "a.xlsx", ["床号", "不良反应名称", "药"], "B2:B3")
    table = sniff(path)
    assert not table.is_certain
    assert "B2:B3" in table.notes[0].text()
    assert reaction_cells(read_table(path, table.layout)) == {2: "头痛", 4: "呕吐"}


def test_merged_reactions_are_filled_down_where_a_person_wants_it(tmp_path):
    from dataclasses import replace

    path = merged_book(tmp_path / "a.xlsx", ["床号", "不良反应名称", "药"], "B2:B3")
    layout = sniff(path).layout
    filling = replace(layout, sheets=(replace(layout.sheets[0], fills_merged=True),))
    assert reaction_cells(read_table(path, filling)) == {2: "头痛", 3: "头痛", 4: "呕吐"}


@pytest.mark.parametrize("codepage", [936, 1252, 0])
def test_chinese_of_very_old_workbooks_reads_whatever_they_say_it_is(tmp_path, codepage):
    rows = [["报告表编码", "不良反应名称"], ["R1", "头痛"]]
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file(bytes_stream("导出", rows, "gbk", codepage), "Book"))
    assert reaction_cells(opened(path)[1]) == {2: "头痛"}


def test_merged_cells_of_an_old_workbook_are_seen(tmp_path):
    rows = [["标题", None], ["报告表编码", "不良反应名称"], ["R1", "头痛"], [None, "恶心"]]
    path = tmp_path / "a.xls"
    path.write_bytes(xls_bytes({"s": OldSheet(rows, merged=[(0, 0, 0, 1), (2, 3, 0, 0)])}))
    _table, read = opened(path)
    assert [row.report_id for row in read.rows] == ["R1", "R1"]


def test_a_merged_title_is_no_question(tmp_path):
    path = merged_book(tmp_path / "a.xlsx", ["床号", "不良反应名称", "药"], "A1:C1")
    assert not sniff(path).layout.sheets[0].fills_merged


# -- real programs -------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_libreoffice_writes_opens_without_a_choice(tmp_path):
    source = tmp_path / "source.csv"
    source.write_text(csv_bytes(national_rows()), encoding="utf-8")
    for suffix in ("xlsx", "xls"):
        subprocess.run(
            [
                *(
                    "soffice",
                    "--headless",
                    f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                ),
                *("--infilter=CSV:44,34,76,1", "--convert-to", suffix),  # 76: UTF-8
                *("--outdir", tmp_path, source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        assert reaction_cells(opened(tmp_path / f"source.{suffix}")[1]) == national_cells()


def test_all_columns_of_the_national_export_may_come_in_another_order(tmp_path):
    order = list(range(len(NATIONAL_HEADER)))[::-1]
    rows = [[NATIONAL_HEADER[0]], *[[row[at] for at in order] for row in national_rows()[1:]]]
    _table, read = opened(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert reaction_cells(read) == national_cells()
