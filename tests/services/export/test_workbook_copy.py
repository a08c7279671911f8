import hashlib
import re
import zipfile

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from m2m_desktop.core.errors import Cancelled
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.errors import SourceChanged, TargetIsSource, TargetOfOtherKind
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.workbook_copy import patch_workbook
from tests.services.export.books import (
    assert_in_order,
    edited,
    load,
    prefixed,
    raw_parts,
    rich_book,
    simple_book,
)
from tests.services.export.coded import HEADERS, coded, item, term

PLAIN = ExportOptions(adds_sheets=False)
NAMES = ExportOptions(columns=(ResultColumn.PT_NAME, ResultColumn.STATUS), adds_sheets=False)
SHEET1 = "xl/worksheets/sheet1.xml"


def grid(path, sheet="导出"):
    """The values of a sheet, each row without its empty end."""
    book = load(path)
    rows = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return rows


def part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


@pytest.mark.requirement("R-034")
def test_answers_stand_at_the_right_end_of_their_rows(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹", "无恙", "发热"])
    target = tmp_path / "out.xlsx"
    items = [item(3), item(5, "发热", terms=[term("体温升高", "90020002", 0.5, "全身")])]
    report = patch_workbook(source, target, coded(items, source))
    assert report.path == target
    assert report.fallback_reason is None
    assert grid(target)[1] == ["报告表编码", "通用名称", "不良反应名称", *HEADERS]
    assert grid(target)[2] == [
        "R1", "某药", "皮疹", "红斑丘疹", "90010001", "红斑丘疹低", "皮肤疾病", "皮疹类", "表皮类",
        0.98, "accepted", "李药师", "model",
    ]  # fmt: skip
    assert grid(target)[3] == ["R2", "某药", "无恙"]
    assert grid(target)[4][3:5] == ["体温升高", "90020002"]
    assert [sheet.title for sheet in load(target)] == [
        "导出", "Coded terms", "Summary", "Provenance",
    ]  # fmt: skip


@pytest.mark.requirement("R-034")
def test_every_other_part_of_a_rich_workbook_is_the_same_bytes(tmp_path):
    source = rich_book(tmp_path / "in.xlsx", ["皮疹", "发热", "头晕"])
    target = tmp_path / "out.xlsx"
    report = patch_workbook(source, target, coded([item(3), item(4)], source), PLAIN)
    before, after = raw_parts(source), raw_parts(target)
    assert list(before) == list(after)
    assert len(before) > 20
    changed = {name for name in before if before[name] != after[name]}
    assert changed == set(report.changed_parts) == {SHEET1, "xl/styles.xml"}
    assert report.added_parts == ()
    book = load(target, data_only=True)
    assert book["导出"]["D6"].value == 4321  # the value of a formula that nobody calculated here
    assert book["导出"]["E3"].value == "红斑丘疹"
    assert book["导出"].merged_cells.ranges == {openpyxl.worksheet.cell_range.CellRange("A1:D1")}


def test_added_sheets_change_only_the_lists_of_sheets(tmp_path):
    source = rich_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / "out.xlsx"
    report = patch_workbook(source, target, coded([item(3)], source))
    before, after = raw_parts(source), raw_parts(target)
    assert {name for name in before if before[name] != after[name]} == set(report.changed_parts)
    assert set(report.changed_parts) == {
        SHEET1, "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    }  # fmt: skip
    assert set(after) - set(before) == set(report.added_parts)
    for name in (SHEET1, *(name for name in report.added_parts if "worksheets/m2m" in name)):
        assert_in_order(target, name)
    summary = load(target)["Summary"]
    assert len(summary._charts) == 1


def test_the_rest_of_the_changed_sheet_is_untouched(tmp_path):
    """Take the new cells out again: what remains is the old sheet, but for its measures."""
    source = rich_book(tmp_path / "in.xlsx", ["皮疹", "发热"])
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded([item(3), item(4)], source), PLAIN)
    old, new = part(source, SHEET1).decode(), part(target, SHEET1).decode()
    new = re.sub(r'<c r="[E-N]\d+" [^>]*>.*?</c>', "", new)
    new = re.sub(r'<col min="(?:[5-9]|1\d)"[^>]*/>', "", new)
    for pattern in (r' spans="[^"]*"', r"<dimension[^>]*/>", r"<\?xml[^>]*\?>\s*"):
        old, new = re.sub(pattern, "", old), re.sub(pattern, "", new)
    assert new == old


def test_macros_stay_as_they_are(tmp_path):
    macros = b"\xd0\xcf\x11\xe0 our own bytes" * 50
    source = rich_book(tmp_path / "in.xlsm", ["皮疹"], macros=macros)
    target = tmp_path / "out.xlsm"
    report = patch_workbook(source, target, coded([item(3)], source))
    assert report.fallback_reason is None
    assert raw_parts(source)["xl/vbaProject.bin"] == raw_parts(target)["xl/vbaProject.bin"]
    assert b"macroEnabled" in part(target, "[Content_Types].xml")


def test_new_cells_look_like_the_cell_they_belong_to(tmp_path):
    source = rich_book(tmp_path / "in.xlsx", ["皮疹", "发热"])
    target = tmp_path / "out.xlsx"
    waiting = item(4, status=ReviewStatus.UNREVIEWED)
    patch_workbook(source, target, coded([item(3), waiting], source), PLAIN)
    sheet = load(target)["导出"]
    assert sheet["E2"].font.b
    assert sheet["E2"].fill.fgColor.rgb == sheet["C2"].fill.fgColor.rgb
    assert sheet["E3"].font.name == "宋体"
    assert sheet["E3"].border.left.style == "thin"
    assert {sheet[f"{letter}3"].number_format for letter in "EFGHIJLMN"} == {"@"}
    assert sheet["K3"].number_format == "0.00"
    assert sheet["L3"].fill.fill_type is None
    assert (sheet["L4"].value, sheet["L4"].fill.fgColor.rgb) == ("to be reviewed", "FFFFF2CC")
    assert sheet["C3"].number_format == "General"


def test_rows_of_one_report_repeat_the_answer_of_the_row_that_was_coded(tmp_path):
    texts = ["皮疹", "皮疹", "发热", "皮疹", "皮疹"]
    source = simple_book(tmp_path / "in.xlsx", texts)
    other = item(6, terms=[term("荨麻疹样", "90030003")])  # an exception for this report
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded([item(3), other], source), NAMES)
    assert [row[3:] for row in grid(target)[2:]] == [
        ["红斑丘疹", "accepted"], ["红斑丘疹", "accepted"], [],
        ["荨麻疹样", "accepted"], ["荨麻疹样", "accepted"],
    ]  # fmt: skip


