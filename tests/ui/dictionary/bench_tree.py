"""How long the tree takes to open at a PT, on a release of real size.

    python -m tests.ui.dictionary.bench_tree [--terms 300] [--home FOLDER]

Measured from the arrival of the answer of `dictionary_route`, a line of JSON, to the painted tree,
for PTs and LLTs drawn by lot, one after the other in the same tree. Prints median, 95th percentile
and maximum in ms.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from m2m_desktop.core.records import TermLevel
from tests.ui.dictionary.real_size import real_size_release


def answers(home: Path, count: int) -> list[bytes]:
    """Routes to PTs and LLTs drawn by lot, as lines of JSON."""
    from m2m_desktop.services.dictionary import wire
    from m2m_desktop.services.dictionary.browsing import open_route

    terminology = real_size_release(home)
    rng = random.Random(7)
    lines = []
    for number in range(count):
        level = TermLevel.LLT if number % 2 else TermLevel.PT
        code = terminology.codes(level)[rng.randrange(terminology.count(level))]
        route = open_route(terminology, level, code, soc="", hlt="", shows_old=True)
        lines.append(json.dumps(wire.route_to_json(route)).encode())
    return lines


def measure(lines: Sequence[bytes]) -> list[tuple[float, float]]:
    """Seconds from a line to the painted tree, for each: by the clock, and of this process."""
    from PySide6.QtWidgets import QApplication

    from m2m_desktop.ui import style
    from m2m_desktop.ui.dictionary.protocol import route_from_json
    from m2m_desktop.ui.dictionary.tree_panel import TreePanel
    from m2m_desktop.ui.engine_client import EngineClient

    app = QApplication.instance() or QApplication(["bench"])
    style.apply_theme(app, "light")
    panel = TreePanel(EngineClient())
    panel.resize(420, 760)
    panel.show()
    app.processEvents()
    times = []
    for line in lines:
        begin, worked = time.perf_counter(), time.process_time()
        panel.open_at(route_from_json(json.loads(line)))
        panel.tree.viewport().repaint()
        app.processEvents()
        times.append((time.perf_counter() - begin, time.process_time() - worked))
        route = json.loads(line)["route"]
        assert panel.model.route(panel.tree.currentIndex()) == tuple(route)
    return times


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terms", type=int, default=300)
    parser.add_argument("--home", type=Path, help="kept for the next time")
    options = parser.parse_args(words)
    with TemporaryDirectory() as folder:
        lines = answers(options.home or Path(folder), options.terms)
        measured = measure(lines)
        size = statistics.median(map(len, lines))
        print(f"{len(measured)} routes, median answer {size / 1024:.0f} kB")
        for what, times in zip(
            ("by the clock", "at work"), zip(*measured, strict=True), strict=True
        ):
            spread = sorted(1000 * one for one in times)
            p95 = spread[int(0.95 * len(spread))]
            print(
                f"{what}: median {statistics.median(spread):.1f}, p95 {p95:.1f}, "
                f"max {spread[-1]:.1f} ms"
            )


if __name__ == "__main__":
    main()
