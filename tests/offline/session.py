"""A person's work as a script: what is used while everything that is asked of the system is seen."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.toy.adr_export import write_export

PHRASES = ["全身发痒起疹", "服药后反胃并吐了", "拉肚子", "ALT升高", "心慌胸闷", "皮肤瘀斑"]
NARRATIVE = "患者用药后出现皮疹、恶心，无发热，既往有高血压。"
QUIET = {"stdout": subprocess.DEVNULL}


@dataclass(frozen=True, slots=True)
class Program:
    """How command line, engine and window are started; ``folder`` is that of a built program."""

    cli: tuple[str, ...]
    engine: tuple[str, ...]
    window: tuple[str, ...]
    folder: Path | None = None


def program_of(folder: Path | None) -> Program:
    """The program of this checkout, or one that was built."""
    if folder is None:
        python = sys.executable
        return Program(
            (python, "-m", "m2m_desktop.cli"),
            (python, "-m", "m2m_desktop.services.engine_process"),
            (python, "-m", "m2m_desktop"),
        )
    folder = folder.absolute()
    window = str(folder / "m2m-desktop")
    return Program((str(folder / "m2m"),), (window, "--engine"), (window,), folder)


def session(seconds: float, program: Program) -> None:
    """Use the program for a while: command line and window once, then the engine to the end."""
    with tempfile.TemporaryDirectory() as folder:
        use(seconds, Path(folder), program)


def use(seconds: float, folder: Path, program: Program) -> None:
    """See `session`; what is written beside the home goes into a folder."""
    deadline = time.monotonic() + seconds
    source, project = write_export(folder / "export.xlsx"), folder / "work.m2m"
    story = folder / "story.txt"
    story.write_text(NARRATIVE, encoding="utf-8")
    for command in (
        ["code", *PHRASES],
        ["narrative", "read", story, "--code"],
        ["doctor"],
        ["selftest"],
        ["batch", source, "--out", folder / "copy.xlsx", "--project", project, "--accept-exact"],
        ["project", "export", project, "--out", folder / "new.xlsx", "--form", "workbook"],
    ):
        subprocess.run([*program.cli, *map(str, command)], check=True, **QUIET)
    if program.folder is not None:
        show_window(folder, program)
    with subprocess.Popen(
        program.engine, stdin=subprocess.PIPE, stdout=subprocess.PIPE
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


def show_window(folder: Path, program: Program) -> None:
    """Open the window, hidden; it codes a phrase, shows every page and closes by itself."""
    seen = folder / "window.json"
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([*program.window, "--try", str(seen)], check=True, env=environ, **QUIET)
    assert json.loads(seen.read_text(encoding="utf-8"))["problem"] == ""


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
