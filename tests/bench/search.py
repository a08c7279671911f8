"""Looking terms up as one types, on a bilingual release of real size, beside SQLite.

    python -m tests.bench.search [--sequences 400] [--json FILE]

Two generated releases of one version (27,361 PTs, 91,082 LLTs; Chinese and English names) are
imported as the program does it. Then 400 searches are typed the way people do, key by key: Chinese
by the words an input method hands over, English, pinyin, initials, codes, operators. What is timed is
a request in the engine process with its answer as JSON. In the same run the same texts are asked
of SQLite over the same names: FTS5 with trigrams (for what has three characters, which is the least
it can look for) and LIKE, each with the first 100 by length and the total, as ours gives them.
"""

import argparse
import gc
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from m2m_desktop.core.progress import silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.search_index import syllables
from m2m_desktop.services.dictionary.searching import dictionary_search, dictionary_warm
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.quiet import silence_libraries
from tests.toy.big_release import write_big_release
from tests.toy.english_release import write_english

silence_libraries()

GOAL_MS = 16
KINDS = ("chinese", "english", "pinyin", "initials", "code", "operators")
SHARES = (40, 25, 12, 8, 5, 10)

Sequence_ = tuple[str, ...]


def typed(text: str, chance: random.Random, *, by_word: bool) -> Sequence_:
    """A text as it grows: letter by letter, or by the one to three characters of an input method."""
    found, at = [], 0
    while at < len(text):
        at += chance.choice((1, 2, 2, 3)) if by_word else 1
        found.append(text[:at])
    return tuple(found)


def sequences(terminology: Terminology, count: int) -> Iterator[tuple[str, Sequence_]]:
    """What people type, with its kind; fragments of names, some with a slip in them."""
    chance = random.Random(7)
    chinese = [n for n in terminology.names(TermLevel.LLT).to_list() if n[0] > "\u2e80"]
    second = terminology.names2(TermLevel.LLT)
    assert second is not None
    english = second.to_list()
    codes = [terminology.codes(TermLevel.PT)[row] for row in range(0, 27000, 50)]

    def part(least: int, most: int) -> str:
        name = chance.choice(chinese)
        size = min(len(name), chance.randint(least, most))
        at = chance.randrange(len(name) - size + 1)
        return name[at : at + size]

    for kind in chance.choices(KINDS, SHARES, k=count):
        if kind == "chinese":
            text = part(1, 8)
            if len(text) > 3 and chance.random() < 0.2:  # a slip
                text = text[:2] + chance.choice(chinese)[0] + text[3:]
            yield kind, typed(text, chance, by_word=True)
        elif kind == "english":
            words = chance.choice(english).lower().split()[:2]
            if chance.random() < 0.3:
                words = words[::-1]
            text = " ".join(words)[:18]
            if len(text) > 6 and chance.random() < 0.2:
                text = text[:4] + text[5:]
            yield kind, typed(text, chance, by_word=False)
        elif kind == "pinyin":
            yield kind, typed("".join(syllables(part(2, 5))), chance, by_word=False)
        elif kind == "initials":
            found = "".join(one[:1] for one in syllables(part(2, 6)))
            yield kind, typed(found, chance, by_word=False)
        elif kind == "code":
            yield kind, typed(chance.choice(codes), chance, by_word=False)
        else:
            one, other = part(2, 3), part(1, 2)
            form = chance.choice(
                ("{} AND {}", "{} OR {}", "{} NOT {}", "{}*{}", "{} {}", '"{}" {}')
            )
            yield kind, typed(form.format(one, other), chance, by_word=False)


class Sqlite:
    """The same names in plain SQLite: a trigram index, and a table for LIKE."""

    def __init__(self, terminology: Terminology) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE grams USING fts5(name, tokenize='trigram')")
        self._base.execute("CREATE TABLE plain(name TEXT)")
        names = [
            (name,)
            for columns in (terminology.names, terminology.names2)
            for level in TermLevel
            for name in columns(level) or ()
        ]
        for table in ("grams", "plain"):
            self._base.executemany(f"INSERT INTO {table}(name) VALUES (?)", names)

    def grams(self, text: str) -> object:
        """The first 100 by length and the total, by the trigram index."""
        wanted = '"' + text.replace('"', "") + '"'
        rows = self._base.execute(
            "SELECT rowid, name FROM grams WHERE grams MATCH ? ORDER BY length(name) LIMIT 100",
            (wanted,),
        ).fetchall()
        total = self._base.execute("SELECT count(*) FROM grams WHERE grams MATCH ?", (wanted,))
        return json.dumps([rows, total.fetchone()])

    def like(self, text: str) -> object:
        """The first 100 by length and the total, by reading all names."""
        wanted = f"%{text}%"
        rows = self._base.execute(
            "SELECT rowid, name FROM plain WHERE name LIKE ? ORDER BY length(name) LIMIT 100",
            (wanted,),
        ).fetchall()
        total = self._base.execute("SELECT count(*) FROM plain WHERE name LIKE ?", (wanted,))
        return json.dumps([rows, total.fetchone()])


