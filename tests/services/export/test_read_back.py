import zipfile

import pytest

from m2m_desktop.services.export.read_back import Differs, check_opens, compare_columns
from tests.services.export.books import simple_book

PART = "xl/worksheets/sheet1.xml"
HEAD = (
    '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
)
TAIL = "</x:sheetData></x:worksheet>"
GOOD = (
    '<x:row r="1"><x:c r="A1" t="s"><x:v>5</x:v></x:c><x:c r="B1" t="inlineStr"><x:is><x:t>皮 </x:t>'
    '</x:is></x:c><x:c r="C1"><x:v>0.5</x:v></x:c></x:row><x:row r="2"/>'
)
EXPECTED = {1: ("皮 ", 0.5)}


def compare(tmp_path, rows, expected):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(PART, HEAD + rows + TAIL)
    compare_columns(tmp_path / "a.xlsx", PART, "表", 2, expected)


def test_what_is_as_it_was_meant_passes(tmp_path):
    compare(tmp_path, GOOD, EXPECTED)
    compare(tmp_path, GOOD, EXPECTED | {2: (None, ""), 3: (None, None)})


@pytest.mark.requirement("R-013")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("皮 ", "皮"), ("0.5", "0.6"), ("0.5", "1e999"), ("0.5", ""), ('r="B1"', 'r="D1"'),
        ('<x:row r="2"/>', '<x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row>'),
        ("<x:is>", "<x:f>1</x:f><x:is>"), ('t="inlineStr"', 't="str"'), ("</x:row>", "", ),
        ('<x:c r="C1">', '<x:c r="C1" t="e">'), ("皮", "\x01"),
    ],
)  # fmt: skip
def test_whatever_differs_is_seen(tmp_path, old, new):
    with pytest.raises(Differs) as caught:
        compare(tmp_path, GOOD.replace(old, new, 1), EXPECTED)
    assert "皮" not in str(caught.value)


def test_a_row_that_is_missing_is_seen(tmp_path):
    with pytest.raises(Differs):
        compare(tmp_path, GOOD, EXPECTED | {3: ("a", None)})


def test_a_part_that_is_missing_is_seen(tmp_path):
    with pytest.raises(Differs):
        compare_columns(simple_book(tmp_path / "a.xlsx", ["a"]), "xl/no.xml", "表", 2, EXPECTED)


def test_a_damaged_workbook_does_not_open(tmp_path):
    path = simple_book(tmp_path / "a.xlsx", ["皮疹"])
    check_opens(path, ["导出"])
    with pytest.raises(Differs):
        check_opens(path, ["another"])
    data = path.read_bytes()
    at = data.index(b"xl/styles.xml") + 60
    for damaged in (data[:200], data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :], b""):
        path.write_bytes(damaged)
        with pytest.raises(Differs):
            check_opens(path, ["导出"])
