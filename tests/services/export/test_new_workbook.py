import hashlib
import zipfile
from dataclasses import replace

import pytest

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.engine import MODES
from m2m_desktop.services.export.cell_xml import cells_xml
from m2m_desktop.services.export.errors import NotReadBack
from m2m_desktop.services.export.new_workbook import write_workbook
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.words import DEMO_BANNER, MODE_NAMES
from m2m_desktop.services.language import use_language
from tests.services.export.books import load
from tests.services.export.coded import HEADERS, MADE_AT, RUN, coded, item, term

FEVER = term("体温升高", "90020002", 0.299, "全身")


def rows_of(path, sheet):
    return [list(row) for row in load(path)[sheet].iter_rows(values_only=True)]


def records_of(path, sheet):
    head, *rows = rows_of(path, sheet)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def written(tmp_path):
    items = [
        item(3, "皮疹", severity="严重", terms=[term(), FEVER], comment="见病历", is_flagged=True),
        item(3, "无咳嗽", start=5, kind=PieceKind.NEGATED, terms=()),
        item(4, "发热", terms=[FEVER], status=ReviewStatus.UNREVIEWED, severity=""),
        item(5, "不明", terms=(), status=ReviewStatus.NO_TERM, report_id="R3", source=Source.NONE),
        item(6, "皮疹", terms=[term(probability=None)], status=ReviewStatus.CHANGED,
             source=Source.MANUAL, band=None),
    ]  # fmt: skip
    path = tmp_path / "out.xlsx"
    write_workbook(path, coded(items, name="导出.xls", facts=(("Rows read", "7"),)))
    return path


def test_the_long_table_has_a_row_for_each_mention_and_term(written):
    rows = records_of(written, "Coded terms")
    assert [row["PT name"] for row in rows] == [
        "红斑丘疹",
        "体温升高",
        None,
        "体温升高",
        None,
        "红斑丘疹",
    ]
    assert rows[0] == {
        "File": "导出.xls", "Sheet": "导出", "Row": 3, "Column": "C", "From character": 1,
        "To character": 2, "Report": "R3", "Phrase": "皮疹", "Severity": "严重", "Kind": "reaction",
        "PT name": "红斑丘疹", "PT code": "90010001", "LLT": "红斑丘疹低", "LLT code": "90010009",
        "LLT is current": "yes", "HLT": "皮疹类", "HLT code": "90003333", "HLGT": "表皮类",
        "HLGT code": "90002222", "Primary SOC": "皮肤疾病", "SOC code": "90001111",
        "Probability": 0.98, "Band": "certain", "Status": "accepted", "Flagged": "yes",
        "Reviewer": "李药师", "Decided at (UTC)": "2026-02-02T08:00:00+00:00",
        "Source of the answer": "model", "Comment": "见病历",
    }  # fmt: skip
    assert (rows[2]["Kind"], rows[2]["PT code"]) == ("negated", None)
    assert (rows[3]["Status"], rows[3]["Reviewer"]) == ("to be reviewed", None)
    assert rows[4]["Status"] == "no suitable term"
    assert (rows[5]["Probability"], rows[5]["Source of the answer"]) == ("—", "by hand")


def test_the_result_rows_have_the_columns_of_a_copy(written):
    head, *rows = rows_of(written, "Results")
    assert head == ["Sheet", "Row", "Column", "Report", "Reactions", *HEADERS]
    assert rows[0][:7] == [
        "导出",
        3,
        "C",
        "R3",
        "皮疹；无咳嗽",
        "红斑丘疹 + 体温升高",
        "90010001 + 90020002",
    ]
    assert [row[1] for row in rows] == [3, 4, 5, 6]


def test_the_summary_counts_by_soc_and_severity(written):
    rows = rows_of(written, "Summary")
    by_name = {row[0]: row[1:] for row in rows if row[0]}
    assert by_name["All reactions"][0] == 4
    assert [by_name[name][0] for name in ("to be reviewed", "accepted", "changed", "no suitable term",
                                          "flagged")] == [1, 1, 1, 1, 1]  # fmt: skip
    at = next(number for number, row in enumerate(rows) if row[0] == "Primary SOC")
    assert rows[at][:6] == [
        "Primary SOC",
        "Mentions",
        "decided",
        "一般",
        "严重",
        "without severity",
    ]
    assert rows[at + 1][:6] == ["皮肤疾病", 2, 2, 1, 1, 0]
    assert rows[at + 2][:6] == ["全身", 2, 1, 0, 1, 1]
    at = next(number for number, row in enumerate(rows) if row[0] == "Most frequent PTs")
    assert rows[at + 2][:4] == ["红斑丘疹", "90010001", 2, 2]
    at = next(number for number, row in enumerate(rows) if row[0] == "Phrases without a term")
    assert rows[at + 2][:3] == ["不明", 1, "no suitable term"]
    assert by_name["negated"][0] == 1
    assert any("nobody has decided" in str(row[0]) for row in rows)