def milliseconds(work: Callable[[str], object], text: str) -> float:
    """How long one answer takes, by the clock."""
    started = time.perf_counter()
    work(text)
    return (time.perf_counter() - started) * 1000


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    ranked = sorted(times)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    return {"p50": round(median(ranked), 2), "p95": round(p95, 2), "max": round(ranked[-1], 2)}


def resident_mb() -> float:
    """Memory this process holds now, without mapped files that nobody touched."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Make the releases, prepare, type, and ask SQLite the same."""
    os.environ["M2M_HOME"] = str(folder / "home")
    methods = Methods(default_locations())
    chinese = write_big_release(folder / "zh")
    english = write_english(chinese, folder / "en")
    own = methods.engine.import_terminology(chinese)[0][0].terminology_id
    methods.engine.import_terminology(english)
    terminology = methods.engine.bilingual(own)
    assert terminology.names2(TermLevel.LLT) is not None
    figures: dict[str, Any] = {"names": sum(map(len, map(terminology.names, TermLevel)))}

    def ask(text: str, **more: object) -> dict[str, Any]:
        params = Params({"text": text, "terminology": own, **more})
        answer = dictionary_search(methods, params, silent)
        json.dumps(answer, ensure_ascii=True)
        return answer

    before, started = resident_mb(), time.perf_counter()
    ask("炎")
    figures["first_answer_s"] = round(time.perf_counter() - started, 2)
    figures["names_mb"] = round(resident_mb() - before, 1)
    slices, slowest = 0, 0.0
    started, is_ready = time.perf_counter(), False
    while not is_ready:
        prepared = methods.engine.term_search(own)
        if prepared.waiting == ("fuzzy",):
            figures["sounds_s"] = round(time.perf_counter() - started, 2)
            figures["sound_slices"], figures["slowest_slice_ms"] = slices, round(slowest, 1)
            figures["with_sounds_mb"] = round(resident_mb() - before, 1)
        lap = time.perf_counter()
        warmed = dictionary_warm(methods, Params({"terminology": own, "slice_ms": 20}), silent)
        is_ready = warmed["ready"]
        slowest, slices = max(slowest, (time.perf_counter() - lap) * 1000), slices + 1
    figures["warm_s"] = round(time.perf_counter() - started, 2)
    figures["all_mb"] = round(resident_mb() - before, 1)

    lite = Sqlite(terminology)
    lists = list(sequences(terminology, count))
    ask("炎")
    gc.collect()
    ours: dict[str, list[float]] = {kind: [] for kind in KINDS}
    busy: list[float] = []
    slow: list[tuple[float, str]] = []
    pairs: list[tuple[float, float, float | None]] = []
    for kind, sequence in lists:
        for place, text in enumerate(sequence):
            cpu = time.process_time()
            took = milliseconds(ask, text)
            busy.append((time.process_time() - cpu) * 1000)
            ours[kind].append(took)
            slow.append((round(took, 1), text))
            if place % 7 == 0 or place == len(sequence) - 1:  # SQLite is slow: a share of the keys
                grams = milliseconds(lite.grams, text) if len(text) >= 3 else None
                pairs.append((took, milliseconds(lite.like, text), grams))
    every = [one for times in ours.values() for one in times]
    grams_pairs = [(took, grams) for took, _, grams in pairs if grams is not None]
    return {
        **figures,
        "keystrokes": len(every),
        "ms": spread(every),
        "cpu_ms": spread(busy),
        "ms_by_kind": {kind: spread(times) for kind, times in ours.items() if times},
        "like_ms": spread([like for _, like, _ in pairs]),
        "like_ratio": round(median(like / took for took, like, _ in pairs), 1),
        "fts5_ms": spread([grams for _, grams in grams_pairs]),
        "fts5_ours_ms": spread([took for took, _ in grams_pairs]),
        "fts5_ratio": round(median(grams / took for took, grams in grams_pairs), 2),
        "goal_met": spread(every)["p95"] <= GOAL_MS,
        "slowest": sorted(slow, reverse=True)[:8],
        "single": {
            text: round(median(milliseconds(ask, text) for _ in range(5)), 1)
            for text in ("炎", "性", "e", "a", "x", "1")
        },
    }


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=400)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments.sequences, Path(folder))
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
