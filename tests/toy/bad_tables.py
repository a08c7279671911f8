"""Hostile and damaged tables, each with what must come of it. All are made here, none is stored."""

import bz2
import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.toy.archives import Member
from tests.toy.archives import zip_of as raw_zip
from tests.toy.old_workbooks import OldSheet, compound_file, workbook_stream, xls_bytes
from tests.toy.tables import (
    HEADER_ROW,
    MAIN,
    book_parts,
    national_rows,
    row_xml,
    sheet_xml,
    text_cell,
    zip_of,
)

ANY = "any"
"""One of our errors, or the same cells as before: a change may hit what no cell depends on."""
OPENS = ""
SHEET = "xl/worksheets/sheet1.xml"
GOOD_ROWS = HEADER_ROW + "".join(
    row_xml(
        number, text_cell(f"A{number}", f"R{number}"), text_cell(f"B{number}", f"示例反应{number}")
    )
    for number in range(2, 60)
)
_BIG = 12 * 1024 * 1024


@dataclass(frozen=True)
class BadTable:
    """A file: its name, how it is made, the class of the error, and a part of its sentence.

    ``error`` is ``OPENS`` where the file must open, with ``says`` in a note or problem.
    """

    name: str
    make: Callable[[], bytes]
    error: str
    says: str = ""

    @property
    def file_name(self) -> str:
        """The name with its suffix."""
        return self.name if "." in self.name else f"{self.name}.xlsx"


def good_xlsx() -> bytes:
    """The workbook that is damaged in many ways below."""
    return zip_of(book_parts(sheet_xml(GOOD_ROWS)))


def good_xls() -> bytes:
    """The old workbook that is damaged in many ways below."""
    return xls_bytes({"导出": OldSheet(national_rows(40))})


def with_parts(**changes: object) -> bytes:
    """A good workbook with parts added, changed, or (None) left out."""
    return _changed(book_parts(sheet_xml(GOOD_ROWS)), changes)


def _changed(parts: dict[str, bytes], changes: dict[str, object]) -> bytes:
    for name, value in changes.items():
        if value is None:
            parts.pop(name)
        else:
            parts[name] = value if isinstance(value, bytes) else str(value).encode()
    return zip_of(parts)


def all_bad_tables() -> list[BadTable]:
    """Every case, in the order of the sections below."""
    return [
        *_truncated(), *_flipped(), *_bombs(), *_doctypes(), *_zips(), *_packages(), *_sheets(),
        *_odd_but_sound(), *_old_workbooks(), *_texts(), *_other_files(),
    ]  # fmt: skip


# -- damage --------------------------------------------------------------------------------------


def _cut(make: Callable[[], bytes], share: float) -> bytes:
    content = make()
    return content[: max(1, int(len(content) * share))]


def _truncated() -> Iterator[BadTable]:
    for step in range(1, 25):
        share = step / 25
        yield BadTable(f"cut_{step}", partial(_cut, good_xlsx, share), "TableDamaged", "cut short")
    yield BadTable("cut_last_byte", lambda: good_xlsx()[:-1], "TableDamaged", "cut short")
    yield BadTable("cut_first_bytes", lambda: good_xlsx()[3:], "NotATable", "no workbook")
    for step in range(1, 16):
        share = step / 16
        yield BadTable(
            f"cut_{step}.xls",
            partial(_cut, good_xls, share),
            "NotATable" if step < 2 else "TableDamaged",
            "WPS" if step < 2 else "cut short",
        )


