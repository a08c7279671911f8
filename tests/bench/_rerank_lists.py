"""Lists: what not scoring every pair saves, and whether the answers stay the same.

The yardstick's seconds a pair are measured on a few phrases before and again after the list, in
the same run; a whole list takes it hours, so its time is projected from them.
"""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

from tests.bench._rerank_child import Child
from tests.bench._rerank_engines import BASE, Work, open_works
from tests.bench._rerank_figures import Agreement, Opinion, Spread, progress, share
from tests.bench._rerank_phrases import realistic_export, reported_phrases
from tests.bench._rerank_setup import Setup, Skipped

CHUNK = 25


class Yardstick:
    """The seconds a pair of ``CrossEncoder``, and of our exact path, wherever they were measured."""

    def __init__(self, peer: Child | None, exact: Child, works: Sequence[Work]) -> None:
        self._peer = peer
        self._exact = exact
        self._works = works
        self.peer_seconds: list[float] = []
        self.exact_seconds: list[float] = []

    def measure(self, works: slice) -> None:
        """Score some of the phrases with both, in turns."""
        for work in self._works[works]:
            answer = self._exact.ask("code", phrases=[work.phrase])
            self.exact_seconds.append(answer.seconds / len(work.pairs))
            if self._peer is not None:
                answer = self._peer.ask("score", pairs=work.pairs)
                self.peer_seconds.append(answer.seconds / len(work.pairs))

    def report(self, pairs: int, seconds: float, what: str) -> dict[str, Any]:
        """Print how long ``pairs`` pairs would take each, against ``seconds`` of ours."""
        figures: dict[str, Any] = {}
        for name, each in ((BASE, self.peer_seconds), ("ours-exact", self.exact_seconds)):
            if not each:
                continue
            spread = Spread.of(each)
            whole = statistics.median(each) * pairs
            print(
                f"{name}: {spread.median:.2f} ms a pair ({spread.least:.2f}-{spread.most:.2f}, "
                f"{spread.count} phrases), so {what} {whole / 60:.1f} min: "
                f"{whole / seconds:.1f} times ours"
            )
            figures[name] = {
                "ms_a_pair": asdict(spread),
                "projected_seconds": whole,
                "ratio": whole / seconds,
            }
        return figures


@contextmanager
def opened_yardstick(
    setup: Setup, phrases: int, *, skipped: int = 0
) -> Iterator[tuple[Yardstick, Child]]:
    """Open yardstick and exact path, both warm, with ``phrases`` phrases of `open_works`."""
    with ExitStack() as stack:
        exact = stack.enter_context(Child("ours-exact", setup.at_home("ours-exact")))
        warm, *works = open_works(exact, phrases + 1, skipped=skipped)
        peer: Child | None = None
        try:
            peer = stack.enter_context(Child(BASE, setup))
        except Skipped as reason:
            print(f"skipped: {BASE}: {reason}", flush=True)
        Yardstick(peer, exact, [warm]).measure(slice(None))
        yield Yardstick(peer, exact, works), exact


def measure_list(setup: Setup, *, count: int, peer_mentions: int) -> dict[str, Any]:
    """Code ``count`` distinct phrases by the default and by the exact path, in turns of `CHUNK`."""
    phrases = reported_phrases(count)
    half = peer_mentions // 2
    with (
        opened_yardstick(setup, peer_mentions, skipped=count) as (yardstick, exact),
        Child("ours-default", setup.at_home("ours-default")) as default,
    ):
        yardstick.measure(slice(0, half))
        seconds: dict[str, list[float]] = {"ours-exact": [], "ours-default": []}
        answers: dict[str, list[Any]] = {"ours-exact": [], "ours-default": []}
        for start in range(0, count, CHUNK):
            turn = [exact, default] if (start // CHUNK) % 2 else [default, exact]
            for child in turn:
                answer = child.ask("code", phrases=phrases[start : start + CHUNK])
                seconds[child.engine].append(answer.seconds)
                answers[child.engine] += answer.result
            progress(min(start + CHUNK, count), count)
        yardstick.measure(slice(half, None))
        peaks = {child.engine: child.ask("peak_mb").result for child in (exact, default)}
    pairs = sum(answer["candidates"] for answer in answers["ours-exact"])
    agreement = Agreement.between(
        [Opinion.of_answer(answer) for answer in answers["ours-exact"]],
        [Opinion.of_answer(answer) for answer in answers["ours-default"]],
    )
    figures: dict[str, Any] = {"phrases": count, "pairs": pairs, "agreement": asdict(agreement)}
    for engine, each in seconds.items():
        sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
        chunks = Spread.of([value / size for value, size in zip(each, sizes, strict=True)])
        scored = sum(answer["pairs_scored"] for answer in answers[engine])
        figures[engine] = {
            "seconds": sum(each),
            "ms_a_phrase": 1000 * sum(each) / count,
            "pairs_scored": scored,
            "peak_mb": peaks[engine],
        }
        print(
            f"{engine}: {1000 * sum(each) / count:.1f} ms a phrase (chunks {chunks.least:.1f}-"
            f"{chunks.most:.1f}), {share(scored, pairs)} of {pairs} pairs scored, "
            f"peak {peaks[engine]:.0f} MB"
        )
    print(
        f"default against exact: selected set equal {agreement.same_selected} "
        f"({share(agreement.same_selected, count)}), top-1 equal {agreement.same_first} "
        f"({share(agreement.same_first, count)}), most a probability of the big model differs "
        f"{agreement.max_change:.2g}"
    )
    figures["yardstick"] = yardstick.report(pairs, sum(seconds["ours-default"]), "the list takes")
    return figures


def measure_export(setup: Setup, *, rows: int, peer_mentions: int) -> dict[str, Any]:
    """Code a realistic export in one call, against scoring 100 candidates row by row."""
    export = realistic_export(rows)
    half = peer_mentions // 2
    print(
        f"{rows} rows, {export.distinct} distinct ({share(export.distinct, rows)}), of these "
        f"{export.exact} exact names ({share(export.exact, export.distinct)})"
    )
    with opened_yardstick(setup, peer_mentions) as (yardstick, _exact):
        yardstick.measure(slice(0, half))
        with Child("ours-default", setup.at_home("ours-export")) as default:
            answer = default.ask("code_rows", phrases=export.rows)
            peak = default.ask("peak_mb").result
            again = default.ask("code_rows", phrases=export.rows)
        yardstick.measure(slice(half, None))
    scored = sum(row["pairs_scored"] for row in answer.result)
    pairs = 100 * rows
    print(
        f"ours-default: {answer.seconds:.1f} s ({1000 * answer.seconds / rows:.2f} ms a row), "
        f"{share(scored, pairs)} of {pairs} pairs scored, peak {peak:.0f} MB; "
        f"the same export again: {again.seconds:.1f} s"
    )
    return {
        "rows": rows,
        "distinct": export.distinct,
        "exact": export.exact,
        "seconds": answer.seconds,
        "seconds_again": again.seconds,
        "pairs_scored": scored,
        "peak_mb": peak,
        "yardstick": yardstick.report(pairs, answer.seconds, "row by row it takes"),
    }
