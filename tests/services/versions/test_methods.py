"""What the window asks the engine about versions: JSON in, JSON out."""

import openpyxl
import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.errors import BadRequest, Cancelled, TerminologyUnknown
from m2m_desktop.core.memory import CheckReason, learnt
from m2m_desktop.core.review import CodedTerm, ReviewState, ReviewStatus
from m2m_desktop.core.text import match_key
from m2m_desktop.services.language import use_language
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.versions.errors import EffectUnknown
from m2m_desktop.services.versions.upgrading import apply_effects
from m2m_desktop.services.versions.wire import effect_from_json
from tests.services.versions.decided import LATER, LI, cases, make_project, states
from tests.toy.release import write_toy_release


@pytest.fixture
def both(ids):
    return {"old": ids[0], "new": ids[1]}


@pytest.fixture
def project_path(tmp_path, pair, made):
    return make_project(tmp_path / "p.m2mp", pair[0], made)


def remember(methods, pair, made):
    """What the persons decided in the old release, by what happens to it."""
    entries = []
    coded = {**cases(made), "没有合适的": None}
    for name, one in coded.items():
        terms = () if one is None else (describe_term(pair[0], *one),)
        status = ReviewStatus.CHANGED if terms else ReviewStatus.NO_TERM
        state = ReviewState(
            status, terms, reviewer="王药师", decided_at="2026-03-04T08:00:00+00:00"
        )
        entries.append(learnt(f"短语 {name}", state, pair[0].info))
    methods.engine.memory.remember(entries)
    return {name: match_key(f"短语 {name}") for name in coded}


def test_two_releases_are_compared(ask, both, made) -> None:
    told = ask("versions_compare", **both)
    assert (told["old"]["version"], told["new"]["version"]) == ("99.0", "99.1")
    assert told["total"] == len(made.forward)
    assert sum(sum(levels.values()) for levels in told["counts"].values()) == told["total"]
    assert told["counts"]["demoted"] == {"pt": 4}
    assert told["problems"] == []


def test_changes_come_in_pages_of_what_was_chosen(ask, both) -> None:
    whole = ask("versions_changes", **both, limit=10_000)
    assert len(whole["changes"]) == whole["total"] > 100
    pages = [
        ask("versions_changes", **both, offset=start, limit=50)["changes"]
        for start in range(0, whole["total"], 50)
    ]
    assert [one for page in pages for one in page] == whole["changes"]
    moved = ask("versions_changes", **both, kinds=["moved"], levels=["llt"])
    assert {(one["kind"], one["level"]) for one in moved["changes"]} == {("moved", "llt")}
    one = moved["changes"][0]
    assert one["before"] in one["detail"]
    assert one["after_codes"][0][0] == "pt"
    assert ask("versions_changes", **both, text=one["code"])["total"] >= 1
    assert ask("versions_changes", **both, text="没有这样的")["total"] == 0


def test_a_wish_that_makes_no_sense_is_refused(ask, both, ids) -> None:
    for wish in ({"kinds": ["sold"]}, {"levels": ["xyz"]}, {"kinds": "moved"}, {"offset": -1}):
        with pytest.raises(BadRequest):
            ask("versions_changes", **both, **wish)
    for target in (None, {}, {"project": 3}, "p"):
        with pytest.raises(BadRequest):
            ask("versions_effects", **both, target=target)
    with pytest.raises(TerminologyUnknown):
        ask("versions_compare", old=ids[0], new="no such release")


def test_comparing_can_be_stopped_and_asked_again(ask, ids) -> None:
    def stop(done, total, note=""):
        if done >= 3:
            raise Cancelled

    backwards = {"old": ids[1], "new": ids[0]}
    with pytest.raises(Cancelled):
        ask("versions_compare", stop, **backwards)
    assert ask("versions_compare", **backwards)["total"] > 0


def test_all_changes_go_into_a_workbook(ask, both, made, tmp_path) -> None:
    told = ask("versions_export", **both, path=str(tmp_path / "变化.xlsx"))
    assert told["rows"] == len(made.forward)
    book = openpyxl.load_workbook(told["path"])
    overview, changes = (list(sheet.iter_rows(values_only=True)) for sheet in book)
    assert len(changes) == told["rows"] + 1
    assert overview[-1][0] == "Total"
    assert overview[-1][-1] == told["rows"]
    assert {line[2] for line in changes[1:]} == {fact.code for fact in made.forward}
    assert all(line[7] for line in changes)


def test_effects_on_a_project_are_applied_as_the_window_does(ask, both, project_path) -> None:
    told = ask("versions_effects", **both, target={"project": str(project_path)})
    assert told["total"] == len(told["effects"]) == sum(told["counts"].values()) == 11
    by_phrase = {(one["phrase"], one["key"][0]): one for one in told["effects"]}
    demoted = by_phrase["demoted", "p"]
    assert demoted["kind"] == "demoted"
    assert demoted["reason"].endswith("in the new release.")
    assert demoted["can_apply"]
    assert not demoted["needs_person"]
    assert demoted["proposal"][0]["pt_code"] != demoted["terms"][0]["pt_code"]
    assert by_phrase["removed", "p"]["proposal"] is None
    effects = [effect_from_json(one) for one in told["effects"]]
    release = ask("versions_compare", **both)["new"]
    with Project.open(project_path) as project:
        from m2m_desktop.services.project.upgrades import stamp_from_json

        apply_effects(
            project, effects, [demoted["key"]], actor=LI, when=LATER,
            release=stamp_from_json(release),
        )  # fmt: skip
        assert states(project)["demoted"].terms[0].pt_code == demoted["proposal"][0]["pt_code"]
    (log,) = ask("versions_log", project=str(project_path))["upgrades"]
    assert (log["who"], log["changed"], log["kept"]) == ("李药师", 1, 6)
    assert (log["from"]["version"], log["to"]["version"]) == ("99.0", "99.1")


