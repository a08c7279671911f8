"""The memory as a workbook: out, into another PC, changed by hand, and hostile."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.errors import CodingToolError, InputUnreadable
from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.errors import MemorySheetUnreadable
from m2m_desktop.services.memory.importing import OnConflict, import_memory
from m2m_desktop.services.memory.sheet import (
    COLUMNS,
    LLT_CODE,
    PHRASE,
    PT_CODE,
    PT_NAME,
    SHEET_TITLE,
    STOPPED,
    USE,
    export_memory,
)
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.tables.reading import read_table
from m2m_desktop.services.tables.sniffing import sniff
from m2m_desktop.services.terminology_store import TerminologyStore

RESOURCES = Path(__file__).parents[2] / "resources"
WHEN = "2026-11-21T08:00:00+00:00"


class HereReader:
    """Reads tables in this process."""

    def sniff(self, path):
        return sniff(path)

    def read(self, path, layout, progress):
        return read_table(path, layout, progress)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return TerminologyStore(tmp_path_factory.mktemp("terminologies")).open(RESOURCES / "demo")


@pytest.fixture
def store(tmp_path):
    return MemoryStore(tmp_path / "mine" / "memory.sqlite")


def code_of(demo, name):
    return demo.find(name, [TermLevel.PT])[0].code


def entry(demo, text, *names, **changes):
    made = MemoryEntry(
        match_key(text), text, tuple(describe_term(demo, code_of(demo, name)) for name in names),
        reviewer="甲", decided_at=WHEN, terminology_id=demo.info.terminology_id,
        terminology_version=demo.info.version, terminology_language=demo.info.language,
    )  # fmt: skip
    return replace(made, **changes)


def taken_in(path, store, demo, **options):
    return import_memory(path, store, demo, HereReader(), **options)


def sheet_of(path):
    return openpyxl.load_workbook(path).active


def write_rows(path, rows, header=COLUMNS):
    book = openpyxl.Workbook()
    book.active.append(list(header))
    for row in rows:
        book.active.append([row.get(name) for name in header])
    book.save(path)
    return path


def test_a_memory_moves_to_another_pc_as_it_is(demo, store, tmp_path):
    entries = [
        entry(demo, "起红点", "皮疹"),
        entry(demo, "又吐又拉", "呕吐", "腹泻"),
        entry(demo, "病情变化"),
        entry(demo, "红疙瘩", "荨麻疹", is_stopped=True),
    ]
    path = export_memory(entries, tmp_path / "memory.xlsx")

    told = taken_in(path, store, demo)

    assert sorted(told.added) == sorted(one.key for one in entries)
    assert (told.bad_rows, told.conflicts, told.to_check) == ((), (), ())
    assert {one.key: one for one in store.entries()} == {one.key: one for one in entries}


def test_the_headings_are_in_both_languages_and_codes_are_text(demo, tmp_path):
    path = export_memory([entry(demo, "又吐又拉", "呕吐", "腹泻")], tmp_path / "memory.xlsx")
    sheet = sheet_of(path)

    assert sheet.title == SHEET_TITLE
    header = [cell.value for cell in sheet[1]]
    assert header == list(COLUMNS)
    assert all(" / " in name for name in header)
    codes = [row[header.index(PT_CODE)].value for row in sheet.iter_rows(min_row=2)]
    assert codes == [code_of(demo, "呕吐"), code_of(demo, "腹泻")]


def test_no_cell_is_ever_a_formula(demo, store, tmp_path):
    wordings = ["=1+1", "+86", "-皮疹", "@皮疹", "#N/A", "＝皮疹", "皮\x07疹", "_x000D_红"]
    entries = [entry(demo, text, "皮疹", reviewer="=cmd()") for text in wordings]
    path = export_memory(entries, tmp_path / "memory.xlsx")

    cells = [cell for row in sheet_of(path).iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    told = taken_in(path, store, demo)
    assert len(told.added) == len({match_key(text) for text in wordings})
    assert store.recall(match_key("=1+1")).text == "=1+1"


@pytest.mark.parametrize("part", [0, 1])
def test_headings_in_one_language_below_a_title_row_are_enough(demo, store, tmp_path, part):
    book = openpyxl.Workbook()
    book.active.append(["我院的记忆"])
    book.active.append([name.split(" / ")[part] for name in (PT_CODE, PHRASE)])
    book.active.append([int(code_of(demo, "皮疹")), "起红点"])
    book.save(tmp_path / "own.xlsx")

    told = taken_in(tmp_path / "own.xlsx", store, demo)

    assert told.added == ("起红点",)
    made = store.recall("起红点")
    assert made.terms == (describe_term(demo, code_of(demo, "皮疹")),)
    assert made.terminology_id == demo.info.terminology_id


def test_a_conflict_is_listed_and_mine_is_kept_unless_theirs_are_wanted(demo, store, tmp_path):
    mine = entry(demo, "起红点", "皮疹")
    store.remember([mine, entry(demo, "又吐又拉", "呕吐", "腹泻")])
    theirs = entry(demo, "起红点", "荨麻疹", reviewer="乙")
    others = [theirs, entry(demo, "又吐又拉", "腹泻", "呕吐"), entry(demo, "新的", "头痛")]
    path = export_memory(others, tmp_path / "theirs.xlsx")

    for policy in (OnConflict.LIST, OnConflict.KEEP_MINE):
        told = taken_in(path, store, demo, on_conflict=policy)
        assert [(one.mine, one.theirs) for one in told.conflicts] == [(mine, theirs)]
        assert told.replaced == ()
        assert "又吐又拉" in told.unchanged
        assert store.recall("起红点") == mine

    told = taken_in(path, store, demo, on_conflict=OnConflict.TAKE_THEIRS)
    assert told.replaced == ("起红点",)
    assert store.recall("起红点") == theirs


def test_every_bad_row_is_told_with_its_reason_and_the_rest_is_taken(demo, store, tmp_path):
    rash, itch = code_of(demo, "皮疹"), code_of(demo, "瘙痒")
    path = write_rows(
        tmp_path / "own.xlsx",
        [
            {PHRASE: "好的", PT_CODE: rash},
            {PHRASE: "没有编码"},
            {PHRASE: "编码不对", PT_CODE: "99999999"},
            {PHRASE: "LLT不对", PT_CODE: rash, LLT_CODE: "99999999"},
            {PT_CODE: rash},
            {PHRASE: "用法不对", PT_CODE: rash, USE: "也许"},
            {PHRASE: "半对", PT_CODE: rash},
            {PHRASE: "半对", PT_CODE: "88888888"},
            {PHRASE: "矛盾", PT_CODE: itch},
            {PHRASE: "矛盾", PT_CODE: itch, USE: "停用"},
            {PHRASE: "矛盾二", PT_CODE: itch, USE: "无合适术语"},
            {PHRASE: "停用的", USE: STOPPED},
        ],
    )

    told = taken_in(path, store, demo)

    assert told.added == ("好的", "停用的")
    reasons = {bad.row: bad.reason.text() for bad in told.bad_rows}
    assert sorted(reasons) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "no PT code" in reasons[3]
    assert "no PT with the code 99999999" in reasons[4]
    assert "no LLT with the code 99999999" in reasons[5]
    assert "no phrase" in reasons[6]
    assert "its use" in reasons[7]
    assert "another row" in reasons[8]
    assert "88888888" in reasons[9]
    assert "differ in their use" in reasons[11]
    assert "no term is suitable" in reasons[12]
    assert store.count() == 2
    assert store.recall("停用的").is_stopped


def test_what_this_release_says_otherwise_waits_for_a_person(demo, store, tmp_path):
    path = write_rows(
        tmp_path / "own.xlsx",
        [{PHRASE: "起红点", PT_CODE: code_of(demo, "皮疹"), PT_NAME: "旧的名字"}],
    )

    told = taken_in(path, store, demo)

    assert told.added == told.to_check == ("起红点",)
    assert store.recall("起红点").needs_check is CheckReason.RENAMED
    assert store.recall("起红点").terms[0].pt_name == "旧的名字"


def test_entries_of_the_other_kind_of_dictionary_are_refused(demo, store, tmp_path):
    path = export_memory(
        [entry(demo, "起红点", "皮疹", terminology_id="meddra-29.0-chinese-0")],
        tmp_path / "memory.xlsx",
    )

    told = taken_in(path, store, demo)

    assert store.count() == 0
    assert "demo dictionary" in told.bad_rows[0].reason.text()


def test_a_time_that_is_none_is_left_out(demo, store, tmp_path):
    path = export_memory(
        [entry(demo, "起红点", "皮疹", decided_at="9999"), entry(demo, "斑", "皮疹")],
        tmp_path / "memory.xlsx",
    )
    taken_in(path, store, demo)

    assert store.recall("起红点").decided_at == ""
    assert store.recall("斑").decided_at == WHEN


def test_a_workbook_without_the_columns_says_which_it_needs(demo, store, tmp_path):
    path = write_rows(tmp_path / "other.xlsx", [{"不良反应名称": "皮疹"}], ("不良反应名称", "x"))

    with pytest.raises(MemorySheetUnreadable) as raised:
        taken_in(path, store, demo)
    assert PT_CODE in raised.value.sentence()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.4", b"\x00" * 999])
def test_a_damaged_file_changes_nothing(demo, store, tmp_path, content):
    store.remember([entry(demo, "起红点", "皮疹")])
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)

    with pytest.raises((InputUnreadable, CodingToolError)):
        taken_in(path, store, demo)
    assert store.count() == 1


def test_exporting_replaces_the_old_workbook_whole(demo, tmp_path):
    target = tmp_path / "memory.xlsx"
    for text in ("一", "二"):
        assert export_memory([entry(demo, text, "皮疹")], target) == target

    assert sheet_of(target)["A2"].value == "二"
    assert [path.name for path in tmp_path.iterdir()] == ["memory.xlsx"]
