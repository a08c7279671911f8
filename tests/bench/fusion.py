"""How to join candidates by meaning to those by wording: scans methods and weights on mentions.

    python -m tests.bench.fusion --encoder ID_OR_PATH
    python -m tests.bench.fusion --encoder … --mentions MENTIONS.tsv --codes ID_TO_PT.tsv --release FOLDER

Files as for `tests.bench.accuracy`. Prints recall@1, @10 and @100 (share of mentions with a gold term
among the first k) of BM25, of the encoder, and of both joined, best @100 first. Both searches are
done once a mention; the scan only joins. ``--kept FOLDER`` keeps the vectors for the next time.
``--coded`` adds what becomes of it with a reranker (``--model``), without and with the encoder: hit@1
over mentions that have a term, and the share of all mentions whose set of terms is right.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from m2m_desktop.core.dense import DEFAULT_FUSION, FusedRetriever, FusionSettings, fuse
from m2m_desktop.core.evaluation.mentions import set_tally
from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.core.records import Mention, TermLevel
from m2m_desktop.core.retrieval import FirstStage, Proposal
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.quiet import silence_libraries
from tests.bench.accuracy import HELD_OUT, read_gold

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine

CUTS = (1, 10, 100)

Gold = tuple[str, frozenset[str], str]
Found = list[tuple[FirstStage, list[Proposal]]]


def searched(
    engine: "Engine", phrases: Sequence[str], release: str, encoder: str
) -> tuple[Terminology, Found]:
    """Ask both first stages about every phrase."""
    from m2m_desktop.services.engine import CodingOptions

    options = CodingOptions(terminology=release, encoder=encoder)
    engine.embed_terminology(release, encoder, show)
    pipeline = engine.pipeline(options, with_model=False)
    assert isinstance(pipeline.retriever, FusedRetriever), "the encoder cannot be used"
    return pipeline.terminology, [pipeline.retriever.ask(one, k=100) for one in phrases]


def show(done: int, total: int, note: str = "") -> None:
    print(f"\r{done}/{total} {note:<50}", end="" if done < total or not total else "\n", flush=True)


def print_coded(
    engine: "Engine", rows: Sequence[Gold], release: str, encoder: str, model: str
) -> None:
    """Code every mention without and with the encoder."""
    from m2m_desktop.services.engine import CodingOptions

    mentions = [Mention(str(number), row[0]) for number, row in enumerate(rows)]
    print(f"\n{'coded':<44}{'hit@1':>8}{'set':>8}")
    for name, chosen in (("by wording", "none"), ("by wording and meaning", encoder)):
        options = CodingOptions(
            terminology=release, model=model, encoder=chosen, keeps_scores=False, uses_memory=False
        )
        results = list(engine.code(mentions, options))
        pairs = [(one, row[1]) for one, row in zip(results, rows, strict=True) if row[1]]
        orders = [[c.pt.code for c in one.candidates] for one, _ in pairs]
        first = hit_rates(orders, [wanted for _, wanted in pairs], (1,))[1]
        selected = [frozenset(one.selected) for one in results]
        right = set_tally(selected, [row[1] for row in rows]).values()["exact_set_match"]
        print(f"{name:<44}{first:>8.3f}{right:>8.3f}")


def settings_to_try() -> Iterator[FusionSettings]:
    for weight, own in product((0.5, 1, 2, 3, 4, 6, 10), (0, 0.2, 0.3, 0.4, 0.5)):
        yield FusionSettings("sum", weight, own_share=own)
    for weight, own, constant in product((0.5, 1, 2, 4), (0, 0.3, 0.4, 0.5), (10, 60)):
        yield FusionSettings("rrf", weight, constant, own_share=own)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=Path, default=HELD_OUT)
    parser.add_argument("--codes", type=Path)
    parser.add_argument("--release", default="")
    parser.add_argument("--encoder", default="")
    parser.add_argument("--model", default="", help="reranker for --coded, ID or path")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--coded", action="store_true")
    parser.add_argument("--best", type=int, default=25, help="so many settings are printed")
    options = parser.parse_args(arguments)
    silence_libraries()
    everything = read_gold(options.mentions, options.codes)
    rows = [row for row in everything if row[1]]
    with TemporaryDirectory() if options.kept is None else nullcontext(options.kept) as home:
        os.environ["M2M_HOME"] = str(home)
        from m2m_desktop.services.engine import Engine
        from m2m_desktop.services.locations import default_locations

        engine = Engine(default_locations())
        phrases = [row[0] for row in rows]
        terminology, found = searched(engine, phrases, options.release, options.encoder)
        if options.coded:
            print_coded(engine, everything, options.release, options.encoder, options.model)
    codes = terminology.codes(TermLevel.PT)
    gold = [row[1] for row in rows]

    def figures(orders: Sequence[Sequence[Proposal]]) -> tuple[float, ...]:
        named = [[codes[one.pt_row] for one in order] for order in orders]
        return tuple(hit_rates(named, gold, CUTS).values())

    def line(name: str, values: Sequence[float]) -> str:
        return f"{name:<44}" + "".join(f"{value:>8.3f}" for value in values)

    print(f"{len(rows)} mentions with a term{'':<22}" + "".join(f"{f'@{k}':>8}" for k in CUTS))
    print(line("BM25", figures([first.proposals for first, _ in found])))
    print(line("encoder", figures([dense for _, dense in found])))
    default = [fuse(first, dense, 100) for first, dense in found]
    print(line(f"default: {DEFAULT_FUSION.stamp}", figures([one.proposals for one in default])))
    tried = []
    for settings in settings_to_try():
        joined = [fuse(first, dense, 100, settings).proposals for first, dense in found]
        tried.append((figures(joined), settings.stamp))
    for values, stamp in sorted(tried, key=lambda one: one[0][::-1], reverse=True)[: options.best]:
        print(line(stamp, values))


if __name__ == "__main__":
    main()
