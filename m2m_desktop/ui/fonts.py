"""The family of the program: Chinese and Latin from one font, the same signs on every machine.

Windows and macOS bring a good Chinese font, and the program looks at home in it. Linux brings
anything or nothing: there, and wherever no Chinese font is found, the bundled one is used.
"""

import logging
import os
import sys

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from m2m_desktop.services.locations import resources
from m2m_desktop.ui.style import BODY_POINTS

logger = logging.getLogger(__name__)

FONT_VARIABLE = "M2M_FONT"
"""Set to "bundled", the bundled font is used on every system (tests, pictures of the manual)."""

BUNDLED_FILE = "fonts/M2MSans-Regular.ttf"
NATIVE_FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC")


def choose_font(app: QApplication) -> None:
    """Use one family for Chinese and Latin text alike, at a size that can be read all day."""
    font = app.font()
    family = (bundled_family() if prefers_bundled() else native_family()) or bundled_family()
    if family:
        font.setFamily(family)
    font.setPointSizeF(max(BODY_POINTS, font.pointSizeF()))
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    app.setFont(font)


def prefers_bundled() -> bool:
    """Whether the bundled font is used though the system may have one."""
    return os.environ.get(FONT_VARIABLE) == "bundled" or sys.platform not in {"win32", "darwin"}


def native_family() -> str:
    """The system's own family for simplified Chinese; empty where it has none."""
    known = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    return next((name for name in NATIVE_FAMILIES if name in known), min(known, default=""))


def bundled_family() -> str:
    """Load the bundled font; empty where its file is missing or damaged."""
    path = resources() / BUNDLED_FILE
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    if not families:
        logger.error("the bundled font cannot be read: %s", path)
        return ""
    return families[0]
