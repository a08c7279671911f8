"""What a new release means for a decision: by a pair of releases with planted changes."""

import copy
from dataclasses import replace

import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.versions.changes import ChangeKind
from m2m_desktop.core.versions.comparing import compare
from m2m_desktop.core.versions.effects import CERTAIN, EffectKind
from m2m_desktop.core.versions.examining import Examiner
from m2m_desktop.core.versions.wording import nearest_llt
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import write_toy_release
from tests.toy.version_drafts import write_release
from tests.toy.versions import open_pair, planted

PHRASE = "一个没有这样名字的短语"


@pytest.fixture(scope="module")
def made():
    return planted(seed=3)


@pytest.fixture(scope="module")
def pair(made, tmp_path_factory):
    return open_pair(made, tmp_path_factory.mktemp("pair"))


@pytest.fixture(scope="module")
def changes(pair):
    return compare(*pair).changes


@pytest.fixture
def verdict_of(pair):
    """Hold PTs of the old release, each with an LLT or none, against the new one."""
    examiner = Examiner(*pair)

    def verdict(*coded, phrase=PHRASE, language="Chinese", version=""):
        terms = [describe_term(pair[0], *([one] if isinstance(one, str) else one)) for one in coded]
        assert None not in terms
        return examiner.examine(phrase, terms, language=language, version=version)

    return verdict


def codes(changes, kind, level="pt"):
    return [one.code for one in changes if (one.kind, one.level) == (kind, level)]


def touched(changes):
    return {one.code for one in changes} | {
        place.code for one in changes for place in (*one.before, *one.after)
    }


def untouched_pt(made, changes):
    """A PT of which nothing has changed, nor anything above it or among its LLTs."""
    bad = touched(changes)
    for pt, hlts in made.old.up["pt"].items():
        llts = [llt for llt, owner in made.old.llt_pt.items() if owner == pt]
        hlgts = [hlgt for hlt in hlts for hlgt in made.old.up["hlt"][hlt]]
        if bad.isdisjoint([pt, *llts, *hlts, *hlgts]):
            return pt
    raise LookupError


def only(changes, kind, level="pt"):
    """Terms that only this has happened to."""
    found = codes(changes, kind, level)
    return [code for code in found if sum(one.code == code for one in changes) == 1]


def test_what_the_release_says_the_same_of_is_left_alone(made, changes, verdict_of) -> None:
    pt = untouched_pt(made, changes)
    verdict = verdict_of(pt)
    assert (verdict.kind, verdict.reasons, verdict.proposal) == (EffectKind.NONE, (), None)
    assert not verdict.needs_person


def test_every_untouched_term_has_no_effect(made, changes, pair, verdict_of) -> None:
    """The other way round: what has an effect was changed, or stands below what was changed."""
    bad = touched(changes)
    for llt, pt in list(made.old.llt_pt.items())[::4]:
        if verdict_of((pt, llt)).kind is EffectKind.NONE:
            continue
        hlts = made.old.up["pt"][pt]
        hlgts = [hlgt for hlt in hlts for hlgt in made.old.up["hlt"][hlt]]
        assert not bad.isdisjoint([llt, pt, *hlts, *hlgts])


def test_a_renamed_pt_keeps_its_codes_under_its_new_name(changes, pair, verdict_of) -> None:
    pt = only(changes, ChangeKind.RENAMED)[0]
    verdict = verdict_of((pt, pt))
    assert (verdict.kind, verdict.is_certain) == (EffectKind.RENAMED, True)
    (term,) = verdict.proposal
    assert (term.pt_code, term.llt_code) == (pt, pt)
    assert term.pt_name == term.llt_name == pair[1].term(TermLevel.PT, pt).name
    assert len(verdict.reasons) == 1  # the PT and its own LLT are one name


