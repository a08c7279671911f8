"""The process that reads tables: whatever a file does to it, only this process dies of it.

Lines of JSON, one request after the other:

    in   {"sniff": {"path", "encoding", "delimiter", "known": {signature: layout}}}
         {"read": {"path", "layout"}}
    out  {"progress": [done, total]}   any number of times
         {"rows": [...]}               any number of times
         {"result": {...}, "peak": bytes}   or   {"error": {"name", "fields"}, "peak": bytes}

Nothing is logged here: what a damaged file makes a library say may hold text of its cells.
"""

# ruff: noqa: E402 - nothing is imported before the libraries are silenced
from m2m_desktop.services.quiet import silence_libraries

silence_libraries()

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.offline_guard import refuse_network
from m2m_desktop.services.tables import wire
from m2m_desktop.services.tables.errors import ReaderFailed
from m2m_desktop.services.tables.reading import stream_table
from m2m_desktop.services.tables.records import TableRow
from m2m_desktop.services.tables.sniffing import sniff

MEMORY_BYTES = 460 * 1024 * 1024
"""All memory of this process, where the system lets it be limited."""
PROGRESS_PAUSE_S = 0.05
_ROWS_A_LINE = 500


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Carry one request out and write its lines."""
    path = Path(next(iter(request.values()))["path"])
    try:
        last = {"result": _carry_out(request, path, out)}
    except CodingToolError as error:
        fields = wire.fields_to_json(error.fields)
        last = {"error": {"name": type(error).__name__, "fields": fields}}
    except MemoryError:
        detail = message(N_("reading it takes more memory than there is."))
        fields = wire.fields_to_json({"path": path, "detail": detail})
        last = {"error": {"name": ReaderFailed.__name__, "fields": fields}}
    _send(out, {**last, "peak": _peak_bytes()})


def _carry_out(request: dict[str, Any], path: Path, out: BinaryIO) -> wire.Json:
    if "sniff" in request:
        asked = request["sniff"]
        known = {
            signature: wire.layout_from_json(value) for signature, value in asked["known"].items()
        }
        encoding, delimiter = asked["encoding"], asked["delimiter"]
        table = sniff(path, encoding=encoding, delimiter=delimiter, known=known)
        return wire.sniffed_to_json(table)
    layout = wire.layout_from_json(request["read"]["layout"])
    batch: list[object] = []

    def give(row: TableRow) -> None:
        batch.append(wire.row_to_json(row))
        if len(batch) == _ROWS_A_LINE:
            _send(out, {"rows": batch})
            batch.clear()

    end = stream_table(path, layout, give, _progress(out))
    _send(out, {"rows": batch})
    return wire.end_to_json(end)


def _progress(out: BinaryIO) -> Progress:
    sent_at = 0.0

    def progress(done: int, total: int, note: str = "") -> None:
        nonlocal sent_at
        now = time.monotonic()
        if now - sent_at >= PROGRESS_PAUSE_S:
            sent_at = now
            _send(out, {"progress": [done, total], "note": note})

    return progress


def _send(out: BinaryIO, line: wire.Json) -> None:
    out.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
    out.flush()


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, hard))


def _peak_bytes() -> int:
    """The most memory that this process has had, or 0 where that is not known."""
    if sys.platform == "win32":
        return 0
    if sys.platform == "linux":  # there, ``ru_maxrss`` begins at what the parent process had
        with contextlib.suppress(OSError, StopIteration):
            lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
            line = next(line for line in lines if line.startswith("VmHWM:"))
            return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Answer requests until stdin ends."""
    refuse_network()
    requests, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print of a library must not stand among the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that asked
    _limit_memory()
    for line in requests:
        try:
            answer(json.loads(line), out)
        except (BrokenPipeError, ValueError):
            break  # nobody listens any more


if __name__ == "__main__":
    main()
