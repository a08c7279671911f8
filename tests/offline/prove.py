"""Prove that the program opens no network socket: `python -m tests.offline.prove --seconds 60`.

Runs the command line and the engine process in an empty network namespace under strace, which sees
native code too (Python's own audit hooks do not), and follows the processes that read tables. A
workbook is coded and exported, so that the workbench is seen too: beside the sockets, every program
that is started and every file that is opened for writing. A run shorter than ten seconds proves
little: an uploader may wait that long before its first attempt. A control that does open a socket
must be caught in the same way, else the proof is worth nothing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.toy.adr_export import write_export

ROOT = Path(__file__).parents[2]
PHRASES = ["全身发痒起疹", "服药后反胃并吐了", "拉肚子", "ALT升高", "心慌胸闷", "皮肤瘀斑"]
SOCKET = re.compile(r"\bsocket\((AF_INET6?|AF_PACKET|AF_NETLINK|PF_\w+)")
EXEC = re.compile(r'\bexecve\("([^"]+)", (.*)= 0$')
WRITE = re.compile(r"\b(?:openat2?|open|creat)\(.*\bO_(?:WRONLY|RDWR|CREAT)\b.* = \d+<(/.*)>$")
READER = "m2m_desktop.services.tables.reader_process"
CALLS = "trace=network,execve,open,openat,openat2,creat"
CONTROL = "import socket; s = socket.socket(); s.connect_ex(('192.0.2.1', 80)); s.close()"


def why_not() -> str:
    """Why this machine cannot prove it; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "strace and network namespaces are Linux's"
    for tool in ("strace", "unshare"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    done = subprocess.run(
        ["unshare", "-rn", "strace", "-f", "-e", "trace=network", "-o", os.devnull, "true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"unshare or strace is not permitted: {done.stderr[-200:]}" if done.returncode else ""


@dataclass(frozen=True, slots=True)
class Traced:
    """What was seen of a command and of all processes it started.

    ``calls`` are those that open a socket; ``written`` the files opened for writing, by their real
    paths; ``readers`` how many processes that read tables were started.
    """

    status: int
    calls: list[str]
    programs: set[str]
    written: set[str]
    readers: int


def trace(command: list[str], timeout_s: float) -> Traced:
    """Run a command under strace without a network, from the root of the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "strace.txt"
        traced = [
            "unshare", "-rn", "strace", "-f", "-qq", "-y", "-s", "300", "--seccomp-bpf",
            "-e", CALLS, "-o", str(log),
        ]  # fmt: skip
        done = subprocess.run(
            [*traced, *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
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
        sum(READER in found[2] for found in started),
    )


def strays(written: set[str], places: list[Path]) -> list[str]:
    """The files that lie neither below these places nor below ``/dev`` and ``/proc``."""
    allowed = [f"{place.resolve()}/" for place in places] + ["/dev/", "/proc/"]
    return sorted(path for path in written if not path.startswith(tuple(allowed)))


def session(seconds: float) -> None:
    """Use the program for a while: the command line once, then the engine process to the end."""
    with tempfile.TemporaryDirectory() as folder:
        use(seconds, Path(folder))


def use(seconds: float, folder: Path) -> None:
    """See `session`; what is written beside the home goes into a folder."""
    deadline = time.monotonic() + seconds
    quiet = {"stdout": subprocess.DEVNULL}
    source, project = write_export(folder / "export.xlsx"), folder / "work.m2m"
    for command in (
        ["code", *PHRASES],
        ["doctor"],
        ["selftest"],
        ["batch", source, "--out", folder / "copy.xlsx", "--project", project, "--accept-exact"],
        ["project", "export", project, "--out", folder / "new.xlsx", "--form", "workbook"],
    ):
        line = [sys.executable, "-m", "m2m_desktop.cli", *map(str, command)]
        subprocess.run(line, check=True, **quiet)
    with subprocess.Popen(
        [sys.executable, "-m", "m2m_desktop.services.engine_process"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as engine:  # fmt: skip
        assert "ready" in json.loads(engine.stdout.readline())
        use_workbench(engine, source, folder)
        number = 0
        while number == 0 or time.monotonic() < deadline:
            number += 1
            mentions = [{"mention_id": text, "text": f"{text}{number}"} for text in PHRASES]
            ask(engine, number * 10 + 3, "code", {"mentions": mentions})
            ask(engine, number * 10 + 1, "search", {"text": "皮疹", "kind": "fuzzy"})
            ask(engine, number * 10 + 2, "status", {})
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))
        engine.stdin.close()


def use_workbench(engine: subprocess.Popen, source: Path, folder: Path) -> None:
    """Bring a workbook in and take it out again, as the window does."""
    project, read = str(folder / "window.m2m"), {"path": str(source)}
    layout = ask(engine, 1, "sniff_table", read)["table"]["layout"]
    table = {**read, "layout": layout}
    ask(engine, 2, "preview_split", table)
    ask(engine, 3, "create_project", {**table, "target": project})
    for number, form in enumerate(("copy", "workbook", "csv", "jsonl"), 4):
        name = f"window{number}" + {"csv": ".csv", "jsonl": ".jsonl"}.get(form, ".xlsx")
        wanted = {"snapshot": project, "source": str(source), "form": form}
        ask(engine, number, "export_project", {**wanted, "target": str(folder / name)})
    ask(engine, 8, "memory_export", {"target": str(folder / "memory.xlsx")})


def ask(engine: subprocess.Popen, number: int, method: str, params: dict) -> Any:
    """Send one request and wait for its result; an error ends the session."""
    engine.stdin.write(
        json.dumps({"id": number, "method": method, "params": params}).encode() + b"\n"
    )
    engine.stdin.flush()
    while True:
        answer = json.loads(engine.stdout.readline())
        assert "error" not in answer, answer
        if "result" in answer:
            return answer["result"]


def prove(seconds: float) -> list[str]:
    """Give what speaks against us, one line each; empty when the proof holds."""
    problems = []
    if not trace([sys.executable, "-c", CONTROL], 60).calls:
        problems.append("the control opened a socket and was not caught")
    inside = [sys.executable, "-m", "tests.offline.prove", "--inside", str(seconds)]
    seen = trace(inside, seconds + 300)
    if seen.status:
        problems.append(f"the session ended with status {seen.status}")
    problems += seen.calls
    names = {Path(sys.executable).name, Path(sys.executable).resolve().name}
    problems += [
        f"another program was run: {p}" for p in seen.programs if Path(p).name not in names
    ]
    places = [Path(os.environ["M2M_HOME"]), Path(tempfile.gettempdir())]
    problems += [f"a file was written elsewhere: {path}" for path in strays(seen.written, places)]
    if not seen.readers:
        problems.append("no process that reads tables was seen")
    return problems


def main() -> int:
    """Prove it, or say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--inside", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside is not None:
        session(options.inside)
        return 0
    reason = why_not()
    if reason:
        print(f"cannot be proved here: {reason}")
        return 2
    with tempfile.TemporaryDirectory() as home:
        os.environ["M2M_HOME"] = home
        problems = prove(options.seconds)
        models = subprocess.run(
            [sys.executable, "-m", "m2m_desktop.cli", "model", "list"],
            capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False,
        ).stdout  # fmt: skip
        print(f"models in this installation:\n{models}")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"no network socket in {options.seconds:.0f} s; the control was caught")
        print("no program but our own, no file but in the home, the temporary folder, the target")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