def test_equal_texts_are_found_however_they_are_stored(tmp_path):
    """Rich text, a second entry of the same text, an inline text, and a formula's text."""
    plain = simple_book(tmp_path / "plain.xlsx", ["皮 & 疹"] * 5)

    def edit(name, data):
        if name == "xl/sharedStrings.xml":
            rich = (
                "<si><r><t>皮 &amp;</t></r><r><rPr><b/></rPr><t> 疹</t></r>"
                '<rPh sb="0" eb="1"><t>zhen</t></rPh></si><si><t>皮 &#38; 疹</t></si></sst>'
            )
            return data.replace(b"</sst>", rich.encode())
        if name == SHEET1:
            count = part(plain, "xl/sharedStrings.xml").count(b"<si>")
            cells = {
                4: f'<c r="C4" t="s"><v>{count}</v></c>',
                5: f'<c r="C5" t="s"><v>{count + 1}</v></c>',
                6: '<c r="C6" t="inlineStr"><is><t>皮 &amp; 疹</t></is></c>',
                7: '<c r="C7" t="str"><f>"皮"&amp;" "</f><v>皮 &amp; 疹</v></c>',
            }
            for row, cell in cells.items():
                data = re.sub(rb'<c r="C%d".*?</c>' % row, lambda _m, c=cell: c.encode(), data)
        return data

    source = edited(plain, tmp_path / "in.xlsx", edit)
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded([item(3, "皮 & 疹")], source), NAMES)
    assert [row[3] for row in grid(target)[2:]] == ["红斑丘疹"] * 5


def test_several_mentions_and_terms_of_a_cell_are_joined_in_their_order(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["发热，无咳嗽；皮疹、不适"])
    fever = [term("体温升高", "90020002", 0.5, "全身"), term("寒战样", "90020003", 0.299, "全身")]
    items = [
        item(3, "皮疹", start=7, status=ReviewStatus.UNREVIEWED),
        item(3, "咳嗽", start=4, kind=PieceKind.NEGATED),
        item(3, "发热", terms=fever, is_flagged=True),
        item(3, "不适", start=10, terms=(), status=ReviewStatus.NO_TERM, reviewer="王"),
    ]
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded(items, source), PLAIN)
    values = dict(zip(HEADERS, grid(target)[2][3:], strict=True))
    assert values["PT name"] == "体温升高 + 寒战样；红斑丘疹；—"
    assert values["PT code"] == "90020002 + 90020003；90010001；—"
    assert values["Probability"] == "0.50 + 0.29；0.98；—"
    assert values["Status"] == "accepted, flagged；to be reviewed；no suitable term"
    assert values["Reviewer"] == "李药师；—；王"
    assert values["Source of the answer"] == "model"


