"""The memory in coding: when a remembered decision answers, and when a person must look first."""

from dataclasses import replace
from pathlib import Path

import pytest

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.cascade import FIRST_PAIRS, Cascade
from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.memory import (
    CHECK_WORDS,
    CheckReason,
    MemoryEntry,
    is_worth_remembering,
    learnt,
)
from m2m_desktop.core.memory_check import confirmed, examine, may_answer, recheck
from m2m_desktop.core.pipeline import NOTHING_STATED, Pipeline
from m2m_desktop.core.ranking_model import RankingModel
from m2m_desktop.core.records import Band, Mention, Run, Source, TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.review import ReviewState, ReviewStatus
from m2m_desktop.core.templates import REFERENCE_TEMPLATE
from m2m_desktop.core.text import match_key
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import read_thesaurus

RESOURCES = Path(__file__).parents[2] / "resources"
RUN = Run(
    *("demo", "demo", "1", "Chinese"), (), True, *("toy", "0", "full", "file", "default"),
    0.3, 20, "0", "2026-01-01T00:00:00+00:00",
)  # fmt: skip
WHEN = "2026-11-21T08:00:00+00:00"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return TerminologyStore(tmp_path_factory.mktemp("terminologies")).open(RESOURCES / "demo")


@pytest.fixture(scope="module")
def retriever(demo):
    tokenisers = open_tokenisers(demo, read_thesaurus(RESOURCES))
    return LexicalRetriever(demo, build_name_index(demo, tokenisers), tokenisers)


