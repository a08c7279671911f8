"""Finds text that is cut: on buttons, labels, choices, tabs, headers, and widgets outside their parent."""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

TOOL_EDGE = 4
"""Frame and padding of a tool button at either side."""
SLACK = 1
"""Logical pixels that rounding may take at odd scales."""


def cut_texts(shown: QWidget, *, is_real: bool = True) -> list[str]:
    """One line for each text in ``shown`` that cannot be read in full and does not say so.

    Qt ends the hint of an empty field with dots, and lets a row of tabs be scrolled: that is a defect
    in a language people read (``is_real``), not in the pseudo-translation.

    Text that ends in dots and has the whole of it as its tool tip counts as readable.
    """
    found = []
    for widget in visible_widgets(shown):
        for text in cut_in(widget):
            if not is_real and shortened_by_qt(widget, text):
                continue
            found.append(f"{type(widget).__name__} “{text}” ({place_of(widget, shown)})")
    found += [f"{one} over {other}" for one, other in overlapping(shown)]
    return found


def shortened_by_qt(widget: QWidget, text: str) -> bool:
    """Whether Qt itself makes up for a text that has no room."""
    if isinstance(widget, QLineEdit):
        return text == widget.placeholderText()
    return isinstance(widget, QTabBar) and widget.usesScrollButtons()


def overlapping(shown: QWidget) -> Iterator[tuple[str, str]]:
    """Texts of one parent that are drawn over one another."""
    kinds = (QLabel, QAbstractButton, QLineEdit, QComboBox)
    seen: dict[QWidget, list[QWidget]] = {}
    for widget in visible_widgets(shown):
        parent = widget.parentWidget()
        if isinstance(widget, kinds) and parent is not None and not isinstance(parent, kinds):
            seen.setdefault(parent, []).append(widget)
    for parent, widgets in seen.items():
        for one, other in combinations(widgets, 2):
            both = one.geometry().intersected(other.geometry())
            if both.width() > 2 and both.height() > 2 and not isinstance(parent, QHeaderView):
                yield text_of(one), f"{text_of(other)} ({place_of(parent, shown)})"


def visible_widgets(shown: QWidget) -> Iterator[QWidget]:
    """What can be seen, without the inner parts of Qt's own widgets."""
    for widget in shown.findChildren(QWidget):
        if widget.isVisibleTo(shown) and not widget.visibleRegion().isEmpty():
            yield widget


def cut_in(widget: QWidget) -> Iterator[str]:
    """The texts of one widget that are cut."""
    if isinstance(widget, QLabel):
        yield from cut_label(widget)
    elif isinstance(widget, QAbstractButton):
        yield from cut_button(widget)
    elif isinstance(widget, QComboBox):
        yield from cut_choice(widget)
    elif isinstance(widget, QTabBar):
        yield from cut_tabs(widget)
    elif isinstance(widget, QHeaderView):
        yield from cut_header(widget)
    elif isinstance(widget, QLineEdit):
        room = widget.contentsRect().width()
        if not widget.text() and advance(widget, widget.placeholderText()) > room + SLACK:
            yield widget.placeholderText()
    if is_outside(widget):
        yield f"{widget.accessibleName() or text_of(widget)}: outside {widget.geometry()}"


def cut_label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or (label.toolTip() and "…" in text):
        return
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if needed > label.height() + SLACK:
            yield f"{text} [{needed} of {label.height()} px high]"
    elif label.textFormat() != Qt.TextFormat.RichText:
        room = label.contentsRect().width() - 2 * label.margin()
        if advance(label, text) > room + SLACK and not elides(label):
            yield text


def cut_button(button: QAbstractButton) -> Iterator[str]:
    text = button.text()
    if not text or (button.toolTip() and elides(button)):
        return
    hint, given = button.sizeHint(), button.size()
    needed = hint.width()
    if isinstance(button, QToolButton):  # its hint has room for an arrow that is not there
        needed = advance(button, text) + 2 * TOOL_EDGE
    elif isinstance(button, QPushButton) and button.minimumWidth() > 0:
        needed = advance(button, text)
    if needed > given.width() + SLACK or hint.height() > given.height() + 3:
        yield text


def cut_choice(choice: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    field = choice.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, choice)
    icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + 4
    is_cut = advance(choice, option.currentText) + icon > field.width() + SLACK
    if is_cut and not elides(choice):
        yield choice.currentText()


def cut_tabs(tabs: QTabBar) -> Iterator[str]:
    for number in range(tabs.count()):
        if tabs.isTabVisible(number):
            rect = tabs.tabRect(number)
            is_cut = advance(tabs, tabs.tabText(number)) > rect.width() + SLACK
            if is_cut or not tabs.rect().adjusted(-1, 0, 1, 0).contains(rect):
                yield tabs.tabText(number)


def cut_header(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if model is None or header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        text = model.headerData(section, Qt.Orientation.Horizontal)
        tip = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        if text and not tip and not header.isSectionHidden(section):
            width = max(header.fontMetrics().horizontalAdvance(one) for one in text.split("\n"))
            if width > header.sectionSize(section) + SLACK:
                yield f"header {text}"


def is_outside(widget: QWidget) -> bool:
    """Whether a part of the widget lies outside its parent, and nothing scrolls to it."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or widget.width() <= 1:
        return False
    above = parent.parentWidget()
    if isinstance(above, QAbstractScrollArea) or isinstance(parent, QAbstractScrollArea | QTabBar):
        return False
    room = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    if isinstance(widget, QPushButton):  # joined buttons overlap by the width of a line
        room = room.adjusted(-1, 0, 1, 0)
    inside: QRect = widget.geometry()
    return not room.contains(inside)


def elides(widget: QWidget) -> bool:
    """Whether the widget cuts its text with dots itself."""
    return any("Elid" in kind.__name__ for kind in type(widget).__mro__)


def advance(widget: QWidget, text: str) -> int:
    """The width of the widest line of a text."""
    plain = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return max(
        (widget.fontMetrics().horizontalAdvance(line) for line in plain.split("\n")), default=0
    )


def text_of(widget: QWidget) -> str:
    """What stands on a widget, as far as it has a text."""
    return str(widget.text()) if hasattr(widget, "text") else type(widget).__name__


def place_of(widget: QWidget, shown: QWidget) -> str:
    """Where a widget is: the classes of ours around it, outermost first."""
    names = []
    at: QWidget | None = widget
    while at is not None and at is not shown:
        if type(at).__module__.startswith("m2m_desktop"):
            names.append(type(at).__name__)
        at = at.parentWidget()
    return " > ".join(reversed(names))
