"""The list of mentions: its keys say whether a mention occurred, and take it away."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import CodingResult
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import clipboard, icons, style, words
from m2m_desktop.ui.candidate_model import probability_text
from m2m_desktop.ui.mention_model import selected_candidates
from m2m_desktop.ui.narrative.mention_model import Column, NarrativeMentionModel, one_line
from m2m_desktop.ui.narrative.records import ShownMention, Status
from m2m_desktop.ui.narrative.status_look import status_word
from m2m_desktop.ui.score_delegate import ScoreDelegate
from m2m_desktop.ui.widgets import ICON_ROOM, Table, button, card, label

STATUS_KEYS = {
    Status.PRESENT: "P",
    Status.NEGATED: "N",
    Status.HISTORICAL: "H",
    Status.UNCERTAIN: "U",
}
STATUS_ACTIONS = {
    Status.PRESENT: N_("It occurred: present"),
    Status.NEGATED: N_("It did not occur: negated"),
    Status.HISTORICAL: N_("It was there before: earlier"),
    Status.UNCERTAIN: N_("Whether it occurred is uncertain"),
}
COPIED_COLUMNS = (
    N_("Mentioned as"), N_("Status"), N_("PT"), N_("PT code"), N_("Probability"), N_("Source"),
    N_("Terminology"),
)  # fmt: skip
NARROW, VERY_NARROW = 700, 560
"""Widths below which columns that can be done without give way."""


class MentionList(QWidget):
    """Shows the mentions; says which one is looked at and what is to be done with it."""

    chosen = Signal(object)
    """The `ShownMention` of the current row, or None."""
    status_wanted = Signal(object)
    """The `Status` that the mention of the current row is to have."""
    remove_wanted = Signal()
    undo_wanted = Signal()
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.model, self.table, self._is_showing = NarrativeMentionModel(), Table(), False
        self.table.setModel(self.model)
        self.table.setItemDelegate(ScoreDelegate(self.table))
        self.table.setMinimumHeight(64)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._heading = label(factor=style.LEAD, bold=True)
        self.copy_button = button("quiet")
        self._keys = label("muted", style.CAPTION)
        self._keys.setWordWrap(True)
        self._lay_out()
        self._add_actions()
        self.copy_button.clicked.connect(self.copy_all)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.S, style.L, style.S)
        inside.setSpacing(style.XS)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        inside.addLayout(head)
        inside.addWidget(self.table, 1)
        inside.addWidget(self._keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def _add_actions(self) -> None:
        self.status_actions = {
            status: self._action(keys, partial(self.status_wanted.emit, status))
            for status, keys in STATUS_KEYS.items()
        }
        self._separate()
        self.remove = self._action("Del", self.remove_wanted.emit)
        self.undo = self._action("Ctrl+Z", self.undo_wanted.emit)
        self._separate()
        self.copy_terms = self._action("Ctrl+C", lambda: self._copy("name"))
        self.copy_codes = self._action("Ctrl+Shift+C", lambda: self._copy("code"))
        self.copy_table = self._action("", self.copy_all)

    def _action(self, keys: str, slot: Callable[[], None]) -> QAction:
        made = QAction(self)
        made.setShortcut(keys)
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda _on=False: slot())
        self.table.addAction(made)
        return made

    def _separate(self) -> None:
        line = QAction(self)
        line.setSeparator(True)
        self.table.addAction(line)

    # -- showing ---------------------------------------------------------------------------------

    def show_mentions(
        self,
        mentions: Sequence[ShownMention],
        results: Mapping[str, CodingResult],
        row: int,
    ) -> None:
        """Show these and stand on a row, or on none (-1); nothing is said of it."""
        self._is_showing = True
        self.model.set_mentions(mentions, results)
        if row < 0:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
        elif row != self.table.current_row():
            self.table.setCurrentIndex(self.model.index(row, 0))
        if row >= 0:
            self.table.scrollTo(self.model.index(row, 0))
        self._is_showing = False
        self._refresh()

    def show_result(self, result: CodingResult) -> None:
        """An answer has come."""
        self.model.set_result(result.mention.text)
        self._refresh()

    def set_can_undo(self, can_undo: bool) -> None:
        """Offer to take back what a person said last."""
        self.undo.setEnabled(can_undo)

    def current(self) -> ShownMention | None:
        """The mention of the current row."""
        return self.model.mention(self.table.current_row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave columns out where there is no room for all; the row in hand stays in view."""
        super().resizeEvent(event)
        self._hide_columns()
        if self.table.current_row() >= 0:
            QTimer.singleShot(0, self.table, self._show_current_row)

    def _show_current_row(self) -> None:
        self.table.scrollTo(self.table.currentIndex())

    def _hide_columns(self) -> None:
        is_plain = len(self.model.kinds()) < 2
        self.table.setColumnHidden(Column.KIND, is_plain or self.width() < NARROW)
        self.table.setColumnHidden(Column.BEST, self.width() < VERY_NARROW)

    def _row_changed(self, current: QModelIndex) -> None:
        if not self._is_showing:
            self._refresh()
            self.chosen.emit(self.model.mention(current.row()) if current.isValid() else None)

    def _refresh(self) -> None:
        one = self.current()
        for status, action in self.status_actions.items():
            action.setEnabled(one is not None and one.status is not status)
        self.remove.setEnabled(one is not None)
        has_answer = self.model.result(self.table.current_row()) is not None
        for action in (self.copy_terms, self.copy_codes):
            action.setEnabled(has_answer)
        for part in (self.copy_button, self.copy_table):
            part.setEnabled(bool(self.model.mentions))
        self._hide_columns()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._heading.setText(_("Reactions mentioned"))
        self.table.setAccessibleName(_("Mentions of the narrative in their order"))
        self.copy_button.setText(" " + _("Copy table"))
        self.copy_button.setToolTip(_("Copy all mentions with their PTs, for Excel or WPS"))
        self.copy_button.setIcon(icons.icon("copy", style.colours().accent))
        for status, action in self.status_actions.items():
            action.setText(_(STATUS_ACTIONS[status]))
        self.remove.setText(_("Remove: it is no reaction"))
        self.undo.setText(_("Undo"))
        self.copy_terms.setText(_("Copy term"))
        self.copy_codes.setText(_("Copy code"))
        self.copy_table.setText(_("Copy table"))
        keys = [f"{keys} {status_word(status)}" for status, keys in STATUS_KEYS.items()]
        self._keys.setText(" · ".join([*keys, _("Del removes"), _("F3 next")]))
        self.model.retranslate()
        self.table.lay_out(
            {
                Column.STATUS: (f"{ICON_ROOM}{status_word(status)}" for status in Status),
                Column.KIND: (_("reaction"), _("by hand")),
                Column.PROBABILITY: ("9" * 13,),
            }
        )
        self._refresh()

    # -- copying ---------------------------------------------------------------------------------

    def _copy(self, field: str) -> None:
        result = self.model.result(self.table.current_row())
        texts = (
            [str(getattr(one.pt, field)) for one in selected_candidates(result)] if result else []
        )
        clipboard.copy_text("\n".join(texts))
        if texts:
            self.copied.emit(_("Copied: {text}").format(text=_("; ").join(texts)))

    def copy_all(self) -> None:
        """Copy one row for each mention and selected PT, in the order of the narrative."""
        rows = [tuple(_(name) for name in COPIED_COLUMNS)]
        for number, one in enumerate(self.model.mentions):
            rows.extend(copied_rows(one, self.model.result(number)))
        clipboard.copy_table(rows)
        count = len(rows) - 1
        text = ngettext("Copied: {count} row", "Copied: {count} rows", count)
        self.copied.emit(text.format(count=count))


def copied_rows(one: ShownMention, result: CodingResult | None) -> list[tuple[str, ...]]:
    """The rows of a mention as they are copied; one without PTs where nothing was selected."""
    start = (one_line(one.text), status_word(one.status))
    if result is None:
        return [(*start, "", "", "", "", "")]
    end = (
        words.source_word(result.source),
        f"{result.run.terminology_name} {result.run.terminology_version}".strip(),
    )
    rows: list[tuple[str, ...]] = [
        (*start, candidate.pt.name, candidate.pt.code, probability_text(candidate), *end)
        for candidate in selected_candidates(result)
    ]
    return rows or [(*start, "", "", "", *end)]
