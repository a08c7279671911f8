"""Try a built program: window, engine, command line, without anything but what is in its folder.

``python packaging/smoke.py [FOLDER]``; FOLDER is what PyInstaller made (dist/m2m-desktop) or where
a package was unpacked. Fails on a wrong answer, on an exit status other than the expected one, and
on every line that the program prints and should not. Needs nothing but Python.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 600
"""For one command; the first one compiles the demo dictionary."""

PHRASES = {"拉肚子": "90100096", "皮疹": "90100001", "ALT升高": "90101553"}
NARRATIVE = "患者用药后出现皮疹、恶心，无发热，既往有高血压。"
PRESENT, NOT_PRESENT = {"皮疹", "恶心"}, {"发热", "高血压"}
SAMPLE = Path("_internal") / "m2m_desktop" / "resources" / "samples" / "adr_sample.xlsx"
WARNING = "! 未使用查找描述的模型"
"""Where no model for narratives ships, the command says so, on the error stream."""
CLEAN = re.compile(r"PYTHON|QT_|M2M_|_MEI|LD_LIBRARY_PATH|VIRTUAL_ENV")
"""Variables that could lend the program what it does not have itself."""


class SmokeFailed(Exception):
    """The built program does not do what it should; says what."""


@dataclass(frozen=True, slots=True)
class Built:
    """A built program, and folders for what it writes: all below one, thrown away afterwards."""

    folder: Path
    work: Path

    def program(self, name: str) -> str:
        """The path of ``m2m`` or ``m2m-desktop``."""
        path = self.folder / (f"{name}.exe" if sys.platform == "win32" else name)
        if not path.is_file():
            raise SmokeFailed(f"{path} is not there")
        return str(path.absolute())

    def environment(self, **more: str) -> dict[str, str]:
        """What the program is told: where to write, which language, and of ours only the harmless."""
        environ = {key: value for key, value in os.environ.items() if not CLEAN.match(key)}
        home = str(self.work / "home")
        return {**environ, "M2M_HOME": home, "M2M_LANG": "zh_CN", **more}

    def run(
        self,
        name: str,
        *arguments: str,
        text: str = "",
        status: int = 0,
        may_say: str = "",
        **more: str,
    ) -> str:
        """Run it to its end and give what it printed; SmokeFailed on errors and stray lines.

        ``may_say`` is how a line of the error stream may begin; where a ``status`` other than 0 is
        expected, that stream is what is given.
        """
        what = " ".join((name, *arguments))
        try:
            done = subprocess.run(
                [self.program(name), *arguments],
                env=self.environment(**more),
                cwd=self.work,
                input=text,
                capture_output=True,
                encoding="utf-8",
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SmokeFailed(f"{what}: not done after {PATIENCE_S} s") from error
        if done.returncode != status:
            raise SmokeFailed(f"{what}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        if status:
            return done.stderr
        stray = [
            line for line in done.stderr.splitlines() if not (may_say and line.startswith(may_say))
        ]
        if stray:
            raise SmokeFailed(f"{what}: printed to the error stream: {stray}")
        return done.stdout


def check(is_so: object, what: str) -> None:
    """Fail unless something is so."""
    if not is_so:
        raise SmokeFailed(what)


def lines_of(text: str) -> list[Any]:
    """The JSON objects of an output that has nothing but one a line."""
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError as error:
        raise SmokeFailed(f"a line that is not JSON:\n{text}") from error


def says_its_version(built: Built) -> str:
    """Start it, and ask for nothing else."""
    told = built.run("m2m", "--version")
    check(re.fullmatch(r"m2m \d+\.\d+\.\d+\n", told), f"m2m --version: {told!r}")
    return told.strip()


def codes_phrases(built: Built) -> str:
    """Phrases get their terms, with the shipped reranker and the shipped encoder."""
    answers = lines_of(built.run("m2m", "code", *PHRASES, "--jsonl"))
    check(len(answers) == len(PHRASES), f"{len(answers)} answers")
    for answer, (phrase, wanted) in zip(answers, PHRASES.items(), strict=True):
        first = answer["candidates"][0]
        names = [candidate["candidate_pt_name"] for candidate in answer["candidates"][:3]]
        is_right = answer["mention"] == phrase and answer["selected"] == [wanted]
        check(is_right and first["candidate_pt_code"] == wanted, f"{phrase} gave {names}")
        check(first["prob_1"] is not None, f"{phrase} got no probability")
    run = answers[0]["run"]
    check(run["model_id"] and run["encoder_id"], f"coded without a model or an encoder: {run}")
    return f"{len(answers)} phrases coded with {run['model_id']} and {run['encoder_id']}"


def reads_a_narrative(built: Built) -> str:
    """A narrative's reactions are found, and those that are denied or past kept apart."""
    command = ("narrative", "read", "-", "--jsonl")
    found = lines_of(built.run("m2m", *command, text=NARRATIVE, may_say=WARNING))
    status = {one["text"]: one["status"] for one in found}
    for text in PRESENT:
        check(status.get(text) == "present", f"{text} in the narrative: {status}")
    for text in NOT_PRESENT:
        check(status.get(text) != "present", f"{text} in the narrative: {status}")
    return f"a narrative read: {len(found)} mentions"


