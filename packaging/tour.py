"""Drives the whole program by keyboard, from the first start to an exported workbook, and records it.

    tour.py                      both languages into a new folder, which is named at the end
    tour.py --out DIR --lang en  one language into DIR
    tour.py --short              first start, workbook, review and export, without pictures
    tour.py --manual             both languages as pictures of the manual (resources/help/images)

Needs Xvfb and libXtst (`apt-get install xvfb libxtst6`); no window manager. The tour fails where a
step cannot be done by keyboard, and leaves a picture of that moment. Exit status: 0 all done, 1 a
step failed, 3 something is missing on this machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from m2m_desktop.services.quiet import silence_libraries  # noqa: E402

silence_libraries()

from _keyboard import Keyboard, NoKeyboard, Screen  # noqa: E402

LANGUAGES = ("zh_CN", "en")
NOTHING_MISSING, FAILED, MISSING = 0, 1, 3


def work_folder() -> Path:
    """An empty folder whose name may be read on pictures; another one where it is taken."""
    wanted = Path(tempfile.gettempdir()) / "m2m"
    try:
        wanted.mkdir(mode=0o700)
    except FileExistsError:
        return Path(tempfile.mkdtemp(prefix="m2m-"))
    return wanted


def make_releases(folder: Path) -> Path:
    """Two releases to be compared: the terms of the demo dictionary, and those of a version after it.

    Without the mark of the demo dictionary: of that there is only one. The versions are invented.
    """
    from _versions_shots import change, read_release, write_release

    rows = read_release(ROOT / "resources" / "demo" / "chinese")
    write_release(rows, folder / "0.1", "0.1")
    change(rows)
    write_release(rows, folder / "0.2", "0.2")
    return folder


def record(out: Path, work: Path, *, is_short: bool, lang: str) -> str:
    """Do the tour in this process and give the sentence it failed with; empty: it did not.

    Environment and working folder of the process are changed: it ends afterwards.
    """
    user = work / "pharmacist"
    user.mkdir()
    table = user / "adr_sample.xlsx"
    shutil.copy(ROOT / "resources" / "samples" / "adr_sample.xlsx", table)
    coded = user / "adr_sample_coded.xlsx"
    releases = make_releases(work / "releases")
    os.chdir(user)
    with Screen() as screen:
        os.environ.update(
            DISPLAY=screen.name,
            QT_QPA_PLATFORM="xcb",
            QT_SCALE_FACTOR="1",
            M2M_HOME=str(work / "home"),
            M2M_LANG=lang,
            M2M_FONT="bundled",
            HOME=str(user),
            LOGNAME="pharmacist",
            PYTHONPATH=str(ROOT),
        )
        from _tour_stage import Stage
        from _tour_steps import check_workbook, short_tour, whole_tour
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication

        from m2m_desktop.services.locations import default_locations
        from m2m_desktop.ui.app import Program

        qInstallMessageHandler(lambda *_told: None)
        app = QApplication(["m2m_desktop"])
        app.setCursorFlashTime(0)
        keyboard = Keyboard(screen.name)
        keyboard.park_pointer()
        program = Program(app, default_locations())
        program.set_theme("light")
        stage = Stage(app, program, keyboard, out, records=not is_short)
        program.window.show()
        if is_short:
            stage.run(short_tour(stage, table, coded))
        else:
            stage.run(whole_tour(stage, table, coded, releases))
        program.close()
        app.sendPostedEvents(None, 0)
        keyboard.close()
        return stage.failure or check_workbook(table, coded)


def make_list(out: Path, lang: str) -> None:
    """Write which pictures there are, with their captions."""
    from _tour_words import caption

    lines = [
        f"{path.name}\t{caption(path.stem.partition('_')[2], lang)}"
        for path in sorted(out.glob("[0-9][0-9]_*.png"))
    ]
    (out / "captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def one(out: Path, lang: str, *, is_short: bool) -> int:
    """One language, in this process."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    work = work_folder()
    try:
        failure = record(out.resolve(), work, is_short=is_short, lang=lang)
    except NoKeyboard as error:
        print(f"tour: {error}", file=sys.stderr)
        return MISSING
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if failure:
        print(f"tour: {failure}; see {out / 'failed.png'}", file=sys.stderr)
        return FAILED
    if is_short:
        print("from the first start to an exported workbook: done")
    else:
        make_list(out, lang)
        print(f"{len(list(out.glob('*.png')))} steps in {out}")
    return NOTHING_MISSING


def several(out: Path, *, is_short: bool) -> int:
    """Every language in a process of its own: there is one QApplication in each."""
    for lang in LANGUAGES:
        command = [sys.executable, __file__, "--out", str(out / lang), "--lang", lang]
        status = subprocess.run(command + ["--short"] * is_short, check=False).returncode
        if status:
            return status
    return NOTHING_MISSING


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Drive the program by keyboard, and record it.")
    parser.add_argument("--out", type=Path, help="where the pictures go")
    parser.add_argument("--lang", choices=LANGUAGES, help="only one language")
    parser.add_argument("--short", action="store_true", help="first start to export, no pictures")
    parser.add_argument("--manual", action="store_true", help="make the pictures of the manual")
    options = parser.parse_args(arguments)
    out: Path = options.out or Path(tempfile.mkdtemp(prefix="m2m-tour-"))
    if options.lang:
        return one(out, options.lang, is_short=options.short)
    status = several(out, is_short=options.short)
    if options.manual and not status:
        from _tour_words import write_manual

        write_manual(out, ROOT / "resources" / "help")
    return status


if __name__ == "__main__":
    sys.exit(main())
