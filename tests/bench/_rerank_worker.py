"""The child process in which one engine lives, so that its memory and its threads are its own.

    python -m tests.bench._rerank_worker ENGINE SETUP

Answers requests ``{"do": operation, ...arguments}``, one JSON line each, on standard input; what
libraries print goes to standard error. An answer holds the operation's ``result`` and the seconds
of wall clock and of CPU (all threads) that it took, or says why the engine is ``skipped``.
"""

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench._rerank_setup import Operations, Setup, Skipped, pin

PACKAGES = (
    "onnxruntime",
    "openvino",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)


def peak_mb() -> float:
    """The most memory this process has held, in MB; what forked it does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024 if sys.platform != "darwin" else 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def open_operations(engine: str, setup: Setup) -> Operations:
    """Open an engine by name. Raises Skipped."""
    from tests.bench import _rerank_ours, _rerank_peers

    openers = {**_rerank_ours.OPENERS, **_rerank_peers.OPENERS}
    return openers[engine](setup)


def versions() -> dict[str, str]:
    """Which libraries this interpreter has."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    setup = Setup.from_json(json.loads(sys.argv[2]))
    pin(setup.cores)

    def answer(work: Callable[[], Any]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            said: dict[str, Any] = {"result": work()}
        except Skipped as reason:
            said = {"skipped": str(reason)}
        except Exception as error:  # noqa: BLE001 - told to the parent, which stops the run
            traceback.print_exc()
            said = {"failed": f"{type(error).__name__}: {error}"}
        said |= {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        print(json.dumps(said), file=answers, flush=True)

    operations: dict[str, Callable[..., Any]] = {"peak_mb": peak_mb, "versions": versions}
    answer(lambda: operations.update(open_operations(sys.argv[1], setup)))
    for line in sys.stdin:
        request = json.loads(line)
        operation = operations[request.pop("do")]
        answer(partial(operation, **request))


if __name__ == "__main__":
    main()
