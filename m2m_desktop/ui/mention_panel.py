"""The left side: the box for phrases, and the table of mentions with their answers."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Band, Candidate, CodingResult, Mention
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import clipboard, icons, style, words
from m2m_desktop.ui.candidate_model import probability_text
from m2m_desktop.ui.mention_model import (
    MentionColumn,
    MentionModel,
    result_word,
    selected_candidates,
)
from m2m_desktop.ui.phrase_box import PhraseBox
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import ICON_ROOM, Table, button, card, label, shortcut

COPIED_COLUMNS = (
    N_("Phrase"), N_("Result"), N_("PT"), N_("PT code"), N_("Probability"), N_("Primary SOC"),
    N_("Source"), N_("Terminology"),
)  # fmt: skip


MANY = 200
"""From so many phrases on, the summary is counted a few times a second, not with every answer."""


class MentionPanel(QWidget):
    """Says which phrases are to be coded and which of them is looked at."""

    coding_wanted = Signal()
    result_chosen = Signal(object)
    """The `CodingResult` of the current row, or None."""
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.box = PhraseBox()
        self.model = MentionModel()
        self.table = Table()
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self._heading = label(factor=style.LEAD, bold=True)
        self._hint = label("muted", style.CAPTION)
        self._summary = label("muted", style.CAPTION)
        for line in (self._hint, self._summary):
            line.setWordWrap(True)
        self.code_button, self.clear_button = button("primary"), button("quiet")
        self.copy_button = button("quiet")
        self._refresh_pause = QTimer(self, singleShot=True, interval=100)
        self._refresh_pause.timeout.connect(self._refresh)
        self._lay_out()
        self.box.coding_wanted.connect(self.coding_wanted)
        self.code_button.clicked.connect(self.coding_wanted)
        self.clear_button.clicked.connect(lambda: self.box.set_text(""))
        self.copy_button.clicked.connect(self.copy_all)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.model.dataChanged.connect(self._data_changed)
        for keys, copy in (("Ctrl+C", self.copy_terms), ("Ctrl+Shift+C", self.copy_codes)):
            shortcut(self.table, keys).activated.connect(copy)
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.S)
        inside.setSpacing(style.S)
        inside.addWidget(self._heading)
        inside.addWidget(self.box)
        inside.addWidget(self._hint)
        buttons = QHBoxLayout()
        buttons.setSpacing(style.S)
        buttons.addWidget(self.code_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        inside.addSpacing(style.XS)
        inside.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._summary, 1)
        foot.addWidget(self.copy_button)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def show_mentions(self, mentions: Sequence[Mention], results: dict[str, CodingResult]) -> None:
        """Show these phrases and the answers that are known already; stay on the phrase in hand."""
        row, before = self.table.current_row(), self.model.mentions
        self.model.set_mentions(mentions, results)
        texts = [mention.text for mention in mentions]
        if tuple(mentions) != before:
            chosen = self.box.phrase_at_cursor()
            row = texts.index(chosen) if chosen in texts else 0
        if texts:
            self.table.setCurrentIndex(self.model.index(row, 0))
        else:
            self.result_chosen.emit(None)
        self._refresh()

    def current_result(self) -> CodingResult | None:
        """The answer of the current row, once it is there."""
        return self.model.result(self.table.current_row())

    def current_mention(self) -> Mention | None:
        """The phrase of the current row."""
        return self.model.mention(self.table.current_row())

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._heading.setText(_("Phrases"))
        self._hint.setText(_("One phrase a line · Enter codes · paste from Excel works"))
        self.box.setPlaceholderText(_("Type or paste adverse reactions, for example: 全身发痒起疹"))
        self.box.setAccessibleName(_("Phrases to code, one a line"))
        self.code_button.setText(_("Code"))
        self.clear_button.setText(_("Clear"))
        self.copy_button.setText(" " + _("Copy table"))
        self.copy_button.setToolTip(_("Copy all phrases with their PTs, for Excel or WPS"))
        self.copy_button.setIcon(icons.icon("copy", style.colours().accent))
        self.table.setAccessibleName(_("Phrases and their results"))
        self.model.retranslate()
        self.table.lay_out(
            {
                MentionColumn.BAND: (f"{ICON_ROOM}≈ {words.band_word(band)}" for band in Band),
                MentionColumn.SOURCE: map(words.source_word, words.ANSWER_SOURCES),
            }
        )
        self._refresh()

    def _row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.result_chosen.emit(self.model.result(current.row()))

    def _data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.table.current_row() <= last.row():
            self.result_chosen.emit(self.current_result())
        if len(self.model.mentions) < MANY:
            self._refresh()
        elif not self._refresh_pause.isActive():
            self._refresh_pause.start()

    def _refresh(self) -> None:
        total, counts = len(self.model.mentions), self.model.band_counts()
        provisional = self.model.provisional_count()
        answered = sum(counts.values()) + provisional
        self.copy_button.setEnabled(answered > 0)
        self.code_button.setEnabled(total > 0)
        self.clear_button.setEnabled(bool(self.box.toPlainText()))
        parts = [f"{words.band_word(band)} {counts[band]}" for band in Band if counts[band]]
        if provisional:
            parts.append(_("preliminary {count}").format(count=provisional))
        if total > answered:
            parts.append(_("waiting {count}").format(count=total - answered))
        self._summary.setText(
            " · ".join([_("Phrases: {count}").format(count=total), *parts]) if total else ""
        )

    # -- copying ---------------------------------------------------------------------------------

    def copy_terms(self) -> None:
        """Copy the names of the selected PTs of the current phrase."""
        self._copy([candidate.pt.name for candidate in self._selected()])

    def copy_codes(self) -> None:
        """Copy the codes of the selected PTs of the current phrase."""
        self._copy([candidate.pt.code for candidate in self._selected()])

    def copy_all(self) -> None:
        """Copy one row for each phrase and selected PT."""
        rows = [tuple(_(name) for name in COPIED_COLUMNS)]
        for row in range(len(self.model.mentions)):
            result = self.model.result(row)
            if result is not None:
                rows.extend(table_rows(result))
        clipboard.copy_table(rows)
        count = len(rows) - 1
        text = ngettext("Copied: {count} row", "Copied: {count} rows", count)
        self.copied.emit(text.format(count=count))

    def _selected(self) -> list[Candidate]:
        result = self.current_result()
        return selected_candidates(result) if result else []

    def _copy(self, texts: list[str]) -> None:
        clipboard.copy_text("\n".join(texts))
        if texts:
            self.copied.emit(_("Copied: {text}").format(text=_("; ").join(texts)))


def table_rows(result: CodingResult) -> list[tuple[str, ...]]:
    """The rows of one answer as they are copied; one without PTs where nothing was selected.

    What is provisional or only estimated is marked with "≈", as it is on the screen.
    """
    start = (result.mention.text, result_word(result))
    end = (
        words.source_word(result.source),
        f"{result.run.terminology_name} {result.run.terminology_version}".strip(),
    )
    rows: list[tuple[str, ...]] = [
        (
            *start,
            candidate.pt.name,
            candidate.pt.code,
            probability_text(candidate),
            next((path.soc.name for path in candidate.pt.paths if path.is_primary), ""),
            *end,
        )
        for candidate in selected_candidates(result)
    ]
    return rows or [(*start, "", "", "", "", *end)]