def test_a_moved_pt_keeps_its_codes_in_its_new_place(changes, verdict_of, pair) -> None:
    for pt in only(changes, ChangeKind.MOVED):
        verdict = verdict_of(pt)
        then, now = (release.paths(pt)[0] for release in pair)
        if then.hlt.code == now.hlt.code:
            continue
        assert (verdict.kind, verdict.is_certain) == (EffectKind.MOVED, True)
        assert verdict.proposal[0].hlt_code == now.hlt.code
        assert then.hlt.name in verdict.reasons[0].text()
        return
    pytest.fail("no PT moved")


def test_another_primary_soc_is_said_first_with_the_place(made, changes, verdict_of) -> None:
    pt = next(
        pt
        for pt in codes(changes, ChangeKind.PRIMARY_SOC)
        if pt in codes(changes, ChangeKind.MOVED)
    )
    verdict = verdict_of(pt)
    assert (verdict.kind, verdict.is_certain) == (EffectKind.PRIMARY_SOC, True)
    assert verdict.proposal[0].soc_code == made.new.primary[pt]
    assert len(verdict.reasons) == 2


def test_a_pt_that_became_an_llt_gives_way_to_the_pt_it_belongs_to(
    made, changes, verdict_of
) -> None:
    for pt in codes(changes, ChangeKind.DEMOTED):
        for coded in (pt, (pt, pt)):
            verdict = verdict_of(coded)
            assert verdict.kind is EffectKind.DEMOTED
            (term,) = verdict.proposal
            assert (term.pt_code, term.llt_code) == (made.new.llt_pt[pt], pt)
            assert (verdict.needs_person, verdict.is_certain) == (False, False)


def test_where_pt_and_llt_went_different_ways_a_person_decides(made, changes, pair) -> None:
    pt = codes(changes, ChangeKind.DEMOTED)[0]
    elsewhere = next(
        llt
        for llt in codes(changes, ChangeKind.MOVED, "llt")
        if made.new.llt_pt[llt] != made.new.llt_pt[pt]
    )
    term = replace(describe_term(pair[0], pt), llt_code=elsewhere, llt_name="虚构")
    verdict = Examiner(*pair).examine(PHRASE, [term], language="Chinese")
    assert (verdict.kind, verdict.needs_person) == (EffectKind.DEMOTED, True)
    assert verdict.proposal[0].pt_code == made.new.llt_pt[elsewhere]


def test_an_llt_takes_its_meaning_to_its_new_pt(made, changes, verdict_of) -> None:
    llt = next(
        llt
        for llt in only(changes, ChangeKind.MOVED, "llt")
        if made.old.llt_pt[llt] in made.new.names["pt"]
        and made.new.llt_pt[llt] in made.old.up["pt"]
    )
    verdict = verdict_of((made.old.llt_pt[llt], llt))
    assert verdict.kind is EffectKind.LLT_MOVED
    (term,) = verdict.proposal
    assert (term.pt_code, term.llt_code) == (made.new.llt_pt[llt], llt)
    assert (verdict.needs_person, verdict.is_certain) == (False, False)
    # the PT alone, without that LLT, is not concerned
    assert verdict_of(made.old.llt_pt[llt]).kind in {EffectKind.NONE, *CERTAIN}


def test_an_llt_that_became_a_pt_is_proposed_as_one(made, changes, verdict_of) -> None:
    for llt in codes(changes, ChangeKind.PROMOTED):
        verdict = verdict_of((made.old.llt_pt[llt], llt))
        assert verdict.kind is EffectKind.PROMOTED_OTHER
        assert [(one.pt_code, one.llt_code) for one in verdict.proposal] == [(llt, llt)]


def test_an_llt_that_is_gone_gives_way_to_another_of_its_pt(made, changes, verdict_of) -> None:
    llt = next(
        llt
        for llt in codes(changes, ChangeKind.REMOVED, "llt")
        if made.old.llt_pt[llt] in made.new.names["pt"]
    )
    pt = made.old.llt_pt[llt]
    verdict = verdict_of((pt, llt))
    assert (verdict.kind, verdict.needs_person) == (EffectKind.LLT_REMOVED, False)
    (term,) = verdict.proposal
    assert term.pt_code == pt
    assert made.new.llt_pt[term.llt_code] == pt
    assert made.new.current[term.llt_code]


