"""Decisions of a project brought to another release: only those chosen, all or none, undoable."""

import json
import re
import sqlite3
from datetime import timedelta

import openpyxl
import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.review import Action, ReviewStatus, Target, reopened
from m2m_desktop.core.versions.effects import EffectKind, Standing
from m2m_desktop.services.project.errors import ProjectReadOnly
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import ReleaseStamp
from m2m_desktop.services.versions.deciding import counts_of, project_effects
from m2m_desktop.services.versions.errors import EffectsOutdated, EffectUnknown
from m2m_desktop.services.versions.upgrade_log import export_log, upgrade_log
from m2m_desktop.services.versions.upgrading import apply_effects, certain_keys, stamp_of
from m2m_desktop.services.versions.wire import effect_from_json, effect_to_json
from tests.services.versions.decided import (
    LATER,
    LI,
    apply,
    cases,
    decide,
    keys_of,
    make_project,
    run_of,
    states,
)


@pytest.fixture
def path(tmp_path, pair, made):
    return make_project(tmp_path / "项目.m2mp", pair[0], made)


@pytest.fixture
def project(path):
    with Project.open(path) as project:
        yield project


@pytest.fixture
def effects(project, pair):
    return project_effects(project, *pair)


def upgrade(project, effects, pair, *names):
    """Apply the effects on phrases by their text."""
    keys = keys_of(project)
    return apply_effects(
        project,
        effects,
        [keys[name] for name in names],
        actor=LI,
        when=LATER,
        release=stamp_of(pair[1].info),
    )


# -- the preview -----------------------------------------------------------------------------------


def test_each_decision_says_what_happened_to_it(project, effects) -> None:
    keys = keys_of(project)
    told = {one.key: (one.standing, one.verdict.kind, one.rows) for one in effects}
    assert {name: told[key] for name, key in keys.items()} == {
        "renamed": (Standing.ACCEPTED, EffectKind.RENAMED, 2),
        "moved": (Standing.ACCEPTED, EffectKind.MOVED, 2),
        "demoted": (Standing.ACCEPTED, EffectKind.DEMOTED, 2),
        "removed": (Standing.ACCEPTED, EffectKind.REMOVED, 2),
        "llt_moved": (Standing.ACCEPTED, EffectKind.LLT_MOVED, 2),
        "same": (Standing.ACCEPTED, EffectKind.NONE, 2),
        "proposed": (Standing.PROPOSED, EffectKind.DEMOTED, 2),
        "own": (Standing.ACCEPTED, EffectKind.NONE, 1),
        "own item": (Standing.CHANGED, EffectKind.DEMOTED, 1),
        "none": (Standing.NO_TERM, EffectKind.NONE, 2),
        "draft": (Standing.DRAFT, EffectKind.LLT_MOVED, 2),
    }  # fmt: skip
    assert sum(counts_of(effects).values()) == len(effects) == 11


def test_only_what_follows_from_the_release_can_be_applied(project, effects) -> None:
    keys = keys_of(project)
    names = {key: name for name, key in keys.items()}
    assert {names[one.key] for one in effects if one.can_apply} == {
        "renamed", "moved", "demoted", "llt_moved", "own item", "draft",
    }  # fmt: skip
    assert {names[key] for key in certain_keys(effects)} == {"renamed", "moved"}


@pytest.mark.requirement("R-017")
def test_looking_at_the_effects_changes_nothing(path, pair) -> None:
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        project_effects(project, *pair)
    assert path.read_bytes() == before


# -- applying --------------------------------------------------------------------------------------


@pytest.mark.requirement("R-017")
def test_the_chosen_decisions_change_and_no_other(project, effects, pair, made) -> None:
    before = states(project)
    done = upgrade(project, effects, pair, "renamed", "demoted", "own item", "draft")
    after = states(project)
    keys = keys_of(project)
    assert set(done.changed) == {keys[n] for n in ("renamed", "demoted", "own item", "draft")}
    item = f"item {keys['own item'][1:]}"
    assert {n for n in before if before[n] != after[n]} == {"renamed", "demoted", item, "draft"}
    pt, llt = cases(made)["demoted"]
    (term,) = after["demoted"].terms
    assert (term.pt_code, term.llt_code) == (made.new.llt_pt[pt], llt)
    assert term.soc_code == made.new.primary[term.pt_code]
    assert project.verify().is_sound


