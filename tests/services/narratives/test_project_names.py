"""Narratives held against a project: its columns, its decisions, and what was added before."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, Change, CodedTerm, Target, chosen
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.export.errors import SourceChanged
from m2m_desktop.services.exporting import export_project
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, Addition, NewItem
from m2m_desktop.services.project_methods import PROJECT_METHODS
from tests.services.narratives.test_table_check import check, write_table

NOW = datetime(2026, 3, 4, tzinfo=UTC)
WANG = Actor("wang", "王药师")
HEADER = ("单位", "写的是什么", "经过")  # no column has a name that is known
REPORTS = (
    ("甲", "皮疹", "服药后出现皮疹、瘙痒。"),
    ("乙", "不适", "服药后出现头痛。"),
)


@pytest.fixture(scope="module")
def shared_methods(shared_home):
    from m2m_desktop.services.engine_methods import Methods

    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def methods(shared_methods):
    yield shared_methods
    shared_methods.reader.close()


@pytest.fixture
def project(methods, tmp_path):
    """A table whose columns a person named, as a project."""
    path = write_table(tmp_path / "t.xlsx", REPORTS, HEADER)
    columns = {"reaction": [2], "narrative": [3]}
    layout = {"sheets": [{"sheet": "Sheet", "header_row": 1, "columns": columns}]}
    target = tmp_path / "p.m2mp"
    params = {"path": path, "layout": layout, "target": str(target), "terminology": "demo"}
    PROJECT_METHODS["create_project"](methods, Params(params), lambda *_told: None)
    with Project.open(target) as opened:
        yield opened


def found_in(methods, project, tmp_path):
    snapshot = tmp_path / "snapshot.m2mp"
    project.snapshot(snapshot)
    source = project.info.source_path
    told = check(methods, source, snapshot=str(snapshot), details=True)
    return [one for one in told[1:] if one["status"] == "present"]


def texts(found):
    return [one["text"] for one in found]


def test_the_columns_are_those_of_the_project(methods, project, tmp_path):
    assert texts(found_in(methods, project, tmp_path)) == ["瘙痒", "头痛"]


def test_what_was_decided_for_a_name_counts_as_named(methods, project, tmp_path):
    headache = found_in(methods, project, tmp_path)[1]["candidates"][0]
    term = CodedTerm(headache["candidate_pt_code"], headache["candidate_pt_name"])
    row = next(row for row in project.phrases() if row.text == "不适")
    state = chosen(row, [term], Source.MANUAL, "王药师", NOW)
    change = Change(Target.PHRASE, row.phrase_id, Action.CHOOSE, state)
    project.apply([change], actor=WANG, now=NOW)

    assert texts(found_in(methods, project, tmp_path)) == ["瘙痒"]


def test_what_was_added_is_not_missing_any_more(methods, project, tmp_path):
    itch = found_in(methods, project, tmp_path)[0]
    place = [itch[name] for name in ("sheet", "row", "column", "start", "end", "text")]
    item = NewItem(*place, PieceKind.REACTION)
    row = project.phrases()[0]
    state = chosen(row, [CodedTerm("90", "x")], Source.MANUAL, "王药师", NOW)
    project.add([Addition(item, state)], actor=WANG, now=NOW)

    assert texts(found_in(methods, project, tmp_path)) == ["头痛"]


def test_an_addition_stands_in_the_copy_of_the_file_with_its_report(methods, project, tmp_path):
    itch = found_in(methods, project, tmp_path)[0]
    place = [itch[name] for name in ("sheet", "row", "column", "start", "end", "text")]
    state = chosen(project.phrases()[0], [CodedTerm("90", "瘙痒症")], Source.MANUAL, "王药师", NOW)
    addition = Addition(NewItem(*place, PieceKind.REACTION), state)
    project.add([addition], actor=WANG, now=NOW)
    target, source = tmp_path / "copy.xlsx", Path(project.info.source_path)
    report = export_project(project, target, form="copy", source=source)

    assert report.fallback_reason is None
    rows = list(openpyxl.load_workbook(target).worksheets[0].iter_rows(values_only=True))
    assert rows[0][3:5] == ("PT name", "PT code")
    assert rows[1][3] == "—；瘙痒症"
    assert rows[1][12].endswith("by hand, from the narrative")


def test_a_file_that_was_changed_is_refused(methods, project, tmp_path):
    path = Path(project.info.source_path)
    write_table(path, REPORTS[:1], HEADER)

    with pytest.raises(SourceChanged):
        found_in(methods, project, tmp_path)
