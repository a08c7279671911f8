"""From a table to a coded project: nothing is coded twice, nothing done is lost."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from m2m_desktop.core.acceptance import (
    EXACT_RULE,
    AcceptanceRules,
    accepted_by_rule,
)
from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.errors import BadRequest, Cancelled, InputUnreadable
from m2m_desktop.core.memory import learnt
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source, TermLevel
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    PhraseRow,
    ReviewState,
    ReviewStatus,
    Target,
    no_term,
)
from m2m_desktop.services.batch import STORED_AT_ONCE, CodedOtherwise, codes_alike, run_batch
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.services.table_import import (
    PREVIEW_CELLS,
    TableInput,
    create_project_from_table,
    preview_split,
)
from m2m_desktop.services.tables.table_reader import TableReader
from tests.toy.adr_export import REACTIONS, write_export

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
OPTIONS = CodingOptions(terminology="demo", keeps_scores=False)
LEXICAL = replace(OPTIONS, mode="lexical")


@pytest.fixture(scope="module")
def open_engine(shared_home):
    home = shared_home
    return Engine(
        Locations(home / "data", home / "cache", home / "config", home / "logs", resources()),
        now=lambda: NOW,
    )


@pytest.fixture
def engine(open_engine):
    yield open_engine
    open_engine.memory.clear()


@pytest.fixture
def reader():
    with TableReader() as made:
        yield made


def imported(path, target, engine, reader, **options):
    table = TableInput(path) if isinstance(path, Path) else TableInput(pasted=path)
    layout = table.sniff(reader, {}).layout
    return create_project_from_table(
        target,
        table,
        layout,
        is_known=engine.known_phrases("demo"),
        reader=reader,
        terminology_id=engine.terminology("demo").info.terminology_id,
        now=NOW,
        **options,
    )


@pytest.fixture(scope="module")
def made_project(tmp_path_factory, open_engine):
    """An export and the project that was made of it, once for all tests."""
    folder = tmp_path_factory.mktemp("export")
    with TableReader() as reader:
        imported(write_export(folder / "报告导出.xlsx"), folder / "p.m2m", open_engine, reader)
    return folder


@pytest.fixture
def project(tmp_path, made_project):
    with Project.open(Path(shutil.copy(made_project / "p.m2m", tmp_path))) as opened:
        yield opened


# -- importing -----------------------------------------------------------------------------------


def test_an_export_becomes_a_project_without_any_choice(project, made_project):
    info = project.info
    rows = {row.text: row for row in project.phrases()}

    assert [row.text for row in project.phrases() if row.kind is PieceKind.REACTION] == [*REACTIONS]
    assert (
        rows["皮疹"].item_count == rows["皮疹"].report_count == 2
    )  # R001 has two rows, one report
    kinds = {(row.text, row.kind) for row in project.phrases()}
    assert ("好转", PieceKind.OUTCOME) in kinds
    assert ("无皮疹", PieceKind.NEGATED) in kinds
    assert dict(info.counts)["merged"] == 1
    assert dict(info.counts)["empty"] == 1
    assert dict(info.counts)["reports"] == 5
    source = made_project / "报告导出.xlsx"
    assert info.source_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert info.source_path == str(source)


def test_every_mention_knows_its_cell(project, made_project):
    sheet = openpyxl.load_workbook(made_project / "报告导出.xlsx")["报告导出"]
    texts = project.texts()

    for item in project.all_items():
        cell = sheet.cell(item.row, item.column).value
        assert cell[item.start : item.end] == texts[item.phrase_id]
    severe = [item.severity for item in project.all_items() if item.report_id == "R003"]
    assert severe == ["严重"]


def test_a_name_of_the_terminology_and_a_remembered_phrase_are_never_cut(engine, reader, tmp_path):
    cells = "不良反应名称\n恶心、呕吐\n眼红、流泪\n"
    terminology = engine.terminology("demo")
    state = ReviewState(ReviewStatus.NO_TERM, decided_at="2026")
    engine.memory.remember([learnt("眼红、流泪", state, terminology.info)])

    made = imported(cells, tmp_path / "p.m2m", engine, reader)

    assert "眼红、流泪" in made.texts
    assert {"恶心", "呕吐"} <= set(made.texts)


def test_cuts_by_hand_hold_for_every_equal_cell(engine, reader, tmp_path):
    cells = "不良反应名称\n恶心伴呕吐\n皮疹\n恶心伴呕吐\n"
    edits = {"恶心伴呕吐": [(0, 2), (3, 5)]}

    made = imported(cells, tmp_path / "p.m2m", engine, reader, edits=edits)

    assert made.texts == ("恶心", "呕吐", "皮疹")
    assert made.items == 5
    with pytest.raises(BadRequest):
        imported(cells, tmp_path / "q.m2m", engine, reader, edits={"皮疹": [(0, 99)]})
    assert not (tmp_path / "q.m2m").exists()


def test_the_preview_counts_equal_cells_and_says_how_many_there_are(engine, reader):
    many = "\n".join(
        ["不良反应名称", *(f"皮疹{n}" for n in range(PREVIEW_CELLS + 5)), "恶心", "恶心"]
    )
    table = TableInput(pasted=many)
    found = preview_split(
        table, table.sniff(reader, {}).layout, is_known=lambda _: False, reader=reader
    )

    assert found.cells[0][:2] == ("恶心", 2)
    assert len(found.cells) == PREVIEW_CELLS
    assert found.cell_count == PREVIEW_CELLS + 6


def test_a_file_that_is_gone_is_an_error_and_leaves_no_project(engine, reader, tmp_path):
    path = write_export(tmp_path / "a.xlsx")
    layout = TableInput(path).sniff(reader, {}).layout
    path.unlink()

    with pytest.raises(InputUnreadable):
        create_project_from_table(
            tmp_path / "p.m2m", TableInput(path), layout, is_known=lambda _: False,
            reader=reader, terminology_id="demo", now=NOW,
        )  # fmt: skip
    assert list(tmp_path.glob("*.m2m*")) == []


# -- coding --------------------------------------------------------------------------------------


def test_all_distinct_reactions_are_coded_once_and_stored(project, engine):
    seen = []
    result = run_batch(
        project, engine, OPTIONS, lambda done, total, note="": seen.append((done, total))
    )

    assert result.coded == len(REACTIONS)
    assert sum(result.bands.values()) == len(REACTIONS)
    assert project.unanswered() == []
    assert seen[-1] == (len(REACTIONS), len(REACTIONS))
    rows = {row.text: row for row in project.phrases()}
    assert (rows["头痛"].band, rows["头痛"].source) == (Band.CERTAIN, Source.EXACT)
    assert rows["浑身刺痒还起红疹子"].source in (Source.MODEL, Source.NONE)
    assert rows["浑身刺痒还起红疹子"].probability is not None
    assert rows["好转"].band is None


def test_the_model_is_not_asked_about_exact_names(project, engine):
    run_batch(project, engine, OPTIONS)
    by_text = {row.text: row.phrase_id for row in project.phrases()}

    answer = project.answer(by_text["头痛"])
    assert answer["pairs_scored"] == 0
    assert all(one["prob_1"] is None for one in answer["candidates"])


@pytest.mark.requirement("R-035")
def test_a_remembered_phrase_comes_from_memory_with_its_decision(project, engine):
    terminology = engine.terminology("demo")
    code = terminology.find("荨麻疹", [TermLevel.PT])[0].code
    state = ReviewState(
        ReviewStatus.CHANGED, (describe_term(terminology, code),), decided_at="2026"
    )
    engine.memory.remember([learnt("浑身刺痒，还起红疹子", state, terminology.info)])

    run_batch(project, engine, OPTIONS)

    rows = {row.text: row for row in project.phrases()}
    row = rows["浑身刺痒还起红疹子"]
    assert (row.source, row.band) == (Source.MEMORY, Band.CERTAIN)
    assert [term.pt_name for term in row.proposed] == ["荨麻疹"]
    assert engine.memory.entries()[0].uses == 1


def test_a_damaged_memory_stops_no_coding_and_is_said(project, engine, caplog):
    engine.memory.path.parent.mkdir(parents=True, exist_ok=True)
    engine.memory.path.write_bytes(b"damaged" * 100)

    result = run_batch(project, engine, LEXICAL)

    assert result.coded == len(REACTIONS)
    assert any("memory" in warning for warning in result.warnings)
    assert list(engine.memory.path.parent.glob("memory.sqlite.damaged-*"))


@pytest.fixture
def long_project(tmp_path):
    items = [
        NewItem("", row, 1, 0, 3, f"皮疹{row % 40}", PieceKind.REACTION) for row in range(1, 121)
    ]
    source = NewSource("a.txt", "0" * 64, "", {"sheets": []}, {})
    Project.create(tmp_path / "long.m2m", source, items, terminology_id="demo", now=NOW)
    with Project.open(tmp_path / "long.m2m") as opened:
        yield opened


@pytest.mark.parametrize("stop_at", [1, STORED_AT_ONCE, STORED_AT_ONCE + 3, 39])
def test_what_was_coded_before_a_cancel_is_kept_and_the_rest_goes_on(long_project, engine, stop_at):
    def stopping(done, total, note=""):
        if total == 40 and done >= stop_at:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_batch(long_project, engine, LEXICAL, stopping)

    assert long_project.info.coded_count == stop_at
    seen = []
    result = run_batch(
        long_project, engine, LEXICAL, lambda done, total, note="": seen.append((done, total))
    )
    assert result.coded == 40 - stop_at
    assert (stop_at, 40) in seen
    assert long_project.unanswered() == []


def test_a_kill_loses_the_last_few_phrases_at_most(long_project, engine, demo_home, tmp_path):
    long_project.close()
    script = (
        "import os, sys; from pathlib import Path\n"
        "from m2m_desktop.services.batch import run_batch\n"
        "from m2m_desktop.services.engine import CodingOptions, Engine\n"
        "from m2m_desktop.services.locations import default_locations\n"
        "from m2m_desktop.services.project.project import Project\n"
        "def told(done, total, note=''):\n"
        "    if total == 40 and done == 37: os.kill(os.getpid(), 9)\n"
        "options = CodingOptions('demo', mode='lexical')\n"
        "run_batch(Project.open(Path(sys.argv[1])), Engine(default_locations()), options, told)\n"
    )
    path = tmp_path / "long.m2m"
    subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)

    with Project.open(path) as project:
        assert project.info.coded_count == 37 // STORED_AT_ONCE * STORED_AT_ONCE
        assert project.verify().is_sound
        run_batch(project, engine, LEXICAL)
        assert project.unanswered() == []


def test_going_on_in_another_way_is_refused_and_coding_anew_keeps_decisions(project, engine):
    run_batch(project, engine, LEXICAL)
    row = next(row for row in project.phrases() if row.text == "头痛")
    decided = Change(Target.PHRASE, row.phrase_id, Action.NO_TERM, no_term(row, "甲", NOW))
    project.apply([decided], actor=Actor("os", "甲"), now=NOW)

    with pytest.raises(CodedOtherwise):
        run_batch(project, engine, OPTIONS)
    assert all(row.source is not Source.MODEL for row in project.phrases())

    result = run_batch(project, engine, OPTIONS, codes_anew=True)
    assert result.coded == len(REACTIONS)
    rows = {row.text: row for row in project.phrases()}
    assert rows["头痛"].state == decided.after
    assert rows["浑身刺痒还起红疹子"].probability is not None


def test_an_encoder_that_joins_in_later_is_another_way_of_coding(project, engine):
    run_batch(project, engine, LEXICAL)
    run = project.info.run

    assert codes_alike(run, replace(run, coded_at="later", encoder_id="another name"))
    assert not codes_alike(run, replace(run, encoder_hash="e" * 64))
    assert not codes_alike(run, replace(run, fusion="sum weight=4"))


# -- rules ---------------------------------------------------------------------------------------


def proposed(text, answered_by, band, *probabilities, **state):
    terms = tuple(CodedTerm(str(n), f"PT {n}", probability=p) for n, p in enumerate(probabilities))
    return PhraseRow(
        hash(text) % 1000, text, PieceKind.REACTION, 1, 1, band, answered_by, terms,
        state=ReviewState(**state),
    )  # fmt: skip


def names(rows, **rules):
    found = accepted_by_rule(rows, AcceptanceRules(**rules), NOW)
    by_id = {row.phrase_id: row.text for row in rows}
    return {rule: [by_id[one.target_id] for one in changes] for rule, changes in found.items()}


@pytest.mark.requirement("R-024")
def test_rules_accept_nothing_unless_they_are_asked_for():
    rows = [
        proposed("a", Source.EXACT, Band.CERTAIN, None),
        proposed("b", Source.MODEL, Band.CERTAIN, 1),
    ]

    assert names(rows) == {}
    assert names(rows, accepts_exact=True) == {EXACT_RULE: ["a"]}
    assert names(rows, above=0.9) == {"rule: p >= 0.9": ["b"]}


def test_every_term_must_reach_the_bound():
    rows = [
        proposed("both", Source.MODEL, Band.CERTAIN, 0.95, 0.9),
        proposed("one", Source.MODEL, Band.DOUBTFUL, 0.95, 0.5),
        proposed("named", Source.MODEL, Band.DOUBTFUL, 0.95, None),
        proposed("none", Source.NONE, Band.NOT_FOUND),
        proposed("lexical", Source.LEXICAL, Band.DOUBTFUL, None),
        proposed("memory", Source.MEMORY, Band.CERTAIN, 0.99),
    ]

    assert names(rows, accepts_exact=True, above=0.9) == {"rule: p >= 0.9": ["both"]}


@pytest.mark.requirement("R-024")
def test_what_a_person_has_touched_and_ambiguous_names_are_left_to_a_person():
    exact = (Source.EXACT, Band.CERTAIN, None)
    rows = [
        proposed("decided", *exact, status=ReviewStatus.NO_TERM),
        proposed("flagged", *exact, is_flagged=True),
        proposed("commented", *exact, comment="?"),
        proposed("drafted", *exact, source=Source.MANUAL),
        proposed("ambiguous", Source.EXACT, Band.DOUBTFUL, None, None),
        replace(proposed("denied", *exact), kind=PieceKind.NEGATED),
    ]

    assert names(rows, accepts_exact=True, above=0.0) == {}


def test_a_rule_stands_as_the_reviewer_of_what_it_accepts(project, engine):
    run_batch(project, engine, OPTIONS)
    rows = project.phrases()
    for rule, changes in accepted_by_rule(rows, AcceptanceRules(accepts_exact=True), NOW).items():
        project.apply(changes, actor=Actor("os", rule), now=NOW)

    decided = {row.text: row.state for row in project.phrases() if row.state.is_locked}
    assert set(decided) == {"皮疹", "恶心", "呕吐", "头痛"}
    assert {state.reviewer for state in decided.values()} == {EXACT_RULE}
    assert {state.status for state in decided.values()} == {ReviewStatus.ACCEPTED}
