"""A national export through the real window: opened, coded, reviewed by keys, exported.

    python -m tests.bench.workbench [--reports 4000] [--rows 20000] [--phrases 1500] [--keys 400]

Prints rows a second of each step, the longest time the event loop stood still in each, the peak
memory of window, engine and reader, and the export beside a plain openpyxl write of the same rows.
Runs offscreen in a home folder of its own, with the shipped model and the demo dictionary.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

COLUMNS = (
    "报告表编码", "报告类型-新的", "报告类型-严重程度", "怀疑/并用", "通用名称", "商品名称", "批准文号",
    "生产厂家", "生产批号", "剂型", "用量", "给药途径", "用药开始时间", "用药原因", "不良反应名称",
    "不良反应过程描述", "不良反应发生时间", "不良反应结果", "报告人评价", "国家中心接收时间",
)  # fmt: skip
BEFORE = ("", "", "", "用药后", "出现", "轻度", "突发")
AFTER = ("", "", "", "加重", "明显", "2天")
TICK_MS = 2


def phrases_like(names: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """Distinct phrases as people report them: names, names with words around, a character lost."""
    found: dict[str, None] = {}
    while len(found) < count:
        name = rng.choice(names)
        if len(name) > 3 and rng.random() < 0.3:
            drop = rng.randrange(len(name))
            name = name[:drop] + name[drop + 1 :]
        found[rng.choice(BEFORE) + name + rng.choice(AFTER)] = None
    return list(found)


def write_export(path: Path, *, reports: int, rows: int, phrases: Sequence[str]) -> list[list[str]]:
    """Write the export and give its rows; frequent phrases stand there far more often than rare ones."""
    import xlsxwriter

    rng = random.Random(4)
    weights = [1 / (1 + place) for place in range(len(phrases))]
    table = []
    seen = iter(phrases)  # each at least once
    for report in range(reports):
        wanted = rng.choices(phrases, weights, k=rng.choice((1, 1, 2, 2, 3)))
        if (first := next(seen, None)) is not None:
            wanted[0] = first
        severity = rng.choice(("一般", "严重"))
        cell = "；".join(f"{phrase}（{severity}）" for phrase in dict.fromkeys(wanted))
        for drug in range(rows // reports):
            table.append(
                [
                    f"{100000 + report}", "否", severity, "怀疑" if drug == 0 else "并用",
                    f"某药{drug}", "", f"国药准字H{drug:08}", "某厂", f"{report}", "片剂", "1片",
                    "口服", "2025-03-01", "感染", cell, "患者用药后出现不适，停药后好转。" * 3,
                    "2025-03-02", "好转", "很可能", "2025-03-10",
                ]
            )  # fmt: skip
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("报告导出")
    sheet.write_row(0, 0, ["国家中心导出文件"])
    sheet.write_row(1, 0, COLUMNS)
    for number, values in enumerate(table, 2):
        sheet.write_row(number, 0, values)
    book.close()
    return table


def write_plainly(path: Path, table: Sequence[Sequence[str]]) -> float:
    """Write the same rows with ten more columns by openpyxl, and give the seconds it took."""
    import openpyxl

    begin = time.perf_counter()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("报告导出")
    sheet.append(["国家中心导出文件"])
    sheet.append([*COLUMNS, *(f"R{n}" for n in range(10))])
    for values in table:
        sheet.append([*values, *(["皮疹"] * 10)])
    book.save(path)
    return time.perf_counter() - begin


class Stalls:
    """Watches how long the event loop stands still."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._last = time.perf_counter()
        self.longest = 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last - TICK_MS / 1000)
        self._last = now

    def begin(self) -> None:
        """Forget what was."""
        self._last, self.longest = time.perf_counter(), 0.0


def peak_mb(process: int) -> float:
    """The most memory a process has had, in MB; 0 where the system does not tell."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((one for one in text.splitlines() if one.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024


def children_of(process: int) -> Iterator[int]:
    """The children of a process."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == process:
            yield int(path.parent.name)


