"""Look up terms and phrases in an edition of real size and say what it costs.

    python -m tests.services.snomed.measure_lookup DIR [--sequences 40]

DIR is an edition written with ``python -m tests.toy.rf2 DIR``. Each step runs in a process of its
own, so that the memory it says is the step's: ``search`` prepares the search of the dictionary,
``stage`` the first stage of coding, ``looking`` opens both, types names key by key and looks up
phrases with a letter missing.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from m2m_desktop.core.progress import silent
from m2m_desktop.core.records import Mention, TermLevel
from m2m_desktop.services.coding_options import CodingOptions
from m2m_desktop.services.dictionary.searching import dictionary_search
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.quiet import silence_libraries
from tests.services.snomed.measure import peak_mb

Figures = dict[str, float]
SECOND_WORD_FIRST, SLIP = 0.3, 0.2


def resident_mb() -> float:
    """Memory this process holds now, with what it looked at of mapped files."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def typed(names: list[str], count: int) -> Iterator[str]:
    """Two words of a name as they grow key by key, some the wrong way round, some with a slip."""
    chance = random.Random(5)
    for name in chance.choices(names, k=count):
        words = name.lower().split()[:2]
        if chance.random() < SECOND_WORD_FIRST:
            words = words[::-1]
        text = " ".join(words)[:18]
        if len(text) > 6 and chance.random() < SLIP:
            text = text[:4] + text[5:]
        yield from (text[:size] for size in range(1, len(text) + 1))


def spread(what: str, work: Callable[[str], object], texts: list[str]) -> Figures:
    """Median, 95th percentile and maximum in milliseconds, by the clock and of the processor."""
    clock, busy = [], []
    for text in texts:
        began, used = time.perf_counter(), time.process_time()
        work(text)
        clock.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - used) * 1000)
    found = {}
    for name, times in (("ms", sorted(clock)), ("cpu_ms", sorted(busy))):
        found[f"{what}_p50_{name}"] = times[len(times) // 2]
        found[f"{what}_p95_{name}"] = times[int(len(times) * 0.95)]
        found[f"{what}_max_{name}"] = times[-1]
    return found


def step(name: str, terminology: str, sequences: int) -> Figures:
    """Do one step in this process."""
    engine = (methods := Methods(default_locations())).engine
    began, used = time.perf_counter(), time.process_time()
    found: Figures = {}
    options = CodingOptions(terminology=terminology, mode="lexical")

    def look_up(text: str) -> object:
        return list(engine.retrieve([Mention("1", text)], options))

    if name == "search":
        engine.term_search(terminology)
    elif name == "stage":
        look_up("fever")
    else:

        def ask(text: str) -> object:
            params = Params({"text": text, "terminology": terminology})
            return json.dumps(dictionary_search(methods, params, silent))

        ask("fe")
        found["first_answer_s"] = time.perf_counter() - began
        column = engine.terminology(terminology).names(TermLevel.LLT)
        chance = random.Random(3)
        names = [column[chance.randrange(len(column))] for _ in range(200)]
        found.update(spread("search", ask, list(typed(names, sequences))))
        found["search_resident_mb"] = resident_mb()
        began = time.perf_counter()
        look_up("fever")
        found["stage_open_s"] = time.perf_counter() - began
        phrases = [name[:4] + name[5:] for name in names[:60]]
        found.update(spread("stage", look_up, phrases))
        found["both_resident_mb"] = resident_mb()
        return found
    return {
        f"{name}_s": time.perf_counter() - began,
        f"{name}_cpu_s": time.process_time() - used,
        f"{name}_peak_mb": peak_mb(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sequences", type=int, default=40)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    silence_libraries()
    if options.step:
        sys.stdout.write(json.dumps(step(*options.step, options.sequences)))
        return
    with TemporaryDirectory() as home:
        os.environ["M2M_HOME"] = home
        engine = Methods(default_locations()).engine
        ((info, _report),) = engine.import_terminology(options.folder)
        for name in ("search", "stage", "looking"):
            command = [sys.executable, "-m", "tests.services.snomed.measure_lookup"]
            command += [str(options.folder), "--sequences", str(options.sequences)]
            command += ["--step", name, info.terminology_id]
            answer = subprocess.run(command, check=True, capture_output=True)
            for figure, value in json.loads(answer.stdout).items():
                print(f"{figure:22} {value:12.1f}", flush=True)


if __name__ == "__main__":
    main()
