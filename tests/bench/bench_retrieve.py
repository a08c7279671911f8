"""First-stage speed on a release of real size, side by side with rank_bm25 and the reference.

    python -m tests.bench.bench_retrieve [--release FOLDER] [--queries 40] [--rounds 7]

Every figure is a ratio of two medians taken in alternating rounds of one run; equality of scores
and of order is checked on the same queries.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rank_bm25 import BM25Okapi

from m2m_desktop.core.bm25 import compile_postings
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import (
    CHANNELS,
    LexicalRetriever,
    ReferenceRetriever,
    build_name_index,
    build_reference_postings,
    pool_to_terms,
)
from m2m_desktop.core.text import characters
from m2m_desktop.services.index_cache import open_tokenisers
from m2m_desktop.services.locations import resources
from m2m_desktop.services.terminology_store import TerminologyStore
from m2m_desktop.services.thesaurus_files import read_thesaurus
from tests.toy import big_release


def median_ms(work: Callable[[str], object], queries: Sequence[str]) -> float:
    times = []
    for query in queries:
        started = time.perf_counter()
        work(query)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def make_queries(names: Sequence[str], count: int) -> list[str]:
    """Names with a slip, a prefix or a neighbour, as reports have them."""
    rng = random.Random(5)
    queries = []
    for name in rng.sample(list(names), count):
        at = rng.randrange(len(name))
        slipped = name[:at] + name[at + 1 :] or name
        queries.append(
            rng.choice([slipped, "服药后" + slipped, slipped + rng.choice(list(names))[:3]])
        )
    return queries


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        release = options.release or Path(folder) / "release"
        if options.release is None:
            big_release.write_big_release(release)
        terminology = TerminologyStore(Path(folder) / "compiled").open(release)
        names = terminology.names(TermLevel.LLT).to_list()
        thesaurus = read_thesaurus(resources())
        tokenisers = open_tokenisers(terminology, thesaurus)
        started = time.perf_counter()
        index = build_name_index(terminology, tokenisers)
        build = time.perf_counter() - started
        retriever = LexicalRetriever(terminology, index, tokenisers)
        by_pt = np.argsort(terminology.llt_pt, kind="stable")
        documents = [characters(names[row]) for row in by_pt]
        settings = CHANNELS[0]
        oracle = BM25Okapi(documents, k1=settings.k1, b=settings.b)
        compiled = compile_postings(oracle)
        reference = ReferenceRetriever(build_reference_postings(terminology))
        queries = make_queries(names, options.queries)

        # cut beforehand: the first three figures compare scoring, not cutting
        cut = {query: list(dict.fromkeys(characters(query))) for query in queries}
        tokens = cut.__getitem__

        equal = sum(
            bool((oracle.get_scores(tokens(q)) == compiled.scores(tokens(q))).all())
            for q in queries
        )
        document_pt = terminology.llt_pt[by_pt]

        def slow_top(query: str) -> list[int]:
            scores = oracle.get_scores(tokens(query))
            top: dict[int, float] = {}
            for pt, score in zip(document_pt.tolist(), scores.tolist(), strict=True):
                if score > 0:
                    top[pt] = max(score, top.get(pt, 0.0))
            return sorted(top, key=lambda pt: (-top[pt], pt))[:100]

        def quick_top(query: str) -> list[int]:
            scores = compiled.scores(tokens(query))
            return [int(pt) for pt in pool_to_terms(scores, document_pt, 100)[0]]

        same = sum(slow_top(query) == quick_top(query) for query in queries)
        works: dict[str, Callable[[str], object]] = {
            "rank_bm25 get_scores": lambda q: oracle.get_scores(tokens(q)),
            "scoring alone": lambda q: compiled.scores(tokens(q)),
            "scores + pooling + top 100": quick_top,
            "all channels + pooling + top 100": lambda q: retriever.search(q, 100),
            "default first stage, everything": lambda q: retriever.retrieve(q, k=100),
            "reference first stage": lambda q: reference.retrieve(q, k=100),
        }
        rounds: dict[str, list[float]] = {label: [] for label in works}
        for _ in range(options.rounds):
            for label, work in works.items():
                rounds[label].append(median_ms(work, queries))
        base = rounds["rank_bm25 get_scores"]
        print(f"{len(names)} names; index built in {build:.1f} s; {len(queries)} queries")
        print(
            f"scores equal to the bit: {equal}/{len(queries)}; top 100 equal: {same}/{len(queries)}"
        )
        for label, values in rounds.items():
            ratio = statistics.median(b / v for b, v in zip(base, values, strict=True))
            print(f"{label:<34}{statistics.median(values):>10.3f} ms {ratio:>10.0f} x")


if __name__ == "__main__":
    main()
