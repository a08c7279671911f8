"""Side by side: every engine scores the same 100 pairs of one phrase after another, in turns."""

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tests.bench._rerank_child import OURS, PEERS, Child
from tests.bench._rerank_figures import Agreement, Opinion, Spread, progress, share
from tests.bench._rerank_peers import CALIBRATION_FILE
from tests.bench._rerank_phrases import reported_phrases
from tests.bench._rerank_setup import Setup, Skipped

DEFAULT_ENGINES = ("cross-encoder", "ort-default", "openvino", *OURS)
BASE = "cross-encoder"
SETTLE_S = 0.05
"""Idle threads of the engine before may spin for some milliseconds."""

_CALIBRATION_PHRASES = 4
_DRAWN_PER_WANTED = 3


@dataclass(frozen=True)
class Work:
    """One phrase and all the pairs that scoring everything means."""

    phrase: str
    codes: list[str]
    pairs: list[tuple[str, str]]
    shares: list[float]


@dataclass
class Record:
    """What one engine did: seconds and opinion per number of the phrase, counted from 0."""

    seconds: dict[int, float] = field(default_factory=dict)
    cpu_seconds: dict[int, float] = field(default_factory=dict)
    opinions: dict[int, Opinion] = field(default_factory=dict)
    pairs_scored: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    open_seconds: float = 0.0
    peak_mb: float = 0.0


def open_works(ours: Child, count: int, *, skipped: int = 0) -> list[Work]:
    """Give ``count`` phrases that a model must decide: no exact name, 100 candidates.

    None of the first ``skipped`` reported phrases is among them: the product keeps its scores, so
    a phrase can be timed only once.
    """
    phrases = reported_phrases(skipped + count * _DRAWN_PER_WANTED + 30)[skipped:]
    described = ours.ask("describe", phrases=phrases).result
    works = [
        Work(one["phrase"], one["codes"], one["pairs"], one["shares"])
        for one in described
        if one["is_open"]
    ]
    return works[:count]


def build_peers(engines: Sequence[str], setup: Setup, works: Sequence[Work]) -> list[str]:
    """Make the files that peers need; give the engines that can run, so far."""
    pairs = [pair for work in works[:_CALIBRATION_PHRASES] for pair in work.pairs[::3]]
    path = setup.folder / CALIBRATION_FILE
    path.write_text(json.dumps(pairs, ensure_ascii=False), encoding="utf-8")
    ready = []
    for engine in engines:
        if engine in PEERS and engine != BASE:
            print(f"making the files of {engine} ...", flush=True)
            try:
                with Child(f"build-{engine}", setup) as child:
                    child.ask("build")
            except Skipped as reason:
                print(f"skipped: {engine}: {reason}", flush=True)
                continue
        ready.append(engine)
    return ready


def side_by_side(
    engines: Sequence[str], setup: Setup, *, mentions: int, peer_mentions: int
) -> dict[str, Any]:
    """Measure, print a table, give its figures.

    Slow engines see the first ``peer_mentions`` phrases only, ours all ``mentions``.
    """
    with ExitStack() as stack:
        described = stack.enter_context(Child("ours-exact", setup.at_home("ours-exact")))
        works = open_works(described, mentions + 1)
        calibration = described.ask("calibration").result
        engines = build_peers(engines, setup, works)
        children = {"ours-exact": described} if "ours-exact" in engines else {}
        for engine in engines:
            if engine in children:
                continue
            try:
                child = Child(engine, setup.at_home(engine) if engine in OURS else setup)
            except Skipped as reason:
                print(f"skipped: {engine}: {reason}", flush=True)
                continue
            children[engine] = stack.enter_context(child)
        records = {engine: Record() for engine in engines if engine in children}
        warm, *measured = works
        for engine in records:
            measure(children[engine], warm, calibration)
        for number, work in enumerate(measured):
            turn = list(records)
            turn = turn[number % len(turn) :] + turn[: number % len(turn)]
            for engine in turn:
                if engine in OURS or number < peer_mentions:
                    note(records[engine], number, measure(children[engine], work, calibration))
            progress(number + 1, len(measured))
        for engine, record in records.items():
            record.open_seconds = children[engine].opened.seconds
            record.peak_mb = children[engine].ask("peak_mb").result
            record.versions = children[engine].ask("versions").result
        return report(records, sum(len(work.pairs) for work in measured))


@dataclass(frozen=True)
class Measured:
    """One phrase through one engine."""

    seconds: float
    cpu_seconds: float
    opinion: Opinion
    pairs_scored: int