class ToyReranker:
    """Is sure of 瘙痒 whatever it is asked; remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def score(self, mention, candidates, _check=None):
        self.asked.append(mention)
        return [0.95 if text.startswith("PT: 瘙痒；") else 0.01 for text in candidates]


class ToyMemory(dict):
    def recall(self, key):
        return self.get(key)


def pt_code(demo, name):
    (term,) = demo.find(name, [TermLevel.PT])
    return term.code


def entry(demo, text, *names, **changes):
    """An entry as a decision with this terminology makes it."""
    terms = tuple(describe_term(demo, pt_code(demo, name)) for name in names)
    status = ReviewStatus.CHANGED if names else ReviewStatus.NO_TERM
    state = ReviewState(status, terms, Source.MANUAL, reviewer="甲", decided_at=WHEN)
    return replace(learnt(text, state, demo.info), **changes)


def coded(demo, retriever, phrase, *entries, reranker=None, **options):
    memory = ToyMemory({one.key: one for one in entries})
    pipeline = Pipeline(demo, retriever, RUN, reranker, memory=memory, **options)
    return pipeline.code(Mention("1", phrase))


def names_of(result):
    by_code = {c.pt.code: c.pt.name for c in result.candidates}
    return [by_code[code] for code in result.selected]


# -- answering -----------------------------------------------------------------------------------


def test_a_remembered_phrase_is_answered_as_it_was_decided(demo, retriever):
    remembered = entry(demo, "浑身刺痒还起红疹子", "荨麻疹", "发热")
    reranker = ToyReranker()

    result = coded(demo, retriever, "浑身刺痒，还起红疹子。", remembered, reranker=reranker)

    assert names_of(result) == ["荨麻疹", "发热"]
    assert (result.band, result.source) == (Band.CERTAIN, Source.MEMORY)
    assert [c.evidence.source for c in result.candidates[:2]] == [Source.MEMORY] * 2
    assert result.candidates[2].pt.name == "瘙痒"  # the model's own best is still shown
    assert result.candidates[2].probability == 0.95
    assert len({c.pt.code for c in result.candidates}) == len(result.candidates) == RUN.top_k


def test_without_its_entry_the_same_phrase_is_the_models(demo, retriever):
    result = coded(demo, retriever, "浑身刺痒还起红疹子", reranker=ToyReranker())

    assert (names_of(result), result.source) == (["瘙痒"], Source.MODEL)


def test_the_model_is_spared_a_remembered_phrase_of_a_long_list(demo, retriever):
    reranker, remembered = ToyReranker(), entry(demo, "浑身刺痒", "荨麻疹")

    result = coded(demo, retriever, "浑身刺痒", remembered, reranker=reranker, scores_exact=False)

    assert names_of(result) == ["荨麻疹"]
    assert reranker.asked == []
    assert len(result.candidates) == RUN.top_k


def test_a_costly_model_only_shows_a_few_probabilities_of_a_remembered_phrase(demo, retriever):
    remembered = entry(demo, "浑身刺痒", "荨麻疹")
    small, big = ToyReranker(), ToyReranker()
    texts = CandidateTexts(demo, REFERENCE_TEMPLATE)
    cascade = Cascade(RankingModel(small, texts), None, RUN.threshold)
    pipeline = Pipeline(
        demo, retriever, RUN, big, memory=ToyMemory({remembered.key: remembered}), cascade=cascade
    )
    mention = Mention("1", "浑身刺痒")

    look = pipeline.look(pipeline.question(mention))
    first, last = pipeline.first_answer(mention, look), pipeline.decide(mention, look)

    for result in (first, last):
        assert (names_of(result), result.source) == (["荨麻疹"], Source.MEMORY)
    assert (first.is_final, last.is_final) == (False, True)
    assert last.pairs_scored == FIRST_PAIRS
    assert not last.candidates[0].is_estimated
    assert last.candidates[-1].is_estimated


def test_that_no_term_is_suitable_is_remembered_too(demo, retriever):
    result = coded(demo, retriever, "浑身刺痒", entry(demo, "浑身刺痒"), reranker=ToyReranker())

    assert (result.selected, result.band, result.source) == ((), Band.CERTAIN, Source.MEMORY)
    assert result.candidates


def test_the_name_of_one_pt_comes_before_the_memory(demo, retriever):
    result = coded(demo, retriever, "头痛", entry(demo, "头痛", "恶心"))

    assert (names_of(result), result.source) == (["头痛"], Source.EXACT)


@pytest.mark.parametrize("phrase", ["打嗝", "头痛伴恶心"])
def test_the_memory_settles_a_name_of_several_pts_and_a_phrase_of_several_names(
    demo, retriever, phrase
):
    result = coded(demo, retriever, phrase, entry(demo, phrase, "呕吐"))

    assert names_of(result) == ["呕吐"]
    assert (result.band, result.source) == (Band.CERTAIN, Source.MEMORY)


def test_what_a_person_coded_is_no_phrase_that_states_nothing(demo, retriever):
    phrase = "停药后好转"
    without = coded(demo, retriever, phrase)
    result = coded(demo, retriever, phrase, entry(demo, phrase, "头痛"))

    assert without.warnings == (NOTHING_STATED,)
    assert (names_of(result), result.warnings) == (["头痛"], ())


def test_a_stopped_or_marked_entry_does_not_answer(demo, retriever):
    for changes in ({"is_stopped": True}, {"needs_check": CheckReason.RENAMED}):
        remembered = entry(demo, "浑身刺痒", "荨麻疹", **changes)
        result = coded(demo, retriever, "浑身刺痒", remembered, reranker=ToyReranker())

        assert result.source is Source.MODEL


def test_the_reference_asks_no_memory(demo, retriever):
    result = coded(
        demo, retriever, "浑身刺痒", entry(demo, "浑身刺痒", "荨麻疹"),
        reranker=ToyReranker(), is_reference=True,
    )  # fmt: skip

    assert result.source is Source.MODEL


def test_the_remembered_llt_is_the_evidence(demo, retriever):
    llt = next(llt for llt in demo.llts(pt_code(demo, "荨麻疹")) if llt.code != llt.pt_code)
    remembered = entry(demo, "浑身刺痒", "荨麻疹")
    term = describe_term(demo, llt.pt_code, llt.code)

    result = coded(demo, retriever, "浑身刺痒", replace(remembered, terms=(term,)))

    assert result.candidates[0].evidence.llt_name == llt.name


# -- what an entry is ----------------------------------------------------------------------------


def test_an_entry_keeps_the_decision_and_its_release_but_no_probability(demo):
    term = replace(describe_term(demo, pt_code(demo, "皮疹")), probability=0.7)
    state = ReviewState(
        ReviewStatus.ACCEPTED, (term,), Source.MODEL, reviewer="甲", decided_at=WHEN
    )

    made = learnt("起 红疹子", state, demo.info)

    assert (made.key, made.text, made.reviewer) == (match_key("起红疹子"), "起 红疹子", "甲")
    assert made.terms == (replace(term, probability=None),)
    assert (made.terminology_id, made.terminology_version) == (
        demo.info.terminology_id, demo.info.version,
    )  # fmt: skip


def test_what_is_no_decision_or_no_wording_is_not_remembered(demo):
    decided = ReviewState(ReviewStatus.NO_TERM)

    assert learnt("皮疹", ReviewState(), demo.info) is None
    assert learnt("  ", decided, demo.info) is None
    assert learnt("皮疹", decided, demo.info) is not None


def test_an_accepted_exact_name_adds_nothing_to_the_memory():
    assert not is_worth_remembering(Source.EXACT, ReviewStatus.ACCEPTED)
    assert not is_worth_remembering(Source.MODEL, ReviewStatus.UNREVIEWED)
    assert is_worth_remembering(Source.MODEL, ReviewStatus.ACCEPTED)
    assert is_worth_remembering(Source.EXACT, ReviewStatus.CHANGED)


# -- another release -----------------------------------------------------------------------------


def changed_term(demo, **changes):
    one = entry(demo, "浑身刺痒", "荨麻疹")
    return replace(one, terms=(replace(one.terms[0], **changes),), terminology_version="0.0")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"pt_code": "99999999"}, CheckReason.PT_GONE),
        ({"llt_code": "99999999", "llt_name": "浑身刺痒"}, CheckReason.LLT_GONE),
        ({"pt_name": "风疹块"}, CheckReason.RENAMED),
        ({"hlt_code": "99999999"}, CheckReason.PATH_CHANGED),
        ({"soc_code": "99999999"}, CheckReason.PATH_CHANGED),
        ({"soc_code": "", "hlt_code": "", "hlgt_code": ""}, None),
    ],
)
def test_an_entry_of_another_release_answers_only_where_nothing_has_changed(demo, changes, reason):
    made = changed_term(demo, **changes)

    assert examine(made, demo) is reason
    assert may_answer(made, demo) is (reason is None)


def test_an_llt_that_moved_or_is_retired_asks_for_a_person(demo):
    retired = demo.find("皮诊", [TermLevel.LLT])[0].code
    elsewhere = demo.llts(pt_code(demo, "头痛"))[0].code
    eruption = entry(demo, "红点", "皮疹")

    def with_llt(code):
        return replace(eruption, terms=(replace(eruption.terms[0], llt_code=code),))

    assert examine(with_llt(retired), demo) is CheckReason.LLT_NOT_CURRENT
    assert examine(with_llt(elsewhere), demo) is CheckReason.LLT_MOVED


def test_a_release_in_another_language_renames_nothing(demo):
    made = replace(
        changed_term(demo, pt_name="Urticaria in Klingon"), terminology_language="Klingon"
    )

    assert examine(made, demo) is None


def test_that_nothing_was_suitable_holds_for_its_own_release_only(demo):
    made = entry(demo, "浑身刺痒")

    assert examine(made, demo) is None
    assert examine(replace(made, terminology_version="0.0"), demo) is CheckReason.NEW_RELEASE


def test_entries_of_meddra_and_of_the_demo_dictionary_never_mix(demo):
    made = replace(entry(demo, "浑身刺痒", "荨麻疹"), terminology_id="meddra-29.0-chinese-0")

    assert not may_answer(made, demo)
    assert recheck([made], demo).examined == 0


def test_a_recheck_marks_what_changed_and_clears_what_holds_again(demo):
    fine = entry(demo, "甲", "皮疹")
    gone = changed_term(demo, pt_code="99999999")
    was_marked = entry(demo, "乙", "头痛", needs_check=CheckReason.RENAMED)
    stopped = replace(gone, key="丙", is_stopped=True)

    found = recheck([fine, gone, was_marked, stopped], demo)

    assert found.examined == 3
    assert found.changed == (replace(gone, needs_check=CheckReason.PT_GONE),)
    assert found.cleared == (replace(was_marked, needs_check=None),)
    assert not found.is_clean


def test_a_person_confirms_an_entry_as_the_release_describes_it_now(demo):
    retired = demo.find("皮诊", [TermLevel.LLT])[0].code
    old = entry(demo, "红点", "皮疹", needs_check=CheckReason.RENAMED, terminology_version="0.0")
    old = replace(old, terms=(replace(old.terms[0], pt_name="旧名", llt_code=retired),))

    fresh = confirmed(old, demo, "乙", WHEN)

    assert may_answer(fresh, demo)
    assert (fresh.terms[0].pt_name, fresh.terms[0].llt_code) == ("皮疹", "")
    assert (fresh.reviewer, fresh.terminology_version) == ("乙", demo.info.version)


def test_what_is_gone_cannot_be_confirmed(demo):
    fresh = confirmed(changed_term(demo, pt_code="99999999"), demo, "乙", WHEN)

    assert fresh.needs_check is CheckReason.PT_GONE


def test_every_reason_is_in_words():
    assert set(CHECK_WORDS) == set(CheckReason)
    assert isinstance(MemoryEntry("k", "t").pt_codes, frozenset)