def writes_a_workbook(built: Built) -> str:
    """A workbook comes in, its copy with terms goes out, whole and with everything it had."""
    sample, target = built.folder.absolute() / SAMPLE, built.work / "结果 1.xlsx"
    built.run("m2m", "batch", str(sample), "--out", str(target), "--accept-exact")
    with zipfile.ZipFile(target) as written, zipfile.ZipFile(sample) as given:
        check(written.testzip() is None, "the workbook written is damaged")
        missing = set(given.namelist()) - set(written.namelist())
        check(not missing, f"the workbook written lacks {missing}")
        text = b"".join(written.read(name) for name in written.namelist()).decode(
            "utf-8", "replace"
        )
    check("腹泻" in text, "the workbook written has no terms in it")
    return f"a workbook coded and written ({target.stat().st_size >> 10} KB)"


def answers_as_engine(built: Built) -> str:
    """The engine of the window: one line in, one line out, and an end when nobody asks any more."""
    request = {"id": 1, "method": "search", "params": {"text": "皮疹", "kind": "exact"}}
    with subprocess.Popen(
        [built.program("m2m-desktop"), "--engine"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=built.environment(), cwd=built.work, encoding="utf-8",
    ) as engine:  # fmt: skip
        timer = threading.Timer(PATIENCE_S, engine.kill)
        timer.start()
        try:
            assert engine.stdin is not None
            assert engine.stdout is not None
            first = engine.stdout.readline()
            check('"ready"' in first, f"the engine began with {first!r}")
            engine.stdin.write(json.dumps(request) + "\n")
            engine.stdin.flush()
            for line in engine.stdout:
                if "result" in json.loads(line):
                    break
            else:
                raise SmokeFailed("the engine gave no answer")
            rest, errors = engine.communicate()  # closes its input: nobody asks any more
        finally:
            timer.cancel()
    check(engine.returncode == 0, f"the engine ended with status {engine.returncode}")
    check(not rest and not errors, f"the engine printed besides: {rest}{errors}")
    return "the engine answers and ends"


def says_without_a_screen(built: Built) -> str:
    """Without a screen there is a sentence and no window."""
    if sys.platform in {"win32", "darwin"}:
        return "-"
    told = built.run("m2m-desktop", status=1, DISPLAY="", WAYLAND_DISPLAY="")
    check("m2m code" in told and "Traceback" not in told, f"without a screen: {told}")
    return "no screen: one sentence"


def shows_its_window(built: Built) -> str:
    """The window, hidden: it codes a phrase, shows every page and closes."""
    target = built.work / "window.json"
    began = time.monotonic()
    told = built.run("m2m-desktop", "--try", str(target), QT_QPA_PLATFORM="offscreen")
    check(not told, f"the window printed: {told}")
    seen: Mapping[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    check(not seen["problem"], f"the window: {seen['problem']}")
    check(seen["candidates"][:1] == ["腹泻"] and seen["encoder"], f"the window coded {seen}")
    check(seen["font"] == "M2M Sans", f"the window writes in {seen['font']}")
    check({"png", "svg"} <= set(seen["pictures"]), f"pictures: {seen['pictures']}")
    check(not seen["restarts"] and set(seen["notices"]) <= {"demo"}, f"the window says {seen}")
    picture = target.with_suffix(".png")
    check(picture.is_file() and picture.stat().st_size > 10_000, "the picture is empty")
    return f"the window codes, shows {seen['pages']} pages and closes ({time.monotonic() - began:.0f} s)"


def passes_its_own_test(built: Built) -> str:
    """``m2m selftest`` finds nothing wrong; doubts are told, for they are about this machine."""
    report = json.loads(built.run("m2m", "selftest", "--json", "-"))
    told: dict[str, list[str]] = {outcome: [] for outcome in ("ok", "warning", "failed")}
    for part in report["checks"]:
        for one in part["findings"]:
            told[one["outcome"]].append(f"{part['id']}: {one['detail']['en']}")
    check(report["outcome"] != "failed" and not told["failed"], f"self-test: {told['failed']}")
    check(any(f.startswith("files: All files") for f in told["ok"]), "its files were not checked")
    doubts = "; ".join(told["warning"]) or "no doubts"
    return f"self-test: {len(told['ok'])} findings well, {doubts}"


def leaves_quiet_logs(built: Built) -> str:
    """Nothing went wrong that only the logs tell of; there is one where there was something to tell."""
    logs = sorted((built.work / "home" / "logs").glob("*"))
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        loud = [line for line in text.splitlines() if re.search(r"ERROR|CRITICAL|Traceback", line)]
        check(not loud, f"{log.name}: {loud[:3]}")
        check(not any(phrase in text for phrase in PHRASES), f"{log.name} tells a phrase")
    return f"{len(logs)} logs without errors and without phrases"


TRIALS: Sequence[Callable[[Built], str]] = (
    says_its_version,
    codes_phrases,
    reads_a_narrative,
    writes_a_workbook,
    answers_as_engine,
    says_without_a_screen,
    shows_its_window,
    passes_its_own_test,
    leaves_quiet_logs,
)


def main(arguments: Sequence[str]) -> int:
    """Do every trial; the first that fails ends it."""
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a character still works
        getattr(stream, "reconfigure", lambda **_kept: None)(errors="replace")
    folder = Path(arguments[0]) if arguments else Path("dist") / "m2m-desktop"
    with tempfile.TemporaryDirectory(prefix="m2m-smoke 试-") as work:
        built = Built(folder, Path(work))
        for trial in TRIALS:
            try:
                print(f"smoke: {trial(built)}", flush=True)
            except SmokeFailed as error:
                print(f"smoke: {trial.__name__} failed: {error}", file=sys.stderr)
                return 1
    print(f"smoke: {folder} works")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
