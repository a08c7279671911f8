"""Prove that the program opens no network socket: `python -m tests.offline.prove --seconds 60`.

Runs the command line and the engine process in an empty network namespace under strace, which sees
native code too (Python's own audit hooks do not). A run shorter than ten seconds proves little: an
uploader may wait that long before its first attempt. A control that does open a socket must be
caught in the same way, else the proof is worth nothing.
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
from pathlib import Path

ROOT = Path(__file__).parents[2]
PHRASES = ["全身发痒起疹", "服药后反胃并吐了", "拉肚子", "ALT升高", "心慌胸闷", "皮肤瘀斑"]
SOCKET = re.compile(r"\bsocket\((AF_INET6?|AF_PACKET|AF_NETLINK|PF_\w+)")
EXEC = re.compile(r'\bexecve\("([^"]+)".*= 0$')
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


def trace(command: list[str], timeout_s: float) -> tuple[int, list[str], set[str]]:
    """Run a command under strace without a network: its status, suspicious calls, programs run."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "strace.txt"
        traced = [
            "unshare",
            "-rn",
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=network,execve",
            "-o",
            str(log),
        ]
        done = subprocess.run(
            [*traced, *command],
            cwd=ROOT,
            timeout=timeout_s,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.stderr.write(done.stderr[-2000:])
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    calls = [line for line in lines if SOCKET.search(line)]
    programs = {found[1] for line in lines if (found := EXEC.search(line))}
    return done.returncode, calls, programs


def session(seconds: float) -> None:
    """Use the program for a while: the command line once, then the engine process to the end."""
    deadline = time.monotonic() + seconds
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-m", "m2m_desktop.cli", "code", *PHRASES], check=True, **quiet)
    subprocess.run([sys.executable, "-m", "m2m_desktop.cli", "doctor"], check=True, **quiet)
    with subprocess.Popen(
        [sys.executable, "-m", "m2m_desktop.services.engine_process"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as engine:  # fmt: skip
        assert "ready" in json.loads(engine.stdout.readline())
        number = 0
        while number == 0 or time.monotonic() < deadline:
            number += 1
            mentions = [{"mention_id": text, "text": f"{text}{number}"} for text in PHRASES]
            ask(engine, number * 10, "code", {"mentions": mentions})
            ask(engine, number * 10 + 1, "search", {"text": "皮疹", "kind": "fuzzy"})
            ask(engine, number * 10 + 2, "status", {})
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))
        engine.stdin.close()


def ask(engine: subprocess.Popen, number: int, method: str, params: dict) -> None:
    """Send one request and wait for its end; an error ends the session."""
    engine.stdin.write(
        json.dumps({"id": number, "method": method, "params": params}).encode() + b"\n"
    )
    engine.stdin.flush()
    while True:
        answer = json.loads(engine.stdout.readline())
        assert "error" not in answer, answer
        if "result" in answer:
            return


def prove(seconds: float) -> list[str]:
    """Give what speaks against us, one line each; empty when the proof holds."""
    problems = []
    _status, caught, _programs = trace([sys.executable, "-c", CONTROL], 60)
    if not caught:
        problems.append("the control opened a socket and was not caught")
    inside = [sys.executable, "-m", "tests.offline.prove", "--inside", str(seconds)]
    status, calls, programs = trace(inside, seconds + 300)
    if status:
        problems.append(f"the session ended with status {status}")
    problems += calls
    names = {Path(sys.executable).name, Path(sys.executable).resolve().name}
    problems += [f"another program was run: {p}" for p in programs if Path(p).name not in names]
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
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