def _flip(make: Callable[[], bytes], seed: str) -> bytes:
    content = make()
    at = random.Random(seed).randrange(len(content) * 8)
    changed = bytearray(content)
    changed[at // 8] ^= 1 << (at % 8)
    return bytes(changed)


def _flipped() -> Iterator[BadTable]:
    for seed in range(30):
        yield BadTable(f"flip_{seed}", partial(_flip, good_xlsx, f"x{seed}"), ANY)
    for seed in range(20):
        name = f"flip_{seed}.xls"
        yield BadTable(name, partial(_flip, good_xls, f"o{seed}"), "no crash")


# -- bombs ---------------------------------------------------------------------------------------


def _lying(size: int, count: int = 1) -> bytes:
    parts = book_parts(sheet_xml(GOOD_ROWS))
    members = [Member(name, data) for name, data in parts.items()]
    rest = random.Random(1).randbytes(6 * 1024 * 1024 // count)
    members += [Member(f"xl/media/{n}.bin", rest, claimed_size=size) for n in range(count)]
    return raw_zip(members)


def _claimed(part: str, size: int) -> bytes:
    parts = book_parts(sheet_xml(GOOD_ROWS))
    return raw_zip(
        Member(name, data, claimed_size=size if name == part else None)
        for name, data in parts.items()
    )


def _noise(count: int) -> str:
    """Text that a zip shrinks to about a half, so that its ratio says nothing."""
    return random.Random(3).randbytes(count // 2).hex()


def _bombs() -> Iterator[BadTable]:
    refused, far = "TableRefused", "unpack to far more"
    long_cell = "far longer than any real one"
    yield BadTable(
        "one_giant_cell",
        lambda: with_parts(**{SHEET: sheet_xml(row_xml(1, text_cell("A1", "A" * _BIG)))}),
        refused, far,
    )  # fmt: skip
    yield BadTable(
        "millions_of_rows",
        lambda: with_parts(**{SHEET: sheet_xml("<row/>" * (_BIG // 6))}),
        refused, far,
    )  # fmt: skip
    yield BadTable(
        "millions_of_strings",
        lambda: zip_of(
            book_parts(
                sheet_xml(GOOD_ROWS), strings=f'<sst xmlns="{MAIN}">{"<si/>" * (_BIG // 5)}</sst>'
            )
        ),
        refused, far,
    )  # fmt: skip
    yield BadTable(
        "bomb_in_a_picture", lambda: with_parts(**{"xl/media/a.png": b"\0" * _BIG}), refused, far
    )
    yield BadTable("claims_two_gigabytes", lambda: _lying(2 << 30), refused, far)
    yield BadTable("claims_three_times_one", lambda: _lying(900 << 20, 3), refused, far)
    yield BadTable("claims_less_than_it_holds", lambda: _claimed(SHEET, 300), "TableDamaged")
    yield BadTable("claims_more_than_it_holds", lambda: _claimed(SHEET, 10**6), ANY)
    yield BadTable(
        "long_cell_that_hardly_shrinks",
        lambda: with_parts(**{SHEET: sheet_xml(row_xml(1, text_cell("A1", _noise(3_000_000))))}),
        refused, long_cell,
    )  # fmt: skip
    yield BadTable(
        "long_string_that_hardly_shrinks",
        lambda: zip_of(
            book_parts(
                sheet_xml(HEADER_ROW + row_xml(2, '<c r="B2" t="s"><v>0</v></c>')),
                strings=f'<sst xmlns="{MAIN}"><si><t>{_noise(3_000_000)}</t></si></sst>',
            )
        ),
        refused, long_cell,
    )  # fmt: skip
    yield BadTable(
        "long_attribute",
        lambda: with_parts(**{SHEET: sheet_xml(f'<row r="1" x="{_noise(4_000_000)}"/>')}),
        refused, long_cell,
    )  # fmt: skip
    yield BadTable(
        "long_comment",
        lambda: with_parts(**{SHEET: sheet_xml(f"<!--{_noise(4_000_000)}-->")}),
        refused, long_cell,
    )  # fmt: skip
    yield BadTable(
        "more_rows_than_a_sheet_has",
        lambda: with_parts(**{SHEET: sheet_xml("<row><c/></row>" * 1_048_577)}),
        refused, far,
    )  # fmt: skip
    yield BadTable(
        "huge_workbook_part",
        lambda: with_parts(**{"xl/workbook.xml": f"<a>{_noise(17_000_000)}</a>"}),
        "TableDamaged", "workbook.xml",
    )  # fmt: skip
    deep = 200_000
    yield BadTable(
        "deep_nesting",
        lambda: with_parts(**{SHEET: sheet_xml("<a>" * deep + "</a>" * deep)}),
        OPENS,
    )
    yield BadTable(
        "deep_nesting_in_the_workbook",
        lambda: with_parts(**{"xl/workbook.xml": "<a>" * 5000 + "</a>" * 5000}),
        OPENS,
    )


# -- document types ------------------------------------------------------------------------------

_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_XXE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
_OUTER = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'


def _doctypes() -> Iterator[BadTable]:
    says = "declaration (DOCTYPE)"
    for kind, doctype in (("laughs", _LAUGHS), ("xxe", _XXE), ("outer", _OUTER)):
        for part, body in (
            ("[Content_Types].xml", "<Types>&i;</Types>"),
            ("_rels/.rels", "<Relationships>&i;</Relationships>"),
            ("xl/workbook.xml", "<workbook>&i;</workbook>"),
            ("xl/styles.xml", "<styleSheet>&i;</styleSheet>"),
            ("docProps/core.xml", "<a>&i;</a>"),
            (SHEET, f'<worksheet xmlns="{MAIN}"><sheetData>&i;</sheetData></worksheet>'),
        ):
            name = f"{kind}_in_{part.rpartition('/')[2].strip('[]').replace('.', '_')}"
            yield BadTable(
                name,
                partial(with_parts, **{part: doctype + body}),
                "TableRefused", says,
            )  # fmt: skip
    late = f"<!--{'x' * 5000}-->{_XXE}"
    yield BadTable(
        "doctype_behind_a_long_comment",
        lambda: with_parts(**{SHEET: late + sheet_xml("").partition("?>")[2]}),
        "TableRefused", says,
    )  # fmt: skip
    yield BadTable(
        "doctype_in_utf16",
        lambda: with_parts(**{SHEET: (_XXE + sheet_xml("").partition("?>")[2]).encode("utf-16")}),
        "TableRefused", says,
    )  # fmt: skip
    yield BadTable(
        "doctype_in_the_strings",
        lambda: zip_of(
            book_parts(
                sheet_xml(HEADER_ROW + row_xml(2, '<c r="B2" t="s"><v>0</v></c>')),
                strings=f'{late}<sst xmlns="{MAIN}"><si><t>&i;</t></si></sst>',
            )
        ),
        "TableRefused", says,
    )  # fmt: skip


# -- zips and packages ---------------------------------------------------------------------------


def _repacked(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in book_parts(sheet_xml(GOOD_ROWS)).items():
            archive.writestr(name, data)
    return out.getvalue()


def _members(*more: Member) -> bytes:
    parts = book_parts(sheet_xml(GOOD_ROWS))
    return raw_zip([*(Member(name, data) for name, data in parts.items()), *more])


def _wrong_crc() -> bytes:
    content = bytearray(good_xlsx())
    for mark, place in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        at = content.rfind(mark)
        content[at + place] ^= 0xFF
    return bytes(content)


def _changed_string() -> bytes:
    """One letter changed in a zip that is not packed, without the sum that the zip keeps of it."""
    strings = f"<si><t>示例反应</t></si>{'<si><t>x</t></si>' * 9000}"
    sheet = sheet_xml(HEADER_ROW + row_xml(2, '<c r="B2" t="s"><v>0</v></c>'))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in book_parts(sheet, strings=f'<sst xmlns="{MAIN}">{strings}</sst>').items():
            archive.writestr(name, data)
    return out.getvalue().replace("示例反应".encode(), "示例反映".encode())


def _zips() -> Iterator[BadTable]:
    refused, outside = "TableRefused", "outside its folder"
    for name in (
        "../evil.xml",
        "xl/../../evil.xml",
        "/etc/evil",
        "C:/evil",
        "..\\evil",
        "\\\\pc\\x",
    ):
        label = f"outside_{''.join(c if c.isalnum() else '_' for c in name)}"
        yield BadTable(label, partial(_members, Member(name, b"x")), refused, outside)
    yield BadTable("same_part_twice", lambda: _members(Member(SHEET, b"x")), refused, "same name")
    yield BadTable(
        "same_part_in_capitals", lambda: _members(Member(SHEET.upper(), b"x")), refused, "same name"
    )
    yield BadTable(
        "too_many_parts",
        lambda: _members(*(Member(f"xl/{n}", b"") for n in range(2001))),
        refused, "parts, far more",
    )  # fmt: skip
    yield BadTable(
        "encrypted_part",
        lambda: _members(Member("xl/x.xml", b"x" * 50, password=b"p")),
        "TableProtected", "password",
    )  # fmt: skip
    yield BadTable(
        "aes_part", lambda: _members(Member("xl/x.xml", b"x" * 50, is_aes=True)), "TableProtected"
    )
    yield BadTable("bzip2", lambda: _repacked(zipfile.ZIP_BZIP2), refused, "packed in a way")
    yield BadTable("lzma", lambda: _repacked(zipfile.ZIP_LZMA), refused, "packed in a way")
    yield BadTable("string_changed", _changed_string, "TableDamaged", "texts of its cells")
    yield BadTable("wrong_crc", _wrong_crc, ANY)
    yield BadTable("empty_zip", lambda: b"PK\x05\x06" + bytes(18), "NotATable", "not a workbook")
    yield BadTable(
        "no_workbook_in_it", lambda: zip_of({"a.txt": b"x"}), "NotATable", "not a workbook"
    )
    yield BadTable(
        "zip_of_a_workbook", lambda: zip_of({"a.xlsx": b"x"}), "NotATable", "holds tables"
    )
    yield BadTable(
        "binary_workbook.xlsb", lambda: zip_of({"xl/workbook.bin": b"x"}), "NotATable", ".xlsb"
    )
    yield BadTable(
        "document.docx", lambda: zip_of({"word/document.xml": b"<a/>"}), "NotATable", "document"
    )
    yield BadTable(
        "slides.xlsx", lambda: zip_of({"ppt/a.xml": b"<a/>"}), "NotATable", "presentation"
    )
    odf = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    yield BadTable("open_document.ods", lambda: zip_of(odf), "NotATable", "OpenDocument")


def _with_target(target: str) -> bytes:
    return zip_of(book_parts(sheet_xml(GOOD_ROWS), target=target))


def _with_strings(rows: str, strings: str) -> bytes:
    return zip_of(book_parts(sheet_xml(HEADER_ROW + rows), strings=strings))


def _packages() -> Iterator[BadTable]:
    damaged = "TableDamaged"
    rels = "xl/_rels/workbook.xml.rels"
    yield BadTable(
        "no_workbook_part",
        lambda: with_parts(**{"xl/workbook.xml": None}),
        damaged,
        "lists its sheets",
    )
    yield BadTable("no_relations", lambda: with_parts(**{rels: None}), damaged, "lists its sheets")
    yield BadTable(
        "no_sheet_part", lambda: with_parts(**{SHEET: None}), damaged, "the sheet Sheet1 is missing"
    )
    for name, target in (
        ("rel_outside", "../../../../etc/passwd"), ("rel_absolute", "/etc/passwd"),
        ("rel_to_nothing", "worksheets/sheet9.xml"), ("rel_to_the_web", "https://example.org/a.xml"),
        ("rel_empty", ""),
    ):  # fmt: skip
        yield BadTable(
            name,
            partial(_with_target, target),
            damaged, "is missing in it",
        )  # fmt: skip
    yield BadTable(
        "rel_external",
        lambda: _changed(
            book_parts(sheet_xml(GOOD_ROWS)),
            {rels: book_parts("")[rels].replace(b' Target="w', b' TargetMode="External" Target="w')},
        ),
        damaged, "is missing in it",
    )  # fmt: skip
    for part in ("xl/workbook.xml", rels, "_rels/.rels"):
        label = f"broken_{part.rpartition('/')[2].replace('.', '_')}"
        yield BadTable(
            label, partial(with_parts, **{part: b"<a><b></a>"}), damaged, "cannot be read"
        )
    twice = book_parts("")["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="Sheet1" sheetId="2" r:id="rId1"/></sheets>'
    )
    yield BadTable(
        "two_sheets_of_one_name",
        lambda: with_parts(**{"xl/workbook.xml": twice}),
        damaged,
        "same name",
    )


# -- sheets --------------------------------------------------------------------------------------


def _sheets() -> Iterator[BadTable]:
    damaged, order = "TableDamaged", "out of order or repeated"

    def sheet(data: str) -> Callable[[], bytes]:
        return lambda: with_parts(**{SHEET: sheet_xml(HEADER_ROW + data)})

    def raw(content: bytes) -> Callable[[], bytes]:
        return lambda: with_parts(**{SHEET: content})

    cell = text_cell
    yield BadTable(
        "rows_shuffled",
        sheet(row_xml(5, cell("B5", "a")) + row_xml(3, cell("B3", "b"))),
        damaged,
        "row 3 stands after row 5",
    )
    yield BadTable(
        "row_repeated",
        sheet(row_xml(2, cell("B2", "a")) + row_xml(2, cell("B2", "b"))),
        damaged,
        order,
    )
    for name, number in (
        ("zero", "0"),
        ("negative", "-3"),
        ("a_word", "abc"),
        ("too_large", "1048577"),
        ("huge", "9" * 400),
        ("a_fraction", "2.5"),
        ("of_other_digits", "２"),
    ):
        yield BadTable(f"row_number_{name}", sheet(f'<row r="{number}"><c/></row>'), damaged, order)
    wrong = "stands twice or in the wrong row"
    yield BadTable(
        "cell_twice", sheet(row_xml(2, cell("B2", "a"), cell("B2", "b"))), damaged, wrong
    )
    for name, place in (
        ("in_another_row", "B9"),
        ("beyond_the_columns", "XFE2"),
        ("without_a_row", "B"),
        ("without_a_column", "2"),
        ("in_small_letters", "b2"),
        ("reversed", "2B"),
        ("long", "A" * 5000 + "2"),
    ):
        yield BadTable(f"cell_{name}", sheet(row_xml(2, cell(place, "a"))), damaged, wrong)
    broken = "damaged or cut short after row"
    yield BadTable(
        "nul_in_the_xml",
        raw(sheet_xml(GOOD_ROWS).encode().replace("示例反应9".encode(), b"\0")),
        damaged,
        broken,
    )
    yield BadTable(
        "control_character_reference",
        sheet(row_xml(2, "<c r='B2' t='str'><v>&#7;</v></c>")),
        damaged,
        broken,
    )
    yield BadTable(
        "unknown_entity", sheet(row_xml(2, "<c r='B2' t='str'><v>&nbsp;</v></c>")), damaged, broken
    )
    yield BadTable("tags_crossed", sheet("<row r='2'><c></row></c>"), damaged, broken)
    yield BadTable("xml_cut", raw(sheet_xml(GOOD_ROWS).encode()[:-400]), damaged, broken)
    yield BadTable("xml_with_a_tail", raw(sheet_xml(GOOD_ROWS).encode() + b"<a/>"), damaged, broken)
    yield BadTable(
        "wrong_bytes",
        raw(sheet_xml(GOOD_ROWS).encode().replace("示".encode(), b"\xff\xfe", 1)),
        damaged,
        broken,
    )
    yield BadTable(
        "unknown_encoding", raw(b'<?xml version="1.0" encoding="klingon"?><a/>'), damaged, broken
    )
    yield BadTable("empty_sheet_part", raw(b""), damaged, broken)
    yield BadTable(
        "other_root",
        raw(sheet_xml(GOOD_ROWS, root="chartsheet").encode()),
        damaged,
        "not a sheet of cells",
    )
    yield BadTable(
        "other_namespace",
        raw(sheet_xml(GOOD_ROWS).encode().replace(MAIN.encode(), b"urn:x")),
        damaged,
        "not a sheet of cells",
    )
    yield BadTable(
        "web_page_inside",
        raw(b"<html><body><table/></body></html>"),
        damaged,
        "not a sheet of cells",
    )
    sst = row_xml(2, '<c r="B2" t="s"><v>1</v></c>')
    for name, strings in (
        ("cut", f'<sst xmlns="{MAIN}"><si><t>a</t></si><si><t>'),
        ("garbled", "<sst>\x01"),
        ("empty", ""),
    ):
        yield BadTable(
            f"strings_{name}",
            partial(_with_strings, sst, strings),
            damaged, "texts of its cells",
        )  # fmt: skip


def _odd_but_sound() -> Iterator[BadTable]:
    def sheet(data: str, **around: str) -> Callable[[], bytes]:
        return lambda: with_parts(**{SHEET: sheet_xml(HEADER_ROW + data, **around)})

    good = row_xml(2, text_cell("B2", "头痛"))
    yield BadTable("absurd_size", sheet(good, before='<dimension ref="A1:XFD1048576"/>'), OPENS)
    yield BadTable("size_that_makes_no_sense", sheet(good, before='<dimension ref="??"/>'), OPENS)
    yield BadTable(
        "merged_to_the_end",
        sheet(good, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        OPENS,
    )
    yield BadTable(
        "merged_nonsense",
        sheet(good, after='<mergeCells><mergeCell ref="B9:A1"/><mergeCell ref="x"/></mergeCells>'),
        OPENS,
    )
    yield BadTable("far_cell", sheet(good + row_xml(1048576, text_cell("XFD1048576", "远"))), OPENS)
    yield BadTable(
        "string_index_99",
        sheet(good + row_xml(3, '<c r="B3" t="s"><v>99</v></c>')),
        OPENS,
        "the cell is damaged",
    )
    yield BadTable(
        "string_index_negative",
        sheet(good + row_xml(3, '<c r="B3" t="s"><v>-1</v></c>')),
        OPENS,
        "the cell is damaged",
    )
    yield BadTable(
        "number_that_is_none",
        sheet(good + row_xml(3, '<c r="B3"><v>1e999</v></c>')),
        OPENS,
        "the cell is damaged",
    )
    yield BadTable(
        "truth_that_is_none",
        sheet(good + row_xml(3, '<c r="B3" t="b"><v>7</v></c>')),
        OPENS,
        "the cell is damaged",
    )
    yield BadTable(
        "error_in_a_cell",
        sheet(good + row_xml(3, '<c r="B3" t="e"><v>#N/A</v></c>')),
        OPENS,
        "holds an error",
    )
    yield BadTable(
        "style_that_is_none", sheet(good + row_xml(3, '<c r="A3" s="999"><v>1</v></c>')), OPENS
    )
    yield BadTable(
        "type_that_is_none", sheet(good + row_xml(3, '<c r="A3" t="zz"><v>1</v></c>')), OPENS
    )
    yield BadTable(
        "styles_damaged",
        lambda: zip_of(book_parts(sheet_xml(HEADER_ROW + good), styles=b"<styleSheet><x")),
        OPENS, "styles are damaged",
    )  # fmt: skip
    yield BadTable("properties_damaged", lambda: with_parts(**{"docProps/core.xml": b"<a"}), OPENS)
    yield BadTable("theme_damaged", lambda: with_parts(**{"xl/theme/theme1.xml": b"\0\1"}), OPENS)
    yield BadTable(
        "macros", lambda: with_parts(**{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), OPENS
    )
    yield BadTable("no_size", sheet(good), OPENS)
    yield BadTable(
        "empty_rows_in_number",
        sheet(good + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 20000))),
        OPENS,
    )


# -- old workbooks -------------------------------------------------------------------------------


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _old_workbooks() -> Iterator[BadTable]:
    protected, damaged = "TableProtected", "TableDamaged"
    yield BadTable(
        "password_xlsx",
        lambda: compound_file(b"x" * 5000, "EncryptedPackage"),
        protected,
        "password",
    )

    def with_password() -> bytes:
        stream = workbook_stream({"导出": OldSheet(national_rows())})
        return compound_file(stream[:20] + _record(0x2F, bytes(54)) + stream[20:])

    yield BadTable("password.xls", with_password, protected, "password")
    yield BadTable(
        "document.doc",
        lambda: compound_file(b"x" * 5000, "WordDocument"),
        "NotATable",
        "old Office document",
    )
    yield BadTable(
        "only_the_head.xls", lambda: good_xls()[:512], "NotATable", "old Office document"
    )
    yield BadTable(
        "garbage_stream.xls",
        lambda: compound_file(random.Random(1).randbytes(9000)),
        damaged,
        ".xls",
    )
    yield BadTable("zero_stream.xls", lambda: compound_file(bytes(9000)), damaged, ".xls")

    def far_sheet() -> bytes:
        stream = bytearray(workbook_stream({"导出": OldSheet(national_rows())}))
        at = stream.index(struct.pack("<H", 0x0085))
        stream[at + 4 : at + 8] = struct.pack("<I", 0x7FFFFFFF)
        return compound_file(bytes(stream))

    yield BadTable("sheet_beyond_the_end.xls", far_sheet, damaged, ".xls")

    def endless_chain() -> bytes:
        content = bytearray(good_xls())
        for at in range(512 + 8, 512 + 80, 4):
            content[at : at + 4] = struct.pack("<I", 2)
        return bytes(content)

    yield BadTable("endless_chain.xls", endless_chain, damaged, ".xls")

    def many_strings() -> bytes:
        stream = bytearray(workbook_stream({"导出": OldSheet(national_rows())}))
        at = stream.index(struct.pack("<H", 0x00FC) + stream[stream.index(b"\xfc\x00") + 2 :][:2])
        stream[at + 8 : at + 12] = struct.pack("<I", 0x7FFFFFFF)
        return compound_file(bytes(stream))

    yield BadTable("billions_of_strings.xls", many_strings, damaged, ".xls")


# -- texts ---------------------------------------------------------------------------------------


def _texts() -> Iterator[BadTable]:
    unreadable, quote = "TextUnreadable", "is not closed properly"
    head = "编号,不良反应名称\n"
    many = "".join(f"{n},头痛\n" for n in range(3000))

    def text(content: str, encoding: str = "utf-8") -> Callable[[], bytes]:
        return lambda: content.encode(encoding)

    def data(content: bytes) -> Callable[[], bytes]:
        return lambda: content

    yield BadTable(
        "quote_not_closed.csv",
        text(head + '1,"头痛\n2,恶心\n' + many),
        unreadable,
        "begins in line 2 is not closed",
    )
    yield BadTable(
        "quote_not_closed_late.csv",
        text(head + many + '1,"头痛\n2,恶心\n'),
        unreadable,
        "line 3002 is not closed",
    )
    yield BadTable(
        "text_behind_a_quote.csv", text(head + '1,"头痛"样\n2,恶心\n'), unreadable, quote
    )
    yield BadTable("quote_alone.csv", text(head + many + '1,"'), unreadable, quote)
    yield BadTable(
        "giant_field.csv", text(head + '1,"' + "痛" * 1_200_000 + '"\n'), unreadable, "far too long"
    )
    yield BadTable("nul.csv", data((head + "1,头\0痛\n").encode()), unreadable, "NUL")
    yield BadTable(
        "nul_gb18030.csv", data((head + "1,头\0痛\n").encode("gb18030")), unreadable, "NUL"
    )
    yield BadTable(
        "mixed_encodings.csv",
        data((head + many).encode() + "1,头痛\xa0\n".encode("gb18030") + b"\xff\xff"),
        unreadable,
        "neither UTF-8",
    )
    yield BadTable(
        "cut_in_a_character.csv", data((head + many).encode()[:-2]), unreadable, "neither UTF-8"
    )
    yield BadTable(
        "utf16_cut.csv", data((head + many).encode("utf-16")[:-1]), unreadable, "not text in utf-16"
    )
    yield BadTable(
        "utf16_lone_surrogate.csv",
        data(head.encode("utf-16") + b"\x00\xd8\x41\x00"),
        unreadable,
        "not text in utf-16",
    )
    yield BadTable(
        "utf8_mark_and_wrong_bytes.csv",
        data(b"\xef\xbb\xbf" + head.encode() + b"\xff\xff"),
        unreadable,
        "not text in utf-8",
    )
    yield BadTable(
        "latin_and_more.csv", data(head.encode() + b"1,caf\xe9\n2,\xa0\xff\n"), unreadable, "line 2"
    )
    yield BadTable("noise.csv", data(random.Random(5).randbytes(20_000)), unreadable)
    yield BadTable("noise.txt", data(random.Random(6).randbytes(300)), unreadable)
    yield BadTable("empty.csv", data(b""), "NotATable", "the file is empty")
    yield BadTable("empty.xlsx", data(b""), "NotATable", "the file is empty")
    yield BadTable("spaces.csv", data(b" \r\n\t\r\n" * 50), "NotATable", "the file is empty")
    yield BadTable("only_a_mark.csv", data(b"\xef\xbb\xbf"), "NotATable", "the file is empty")
    yield BadTable("no_line_end.csv", text("不良反应名称,x\n" + "a," * 40_000), OPENS)
    yield BadTable("lone_returns.csv", text("编号,不良反应名称\r1,头痛\r2,恶心\r"), OPENS)
    yield BadTable("formula_like.csv", text(head + "=1+1,头痛\n@x,恶心\n"), OPENS)


def _other_files() -> Iterator[BadTable]:
    def data(content: bytes) -> Callable[[], bytes]:
        return lambda: content

    csv = "编号,不良反应名称\n1,头痛\n".encode("gb18030")
    page = "<html><table><tr><td>不良反应名称</td></tr></table></html>".encode()
    table = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    no = "NotATable"
    yield BadTable("csv_renamed.xlsx", data(csv), no, "no workbook")
    yield BadTable("csv_renamed.xlsm", data(csv), no, "no workbook")
    yield BadTable("csv_renamed.et", data(csv), no, "no workbook")
    yield BadTable("page_renamed.xls", data(page), no, "web page")
    yield BadTable("page_renamed.xlsx", data(page), no, "web page")
    yield BadTable("page_with_mark.xls", data(b"\xef\xbb\xbf" + page), no, "web page")
    yield BadTable("page_in_utf16.xls", data("<html><table>".encode("utf-16-le")), no, "web page")
    yield BadTable("page_archive.xls", data(b"MIME-Version: 1.0\r\n" + page), no, "web page")
    yield BadTable("xml_table.xls", data(table), no, "XML table")
    yield BadTable("other.xml", data(b"<?xml version='1.0'?><a/>"), no, "XML file")
    yield BadTable("paper.pdf", data(b"%PDF-1.7\n" + bytes(100)), no, "PDF")
    yield BadTable("packed.rar", data(b"Rar!\x1a\x07" + bytes(50)), no, ".rar")
    yield BadTable("packed.xlsx", data(b"7z\xbc\xaf\x27\x1c" + bytes(50)), no, ".7z")
    yield BadTable("picture.xlsx", data(b"\x89PNG\r\n\x1a\n" + bytes(50)), no, "picture")
    yield BadTable("project.csv", data(b"SQLite format 3\0" + bytes(90)), no, "database")
    yield BadTable("bzip.xlsx", data(bz2.compress(csv)), no, "no workbook")