def test_an_llt_that_is_not_current_any_more_gives_way_to_a_current_one(
    made, changes, verdict_of, pair
) -> None:
    llt = next(
        llt
        for llt in codes(changes, ChangeKind.MADE_NOT_CURRENT, "llt")
        if made.new.llt_pt[llt] == made.old.llt_pt[llt]
    )
    verdict = verdict_of((made.old.llt_pt[llt], llt))
    assert (verdict.kind, verdict.needs_person) == (EffectKind.NOT_CURRENT, False)
    (term,) = verdict.proposal
    assert term.pt_code == made.old.llt_pt[llt]
    assert term.llt_code != llt
    assert term.is_current


def test_an_llt_that_was_not_current_before_is_nothing_new(made, changes, verdict_of) -> None:
    bad = touched(changes)
    for llt, pt in made.old.llt_pt.items():
        hlts = made.old.up["pt"][pt]
        hlgts = [hlgt for hlt in hlts for hlgt in made.old.up["hlt"][hlt]]
        if not made.old.current[llt] and bad.isdisjoint([llt, pt, *hlts, *hlgts]):
            assert verdict_of((pt, llt)).kind is EffectKind.NONE
            return
    pytest.fail("no such LLT")


def test_nothing_follows_for_a_pt_that_is_gone(made, changes, verdict_of) -> None:
    pt = codes(changes, ChangeKind.REMOVED)[0]
    for coded in (pt, (pt, pt)):
        verdict = verdict_of(coded)
        assert (verdict.kind, verdict.needs_person) == (EffectKind.REMOVED, True)
        assert verdict.proposal is None
    kept = next(
        llt for llt, owner in made.old.llt_pt.items() if owner == pt and llt in made.new.llt_pt
    )
    verdict = verdict_of((pt, kept))
    assert (verdict.kind, verdict.needs_person) == (EffectKind.LLT_MOVED, False)
    assert verdict.proposal[0].pt_code == made.new.llt_pt[kept]


def test_of_a_set_the_gravest_counts_and_the_whole_set_is_proposed(
    made, changes, verdict_of
) -> None:
    renamed = only(changes, ChangeKind.RENAMED)[0]
    demoted, gone = (codes(changes, kind)[0] for kind in (ChangeKind.DEMOTED, ChangeKind.REMOVED))
    still = untouched_pt(made, changes)
    verdict = verdict_of(still, renamed, demoted)
    assert verdict.kind is EffectKind.DEMOTED
    assert [one.pt_code for one in verdict.proposal] == [
        still, renamed, made.new.llt_pt[demoted],
    ]  # fmt: skip
    assert len(verdict.reasons) == 2
    verdict = verdict_of(still, gone, demoted)
    assert (verdict.kind, verdict.proposal) == (EffectKind.REMOVED, None)
    assert verdict.needs_person


def test_terms_that_become_one_are_proposed_once(made, changes, verdict_of) -> None:
    demoted = codes(changes, ChangeKind.DEMOTED)[0]
    host = made.new.llt_pt[demoted]
    assert [one.pt_code for one in verdict_of(host, demoted).proposal] == [host]


def test_a_phrase_that_is_now_a_name_is_told_to_a_person(made, changes, verdict_of) -> None:
    llt = next(code for code in codes(changes, ChangeKind.ADDED, "llt"))
    pt = made.new.llt_pt[llt]
    name = made.new.names["llt"][llt]
    still = untouched_pt(made, changes)
    verdict = verdict_of(still, phrase=f" {name}。")
    assert (verdict.kind, verdict.needs_person) == (EffectKind.NEW_EXACT, True)
    assert [(one.pt_code, one.llt_code) for one in verdict.proposal] == [(pt, llt)]
    # nothing was suitable: now something may be
    verdict = verdict_of(phrase=name)
    assert verdict.kind is EffectKind.NEW_EXACT
    # beside something graver it is only added
    gone = codes(changes, ChangeKind.REMOVED)[0]
    verdict = verdict_of(gone, phrase=name)
    assert verdict.kind is EffectKind.REMOVED
    assert name in verdict.reasons[-1].text()
    # a name that was there before is nothing new
    assert verdict_of(still, phrase=made.old.names["llt"][still]).kind is EffectKind.NONE


