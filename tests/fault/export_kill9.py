"""Exports that are killed, or that find the disk full: the user's files stay whole.

    python -m tests.fault.export_kill9 [--kills 50] [--full 100] [--rows 2000] [--seed 1]

A child writes a copy with answers over an existing result, again and again; it is killed with
SIGKILL after a random time, or may write only so many bytes to a file (RLIMIT_FSIZE, which a write
meets as it meets a full disk). The limits go in equal steps from nothing to the size of the result.
After each, the result must be the old one or the new one, byte for byte, and the source untouched;
whatever else lies there is a draft, which the next export removes when it is old enough.
``--control`` saves with openpyxl over the old result instead: this must be caught.
POSIX only. Prints what happened as one line of JSON; the exit status is 1 if a file was harmed.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.export import draft_files
from m2m_desktop.services.export.workbook_copy import patch_workbook
from tests.services.export.books import simple_book
from tests.services.export.coded import coded, item

OLD = b"the result of yesterday"
HARMED = 1


class Bench:
    """A source, an old result, and what the new result must be."""

    def __init__(self, folder: Path, rows: int, *, control: bool) -> None:
        self.source = simple_book(folder / "导出.xlsx", [f"反应{row}" for row in range(rows)])
        self.target = folder / "结果.xlsx"
        self._coded = coded([item(row + 3, f"反应{row}") for row in range(rows)], self.source)
        self._source_bytes = self.source.read_bytes()
        self._control = control
        start = time.perf_counter()
        self.export()
        self.seconds = time.perf_counter() - start
        self.new = self.target.read_bytes()

    def export(self) -> None:
        if self._control:
            import openpyxl

            book = openpyxl.load_workbook(self.source)
            book.save(self.target)
        else:
            patch_workbook(self.source, self.target, self._coded)

    def state(self) -> str:
        """What the result is now; puts the old one back."""
        if self.source.read_bytes() != self._source_bytes:
            return "source harmed"
        content = self.target.read_bytes() if self.target.exists() else b""
        others = set(self.target.parent.iterdir()) - {self.source, self.target}
        self.target.write_bytes(OLD)
        if any(not path.name.startswith(".结果.m2m-draft.") for path in others):
            return "stray file"
        return {OLD: "old", self.new: "new"}.get(content, "harmed")

    def drafts(self) -> list[Path]:
        return [path for path in self.target.parent.iterdir() if "m2m-draft" in path.name]


def killed(bench: Bench, seconds: float) -> None:
    """Export in a child that is killed after a time."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            bench.export()
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def limited(bench: Bench, size: int) -> int:
    """Export in a child whose files end at a size; its exit status: 0 done, 3 refused politely."""
    child = os.fork()
    if not child:
        status = 4
        with contextlib.suppress(BaseException):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            try:
                bench.export()
                status = 0
            except OutputUnwritable:
                status = 3
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(options: argparse.Namespace) -> dict[str, object]:
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.rows, control=options.control)
        bench.state()
        kills: dict[str, int] = {}
        for _number in range(options.kills):
            killed(bench, chance.uniform(0, bench.seconds * 2))
            state = bench.state()
            kills[state] = kills.get(state, 0) + 1
        drafts = bench.drafts()
        for draft in drafts:
            os.utime(draft, (0, time.time() - draft_files.STALE_AFTER_S - 60))
        with contextlib.suppress(OutputUnwritable):
            bench.export()
        left = len(bench.drafts())
        bench.state()
        full: dict[str, int] = {}
        for number in range(options.full):
            status = limited(bench, len(bench.new) * number // options.full)
            state = f"{bench.state()}, {'refused' if status == 3 else f'status {status}'}"
            full[state] = full.get(state, 0) + 1
        return {
            "kills": kills, "drafts": len(drafts), "drafts_left": left, "full_disk": full,
            "seconds": round(bench.seconds, 2),
        }  # fmt: skip


def is_whole(found: dict) -> bool:
    return (
        set(found["kills"]) <= {"old", "new"}
        and set(found["full_disk"]) <= {"old, refused"}
        and not found["drafts_left"]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--full", type=int, default=100)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", action="store_true")
    found = run(parser.parse_args())
    print(json.dumps(found, ensure_ascii=False))
    return 0 if is_whole(found) else HARMED


if __name__ == "__main__":
    sys.exit(main())
