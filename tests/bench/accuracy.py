"""Accuracy on a development file: reference BM25, the default first stage, and with the model.

    python -m tests.bench.accuracy --mentions MENTIONS.tsv --codes ID_TO_PT.tsv --release FOLDER

MENTIONS has a header and the columns mention, ids (joined by ``|``), source; ID_TO_PT maps the ids
to PT codes of the release. Prints one row per mode and source of mentions.
"""

import argparse
import csv
import os
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.metrics import hit_rate
from m2m_desktop.core.records import Mention
from m2m_desktop.services.quiet import silence_libraries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=Path, required=True)
    parser.add_argument("--codes", type=Path, required=True)
    parser.add_argument("--release", type=Path, required=True)
    parser.add_argument("--model", default="")
    options = parser.parse_args()
    silence_libraries()
    lines = options.codes.read_text(encoding="utf-8").splitlines()[1:]
    code_of = dict(line.split("\t")[:2] for line in lines)
    with options.mentions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))[1:]
    mentions = [Mention(str(number), row[0]) for number, row in enumerate(rows)]
    gold = [{code_of[one] for one in row[1].split("|")} for row in rows]
    by_source: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_source[row[2]].append(number)
        by_source["all"].append(number)
    with TemporaryDirectory() as home:
        os.environ["M2M_HOME"] = home
        from m2m_desktop.services.engine import CodingOptions, Engine
        from m2m_desktop.services.locations import default_locations

        engine = Engine(default_locations())
        print(f"{'mode':<28}{'source':<18}{'hit@1':>8}{'hit@10':>8}{'recall@100':>12}{'s':>8}")
        for label, mode, with_model in (
            ("reference BM25", "reference", False),
            ("first stage", "default", False),
            ("first stage + model", "default", True),
            ("reference + model", "reference", True),
        ):
            coding = CodingOptions(
                terminology=str(options.release), model=options.model, mode=mode
            )
            work = engine.code if with_model else engine.retrieve
            started = time.perf_counter()
            results = list(work(mentions, coding))
            took = time.perf_counter() - started
            orders = [[c.pt.code for c in result.candidates] for result in results]
            for source, numbers in by_source.items():
                figures = [
                    hit_rate([orders[n] for n in numbers], [gold[n] for n in numbers], k)
                    for k in (1, 10, 100)
                ]
                print(
                    f"{label:<28}{source:<18}{figures[0]:>8.3f}{figures[1]:>8.3f}"
                    f"{figures[2]:>12.3f}{took:>8.1f}"
                )
            if with_model:
                exact = [set(r.selected) == wanted for r, wanted in zip(results, gold, strict=True)]
                sizes = [len(result.selected) for result in results]
                print(
                    f"{'':<28}selected set equals gold {sum(exact) / len(exact):.3f}, "
                    f"mean size {sum(sizes) / len(sizes):.2f}, empty {sizes.count(0)}"
                )


if __name__ == "__main__":
    main()
