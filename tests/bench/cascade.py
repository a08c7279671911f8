"""The cascade learnt and measured: how many pairs it spares, how often its answer is another.

    python -m tests.bench.cascade --model BUNDLE                          measure
    python -m tests.bench.cascade --model BUNDLE --write resources/cascade/plain.json
    python -m tests.bench.cascade --model BUNDLE --calibration=-7.0613,0.4817,7.2196 \
        --write resources/cascade/calibrated.json

Scores every candidate of many phrases with the big model ``--model`` and with the small one that
ships. The table is learnt on one half and tried on the other, and the other way round (or on more
parts, ``--folds``), so that every phrase is tried on a table that has not seen it. Phrases: those of
``tests/golden/demo_mentions.tsv`` (without their codes), others given with ``--mentions TERMINOLOGY
FILE`` (first column of a TSV with a head line), and LLT names with small changes. Phrases that
names decide, or that state no reaction, are left out: there the model changes nothing.

``--write`` learns from all phrases and writes the table that ships. ``--calibration`` (bias,
margin, share) makes a calibrated model of one that is not. ``--save`` and ``--load`` keep the
scores between runs and join several (with other ``--seed`` and ``--names-only``). Takes a quarter
of a second a phrase with a model of a few layers, a second or more with one of base size.

The plain table that ships is of 2,513 phrases: ``--variants 800 --mentions`` (the Ontology of
Adverse Events and the development phrases), joined with two runs of ``--names-only --variants 450``
and seeds 6 and 7. The calibrated one is of the 1,417 phrases of the first.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import numpy as np  # noqa: E402

from m2m_desktop.core.calibration import Calibration  # noqa: E402
from m2m_desktop.core.candidate_texts import CandidateTexts  # noqa: E402
from m2m_desktop.core.cascade import (  # noqa: E402
    NO_COUNTS,
    Cascade,
    Descent,
    StopCounts,
    count_phrase,
    order_by_estimate,
    stop_table,
)
from m2m_desktop.core.ranking_model import RankingModel, Scored  # noqa: E402
from m2m_desktop.core.records import DEFAULT_TOP_K, Mention, Source, TermLevel  # noqa: E402
from m2m_desktop.services.cascade_records import (  # noqa: E402
    KEY_BYTES,
    Evidence,
    write_evidence,
)
from m2m_desktop.services.engine import CodingOptions, Engine  # noqa: E402
from m2m_desktop.services.locations import Locations, resources  # noqa: E402
from m2m_desktop.services.model_store import ModelStore  # noqa: E402

ROOT = Path(__file__).parents[2]
SMALL = "m2m-small-zh-1"
SEED = 5
BEFORE = (
    "用药后",
    "服药后出现",
    "患者诉",
    "轻度",
    "重度",
    "反复",
    "间断",
    "全身",
    "左侧",
    "明显",
    "突发",
)
AFTER = ("不适", "加重", "明显", "3天", "反复发作", "待查", "了")
BETWEEN = ("伴", "、", "，", "并有", "和")


@dataclass(frozen=True)
class ScoredPhrase:
    """One phrase in cascade order: estimates, and what the big model says of all candidates."""

    kind: str
    estimates: np.ndarray
    probabilities: np.ndarray
    named: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", help="the big model: an id or a bundle")
    parser.add_argument("--calibration", help="bias,margin,share")
    parser.add_argument("--mentions", nargs=2, action="append", default=[])
    parser.add_argument("--variants", type=int, default=1000, help="changed names a terminology")
    parser.add_argument("--thresholds", default="0.3")
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--load", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=SEED, help="of the changed names")
    parser.add_argument("--names-only", action="store_true", help="only the changed names")
    options = parser.parse_args()
    if options.load:
        phrases = [one for path in options.load for one in load(path)]
    else:
        figures = map(float, options.calibration.split(",")) if options.calibration else None
        phrases = gather(
            options.model,
            Calibration(*figures) if figures else None,
            [("demo", str(ROOT / "tests/golden/demo_mentions.tsv")), *options.mentions],
            options.variants,
            seed=options.seed,
            names_only=options.names_only,
        )
    if options.save:
        save(options.save, phrases)
    for threshold in map(float, options.thresholds.split(",")):
        measure(phrases, threshold, options.folds)
    if options.write:
        counts = learn(phrases)
        write_evidence(options.write, Evidence(counts), bytes(KEY_BYTES))
        print(f"{options.write}: {counts.phrases} phrases")


# -- scoring ---------------------------------------------------------------------------------------


def gather(
    big_name: str,
    calibration: Calibration | None,
    sources: Sequence[tuple[str, str]],
    variants: int,
    *,
    seed: int = SEED,
    names_only: bool = False,
) -> list[ScoredPhrase]:
    """Score every candidate of every phrase with both models."""
    found: list[ScoredPhrase] = []
    with TemporaryDirectory() as home:
        folder = Path(home)
        locations = Locations(folder, folder, folder, folder, resources())
        engine, store = Engine(locations), ModelStore(folder, resources() / "models")
        small, big = store.open(SMALL, threads=1), store.open(big_name, threads=1)
        calibration = calibration or big.info.calibration
        rng, started = random.Random(seed), time.monotonic()
        for name, file in sources:
            pipeline = engine.pipeline(CodingOptions(terminology=name, mode="lexical"))
            terminology = pipeline.terminology
            models = [
                RankingModel(
                    one.reranker, CandidateTexts(terminology, one.info.template), calibrated
                )
                for one, calibrated in ((small, small.info.calibration), (big, calibration))
            ]
            names = [n for n in terminology.names(TermLevel.LLT).to_list() if n[:1] > "\u4e00"]
            lines = Path(file).read_text(encoding="utf-8").splitlines()[1:]
            told = [(Path(file).stem, line.split("\t")[0]) for line in lines if not names_only]
            changed = [(f"names of {Path(name).name}", vary(names, rng)) for _ in range(variants)]
            for kind, text in dict.fromkeys(told + changed):
                look = pipeline.look(pipeline.question(Mention("", text)))
                if not look.is_open or len(look.first.proposals) < DEFAULT_TOP_K:
                    continue
                ours, its = (m.score(look.question.text, look.first.proposals) for m in models)
                found.append(in_order(kind, look.first.proposals, ours, its, calibration))
                if len(found) % 100 == 0:
                    print(f"{len(found)} phrases, {time.monotonic() - started:.0f} s", flush=True)
    return found


def vary(names: Sequence[str], rng: random.Random) -> str:
    """Change a name a little, as people do."""
    one, other = rng.choice(names), rng.choice(names)
    place = rng.randrange(len(one))
    return rng.choice(
        [
            one[:place] + one[place + 1 :] or one,
            one[:place] + one[place] + one[place:],
            rng.choice(BEFORE) + one,
            one + rng.choice(AFTER),
            one + rng.choice(BETWEEN) + other,
            one[: max(2, place)] + other[rng.randrange(len(other)) :],
            rng.choice(BEFORE) + one[:place] + one[place + 1 :] + rng.choice(AFTER),
        ]
    )


def in_order(kind, proposals, ours: Scored, its: Scored, calibration) -> ScoredPhrase:
    likely = ours.probabilities if calibration else ours.opinions
    named = np.array([proposal.source is Source.EXACT for proposal in proposals])
    order = order_by_estimate(likely, named)
    return ScoredPhrase(kind, likely[order], its.probabilities[order], int(named.sum()))


def save(path: Path, phrases: Sequence[ScoredPhrase]) -> None:
    np.savez(
        path,
        kind=np.array([one.kind for one in phrases]),
        named=np.array([one.named for one in phrases]),
        estimates=np.array([one.estimates for one in phrases]),
        probabilities=np.array([one.probabilities for one in phrases]),
    )


def load(path: Path) -> list[ScoredPhrase]:
    with np.load(path) as kept:
        columns = [kept[name] for name in ("kind", "estimates", "probabilities", "named")]
    return [ScoredPhrase(str(k), e, p, int(n)) for k, e, p, n in zip(*columns, strict=True)]


# -- learning and measuring ------------------------------------------------------------------------


def learn(phrases: Sequence[ScoredPhrase]) -> StopCounts:
    cells = NO_COUNTS.cells.copy()
    for one in phrases:
        cells += count_phrase(one.estimates, one.probabilities).cells
    return StopCounts(cells, len(phrases))


def measure(phrases: Sequence[ScoredPhrase], threshold: float, folds: int) -> None:
    """Print pairs and agreement for tolerances and steps, each phrase on a table of the others."""
    hits = np.mean([(one.probabilities >= threshold).sum() for one in phrases])
    print(f"threshold {threshold}: {len(phrases)} phrases, {hits:.2f} candidates selected a phrase")
    parts = np.random.default_rng(SEED).permutation(len(phrases)) % folds
    tables = [
        stop_table(threshold, learn([p for p, q in zip(phrases, parts, strict=True) if q != part]))
        for part in range(folds)
    ]
    for step in (5, 10):
        for tolerance in (0.002, 0.005, 0.0075, 0.01, 0.02):
            depths, changed, certain = [], [], []
            for one, part in zip(phrases, parts, strict=True):
                cascade = Cascade(None, tables[part], threshold, tolerance, step)
                depths.append(depth := stop(cascade, one))
                changed.append((one.probabilities[depth:] >= threshold).any())
                certain.append((one.probabilities[depth:] >= threshold / 2).any())
            print(
                f"  step {step:2} tolerance {tolerance:.3f}: "
                f"{np.mean(depths):5.1f} % of pairs, same answer {1 - np.mean(changed):.4f}, "
                f"nothing close left out {1 - np.mean(certain):.4f}"
                + "".join(by_kind(phrases, depths, changed))
            )


def stop(cascade: Cascade, one: ScoredPhrase) -> int:
    """Go down as the product does; give the depth reached."""

    def score(start: int, end: int) -> Scored:
        some = one.probabilities[start:end]
        return Scored(some, some, len(some))

    descent = Descent(one.estimates, score)
    descent.go(one.named)
    cascade.descend(descent)
    return descent.depth


def by_kind(phrases, depths, changed) -> Iterator[str]:
    kinds = np.array([one.kind for one in phrases])
    for kind in dict.fromkeys(kinds.tolist()):
        chosen = kinds == kind
        pairs, same = np.mean(np.array(depths)[chosen]), 1 - np.mean(np.array(changed)[chosen])
        yield f" | {kind} ({chosen.sum()}) {pairs:.1f} {same:.4f}"


if __name__ == "__main__":
    main()
