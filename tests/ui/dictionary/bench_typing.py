"""How long the event loop stands still while somebody types fast, on a release of real size.

    python -m tests.ui.dictionary.bench_typing [--rounds 5] [--gap 40] [--home FOLDER]

The page over the real engine process. 30 characters are typed, one every ``gap`` ms: Chinese names
committed by an input method, English words and pinyin by keys; the hits are painted, and tree and
card follow as they do for a user. The longest pause between two ticks of a 2 ms timer, less the 2
ms, is the stall, the way `tests.bench.workbench` takes it; "at work" is the processor time of this
process in it. Also: from a keystroke that rests to its painted hits.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench.workbench import Stalls
from tests.ui.dictionary.real_size import real_size_release

CHARACTERS = 30
AGAIN = "\b"
"""Empties the line before the next character."""


class Pauses(Stalls):
    """Also takes how long this process worked between two ticks: what a loaded machine adds is not
    in it.
    """

    def _tick(self) -> None:
        super()._tick()
        now = time.process_time()
        self.most_work = max(self.most_work, now - self._worked)
        self._worked = now

    def begin(self) -> None:
        super().begin()
        self._worked, self.most_work = time.process_time(), 0.0


class Typist:
    """A page in a window, and hands that type into it."""

    def __init__(self, home: Path, terminology: str) -> None:
        from PySide6.QtCore import QSettings
        from PySide6.QtWidgets import QApplication

        from m2m_desktop.services.locations import default_locations
        from m2m_desktop.ui import fonts, style
        from m2m_desktop.ui.dictionary.page import DictionaryPage
        from m2m_desktop.ui.engine_client import EngineClient
        from m2m_desktop.ui.engine_protocol import TerminologyChoice
        from m2m_desktop.ui.notices import NoticeArea
        from tests.ui.dictionary.bench_page import REAL

        self.app = QApplication.instance() or QApplication(["bench"])
        fonts.choose_font(self.app)
        style.apply_theme(self.app, "light")
        self.client = EngineClient(REAL)
        self.client.start()
        stored = QSettings(str(home / "bench.ini"), QSettings.Format.IniFormat)
        self.page = DictionaryPage(self.client, NoticeArea(), default_locations(), stored)
        self.page.resize(1300, 760)
        self.page.show()
        self.page.activateWindow()
        self.page.set_terminology(TerminologyChoice(terminology, "Big", "99.0", "zh", False))
        self.page.start()
        self.wait(lambda: self.page.tree.model.rowCount() > 0)
        self.wait(lambda: self.page.finder.asking.warming.is_done, seconds=300)

    def wait(self, done: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not done():
            self.app.processEvents()
            time.sleep(0.0005)
            if time.monotonic() > end:
                raise SystemExit("bench_typing: waited in vain")

    def rest(self, milliseconds: float) -> None:
        end = time.monotonic() + milliseconds / 1000
        self.wait(lambda: time.monotonic() > end)

    def type(self, text: str, gap_ms: float) -> None:
        from PySide6.QtTest import QTest

        from tests.ui.helpers import commit

        line = self.page.finder.line
        for character in text:
            if character == AGAIN:
                line.clear()
                continue
            if character.isascii():
                QTest.keyClicks(line, character)
            else:
                commit(line, character)
            self.rest(gap_ms)

    def clear(self) -> None:
        self.page.search("")
        self.rest(300)

    def round(self, text: str, gap_ms: float) -> tuple[float, float]:
        """The longest stall in ms, by the clock and at work, until the last hits have arrived."""
        self.clear()
        stalls = Pauses()
        stalls.begin()
        self.type(text, gap_ms)
        self.wait(lambda: not self.page.finder.asking.is_waiting)
        self.rest(400)
        stalls._timer.stop()
        return 1000 * stalls.longest, 1000 * stalls.most_work

    def answered_in(self, text: str) -> float:
        """From the last key of a text to its painted hits, in ms."""
        self.clear()
        self.type(text[:-1], 5)
        self.rest(400)
        asked = self.page.finder.asking._turn
        begin = time.perf_counter()
        self.type(text[-1], 0)
        self.wait(
            lambda: self.page.finder.asking._turn > asked and not self.page.finder.asking.is_waiting
        )
        self.page.finder.hits.viewport().repaint()
        return 1000 * (time.perf_counter() - begin)


def texts(names: Sequence[str], rng: random.Random) -> dict[str, str]:
    """Thirty characters of each kind."""
    chinese = "".join(rng.sample(list(names), 12))[:CHARACTERS]
    return {
        "Chinese": chinese,
        "English": "hypersensitivity reaction acute"[:CHARACTERS],
        "pinyin": "pifushangchuxianhongsebanzhen1"[:CHARACTERS],
        # the most hits there can be, thirty times over
        "one character, line emptied": AGAIN.join("性病症炎痛皮a心血e肝i" * 3)[: 2 * CHARACTERS],
    }


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--gap", type=float, default=40, help="ms between two characters")
    parser.add_argument("--home", type=Path, help="kept for the next time")
    options = parser.parse_args(words)
    from m2m_desktop.core.records import TermLevel

    with TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        terminology = real_size_release(home)
        names = terminology.names(TermLevel.LLT).to_list()
        typist, rng = Typist(home, terminology.info.terminology_id), random.Random(4)
        for kind, text in texts(names, rng).items():
            rounds = [typist.round(text, options.gap) for _round in range(options.rounds)]
            clock, work = (sorted(times) for times in zip(*rounds, strict=True))
            print(
                f"{kind:28} longest stall: median {statistics.median(clock):5.1f}, worst "
                f"{clock[-1]:5.1f} ms (at work {statistics.median(work):5.1f}, {work[-1]:5.1f})",
                flush=True,
            )
        waits = sorted(typist.answered_in(name[:3]) for name in rng.sample(names, 40))
        print(f"key to painted hits: median {statistics.median(waits):.0f}, p95 {waits[37]:.0f} ms")
        typist.client.close()


if __name__ == "__main__":
    main()
