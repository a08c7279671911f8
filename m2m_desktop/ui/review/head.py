"""What stands above the candidates: the phrase in hand, its set of terms, the buttons that decide.

Also what speaks against the terms, and for what a decision holds where that is not the phrase.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from m2m_desktop.core.acceptance import reviewer_words
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import PhraseRow, ReviewStatus, ReviewWarning, current_terms
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.review.chips import FlowLayout, TermChips
from m2m_desktop.ui.review.keys import Command, key_of
from m2m_desktop.ui.review.strip import HintLine, Strip
from m2m_desktop.ui.widgets import button, label

BUTTONS = (Command.ACCEPT, Command.NO_TERM, Command.FLAG, Command.REOPEN)


class ReviewHead(QFrame):
    """Shows one phrase; says what was pressed."""

    command_wanted = Signal(Command)
    whole_wanted = Signal()
    """Decisions are to hold for the whole phrase again."""
    comment_written = Signal(int, str)
    """Phrase and comment, when the field is left or Enter pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._row: PhraseRow | None = None
        self.phrase = label(factor=style.TITLE, bold=True)
        self.phrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.phrase.setWordWrap(True)
        self._status_icon, self.status = QLabel(), label(bold=True)
        self.facts = label("muted", style.CAPTION)
        self.facts.setWordWrap(True)
        self.warnings, self.scope = Strip("warning"), Strip("info")
        self.chips, self._no_chips = TermChips(), label("muted")
        self._no_chips.setWordWrap(True)
        self.buttons = {command: button() for command in BUTTONS}
        self.buttons[Command.ACCEPT].setProperty("role", "primary")
        self.remember_box = QCheckBox()
        self.remember_box.setChecked(True)
        self.comment = QLineEdit()
        self.note = HintLine()
        self._lay_out()
        for command, pressed in self.buttons.items():
            pressed.clicked.connect(lambda _on=False, c=command: self.command_wanted.emit(c))
            pressed.setFocusPolicy(
                Qt.FocusPolicy.TabFocus
            )  # a click leaves the keys where they are
        self.scope.action_wanted.connect(self.whole_wanted)
        self.comment.editingFinished.connect(self.keep_comment)
        self.retranslate()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(style.L, style.M, style.L, style.S)
        column.setSpacing(style.XS)
        first = QHBoxLayout()
        first.setSpacing(style.S)
        first.addWidget(self.phrase, 1)
        first.addWidget(self._status_icon, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.status, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(first)
        column.addWidget(self.facts)
        column.addWidget(self.warnings)
        column.addWidget(self.scope)
        column.addSpacing(style.XS)
        terms = QHBoxLayout()
        terms.setSpacing(style.S)
        terms.addWidget(self.chips, 3)
        terms.addWidget(self._no_chips, 3)
        terms.addWidget(self.comment, 2)
        terms.addWidget(self.remember_box)
        column.addLayout(terms)
        column.addSpacing(style.XS)
        self._row_of_buttons = FlowLayout(gap=style.S)
        for pressed in self.buttons.values():
            self._row_of_buttons.addWidget(pressed)
        column.addLayout(self._row_of_buttons)
        column.addWidget(self.note)

    # -- showing ---------------------------------------------------------------------------------

    def show_row(
        self, row: PhraseRow | None, warnings: Sequence[ReviewWarning], *, can_change: bool
    ) -> None:
        """Show a phrase as it stands now."""
        is_new = row is None or self._row is None or row.phrase_id != self._row.phrase_id
        self._row = row
        self.setEnabled(row is not None)
        if row is None:
            for part in (self.phrase, self.status, self.facts):
                part.setText("")
            self._status_icon.clear()
            self.chips.show_terms((), can_change=False)
            self._no_chips.setText("")
            self.warnings.say("")
            return
        self.phrase.setText(row.text or _("(text not stored)"))
        self._show_status(row)
        self.facts.setText(_facts(row))
        self.warnings.say("\n".join(warning.text.text(_) for warning in warnings))
        terms = current_terms(row)
        may_decide = can_change and not row.state.is_locked
        self.chips.show_terms(terms, can_change=may_decide)
        self.chips.setVisible(bool(terms))
        self._no_chips.setVisible(not terms)
        self._no_chips.setText(_nothing_chosen(row))
        self.buttons[Command.ACCEPT].setEnabled(may_decide and bool(terms))
        self.buttons[Command.NO_TERM].setEnabled(may_decide)
        self.buttons[Command.FLAG].setEnabled(can_change)
        self.buttons[Command.REOPEN].setEnabled(can_change and row.state.is_locked)
        self.comment.setReadOnly(not can_change)
        if is_new or not self.comment.hasFocus():
            self.comment.setText(row.state.comment)
        if is_new:
            self.say_hint()
        self._say_buttons()

    def _show_status(self, row: PhraseRow) -> None:
        colours = style.colours()
        state = row.state
        shape = words.DRAFT_SHAPE if state.is_draft else words.STATUS_SHAPES[state.status]
        colour = words.status_colour(state.status, colours)
        self._status_icon.setPixmap(icons.icon(shape, colour, colours.surface).pixmap(16, 16))
        word = words.draft_word() if state.is_draft else words.status_word(state.status)
        parts = [word, _(words.FLAGGED) if state.is_flagged else ""]
        self.status.setText(" · ".join(filter(None, parts)))
        self.status.setStyleSheet(f"color: {colour}")

    def say_scope(self, text: str, action: str = "") -> None:
        """Say for what a decision holds, where that is not the phrase in hand; empty: it is."""
        self.scope.say(text, action)

    def refuse(self, text: str) -> None:
        """Say in place why nothing was done."""
        self.note.refuse(text)

    def say_hint(self) -> None:
        """Say again which keys help."""
        self.note.hint(
            _("1–9 chooses · Space adds or takes out · Enter accepts · Ctrl+F1 all keys")
        )

    def refusal(self) -> str:
        """Why nothing was done last, or empty."""
        return self.note.refusal()

    def keep_comment(self) -> None:
        """Keep what is being written, before another phrase is shown."""
        row, text = self._row, self.comment.text().strip()
        if row is not None and not self.comment.isReadOnly() and text != row.state.comment:
            self.comment_written.emit(row.phrase_id, text)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self._say_buttons()
        self.remember_box.setText(_("Remember"))
        self.remember_box.setToolTip(
            _("Keep this decision in the hospital's own list, for other files")
        )
        self.comment.setPlaceholderText(_("Comment"))
        self.comment.setAccessibleName(_("Comment"))
        self.chips.retranslate()
        self.warnings.refresh()
        self.scope.refresh()
        if self._row is not None:
            self._show_status(self._row)
            self.facts.setText(_facts(self._row))
            self._no_chips.setText(_nothing_chosen(self._row))
        if self.note.refusal():
            self.note.refresh()
        else:
            self.say_hint()

    def _say_buttons(self) -> None:
        is_flagged = self._row is not None and self._row.state.is_flagged
        texts = {
            Command.ACCEPT: _("Accept"),
            Command.NO_TERM: _("No suitable term"),
            Command.FLAG: _("Remove flag") if is_flagged else _("Flag"),
            Command.REOPEN: _("Reopen"),
        }
        for command, text in texts.items():
            key = key_of(command).text.partition(" / ")[0]
            self.buttons[command].setText(f"{text}  ({key})")
            self.buttons[command].setToolTip(_(key_of(command).meaning))


def _facts(row: PhraseRow) -> str:
    """Where it stands, what coding said, who decided: one line."""
    state = row.state
    parts = [_("rows: {count}").format(count=f"{row.item_count:,}")]
    if row.report_count:
        parts.append(_("reports: {count}").format(count=f"{row.report_count:,}"))
    if row.kind is not PieceKind.REACTION:
        parts.append(_("set aside as: {kind}").format(kind=words.kind_word(row.kind)))
    elif row.band is None:
        parts.append(_("not coded yet"))
    else:
        parts.append(_("coding: {result}").format(result=words.band_word(row.band)))
        if row.source is not Source.NONE:
            parts.append(_("source: {source}").format(source=words.source_word(row.source)))
    if row.exception_count:
        parts.append(_("decided on their own: {count}").format(count=row.exception_count))
    if state.is_locked and state.reviewer:
        parts.append(_("by {reviewer}").format(reviewer=reviewer_words(state.reviewer).text(_)))
    return " · ".join(parts)


def _nothing_chosen(row: PhraseRow) -> str:
    if row.state.status is ReviewStatus.NO_TERM:
        return _("No term is suitable.")
    if row.band is None and not row.state.is_draft:
        return _("No answer yet. You can search for a term meanwhile.")
    return _("No term is chosen. Choose a candidate, search for a term, or press N.")
