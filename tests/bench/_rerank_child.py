"""The parent's end of a worker: start an engine in a process of its own, ask, stop."""

import json
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.bench._rerank_setup import ROOT, Setup, Skipped, child_environment, make_home

PEERS = ("cross-encoder", "ort-default", "ort-float", "openvino", "openvino-float")
OURS = ("ours-exact", "ours-default")
QEMU = ("qemu-x86_64", "-cpu", "Haswell")
WORKER = "tests.bench._rerank_worker"
_LOG_TAIL = 1500


class ChildFailed(RuntimeError):
    """A worker ended or an operation failed; the text holds the end of its log."""


@dataclass(frozen=True)
class Answer:
    """What an operation gave, and the seconds it took: wall clock, and CPU over all threads."""

    result: Any
    seconds: float
    cpu_seconds: float


class Child:
    """One engine in one process; a context manager. Raises Skipped when it cannot run here.

    ``prefix`` goes before the interpreter on the command line (an emulator). ``opened`` tells how
    long opening took.
    """

    def __init__(self, engine: str, setup: Setup, prefix: tuple[str, ...] = ()) -> None:
        self.engine = engine
        is_peer = engine.removeprefix("build-") in PEERS
        python = setup.peers_python if is_peer else setup.python
        if engine in OURS:
            make_home(setup)
        environment = child_environment(setup)
        self._log = setup.folder / f"{engine}-{setup.level}.log"
        command = [*prefix, python, "-m", WORKER, engine, json.dumps(setup.to_json())]
        with self._log.open("w") as log:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    encoding="utf-8",
                    env=environment,
                    cwd=ROOT,
                )
            except OSError as error:
                raise ChildFailed(f"{command[0]} cannot be started: {error.strerror}") from error
        try:
            self.opened = self._read()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, operation: str, **arguments: Any) -> Answer:
        """Carry one operation out and wait for it."""
        assert self._process.stdin is not None
        line = json.dumps({"do": operation, **arguments})
        with suppress(BrokenPipeError):  # the missing answer tells more
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End the worker; one that does not end by itself is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _read(self) -> Answer:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            raise ChildFailed(f"{self.engine} ended with {code}:\n{_tail(self._log)}")
        said = json.loads(line)
        if "skipped" in said:
            raise Skipped(said["skipped"])
        if "failed" in said:
            raise ChildFailed(f"{self.engine}: {said['failed']}\n{_tail(self._log)}")
        return Answer(said["result"], said["seconds"], said["cpu_seconds"])


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
