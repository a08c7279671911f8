"""A fresh home, a fresh folder for temporary files, and the program run for real within them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

from tests.privacy.canaries import CANARIES, Place
from tests.privacy.search import Found, search_file

ROOT = Path(__file__).parents[2]
CLI = (sys.executable, "-m", "m2m_desktop.cli")
ENGINE = (sys.executable, "-m", "m2m_desktop.services.engine_process")
FOLDERS = ("in", "out", "projects", "work", "tmp", "home")

Stamp = tuple[int, int]
ALL = frozenset(Place)
AGREED: Mapping[str, Collection[Place]] = {
    "in/": ALL,
    "out/": {Place.PHRASE, Place.REPORT, Place.COMMENT},
    "out/copy": ALL - {Place.REMEMBERED, Place.DAMAGED},
    "out/memory": {Place.PHRASE, Place.REMEMBERED},
    "projects/": {Place.PHRASE, Place.REPORT, Place.COMMENT},
    "home/data/backups/": {Place.PHRASE, Place.REPORT, Place.COMMENT},
    "home/data/memory.sqlite": {Place.PHRASE, Place.REMEMBERED},
}
"""What may stand where, by the beginning of the path; the longest that fits holds."""


class Desk:
    """The folders of a person who works with the program, and the program."""

    def __init__(self, folder: Path, compiled: Path) -> None:
        """``compiled`` is a home in which the demo dictionary is ready; it is copied."""
        self.folder = folder
        for name in FOLDERS[:-1]:
            (folder / name).mkdir(parents=True)
        shutil.copytree(compiled, folder / "home")
        self._known = {path: _stamp(path) for path in self._files()}
        self._searched: dict[tuple[Path, Stamp], list[Found]] = {}

    @property
    def data(self) -> Path:
        return self.folder / "home" / "data"

    @property
    def environment(self) -> dict[str, str]:
        """What the programs are started with."""
        own = {name: str(self.folder / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
        root = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        home = str(self.folder / "home")
        return {**os.environ, **own, "M2M_HOME": home, "PYTHONPATH": root, "LANG": "C.UTF-8"}

    def start(self, *command: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a program in the working folder."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(
            [str(part) for part in command], cwd=self.folder / "work", env=self.environment,
            **{**pipes, **options},
        )  # fmt: skip

    def m2m(self, *arguments: object, status: int = 0) -> str:
        """Run one command line to its end; gives what it printed."""
        program = self.start(*CLI, *arguments, stderr=subprocess.STDOUT)
        output = program.communicate()[0].decode()
        assert program.returncode == status, output
        assert "Traceback" not in output
        return output

    # -- what was left behind ----------------------------------------------------------------------

    def found(self, beginning: str = "", *places: Place) -> list[Found]:
        """The strings of these places (all of them) in what was written below a beginning."""
        return [
            one
            for path in self._files()
            if self._known.get(path) != _stamp(path) and self.relative(path).startswith(beginning)
            for one in self._search(path)
            if CANARIES[one.needle] in (places or ALL)
        ]

    def leaks(self, agreed: Mapping[str, Collection[Place]] = AGREED) -> list[str]:
        """Planted strings where nobody has agreed to them; ``agreed`` as in `AGREED`."""
        return [
            f"{self.relative(path)}: {CANARIES[needle].value} ({how})"
            for path, needle, how in self.found()
            if CANARIES[needle] not in self._allowed(path, agreed)
        ]

    def in_file(self, path: Path, place: Place) -> set[str]:
        """The strings of a place that stand in a file."""
        return {found.needle for found in self._search(path) if CANARIES[found.needle] is place}

    def relative(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def temporary(self) -> list[str]:
        """What lies where nothing should stay."""
        places = (self.folder / "tmp", self.folder / "work", self.data / "snapshots")
        return [self.relative(path) for place in places for path in place.rglob("*")]

    def _search(self, path: Path) -> list[Found]:
        """Search a file once; a database of which only the log changes is searched again."""
        key = path, _stamp(path)
        if key not in self._searched or path.with_name(f"{path.name}-wal").exists():
            self._searched[key] = search_file(path, CANARIES)
        return self._searched[key]

    def _allowed(self, path: Path, agreed: Mapping[str, Collection[Place]]) -> Collection[Place]:
        name = self.relative(path)
        fitting = [beginning for beginning in agreed if name.startswith(beginning)]
        return agreed[max(fitting, key=len)] if fitting else ()

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())


class EngineChild:
    """The engine process as the window talks to it; to be used in a ``with``."""

    def __init__(self, desk: Desk) -> None:
        self.process = desk.start(*ENGINE, stderr=subprocess.DEVNULL)
        self._number = 0
        assert "ready" in self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End its stdin and wait for its end; may be called twice."""
        if self.process.returncode is None:
            self.process.communicate(timeout=20)

    def ask(self, method: str, **params: Any) -> Any:
        """One request to its end: the result, the list of partial answers, or the error."""
        self._number += 1
        request = {"id": self._number, "method": method, "params": params}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        partials = []
        while True:
            told = self._read()
            if "partial" in told:
                partials.append(told["partial"])
            elif "error" in told:
                return told["error"]
            elif "result" in told:
                return partials or told["result"]

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
