"""The window driven by real keys under Xvfb: first start to exported workbook, without a mouse."""

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from m2m_desktop.services.locations import resources
from m2m_desktop.ui.widgets import button

ROOT = Path(__file__).resolve().parents[2]
HAS_SCREEN = shutil.which("Xvfb") is not None and ctypes.util.find_library("Xtst") is not None


@pytest.mark.skipif(not HAS_SCREEN, reason="needs Xvfb and libXtst")
def test_from_the_first_start_to_an_exported_workbook_by_keyboard_only(tmp_path):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("M2M_", "QT_"))}
    command = [sys.executable, ROOT / "packaging" / "tour.py", "--short", "--lang", "en"]
    done = subprocess.run(
        [*command, "--out", tmp_path], capture_output=True, text=True, env=environ, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(list(tmp_path.glob("*_exported.png"))) == 1
    assert "\t" in (tmp_path / "captions.txt").read_text(encoding="utf-8")


def test_enter_presses_the_button_that_has_the_keyboard_once(qtbot):
    made, pressed = button(), []
    qtbot.addWidget(made)
    made.clicked.connect(lambda: pressed.append(True))
    made.show()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(made, key)
    assert len(pressed) == 3
    qtbot.keyClick(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(pressed) == 3


def test_the_recorded_tour_in_the_manual_has_every_picture_of_its_language():
    for language in ("zh", "en"):
        images = sorted((resources() / "help" / "images").glob(f"tour-*-{language}.png"))
        folder = {"zh": "zh_CN"}.get(language, language)
        pages = resources() / "help" / "manual" / folder
        (page,) = pages.glob("*-tour.md")
        shown = set(re.findall(r"images/(tour-[a-z_]+-..\.png)", page.read_text("utf-8")))
        assert shown == {image.name for image in images}
        assert len(shown) > 20


def test_the_pictures_of_the_manual_are_small_enough_to_ship():
    sizes = [path.stat().st_size for path in (resources() / "help" / "images").glob("tour-*.png")]
    assert 0 < sum(sizes) <= 3_000_000
