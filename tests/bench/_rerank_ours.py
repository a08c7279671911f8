"""The product's own ways to code, behind a few small functions: all that the benchmark knows of it.

What the engine is asked for stands here and nowhere else, so that a change of the engine is a
change of this file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.bench._rerank_setup import THRESHOLD, Operations, Setup

TERMINOLOGY = "demo"
MODES = {"ours-exact": "full", "ours-default": "default"}
"""Which mode of the engine scores all candidates with the big model, and which one decides."""


def give_threads(count: int) -> None:
    """Let models compute on ``count`` threads, as every engine here: by itself the product leaves
    one core to the rest of the PC.
    """
    from m2m_desktop.services import bundle_session

    bundle_session.worker_count = lambda: count


def open_engine() -> Any:
    from m2m_desktop.services.engine import Engine
    from m2m_desktop.services.locations import default_locations

    return Engine(default_locations())


def coding_options(name: str, model: str) -> Any:
    from m2m_desktop.services.engine import CodingOptions

    return CodingOptions(
        terminology=TERMINOLOGY, model=model, mode=MODES[name], threshold=THRESHOLD
    )


def install(path: str, template: str, match_label: str) -> str:
    """Install a checkpoint folder or a bundle into this process's data folder; give its id.

    ``template`` and ``match_label`` answer what a checkpoint leaves open; empty where it does not.
    """
    from m2m_desktop.services.conversion.convert import ConversionWish

    wish = ConversionWish(template=template, match_label=match_label)
    return str(open_engine().install_model(Path(path), wish).model_id)


def scored_candidates(result: Any) -> list[Any]:
    """The candidates that the model itself scored, in rank order."""
    return [
        candidate
        for candidate in result.candidates
        if candidate.probability is not None and not candidate.is_estimated
    ]


def pairs_scored(result: Any) -> int:
    """How many pairs the model scored for an answer; all of them where the answer does not say."""
    if result.pairs_scored or result.pairs_kept:
        return int(result.pairs_scored)
    return len(scored_candidates(result))


def answer_of(result: Any, *, with_candidates: bool) -> dict[str, Any]:
    """What is compared of one answer, as JSON can hold it.

    ``codes`` and ``probabilities`` are in rank order, those only that the model itself scored.
    """
    scored = scored_candidates(result)
    answer: dict[str, Any] = {
        "first": result.candidates[0].pt.code if result.candidates else "",
        "selected": sorted(result.selected),
        "pairs_scored": pairs_scored(result),
        "pairs_kept": result.pairs_kept,
        "candidates": len(result.candidates),
    }
    if with_candidates:
        answer["codes"] = [candidate.pt.code for candidate in scored]
        answer["probabilities"] = [float(candidate.probability) for candidate in scored]
    return answer


def describe_work(engine: Any, options: Any, phrases: Sequence[str]) -> list[dict[str, Any]]:
    """Give the pairs that scoring everything means for each phrase, and whether models decide it.

    ``shares`` are what a calibration of the model weighs beside its probability.
    """
    from m2m_desktop.core.candidate_texts import CandidateTexts
    from m2m_desktop.core.records import Mention, Source, TermLevel

    pipeline = engine.pipeline(options)
    texts = CandidateTexts(pipeline.terminology, pipeline.template)
    by_parts = pipeline.calibration is not None
    codes = pipeline.terminology.codes(TermLevel.PT)
    found = []
    for phrase in phrases:
        asked = pipeline.question(Mention("", phrase)).text
        first = pipeline.retriever.retrieve(asked, k=options.top_k)
        proposals = first.proposals
        is_named = first.is_whole_exact or any(p.source is Source.EXACT for p in proposals)
        found.append(
            {
                "phrase": phrase,
                "is_open": not (is_named or first.states_nothing)
                and len(proposals) == options.top_k,
                "codes": [codes[p.pt_row] for p in proposals],
                "pairs": [
                    (p.text if by_parts else asked, texts.text(p.pt_row, p.llt_row))
                    for p in proposals
                ],
                "shares": [float(p.share) for p in proposals],
            }
        )
    return found


def open_ours(setup: Setup, name: str) -> Operations:
    give_threads(setup.threads)
    engine = open_engine()
    options = coding_options(name, setup.model)
    engine.warm(options)
    pipeline = engine.pipeline(options)
    if pipeline.reranker is None:
        raise RuntimeError(f"the model {setup.model!r} cannot be used: {pipeline.warnings}")

    def code(phrases: Sequence[str]) -> list[Any]:
        """Code a list in one call, candidates and all."""
        from m2m_desktop.core.records import Mention

        mentions = [Mention(str(number), text) for number, text in enumerate(phrases)]
        results = engine.code(mentions, options)
        return [answer_of(result, with_candidates=True) for result in results if result.is_final]

    def code_rows(phrases: Sequence[str]) -> list[Any]:
        """Code an export as the product codes long lists."""
        from m2m_desktop.core.records import Mention

        mentions = [Mention(str(number), text) for number, text in enumerate(phrases)]
        listed = replace(options, scores_exact=False)
        return [
            answer_of(result, with_candidates=False)
            for result in engine.code(mentions, listed)
            if result.is_final
        ]

    def calibration() -> dict[str, float] | None:
        given = pipeline.calibration
        return None if given is None else asdict(given)

    return {
        "code": code,
        "code_rows": code_rows,
        "describe": lambda phrases: describe_work(engine, options, phrases),
        "calibration": calibration,
    }


def open_installer(setup: Setup) -> Operations:
    give_threads(setup.threads)
    return {"install": install}


OPENERS: Mapping[str, Callable[[Setup], Operations]] = {
    "ours-exact": lambda setup: open_ours(setup, "ours-exact"),
    "ours-default": lambda setup: open_ours(setup, "ours-default"),
    "ours-install": open_installer,
}
