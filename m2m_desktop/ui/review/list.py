"""The left side of review: filters, the table of phrases, and what holds for all that is shown."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.review.bar import FilterBar
from m2m_desktop.ui.review.filter import Queue, RowFilter
from m2m_desktop.ui.review.model import ReviewModel
from m2m_desktop.ui.review.table import ReviewTable
from m2m_desktop.ui.widgets import button, card, label


class ReviewList(QWidget):
    """Filters and counts; the page decides what is done."""

    bulk_wanted = Signal()
    """Whatever is shown is to be accepted."""

    def __init__(self, model: ReviewModel) -> None:
        super().__init__()
        self.model = model
        self.bar, self.table = FilterBar(), ReviewTable(model)
        self.counts = label("muted", style.CAPTION)
        self.sort_note = label("muted", style.CAPTION)
        self.sort_button, self.bulk_button = button("quiet"), button()
        self._nothing = label("muted")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()
        self.bar.changed.connect(self.apply_filter)
        self.bar.clear_button.clicked.connect(self.clear_filters)
        self.table.header.filter_changed.connect(self.apply_filter)
        self.sort_button.clicked.connect(model.arrange)
        self.bulk_button.clicked.connect(self.bulk_wanted)
        model.arranged.connect(self._refresh)
        model.stale_changed.connect(self._refresh)
        model.counts_changed.connect(self._refresh)
        self.table.selection_changed.connect(self._refresh)
        self.is_read_only = False
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.M, style.M, style.M, style.S)
        inside.setSpacing(style.S)
        inside.addWidget(self.bar)
        inside.addWidget(self.table, 1)
        over = QVBoxLayout(self.table.viewport())
        over.addWidget(self._nothing)
        stale = QHBoxLayout()
        stale.setSpacing(style.S)
        stale.addWidget(self.sort_note, 1)
        stale.addWidget(self.sort_button)
        inside.addLayout(stale)
        foot = QHBoxLayout()
        foot.setSpacing(style.S)
        foot.addWidget(self.counts, 1)
        foot.addWidget(self.bulk_button)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    # -- filters ---------------------------------------------------------------------------------

    def wanted(self) -> RowFilter:
        """What the fields ask for."""
        header = self.table.header
        return RowFilter(self.bar.queue, self.bar.text.text(), header.contains(), header.choices())

    def apply_filter(self) -> None:
        """Show what the fields ask for."""
        wanted = self.wanted()
        if wanted != self.model.filter:
            self.model.set_filter(wanted)

    def clear_filters(self) -> None:
        """Ask for nothing but the queue."""
        self.bar.clear()
        self.table.header.clear()
        self.apply_filter()

    def show_all(self) -> None:
        """Show every reaction."""
        self.bar.clear()
        self.table.header.clear()
        self.bar.show_queue(Queue.ALL)

    # -- counts ----------------------------------------------------------------------------------

    def _refresh(self) -> None:
        model = self.model
        counts = model.queue_counts()
        self.bar.show_counts(counts)
        shown, total = model.rowCount(), sum(counts[q] for q in (Queue.ALL, Queue.ASIDE))
        text = _("Shown: {shown} of {total}").format(shown=f"{shown:,}", total=f"{total:,}")
        chosen = self.table.chosen_count()
        if chosen > 1:
            text += " · " + _("chosen: {count}").format(count=f"{chosen:,}")
        self.counts.setText(text)
        self.bar.clear_button.setVisible(not model.filter.is_plain)
        self.sort_note.setVisible(model.is_stale)
        self.sort_button.setVisible(model.is_stale)
        is_empty = not shown and bool(model.everything())
        self._nothing.setVisible(is_empty)
        self._nothing.setText(self._nothing_text())
        self.bulk_button.setText(_("Accept the {count} shown…").format(count=f"{shown:,}"))
        self.bulk_button.setEnabled(bool(shown) and not self.is_read_only)

    def _nothing_text(self) -> str:
        if not self.model.filter.is_plain:
            return _("No phrase matches these filters.")
        if self.model.filter.queue is Queue.OPEN:
            return _("Everything is decided. Nothing is left to review.")
        return _("No phrase is in this list.")

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.bar.retranslate()
        self.table.retranslate()
        self.sort_note.setText(_("Order and filter are as before the last changes."))
        self.sort_button.setText(_("Apply again"))
        self.bulk_button.setToolTip(_("Accept the proposals of exactly the phrases shown"))
        self._refresh()