def test_only_decided_terms_where_that_was_asked_for(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹", "发热"])
    items = [item(3, status=ReviewStatus.UNREVIEWED), item(4, "发热")]
    target = tmp_path / "out.xlsx"
    options = ExportOptions(columns=NAMES.columns, only_decided=True)
    patch_workbook(source, target, coded(items, source), options)
    assert [row[3:] for row in grid(target)[2:]] == [
        ["—", "to be reviewed"],
        ["红斑丘疹", "accepted"],
    ]
    table = grid(target, "Coded terms")
    assert [row[10] for row in table[1:]] == [None, "红斑丘疹"]


def test_two_columns_of_reactions_get_columns_of_their_own(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    items = [item(3, "某药", column=2, terms=[term("甲", "90040004")]), item(3, column=3)]
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded(items, source), NAMES)
    assert grid(target)[1][3:] == [
        "通用名称 · PT name", "通用名称 · Status", "不良反应名称 · PT name", "不良反应名称 · Status",
    ]  # fmt: skip
    assert grid(target)[2][3:] == ["甲", "accepted", "红斑丘疹", "accepted"]


@pytest.mark.requirement("R-031")
def test_the_demo_dictionary_is_named_in_the_heading(tmp_path):
    from dataclasses import replace

    from m2m_desktop.services.export.words import DEMO_BANNER
    from tests.services.export.coded import RUN

    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / "out.xlsx"
    run = replace(RUN, is_demo_terminology=True)
    patch_workbook(source, target, coded([item(3)], source, run=run))
    assert DEMO_BANNER in grid(target)[1][3]
    assert [grid(target, sheet)[0] for sheet in ("Summary", "Provenance")] == [[DEMO_BANNER]] * 2


def test_a_file_of_openpyxl_can_be_copied(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "导出"
    sheet.append(["不良反应名称"])
    sheet.append(["皮疹"])
    sheet["C2"].fill = PatternFill("solid", fgColor="FFFF0000")  # an empty cell in the way
    sheet["C2"].value = None
    book.save(tmp_path / "in.xlsx")
    source, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    found = coded([item(2, column=1)], source, header_rows={"导出": 1})
    assert patch_workbook(source, target, found, NAMES).fallback_reason is None
    assert_in_order(target, SHEET1)
    assert grid(target) == [["不良反应名称", "PT name", "Status"], ["皮疹", "红斑丘疹", "accepted"]]


def odd_files():
    def wps(name, data):
        if name.startswith("xl/worksheets/sheet"):
            data = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', data)
        return data

    def all_prefixed(name, data):
        names = ("xl/worksheets/sheet", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings")
        return prefixed(data) if name.startswith(names) else data

    def utf16(name, data):
        if name.startswith(("xl/worksheets/sheet", "xl/styles")):
            text = data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
            return text.encode("utf-16")
        return data

    def comments(name, data):
        if name == SHEET1:
            noise = b'<!-- <row r="9"> --><?odd <row r="8"/>?>'
            data = data.replace(b"<sheetData>", noise + b"<sheetData>" + noise)
        return data

    def cdata(name, data):
        if name == "xl/sharedStrings.xml":
            data = data.replace("<t>皮疹</t>".encode(), "<t><![CDATA[皮疹]]></t>".encode())
        return data

    def apostrophes(name, data):
        if name == SHEET1:
            data = data.replace(b'<row r="3"', b"<row  r = '3' ")
            data = data.replace(b'<c r="C3"', b"<c r='C3'").replace(b"</row>", b"</row >\n ")
        return data

    def no_places(name, data):
        if name == SHEET1:
            data = re.sub(rb'<(c|row) r="[A-Z]*\d+"', rb"<\1", data)
        return data

    def hidden_columns(name, data):
        if name == SHEET1:
            hidden = b'<cols><col min="2" max="16384" width="9" hidden="1"/></cols><sheetData>'
            data = data.replace(b"<sheetData>", hidden)
        return data

    def controls(name, data):
        if name == SHEET1:
            end = (
                b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
                b'markup-compatibility/2006"><mc:Choice Requires="x14"/></mc:AlternateContent>'
            )
            data = data.replace(b"</worksheet>", end + b"</worksheet>")
        return data

    return [
        wps,
        all_prefixed,
        utf16,
        comments,
        cdata,
        apostrophes,
        no_places,
        hidden_columns,
        controls,
    ]


@pytest.mark.parametrize("edit", odd_files(), ids=lambda edit: edit.__name__)
def test_files_of_other_writers_can_be_copied(tmp_path, edit):
    plain = simple_book(tmp_path / "plain.xlsx", ["皮疹", "发热", "皮疹"])
    source = edited(plain, tmp_path / "in.xlsx", edit)
    assert any(part(source, name) != part(plain, name) for name in raw_parts(plain))
    target = tmp_path / "out.xlsx"
    report = patch_workbook(source, target, coded([item(3), item(4, "发热")], source), NAMES)
    assert report.fallback_reason is None
    assert [row[3:] for row in grid(target)] == [
        [], ["PT name", "Status"], *[["红斑丘疹", "accepted"]] * 3
    ]  # fmt: skip
    assert_in_order(target, SHEET1)
    dimensions = load(target)["导出"].column_dimensions
    assert not dimensions["D"].hidden
    assert not dimensions["E"].hidden


def test_a_row_that_is_not_in_the_file_is_made(tmp_path):
    """A merged cell may hold for a row of which the file says nothing."""
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / "out.xlsx"
    patch_workbook(source, target, coded([item(3), item(4), item(9)], source), NAMES)
    assert [row[3:] for row in grid(target)[2:]] == [
        ["红斑丘疹", "accepted"], ["红斑丘疹", "accepted"], [], [], [], [], ["红斑丘疹", "accepted"],
    ]  # fmt: skip


def test_columns_keep_clear_of_merged_cells_tables_and_charts(tmp_path):
    source = rich_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / "out.xlsx"
    items = [item(2, "a", sheet="图 & 表", column=1)]
    found = coded(items, source, header_rows={"图 & 表": 1})
    patch_workbook(source, target, found, NAMES)
    filled = [
        cell.column for row in load(target)["图 & 表"].iter_rows() for cell in row
        if cell.value in {"PT name", "红斑丘疹"}
    ]  # fmt: skip
    assert filled[0] == filled[1] > 13  # the chart at F2 reaches column M


def test_a_copy_of_a_copy_can_be_made(tmp_path):
    source, copy = simple_book(tmp_path / "a.xlsx", ["皮疹"]), tmp_path / "b.xlsx"
    patch_workbook(source, copy, coded([item(3)], source))
    target = tmp_path / "c.xlsx"
    report = patch_workbook(copy, target, coded([item(3)], copy))
    assert report.fallback_reason is None
    book = load(target)
    assert book.sheetnames[-3:] == ["Coded terms (2)", "Summary (2)", "Provenance (2)"]
    assert len(book["Summary (2)"]._charts) == len(book["Summary"]._charts) == 1
    assert grid(target)[1][3:] == [*HEADERS, *HEADERS]


def test_links_of_added_sheets_have_ids_of_their_own(tmp_path):
    plain = simple_book(tmp_path / "plain.xlsx", ["皮疹"])

    def edit(_name, data):
        return data.replace(b'"rId2"', b'"m2m2"').replace(b'"rId3"', b'"m2m3"')

    source, target = edited(plain, tmp_path / "in.xlsx", edit), tmp_path / "out.xlsx"
    assert b'"m2m2"' in part(source, "xl/_rels/workbook.xml.rels")
    assert patch_workbook(source, target, coded([item(3)], source)).fallback_reason is None
    ids = re.findall(rb'\sId="([^"]*)"', part(target, "xl/_rels/workbook.xml.rels"))
    assert len(set(ids)) == len(ids) > 5


@pytest.mark.requirement("R-012")
def test_two_exports_of_one_state_are_the_same_file(tmp_path):
    source = rich_book(tmp_path / "in.xlsx", ["皮疹", "发热"])
    found = coded([item(3), item(4)], source)
    digests = set()
    for name in ("a.xlsx", "b.xlsx"):
        patch_workbook(source, tmp_path / name, found)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def refused_files():
    def signed(_name, data):
        return data

    def protected(name, data):
        return data.replace(b"</sheetData>", b'</sheetData><sheetProtection sheet="1"/>')

    def strict(name, data):
        main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        return data.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main")

    def unordered(name, data):
        return data.replace(b'<row r="2"', b'<row r="7"')

    def doctype(name, data):
        if name == SHEET1:
            data = data.replace(b"<worksheet", b"<!DOCTYPE worksheet><worksheet", 1)
        return data

    def full(name, data):
        return data.replace(b"</row>", b'<c r="XFC1"><v>1</v></c></row>', 1)

    def no_styles(name, data):
        return data.replace(b"cellXfs", b"other")

    def latin(name, data):
        if name == SHEET1:
            data = data.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')
        return data

    def other_type(name, data):
        if name == "[Content_Types].xml":
            data = data.replace(b"sheet.main+xml", b"sheet.other+xml")
        return data

    def no_numbers(name, data):
        if name == SHEET1:
            data = data.replace(b"<sheetData>", b'<cols><col width="9"/></cols><sheetData>')
        return data

    extra = {signed: {"_xmlsignatures/sig1.xml": b"<x/>"}}
    edits = [
        signed,
        protected,
        strict,
        unordered,
        doctype,
        full,
        no_styles,
        latin,
        no_numbers,
        other_type,
    ]
    return [pytest.param(edit, extra.get(edit), id=edit.__name__) for edit in edits]


@pytest.mark.parametrize(("edit", "extra"), refused_files())
def test_where_no_copy_can_be_made_a_separate_workbook_says_why(tmp_path, edit, extra):
    plain = simple_book(tmp_path / "plain.xlsx", ["皮疹"])
    source = edited(plain, tmp_path / "in.xlsx", edit, extra=extra)
    before = source.read_bytes()
    target = tmp_path / "out.xlsx"
    report = patch_workbook(source, target, coded([item(3)], source))
    assert report.fallback_reason is not None
    assert report.notes[0].fields["reason"] == report.fallback_reason
    assert report.path == target
    assert grid(target, "Results")[1][:5] == ["导出", 3, "C", "R3", "皮疹"]
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"\xd0\xcf\x11\xe0" + bytes(600), b"PK\x03\x04 cut short"]
)
def test_an_old_or_damaged_source_gives_a_separate_workbook(tmp_path, content):
    source = tmp_path / "in.xls"
    source.write_bytes(content)
    existing = tmp_path / "out.xlsx"
    existing.write_bytes(b"mine")
    report = patch_workbook(source, tmp_path / "out.xls", coded([item(3)], source))
    assert report.fallback_reason is not None
    assert report.path == tmp_path / "out (2).xlsx"
    assert existing.read_bytes() == b"mine"


def test_a_protected_structure_gets_columns_but_no_sheets(tmp_path):
    plain = simple_book(tmp_path / "plain.xlsx", ["皮疹"])
    lock = b'<workbookProtection lockStructure="1"/><bookViews>'
    source = edited(
        plain, tmp_path / "in.xlsx", lambda _n, data: data.replace(b"<bookViews>", lock)
    )
    target = tmp_path / "out.xlsx"
    report = patch_workbook(source, target, coded([item(3)], source))
    assert report.fallback_reason is None
    assert load(target).sheetnames == ["导出"]
    assert "protected" in report.notes[0].text()


@pytest.mark.requirement("R-034")
def test_a_source_that_was_changed_after_reading_is_refused(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    found = coded([item(3)], source)
    simple_book(source, ["皮疹", "发热"])
    with pytest.raises(SourceChanged) as caught:
        patch_workbook(source, tmp_path / "out.xlsx", found)
    assert caught.value.code == "M2M-131"
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.requirement("R-006")
def test_the_result_never_replaces_the_source(tmp_path):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    before = source.read_bytes()
    for target in (source, tmp_path / "." / "in.xlsx"):
        with pytest.raises(TargetIsSource):
            patch_workbook(source, target, coded([item(3)], source))
    link = tmp_path / "link.xlsx"
    link.hardlink_to(source)
    with pytest.raises(TargetIsSource):
        patch_workbook(source, link, coded([item(3)], source))
    assert source.read_bytes() == before


def test_a_copy_keeps_the_format_of_its_source(tmp_path):
    source = rich_book(tmp_path / "in.xlsm", ["皮疹"], macros=b"x" * 99)
    with pytest.raises(TargetOfOtherKind):
        patch_workbook(source, tmp_path / "out.xlsx", coded([item(3)], source))
    assert [path.name for path in tmp_path.iterdir()] == ["in.xlsm"]


@pytest.mark.parametrize("stop_after", range(6))
def test_stopping_leaves_the_old_file_and_no_draft(tmp_path, stop_after):
    source = simple_book(tmp_path / "in.xlsx", ["皮疹"])
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    calls = []

    def progress(done, total, note=""):
        calls.append(done)
        if len(calls) > stop_after:
            raise Cancelled

    with pytest.raises(Cancelled):
        patch_workbook(source, target, coded([item(3)], source), progress=progress)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.xlsx", "out.xlsx"]
