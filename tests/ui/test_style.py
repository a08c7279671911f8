"""Contrast of everything that is written, a frame around whatever has the focus, and the font."""

import ast
import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QImage, QRawFont
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QTableView,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QTreeView,
    QWidget,
)

from m2m_desktop.services.locations import resources
from m2m_desktop.ui import fonts, icons, style
from m2m_desktop.ui.style_sheet import SHEET

READABLE, VISIBLE = 4.5, 3.0
THEMES = {"light": style.LIGHT, "dark": style.DARK}

TEXTS = ("text", "muted", "accent", "certain", "doubtful", "missing", "error")
"""Colours that words are written in, by delegates, models and labels, on any of these grounds."""
GROUNDS = ("window", "surface", "header", "hover", "chosen")
NOTICE_GROUNDS = ("info_ground", "warning_ground", "error_ground")
ON_NOTICES = ("text", "accent")

WRITTEN_PARTS = frozenset({"item", "section", "tab", "title"})
"""Parts of widgets that carry words."""

Rule = tuple[str, dict[str, str]]


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.1."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str | QColor, other: str | QColor) -> float:
    """Contrast of two colours, 1 to 21."""
    lights = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a style sheet: one selector each, and its properties."""
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        properties = {}
        for line in body.split(";"):
            name, colon, value = line.partition(":")
            if colon:
                properties[name.strip()] = value.strip()
        for selector in selectors.split(","):
            yield selector.strip(), properties


def written_pairs() -> set[tuple[str, str]]:
    """Text and ground of every rule of the style sheet, by the names of `Colours`.

    What a rule does not say it has from the rules for the same widget with fewer conditions (another
    state, a role, an object name). A widget without a ground of its own stands on any ground of pages.
    """
    names = SHEET.template.replace("${radius}", "6")
    known = [(selector, said) for selector, said in rules(names)]
    found = set()
    for selector, said in known:
        if "color" not in said and "background" not in said:
            continue
        kind = re.split(r"[:#\[ ]", selector)[0]
        text = ground = ""
        for broader, told in known:
            if applies(broader, selector, kind):
                text = colour_in(told.get("color", "")) or text
                if "background" in told:
                    ground = colour_in(told["background"])
        part = re.search(r"::([\w-]+)", selector)
        if part and part.group(1) not in WRITTEN_PARTS:
            continue  # drawn, not written: handles, indicators, arrows
        found |= {(text or "text", one) for one in ([ground] if ground else GROUNDS)}
    return found


def applies(broader: str, selector: str, kind: str) -> bool:
    """Whether a rule holds for everything that another one holds for (by its conditions)."""
    if re.split(r"[:#\[ ]", broader)[0] != kind or " " in broader.replace(selector, ""):
        return False

    def conditions(one: str) -> set[str]:
        return set(re.findall(r"::?[\w-]+|#\w+|\[[^\]]*\]", one))

    return conditions(broader) <= conditions(selector)


def colour_in(value: str) -> str:
    """The name of a colour in a property; empty for transparent and none."""
    match = re.search(r"\$(\w+)", value)
    return match.group(1) if match else ""


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_can_be_read_on_every_ground_it_may_stand_on(theme):
    colours = asdict(THEMES[theme])
    pairs = {
        *product(TEXTS, GROUNDS),
        *product(ON_NOTICES, NOTICE_GROUNDS),
        *written_pairs(),
    }
    assert ("on_accent", "accent_hover") in pairs  # the sheet is read, not skipped
    assert ("muted", "track") in pairs
    poor = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in pairs
        if contrast(colours[text], colours[ground]) < READABLE
    }
    assert not poor


@pytest.mark.parametrize("theme", THEMES)
def test_frames_of_the_focus_edges_of_controls_and_icons_can_be_seen(theme):
    colours = asdict(THEMES[theme])
    drawn = ("accent", "control", "certain", "doubtful", "error", "muted")
    grounds = (*GROUNDS, *NOTICE_GROUNDS)
    pairs = {*product(drawn, grounds), ("focus_frame", "focus_fill")}
    pairs -= {("control", ground) for ground in (*NOTICE_GROUNDS, "chosen")}
    poor = {
        f"{one} on {ground}": round(contrast(colours[one], colours[ground]), 2)
        for one, ground in pairs
        if contrast(colours[one], colours[ground]) < VISIBLE
    }
    assert not poor


def test_the_palette_of_qt_is_readable_too(qapp: QApplication):
    for colours in THEMES.values():
        palette = style.palette(colours)
        role = palette.ColorRole
        for text, ground in (
            (role.WindowText, role.Window),
            (role.Text, role.Base),
            (role.Text, role.AlternateBase),
            (role.PlaceholderText, role.Base),
            (role.ButtonText, role.Button),
            (role.HighlightedText, role.Highlight),
            (role.ToolTipText, role.ToolTipBase),
            (role.Link, role.Base),
            (role.Link, role.Window),
            (role.BrightText, role.Window),
        ):
            assert contrast(palette.color(text), palette.color(ground)) >= READABLE, text


# -- the focus -----------------------------------------------------------------------------------


def table() -> QTableView:
    made = QTableView()
    made.setModel(QStringListModel(["a", "b"], made))
    return made


def tree() -> QTreeView:
    made = QTreeView()
    made.setModel(QStringListModel(["a", "b"], made))
    return made


def listing(name: str = "") -> QListView:
    made = QListView(objectName=name)
    made.setModel(QStringListModel(["a", "b"], made))
    return made


def tabs() -> QTabBar:
    made = QTabBar()
    made.addTab("One")
    made.addTab("Two")
    return made


def push(role: str, *, checked: bool = False) -> QPushButton:
    made = QPushButton("Text", checkable=checked, checked=checked)
    made.setProperty("role", role)
    return made


def tool(name: str) -> QToolButton:
    return QToolButton(objectName=name, text="Text", focusPolicy=Qt.FocusPolicy.StrongFocus)


def roles() -> list[str]:
    """The roles of buttons that the style sheet knows."""
    return sorted(set(re.findall(r'QPushButton\[role="(\w+)"\]', SHEET.template)))


KINDS = {
    "line": QLineEdit,
    "line of a filter": lambda: QLineEdit(objectName="filter"),
    "box for text": QPlainTextEdit,
    "rich text": QTextEdit,
    "page of text": QTextBrowser,
    "manual": lambda: QTextBrowser(objectName="manual"),
    "quiet text": lambda: QTextBrowser(objectName="quiet"),
    "choice": lambda: QComboBox(),
    "number": QSpinBox,
    "figure": QDoubleSpinBox,
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
    "tick": lambda: QCheckBox("Text"),
    "radio": lambda: QRadioButton("Text"),
    "button": lambda: QPushButton("Text"),
    "tool": lambda: tool(""),
    "chip of a tool": lambda: tool("chip"),
    "filter of a tool": lambda: tool("filter"),
    "table": table,
    "tree": tree,
    "list": listing,
    "contents": lambda: listing("contents"),
    "tabs": tabs,
    **{f"button {role}": (lambda r=role: push(r)) for role in roles()},
    **{f"button {role}, on": (lambda r=role: push(r, checked=True)) for role in roles()},
}


def seen_change(before: QImage, after: QImage) -> int:
    """How many pixels changed by so much that it can be seen."""
    count = 0
    for y, x in product(range(before.height()), range(before.width())):
        one, other = before.pixelColor(x, y), after.pixelColor(x, y)
        if one != other and contrast(one, other) >= VISIBLE:
            count += 1
    return count


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_has_the_focus_shows_it(kind, theme, qapp, qtbot):
    style.apply_theme(qapp, theme)
    qapp.setCursorFlashTime(0)
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    widget, other = KINDS[kind](), QPushButton("Other")
    widget.setFixedWidth(110)
    widget.setMaximumHeight(60)
    row.addWidget(widget)
    row.addWidget(other)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    other.setFocus(Qt.FocusReason.TabFocusReason)
    before = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus()
    after = widget.grab().toImage()
    assert before.size() == after.size(), "the focus moves what is around it"
    assert seen_change(before, after) >= 60  # a line along one edge at the least
    style.apply_theme(qapp, "light")


# -- the font ------------------------------------------------------------------------------------


@pytest.fixture
def bundled(qapp: QApplication) -> QRawFont:
    family = fonts.bundled_family()
    font = qapp.font()
    font.setFamily(family)
    assert QFontInfo(font).family() == family
    return QRawFont.fromFont(font)


def shipped_characters() -> set[str]:
    """Every character of the catalogue, the demo dictionary, the manual and the sources of pages."""
    texts = [*resources().rglob("*.po"), *resources().rglob("*.asc"), *resources().rglob("*.md")]
    sources = Path(style.__file__).parent.rglob("*.py")
    found = set()
    for path in texts:
        found.update(path.read_text(encoding="utf-8"))
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(node.value)
    return {one for one in found if one.isprintable()}


NEVER_DRAWN = set("\u200b\u200c\u200d\u2060\ufeff\ufffc\ufffd\ufe0e\ufe0f")
"""Marks without a shape, which the sources name to take them out of texts."""


def test_the_bundled_font_has_every_character_that_ships(bundled):
    missing = {one for one in shipped_characters() if not bundled.supportsCharacter(ord(one))}
    assert not {f"{one} U+{ord(one):04X}" for one in missing - NEVER_DRAWN}


def test_the_bundled_font_has_all_of_gbk(bundled):
    everything = bytes(
        byte
        for first, second in product(range(0xB0, 0xF8), range(0xA1, 0xFF))
        for byte in (first, second)
        if (first, second) < (0xD7, 0xFA) or first > 0xD7  # five places of GB2312 are empty
    ).decode("gbk")
    assert len(everything) == 6763
    assert all(bundled.supportsCharacter(ord(one)) for one in everything + "喆镕堃媖")


def test_the_bundled_font_stays_small_and_brings_its_licence():
    file = resources() / fonts.BUNDLED_FILE
    assert file.stat().st_size <= 8_000_000
    assert "SIL OPEN FONT LICENSE" in (file.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "Noto Sans SC" in (resources() / "help" / "notices.md").read_text(encoding="utf-8")


def test_a_damaged_font_is_said_to_the_log_and_costs_nothing_else(
    tmp_path, monkeypatch, qapp, caplog
):
    monkeypatch.setattr(fonts, "resources", lambda: tmp_path)
    assert fonts.bundled_family() == ""
    assert "bundled font" in caplog.text


def test_pages_are_drawn_with_the_bundled_font(qapp):
    assert QFontInfo(qapp.font()).family() == "M2M Sans"
    metrics = QFontMetrics(qapp.font())
    assert metrics.horizontalAdvance("字") == metrics.horizontalAdvance("编")


# -- data ----------------------------------------------------------------------------------------


def test_light_and_dark_name_the_same_colours_and_all_of_them_are_colours():
    for colours in THEMES.values():
        assert all(re.fullmatch("#[0-9a-f]{6}", one) for one in asdict(colours).values())


def test_the_style_sheet_names_no_colour_of_its_own():
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*\})", SHEET.template)


def test_pages_take_every_colour_from_the_style():
    allowed = {"style.py", "icons.py"}
    found = []
    for path in sorted(Path(style.__file__).parent.rglob("*.py")):
        if path.name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [f"{path.name}: {c}" for c in re.findall(r"#[0-9a-fA-F]{6}\b", node.value)]
    assert not found


def test_every_shape_can_be_drawn_in_every_size(qapp):
    for name in icons._SHAPES:
        for scale in (1, 1.5, 3):
            drawn = icons.pixmap(name, "#000000", "#ffffff", 16, scale).toImage()
            inked = sum(
                drawn.pixelColor(x, y).alpha() > 0
                for y, x in product(range(drawn.height()), range(drawn.width()))
            )
            assert inked > 10 * scale, name
