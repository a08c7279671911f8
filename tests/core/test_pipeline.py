"""From the phrase to the answer: what is selected, how sure that is, and why."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from m2m_desktop.core.batches import BatchRunner
from m2m_desktop.core.calibration import Calibration
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.pipeline import MAX_PHRASE_LENGTH, PHRASE_CUT, Pipeline
from m2m_desktop.core.records import Band, CodingResult, Mention, Run, Source, TermLevel
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.core.retrieval import (
    LexicalRetriever,
    ReferenceRetriever,
    build_name_index,
    build_reference_postings,
)
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import read_thesaurus

RESOURCES = Path(__file__).parents[2] / "resources"
RUN = Run(
    terminology_id="demo",
    terminology_name="demo",
    terminology_version="1",
    terminology_language="Chinese",
    terminology_hashes=(),
    is_demo_terminology=True,
    model_id="",
    model_hash="",
    template="full",
    alias_order="file",
    mode="default",
    threshold=0.3,
    top_k=20,
    app_version="0",
    coded_at="2026-01-01T00:00:00+00:00",
)


class ToyReranker:
    """Is sure of the PTs it is told, in order; remembers what it was asked."""

    def __init__(self, **probabilities: float) -> None:
        self.probabilities = probabilities
        self.asked: list[tuple[str, list[str]]] = []

    def score(self, mention, candidates, _check=None):
        self.asked.append((mention, list(candidates)))
        names = [text.removeprefix("PT: ").split("；")[0] for text in candidates]
        return [self.probabilities.get(name, 0.01) for name in names]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Terminology:
    folder = tmp_path_factory.mktemp("terminologies")
    return TerminologyStore(folder).open(RESOURCES / "demo")


@pytest.fixture(scope="module")
def retriever(demo) -> LexicalRetriever:
    tokenisers = open_tokenisers(demo, read_thesaurus(RESOURCES))
    return LexicalRetriever(demo, build_name_index(demo, tokenisers), tokenisers)


def code(pipeline: Pipeline, phrase: str) -> CodingResult:
    result = pipeline.code(Mention("1", phrase))
    assert result.mention.text == phrase
    assert [candidate.rank for candidate in result.candidates] == list(
        range(1, len(result.candidates) + 1)
    )
    assert set(result.selected) <= {candidate.pt.code for candidate in result.candidates}
    return result


def selected(pipeline: Pipeline, phrase: str) -> set[str]:
    chosen = (pipeline.terminology.preferred_term(c) for c in code(pipeline, phrase).selected)
    return {pt.name for pt in chosen if pt is not None}


# -- without a model ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lexical(demo, retriever) -> Pipeline:
    return Pipeline(demo, retriever, RUN, warnings=("no model",))


@pytest.mark.parametrize(
    ("phrase", "pts"),
    [
        ("服药后反胃并吐了", {"恶心", "呕吐"}),
        ("头痛伴恶心", {"头痛", "恶心"}),
        ("拉肚子", {"腹泻"}),
        ("ALT升高", {"丙氨酸氨基转移酶升高"}),
        ("ＡＬＴ升高", {"丙氨酸氨基转移酶升高"}),
        ("蕁麻疹", {"荨麻疹"}),
        ("耳鳴", {"耳鸣"}),
        ("皮疹伴发热", {"皮疹", "发热"}),
        ("二度房室传导阻滞", {"房室传导阻滞"}),
        ("ALT和AST升高", {"氨基转移酶升高"}),
        ("妊娠合并贫血", {"妊娠期贫血"}),
    ],
)
def test_a_phrase_of_exact_names_is_certain(lexical, phrase: str, pts: set[str]) -> None:
    result = code(lexical, phrase)

    assert selected(lexical, phrase) == pts
    assert (result.band, result.source) == (Band.CERTAIN, Source.EXACT)
    assert result.warnings == ("no model",)


def test_a_name_of_several_pts_is_for_a_person_to_decide(lexical) -> None:
    for phrase in ("打嗝", "打嗝，嗳气"):
        result = code(lexical, phrase)

        assert selected(lexical, phrase) == {"嗳气", "呃逆"}
        assert result.band is Band.DOUBTFUL


def test_a_retired_llt_is_suggested_but_not_selected(lexical) -> None:
    result = code(lexical, "皮诊")

    assert result.selected == ()
    assert result.candidates[0].pt.name == "皮疹"
    assert result.candidates[0].evidence.llt_name == "皮诊"
    assert (result.band, result.source) == (Band.DOUBTFUL, Source.LEXICAL)


@pytest.mark.parametrize("phrase", ["拉肚子", "全身发痒起疹", "头痛、痒", "皮诊"])
def test_a_lexical_score_is_never_a_probability(lexical, phrase: str) -> None:
    result = code(lexical, phrase)

    assert result.candidates
    assert all(candidate.probability is None for candidate in result.candidates)
    assert all(candidate.retrieval_score > 0 for candidate in result.candidates)


@pytest.mark.requirement("R-033")
def test_every_candidate_has_evidence_and_a_primary_path(lexical) -> None:
    for candidate in code(lexical, "服药后反胃并吐了").candidates:
        assert candidate.evidence.llt_name
        assert [path.is_primary for path in candidate.pt.paths].count(True) == 1
        assert candidate.pt.paths[0].is_primary


@pytest.mark.parametrize("phrase", ["", "  ", "\t\n\u3000", "，。！？", "\u200b", "\ud800", "()"])
@pytest.mark.parametrize("has_model", [False, True])
def test_a_phrase_without_a_letter_is_not_found(demo, retriever, phrase, has_model) -> None:
    pipeline = Pipeline(demo, retriever, RUN, ToyReranker() if has_model else None)
    result = code(pipeline, phrase)

    assert (result.candidates, result.selected) == ((), ())
    assert (result.band, result.source) == (Band.NOT_FOUND, Source.NONE)
    assert result.warnings == ()


def test_retrieving_selects_nothing(lexical) -> None:
    result = lexical.retrieve(Mention("7", "服药后反胃并吐了"))

    assert result.selected == ()
    assert [candidate.pt.name for candidate in result.candidates[:2]] == ["恶心", "呕吐"]
    assert len(result.candidates) == RUN.top_k
    assert result.run is RUN


# -- with a model ------------------------------------------------------------------------------


def test_the_model_orders_and_selects(demo, retriever) -> None:
    reranker = ToyReranker(皮疹=0.9, 瘙痒=0.95)
    result = code(Pipeline(demo, retriever, RUN, reranker), "浑身刺痒还起红疹子")

    assert [candidate.pt.name for candidate in result.candidates[:2]] == ["瘙痒", "皮疹"]
    assert [candidate.probability for candidate in result.candidates[:3]] == [0.95, 0.9, 0.01]
    assert len(result.selected) == 2
    assert (result.band, result.source) == (Band.CERTAIN, Source.MODEL)


def test_equal_probabilities_keep_the_order_of_the_first_stage(demo, retriever) -> None:
    result = code(Pipeline(demo, retriever, RUN, ToyReranker()), "浑身刺痒还起红疹子")
    ranks = [candidate.retrieval_rank for candidate in result.candidates]

    assert ranks == list(range(1, len(ranks) + 1))
    assert (result.selected, result.band) == ((), Band.NOT_FOUND)


def test_names_run_together_are_taken_apart(demo, retriever) -> None:
    result = code(Pipeline(demo, retriever, RUN, ToyReranker()), "全身发痒起疹")

    names = {c.pt.code: c.pt.name for c in result.candidates}
    assert [names[code] for code in result.selected] == ["瘙痒", "皮疹"]
    assert (result.band, result.source) == (Band.CERTAIN, Source.EXACT)


@pytest.mark.parametrize("phrase", ["患者无恶心、呕吐", "未见皮疹", "停药后好转", "给予对症处理"])
def test_a_denied_reaction_is_not_coded(demo, retriever, phrase) -> None:
    result = code(Pipeline(demo, retriever, RUN, ToyReranker(恶心=0.9, 皮疹=0.9)), phrase)

    assert (result.selected, result.band) == ((), Band.NOT_FOUND)
    assert any("reports no reaction" in warning for warning in result.warnings)


def test_a_calibrated_model_is_asked_about_each_part(demo, retriever) -> None:
    reranker = ToyReranker(皮疹=0.5, 头痛=0.5)
    calibration = Calibration(bias=-8.0, margin=0.5, share=9.0)
    pipeline = Pipeline(demo, retriever, RUN, reranker, calibration=calibration)
    result = code(pipeline, "用药后起了好多红疹子、头疼得要命")

    assert {mention for mention, _ in reranker.asked} >= {"起了好多红疹子", "头疼得要命"}
    assert {c.pt.name for c in result.candidates if c.pt.code in result.selected} >= {
        "皮疹",
        "头痛",
    }


def test_exact_names_are_answered_without_the_model(demo, retriever) -> None:
    reranker = ToyReranker()
    pipeline = Pipeline(demo, retriever, RUN, reranker, scores_exact=False)

    assert selected(pipeline, "头痛伴恶心") == {"头痛", "恶心"}
    assert reranker.asked == []


def test_exact_names_decide_and_the_model_only_adds_probabilities(demo, retriever) -> None:
    reranker = ToyReranker(头痛=0.2, 偏头痛=0.9)
    result = code(Pipeline(demo, retriever, RUN, reranker), "头痛")

    assert [(c.pt.name, c.probability) for c in result.candidates[:2]] == [
        ("头痛", 0.2),
        ("偏头痛", 0.9),
    ]
    assert result.selected == (result.candidates[0].pt.code,)
    assert (result.band, result.source) == (Band.CERTAIN, Source.EXACT)


def test_what_exact_parts_leave_open_is_asked_of_the_model(demo, retriever) -> None:
    reranker = ToyReranker(瘙痒=0.9)
    pipeline = Pipeline(demo, retriever, RUN, reranker)

    assert {"头痛"} <= selected(pipeline, "头痛、痒")
    assert [mention for mention, _ in reranker.asked] == ["头痛、痒"]


def test_an_ambiguous_part_makes_the_models_answer_doubtful(demo, retriever) -> None:
    reranker = ToyReranker(嗳气=0.99, 呃逆=0.99)
    result = code(Pipeline(demo, retriever, RUN, reranker), "打嗝，老是不知道怎么了")

    assert reranker.asked
    assert len(result.selected) == 2
    assert result.band is Band.DOUBTFUL


def test_the_model_reads_the_tidied_phrase_and_the_text_of_its_template(demo, retriever) -> None:
    reranker = ToyReranker()
    template = Template("pt_llt", alias_order="matched_first")
    result = code(Pipeline(demo, retriever, RUN, reranker, template), " 皮\u200b诊 ")
    ((mention, texts),) = reranker.asked
    row = demo.index(TermLevel.PT, result.candidates[0].pt.code)
    matched = demo.index(TermLevel.LLT, result.candidates[0].evidence.llt_code)

    assert mention == "皮诊"
    assert texts[0] == CandidateTexts(demo, template).text(row, matched)
    assert texts[0].startswith("PT: 皮疹；LLT别名: 皮诊 | ")


def test_the_reference_mode_asks_the_model_even_about_a_name(demo) -> None:
    reranker = ToyReranker(头痛=0.99)
    reference = ReferenceRetriever(build_reference_postings(demo))
    result = code(Pipeline(demo, reference, RUN, reranker, is_reference=True), " 头\u200b痛")

    assert [mention for mention, _ in reranker.asked] == [" 头\u200b痛"]
    assert len(result.candidates) == RUN.top_k
    assert {c.evidence.source for c in result.candidates} == {Source.BM25}
    assert (len(result.selected), result.source) == (1, Source.MODEL)


# -- awkward phrases ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece", ["头痛", "了", "多多天", "等症状", "1", "服用", "，", " ", "A", "\ud800", "ﷺ"]
)
def test_a_very_long_phrase_is_cut_with_a_warning_and_kept(demo, retriever, piece: str) -> None:
    phrase = "头痛伴恶心" + piece * (200_000 // len(piece))
    reranker = ToyReranker()
    pipeline = Pipeline(
        demo, retriever, RUN, reranker, warnings=("first",), translate=lambda text: f"译：{text}"
    )
    began = time.process_time()

    result = code(pipeline, phrase)

    assert time.process_time() - began < 2
    assert result.warnings == ("first", f"译：{PHRASE_CUT}".format(limit=MAX_PHRASE_LENGTH))
    assert all(0 < len(mention) <= MAX_PHRASE_LENGTH for mention, _ in reranker.asked)
    assert pipeline.retrieve(Mention("1", phrase)).warnings == result.warnings


def test_a_phrase_of_just_the_length_that_is_read_has_no_warning(lexical) -> None:
    assert code(lexical, "头" * MAX_PHRASE_LENGTH).warnings == ("no model",)
    assert len(code(lexical, "头" * (MAX_PHRASE_LENGTH + 1)).warnings) == 2


@pytest.fixture(scope="module")
def shipped_tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(RESOURCES / "models/m2m-small-zh-1/tokenizer.json"))


class FlatSession:
    def run(self, _outputs, inputs):
        return [[[0.0, 0.0]] * len(inputs["input_ids"])]


PIECES = st.sampled_from(
    ["头痛", "打嗝", "伴", "，", "服药后", "\ud800", "\udc00", "\u202e", "😵", "\x85", "痒"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30) | st.lists(PIECES, max_size=8).map("".join))
def test_whatever_stands_in_a_cell_gets_an_answer(
    demo, retriever, shipped_tokenizer, phrase: str
) -> None:
    runner = BatchRunner(FlatSession(), input_names=("input_ids",), max_length=64)
    reranker = CrossEncoder(runner, shipped_tokenizer)
    for pipeline in (Pipeline(demo, retriever, RUN), Pipeline(demo, retriever, RUN, reranker)):
        result = code(pipeline, phrase)

        assert len(result.candidates) <= RUN.top_k
        assert len({candidate.pt.code for candidate in result.candidates}) == len(result.candidates)
        assert (result.band is Band.NOT_FOUND) <= (result.selected == ())
