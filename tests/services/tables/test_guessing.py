"""Tables whose columns have no known names: what is proposed, and that nothing is certain."""

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.services.tables.columns import header_key, known_columns
from m2m_desktop.services.tables.errors import TableRefused
from m2m_desktop.services.tables.pasted import MAX_PASTED_CHARACTERS
from m2m_desktop.services.tables.records import ColumnRole
from m2m_desktop.services.tables.sniffing import column_title, sniff, sniff_text
from m2m_desktop.services.tables.wire import (
    layout_from_json,
    layout_to_json,
    sniffed_from_json,
    sniffed_to_json,
)
from tests.toy.tables import by_openpyxl


def proposed(path):
    table = sniff(path)
    assert not table.is_certain
    return table.layout.sheets[0] if table.layout.sheets else None


def test_a_likely_name_is_proposed(tmp_path):
    rows = [["科室报表"], ["床号", "不良反应", "有无"], [1, "头痛", "有"], [2, "恶心", "有"]]
    sheet = proposed(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert (sheet.header_row, sheet.columns[ColumnRole.REACTION]) == (2, (2,))


def test_without_any_name_the_column_with_most_short_chinese_texts_is_proposed(tmp_path):
    rows = [["某月"], ["a", "b", "c", "d"]]
    rows += [[n, "男", f"示例反应{n}", "很长的叙述" * 30] for n in range(10)]
    sheet = proposed(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert (sheet.header_row, sheet.columns) == (2, {ColumnRole.REACTION: (3,)})


def test_columns_with_known_names_help_even_where_the_reactions_have_none(tmp_path):
    rows = [["报告编号", "表现"], *[[f"R{n}", f"示例反应{n}"] for n in range(5)]]
    sheet = proposed(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    assert sheet.one_per_report
    assert sheet.columns == {ColumnRole.REPORT_ID: (1,), ColumnRole.REACTION: (2,)}


@pytest.mark.parametrize("rows", [[], [[1, 2], [3, 4]], [["a"]], [["a", "b"], ["c", "d"]]])
def test_a_table_of_no_words_proposes_nothing(tmp_path, rows):
    assert proposed(by_openpyxl(tmp_path / "a.xlsx", {"s": rows})) is None


def test_a_single_column_of_a_workbook_is_a_proposal(tmp_path):
    rows = [[f"示例反应{n}"] for n in range(5)]
    assert proposed(by_openpyxl(tmp_path / "a.xlsx", {"s": rows})) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("不良反应/事件名称", "不良反应／事件 名称"), ("AETERM", "aeterm"), ("报告类型-严重程度", "报告类型－严重程度"),
     ("不良反应(事件)名称", "不良反应（事件）名称"), ("不良反应名称", "*不良反应\n名称："), ("通用名称", "通用名称(必填)")],
)  # fmt: skip
def test_spellings_of_one_name_are_one(one, other):
    assert header_key(one) == header_key(other)


def test_names_that_only_begin_like_a_known_one_are_others():
    header = {1: "不良反应名称编码", 2: "不良反应结果", 3: "不良反应发生时间", 4: "不良反应-code"}
    assert ColumnRole.REACTION not in known_columns(header)


def test_all_columns_of_the_users_notes_are_told():
    header = dict(enumerate(
        ["报告表编码", "报告类型-新的", "报告类型-严重程度", "病历号/门诊号", "怀疑/并用", "通用名称",
         "商品名称", "用药原因", "不良反应名称", "不良反应过程描述", "不良反应发生时间"], 1,
    ))  # fmt: skip
    assert known_columns(header) == {
        ColumnRole.REPORT_ID: (1,), ColumnRole.SEVERITY: (3,), ColumnRole.DRUG: (6,),
        ColumnRole.REACTION: (9,), ColumnRole.NARRATIVE: (10,),
    }  # fmt: skip


def test_the_preview_keeps_rows_and_columns_in_their_places(tmp_path):
    rows = [[], ["标题"], [], ["编号", None, "不良反应名称"], [1, None, "痛" * 500]]
    table = sniff(by_openpyxl(tmp_path / "a.xlsx", {"s": rows}))
    (sheet,) = table.sheets
    assert sheet.rows[:4] == ((), ("标题",), (), ("编号", "", "不良反应名称"))
    assert len(sheet.rows[4][2]) == 200
    assert sheet.row_count == 3
    assert [column_title(sheet, 4, column) for column in (1, 2, 3, 28)] == [
        "编号", "B", "不良反应名称", "AB",
    ]  # fmt: skip


def test_what_was_sniffed_survives_json(tmp_path):
    import json

    rows = [["标题"], ["报告表编码", "不良反应名称"], ["R1", "头痛"]]
    table = sniff(by_openpyxl(tmp_path / "a.xlsx", {"s": rows, "t": rows}))
    assert sniffed_from_json(json.loads(json.dumps(sniffed_to_json(table)))) == table
    assert layout_from_json(json.loads(json.dumps(layout_to_json(table.layout)))) == table.layout


@pytest.mark.parametrize(
    "value",
    [None, 1, [], {}, {"sheets": 1}, {"sheets": [{}]}, {"sheets": [], "encoding": 1},
     {"sheets": [{"sheet": "s", "header_row": True, "columns": {}}]},
     {"sheets": [{"sheet": "s", "header_row": 0, "columns": {"reaction": [0]}}]}],
)  # fmt: skip
def test_json_that_is_no_layout_is_refused(value):
    with pytest.raises(BadRequest):
        layout_from_json(value)


def test_far_too_much_pasted_text_is_refused():
    with pytest.raises(TableRefused, match="too long"):
        sniff_text("痛" * (MAX_PASTED_CHARACTERS + 1))


def test_pasted_quotation_marks_that_never_close_cost_no_time():
    text = '"甲\t"乙\n' * 100_000
    table = sniff_text(text)
    assert table.sheets[0].rows[0] == ('"甲', '"乙')


def test_a_pasted_mark_and_odd_characters_do_no_harm():
    table = sniff_text("\ufeff不良反应名称\n头\0痛\ud800\n")
    assert table.sheets[0].rows[1] == ("头痛\ud800",)
