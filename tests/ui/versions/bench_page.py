"""How long the event loop stands still while the versions page shows two releases of real size.

``python -m tests.ui.versions.bench_page [--effects 5000] [--each 100] [--small]`` makes two
releases, imports them through the engine process and drives the page; with ``--effects`` also a
memory of so many entries. Made at real size it takes some minutes.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


TICK_MS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--effects", type=int, default=5000, help="entries of the memory")
    parser.add_argument("--each", type=int, default=100, help="changes of each kind")
    parser.add_argument("--small", action="store_true", help="small releases: does it run at all?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="m2m-versions-") as folder:
        os.environ["M2M_HOME"] = folder
        run(options, Path(folder))


class Stalls:
    """The longest stretch without a tick: as the clock has it, and of work done in it.

    On a machine that is busy with other things only the second one says something.
    """

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.begin()

    def begin(self) -> None:
        self._last = time.perf_counter(), time.thread_time()
        self.longest = self.worked = 0.0

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, now[0] - self._last[0] - TICK_MS / 1000)
        self.worked = max(self.worked, now[1] - self._last[1])
        self._last = now


def run(options: argparse.Namespace, folder: Path) -> None:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from m2m_desktop.core.memory import MemoryEntry
    from m2m_desktop.core.review import CodedTerm
    from m2m_desktop.core.text import match_key
    from m2m_desktop.services.locations import default_locations
    from m2m_desktop.services.memory.store import MemoryStore, memory_path
    from m2m_desktop.ui import fonts, style
    from m2m_desktop.ui.engine_client import EngineClient
    from m2m_desktop.ui.engine_protocol import status_from_json
    from m2m_desktop.ui.notices import NoticeArea
    from m2m_desktop.ui.versions.page import MEMORY, VersionsPage
    from tests.toy.versions import REAL, Size, planted, write_pair

    app = QApplication([])
    fonts.choose_font(app)
    style.apply_theme(app, "light")
    stalls, told = Stalls(), []
    client = EngineClient()
    client.start()

    def wait(done) -> None:
        end = time.monotonic() + 1200
        while not done():
            app.processEvents()
            time.sleep(0.001)
            assert time.monotonic() < end, "waited in vain"

    def ask(method: str, params: dict) -> dict:
        before = len(told)
        client.request(method, params, on_answer=told.append, on_error=told.append)
        wait(lambda: len(told) > before)
        assert isinstance(told[-1], dict), told[-1]
        return told[-1]

    def step(name: str, act, done) -> None:
        app.processEvents()
        stalls.begin()
        begin = time.perf_counter()
        act()
        wait(done)
        taken, end = time.perf_counter() - begin, time.monotonic() + 0.2
        wait(lambda: time.monotonic() > end)
        stall, worked = 1000 * stalls.longest, 1000 * stalls.worked
        print(f"{name:<30}{taken:7.2f} s{stall:8.1f} ms stall, {worked:5.1f} ms of work in one")

    made = planted(3, Size() if options.small else REAL, 2 if options.small else options.each)
    for path in write_pair(made, folder / "releases"):
        ask("import_terminology", {"path": str(path)})
    known = status_from_json(ask("status", {})).terminologies
    old, new = (next(t for t in known if t.version == version) for version in ("99.0", "99.1"))
    pts = list(made.old.names["pt"].items())
    MemoryStore(memory_path(default_locations())).put(
        MemoryEntry(
            match_key(f"用语{n}"), f"用语{n}", (CodedTerm(*pts[n * 7 % len(pts)]),),
            reviewer="王药师", decided_at="2026-03-04T08:00:00+00:00",
            terminology_id=old.terminology_id, terminology_version=old.version,
            terminology_language=old.language,
        )
        for n in range(options.effects)
    )  # fmt: skip
    page = VersionsPage(
        client, NoticeArea(), default_locations(),
        QSettings(str(folder / "x.ini"), QSettings.Format.IniFormat),
    )  # fmt: skip
    page.resize(1300, 760)
    page.show()
    page.set_terminologies(known)
    page.set_terminology(new)
    model, bar = page.changes.model, page.changes.table.verticalScrollBar()
    step("compare", page.start, lambda: model.total > 0)
    print(f"{model.total:,} changes")

    def drag() -> None:
        for part in range(40):
            bar.setValue(bar.maximum() * part // 39)
            app.processEvents()

    last = model.total - 1
    step("drag to the end of the list", drag, lambda: model.change(last) is not None)
    step("one kind", lambda: page.changes.matrix.choose("moved"), lambda: model.total <= last)
    step("back to all", page.changes.show_all, lambda: model.total > last)
    page.changes.search.setText("1")
    step("a search", page.changes.reload, lambda: model.total <= last)
    step("the other way round", page.head.swap, lambda: page.work.isVisible() or model.total > 0)
    wait(lambda: not page.work.isVisible() and model.total > 0)
    page.head.swap()
    wait(lambda: page.work.isVisible())
    wait(lambda: not page.work.isVisible())
    effects = page.memory.model
    step(
        f"effects on {options.effects:,} entries",
        lambda: page.tabs.setCurrentIndex(MEMORY),
        lambda: effects.rowCount() > 0,
    )
    step("tick all shown", lambda: effects.tick_shown(on=True), lambda: True)
    page.memory.search.setText("用语9")
    step("search the effects", lambda: None, lambda: effects.rowCount() < options.effects)
    client.close()


if __name__ == "__main__":
    main()
