"""One visual language as data: colours for light and dark, spacing, sizes of type; and how Qt gets it.

Everything that is drawn takes its colours from here or from the palette made here. Colour never
says anything alone: a word, a number or the shape of an icon says it too.
"""

from dataclasses import asdict, dataclass

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from m2m_desktop.services.locations import resources
from m2m_desktop.ui.style_sheet import SHEET

XS, S, M, L, XL = 4, 8, 12, 16, 24
"""Spacing in logical pixels; every margin and gap is one of these."""

RADIUS = 6
ROW_PADDING = 7
"""Added above and below the text of a table row: lines that can be read all day."""

STYLED = "m2m_is_styled"
"""A property of the application: the style was set."""

BODY_POINTS = 10.0
CAPTION, BODY, LEAD, TITLE = 0.9, 1.0, 1.15, 1.5
"""Sizes of type as factors of the body text."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours by what they are for. Text on its ground has a contrast of at least 4.5.

    The ``focus_`` colours are those of a primary button that has the focus: the frame in the accent
    colour, which every other widget shows, would not be seen on it.
    """

    window: str
    surface: str
    header: str
    border: str
    control: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    focus_fill: str
    focus_frame: str
    on_focus: str
    chosen: str
    hover: str
    track: str
    bar: str
    certain: str
    doubtful: str
    missing: str
    error: str
    info_ground: str
    warning_ground: str
    error_ground: str


LIGHT = Colours(
    window="#f3f5f7",
    surface="#ffffff",
    header="#fafbfc",
    border="#dbe0e6",
    control="#7d8997",
    text="#1c2530",
    muted="#5a6675",
    accent="#0b6b75",
    accent_hover="#09575f",
    on_accent="#ffffff",
    focus_fill="#0b6b75",
    focus_frame="#000000",
    on_focus="#ffffff",
    chosen="#dcedee",
    hover="#eef4f5",
    track="#e6eaee",
    bar="#a3b1bf",
    certain="#1a7340",
    doubtful="#955300",
    missing="#5a6675",
    error="#b3261e",
    info_ground="#e4f0f1",
    warning_ground="#fdf1dc",
    error_ground="#fce8e6",
)

DARK = Colours(
    window="#14181d",
    surface="#1c2228",
    header="#20272e",
    border="#343d47",
    control="#75818e",
    text="#e6eaee",
    muted="#a0abb7",
    accent="#55bcc2",
    accent_hover="#74ccd1",
    on_accent="#08282b",
    focus_fill="#0b5a62",
    focus_frame="#ffffff",
    on_focus="#ffffff",
    chosen="#1f4348",
    hover="#262f37",
    track="#333c45",
    bar="#6f7d8b",
    certain="#63c98d",
    doubtful="#e6b155",
    missing="#a0abb7",
    error="#f4958d",
    info_ground="#1b3438",
    warning_ground="#3a2f1a",
    error_ground="#432523",
)


def colours() -> Colours:
    """The colours now in use."""
    return (
        DARK
        if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
        else LIGHT
    )


def brush(colour: str) -> QBrush:
    """A colour as item models hand it out."""
    return QBrush(QColor(colour))


def apply_theme(app: QApplication, theme: str) -> None:
    """Give the whole program the theme "light", "dark", or that of the system."""
    apply_colours(app, theme)
    apply_sheet(app)


def apply_colours(app: QApplication, theme: str) -> None:
    """The palette of a theme alone; `apply_sheet` does the rest.

    Apart because a window that is put together under a style sheet is looked at by it again with
    every part that is added: the sheet comes when the window is complete.
    """
    hints = app.styleHints()
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme)
    if scheme is None:
        hints.unsetColorScheme()
        is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    else:
        hints.setColorScheme(scheme)
        is_dark = scheme == Qt.ColorScheme.Dark
    # asking the style for its name would touch an object that a style sheet may have replaced
    if not app.property(STYLED):
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setProperty(STYLED, True)
    app.setPalette(palette(DARK if is_dark else LIGHT))


def apply_sheet(app: QApplication) -> None:
    """The style sheet in the colours now in use."""
    chosen = colours()
    app.setStyleSheet(
        SHEET.substitute(
            asdict(chosen),
            radius=RADIUS,
            theme="dark" if chosen is DARK else "light",
            icons=(resources() / "icons").as_posix(),
        )
    )


def palette(chosen: Colours) -> QPalette:
    """The Qt palette of a set of colours."""
    role = QPalette.ColorRole
    made = QPalette()
    for where, colour in {
        role.Window: chosen.window,
        role.WindowText: chosen.text,
        role.Base: chosen.surface,
        role.AlternateBase: chosen.header,
        role.Text: chosen.text,
        role.PlaceholderText: chosen.muted,
        role.Button: chosen.surface,
        role.ButtonText: chosen.text,
        role.ToolTipBase: chosen.surface,
        role.ToolTipText: chosen.text,
        role.BrightText: chosen.error,
        role.Highlight: chosen.chosen,
        role.HighlightedText: chosen.text,
        role.Accent: chosen.accent,
        role.Link: chosen.accent,
        role.LinkVisited: chosen.accent,
        role.Light: chosen.surface,
        role.Midlight: chosen.hover,
        role.Mid: chosen.border,
        role.Dark: chosen.control,
        role.Shadow: chosen.border,
    }.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(chosen.muted))
    return made


def sized(factor: float, *, bold: bool = False) -> QFont:
    """The font of the program in one of the sizes of type."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    return font


def set_locale(language: str) -> None:
    """Numbers and dates as the language writes them."""
    QLocale.setDefault(QLocale(language))
