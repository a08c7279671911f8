"""Read tables in a process of their own, with limits of memory and time."""

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from m2m_desktop.core import errors as core_errors
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables import errors as table_errors
from m2m_desktop.services.tables import wire
from m2m_desktop.services.tables.errors import ReaderFailed
from m2m_desktop.services.tables.records import ReadTable, SniffedTable, TableLayout, TableRow

logger = logging.getLogger(__name__)

SILENCE_S = 60.0
"""A reader that says nothing for so long hangs."""
WHOLE_S = 1800.0
"""No table takes so long."""
FROZEN_ARGUMENT = "--read-table"
_POLL_S = 0.1
_NO_LAYOUTS: Mapping[str, TableLayout] = {}


def reader_command() -> list[str]:
    """The program of the reader: this same executable where the application is frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_ARGUMENT]
    return [sys.executable, "-m", "m2m_desktop.services.tables.reader_process"]


class TableReader:
    """`sniff` and `read_table` in a child process, which is started when it is needed.

    A child that died, or was ended because it took too long or was cancelled, is followed by a new
    one at the next call. One call at a time. Close it, or use it in a ``with``.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        silence_s: float = SILENCE_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._command = list(command or reader_command())
        self._silence_s, self._whole_s = silence_s, whole_s
        self._child: _Child | None = None
        self.peak_bytes = 0
        """The most memory any child has had so far; 0 where the system does not say."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def sniff(
        self,
        path: Path,
        *,
        encoding: str = "",
        delimiter: str = "",
        known: Mapping[str, TableLayout] = _NO_LAYOUTS,
        progress: Progress = silent,
    ) -> SniffedTable:
        """See `sniffing.sniff`. Raises also: ReaderFailed, Cancelled by progress."""
        layouts = {key: wire.layout_to_json(layout) for key, layout in known.items()}
        asked = {
            "path": str(path),
            "encoding": encoding,
            "delimiter": delimiter,
            "known": layouts,
        }
        answer, _rows = self._ask({"sniff": asked}, path, progress)
        return wire.sniffed_from_json(answer)

    def read(self, path: Path, layout: TableLayout, progress: Progress = silent) -> ReadTable:
        """See `reading.read_table`. Raises also: ReaderFailed, Cancelled by progress."""
        asked = {"path": str(path), "layout": wire.layout_to_json(layout)}
        answer, rows = self._ask({"read": asked}, path, progress)
        return wire.end_from_json(answer).table(rows)

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    # -- asking ----------------------------------------------------------------------------------

    def _ask(
        self, request: wire.Json, path: Path, progress: Progress
    ) -> tuple[wire.Json, list[TableRow]]:
        try:
            self._send(request, path)
            return self._listen(path, progress)
        except BaseException as error:
            # a refusal leaves the child as it was; after anything else it may still be at work
            if not isinstance(error, CodingToolError) or isinstance(error, _LEAVES_CHILD_BROKEN):
                self.close()
            raise

    def _send(self, request: wire.Json, path: Path) -> None:
        line = json.dumps(request).encode("ascii") + b"\n"
        for is_last in (False, True):
            try:
                if self._child is None:
                    self._child = _Child(self._command)
                self._child.send(line)
                return
            except OSError as error:  # it died since the last call, or cannot be started
                self.close()
                if is_last:
                    raise _failed(path, N_("the reading process cannot be started.")) from error

    def _listen(self, path: Path, progress: Progress) -> tuple[wire.Json, list[TableRow]]:
        assert self._child is not None
        started = heard = time.monotonic()
        rows: list[TableRow] = []
        step, note = (0, 0), ""
        while True:
            told = self._child.told(_POLL_S)
            now = time.monotonic()
            if told is None:
                if now - heard > self._silence_s or now - started > self._whole_s:
                    raise _failed(path, N_("reading it takes far too long; it was stopped."))
                progress(*step, note)  # whoever waits may cancel at any time
                continue
            heard = now
            if not told:
                raise _died(path, self._child.status())
            if "progress" in told:
                step, note = (told["progress"][0], told["progress"][1]), told.get("note", "")
                progress(*step, note)
            elif "rows" in told:
                rows.extend(map(wire.row_from_json, told["rows"]))
            else:
                self.peak_bytes = max(self.peak_bytes, told.get("peak", 0))
                if "error" in told:
                    raise _error(told["error"])
                return told["result"], rows


_LEAVES_CHILD_BROKEN = (core_errors.Cancelled, ReaderFailed)


class _Child:
    """The process, and a thread that listens to it: pipes cannot be waited for everywhere."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, name="table reader", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(b"")

    def send(self, line: bytes) -> None:
        """Write one request. Raises: OSError where the process has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def told(self, wait_s: float) -> wire.Json | None:
        """The next line; None where there was none in that time, empty where there is no more.

        A line that makes no sense counts as the end.
        """
        try:
            line = self._lines.get(timeout=wait_s)
        except queue.Empty:
            return None
        if not line.endswith(b"\n"):
            return {}  # the end, or a line that was cut short by it
        try:
            told: wire.Json = json.loads(line)
        except ValueError:
            return {}
        return told

    def status(self) -> int:
        """How the process ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.5)
        return 0

    def end(self) -> None:
        """End the process at once: it changes nothing outside."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    if stream is self._process.stdout:
                        self._thread.join(5)
                    stream.close()
        self._process.wait(5)


def _environment() -> dict[str, str]:
    """Ours, and the place of this package for a checkout that is not installed."""
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        root = str(Path(__file__).absolute().parents[3])
        known = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, known)))
    return environment


def _failed(path: Path, template: str, **fields: object) -> ReaderFailed:
    return ReaderFailed(path=path, detail=message(template, **fields))


def _died(path: Path, status: int) -> ReaderFailed:
    logger.info("the process that reads tables ended unexpectedly (%s)", status)
    return _failed(path, N_("the file made the reading process fail ({status})."), status=status)


def _error(value: Mapping[str, Any]) -> CodingToolError:
    """The error that the child met, as the same class."""
    kind = getattr(table_errors, value["name"], None) or getattr(core_errors, value["name"], None)
    fields = wire.fields_from_json(value["fields"])
    if isinstance(kind, type) and issubclass(kind, CodingToolError):
        return kind(**fields)
    return ReaderFailed(path=fields.get("path", ""), detail=_unknown(value["name"]))


def _unknown(name: str) -> Message:
    return message(N_("the reading process met an unknown error ({kind})."), kind=name[:40])
