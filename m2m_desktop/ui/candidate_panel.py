"""The middle: the chosen phrase, its band, and its ranked candidates."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from m2m_desktop.core.records import CodingResult, Mention, Source
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, icons, style, words
from m2m_desktop.ui.candidate_model import HEADERS, CandidateColumn, CandidateModel
from m2m_desktop.ui.mention_model import selected_candidates
from m2m_desktop.ui.score_delegate import ScoreDelegate
from m2m_desktop.ui.widgets import ICON_ROOM, Table, card, label


class CandidatePanel(QWidget):
    """Shows one answer; says which PT is looked at and what was copied."""

    pt_chosen = Signal(object)
    """The `Candidate` of the current row, or None."""
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._mention: Mention | None = None
        self._result: CodingResult | None = None
        self.model = CandidateModel()
        self.table = Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(ScoreDelegate(self.table))
        self._phrase = label(factor=style.TITLE, bold=True)
        self._phrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._phrase.setWordWrap(True)
        self._band_icon, self._band = QLabel(), label(bold=True)
        self._selected = label(factor=style.BODY)
        self._selected.setWordWrap(True)
        self._caption = label("muted", style.CAPTION)
        self._caption.setWordWrap(True)
        self._nothing = label("muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.copy_term, self.copy_code, self.copy_list = QAction(self), QAction(self), QAction(self)
        self._add_actions()
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.S)
        inside.setSpacing(style.XS)
        inside.addWidget(self._phrase)
        line = QHBoxLayout()
        line.setSpacing(style.S)
        line.addWidget(self._band_icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._band, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._selected, 1)
        inside.addLayout(line)
        inside.addSpacing(style.S)
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
        ):
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.table.addAction(action)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_result(self, mention: Mention | None, result: CodingResult | None) -> None:
        """Show the answer for a phrase; without an answer, that it is on its way."""
        if result is not None and result == self._result:
            return
        self._mention, self._result = mention, result
        self.model.set_result(result)
        self.table.setColumnHidden(CandidateColumn.PROBABILITY, not self.model.has_probabilities)
        self._refresh()
        if result is not None and result.candidates:
            self.table.setCurrentIndex(self.model.index(0, CandidateColumn.PT))
            self.table.scrollToTop()
        else:
            self.pt_chosen.emit(None)

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
        self.model.retranslate()
        self.table.lay_out(
            {
                CandidateColumn.RANK: ("100",),
                CandidateColumn.SELECTED: (f"{ICON_ROOM}{_(words.SELECTED)}",),
                CandidateColumn.CODE: ("90000000",),
                CandidateColumn.PROBABILITY: ("9" * 15,),
                CandidateColumn.SOURCE: map(words.source_word, words.EVIDENCE_SOURCES),
            }
        )
        self._refresh()

    def _refresh(self) -> None:
        result = self._result
        self._phrase.setText(self._mention.text if self._mention else "")
        self._band_icon.setVisible(result is not None)
        self._caption.setText("")
        if result is None:
            self._band.setText("")
            self._selected.setText("")
            self._nothing.setText(_("Coding…") if self._mention else "")
            self._pages.setCurrentWidget(self._nothing)
            return
        colours = style.colours()
        colour = words.band_colour(result.band, colours)
        shape = icons.icon(icons.BAND_SHAPES[result.band], colour, colours.surface)
        self._band_icon.setPixmap(shape.pixmap(16, 16))
        self._band.setText(words.band_word(result.band))
        self._band.setStyleSheet(f"color: {colour}")
        names = [candidate.pt.name for candidate in selected_candidates(result)]
        self._selected.setText(
            _("Selected: {names}").format(names=_("; ").join(names))
            if names
            else _("No PT was selected: check the candidates below")
        )
        if not result.candidates:
            self._nothing.setText(_("No PT resembles this phrase. Try another wording."))
            self._pages.setCurrentWidget(self._nothing)
            return
        self._pages.setCurrentWidget(self.table)
        if self.model.has_probabilities and result.source is Source.EXACT:
            self._caption.setText(
                _("Decided by the exact name; the probabilities are for comparison only.")
            )
        elif self.model.has_probabilities:
            self._caption.setText(
                _("Dashed line: threshold {threshold}. PTs below it are not selected.").format(
                    threshold=f"{result.run.threshold:.2f}"
                )
            )
        else:
            self._caption.setText(_("Ranked by wording. Without a model there is no probability."))

    def _row_changed(self, current: QModelIndex) -> None:
        self.pt_chosen.emit(self.model.candidate(current.row()) if current.isValid() else None)

    # -- copying ---------------------------------------------------------------------------------

    def _copy_term(self) -> None:
        candidate = self.model.candidate(self.table.current_row())
        if candidate is not None:
            self._copy(candidate.pt.name)

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
        self.copied.emit(_("Copied: {count} rows").format(count=len(rows) - 1))