def test_the_log_of_a_project_goes_into_a_workbook(ask, project_path, tmp_path) -> None:
    told = ask("versions_log_export", project=str(project_path), path=str(tmp_path / "log.xlsx"))
    assert told["rows"] == 0
    assert openpyxl.load_workbook(told["path"]).sheetnames == ["Upgrades", "Decisions", "Files"]


def test_sentences_are_in_the_language_of_the_user(ask, both, project_path) -> None:
    english = ask("versions_effects", **both, target={"project": str(project_path)})
    use_language("zh_CN")
    chinese = ask("versions_effects", **both, target={"project": str(project_path)})
    assert [one["kind"] for one in chinese["effects"]] == [
        one["kind"] for one in english["effects"]
    ]


# -- the memory ------------------------------------------------------------------------------------


def test_effects_on_the_memory_are_those_of_its_terms(ask, both, methods, pair, made) -> None:
    keys = remember(methods, pair, made)
    methods.engine.memory.stop("停用的", reviewer="甲", decided_at="2026-03-04T08:00:00+00:00")
    told = ask("versions_effects", **both, target={"memory": True})
    kinds = {one["key"]: one["kind"] for one in told["effects"]}
    expected = {name: "none" if name == "same" else name for name in cases(made)}
    assert kinds == {
        keys[name]: kind for name, kind in {**expected, "没有合适的": "no_term_before"}.items()
    }
    assert {one["status"] for one in told["effects"]} == {"remembered"}


def test_chosen_entries_hold_for_the_new_release(ask, both, methods, pair, made) -> None:
    keys = remember(methods, pair, made)
    chosen = [keys["renamed"], keys["demoted"], keys["moved"]]
    before = {entry.key: entry for entry in methods.engine.memory.entries()}
    told = ask("versions_apply_memory", **both, keys=chosen, reviewer="李药师")
    after = {entry.key: entry for entry in methods.engine.memory.entries()}
    assert told["changed"] == 3
    assert {key for key in after if after[key] != before[key]} == set(chosen)
    for key in chosen:
        assert after[key].terminology_version == "99.1"
        assert (after[key].reviewer, after[key].needs_check) == ("李药师", None)
        assert after[key].uses == before[key].uses
    pt, llt = cases(made)["demoted"]
    (term,) = after[keys["demoted"]].terms
    assert (term.pt_code, term.llt_code) == (made.new.llt_pt[pt], llt)
    # what was not chosen is marked by a recheck as before
    found = methods.engine.memory.recheck(pair[1])
    reasons = {entry.key: entry.needs_check for entry in found.changed}
    assert reasons == {
        keys["removed"]: CheckReason.PT_GONE,
        keys["llt_moved"]: CheckReason.LLT_MOVED,
        keys["没有合适的"]: CheckReason.NEW_RELEASE,
    }


def test_entries_without_a_proposal_cannot_be_chosen(ask, both, methods, pair, made) -> None:
    keys = remember(methods, pair, made)
    before = methods.engine.memory.entries()
    for bad in (keys["removed"], keys["same"], "没有这样的"):
        with pytest.raises(EffectUnknown) as error:
            ask("versions_apply_memory", **both, keys=[keys["renamed"], bad])
        assert bad not in str(error.value)  # a key is the wording of a phrase
    assert methods.engine.memory.entries() == before


def test_entries_of_the_demo_dictionary_are_no_matter(ask, both, methods, pair) -> None:
    demo = methods.engine.terminology("demo").info
    state = ReviewState(ReviewStatus.CHANGED, (CodedTerm("1", "皮疹"),))
    methods.engine.memory.remember([learnt("皮疹", state, demo)])
    assert ask("versions_effects", **both, target={"memory": True})["total"] == 0


# -- loading a release -----------------------------------------------------------------------------


@pytest.mark.requirement("R-017")
def test_loading_and_comparing_releases_changes_no_decision(
    ask, both, methods, pair, made, project_path, tmp_path
) -> None:
    remember(methods, pair, made)
    memory = methods.engine.memory
    entries, content = memory.entries(), memory.path.read_bytes()
    project = project_path.read_bytes()
    imported = methods.engine.import_terminology(
        write_toy_release(tmp_path / "newest", "Chinese", version="98.1")
    )
    try:
        newest = imported[0][0].terminology_id
        methods.engine.terminology(newest)
        ask("versions_compare", old=both["new"], new=newest)
        ask("versions_effects", old=both["new"], new=newest, target={"memory": True})
        ask("versions_effects", old=both["old"], new=newest, target={"project": str(project_path)})
        assert memory.entries() == entries
        assert memory.path.read_bytes() == content
        assert project_path.read_bytes() == project
        with Project.open(project_path) as opened:
            assert opened.info.release.version == "99.0"
    finally:
        methods.engine.remove_terminology(imported[0][0].terminology_id)
