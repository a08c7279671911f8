"""20,000 texts that break careless exports: none becomes a formula, none comes back different.

The long table has 29 columns, which openpyxl reads slowly: there a tenth of the texts is enough,
unless ``M2M_HOSTILE_TEXTS=20000`` says otherwise.
"""

import csv
import json
import os
import random

import pytest
import xlsxwriter

from m2m_desktop.services.export.cell_text import (
    clean_text,
    read_escapes,
    replace_unwritable,
    unshield,
)
from m2m_desktop.services.export.new_workbook import write_workbook
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.text_files import write_csv, write_jsonl
from m2m_desktop.services.export.workbook_copy import patch_workbook
from tests.services.export.books import load
from tests.services.export.coded import coded, item, term

COUNT = 20_000
TABLE_COUNT = int(os.environ.get("M2M_HOSTILE_TEXTS", "2000"))
STARTS = (
    "", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "'=", "''", " =", "#N/A",
    "#REF!", "=cmd|'/C calc'!A0", "=HYPERLINK(\"x\")", "TRUE", "1E5", "00123", "2026-01-01", "<b>",
    "&amp;", "]]>", "_x000D_", "_x005F_x000D_", "_X000d_", "_x00g0_", '"', ",", ";", "；", "{=1}",
)  # fmt: skip
PIECES = (
    "皮疹", "a", " ", "　", "\r\n", "\n", "\r", "\t", "\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800",
    "\udfff", "\ufffe", "\uffff", "\ufffd", "\ufeff", "\u202e", "\u200b", "\u2028", "é", "e\u0301",
    "𠮷", "😀", "<", ">", "&", '"', "'", "=", "1", "_x0041_", "_", "x", "\\", "%s", "{0}", "$A$1",
)  # fmt: skip


def texts(count, seed=3):
    chance = random.Random(seed)
    made = [chance.choice(STARTS) + "".join(chance.choices(PIECES, k=chance.randint(0, 6)))
            for _number in range(count - 4)]  # fmt: skip
    return [*made, "长" * 33_000, "😀" * 16_500, "=" + "a\n" * 16_500, "皮" * 32_000]


@pytest.fixture(scope="module")
def hostile():
    return texts(COUNT)


@pytest.mark.requirement("R-013")
def test_nothing_becomes_a_formula_or_differs_in_a_workbook(tmp_path, hostile):
    hostile = hostile[-TABLE_COUNT:]
    items = [item(row, text, comment=hostile[-row]) for row, text in enumerate(hostile, 1)]
    write_workbook(tmp_path / "out.xlsx", coded(items, name="=a\x01"))
    book = load(tmp_path / "out.xlsx", read_only=True)
    rows = list(book["Coded terms"].iter_rows())
    headers = [cell.value for cell in rows[0]]
    phrase, comment = headers.index("Phrase"), headers.index("Comment")
    assert len(rows) == len(hostile) + 1
    for number, row in enumerate(rows[1:], 1):
        assert {cell.data_type for cell in row} <= {"s", "n", "inlineStr"}, number
        assert read_escapes(row[phrase].value or "") == clean_text(hostile[number - 1]), number
        assert read_escapes(row[comment].value or "") == clean_text(hostile[-number]), number
    book.close()


@pytest.mark.requirement("R-013")
def test_nothing_becomes_a_formula_or_differs_in_a_copy(tmp_path, hostile):
    kept = [text for text in hostile if len(text) < 1000]
    source = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(str(source)) as made:
        made.add_worksheet("导出").write_column(0, 0, ["皮疹"] * len(kept))
    items = [item(row, column=1, terms=[term(text)]) for row, text in enumerate(kept, 1)]
    options = ExportOptions(columns=(ResultColumn.PT_NAME,), adds_sheets=False)
    report = patch_workbook(
        source, tmp_path / "out.xlsx", coded(items, source, header_rows={}), options
    )
    assert report.fallback_reason is None
    book = load(tmp_path / "out.xlsx", read_only=True)
    for text, (_source, cell) in zip(kept, book["导出"].iter_rows(), strict=True):
        wanted = clean_text(text) or "—"
        assert (cell.data_type, read_escapes(cell.value)) == ("s", wanted)
    book.close()


@pytest.mark.requirement("R-013")
def test_csv_gives_every_text_back_and_none_looks_like_a_formula(tmp_path, hostile):
    items = [item(row, text) for row, text in enumerate(hostile, 1)]
    report = write_csv(tmp_path / "out.csv", coded(items))
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    csv.field_size_limit(1 << 20)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, strict=True))
    phrase = rows[0].index("Phrase")
    assert all(
        field[:1] not in set("=+-@\t\r\n＝＋－＠") or not field for row in rows for field in row
    )
    found = [unshield(row[phrase]) for row in rows[1:]]
    assert found == [replace_unwritable(text) for text in hostile]
    assert report.shielded > 1000
    assert any("apostrophe" in note.text() for note in report.notes)


def test_json_lines_hold_every_text_exactly(tmp_path, hostile):
    items = [item(row, text) for row, text in enumerate(hostile, 1)]
    write_jsonl(tmp_path / "out.jsonl", coded(items))
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    # two halves of a pair that stand side by side are one character to every reader of JSON
    wanted = [
        text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") for text in hostile
    ]
    assert [json.loads(line)["mention"] for line in lines] == wanted


def test_texts_that_had_to_be_changed_are_counted(tmp_path):
    items = [
        item(1, "皮\x01疹"),
        item(2, "长" * 32_001),
        item(3, "=1"),
        item(4),
        item(5, "长" * 32_000),
    ]
    report = write_workbook(tmp_path / "out.xlsx", coded(items))
    assert (report.replaced, report.cut) == (1, 1)
    rows = load(tmp_path / "out.xlsx")["Coded terms"]
    assert rows["H2"].value == "皮\ufffd疹"
    assert rows["H3"].value.endswith("… [cut]")
    assert len(rows["H3"].value) == 32_000
    assert rows["H6"].value == "长" * 32_000
    lines = dict(load(tmp_path / "out.xlsx")["Provenance"].iter_rows(values_only=True))
    assert lines["Texts with characters that no cell can hold"] == "1"
    assert lines["Texts that were cut because of their length"] == "1"


def test_texts_like_formulas_are_marked_as_quoted(tmp_path):
    write_workbook(tmp_path / "out.xlsx", coded([item(1, "=1+1"), item(2, "皮疹")]))
    sheet = load(tmp_path / "out.xlsx")["Coded terms"]
    assert [sheet[place].quotePrefix for place in ("H2", "H3")] == [True, False]
    assert [sheet[place].number_format for place in ("H2", "L2", "V2")] == ["@", "@", "0.00"]
