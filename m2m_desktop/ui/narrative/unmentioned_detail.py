"""The finding in hand: its sentence with the mention marked, the PTs to choose from, what to do."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.elided_choice import ElidedChoice
from m2m_desktop.ui.narrative.records import Offsets, Status
from m2m_desktop.ui.narrative.status_look import status_word, text_format
from m2m_desktop.ui.narrative.unmentioned_model import names_of, probability_of
from m2m_desktop.ui.narrative.unmentioned_records import Done, Finding, Terms
from m2m_desktop.ui.widgets import button, label

LINES = 3
"""Of the sentence that are seen at once."""


class FindingDetail(QWidget):
    """Shows one finding; what is chosen is asked for with `terms`."""

    add_wanted = Signal()
    left_out = Signal()
    taken_out = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sentence, self.note = QTextEdit(readOnly=True), label("muted")
        self.sentence.setTabChangesFocus(True)
        self.sentence.setFixedHeight(
            self.sentence.fontMetrics().lineSpacing() * LINES + 2 * style.M
        )
        self.note.setWordWrap(True)
        self.choice = ElidedChoice()
        self._choices: tuple[Terms, ...] = ()
        self.add_button, self.leave_button, self.out_button = button("primary"), button(), button()
        self.add_button.clicked.connect(self.add_wanted)
        self.leave_button.clicked.connect(self.left_out)
        self.out_button.clicked.connect(self.taken_out)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.S)
        row.addWidget(self.choice, 1)
        for one in (self.add_button, self.leave_button, self.out_button):
            row.addWidget(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        for part in (self.sentence, self.note, self._row):
            column.addWidget(part)
        self.retranslate()

    def show_finding(self, found: Finding | None, done: Done, *, is_read_only: bool) -> None:
        """Show a finding and what was made of it, or nothing."""
        self.sentence.clear()
        is_proposal = found is not None and found.status is Status.PRESENT
        self._row.setVisible(found is None or is_proposal)
        can_add = is_proposal and not is_read_only
        self.add_button.setEnabled(can_add and done is not Done.ADDED)
        self.leave_button.setEnabled(is_proposal and done is Done.NOTHING)
        self.out_button.setVisible(done is Done.ADDED)
        self.leave_button.setVisible(done is not Done.ADDED)
        self.choice.setEnabled(can_add and done is not Done.ADDED)
        self.choice.clear()
        self._choices = ()
        self.note.setText("")
        if found is None:
            self.note.hide()
            return
        self._show_sentence(found)
        self._choices = found.proposal.choices
        self.choice.addItems([_choice_text(terms) for terms in self._choices])
        self.add_button.setEnabled(self.add_button.isEnabled() and bool(self.choice.count()))
        self.note.setText(self._note(found))
        self.note.setVisible(bool(self.note.text()))

    def terms(self) -> Terms:
        """The PTs that are chosen."""
        place = self.choice.currentIndex()
        return self._choices[place] if 0 <= place < len(self._choices) else ()

    def _show_sentence(self, found: Finding) -> None:
        self.sentence.setCurrentCharFormat(QTextCharFormat())  # not the look of the last mention
        self.sentence.setPlainText(found.sentence)
        places = Offsets(found.sentence)
        cursor = self.sentence.textCursor()
        cursor.setPosition(places.units(found.start))
        cursor.setPosition(places.units(found.end), QTextCursor.MoveMode.KeepAnchor)
        look = text_format(found.status, style.colours())
        look.setFontWeight(700)
        cursor.setCharFormat(look)
        cursor.clearSelection()
        self.sentence.setTextCursor(cursor)
        self.sentence.ensureCursorVisible()

    def _note(self, found: Finding) -> str:
        if found.status is not Status.PRESENT:
            reason = _(" (“{text}”)").format(text=found.reason) if found.reason else ""
            text = _("{status}{reason}: not a reaction of this report, and not proposed.")
            return text.format(status=status_word(found.status), reason=reason)
        if not found.proposal.choices:
            return _("No term was found for it. Add it by hand in the file, or look it up.")
        if not found.proposal.is_selected:
            return _("No candidate reached the threshold: these are the nearest ones.")
        return ""

    def retranslate(self) -> None:
        """Take over the language."""
        self.sentence.setAccessibleName(_("The sentence, with the mention marked"))
        self.choice.setAccessibleName(_("PT to add"))
        self.add_button.setText(_("Add to the report (1)"))
        self.leave_button.setText(_("Leave out (2)"))
        self.out_button.setText(_("Take out again (2)"))


def _choice_text(terms: Terms) -> str:
    probability = probability_of(terms)
    codes = " + ".join(term.pt_code for term in terms)
    return f"{names_of(terms)}  {codes}" + (f"  {probability}" if probability else "")
