"""Hostile and damaged files through the real reading process: the right error, and it lives on."""

from pathlib import Path

import pytest

from m2m_desktop.core.errors import CodingToolError, InputUnreadable
from m2m_desktop.services.tables.errors import TableUnreadable
from m2m_desktop.services.tables.table_reader import TableReader
from tests.toy import bad_tables
from tests.toy.bad_tables import ANY, OPENS, BadTable, all_bad_tables, good_xls, good_xlsx

CASES = all_bad_tables()
MAX_PEAK = 500 * 1024 * 1024


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "good.xlsx"
    path.write_bytes(good_xlsx())
    return path


@pytest.fixture(scope="module")
def reader(good):
    """One process for all files: a new one after every file that kills it."""
    with TableReader(silence_s=30) as reader:
        reader.sniff(good)
        yield reader


def both(reader, path: Path):
    table = reader.sniff(path)
    return table, reader.read(path, table.layout) if table.layout.sheets else None


@pytest.mark.requirement("R-008")
def test_there_are_at_least_150_cases_and_each_has_a_name_of_its_own():
    assert len(CASES) >= 150
    assert len({case.file_name for case in CASES}) == len(CASES)


@pytest.mark.requirement("R-008")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_for_its_reason_or_opens(reader, good, tmp_path, case: BadTable):
    path = tmp_path / case.file_name
    path.write_bytes(case.make())
    try:
        table, read = both(reader, path)
    except CodingToolError as error:
        _check_refusal(error, case, path)
    else:
        assert case.error in {OPENS, ANY, "no crash"}, "it opened"
        notes = [*table.notes, *(read.counts.problems if read else ())]
        assert not case.says or any(case.says in note.text() for note in notes)
        if case.error == ANY:
            assert read == both(reader, good)[1], "opened with other cells than it had"
    assert reader.peak_bytes <= MAX_PEAK


def _check_refusal(error: CodingToolError, case: BadTable, path: Path) -> None:
    text = str(error)
    assert case.error != OPENS, f"refused: {text}"
    assert isinstance(error, TableUnreadable), f"{type(error).__name__}: {text}"
    assert isinstance(error, InputUnreadable)
    assert error.code.startswith("M2M-12")
    assert path.name in text
    assert "Traceback" not in text
    assert len(text) < 700
    if case.error not in {ANY, "no crash"}:
        assert type(error).__name__ == case.error, text
        assert case.says in text


def test_after_all_of_them_a_good_file_still_reads(reader, good, tmp_path):
    table, read = both(reader, good)
    assert table.is_certain
    assert read.counts.kept == 58
    old = tmp_path / "good.xls"
    old.write_bytes(good_xls())
    assert both(reader, old)[1].counts.kept == 40


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_file_that_is_not_there_says_so(reader, tmp_path, kind):
    path = tmp_path / "没有.xlsx"
    if kind == "folder":
        path.mkdir()
    with pytest.raises(
        TableUnreadable, match="does not exist" if kind == "missing" else "a folder"
    ):
        reader.sniff(path)


def test_the_cases_are_made_of_a_good_file(reader, good):
    """The control: without its damage, the file opens and gives all its rows."""
    assert both(reader, good)[1].counts.kept == bad_tables.GOOD_ROWS.count("示例反应")
