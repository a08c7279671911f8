"""The record of a run: one JSON line a report, a learning curve, and what the screen shows."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from m2m_desktop.training.curve import curve_svg

LOG, CURVE = "run.jsonl", "curve.svg"


class RunLog:
    """Writes ``run.jsonl`` and ``curve.svg`` into a folder, and says on the screen how far it is.

    A run that goes on after it was stopped first drops what was written after ``step``, so that
    no step stands there twice.
    """

    def __init__(self, folder: Path, title: str, *, figure: str = "", step: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._curve = folder / LOG, folder / CURVE
        self._title, self._figure = title, figure
        self._lines = [line for line in read_log(folder) if line.get("step", 0) <= step and step]
        self._path.write_text("".join(_written(line) for line in self._lines), encoding="utf-8")
        self._started, self._from = time.monotonic(), step

    def step(self, step: int, steps: int, loss: float, rate: float) -> None:
        """Report a step: to the file, and with the time that is left to the screen."""
        self.write({"event": "step", "step": step, "loss": round(loss, 6), "rate": rate})
        pace = (step - self._from) / max(1e-9, time.monotonic() - self._started)
        left = _duration((steps - step) / pace) if pace else "?"
        print(f"step {step}/{steps}  loss {loss:.4f}  {pace:.2f} steps/s  {left} left", flush=True)

    def evaluation(self, step: int, figures: Mapping[str, float]) -> None:
        """Report an evaluation and draw the curve anew."""
        self.write({"event": "evaluation", "step": step, "figures": dict(figures)})
        said = "  ".join(f"{name} {value:.4f}" for name, value in figures.items())
        print(f"step {step}  evaluation: {said}", flush=True)
        self.draw()

    def write(self, line: Mapping[str, Any]) -> None:
        """Add one report to the file."""
        self._lines.append(dict(line))
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_written(line))

    def draw(self) -> None:
        """Write the learning curve of what was reported so far."""
        losses = [(one["step"], one["loss"]) for one in self._lines if one["event"] == "step"]
        figures = [
            (one["step"], one["figures"][self._figure])
            for one in self._lines
            if one["event"] == "evaluation" and self._figure in one["figures"]
        ]
        self._curve.write_text(curve_svg(self._title, losses, figures, self._figure), "utf-8")


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Read the reports of a run; a last line that was cut off by a crash is left out."""
    path = folder / LOG
    if not path.exists():
        return []
    lines: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines


def _written(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
