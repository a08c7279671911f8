"""What a command and all processes it starts ask of the system: sockets, programs, files written.

strace sees native code too, which Python's own audit hooks do not.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOCKET = re.compile(r"\bsocket\((AF_INET6?|AF_PACKET|AF_NETLINK|PF_\w+)")
LOCAL = re.compile(r'\bconnect\(.*\{sa_family=AF_UNIX, sun_path=@?"([^"]*)"')
EXEC = re.compile(r'\bexecve\("([^"]+)", (.*)= 0$')
WRITE = re.compile(r"\b(?:openat2?|open|creat)\(.*\bO_(?:WRONLY|RDWR|CREAT)\b.* = \d+<(/.*)>$")
READERS = ("m2m_desktop.services.tables.reader_process", "--read-table")
CALLS = "trace=network,execve,open,openat,openat2,creat"
CONTROL = "import socket; s = socket.socket(); s.connect_ex(('192.0.2.1', 80)); s.close()"
EMPTY_NETWORK = ("unshare", "-rn")


def why_not() -> str:
    """Why this machine cannot prove it; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "strace and network namespaces are Linux's"
    for tool in ("strace", "unshare"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    done = subprocess.run(
        [*EMPTY_NETWORK, "strace", "-f", "-e", "trace=network", "-o", os.devnull, "true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"unshare or strace is not permitted: {done.stderr[-200:]}" if done.returncode else ""


@dataclass(frozen=True, slots=True)
class Traced:
    """What was seen of a command and of all processes it started.

    ``calls`` are those that open a socket; ``local`` the sockets of this computer that something
    connected to; ``written`` the files opened for writing, by their real paths; ``readers`` how many
    processes that read tables were started.
    """

    status: int
    calls: list[str]
    programs: set[str]
    written: set[str]
    readers: int
    local: frozenset[str] = frozenset()


def trace(
    command: list[str],
    timeout_s: float,
    *,
    environ: Mapping[str, str] | None = None,
    has_network: bool = False,
) -> Traced:
    """Run a command under strace from the root of the checkout, without a network unless asked."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "strace.txt"
        traced = [
            *(() if has_network else EMPTY_NETWORK), "strace", "-f", "-qq", "-y", "-s", "300",
            "--seccomp-bpf", "-e", CALLS, "-o", str(log),
        ]  # fmt: skip
        done = subprocess.run(
            [*traced, *command],
            cwd=ROOT,
            env={**os.environ, **(environ or {}), "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=timeout_s,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.stderr.write(done.stderr[-2000:])
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    started = [found for line in lines if (found := EXEC.search(line))]
    return Traced(
        done.returncode,
        [line for line in lines if SOCKET.search(line)],
        {found[1] for found in started},
        {found[1] for line in lines if (found := WRITE.search(line))},
        sum(any(mark in found[2] for mark in READERS) for found in started),
        frozenset(found[1] for line in lines if (found := LOCAL.search(line))),
    )


def strays(written: set[str], places: list[Path]) -> list[str]:
    """The files that lie neither below these places nor below ``/dev`` and ``/proc``."""
    allowed = [f"{place.resolve()}/" for place in places] + ["/dev/", "/proc/"]
    return sorted(path for path in written if not path.startswith(tuple(allowed)))
