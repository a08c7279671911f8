"""Runs the program's own commands, each in a process of its own, and notes what they took."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {"m2m": "m2m_desktop.cli", "training": "m2m_desktop.training"}


class CommandFailed(Exception):
    """A command ended with another status than 0; the text is the end of what it said."""


@dataclass
class Commands:
    """A home of its own below ``folder``, and the commands that ran in it.

    ``folder`` is left out of the notes, so that they read as a person would type them.
    """

    folder: Path
    threads: int = 1
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0

    def run(self, program: str, *arguments: object, out: Path | None = None) -> str:
        """Run ``m2m …`` or ``training …``; gives what it printed, which also goes to ``out``.

        Raises CommandFailed.
        """
        words = [str(argument) for argument in arguments]
        self.notes.append(self._shown(program, words, out))
        environment = {
            **os.environ,
            "M2M_HOME": str(self.folder / "home"),
            "ORT_DISABLE_TELEMETRY": "1",
            "OMP_NUM_THREADS": str(self.threads),
            "PYTHONUTF8": "1",
        }
        printed, said = self.folder / "printed", self.folder / "said"
        began = time.monotonic()
        with printed.open("wb") as output, said.open("wb") as problems:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULES[program], *words],
                stdout=output, stderr=problems, env=environment, cwd=ROOT,
            )  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds += time.monotonic() - began
        self.peak_mb = max(self.peak_mb, usage.ru_maxrss / 1024)
        if process.returncode:
            end = said.read_text("utf-8")[-2000:]
            raise CommandFailed(f"{self.notes[-1]}\nstatus {process.returncode}\n{end}")
        text = printed.read_text("utf-8")
        if out is not None:
            out.write_text(text, encoding="utf-8")
        return text

    def _shown(self, program: str, words: Sequence[str], out: Path | None) -> str:
        line = " ".join([program, *words]) + (f" > {out}" if out else "")
        return line.replace(f"{self.folder}/", "")
