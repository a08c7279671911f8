"""The window driven by real keys under Xvfb: first start to exported workbook, without a mouse."""

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument

from m2m_desktop.services.locations import resources
from m2m_desktop.ui.manual.browser import ManualBrowser
from m2m_desktop.ui.widgets import button

ROOT = Path(__file__).resolve().parents[2]
HAS_SCREEN = shutil.which("Xvfb") is not None and ctypes.util.find_library("Xtst") is not None


@pytest.mark.requirement("R-029")
@pytest.mark.slow
@pytest.mark.skipif(not HAS_SCREEN, reason="needs Xvfb and libXtst")
def test_from_the_first_start_to_an_exported_workbook_by_keyboard_only(tmp_path):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("M2M_", "QT_"))}
    command = [sys.executable, ROOT / "packaging" / "tour.py", "--short", "--lang", "en"]
    done = subprocess.run(
        [*command, "--out", tmp_path], capture_output=True, text=True, env=environ, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "done" in done.stdout


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


def test_of_a_page_of_the_manual_only_pictures_in_sight_are_read_as_large_as_they_are_shown(
    qtbot, tmp_path
):
    image = QImage(1280, 800, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for name in ("first.png", "second.png"):
        assert image.save(str(tmp_path / name))
    text = "# Page\n\n![1](first.png)\n\n" + "line\n\n" * 80 + "![2](second.png)\n"
    browser, asked = ManualBrowser(), []
    read = browser.loadResource
    browser.loadResource = lambda kind, name: asked.append(name.path()) or read(kind, name)
    qtbot.addWidget(browser)
    browser.resize(700, 500)
    browser.show()
    browser.show_markdown(text, tmp_path)
    qtbot.waitUntil(lambda: bool(asked), timeout=2000)
    assert set(asked) == {"first.png"}
    shown = browser.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("first.png"))
    assert 0 < shown.width() < 700
    browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: "second.png" in asked, timeout=2000)


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
