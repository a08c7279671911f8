"""Draws every state of the window as PNG files, with the real engine and the demo dictionary.

    shots.py DIR            every state: light and dark, Chinese and English, at 1x and 2x
    shots.py DIR --models   of these only the dialog of models
    shots.py DIR --review   only the review page
    shots.py DIR --workbench   only the workbook page and its dialogs
    shots.py DIR --dictionary   only the dictionary page
    shots.py DIR --analysis   only the pages of SMQs and of analysis
    shots.py DIR --versions   only the versions page
    shots.py DIR --narrative   only the page of narratives
    shots.py DIR --one      only the window with a few phrases coded

Pictures are the same on every run on one machine: fixed size, own empty user folder, no blinking.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from m2m_desktop.services.quiet import silence_libraries  # noqa: E402

silence_libraries()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _analysis_shots import analysis_shots  # noqa: E402
from _dictionary_shots import dictionary_shots  # noqa: E402
from _narrative_shots import narrative_shots  # noqa: E402
from _review_shots import draw_review  # noqa: E402
from _versions_shots import versions_shots  # noqa: E402
from _workbench_shots import draw_workbench  # noqa: E402
from PySide6.QtCore import QEvent, QEventLoop, QTimer, qInstallMessageHandler  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from m2m_desktop.services.locations import default_locations  # noqa: E402
from m2m_desktop.ui.about_dialog import AboutDialog  # noqa: E402
from m2m_desktop.ui.app import Program  # noqa: E402
from m2m_desktop.ui.engine_client import EngineState  # noqa: E402
from m2m_desktop.ui.keys_dialog import KeysDialog  # noqa: E402
from m2m_desktop.ui.model.protocol import (  # noqa: E402
    FoundModel,
    InstalledModel,
    ModelCard,
    Parity,
    Question,
    TemplateChoice,
)
from m2m_desktop.ui.places import PHRASES, START  # noqa: E402
from m2m_desktop.ui.release_dialog import ReleaseDialog  # noqa: E402

WIDE, NARROW = (1400, 860), (1100, 760)
ONE = "全身发痒起疹"
SEVERAL = "\n".join(
    (
        "全身发痒起疹",
        "服药后反胃并吐了",
        "拉肚子",
        "ALT升高",
        "头晕、心慌",
        "过敏性休克",
        "说不清的感觉",
    )
)
PATIENCE_S = 180

# A model as it is published, for the states that would take minutes to reach with a real one.
FOUND = FoundModel(
    path="D:/模型/mention2meddra-macbert-base",
    is_bundle=False,
    name="mention2meddra-macbert-base",
    kind="reranker",
    architecture="bert",
    layers=12,
    hidden=768,
    vocab_size=21128,
    labels=("LABEL_0", "LABEL_1"),
    max_length=512,
    size_bytes=409_100_000,
    questions=frozenset({Question.MATCH_LABEL, Question.TEMPLATE}),
    suggested_template="full",
    suggested_id="mention2meddra-macbert-base",
    is_known=False,
    template_examples=(
        ("full", "PT: 皮疹；LLT别名: 发疹 | 起疹子；HLT: 皮疹类；HLGT: 皮肤反应；SOC: 皮肤病"),
        ("pt_llt", "PT: 皮疹；LLT别名: 发疹 | 起疹子"),
        ("pt_only", "PT: 皮疹"),
    ),
)
INSTALLED = InstalledModel(
    ModelCard(
        model_id="mention2meddra-macbert-base",
        name="mention2meddra-macbert-base",
        kind="reranker",
        architecture="bert",
        layers=12,
        hidden=768,
        precision="int8",
        size_bytes=103_400_000,
        labels=("not_match", "match"),
        template=TemplateChoice("full", 8, "file"),
        max_length=512,
    ),
    # invented figures: the picture is about the page
    Parity(2000, 200, 0, 0, 0.0312, 0.0018, 0.9964, 0.015, 0.005),
)


class Studio:
    """A program set up to be drawn."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app, self._folder = app, folder
        self.suffix = ""
        app.setCursorFlashTime(0)
        (default_locations().config / "window.ini").unlink(missing_ok=True)
        self.program = Program(app, default_locations())
        self.window = self.program.window
        self.page = self.window.page
        self.window.resize(*WIDE)
        self.window.show()
        self.window.activateWindow()

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Let the program run until something is so; SystemExit if it never is."""
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                raise SystemExit(f"shots: waited {PATIENCE_S} s in vain for {what}")
            self.breathe(20)

    def breathe(self, milliseconds: int) -> None:
        """Let the program run for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait_ready(self) -> None:
        """Wait until the engine has nothing left to do."""
        self.wait(
            "the engine",
            lambda: (
                self.program.client.state is EngineState.READY
                and self.window.bar.terminology.isEnabled()
            ),
        )
        self.breathe(
            150
        )  # an engine of another language starts; the tree asks a moment after the table has settled
        self.wait("the tree", lambda: self.program.client.state is EngineState.READY)

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Draw a widget into a file."""
        self.breathe(60)
        path = self._folder / f"{name}{self.suffix}.png"
        if not (widget or self.window).grab().save(str(path)):
            raise SystemExit(f"shots: cannot write {path}")

    def code(self, text: str, row: int = 0) -> None:
        """Code phrases and look at one of them."""
        self.page.mentions.box.set_text(text)
        self.wait_ready()
        table = self.page.mentions.table
        table.setCurrentIndex(self.page.mentions.model.index(row, 0))
        self.wait_ready()

    def dialog(self, kind: type[QDialog]) -> QDialog | None:
        """The dialog of a kind that is open."""
        return next((w for w in self.window.findChildren(kind) if w.isVisible()), None)

    def finish(self, dialog: QDialog) -> None:
        """Close a dialog."""
        dialog.done(0)
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def draw_states(studio: Studio) -> None:
    """Every state of the page and of the import, one after the other."""
    window, page = studio.window, studio.page
    window.show_place(START)
    studio.wait_ready()
    studio.shoot("0_first_steps")
    window.resize(*NARROW)
    studio.shoot("0_first_steps_narrow")
    window.resize(*WIDE)
    window.show_place(PHRASES)
    page.mentions.box.set_text("")
    studio.wait_ready()
    studio.shoot("1_empty")
    studio.code(ONE)
    studio.shoot("2_filled")
    studio.code(SEVERAL, row=5)
    studio.shoot("3_several")
    window.resize(*NARROW)
    studio.shoot("3_several_narrow")
    window.resize(*WIDE)
    page.tree.whole_box.setChecked(True)
    studio.wait_ready()
    studio.shoot("3_whole_tree")
    page.tree.whole_box.setChecked(False)
    draw_import(studio)
    draw_models(studio)
    lexical = window.bar.model.findData("lexical")
    usual = window.bar.model.currentIndex()
    window.bar.model.setCurrentIndex(lexical)
    studio.wait_ready()
    studio.shoot("7_lexical_only")
    window.bar.model.setCurrentIndex(usual)
    studio.wait_ready()
    keys = KeysDialog(window)
    keys.show()
    studio.shoot("8_keys", keys)
    studio.finish(keys)
    window.dialogs.about()
    about = studio.dialog(AboutDialog)
    assert isinstance(about, AboutDialog)
    studio.wait_ready()
    for number in range(about.pages.count()):
        about.pages.setCurrentIndex(number)
        studio.shoot(f"8_about_{number + 1}", about)
    studio.finish(about)
    window.show_manual()
    assert window.dialogs.manual is not None
    studio.shoot("8_manual", window.dialogs.manual)
    window.dialogs.manual.close()


def draw_import(studio: Studio) -> None:
    """The import dialog: choosing, an error, at work, the report."""
    dialog = ReleaseDialog(studio.program.client, studio.window)
    dialog.resize(680, 560)
    dialog.show()
    studio.shoot("4_import_choose", dialog)
    with tempfile.TemporaryDirectory(prefix="m2m") as empty:
        place = Path(empty) / "MedAscii"
        place.mkdir()
        # the sentence names the folder: a fixed name makes the same picture every time
        os.chdir(empty)
        dialog.set_path("MedAscii")
        dialog.licence_box.setChecked(True)
        dialog.import_button.click()
        studio.wait("an error", lambda: bool(dialog.notices.texts()))
        studio.shoot("5_import_error", dialog)
        os.chdir(ROOT)
    dialog.set_path(str(Path("D:/MedDRA/MedDRA_Chinese.zip")))
    dialog.show_progress(5, 9, "mdhier.asc")
    studio.shoot("4_import_running", dialog)
    dialog.pages.setCurrentIndex(0)
    dialog.set_path(str(ROOT / "resources" / "demo"))
    dialog.import_button.click()
    studio.wait("the report", lambda: dialog.pages.currentIndex() == 2)
    studio.wait_ready()
    studio.shoot("6_import_report", dialog)
    studio.finish(dialog)


def draw_models(studio: Studio) -> None:
    """The dialog of models: list and card, choosing, an error, questions, at work, the report."""
    dialog = studio.window.manage_models()
    install = dialog.install
    studio.wait("the models", lambda: dialog.models.current() is not None)
    studio.wait_ready()
    studio.shoot("9_models", dialog)
    dialog.show_install()
    studio.shoot("9_models_choose", dialog)
    # the sentence names the folder: a fixed name makes the same picture every time
    place = Path(tempfile.gettempdir()) / "m2m-checkpoint"
    place.mkdir(exist_ok=True)
    (place / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    (place / "pytorch_model.bin").touch()
    install.look_at(str(place))
    studio.wait("an error", lambda: bool(install.notices.texts()))
    studio.shoot("9_models_error", dialog)
    shutil.rmtree(place)
    install.show_found(FOUND)
    studio.shoot("9_models_questions", dialog)
    install.questions.match_label.radios["LABEL_1"].setChecked(True)
    install.questions.unknown_box.setChecked(True)
    install.show_working(FOUND, "int8")
    install.work.show_progress(46, 100, "Quantising")
    studio.shoot("9_models_running", dialog)
    install.show_installed(INSTALLED)
    studio.wait_ready()
    studio.shoot("9_models_report", dialog)
    dialog.close()
    studio.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def draw(folder: Path, scale: str, part: str) -> None:
    """Draw everything, or a part of it, at one scale, in this process."""
    qInstallMessageHandler(lambda *_told: None)  # offscreen: "does not support propagateSizeHints"
    studio = Studio(QApplication([]), folder)
    if part == "one":
        studio.program.set_language("zh_CN")
        studio.program.set_theme("light")
        studio.code(SEVERAL)
        studio.shoot("window")
    else:
        for language in ("zh_CN", "en"):
            for theme in ("light", "dark"):
                studio.suffix = f"_{language[:2]}_{theme}_{scale}x"
                studio.program.set_language(language)
                studio.program.set_theme(theme)
                studio.wait_ready()
                PARTS.get(part, draw_states)(studio)
    studio.program.close()


PARTS = {
    "models": draw_models,
    "review": draw_review,
    "workbench": draw_workbench,
    "dictionary": dictionary_shots,
    "analysis": analysis_shots,
    "versions": versions_shots,
    "narrative": narrative_shots,
}


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Draw the states of the window as PNG files.")
    parser.add_argument("folder", type=Path)
    for part, help_text in (
        ("one", "only the window with phrases coded"),
        ("models", "only the dialog of models"),
        ("review", "only the review page"),
        ("workbench", "only the workbook page and its dialogs"),
        ("dictionary", "only the dictionary page"),
        ("analysis", "only the pages of SMQs and of analysis"),
        ("versions", "only the versions page"),
        ("narrative", "only the page of narratives"),
    ):
        parser.add_argument(
            f"--{part}", dest="part", action="store_const", const=part, default="", help=help_text
        )
    parser.add_argument("--scale", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.scale:
        draw(options.folder.resolve(), options.scale, options.part)
        return 0
    with tempfile.TemporaryDirectory(prefix="m2m-shots-") as home:
        for scale in ("1",) if options.part == "one" else ("1", "2"):
            # a scale holds for a whole process
            status = subprocess.run(
                [sys.executable, __file__, *sys.argv[1:], "--scale", scale],
                env={**os.environ, "M2M_HOME": home, "QT_SCALE_FACTOR": scale},
                check=False,
            ).returncode
            if status:
                return status
    pictures = len(list(options.folder.glob("*.png")))
    print(f"{pictures} pictures in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
