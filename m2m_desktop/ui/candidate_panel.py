"""The middle: the chosen phrase, its band, and its ranked candidates.

The first answer for a phrase may be provisional; the final one takes its place. The rule that keeps
this calm: **rows move only where no hand is.** A hand is on the answer if, since the phrase was
opened, a key or a mouse button was pressed or the wheel turned over the table (or another view given
to `hand`, such as the tree); if the pointer rests over one of them; if one has the keyboard; or if
another row than the first was chosen.

No hand: the rows take their new order, and the first of them is chosen, as for a phrase just opened.
A hand: every row stays where it is on the screen, chosen or not; numbers, ticks and the words above
change in place, and the note above the table offers the new order. It is taken over by the note's
button, by Enter in the table (both keep the chosen PT chosen and its row at the same height), when
the phrase is opened again, and when a pointer that did nothing but rest there has left.

Under a hand nothing above the table changes its height either: words that no longer fit are cut
with dots.
"""

from collections.abc import Set

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from m2m_desktop.core.records import (
    Candidate,
    CodingResult,
    Mention,
    PreferredTerm,
    Source,
    TermLevel,
)
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import clipboard, style, words
from m2m_desktop.ui.answer_head import AnswerHead
from m2m_desktop.ui.candidate_model import HEADERS, CandidateColumn, CandidateModel
from m2m_desktop.ui.fade import Fade
from m2m_desktop.ui.hand_watch import HandWatch
from m2m_desktop.ui.mention_model import selection_change
from m2m_desktop.ui.model.run_words import how_found, how_found_in_full
from m2m_desktop.ui.score_delegate import ScoreDelegate
from m2m_desktop.ui.widgets import ICON_ROOM, Table, card, label, shortcut

NARROW, VERY_NARROW = 640, 450

DECIDED_WITHOUT = frozenset({Source.EXACT, Source.MEMORY})
"""In a list these spare the model: names and the memory decide, whatever it would say."""


LEAST_HEIGHT = 54
"""Of the table, in a low window: its header and a row. The words above it never give way."""


