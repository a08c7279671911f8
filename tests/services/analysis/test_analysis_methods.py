"""What the window asks about coded terms: JSON in, figures and workbooks out."""

import json
import weakref

import openpyxl
import pytest

from m2m_desktop.core.errors import BadRequest, Cancelled, OutputUnwritable
from m2m_desktop.core.progress import silent
from m2m_desktop.services.analysis.errors import WrongSuffix
from m2m_desktop.services.analysis.methods import ANALYSIS_METHODS
from m2m_desktop.services.analysis.sources import name_tables
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.services.analysis.coded_project import write_coded_project
from tests.toy.release import toy_files

LEVELS = ("soc", "hlgt", "hlt", "pt")


@pytest.fixture(scope="module")
def methods(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def ask(methods):
    """Ask as the window does: what goes in and out is JSON."""

    def asked(method, progress=silent, **params):
        given = Params(json.loads(json.dumps({"terminology": "demo", **params})))
        return json.loads(json.dumps(ANALYSIS_METHODS[method](methods, given, progress)))

    return asked


@pytest.fixture
def project(methods, tmp_path):
    return write_coded_project(tmp_path / "项目.m2m", methods.engine.terminology("demo"))


def totals(answer):
    return {level: sum(row["total"] for row in answer["levels"][level]) for level in LEVELS}


def test_a_pasted_list_is_counted_by_all_levels_severities_and_smqs(ask):
    text = "PT\t严重程度\t例数\n皮疹\t严重\t2\nNausea\t一般\t\n皮疹子\t\t\n"

    answer = ask("analyse_terms", source={"text": text})

    assert (answer["given"], answer["used"], answer["refused"], answer["terms"]) == (4, 3, 1, 2)
    assert answer["severities"] == ["严重", "一般"]
    assert set(totals(answer).values()) == {3}
    (first, second) = answer["levels"]["pt"]
    assert (first["name"], first["name2"], first["counts"]) == (
        "皮疹",
        "Rash",
        {"严重": 2, "一般": 0},
    )
    assert second["name"] == "恶心"
    assert first["soc_name"] == answer["levels"]["soc"][0]["name"]
    (bad,) = answer["bad"]
    assert (bad["row"], bad["text"], bad["code"]) == (4, "皮疹子", "unknown_name")
    assert bad["suggestion"] == "皮疹"
    assert not bad["is_used"]
    assert "whole list" in answer["judged"]


def test_a_file_is_counted_wherever_its_terms_stand(ask, methods, tmp_path):
    text, path = tmp_path / "术语.csv", tmp_path / "术语.xlsx"
    text.write_text("pt_code,严重程度\n90100001,严重\n", encoding="utf-8-sig")
    book = openpyxl.Workbook()
    for row in (["术语", "例数"], ["皮疹", 2], [None, None], ["荨麻疹", 1]):
        book.active.append(row)
    book.save(path)

    from_text = ask("analyse_terms", source={"file": str(text)})
    from_book = ask("analyse_terms", source={"file": str(path)})
    methods.reader.close()

    assert (from_text["used"], from_text["severities"]) == (1, ["严重"])
    assert (from_text["source_name"], from_book["source_name"]) == (text.name, path.name)
    assert (from_book["given"], from_book["used"], from_book["bad"]) == (3, 3, [])


def test_items_are_counted_as_they_are_named(ask):
    items = [
        {"text": "90100001", "severity": "严重", "count": 3},
        {"text": "荨麻疹（一般）"},
        {"text": "皮疹", "count": "半"},
    ]

    answer = ask("analyse_terms", source={"items": items})

    assert (answer["given"], answer["used"]) == (5, 4)
    assert answer["severities"] == ["严重", "一般"]
    assert [one["code"] for one in answer["bad"]] == ["bad_count"]
    smq = next(one for one in answer["smqs"] if one["code"] == "29990004")
    assert smq["algorithm"] == "A or (B and C)"
    assert (smq["algorithm_met"], smq["broad_count"]) == (False, 1)


@pytest.mark.parametrize(
    ("unit", "given", "used"), [("rows", 7, 5), ("reports", 6, 4), ("terms", 4, 3)]
)
def test_a_project_is_counted_by_mentions_reports_or_terms(ask, project, unit, given, used):
    answer = ask("analyse_terms", source={"project": str(project)}, unit=unit)

    assert (answer["given"], answer["used"]) == (given, used)
    assert answer["given"] - answer["used"] == answer["refused"]
    assert set(totals(answer).values()) == {used}
    hives = next(row for row in answer["levels"]["pt"] if row["code"] == "90100002")
    assert hives["counts"]["严重"] == 1
    assert hives["reports"] == 2
    (bad,) = answer["bad"]
    assert (bad["text"], bad["code"]) == ("说不清", "no_term")
    assert answer["source_name"] == "导出.xlsx"
    assert "each report" in answer["judged"]


def test_all_paths_count_a_pt_under_each_soc_and_say_so(ask):
    source = {"text": "荨麻疹"}

    primary = ask("analyse_terms", source=source)
    every = ask("analyse_terms", source=source, all_paths=True)

    assert (totals(primary)["soc"], primary["notes"]) == (1, [])
    assert totals(every)["soc"] == 2
    assert totals(every)["pt"] == every["used"] == 1
    assert "add up to more" in every["notes"][0]


def test_reasons_are_said_in_the_language_of_the_user(ask):
    # the sentences come out of the catalogue; here only that they are asked for at the time
    use_language("zh_CN")
    bad = ask("analyse_terms", source={"text": "没有这个"})["bad"]
    use_language("en")
    said = ask("analyse_terms", source={"text": "没有这个"})["bad"]

    assert bad[0]["code"] == said[0]["code"] == "unknown_name"
    assert said[0]["reason"] == "No PT or LLT of this release has this name."


@pytest.mark.parametrize(
    "source", [None, {}, {"text": 1}, {"items": ["a"]}, {"items": [{"name": 1}]}, {"project": ""}, {"file": ""},
               {"text": "a", "project": "b"}]
)  # fmt: skip
def test_a_source_that_makes_no_sense_is_refused(ask, source):
    with pytest.raises(BadRequest):
        ask("analyse_terms", source=source)
    with pytest.raises(BadRequest):
        ask("analyse_terms", source={"text": "皮疹"}, unit="dozens")


def test_nothing_given_gives_nothing(ask):
    answer = ask("analyse_terms", source={"text": " \n\n"})

    assert (answer["given"], answer["used"], answer["bad"], answer["smqs"]) == (0, 0, [], [])


# -- the workbook --------------------------------------------------------------------------------


def sheets_of(path):
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
    }, book


