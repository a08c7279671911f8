"""Small parts of the model pages: a name that is cut with dots, a question, steps, a confirmation."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.widgets import button, label

ICON_PX = 16


def focus_sheet() -> str:
    """Rules for widgets that only these pages have, in the colours of now."""
    colours = style.colours()
    accent = colours.accent
    return (
        "QRadioButton { spacing: 7px; padding: 2px; border: 2px solid transparent;"
        f" border-radius: 4px; }} QRadioButton:focus {{ border: 2px solid {accent}; }}"
        f"QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {colours.control};"
        f" border-radius: 8px; background: {colours.surface}; }}"
        f"QRadioButton::indicator:checked {{ border-color: {accent}; background: qradialgradient("
        f"cx:0.5, cy:0.5, radius:0.5, fx:0.5, fy:0.5, stop:0 {accent}, stop:0.55 {accent},"
        f" stop:0.65 {colours.surface}, stop:1 {colours.surface}); }}"
        "QTextBrowser { border: 1px solid transparent; padding: 0px; }"
        f"QTextBrowser#report {{ border: 1px solid {colours.border}; padding: {style.S}px; }}"
        f"QTextBrowser:focus, QTextBrowser#report:focus {{ border: 1px solid {accent}; }}"
        f"QTableView {{ border: 1px solid {colours.border}; border-radius: {style.RADIUS}px;"
        f" padding: 3px; }} QTableView:focus {{ border: 1px solid {accent}; }}"
        "QScrollArea, QWidget#scrolled { background: transparent; }"
    )


def foot(*buttons: QWidget) -> QHBoxLayout:
    """The buttons at the end of a page, at its right."""
    row = QHBoxLayout()
    row.setSpacing(style.S)
    row.addStretch(1)
    for one in buttons:
        row.addWidget(one)
    return row


class ElidedLabel(QLabel):
    """One line that is cut with dots where it is too long; the tooltip has all of it."""

    def __init__(self, factor: float = style.BODY, *, bold: bool = False) -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(style.sized(factor, bold=bold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_full_text(self, text: str) -> None:
        """Show this, as far as there is room."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._cut()

    def full_text(self) -> str:
        """All of the text."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._cut()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the layout likes."""
        return QSize(0, super().minimumSizeHint().height())

    def _cut(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._full, mode, max(self.width(), 0)))


class RadioQuestion(QWidget):
    """A question with one answer out of a few; nothing is chosen until it is asked with a default."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title, self._hint = label(bold=True), label("muted", style.CAPTION)
        self._hint.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.XS)
        self._column.addWidget(self._title)
        self._column.addWidget(self._hint)
        self._options: list[QWidget] = []
        self.radios: dict[str, QRadioButton] = {}

    def ask(
        self,
        title: str,
        options: Sequence[tuple[str, str, str]],
        *,
        hint: str = "",
        default: str = "",
    ) -> None:
        """Offer options, each a value, its words and perhaps an explanation below them."""
        for old in self._options:
            self._column.removeWidget(old)
            if isinstance(old, QRadioButton):
                old.setAutoExclusive(False)  # until it is gone it is no rival of the new ones
            old.hide()
            old.deleteLater()
        self._options, self.radios = [], {}
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        for value, words, explanation in options:
            radio = QRadioButton(self._shown(words))
            radio.setToolTip(words)
            radio.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            radio.setAccessibleName(f"{title} {words}")
            radio.setAccessibleDescription(explanation)
            radio.setChecked(value == default)
            radio.toggled.connect(self.changed)
            self.radios[value] = radio
            self._add(radio)
            if explanation:
                below = label("muted", style.CAPTION)
                below.setWordWrap(True)
                below.setText(explanation)
                below.setContentsMargins(style.XL, 0, 0, style.XS)
                self._add(below)

    def value(self) -> str:
        """The chosen value, or nothing."""
        return next((value for value, radio in self.radios.items() if radio.isChecked()), "")

    def title(self) -> str:
        """The question."""
        return self._title.text()

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        widget.show()  # a layout would do so a moment later: too late to take the focus
        self._options.append(widget)

    def _shown(self, words: str) -> str:
        """Cut to a sane width; "&" would become a shortcut."""
        short = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 460)
        return short.replace("&", "&&")


class StepRow(QWidget):
    """The steps of a long piece of work: which are done, which is at hand, which are to come."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(style.S)
        self._marks: list[tuple[QLabel, QLabel]] = []
        self._words: tuple[str, ...] = ()
        self._at = 0

    def set_steps(self, words: Sequence[str]) -> None:
        """Begin with the first of these."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._words, self._marks = tuple(words), []
        for word in words:
            mark, text = QLabel(), label()
            mark.setFixedWidth(ICON_PX)
            text.setText(word)
            self._row.addWidget(mark)
            self._row.addWidget(text)
            self._row.addSpacing(style.L)
            self._marks.append((mark, text))
        self._row.addStretch(1)
        self.set_current(0)

    def set_current(self, at: int) -> None:
        """All before ``at`` are done."""
        self._at = at
        colours, scale = style.colours(), self.devicePixelRatioF()
        for number, (mark, text) in enumerate(self._marks):
            if number > at:
                mark.clear()
            else:
                name, colour = (
                    ("certain", colours.certain) if number < at else ("pending", colours.accent)
                )
                mark.setPixmap(icons.pixmap(name, colour, colours.surface, ICON_PX, scale))
            text.setFont(style.sized(style.BODY, bold=number == at))
        if at < len(self._words):
            said = _("Step {number} of {count}: {step}")
            self.setAccessibleName(
                said.format(number=at + 1, count=len(self._words), step=self._words[at])
            )

    def current(self) -> int:
        """The number of the step at hand."""
        return self._at


class ConfirmBar(QFrame):
    """Asks in place whether something is really to be done; the harmless answer has the focus."""

    confirmed = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("kind", "warning")
        self._icon, self._text = QLabel(), label()
        self._text.setWordWrap(True)
        self.keep_button, self.do_button = button(), button()
        row = QHBoxLayout(self)
        row.setContentsMargins(style.M, style.S, style.S, style.S)
        row.setSpacing(style.S)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.do_button)
        self.keep_button.clicked.connect(self.close_bar)
        self.do_button.clicked.connect(self._do)
        self.hide()

    def ask(self, question: str, keep: str, do: str) -> None:
        """Show the question and wait."""
        self._text.setText(question)
        self.setAccessibleName(question)
        self.keep_button.setText(keep)
        self.do_button.setText(do)
        self.refresh()
        self.show()
        self.keep_button.setFocus()

    def question(self) -> str:
        """What is being asked."""
        return self._text.text()

    def close_bar(self) -> None:
        """Leave everything as it is."""
        self.hide()
        self.closed.emit()

    def refresh(self) -> None:
        """Take over the colours."""
        colours = style.colours()
        scale = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap("warning", colours.doubtful, colours.surface, 18, scale))

    def _do(self) -> None:
        self.hide()
        self.confirmed.emit()