def test_a_new_name_that_is_not_for_coding_is_not_told(made, pair, changes, tmp_path) -> None:
    draft = copy.deepcopy(made.new)
    llt = codes(changes, ChangeKind.ADDED, "llt")[0]
    draft.current[llt] = False
    store = TerminologyStore(tmp_path / "store")
    newest = store.open(write_release(draft, tmp_path / "newest"))
    still = describe_term(pair[0], untouched_pt(made, changes))
    for release, expected in ((pair[1], EffectKind.NEW_EXACT), (newest, EffectKind.NONE)):
        verdict = Examiner(pair[0], release).examine(
            draft.names["llt"][llt], [still], language="Chinese"
        )
        assert verdict.kind is expected


def test_that_nothing_was_suitable_is_asked_again_where_the_release_is_remembered(
    verdict_of,
) -> None:
    assert verdict_of().kind is EffectKind.NONE
    verdict = verdict_of(version="99.0")
    assert (verdict.kind, verdict.needs_person) == (EffectKind.NO_TERM_BEFORE, True)
    assert verdict_of(version="99.1").kind is EffectKind.NONE


def test_names_of_another_language_are_not_called_renamed(tmp_path) -> None:
    store = TerminologyStore(tmp_path / "store")
    chinese = store.open(write_toy_release(tmp_path / "zh", "Chinese"))
    english = store.open(write_toy_release(tmp_path / "en", "English", version="99.1"))
    terms = [describe_term(chinese, "90000101", "90000101")]
    examine = Examiner(chinese, english).examine
    assert examine(PHRASE, terms, language="Chinese").kind is EffectKind.NONE
    assert examine(PHRASE, terms, language="English").kind is EffectKind.RENAMED


def test_a_decision_without_a_path_is_compared_by_the_old_release(changes, pair) -> None:
    pt = codes(changes, ChangeKind.PRIMARY_SOC)[0]
    bare = describe_term(pair[0], pt)
    bare = replace(
        bare, hlt_code="", hlt_name="", hlgt_code="", hlgt_name="", soc_code="", soc_name=""
    )
    verdict = Examiner(*pair).examine(PHRASE, [bare], language="Chinese")
    assert verdict.kind is EffectKind.PRIMARY_SOC


def test_a_probability_stays_with_its_pt_only(changes, pair, made) -> None:
    renamed, demoted = only(changes, ChangeKind.RENAMED)[0], codes(changes, ChangeKind.DEMOTED)[0]
    for pt, expected in ((renamed, 0.75), (demoted, None)):
        term = replace(describe_term(pair[0], pt), probability=0.75)
        verdict = Examiner(*pair).examine(PHRASE, [term], language="Chinese")
        assert verdict.proposal[0].probability == expected


def test_the_nearest_llt_is_current_and_of_the_same_pt(made, tmp_path) -> None:
    draft = copy.deepcopy(made.old)
    pt = next(iter(draft.names["pt"]))
    llts = [code for code, owner in draft.llt_pt.items() if owner == pt and code != pt]
    draft.names["llt"].update(zip(llts, ["双眼皮红", "右手发麻发凉", "右手发麻"], strict=False))
    draft.current.update(dict.fromkeys(llts, True))
    release = TerminologyStore(tmp_path / "store").open(write_release(draft, tmp_path / "release"))
    assert len(llts) >= 2
    assert nearest_llt(release, pt, "右手发麻，发凉").code == llts[1]
    assert nearest_llt(release, pt, "甲乙丙丁").code == pt
    assert nearest_llt(release, pt, "").code == pt
    assert nearest_llt(release, "00000000", "右手") is None
