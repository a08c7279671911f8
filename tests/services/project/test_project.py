"""A project from its making to its export."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from m2m_desktop.core.coded_items import PairCounts
from m2m_desktop.core.errors import BadRequest, Cancelled, OutputUnwritable
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import (
    Action,
    Change,
    IllegalMove,
    ReviewState,
    ReviewStatus,
    Target,
    accepted,
    commented,
    excepted,
    flagged,
    no_term,
    unexcepted,
)
from m2m_desktop.services.project.errors import (
    NotAProject,
    ProjectExists,
    ProjectNotFound,
    ProjectTooNew,
)
from m2m_desktop.services.project.project import Project
from tests.services.project.toy_project import (
    RUN,
    START,
    WANG,
    answer,
    change,
    code_all,
    create,
    decide,
    items,
    later,
    phrase,
    step,
)


@pytest.fixture
def path(tmp_path):
    return create(tmp_path / "张三 医院.m2mp")


@pytest.fixture
def project(path):
    with Project.open(path) as project:
        code_all(project)
        yield project


def row_of(project, phrase_id):
    return next(row for row in project.phrases() if row.phrase_id == phrase_id)


# -- making ----------------------------------------------------------------------------------


@pytest.mark.requirement("R-026")
def test_equal_phrases_are_one_row_with_its_places_and_reports(path) -> None:
    with Project.open(path) as project:
        rows = project.phrases()
        assert [row.text for row in rows] == [phrase(number) for number in range(8)]
        assert {row.item_count for row in rows} == {3}
        places = [(item.row, item.report_id) for item in project.items(2)]
        assert places == [(4, "R0"), (12, "R4"), (20, "R8")]
        assert [item.row for item in project.all_items()] == list(range(3, 27))


def test_phrases_differ_by_what_coding_reads_and_by_kind(tmp_path) -> None:
    first = next(iter(items()))
    texts = ["虚构疹", "虚构疹 ", "虚构\u200b疹", "ＡＢ疹", "AB疹", "ab疹"]
    made = [replace(first, text=text, report_id="") for text in texts]
    made.append(replace(first, text="虚构疹", kind=PieceKind.NEGATED))
    made += [replace(first, text="同行", report_id="", row=9), replace(first, text="同行", row=9)]
    with Project.open(create(tmp_path / "p.m2mp", made)) as project:
        rows = [(row.text, row.kind, row.item_count, row.report_count) for row in project.phrases()]
    reaction = PieceKind.REACTION
    assert rows == [
        ("虚构疹", reaction, 3, 1),
        ("ＡＢ疹", reaction, 2, 1),
        ("ab疹", reaction, 1, 1),
        ("虚构疹", PieceKind.NEGATED, 1, 1),
        ("同行", reaction, 2, 2),
    ]


def test_a_project_says_what_it_was_made_from(path) -> None:
    with Project.open(path) as project:
        info = project.info
    assert (info.source_name, info.source_sha256) == ("报告导出.xlsx", "ab" * 32)
    assert info.layout["sheets"][0]["header_row"] == 2
    assert dict(info.counts) == {"rows": 12, "kept": 10}
    assert (info.item_count, info.phrase_count, info.coded_count) == (24, 8, 0)
    assert (info.remembers_texts, info.texts_missing, info.is_read_only) == (True, False, False)
    assert info.notes == ()
    assert info.created_at == "2026-03-04T08:00:00+00:00"


def test_making_a_project_never_takes_the_place_of_a_file(path) -> None:
    before = path.read_bytes()
    with pytest.raises(ProjectExists):
        create(path)
    assert path.read_bytes() == before


def test_a_cancelled_making_leaves_nothing(tmp_path) -> None:
    def cancel(done, total, note=""):
        if done >= 1000:
            raise Cancelled

    folder = tmp_path / "new"
    with pytest.raises(Cancelled):
        create(folder / "p.m2mp", items(500), progress=cancel)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_for_the_user(tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputUnwritable):
        create(tmp_path / "file" / "p.m2mp")


def test_the_log_of_a_former_project_is_not_read_as_the_new_ones(tmp_path) -> None:
    path = tmp_path / "p.m2mp"
    other = create(tmp_path / "other.m2mp", items(3))
    project = Project.open(other)
    decide_all = [
        change(row, Action.NO_TERM, no_term(row, "王", START)) for row in project.phrases()
    ]
    project.apply(decide_all, actor=WANG, now=START)
    (tmp_path / "p.m2mp-wal").write_bytes((tmp_path / "other.m2mp-wal").read_bytes())
    project.close()
    with Project.open(create(path)) as made:
        assert made.info.event_count == 0
        assert made.verify().problems == ()


@pytest.mark.parametrize(
    ("content", "error"), [(b"", NotAProject), (b"PK\x03\x04" * 400, NotAProject)]
)
def test_other_files_are_no_projects(tmp_path, content, error) -> None:
    path = tmp_path / "x.m2mp"
    path.write_bytes(content)
    with pytest.raises(error):
        Project.open(path)
    assert path.read_bytes() == content


def test_another_database_is_no_project_and_is_left_alone(tmp_path) -> None:
    path = tmp_path / "x.m2mp"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotAProject):
        Project.open(path)
    assert path.read_bytes() == before
    with pytest.raises(ProjectNotFound):
        Project.open(tmp_path / "none.m2mp")


@pytest.mark.requirement("R-019")
def test_a_project_of_a_newer_program_is_refused(path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ProjectTooNew):
        Project.open(path)


# -- answers ---------------------------------------------------------------------------------


def test_answers_are_given_back_with_twenty_candidates_and_the_selected(path) -> None:
    with Project.open(path) as project:
        given = answer(1, candidates=100, selected=(1, 77), text=phrase(0))
        project.store_answers(RUN, [(1, given)])
        found = project.answer(1)
        assert project.answer(2) is None
        ranks = [candidate["rank"] for candidate in found["candidates"]]
        assert ranks == [*range(1, 21), 77]
        whole = {**given, "candidates": found["candidates"]}
        assert found == whole
        row = row_of(project, 1)
        assert [term.pt_code for term in row.proposed] == given["selected"]
        assert row.proposed[0].hlt_name == "虚构高位1"
        assert (row.band, row.source, row.probability) == (Band.CERTAIN, Source.MODEL, 0.9)
        assert project.info.run.terminology_hashes == (("llt.asc", "00"),)
        assert [number for number, _ in project.unanswered()] == [2, 3, 4, 5, 6, 7, 8]


def test_a_project_sums_up_what_the_model_scored_of_all_candidates(path) -> None:
    with Project.open(path) as project:
        assert project.info.pairs == PairCounts(0, 0, 0, 0, 0)
        assert project.info.pairs.share is None
        project.store_answers(RUN, [(1, answer(1, candidates=100)), (2, answer(2, candidates=50))])
        assert project.info.pairs == PairCounts(2, 0, candidates=150, scored=140, kept=6)
    with Project.open(path) as project:
        assert project.info.pairs.share == pytest.approx(146 / 150)
        project.store_answers(RUN, [(2, answer(2, candidates=10))])  # a final one after another
        assert project.info.pairs == PairCounts(2, 0, candidates=110, scored=100, kept=6)
        assert project.coded_source().pairs == project.info.pairs
        assert project.verify().problems == ()
        project.forget_answers()
        assert project.info.pairs == PairCounts(0, 0, 0, 0, 0)


def test_answers_that_were_not_counted_are_said_and_not_guessed(path) -> None:
    with Project.open(path) as project:
        code_all(project, is_counted=False)
        project.store_answers(RUN, [(1, answer(1, candidates=100))])
        assert project.info.pairs == PairCounts(1, 7, candidates=100, scored=95, kept=3)
        assert project.verify().problems == ()


def test_the_most_frequent_phrases_are_coded_first_and_only_reactions(tmp_path) -> None:
    first = next(iter(items()))
    made = [replace(first, text=text) for text in ["a", "b", "c", "b", "c", "c"]]
    made.append(replace(first, text="a", kind=PieceKind.NEGATED))
    with Project.open(create(tmp_path / "p.m2mp", made)) as project:
        assert [text for _, text in project.unanswered()] == ["c", "b", "a"]


def test_coding_again_leaves_decisions(project) -> None:
    decide(project, 1)
    state = row_of(project, 1).state
    project.forget_answers()
    assert row_of(project, 1).band is None
    assert project.info.run is None
    assert len(project.unanswered()) == 8
    project.store_answers({**RUN, "model_id": "n"}, [(1, answer(5))])
    assert row_of(project, 1).state == state
    assert project.info.run.model_id == "n"
    assert project.verify().problems == ()


def test_an_answer_for_an_unknown_phrase_changes_nothing(project) -> None:
    with pytest.raises(BadRequest):
        project.store_answers(RUN, [(1, answer(7)), (99, answer(1))])
    assert row_of(project, 1).proposed[0].pt_code == "10001001"


# -- decisions -------------------------------------------------------------------------------


@pytest.mark.requirement("R-009", "R-027")
def test_a_decision_is_there_after_reopening_and_in_its_history(path) -> None:
    with Project.open(path) as project:
        code_all(project)
        seq = decide(project, 3)
        state = row_of(project, 3).state
    with Project.open(path) as project:
        assert row_of(project, 3).state == state
        (event,) = project.history(3)
        assert (event.seq, event.change.action, event.actor) == (seq, Action.ACCEPT, WANG)
        assert (event.before, event.change.after) == (ReviewState(), state)
        assert (event.utc, event.utc_offset_minutes) == ("2026-03-04T08:00:01.000+00:00", 0)
        assert project.info.decided_count == 1


@pytest.mark.requirement("R-025")
def test_a_locked_row_takes_no_second_decision(project) -> None:
    row = row_of(project, 1)
    made = change(row, Action.ACCEPT, accepted(row, "王", START))
    project.apply([made], actor=WANG, now=START)
    with pytest.raises(IllegalMove):
        project.apply([made], actor=WANG, now=START)
    assert project.info.event_count == 1


def test_one_refused_change_refuses_the_whole_step(project) -> None:
    decide(project, 5)
    rows = project.phrases()
    fresh = [replace(row, state=ReviewState()) for row in rows]
    changes = [change(row, Action.NO_TERM, no_term(row, "王", START)) for row in fresh]
    before = project.phrases()
    with pytest.raises(IllegalMove):
        project.apply(changes, actor=WANG, now=START)
    unknown = replace(changes[0], target_id=999)
    with pytest.raises(BadRequest):
        project.apply([changes[0], unknown], actor=WANG, now=START)
    assert project.phrases() == before
    assert project.verify().problems == ()


@pytest.mark.requirement("R-026")
def test_one_place_may_have_a_decision_of_its_own(project) -> None:
    row = row_of(project, 2)
    item = project.items(2)[1]
    decide(project, 2)
    own = no_term(replace(row, state=ReviewState()), "李", START)
    project.apply([excepted(item.item_id, own)], actor=WANG, now=START)
    assert row_of(project, 2).exception_count == 1
    assert [found.state for found in project.items(2)] == [None, own, None]
    marked = Change(Target.ITEM, item.item_id, Action.FLAG, flagged(own))
    project.apply([marked], actor=WANG, now=START)
    statuses = [coded.status for coded in project.coded_items() if coded.text == phrase(1)]
    assert statuses == [ReviewStatus.ACCEPTED, ReviewStatus.NO_TERM, ReviewStatus.ACCEPTED]
    project.apply([unexcepted(item.item_id)], actor=WANG, now=START)
    assert row_of(project, 2).exception_count == 0
    assert [event.change.action for event in project.history(2)] == [
        Action.ACCEPT,
        Action.EXCEPT,
        Action.FLAG,
        Action.UNEXCEPT,
    ]
    # back to the exception with its flag, to the exception, to none
    for expected in (flagged(own), own, None):
        project.undo(actor=WANG, now=START)
        assert project.items(2)[1].state == expected
    assert project.verify().problems == ()


@pytest.mark.requirement("R-009")
def test_a_clock_that_goes_back_is_noted_and_order_is_kept(project) -> None:
    decide(project, 1, 3600)
    decide(project, 2, 1)
    one, two = project.history(1)[0], project.history(2)[0]
    assert one.seq < two.seq
    assert (one.clock_back_s, two.clock_back_s) == (0, 3599)


@pytest.mark.requirement("R-009")
def test_times_are_kept_with_their_zone(project) -> None:
    from datetime import timezone

    now = START.astimezone(timezone(timedelta(hours=8)))
    row = row_of(project, 1)
    made = change(row, Action.COMMENT, commented(row.state, "看"))
    project.apply([made], actor=WANG, now=now, reason="复核")
    (event,) = project.history(1)
    assert (event.utc[:19], event.utc_offset_minutes) == ("2026-03-04T08:00:00", 480)
    assert event.reason == "复核"


def test_half_characters_from_damaged_files_do_no_harm(tmp_path) -> None:
    made = [replace(next(iter(items())), text="\ud83d疹", severity="\udc00", report_id="\ud800")]
    with Project.open(create(tmp_path / "p.m2mp", made)) as project:
        (row,) = project.phrases()
        note = change(row, Action.COMMENT, commented(row.state, "\ud83d"))
        project.apply([note], actor=WANG, now=START)
        assert project.phrases()[0].state.comment == "\ufffd"
        assert project.verify().problems == ()


@pytest.mark.requirement("R-009")
def test_steps_of_every_kind_verify(project) -> None:
    for number in range(60):
        row = project.phrases()[number % 8]
        project.apply([step(row, number * 7)], actor=WANG, now=later(number))
    found = project.verify()
    assert (found.problems, found.event_count, found.answer_count) == ((), 60, 8)


# -- texts, snapshots, export ----------------------------------------------------------------


def test_a_project_without_texts_finds_them_again(tmp_path) -> None:
    path = create(tmp_path / "p.m2mp", remembers_texts=False)
    with Project.open(path) as project:
        assert project.unanswered() == []
        assert project.info.texts_missing
        assert project.restore_texts([phrase(0) + " ", "另一个", phrase(3)]) == 6
        assert project.texts() == {1: phrase(0) + " ", 4: phrase(3)}
        code_all(project)
        decide(project, 4)
        assert project.answer(4)["mention"] == phrase(3)
        assert project.restore_texts(map(phrase, range(8))) == 0
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert phrase(3).encode() not in everything
    with Project.open(path) as project:
        assert [row.text for row in project.phrases()] == [""] * 8
        assert project.info.decided_count == 1


def test_a_snapshot_is_the_project_as_it_stood(project, tmp_path) -> None:
    decide(project, 1)
    before = project.coded_source()
    target = tmp_path / "shot" / "s.m2mp"
    project.snapshot(target)
    decide(project, 2)
    with Project.open(target, read_only=True) as copy:
        assert copy.read_only
        assert copy.coded_source() == before
        assert copy.verify().problems == ()
        copy.snapshot(tmp_path / "again.m2mp")
    assert sorted(file.name for file in target.parent.iterdir()) == ["s.m2mp"]


def test_an_export_has_decisions_where_there_are_some_and_proposals_elsewhere(project) -> None:
    decide(project, 1)
    row = row_of(project, 2)
    project.apply([step(row, 2)], actor=WANG, now=START)  # a draft
    assert row_of(project, 2).state.is_draft
    source = project.coded_source()
    first, second = source.items[:2]
    assert (first.status, first.reviewer) == (ReviewStatus.ACCEPTED, "王药师")
    assert (second.status, second.terms) == (ReviewStatus.UNREVIEWED, row.proposed)
    assert (second.place.sheet, second.place.row, second.place.column) == ("Sheet1", 4, 3)
    assert (first.severity, second.severity) == ("", "一般")
    assert source.header_rows == {"Sheet1": 2}
    assert source.chain_head == project.info.chain_head
    json.dumps([list(fact) for fact in source.facts])


def test_a_closed_project_is_one_file(path) -> None:
    with Project.open(path) as project:
        code_all(project)
        decide(project, 1)
    left = {file.name for file in path.parent.iterdir() if file.name.startswith(path.name)}
    assert left == {path.name, path.name + ".backups"}
    project.close()  # a second time does nothing