def test_who_decided_stays_where_the_codes_stay(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed", "demoted", "draft")
    after = states(project)
    assert after["renamed"].reviewer == "王药师"
    assert after["renamed"].status is ReviewStatus.ACCEPTED
    assert after["demoted"].status is ReviewStatus.CHANGED
    assert (after["demoted"].reviewer, after["demoted"].decided_at) == (
        "李药师", LATER.isoformat(timespec="seconds"),
    )  # fmt: skip
    assert after["draft"].status is ReviewStatus.UNREVIEWED
    assert after["draft"].reviewer == ""


@pytest.mark.requirement("R-017")
def test_an_upgrade_is_one_group_of_new_events(project, effects, pair) -> None:
    count = project.info.event_count
    done = upgrade(project, effects, pair, "renamed", "demoted")
    (log,) = upgrade_log(project)
    events = project.events_of_group(log.group_id)
    assert [event.seq for event in events] == [count + 1, count + 2, count + 3]
    assert done.seq == count + 3
    assert {event.change.action for event in events} == {Action.UPGRADE}
    assert [event.change.target for event in events] == [
        Target.PROJECT, Target.PHRASE, Target.PHRASE,
    ]  # fmt: skip
    assert {event.actor for event in events} == {LI}


def test_undo_takes_all_of_it_back_and_redo_brings_it_again(project, effects, pair) -> None:
    before, release = states(project), project.info.release
    upgrade(project, effects, pair, "renamed", "demoted", "own item")
    after = states(project)
    step = project.undo(actor=LI, now=LATER)
    assert (step.action, len(step.changes)) == (Action.UPGRADE, 3)
    assert states(project) == before
    assert project.info.release == release
    assert [one.is_undone for one in upgrade_log(project)] == [True]
    project.redo(actor=LI, now=LATER)
    assert states(project) == after
    assert project.info.release.version == "99.1"
    assert [one.is_undone for one in upgrade_log(project)] == [False]
    assert project.verify().is_sound


def test_nothing_chosen_is_an_upgrade_as_well(project, effects, pair) -> None:
    before = states(project)
    done = upgrade(project, effects, pair)
    assert (done.changed, len(done.kept)) == ((), 7)
    assert states(project) == before
    assert project.info.release.version == "99.1"


def test_an_effect_that_has_gone_through_the_window_can_be_applied(project, effects, pair) -> None:
    told = [effect_from_json(effect_to_json(effect)) for effect in effects]
    upgrade(project, told, pair, "demoted", "moved")
    assert states(project)["moved"].terms == next(
        one.verdict.proposal for one in effects if one.key == keys_of(project)["moved"]
    )


def test_a_decision_that_changed_meanwhile_stops_everything(project, effects, pair, made) -> None:
    row = next(row for row in project.phrases() if row.text == "demoted")
    apply(project, row, Action.REOPEN, reopened(row.state))
    row = next(row for row in project.phrases() if row.text == "demoted")
    decide(project, row, [describe_term(pair[0], cases(made)["same"][0])])
    before, count = states(project), project.info.event_count
    with pytest.raises(EffectsOutdated):
        upgrade(project, effects, pair, "renamed", "demoted")
    assert (states(project), project.info.event_count) == (before, count)
    upgrade(project, effects, pair, "renamed")


def test_what_has_no_proposal_cannot_be_applied(project, effects, pair) -> None:
    before = states(project)
    for name in ("removed", "same", "proposed"):
        with pytest.raises(EffectUnknown):
            upgrade(project, effects, pair, "renamed", name)
    with pytest.raises(EffectUnknown):
        apply_effects(
            project, effects, ["p999"], actor=LI, when=LATER, release=stamp_of(pair[1].info)
        )
    assert states(project) == before


def test_a_project_that_is_only_read_is_not_changed(path, pair) -> None:
    before = path.read_bytes()
    with Project.open(path, read_only=True) as project:
        effects = project_effects(project, *pair)
        with pytest.raises(ProjectReadOnly):
            upgrade(project, effects, pair, "renamed")
    assert path.read_bytes() == before


def test_a_trouble_in_the_middle_leaves_everything_as_it_was(path, pair) -> None:
    with Project.open(path) as project:
        effects = project_effects(project, *pair)
        before, head = states(project), project.info.chain_head
        project._connection.execute(
            "CREATE TEMP TRIGGER trouble BEFORE INSERT ON event WHEN NEW.target = 'item' "
            "BEGIN SELECT RAISE(ABORT, 'trouble'); END"
        )
        with pytest.raises(sqlite3.IntegrityError):
            upgrade(project, effects, pair, "renamed", "demoted", "own item")
        assert (states(project), project.info.chain_head) == (before, head)
        assert upgrade_log(project) == []


# -- what the project says afterwards --------------------------------------------------------------


def test_an_export_names_the_release_of_the_decisions(project, effects, pair) -> None:
    assert project.coded_source().run.terminology_version == "99.0"
    upgrade(project, effects, pair, "renamed")
    source = project.coded_source()
    assert source.run.terminology_id == pair[1].info.terminology_id
    assert source.run.terminology_hashes == pair[1].info.hashes
    facts = dict(source.facts)["Brought to another release"]
    assert pair[0].info.name in facts
    assert "decisions changed: 1, kept as they were: 6" in facts
    assert project.info.run.terminology_version == "99.0"  # that is what coded


def test_what_is_coded_anew_later_has_a_release_of_its_own(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed")
    newest = {**run_of(pair[1].info), "terminology_id": "meddra-100", "terminology_version": "100"}
    project.store_answers(newest, [])
    assert project.info.release.version == "100"


def test_a_project_without_answers_was_made_for_a_release(tmp_path, pair, made) -> None:
    path = make_project(tmp_path / "p.m2mp", pair[0], made)
    with Project.open(path) as project:
        project.forget_answers()
        assert project.info.release == ReleaseStamp(pair[0].info.terminology_id)


def test_texts_and_backups_are_not_taken_for_purged(project, effects, pair, path) -> None:
    backups = len(project.backups())
    upgrade(project, effects, pair, "renamed")
    assert project.info.remembers_texts
    kept = len(project.backups())
    assert kept >= backups
    project.close()
    with Project.open(path) as again:
        assert len(again.backups()) >= kept
        assert again.info.release.version == "99.1"
        assert len(upgrade_log(again)) == 1


def test_a_purge_after_an_upgrade_is_still_a_purge(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed")
    project.purge_texts(actor=LI, now=LATER)
    assert not project.info.remembers_texts
    assert len(upgrade_log(project)) == 1
    assert project.verify().is_sound


def test_the_log_says_who_when_from_to_and_what(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed", "demoted")
    (log,) = upgrade_log(project)
    keys = keys_of(project)
    assert (log.actor, log.utc) == (LI, LATER.isoformat(timespec="milliseconds"))
    assert (log.before, log.after) == tuple(stamp_of(one.info) for one in pair)
    assert set(log.changed) == {(keys["renamed"], "renamed"), (keys["demoted"], "demoted")}
    assert set(log.kept) == {
        (keys["moved"], "moved"), (keys["removed"], "removed"), (keys["llt_moved"], "llt_moved"),
        (keys["own item"], "demoted"), (keys["draft"], "llt_moved"),
    }  # fmt: skip


def test_a_note_holds_no_phrase(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed", "demoted", "own item")
    (log,) = upgrade_log(project)
    (note,) = [
        e for e in project.events_of_group(log.group_id) if e.change.target is Target.PROJECT
    ]
    told = json.loads(note.reason)
    assert told.keys() == {"from", "to", "changed", "kept"}
    kinds = {kind.value for kind in EffectKind}
    for key, kind in (*told["changed"], *told["kept"]):
        assert re.fullmatch(r"[pi]\d+", key)
        assert kind in kinds


def test_the_log_is_a_workbook(project, effects, pair, tmp_path) -> None:
    upgrade(project, effects, pair, "renamed", "demoted")
    project.undo(actor=LI, now=LATER)
    project.redo(actor=LI, now=LATER + timedelta(seconds=1))
    written, rows = export_log(project, tmp_path / "升级记录.xlsx")
    book = openpyxl.load_workbook(written)
    upgrades, decisions, files = (list(sheet.iter_rows(values_only=True)) for sheet in book)
    assert [line[2] for line in upgrades[1:]] == ["李药师"]
    assert upgrades[1][5:8] == ("2", "5", "valid")
    assert rows == len(decisions) - 1 == 7
    changed = {line[1]: line for line in decisions[1:] if line[6] == "yes"}
    assert set(changed) == {"renamed", "demoted"}
    assert changed["demoted"][4] != changed["demoted"][5]
    assert {line[0] for line in files[1:]} == {one.info.name for one in pair}


def test_a_second_upgrade_starts_from_the_first(project, effects, pair) -> None:
    upgrade(project, effects, pair, "renamed")
    back = project_effects(project, pair[1], pair[0])
    (renamed,) = [one for one in back if one.key == keys_of(project)["renamed"]]
    assert renamed.verdict.kind is EffectKind.RENAMED
    apply_effects(
        project, back, [renamed.key], actor=LI, when=LATER, release=stamp_of(pair[0].info)
    )
    first, second = upgrade_log(project)
    assert (second.before, second.after) == (first.after, first.before)
    assert project.info.release.version == "99.0"