class CandidatePanel(QWidget):
    """Shows one answer; says which PT is looked at and what was copied.

    ``is_editable``: PTs can be ticked; what stands above the table is somebody else's then.
    """

    pt_chosen = Signal(object)
    """The `Candidate` of the current row, or None."""
    copied = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""
    toggle_wanted = Signal(object)
    """The `Candidate` whose box was clicked."""
    accept_wanted = Signal(object)
    """The `Candidate` that was double-clicked."""

    def __init__(self, *, is_editable: bool = False) -> None:
        super().__init__()
        self._is_editable = is_editable
        self._mention: Mention | None = None
        self._result: CodingResult | None = None
        self._first: CodingResult | None = None  # shown when the phrase was opened
        self._told: PreferredTerm | None = None
        self._is_coming = False
        self.model = CandidateModel(is_editable=is_editable)
        self.table = Table()
        self.table.setModel(self.model)
        self._delegate = ScoreDelegate(self.table)
        self.table.setItemDelegate(self._delegate)
        self.hand = HandWatch(self)
        self.hand.watch(self.table)
        self._fade = Fade(self, self._show_fade)
        self.head = AnswerHead()
        self._caption = label("muted", style.CAPTION)
        self._caption.setWordWrap(True)
        self._nothing = label("muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.copy_term, self.copy_code, self.copy_list, self.show_in_dictionary = (
            QAction(self) for _action in range(4)
        )
        self._add_actions()
        self._order_keys = [shortcut(self.table, keys) for keys in ("Return", "Enter")]
        for key in self._order_keys:
            key.activated.connect(self.apply_order)
        self.head.note.action_wanted.connect(self.apply_order)
        self.hand.left.connect(self._order_if_untouched)
        if is_editable:
            self.head.hide()
            self.table.clicked.connect(self._clicked)
            self.table.doubleClicked.connect(self._double_clicked)
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.S)
        inside.setSpacing(style.XS)
        inside.addWidget(self.head)
        inside.addSpacing(0 if self._is_editable else style.S)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._nothing)
        inside.addLayout(self._pages, 1)
        inside.addSpacing(style.XS)
        inside.addWidget(self._caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def _add_actions(self) -> None:
        for action, keys, slot in (
            (self.copy_term, "Ctrl+C", self._copy_term),
            (self.copy_code, "Ctrl+Shift+C", self._copy_code),
            (self.copy_list, "", self._copy_list),
            (self.show_in_dictionary, "Ctrl+D", self._show_in_dictionary),
        ):
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.table.addAction(action)
        self.table.setMinimumHeight(LEAST_HEIGHT)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_result(self, mention: Mention | None, result: CodingResult | None) -> None:
        """Show the answer for a phrase; without an answer, that it is on its way.

        Another answer for the phrase that is shown takes over as the module says.
        """
        shown = self._result
        if shown is None or result is None or result.mention.text != shown.mention.text:
            self._open(mention, result)
        elif result != shown:
            self._renew(shown, result)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where boxes are ticked in a narrow panel, the names need the room more than the source."""
        super().resizeEvent(event)
        if self._is_editable:
            self.table.setColumnHidden(CandidateColumn.SOURCE, self.width() < NARROW)
            self.table.setColumnHidden(CandidateColumn.LLT, self.width() < VERY_NARROW)

    def show_nothing(self, text: str) -> None:
        """Say this in place of candidates, as long as there is no answer."""
        if self._result is None:
            self._nothing.setText(text)

    def show_selected(self, codes: Set[str]) -> None:
        """Tick these PTs: the set a person puts together, which may differ from the answer's."""
        self.model.set_selected(codes)

    def current(self) -> Candidate | None:
        """The candidate of the current row."""
        return self.model.candidate(self.table.current_row())

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == CandidateColumn.SELECTED:
            self.toggle_wanted.emit(self.model.candidate(index.row()))

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != CandidateColumn.SELECTED:
            self.accept_wanted.emit(self.model.candidate(index.row()))

    def show_coming(self, is_coming: bool) -> None:
        """Say whether the final answer is being computed, as long as it is not there."""
        self._is_coming = is_coming
        self._say_note()

    def _open(self, mention: Mention | None, result: CodingResult | None) -> None:
        self._mention, self._result, self._first = mention, result, result
        self.hand.forget()
        self._fade.end()
        self.head.open(result)
        self.model.set_result(result)
        self._refresh()
        if result is not None and result.candidates:
            self._choose_first()
        else:
            self._tell(None)

    def _renew(self, before: CodingResult, result: CodingResult) -> None:
        if not (before.candidates and result.candidates):
            self._open(self._mention, result)
            return
        is_held = self._is_held()
        self._result = result
        if is_held or self.model.has_rows_of(result):
            self.model.renew(result, self._changed_codes())
        else:
            self.model.set_result(result, self._changed_codes())
            self._choose_first()
        if is_held:
            self.head.hold()
        self._refresh()
        if set(before.selected) != set(result.selected):
            self._fade.run()

    def _is_held(self) -> bool:
        is_elsewhere = self.table.current_row() > 0 or self.table.verticalScrollBar().value() > 0
        return is_elsewhere or self.hand.is_on()

    def _changes(self) -> tuple[list[Candidate], list[Candidate]]:
        if self._first is None or self._result is None:
            return [], []
        return selection_change(self._first, self._result)

    def _changed_codes(self) -> frozenset[str]:
        gained, lost = self._changes()
        return frozenset(candidate.pt.code for candidate in (*gained, *lost))

    def _choose_first(self) -> None:
        self.table.setCurrentIndex(self.model.index(0, CandidateColumn.PT))
        self.table.scrollToTop()

    def apply_order(self) -> None:
        """Put the rows into the order of the newest answer; the chosen PT keeps row and height."""
        if self._result is None or not self.model.is_out_of_order:
            return
        chosen = self.model.candidate(self.table.current_row())
        before = self.table.visualRect(self.table.currentIndex()).top()
        self.model.set_result(self._result, self._changed_codes())
        row = self.model.row_of(chosen.pt.code) if chosen else -1
        self.table.setCurrentIndex(self.model.index(max(row, 0), CandidateColumn.PT))
        after = self.table.visualRect(self.table.currentIndex()).top()
        bar = self.table.verticalScrollBar()
        bar.setValue(bar.value() + after - before)
        self._refresh()

    def _order_if_untouched(self) -> None:
        if self._result is not None and self.model.is_out_of_order and not self._is_held():
            self.model.set_result(self._result, self._changed_codes())
            self._choose_first()
            self._refresh()

    def _show_fade(self, strength: float) -> None:
        self._delegate.fade = strength
        self.table.viewport().update()

    def show_waiting(self, text: str) -> None:
        """Say what is being waited for, as long as there is no answer."""
        if self._result is None and self._mention is not None:
            self._nothing.setText(text)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.table.setAccessibleName(_("Ranked PTs for the phrase"))
        self.copy_term.setText(_("Copy term"))
        self.copy_code.setText(_("Copy code"))
        self.copy_list.setText(_("Copy the whole list"))
        self.show_in_dictionary.setText(_("Show in the dictionary"))
        self.model.retranslate()
        self.table.lay_out(
            {
                CandidateColumn.RANK: ("100",),
                CandidateColumn.SELECTED: (
                    ICON_ROOM if self._is_editable else f"{ICON_ROOM}{_(words.SELECTED)}",
                ),
                CandidateColumn.CODE: ("90000000",),
                CandidateColumn.PROBABILITY: ("9" * 15,),
                CandidateColumn.SOURCE: map(words.source_word, words.EVIDENCE_SOURCES),
            }
        )
        self._refresh()

    def _refresh(self) -> None:
        result = self._result
        self.head.show_result(self._mention, result)
        self._caption.setText("")
        self._caption.setToolTip("")
        self._say_note()
        for key in self._order_keys:
            key.setEnabled(self.model.is_out_of_order)
        if result is None:
            self._nothing.setText(_("Coding…") if self._mention else "")
            self._pages.setCurrentWidget(self._nothing)
            return
        if not result.candidates:
            self._nothing.setText(_("No PT resembles this phrase. Try another wording."))
            self._pages.setCurrentWidget(self._nothing)
            return
        self._pages.setCurrentWidget(self.table)
        # a provisional answer without probabilities keeps the room for those that follow
        is_bare = result.is_final and not self.model.has_probabilities
        self.table.setColumnHidden(CandidateColumn.PROBABILITY, is_bare)
        is_decided = result.source in DECIDED_WITHOUT
        texts = (self._caption_text(result), "" if is_decided else how_found(result.run))
        self._caption.setText("  ".join(filter(None, texts)))
        self._caption.setToolTip(how_found_in_full(result.run))
        self._caption.setAccessibleDescription(how_found_in_full(result.run))

    def _caption_text(self, result: CodingResult) -> str:
        if not self.model.has_probabilities and not result.is_final:
            return _("Ranked by wording so far; the probabilities follow.")
        if not self.model.has_probabilities and result.source in DECIDED_WITHOUT:
            return _("Decided without the model: there are no probabilities.")
        if not self.model.has_probabilities:
            return _("Ranked by wording. Without a model there is no probability.")
        if result.source is Source.EXACT:
            text = _("Decided by the exact name; the probabilities are for comparison only.")
        elif self.model.is_out_of_order:
            text = _("Threshold {threshold}. PTs below it are not selected.").format(
                threshold=f"{result.run.threshold:.2f}"
            )
        else:
            text = _("Dashed line: threshold {threshold}. PTs below it are not selected.").format(
                threshold=f"{result.run.threshold:.2f}"
            )
        if self.model.has_estimates:
            text += "  " + _("≈ is an estimate of the small model.")
        return text

    def _say_note(self) -> None:
        if self._result is not None and not self._result.is_final:
            self.head.say_provisional(is_coming=self._is_coming)
        else:
            self.head.say_changes(*self._changes(), is_out_of_order=self.model.is_out_of_order)

    def _row_changed(self, current: QModelIndex) -> None:
        self._tell(self.model.candidate(current.row()) if current.isValid() else None)

    def _tell(self, candidate: Candidate | None) -> None:
        """Say which PT is looked at, unless it is the same one in another row: the tree stays."""
        pt = candidate.pt if candidate else None
        if pt is None or pt != self._told:
            self._told = pt
            self.pt_chosen.emit(candidate)

    # -- copying ---------------------------------------------------------------------------------

    def _copy_term(self) -> None:
        candidate = self.model.candidate(self.table.current_row())
        if candidate is not None:
            self._copy(candidate.pt.name)

    def _show_in_dictionary(self) -> None:
        candidate = self.model.candidate(self.table.current_row())
        if candidate is not None:
            self.term_wanted.emit(TermLevel.PT, candidate.pt.code)

    def _copy_code(self) -> None:
        candidate = self.model.candidate(self.table.current_row())
        if candidate is not None:
            self._copy(candidate.pt.code)

    def _copy(self, text: str) -> None:
        clipboard.copy_text(text)
        self.copied.emit(_("Copied: {text}").format(text=text))

    def _copy_list(self) -> None:
        columns = [column for column in CandidateColumn if not self.table.isColumnHidden(column)]
        rows = [[_(HEADERS[column]) for column in columns]]
        for row in range(self.model.rowCount()):
            rows.append([str(self.model.index(row, column).data()) for column in columns])
        clipboard.copy_table(rows)
        count = len(rows) - 1
        text = ngettext("Copied: {count} row", "Copied: {count} rows", count)
        self.copied.emit(text.format(count=count))