class Drive:
    """Drives the window as a person would, and takes the times."""

    def __init__(self, home: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from m2m_desktop.services.locations import default_locations
        from m2m_desktop.ui.app import Program

        os.environ["M2M_HOME"] = str(home)
        self.app = QApplication.instance() or QApplication(["bench"])
        self.program = Program(self.app, default_locations())
        self.window = self.program.window
        self.window.show()
        self.window.activateWindow()
        self.stalls = Stalls()
        self.peak = {"window": 0.0, "engine": 0.0, "reader": 0.0}

    def wait(self, done: Callable[[], object], seconds: float = 1800) -> None:
        """Let the window work until something holds."""
        end = time.monotonic() + seconds
        while not done():
            self.app.processEvents()
            time.sleep(0.001)
            if time.monotonic() > end:
                sys.exit("the window did not get there in time")

    def look_at_memory(self) -> None:
        """Note the peaks."""
        engine = self.program.client.process_id
        self.peak["window"] = peak_mb(os.getpid())
        self.peak["engine"] = max(self.peak["engine"], peak_mb(engine))
        for child in children_of(engine):
            self.peak["reader"] = max(self.peak["reader"], peak_mb(child))

    @contextmanager
    def step(self, name: str, count: int) -> Iterator[None]:
        """Take the time of a step over so many things, and its longest stall."""
        self.app.processEvents()
        self.stalls.begin()
        begin = time.perf_counter()
        yield
        taken = time.perf_counter() - begin
        self.look_at_memory()
        rate = count / taken if taken else 0.0
        stall = 1000 * self.stalls.longest
        print(f"{name:<28}{taken:9.1f} s{rate:11.0f} /s{stall:9.0f} ms longest stall", flush=True)


def run(options: argparse.Namespace, folder: Path) -> None:
    """Do all of it."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from m2m_desktop.core.records import TermLevel
    from m2m_desktop.services.locations import resources
    from m2m_desktop.services.terminology_store import TerminologyStore
    from m2m_desktop.ui.table.protocol import TableSource

    demo = TerminologyStore(folder / "compiled").open(resources() / "demo")
    rng = random.Random(3)
    phrases = phrases_like(demo.names(TermLevel.LLT), options.phrases, rng)
    source = folder / "报告导出.xlsx"
    table = write_export(source, reports=options.reports, rows=options.rows, phrases=phrases)
    size = source.stat().st_size / 2**20
    print(
        f"{len(table):,} rows, {options.reports:,} reports, {len(phrases):,} phrases, {size:.1f} MB"
    )

    drive = Drive(folder / "home")
    window, workbook = drive.window, drive.window.workbook
    drive.wait(window.bar.terminology.isEnabled)
    window.show_place(1)
    with drive.step("look and preview", len(table)):
        dialog = workbook.open_table(TableSource(path=str(source)))
        drive.wait(dialog.start_button.isEnabled)
    with drive.step("make the project", len(table)):
        dialog.start_button.click()
        drive.wait(lambda: workbook.project is not None)
    with drive.step("code (phrases)", workbook.runner.total):
        drive.wait(lambda: workbook.runner.remaining == 0)
    review = workbook.review.phrases.table
    window.activateWindow()
    drive.wait(window.isActiveWindow, 10)
    review.setFocus()
    with drive.step("review by keys", options.keys):
        for number in range(options.keys):
            key = (Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_N, Qt.Key.Key_F)[number % 4]
            QTest.keyClick(review, key)
            drive.app.processEvents()
        QTest.keyClick(review, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    with drive.step("filter by typing", 6):
        for text in ("皮", "皮疹", "皮", "", "痛", ""):
            workbook.review.phrases.bar.text.setText(text)
            end = time.monotonic() + 0.4
            drive.wait(lambda end=end: time.monotonic() > end)
    target = folder / "out.xlsx"
    begin = time.perf_counter()
    with drive.step("export a copy", len(table)):
        export = workbook.tools.export()
        export.path.setText(str(target))
        export.write()
        drive.wait(lambda: export.pages.currentIndex() == 2 or export.notices.texts())
    ours = time.perf_counter() - begin
    if export.notices.texts():
        sys.exit(str(export.notices.texts()))
    export.accept()
    print(window.review_label.text())
    drive.program.close()
    theirs = write_plainly(folder / "plain.xlsx", table)
    print(f"export / plain openpyxl write: {ours:.1f} / {theirs:.1f} s = {ours / theirs:.2f}")
    print("peak MB:", ", ".join(f"{name} {mb:.0f}" for name, mb in drive.peak.items()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run with what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=4000)
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--phrases", type=int, default=1500)
    parser.add_argument("--keys", type=int, default=400)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="m2m-bench-") as folder:
        run(options, Path(folder))


if __name__ == "__main__":
    main()
