"""One visual language as data: colours for light and dark, spacing, sizes of type; and how Qt gets it.

Everything that is drawn takes its colours from here or from the palette made here. Colour never
says anything alone: a word, a number or the shape of an icon says it too.
"""

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from m2m_desktop.services.locations import resources

XS, S, M, L, XL = 4, 8, 12, 16, 24
"""Spacing in logical pixels; every margin and gap is one of these."""

RADIUS = 6
ROW_PADDING = 7
"""Added above and below the text of a table row: lines that can be read all day."""

BODY_POINTS = 10.0
CAPTION, BODY, LEAD, TITLE = 0.9, 1.0, 1.15, 1.5
"""Sizes of type as factors of the body text."""

CJK_FAMILIES = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours by what they are for. Text on its ground has a contrast of at least 4.5."""

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
    control="#8793a1",
    text="#1c2530",
    muted="#5a6675",
    accent="#0b6b75",
    accent_hover="#09575f",
    on_accent="#ffffff",
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

_SHEET = Template("""
QToolTip { color: $text; background: $surface; border: 1px solid $border; padding: 4px 6px; }
QFrame#rail { background: $surface; border: none; border-right: 1px solid $border; }
QFrame#rail QToolButton { border: 2px solid transparent; border-radius: ${radius}px; padding: 6px 2px;
    color: $muted; }
QFrame#rail QToolButton:hover { background: $hover; }
QFrame#rail QToolButton:checked { background: $chosen; color: $text; }
QFrame#rail QToolButton:focus { border: 2px solid $accent; }
QFrame#header { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame#card { background: $surface; border: 1px solid $border; border-radius: ${radius}px; }
QFrame#notice { border: 1px solid $border; border-radius: ${radius}px; }
QFrame#notice[kind="info"] { background: $info_ground; }
QFrame#notice[kind="warning"] { background: $warning_ground; }
QFrame#notice[kind="error"] { background: $error_ground; }
QFrame#drop { background: $header; border: 2px dashed $border; border-radius: ${radius}px; }
QFrame#drop[over="true"] { background: $info_ground; border: 2px dashed $accent; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warning"] { color: $doubtful; }
QLabel#key { background: $window; border: 1px solid $border; border-radius: 4px; padding: 2px 7px; }
QPlainTextEdit, QTextBrowser, QLineEdit {
    background: $surface; border: 1px solid $control; border-radius: ${radius}px; padding: 5px 7px;
    selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit:focus, QLineEdit:focus { border: 2px solid $accent; padding: 4px 6px; }
QPushButton {
    background: $surface; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    padding: 5px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $chosen; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 13px; }
QPushButton:disabled { color: $muted; border-color: $border; background: $window; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $track; color: $muted; border-color: $border; }
QPushButton[role="chip"] { border: 1px solid $border; border-radius: 15px; padding: 6px 15px; }
QPushButton[role="chip"]:hover { border-color: $accent; background: $hover; }
QPushButton[role="chip"]:focus { border: 2px solid $accent; padding: 5px 14px; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent; color: $accent;
    padding: 4px 8px; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border: 2px solid $accent; padding: 3px 7px; }
QPushButton[role="quiet"]:disabled { color: $muted; }
QTableView, QTreeView { background: $surface; border: 1px solid transparent; outline: none; }
QTableView:focus, QTreeView:focus { border: 1px solid $accent; }
QHeaderView { background: $surface; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 6px 3px;
    border-bottom: 1px solid $border; }
QComboBox, QDoubleSpinBox, QSpinBox { background: $surface; color: $text; border: 1px solid $control;
    border-radius: ${radius}px; padding: 3px 8px; min-height: 22px;
    selection-background-color: $accent; selection-color: $on_accent; }
QComboBox:hover { background: $hover; }
QComboBox:focus, QDoubleSpinBox:focus, QSpinBox:focus { border: 2px solid $accent; padding: 2px 7px; }
QComboBox:disabled { color: $muted; border-color: $border; background: $window; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$icons/down_$theme.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; outline: none;
    selection-background-color: $chosen; selection-color: $text; padding: 4px; }
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox QLineEdit { border: none; padding: 0 0 0 6px; background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px;
    background: transparent; }
QAbstractSpinBox::up-arrow { image: url("$icons/up_$theme.svg"); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url("$icons/down_$theme.svg"); width: 11px; height: 11px; }
QCheckBox { spacing: 7px; padding: 2px; border: 2px solid transparent; border-radius: 4px; }
QCheckBox:focus { border: 2px solid $accent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $control; border-radius: 4px;
    background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
    image: url("$icons/check_$theme.svg"); }
QPushButton[role="filter"] { background: transparent; color: $muted; border: 1px solid $border;
    border-radius: 10px; padding: 2px 10px; min-height: 16px; }
QPushButton[role="filter"]:hover { background: $hover; }
QPushButton[role="filter"]:checked { background: $chosen; color: $text; border-color: $accent; }
QPushButton[role="filter"]:focus { border: 2px solid $accent; padding: 1px 9px; }
QPushButton[role="term"] { background: $chosen; color: $text; border: 1px solid $chosen;
    border-radius: 12px; padding: 3px 10px; min-height: 16px; }
QPushButton[role="term"]:hover { border-color: $accent; }
QLineEdit#filter { border: 1px solid $border; border-radius: 3px; padding: 0 4px; }
QLineEdit#filter:focus { border: 1px solid $accent; padding: 0 4px; }
QToolButton#filter { background: $surface; color: $text; border: 1px solid $border;
    border-radius: 3px; padding: 0 14px 0 4px; text-align: left; }
QToolButton#filter[on="true"], QToolButton#filter:focus { border-color: $accent; }
QToolButton#filter::menu-indicator { image: url("$icons/down_$theme.svg"); width: 9px; height: 9px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 3px; }
QMenu { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $chosen; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QMenu::indicator { width: 14px; height: 14px; left: 5px; border: 1px solid $control;
    border-radius: 4px; background: $surface; }
QMenu::indicator:checked { background: $accent; border-color: $accent;
    image: url("$icons/check_$theme.svg"); }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; border: none; padding: 5px 12px;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $bar; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $track; border: none; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QSplitter::handle { background: transparent; }
QMenuBar { background: $surface; border-bottom: 1px solid $border; padding: 2px 6px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QStatusBar { background: $surface; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
""")


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
    hints = app.styleHints()
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme)
    if scheme is None:
        hints.unsetColorScheme()
        is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    else:
        hints.setColorScheme(scheme)
        is_dark = scheme == Qt.ColorScheme.Dark
    chosen = DARK if is_dark else LIGHT
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(chosen))
    sheet = _SHEET.substitute(
        asdict(chosen),
        radius=RADIUS,
        theme="dark" if is_dark else "light",
        icons=(resources() / "icons").as_posix(),
    )
    app.setStyleSheet(sheet)


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


def choose_font(app: QApplication) -> None:
    """Use one family for Chinese and Latin text alike, at a size that can be read all day."""
    font = app.font()
    known = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    family = next((name for name in CJK_FAMILIES if name in known), "")
    if family or known:
        font.setFamily(family or sorted(known)[0])
    font.setPointSizeF(max(BODY_POINTS, font.pointSizeF()))
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    app.setFont(font)


def sized(factor: float, *, bold: bool = False) -> QFont:
    """The font of the program in one of the sizes of type."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    return font


def set_locale(language: str) -> None:
    """Numbers and dates as the language writes them."""
    QLocale.setDefault(QLocale(language))