def test_the_chart_shows_the_rows_of_the_socs(written):
    sheet = load(written)["Summary"]
    (chart,) = sheet._charts
    (series,) = chart.series
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Primary SOC")
    assert series.cat.strRef.f == f"'Summary'!$A${head + 1}:$A${head + 2}"
    assert series.val.numRef.f == f"'Summary'!$B${head + 1}:$B${head + 2}"
    assert not chart.x_axis.delete


@pytest.mark.requirement("R-012")
def test_the_provenance_is_complete(written):
    lines = dict(rows_of(written, "Provenance"))
    wanted = {
        "Note": "A proposal by a program: a person decides.", "Source file": "导出.xls",
        "Sheet 导出": "columns C; header in row 2", "Mentions": "5", "Distinct phrases": "3",
        "Reports": "3", "Kind: reaction": "4", "Kind: negated": "1", "Status: to be reviewed": "1",
        "Status: accepted": "1", "Status: changed": "1", "Status: no suitable term": "1",
        "Status: flagged": "1", "Source of the answer: by hand": "1", "Reviewers": "李药师",
        "Coded at": RUN.coded_at, "Coded by program version": "0.1.0", "Terminology": "Toy",
        "Release": "0.1 Chinese", "Terminology id": "toy-1", "SHA-256 llt.asc": "ab" * 32,
        "SHA-256 pt.asc": "cd" * 32, "Model": "small", "Model hash (SHA-256)": "ef" * 32,
        "Text template": "full / file", "Mode": "names and memory first, then the model (default)", "Threshold": "0.3",
        "Candidates per phrase": "100", "onnxruntime": "1.28.0",
        "State of the project (UTC)": MADE_AT, "Audit trail, last hash": "12" * 32,
        "Terms without a decision": "shown", "Rows read": "7", "Source file, SHA-256": "—",
        "First decision": "2026-02-02T08:00:00+00:00", "Last decision": "2026-02-02T08:00:00+00:00",
    }  # fmt: skip
    assert {name: lines.get(name) for name in wanted} == wanted
    present = {
        "Human decision", "Written by program version", "System", "Processor features", "Python",
        "tokenizers", "numpy", "jieba", "openpyxl", "State of the project (local time)",
        "Texts with characters that no cell can hold",
        "Texts that were cut because of their length",
    }  # fmt: skip
    assert present <= set(lines)
    assert "1 reaction is still to be reviewed" in lines["Human decision"]


def test_the_provenance_names_the_small_model_that_chose_where_to_look(tmp_path):
    run = replace(RUN, small_model_id="tiny", cascade_error=0.0123, cascade_phrases=500)
    write_workbook(tmp_path / "out.xlsx", coded([item(3)], run=run))
    lines = dict(rows_of(tmp_path / "out.xlsx", "Provenance"))
    assert lines["Model that decides where to look"] == "tiny"
    assert "1.2 %" in lines["Answers that scoring everything might change"]
    assert lines["Human decision"] == "Every reaction was decided by a person."


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("default", "names and memory first, then the model (default)"),
        ("lexical", "wording only, without a model (lexical)"),
        ("of a later version", "of a later version"),
    ],
)
def test_the_provenance_says_the_way_of_coding_in_words(tmp_path, mode, words):
    write_workbook(tmp_path / "out.xlsx", coded([item(3)], run=replace(RUN, mode=mode)))
    assert dict(rows_of(tmp_path / "out.xlsx", "Provenance"))["Mode"] == words


def test_every_way_of_coding_has_words():
    assert set(MODE_NAMES) == set(MODES)


def test_the_provenance_tells_what_part_of_the_pairs_the_model_scored(tmp_path):
    counts = PairCounts(answers=9, uncounted=2, candidates=901, scored=800, kept=100)
    write_workbook(tmp_path / "out.xlsx", replace(coded([item(3)]), pairs=counts))
    lines = dict(rows_of(tmp_path / "out.xlsx", "Provenance"))
    wanted = {
        "Candidates of all answers": "901",
        "Pairs of phrase and candidate scored by the model": "800",
        "Pairs whose scores were kept from before": "100",
        "Share of pairs with a score of the model": "99.8 %",  # 99.89: never rounded up
        "Answers of an earlier version, without these counts": "2",
    }
    assert {name: lines.get(name) for name in wanted} == wanted


