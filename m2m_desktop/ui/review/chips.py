"""The set of terms in hand as chips, and the layout that breaks them into lines."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLayout, QLayoutItem, QPushButton, QSizePolicy, QWidget

from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.widgets import button


class FlowLayout(QLayout):
    """Puts things side by side and goes on in the next line where there is no more room."""

    def __init__(self, parent: QWidget | None = None, gap: int = style.S) -> None:
        super().__init__(parent)
        self._held: list[QLayoutItem] = []
        self.setContentsMargins(QMargins())
        self.setSpacing(gap)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more."""
        self._held.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._held)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them."""
        return self._held[index] if 0 <= index < len(self._held) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one back."""
        return self._held.pop(index) if 0 <= index < len(self._held) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Less width, more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it is when it is so wide."""
        return self._place(QRect(0, 0, width, 0), is_real=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put everything there."""
        super().setGeometry(rect)
        self._place(rect, is_real=True)

    def sizeHint(self) -> QSize:
        """As wide as the widest thing, at least."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """As wide as the widest thing."""
        size = QSize()
        for item in self._held:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, is_real: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._held:
            if (widget := item.widget()) is not None and widget.isHidden():
                continue
            wanted = item.sizeHint()
            if x > rect.x() and x + wanted.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if is_real:
                size = QSize(min(wanted.width(), rect.width()), wanted.height())
                item.setGeometry(QRect(QPoint(x, y), size))
            x += wanted.width() + self.spacing()
            line = max(line, wanted.height())
        return y + line - rect.y()


class TermChips(QWidget):
    """One chip a term; clicking the name looks at it, clicking its cross takes it out."""

    looked_at = Signal(object)
    removed = Signal(object)
    """Both carry the `CodedTerm`."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(self, style.XS)
        self._terms: tuple[CodedTerm, ...] = ()
        self._can_change = True
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_terms(self, terms: Sequence[CodedTerm], *, can_change: bool) -> None:
        """Show these; chips with a cross only where the set may be changed."""
        if (tuple(terms), can_change) == (self._terms, self._can_change) and self._flow.count():
            return
        self._terms, self._can_change = tuple(terms), can_change
        self.retranslate()

    def chips(self) -> list[QPushButton]:
        """The chips, for whoever wants to click them."""
        widgets = (self._flow.itemAt(n) for n in range(self._flow.count()))
        found = (item.widget() for item in widgets if item is not None)
        return [widget for widget in found if isinstance(widget, QPushButton)]

    def retranslate(self) -> None:
        """Make the chips anew, in the colours and the language of now."""
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for term in self._terms:
            chip = self._chip(term)
            self._flow.addWidget(chip)
            chip.show()
        self.updateGeometry()

    def _chip(self, term: CodedTerm) -> QPushButton:
        chip = button("term")
        chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        probability = words.two_decimals(term.probability)
        name = term.pt_name if term.is_current else f"{term.pt_name} *"
        chip.setText(f"{name}   {probability}" if probability else name)
        lines = [f"{term.pt_code}  {term.pt_name}", term.llt_name, term.soc_name]
        if self._can_change:
            chip.setIcon(icons.icon("close", style.colours().muted))
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            lines.append(_("Click to take it out of the set"))
            chip.clicked.connect(lambda: self.removed.emit(term))
        else:
            chip.clicked.connect(lambda: self.looked_at.emit(term))
        chip.setToolTip("\n".join(filter(None, lines)))
        chip.setAccessibleName(_("Term in the set: {name}").format(name=term.pt_name))
        return chip
