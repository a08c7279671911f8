"""Accuracy on a file of mentions: reference BM25, the default first stage, and with the model.

    python -m tests.bench.accuracy                       the held-out phrases of the demo dictionary
    python -m tests.bench.accuracy --mentions MENTIONS.tsv --codes ID_TO_PT.tsv --release FOLDER

MENTIONS has a header and the columns mention, ids (joined by ``|``, may be empty), kind. Without
ID_TO_PT the ids are PT codes. Prints one row per mode and kind of mention; hit figures count
mentions that have a gold term, set figures all mentions.
"""

import argparse
import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.evaluation.mentions import set_tally
from m2m_desktop.core.evaluation.ranking import hit_rates
from m2m_desktop.core.records import Mention
from m2m_desktop.services.quiet import silence_libraries

SET_FIGURES = ("exact_set_match", "micro_precision", "micro_recall", "micro_f1")
HELD_OUT = Path(__file__).resolve().parent.parent / "golden" / "demo_mentions.tsv"


def read_gold(mentions: Path, codes: Path | None) -> list[tuple[str, frozenset[str], str]]:
    code_of: dict[str, str] = {}
    if codes is not None:
        for line in codes.read_text(encoding="utf-8").splitlines()[1:]:
            one, code = line.split("\t")[:2]
            code_of[one] = code
    with mentions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [
        (row[0], frozenset(code_of.get(one, one) for one in row[1].split("|") if one), row[2])
        for row in rows
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=Path, default=HELD_OUT)
    parser.add_argument("--codes", type=Path)
    parser.add_argument("--release", default="")
    parser.add_argument("--model", default="")
    parser.add_argument("--threshold", type=float, default=0.3)
    parser.add_argument("--misses", action="store_true", help="list what was coded wrongly")
    options = parser.parse_args(arguments)
    silence_libraries()
    rows = read_gold(options.mentions, options.codes)
    mentions = [Mention(str(number), text) for number, (text, _, _) in enumerate(rows)]
    kinds: dict[str, list[int]] = defaultdict(list)
    for number, (_, _, kind) in enumerate(rows):
        kinds[kind].append(number)
        kinds["all"].append(number)
    with TemporaryDirectory() as home:
        os.environ["M2M_HOME"] = home
        from m2m_desktop.services.engine import CodingOptions, Engine
        from m2m_desktop.services.locations import default_locations

        engine = Engine(default_locations())
        head = ("hit@1", "hit@10", "recall@100", "set", "micro P", "micro R", "micro F1")
        print(f"{'mode':<24}{'kind':<17}{'n':>5}" + "".join(f"{name:>11}" for name in head))
        for label, mode, with_model in (
            ("reference BM25", "reference", False),
            ("first stage", "default", False),
            ("first stage + model", "default", True),
            ("reference + model", "reference", True),
        ):
            coding = CodingOptions(
                terminology=options.release,
                model=options.model,
                mode=mode,
                threshold=options.threshold,
            )
            work = engine.code if with_model else engine.retrieve
            results = list(work(mentions, coding))
            for kind, numbers in kinds.items():
                hits = [n for n in numbers if rows[n][1]]
                orders = [[c.pt.code for c in results[n].candidates] for n in hits]
                gold = [rows[n][1] for n in hits]
                figures = [*hit_rates(orders, gold, (1, 10, 100)).values()]
                if with_model:
                    chosen = [frozenset(results[n].selected) for n in numbers]
                    wanted = [rows[n][1] for n in numbers]
                    values = set_tally(chosen, wanted).values()
                    figures += [values[name] for name in SET_FIGURES]
                cells = "".join(f"{value:>11.3f}" for value in figures)
                print(f"{label:<24}{kind:<17}{len(numbers):>5}{cells}")
            if options.misses and with_model and mode == "default":
                for (text, wanted_codes, kind), result in zip(rows, results, strict=True):
                    if set(result.selected) != wanted_codes:
                        names = {c.pt.code: c.pt.name for c in result.candidates}
                        print(
                            f"    {kind}: {text} | chosen "
                            f"{[names[code] for code in result.selected]} | gold "
                            f"{[names.get(code, code) for code in sorted(wanted_codes)]}"
                        )


if __name__ == "__main__":
    main()
