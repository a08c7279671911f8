"""Draws pictures and looks for cut texts at one scale, which holds for a whole process.

    python -m tests.ui.screens_child FOLDER '{"pictures": [...], "fit": ["zh_CN", …]}'

Writes the pictures as FOLDER/NAME.png and what it found as FOLDER/cut.json. QT_SCALE_FACTOR is set by
who starts it.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, qInstallMessageHandler
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.fit import cut_texts
from tests.ui.stage import BY_NAME, NARROW, STATES, WIDE, Stage, State


def main(folder: Path, wanted: dict) -> None:
    qInstallMessageHandler(lambda *_told: None)  # offscreen: "does not support propagateSizeHints"
    os.environ["M2M_LANG"] = (
        "pseudo"  # what "as the system" means here; a chosen language goes first
    )
    app = QApplication([])
    cut: dict[str, list[str]] = {}
    pictures = wanted.get("pictures", [])
    languages = dict.fromkeys([one["language"] for one in pictures] + wanted.get("fit", []))
    with tempfile.TemporaryDirectory(prefix="m2m-stage-") as work:
        stage = Stage(app, Path(work), next(iter(languages)))
        try:
            for language in languages:
                stage.speak("" if language == "pseudo" else language)
                for picture in pictures:
                    if picture["language"] == language:
                        draw(stage, picture, folder)
                if language in wanted.get("fit", []):
                    stage.program.set_theme("light")
                    for state in STATES:
                        found = look(stage, state, is_real=language != "pseudo")
                        if found:
                            cut[f"{state.name} {language}"] = found
        finally:
            stage.close()
    (folder / "cut.json").write_text(json.dumps(cut, ensure_ascii=False), encoding="utf-8")


def draw(stage: Stage, picture: dict, folder: Path) -> None:
    stage.program.set_theme(picture["theme"])
    state = BY_NAME[picture["state"]]
    stage.window.resize(*picture["size"])
    shown = reach(stage, state)
    with_few_colours(shown.grab().toImage()).save(str(folder / f"{picture['name']}.png"), "PNG", 0)
    leave(stage, state, shown)


def with_few_colours(image: QImage) -> QImage:
    """The picture with its 256 most frequent colours: a third of the size, and nobody sees it."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    table = [int(one) for one in colours[np.argsort(-counts, kind="stable")][:256]]
    return plain.convertToFormat(
        QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither
    )


def look(stage: Stage, state: State, *, is_real: bool) -> list[str]:
    stage.window.resize(*WIDE)
    shown = reach(stage, state)
    found = cut_texts(shown, is_real=is_real)
    if shown is stage.window:
        shown.resize(*NARROW)
        stage.breathe()
        found += [one for one in cut_texts(shown, is_real=is_real) if one not in found]
    if shown is stage.window and (shown.width(), shown.height()) != NARROW:
        found.append(f"the window is {shown.width()} x {shown.height()}")
    leave(stage, state, shown)
    return found


def reach(stage: Stage, state: State) -> QWidget:
    stage.forget_notices()
    shown = state.reach(stage)
    stage.settle()
    stage.breathe()
    return shown


def leave(stage: Stage, state: State, shown: QWidget) -> None:
    if state.is_dialog:
        stage.leave(shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