def measure(child: Child, work: Work, calibration: Mapping[str, float] | None) -> Measured:
    time.sleep(SETTLE_S)
    if child.engine in OURS:
        answer = child.ask("code", phrases=[work.phrase])
        given = answer.result[0]
        opinion, count = Opinion.of_answer(given), int(given["pairs_scored"])
    else:
        answer = child.ask("score", pairs=work.pairs)
        opinion = Opinion.of_scores(work.codes, answer.result, work.shares, calibration)
        count = len(work.pairs)
    return Measured(answer.seconds, answer.cpu_seconds, opinion, count)


def note(record: Record, number: int, measured: Measured) -> None:
    record.seconds[number] = measured.seconds
    record.cpu_seconds[number] = measured.cpu_seconds
    record.opinions[number] = measured.opinion
    record.pairs_scored += measured.pairs_scored


def report(records: Mapping[str, Record], all_pairs: int) -> dict[str, Any]:
    """Print the table of all engines; give it as plain data."""
    base = records.get(BASE) or next(iter(records.values()))
    print(
        f"\n{'ms a phrase':<15}{'n':>4}{'median':>9}{'min':>9}{'max':>9}{'cpu ms':>9}{'ratio':>7}"
        f"{'(per phrase)':>15}{'cpu':>6}{'peak MB':>9}{'open s':>7}{'max|dp|':>9}{'mean':>9}"
        f"{'top-1':>8}{'set':>8}"
    )
    figures: dict[str, Any] = {}
    for engine, record in records.items():
        common = sorted(set(base.seconds) & set(record.seconds))
        each = [base.seconds[n] / record.seconds[n] for n in common]
        ratio = _ratio(base.seconds, record.seconds, common)
        cpu_ratio = _ratio(base.cpu_seconds, record.cpu_seconds, common)
        spread = Spread.of(list(record.seconds.values()))
        cpu = Spread.of(list(record.cpu_seconds.values()))
        agreement = Agreement.between(
            [base.opinions[n] for n in common], [record.opinions[n] for n in common]
        )
        print(
            f"{engine:<15}{spread.count:>4}{spread}{cpu.median:>9.1f}{ratio:>7.2f}"
            f"{min(each):>8.2f}-{max(each):<6.2f}{cpu_ratio:>6.2f}"
            f"{record.peak_mb:>9.0f}{record.open_seconds:>7.1f}{agreement}"
        )
        figures[engine] = {
            "wall_ms": asdict(spread),
            "cpu_ms": asdict(cpu),
            "ratio_of_medians": ratio,
            "ratio_per_phrase": [min(each), max(each)],
            "cpu_ratio_of_medians": cpu_ratio,
            "peak_mb": record.peak_mb,
            "open_s": record.open_seconds,
            "versions": record.versions,
            "agreement": asdict(agreement),
        }
    print(f"ratio, cpu and agreement: against {BASE if BASE in records else next(iter(records))}")
    known = {
        name: version for record in records.values() for name, version in record.versions.items()
    }
    print("versions: " + ", ".join(f"{name} {version}" for name, version in sorted(known.items())))
    figures["probabilities_of_base"] = _say_how_spread(base)
    if set(OURS) <= set(records):
        figures["default_against_exact"] = _default_against_exact(records, all_pairs)
    return figures


def _say_how_spread(base: Record) -> dict[str, float]:
    """Say what the agreement is worth: probabilities that lie close together change no answer."""
    values = [value for opinion in base.opinions.values() for value in opinion.probability.values()]
    low, median, high = (float(value) for value in np.quantile(values, (0.05, 0.5, 0.95)))
    chosen = sum(len(opinion.selected) for opinion in base.opinions.values())
    print(
        f"its probabilities: median {median:.3f}, nine of ten within {low:.3f}-{high:.3f}, "
        f"{share(chosen, len(values))} selected"
    )
    return {"p05": low, "p50": median, "p95": high, "selected_share": chosen / len(values)}


def _ratio(base: Mapping[int, float], other: Mapping[int, float], common: Sequence[int]) -> float:
    return statistics.median(base[n] for n in common) / statistics.median(other[n] for n in common)


def _default_against_exact(records: Mapping[str, Record], all_pairs: int) -> dict[str, Any]:
    exact, default = records["ours-exact"], records["ours-default"]
    numbers = sorted(exact.opinions)
    agreement = Agreement.between(
        [exact.opinions[n] for n in numbers], [default.opinions[n] for n in numbers]
    )
    print(
        f"ours default against exact on {len(numbers)} phrases: "
        f"{share(default.pairs_scored, all_pairs)} of the pairs scored, top-1 equal "
        f"{agreement.same_first}, selected set equal {agreement.same_selected}"
    )
    return {"pairs_scored_share": default.pairs_scored / all_pairs, **asdict(agreement)}