def test_the_figures_go_into_a_workbook_with_charts(ask, project, tmp_path):
    target = tmp_path / "新" / "分析.xlsx"

    told = ask(
        "analysis_export", source={"project": str(project)}, unit="reports", path=str(target)
    )

    assert told["path"] == str(target)
    sheets, book = sheets_of(target)
    assert list(sheets) == [
        "Summary", "By SOC", "By HLGT", "By HLT", "By PT", "SMQ", "Terms of SMQs", "Not counted",
    ]  # fmt: skip
    summary = {row[0]: row[1] for row in sheets["Summary"] if row[0]}
    assert sheets["Summary"][0][0] == DEMO_BANNER
    assert (summary["What was counted"], summary["Given"], summary["Counted in the figures"]) == (
        "导出.xlsx",
        6,
        4,
    )
    assert summary["Paths"] == "primary path only"
    head, *rows = sheets["By PT"]
    assert head[:4] == ["PT", "Second name", "Code", "Total"]
    assert sum(row[3] for row in rows) == 4
    assert told["rows"] == sum(len(sheets[f"By {level.upper()}"]) - 1 for level in LEVELS)
    assert [row[1] for row in sheets["Not counted"][1:]] == ["说不清"]
    assert all(len(book[f"By {level.upper()}"]._charts) == 1 for level in LEVELS)


def test_one_level_without_charts_is_written_where_only_that_is_wanted(ask, tmp_path):
    target = tmp_path / "a.xlsx"

    ask("analysis_export", source={"text": "皮疹"}, path=str(target), level="pt", charts=False)

    sheets, book = sheets_of(target)
    assert "By SOC" not in sheets
    assert book["By PT"]._charts == []


def test_texts_that_look_like_formulas_stay_texts(ask, tmp_path):
    target = tmp_path / "a.xlsx"
    hostile = ["=1+1", '=HYPERLINK("x")', "@sum", "+1", "-2", "a\x01b"]

    ask("analysis_export", source={"text": "\n".join(hostile)}, path=str(target))

    book = openpyxl.load_workbook(target)
    cells = [row[1] for row in book["Not counted"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells[:5]] == hostile[:5]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_name_of_another_format_is_refused_and_nothing_is_written(ask, tmp_path):
    target = tmp_path / "a.csv"

    with pytest.raises(WrongSuffix) as caught:
        ask("analysis_export", source={"text": "皮疹"}, path=str(target))

    assert isinstance(caught.value, OutputUnwritable)
    assert ".xlsx" in caught.value.sentence()
    assert not target.exists()


def test_a_stopped_export_leaves_the_old_file_as_it_was(ask, tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")

    def stopping(done, total, note=""):
        if "Writing" in note:
            raise Cancelled

    with pytest.raises(Cancelled):
        ask("analysis_export", stopping, source={"text": "皮疹"}, path=str(target))

    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xlsx"] == ["a.xlsx"]


# -- what is kept --------------------------------------------------------------------------------


def test_a_release_that_was_asked_about_can_be_closed():
    terminology = load_release(ReleaseSources("toy", "toy", toy_files())).terminology
    tables = name_tables(terminology)
    tables.keys(terminology, silent)

    assert name_tables(terminology) is tables
    known = weakref.ref(terminology)
    del terminology

    assert known() is None
