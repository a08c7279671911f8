"""The program killed at work: ``python -m tests.privacy.kills [--kills 50] [--rows 1500] [--seed 1]``.

A batch of a workbook full of planted strings is killed with SIGKILL after a random time, again and
again, with a project and without; so is the export of the memory. After each kill no string may lie
anywhere but in the project, its draft beside it, and the draft beside the result; after the next run
there are no drafts of projects or snapshots left. POSIX only. Prints one line of JSON; the exit
status is 1 where something leaked.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.quiet import silence_libraries
from tests.privacy.canaries import Place, write_export
from tests.privacy.desk import AGREED, ALL, CLI, Desk

FAST = ("--mode", "lexical")
TIMEOUT_S = 120
DRAFTS = {
    "out/.copy.": ALL - {Place.REMEMBERED, Place.DAMAGED},
    "out/.": {Place.PHRASE, Place.REPORT, Place.COMMENT, Place.REMEMBERED},
    "home/data/snapshots/": {Place.REPORT},
}
"""What a kill may leave until the next run: drafts beside the result, a project without texts."""


def kill_when(desk: Desk, is_time: Callable[[], bool], *arguments: object) -> bool:
    """Start a command line and kill it when it is time; False where it had ended before."""
    program = desk.start(*CLI, *arguments)
    deadline = time.monotonic() + TIMEOUT_S
    while not is_time() and program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    was_running = program.poll() is None
    program.kill()
    program.communicate()
    return was_running


def kill_readers(desk: Desk, *arguments: object) -> tuple[int, str, int]:
    """Run a command line, killing the process that reads tables whenever there is one.

    Gives the status, what was printed, and how many processes were killed. Linux only.
    """
    program = desk.start(*CLI, *arguments)
    killed = set()
    deadline = time.monotonic() + TIMEOUT_S
    while program.poll() is None and time.monotonic() < deadline:
        for child in children(program.pid):
            if child not in killed and b"reader_process" in command_line(child):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    killed.add(child)
        time.sleep(0.001)
    out, err = program.communicate()
    return program.returncode, (out + err).decode(), len(killed)


def children(process: int) -> list[int]:
    """The child processes of a process."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(number) for number in path.read_text("ascii").split()]
    return found


def command_line(process: int) -> bytes:
    """The command line of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def run(options: argparse.Namespace) -> dict[str, object]:
    """Kill as often as was asked for, and say what was found."""
    silence_libraries()
    chance = random.Random(options.seed)
    leaks: dict[str, int] = {}
    hit = 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        folders = (home / "data", home / "cache", home / "config", home / "logs")
        Engine(Locations(*folders, resources())).pipeline(CodingOptions(mode="lexical"))
        desk = Desk(Path(folder) / "desk", home)
        source = write_export(desk.folder / "in" / "export.xlsx", options.rows)
        begun = time.monotonic()
        desk.m2m("batch", source, "--out", desk.folder / "out" / "copy.xlsx", *FAST)
        whole_s = time.monotonic() - begun
        for number in range(options.kills):
            project = desk.folder / "projects" / f"{number}.m2m"
            kept = ("--project", project) if number % 2 else ()
            name = ("copy.xlsx", "lines.jsonl")[number // 2 % 2]
            end = time.monotonic() + chance.uniform(0.1, whole_s)
            hit += kill_when(
                desk, lambda end=end: time.monotonic() > end,
                "batch", source, "--out", desk.folder / "out" / name, *kept, *FAST,
            )  # fmt: skip
            found = [*desk.leaks({**AGREED, **DRAFTS}), *map("left: {}".format, strays(desk))]
            for one in found:
                leaks[one] = leaks.get(one, 0) + 1
        desk.m2m("batch", source, "--out", desk.folder / "out" / "copy.xlsx", *FAST)
        left = desk.temporary()
    return {
        "kills": hit, "leaks": leaks, "left_after_the_next_run": len(left),
        "seconds": round(whole_s, 2),
    }  # fmt: skip


def strays(desk: Desk) -> list[str]:
    """What lies in the folders of temporary files and of work, where nothing is ever written."""
    places = (desk.folder / "tmp", desk.folder / "work")
    return [desk.relative(path) for place in places for path in place.rglob("*")]


def main() -> int:
    """Kill, or say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    found = run(parser.parse_args())
    print(json.dumps(found, ensure_ascii=False))
    return 1 if found["leaks"] or found["left_after_the_next_run"] else 0


if __name__ == "__main__":
    sys.exit(main())
