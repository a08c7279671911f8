"""How long the window takes to stand, against a bare PySide6 window; and until the first answer.

``python -m tests.bench.startup [--runs 11] [--json] [--no-answer]``

Each run is a fresh process, bare window and program alternated; the clock starts before the process
does and stops when the window has been painted for the first time. The answer is that of one phrase,
typed as soon as the window stands, coded by the default model with the demo dictionary that was
compiled in a run before. Both windows are drawn offscreen unless QT_QPA_PLATFORM says otherwise.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("_startup_child.py")
GOAL = 2.0
PHRASE = "全身发痒起疹"


def started(kind: str, home: Path, *, answer: bool = False) -> dict[str, float]:
    """Start a window of a kind ("bare", "program") and tell the seconds until it was painted.

    With ``answer`` also those until the first coded answer.
    """
    environ = {**os.environ, "M2M_HOME": str(home), "M2M_LANG": "zh_CN", "PYTHONPATH": str(ROOT)}
    environ["PYTHONDONTWRITEBYTECODE"] = ""  # an installed program is compiled already
    environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, str(CHILD), kind, *([PHRASE] if answer else [])]
    began = time.monotonic()
    said = subprocess.run(
        command, env=environ, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300
    )
    moments = dict(line.split() for line in said.stdout.splitlines() if line.startswith("at_"))
    return {name.removeprefix("at_"): float(at) - began for name, at in moments.items()}


def measure(runs: int, *, answer: bool) -> dict[str, object]:
    """The medians of alternated runs, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="m2m-startup-") as folder:
        home = Path(folder)
        started("bare", home)
        started("program", home, answer=True)  # compiles the dictionary; both are warm from here on
        bare, window = [], []
        for _round in range(runs):
            bare.append(started("bare", home)["shown"])
            window.append(started("program", home)["shown"])
        answers = [
            started("program", home, answer=True)["answered"]
            for _round in range(3 if answer else 0)
        ]
    middle = statistics.median
    figures: dict[str, object] = {
        "runs": runs,
        "bare_s": round(middle(bare), 3),
        "window_s": round(middle(window), 3),
        "ratio": round(middle(window) / middle(bare), 2),
        "ratio_range": [
            round(min(w / b for w, b in zip(window, bare, strict=True)), 2),
            round(max(w / b for w, b in zip(window, bare, strict=True)), 2),
        ],
        "goal": GOAL,
    }
    if answers:
        figures["first_answer_s"] = round(middle(answers), 3)
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time to the first window and the first answer.")
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-answer", action="store_true", help="only the windows")
    options = parser.parse_args(arguments)
    figures = measure(options.runs, answer=not options.no_answer)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<16} {value}")


if __name__ == "__main__":
    main()
