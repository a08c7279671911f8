"""Above the table: the field for free text, and one chip for each queue."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.review.chips import FlowLayout
from m2m_desktop.ui.review.filter import Queue
from m2m_desktop.ui.review.header import DEBOUNCE_MS
from m2m_desktop.ui.widgets import button

QUEUE_WORDS = {
    Queue.ALL: N_("All"),
    Queue.OPEN: N_("To review"),
    Queue.DOUBTFUL: N_("Doubtful"),
    Queue.FLAGGED: N_("Flagged"),
    Queue.WARNED: N_("With a hint"),
    Queue.ASIDE: N_("Set aside"),
}
QUEUE_TIPS = {
    Queue.ALL: N_("All reported reactions"),
    Queue.OPEN: N_("Not decided yet"),
    Queue.DOUBTFUL: N_("Not decided, and coding is not certain; or flagged (F3)"),
    Queue.FLAGGED: N_("Marked for another look"),
    Queue.WARNED: N_("Coded differently before, not current, or two PTs of one family"),
    Queue.ASIDE: N_("Drugs, doses, dates, outcomes and negations: kept, not coded"),
}


class FilterBar(QWidget):
    """Says when another text or queue is asked for."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setClearButtonEnabled(True)
        self._funnel = QAction(self.text)
        self.text.addAction(self._funnel, QLineEdit.ActionPosition.LeadingPosition)
        self.clear_button = button("quiet")
        self._group = QButtonGroup(self)
        chips = QWidget()
        flow = FlowLayout(chips, style.XS)
        for number, _queue in enumerate(Queue):
            chip = button("filter")
            chip.setCheckable(True)
            self._group.addButton(chip, number)
            flow.addWidget(chip)
        self.chip(Queue.ALL).setChecked(True)
        self._counts: Mapping[Queue, int] = {}
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._pause.start())
        self.text.returnPressed.connect(self.flush)
        self._group.idClicked.connect(lambda _number: self.changed.emit())
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self.text, 1)
        row.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(row)
        column.addWidget(chips)
        self.retranslate()

    def chip(self, queue: Queue) -> QPushButton:
        """The chip of a queue."""
        made = self._group.button(list(Queue).index(queue))
        assert isinstance(made, QPushButton)
        return made

    @property
    def queue(self) -> Queue:
        """The queue that is asked for."""
        return list(Queue)[self._group.checkedId()]

    def show_queue(self, queue: Queue) -> None:
        """Ask for another queue."""
        self.chip(queue).setChecked(True)
        self.changed.emit()

    def flush(self) -> None:
        """Do not wait for the pause after typing."""
        self._pause.stop()
        self.changed.emit()

    def clear(self) -> None:
        """Empty the field without saying so; the queue stays."""
        self.text.clear()
        self._pause.stop()

    def begin(self) -> None:
        """Go to the field."""
        self.text.setFocus()
        self.text.selectAll()

    def show_counts(self, counts: Mapping[Queue, int]) -> None:
        """Write on each chip how many phrases it shows; queues nothing is in are not offered."""
        self._counts = counts
        for queue in Queue:
            chip, count = self.chip(queue), counts.get(queue, 0)
            chip.setText(f"{_(QUEUE_WORDS[queue])}  {count:,}")
            chip.setAccessibleName(f"{_(QUEUE_WORDS[queue])}: {count}")
        is_needed = bool(counts.get(Queue.ASIDE)) or self.queue is Queue.ASIDE
        self.chip(Queue.ASIDE).setVisible(is_needed)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.text.setPlaceholderText(_("Filter: phrase, term, code, comment (Ctrl+F)"))
        self.text.setAccessibleName(_("Filter the phrases"))
        self._funnel.setIcon(icons.icon("filter", style.colours().muted))
        self.clear_button.setText(_("Clear filters"))
        for queue in Queue:
            self.chip(queue).setToolTip(_(QUEUE_TIPS[queue]))
        self.show_counts(self._counts)
