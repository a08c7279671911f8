"""What only a window can tell: the font in use, and the screen."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo, QGuiApplication, QRawFont

from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.selftest.fonts import SAMPLE
from m2m_desktop.services.selftest.own_files import INSTALL_AGAIN
from m2m_desktop.services.selftest.records import CheckResult, Finding, bad, doubtful, good

SMALLEST = QSize(960, 600)
"""The window fits on no smaller screen."""

TITLE = N_("Window")
LOOKED_AT = N_("characters of the font in use; size and scale of the screen")
_FONT = N_("The font in use, {family}, has all Chinese characters that were looked for.")
_LACKS = N_("The font in use, {family}, lacks characters: {characters}")
_SCREEN = N_("Screens: {count}; the first has {width} × {height} points at a scale of {scale} %.")
_SMALL = N_("The screen has {width} × {height} points; the window needs {least}.")
_SCALE = N_("Choose a smaller scale (Windows: Settings, Display) or a higher resolution.")


def display_result() -> CheckResult:
    """Look at font and screens of this window."""
    findings = (judge_font(QGuiApplication.font().family(), _missing()), _screen())
    return CheckResult("window", TITLE, LOOKED_AT, findings)


def judge_font(family: str, missing: str) -> Finding:
    """Judge a font by the characters it lacks."""
    if missing:
        return bad(message(_LACKS, family=family, characters=missing), message(INSTALL_AGAIN))
    return good(message(_FONT, family=family))


def _missing() -> str:
    """What the font itself cannot draw; Qt would take it from another font, or draw a box."""
    font = QRawFont.fromFont(QGuiApplication.font())
    if not font.isValid():
        return QFontInfo(QGuiApplication.font()).family()
    return "".join(dict.fromkeys(one for one in SAMPLE if not font.supportsCharacter(ord(one))))


def _screen() -> Finding:
    screen = QGuiApplication.primaryScreen()
    return judge_screen(
        screen.availableSize(), screen.devicePixelRatio(), len(QGuiApplication.screens())
    )


def judge_screen(size: QSize, scale: float, count: int) -> Finding:
    """Judge a screen by its size in points, which its scale is taken out of."""
    told = {"width": size.width(), "height": size.height()}
    if size.width() < SMALLEST.width() or size.height() < SMALLEST.height():
        least = f"{SMALLEST.width()} × {SMALLEST.height()}"
        return doubtful(message(_SMALL, **told, least=least), message(_SCALE))
    return good(message(_SCREEN, **told, count=count, scale=round(100 * scale)))
