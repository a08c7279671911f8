"""A list of phrases: each question once, answers in order, provisional ones first."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.cascade import CELLS, FIRST_PAIRS, Cascade, StopCounts, stop_table
from m2m_desktop.core.coding_list import code_list
from m2m_desktop.core.decoding import decode_probabilities
from m2m_desktop.core.errors import Cancelled
from m2m_desktop.core.pipeline import Pipeline
from m2m_desktop.core.ranking_model import RankingModel
from m2m_desktop.core.records import Mention, Run, Source
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.templates import Template
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import read_thesaurus

RESOURCES = Path(__file__).parents[2] / "resources"
RUN = Run(
    "demo", "demo", "1", "Chinese", (), True, "big", "", "full", "file", "default", 0.3, 100, "0",
    "2026-01-01T00:00:00+00:00",
)  # fmt: skip
ITCH, RASH, NAMED, DENIED = "浑身刺痒难受", "身上冒红疹子", "头痛伴恶心", "患者无恶心、呕吐"
TRUSTING = np.zeros(CELLS, np.int64)
TRUSTING[:, :, 0] = 100_000


class ToyReranker:
    """Gives each candidate a figure of its own that holds still; remembers what it was asked."""

    def __init__(self, **sure: float) -> None:
        self.sure = sure
        self.asked = []
        self.batches = 0

    def score(self, mention, candidates, check):
        self.asked.append((mention, list(candidates)))
        for _ in candidates:
            self.batches += 1
            check()
        names = [text.removeprefix("PT: ").split("；")[0] for text in candidates]
        return np.array([self.sure.get(n, 0.001 * (1 + sum(map(ord, n)) % 7)) for n in names])


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    terminology = TerminologyStore(tmp_path_factory.mktemp("t")).open(RESOURCES / "demo")
    tokenisers = open_tokenisers(terminology, read_thesaurus(RESOURCES))
    index = build_name_index(terminology, tokenisers)
    return terminology, LexicalRetriever(terminology, index, tokenisers)


class Setting:
    """A pipeline with a cascade of two toys."""

    def __init__(self, demo, *, counts=TRUSTING, tolerance=0.005, auditor=None, kept=None):
        terminology, retriever = demo
        self.big = ToyReranker(瘙痒=0.95, 皮疹=0.9)
        self.small = ToyReranker(瘙痒=0.6)
        texts = CandidateTexts(terminology, Template("pt_only"))
        cascade = Cascade(
            RankingModel(self.small, texts, Calibration(1.0, 0.5, 3.0)),
            stop_table(RUN.threshold, StopCounts(counts, 100_000)),
            RUN.threshold,
            tolerance,
            auditor=auditor,
        )
        full = Pipeline(terminology, retriever, RUN, self.big, Template("pt_llt"), kept=kept)
        self.full = full
        self.pipeline = Pipeline(
            terminology, retriever, RUN, self.big, Template("pt_llt"), kept=kept, cascade=cascade
        )

    def code(self, *texts, **options):
        mentions = [Mention(str(number), text) for number, text in enumerate(texts)]
        return list(code_list(self.pipeline, mentions, **options))


def probabilities(result):
    return [candidate.probability for candidate in result.candidates]


# -- the cascade -----------------------------------------------------------------------------------


def test_what_the_model_did_not_score_is_an_estimate_stands_last_and_is_never_selected(demo):
    (result,) = Setting(demo).code(ITCH)
    marks = [candidate.is_estimated for candidate in result.candidates]
    assert marks == [False] * FIRST_PAIRS + [True] * (len(marks) - FIRST_PAIRS)
    assert result.pairs_scored == FIRST_PAIRS
    estimated = probabilities(result)[FIRST_PAIRS:]
    assert estimated == sorted(estimated, reverse=True)
    assert max(estimated) >= RUN.threshold  # the small model would have selected it
    scored = {c.pt.code for c in result.candidates[:FIRST_PAIRS]}
    assert set(result.selected) <= scored
    assert result.is_final


def test_the_small_model_reads_its_own_texts_and_the_big_one_the_whole_phrase(demo):
    setting = Setting(demo)
    setting.code(f"用药后{ITCH}")
    assert {mention for mention, _ in setting.big.asked} == {f"用药后{ITCH}"}
    assert ITCH in {mention for mention, _ in setting.small.asked}
    assert all("别名" not in text for _, texts in setting.small.asked for text in texts)
    assert any("别名" in text for _, texts in setting.big.asked for text in texts)


def test_estimates_order_the_candidates_in_the_kind_of_the_models_own_probabilities(demo):
    """Calibrated where the model is, else as the small model says by itself."""
    mention = Mention("1", ITCH)
    setting = Setting(demo)
    look = setting.pipeline.look(setting.pipeline.question(mention))
    calibrated = replace(setting.pipeline, calibration=Calibration(0.0, 1.0, 1.0))
    firsts = []
    for pipeline, figures in (
        (setting.pipeline, look.estimates.opinions),
        (calibrated, look.estimates.probabilities),
    ):
        result = pipeline.decide(mention, look)
        scored = {c.retrieval_rank - 1 for c in result.candidates if not c.is_estimated}
        assert scored == set(np.argsort(-figures, kind="stable")[:FIRST_PAIRS])
        firsts.append(scored)
    assert firsts[0] != firsts[1]


def test_a_tolerance_of_nothing_gives_the_answer_of_scoring_everything(demo):
    setting = Setting(demo, tolerance=0.0)
    for phrase in (ITCH, RASH, NAMED, DENIED, ""):
        mention = Mention("1", phrase)
        cascaded, full = setting.pipeline.code(mention), setting.full.code(mention)
        assert cascaded.selected == full.selected
        assert (cascaded.band, cascaded.source) == (full.band, full.source)
        if setting.pipeline.look(setting.pipeline.question(mention)).is_open:
            figures = {c.pt.code: (c.probability, c.is_estimated) for c in cascaded.candidates}
            assert figures == {c.pt.code: (c.probability, False) for c in full.candidates}
            assert cascaded.pairs_scored == full.pairs_scored == len(full.candidates)


@pytest.mark.parametrize("phrase", [NAMED, DENIED])
def test_where_names_decide_only_the_first_few_are_scored(demo, phrase):
    (result,) = Setting(demo, counts=np.zeros(CELLS, np.int64)).code(phrase)
    assert result.pairs_scored == FIRST_PAIRS
    assert result.source in (Source.EXACT, Source.NONE)
    exact = [c for c in result.candidates if c.evidence.source is Source.EXACT]
    assert not any(candidate.is_estimated for candidate in exact)
    assert [c.rank for c in exact] == [*range(1, len(exact) + 1)]


def test_an_audited_phrase_is_scored_to_its_end_and_noted_once(demo):
    class Auditor:
        noted = 0

        def wants(self, phrase):
            return phrase == ITCH

        def note(self, _counts, **_is_changed):
            self.noted += 1

    auditor = Auditor()
    itch, rash, _ = Setting(demo, auditor=auditor).code(ITCH, RASH, NAMED)
    assert (itch.pairs_scored, rash.pairs_scored, auditor.noted) == (100, FIRST_PAIRS, 1)
    assert not any(candidate.is_estimated for candidate in itch.candidates)


# -- first answers ---------------------------------------------------------------------------------


def test_first_answers_of_all_phrases_come_before_the_final_ones_each_in_order(demo):
    setting = Setting(demo)
    results = setting.code(ITCH, NAMED, "", ITCH, first_answers=True)
    order = [(result.mention.mention_id, result.is_final) for result in results]
    assert order == [*((str(n), False) for n in range(4)), *((str(n), True) for n in range(4))]
    assert [result.selected for result in results[4:]] == [
        result.selected for result in Setting(demo).code(ITCH, NAMED, "", ITCH)
    ]
    assert len(setting.small.asked) == len({mention for mention, _ in setting.small.asked})


def test_a_first_answer_is_the_small_models_and_costs_the_big_one_nothing(demo):
    setting = Setting(demo)
    mention = Mention("1", ITCH)
    provisional = next(code_list(setting.pipeline, [mention], first_answers=True))
    assert setting.big.asked == []
    assert all(candidate.is_estimated for candidate in provisional.candidates)
    assert probabilities(provisional) == sorted(probabilities(provisional), reverse=True)
    decision = decode_probabilities(provisional.candidates, RUN.threshold)
    assert (provisional.selected, provisional.band) == (decision.selected, decision.band)
    assert provisional.selected
    assert (provisional.pairs_scored, provisional.pairs_kept) == (0, 0)


def test_without_a_cascade_there_are_only_final_answers(demo):
    setting = Setting(demo)
    results = list(code_list(setting.full, [Mention("1", ITCH)], first_answers=True))
    assert [result.is_final for result in results] == [True]


# -- each question once ----------------------------------------------------------------------------


def test_phrases_that_read_alike_are_coded_once_and_keep_their_own_text(demo):
    setting = Setting(demo)
    texts = [ITCH, f" {ITCH}\u200b", RASH, f"{ITCH}\u3000", RASH]
    results = setting.code(*texts)
    assert [result.mention.text for result in results] == texts
    assert [result.mention.mention_id for result in results] == [*"01234"]
    assert len({mention for mention, _ in setting.big.asked}) == 2
    assert [r.pairs_scored for r in results] == [FIRST_PAIRS, 0, FIRST_PAIRS, 0, 0]
    assert [r.pairs_kept for r in results] == [0, FIRST_PAIRS, 0, FIRST_PAIRS, FIRST_PAIRS]
    assert results[0].candidates == results[1].candidates == results[3].candidates


def test_what_differs_in_more_than_width_and_space_is_another_question(demo):
    setting = Setting(demo)
    setting.code("ALT升高了些", "alt升高了些", "ALT升高了些。", "ＡＬＴ升高了些")
    asked = {mention for mention, _ in setting.big.asked}
    assert asked == {"ALT升高了些", "alt升高了些", "ALT升高了些。"}


def test_each_answer_comes_before_the_next_phrase_is_asked_about(demo):
    setting = Setting(demo)
    results = code_list(setting.pipeline, [Mention("1", ITCH), Mention("2", RASH)])
    assert next(results).mention.mention_id == "1"
    assert {mention for mention, _ in setting.big.asked} == {ITCH}


def test_a_cancel_within_a_phrase_stops_the_big_model_at_once(demo):
    setting = Setting(demo, tolerance=0.0)

    def progress(done, total, note=""):
        if setting.big.batches == 3:
            raise Cancelled

    results = code_list(setting.pipeline, [Mention("1", ITCH)], progress)
    with pytest.raises(Cancelled):
        next(results)
    assert setting.big.batches == 3


# -- kept scores -----------------------------------------------------------------------------------


class Kept:
    def __init__(self):
        self.known = {}

    def get(self, phrase, candidates):
        return np.array([self.known.get((phrase, text), np.nan) for text in candidates])

    def put(self, phrase, candidates, probabilities):
        for text, probability in zip(candidates, probabilities, strict=True):
            self.known[phrase, text] = probability


def test_what_was_scored_once_is_not_scored_again(demo):
    kept = Kept()
    (before,) = Setting(demo, kept=kept).code(ITCH)
    setting = Setting(demo, kept=kept)
    (after,) = setting.code(f"{ITCH} ")
    assert probabilities(after) == probabilities(before)
    assert (after.pairs_scored, after.pairs_kept) == (0, FIRST_PAIRS)
    assert setting.big.asked == []
    full = setting.full.code(Mention("1", ITCH))
    assert (full.pairs_scored, full.pairs_kept) == (100 - FIRST_PAIRS, FIRST_PAIRS)
    assert {phrase for phrase, _ in kept.known} == {ITCH}