def test_where_all_answers_were_counted_nothing_is_said_of_earlier_versions(tmp_path):
    counts = PairCounts(answers=1, uncounted=0, candidates=0, scored=0, kept=0)
    write_workbook(tmp_path / "out.xlsx", replace(coded([item(3)]), pairs=counts))
    lines = dict(rows_of(tmp_path / "out.xlsx", "Provenance"))
    assert lines["Share of pairs with a score of the model"] == "—"
    assert not any("earlier version" in str(name) for name in lines)


def test_an_uncoded_project_can_be_written_too(tmp_path):
    uncoded = item(3, terms=(), band=None, source=Source.NONE, status=ReviewStatus.UNREVIEWED)
    write_workbook(tmp_path / "out.xlsx", coded([uncoded], run=None))
    assert records_of(tmp_path / "out.xlsx", "Coded terms")[0]["Band"] == "—"
    write_workbook(tmp_path / "none.xlsx", coded([]))
    assert rows_of(tmp_path / "none.xlsx", "Coded terms")[1:] == []


def test_only_the_chosen_columns_are_written(tmp_path):
    options = ExportOptions(columns=(ResultColumn.STATUS, ResultColumn.PT_CODE))
    write_workbook(tmp_path / "out.xlsx", coded([item(3)]), options)
    assert [row[5:] for row in rows_of(tmp_path / "out.xlsx", "Results")] == [
        ["Status", "PT code"], ["accepted", "90010001"]
    ]  # fmt: skip


def test_words_follow_the_language(tmp_path):
    use_language("zh_CN")
    write_workbook(tmp_path / "out.xlsx", coded([item(3)]))
    head = rows_of(tmp_path / "out.xlsx", load(tmp_path / "out.xlsx").sheetnames[0])[0]
    assert "PT名称" in head


@pytest.mark.parametrize("rows", [9, 10, 11, 19, 20, 21])
def test_what_is_longer_than_a_sheet_goes_on_on_the_next(tmp_path, rows):
    items = [item(row, f"反应{row}") for row in range(1, rows + 1)]
    path = tmp_path / "out.xlsx"
    write_workbook(path, coded(items), ExportOptions(max_rows=10))
    names = [name for name in load(path).sheetnames if name.startswith("Coded terms")]
    assert len(names) == -(-rows // 9)
    found = []
    for name in names:
        head, *body = rows_of(path, name)
        assert head[0] == "File"
        assert len(body) <= 9
        found += [row[7] for row in body]
    assert found == [f"反应{row}" for row in range(1, rows + 1)]


@pytest.mark.requirement("R-012")
def test_two_exports_of_one_state_are_the_same_file_whatever_the_clock_says(tmp_path):
    found = coded([item(3), item(4, "发热")])
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_workbook(path, found)
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}) == 1
    with zipfile.ZipFile(paths[0]) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-03-04T05:06:07Z") == 2


@pytest.mark.requirement("R-013")
def test_a_workbook_that_does_not_read_back_replaces_nothing(tmp_path, monkeypatch):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")

    def losing(row, values, styles, **more):
        values = {key: value for key, value in values.items() if row != 2 or key != 8}
        return cells_xml(row, values, styles, **more)

    monkeypatch.setattr("m2m_desktop.services.export.sheet_xml.cells_xml", losing)
    with pytest.raises(NotReadBack) as caught:
        write_workbook(target, coded([item(3)]))
    assert caught.value.code == "M2M-134"
    assert "皮疹" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert target.read_bytes() == b"old"


def test_a_folder_in_the_place_of_the_target_is_no_traceback(tmp_path):
    (tmp_path / "out.xlsx").mkdir()
    with pytest.raises(OutputUnwritable):
        write_workbook(tmp_path / "out.xlsx", coded([item(3)]))
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


@pytest.mark.requirement("R-031")
def test_the_demo_dictionary_is_named_wherever_its_terms_stand(tmp_path):
    path = tmp_path / "out.xlsx"
    write_workbook(path, coded([item(3)], run=replace(RUN, is_demo_terminology=True)))
    for sheet in load(path).sheetnames:
        assert any(DEMO_BANNER in str(value) for value in rows_of(path, sheet)[0]), sheet


def test_a_result_that_would_be_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("m2m_desktop.services.export.zip_writer.NEEDS_ZIP64", 5000)
    with pytest.raises(OutputUnwritable) as caught:
        write_workbook(tmp_path / "out.xlsx", coded([item(3)]))
    assert "too large" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
