"""What stands above the candidates: the phrase, the band, the selected PTs, and the note."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from m2m_desktop.core.records import Candidate, CodingResult, Mention
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.answer_note import AnswerNote
from m2m_desktop.ui.mention_model import PROVISIONAL_SHAPE, result_word, selected_candidates
from m2m_desktop.ui.widgets import label

ANY_HEIGHT = 16_777_215
"""Qt's own word for "no upper limit"."""


class AnswerHead(QWidget):
    """Grows with its words, except between `hold` and `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.phrase = label(factor=style.TITLE, bold=True)
        self.phrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.phrase.setWordWrap(True)
        self._band_icon, self._band = QLabel(), label(bold=True)
        self.selected = label(factor=style.BODY)
        self.selected.setWordWrap(True)
        self.note = AnswerNote()
        # in a low window the table gives way, not the words above it
        for part in (self, self.phrase):
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        line = QHBoxLayout()
        line.setSpacing(style.S)
        line.addWidget(self._band_icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._band, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.selected, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.XS)
        column.addWidget(self.phrase)
        column.addLayout(line)
        column.addWidget(self.note)

    def open(self, result: CodingResult | None) -> None:
        """Make ready for another phrase: a note has room only where the first answer is provisional."""
        self.selected.setMinimumHeight(0)
        self.selected.setMaximumHeight(ANY_HEIGHT)
        self.note.setVisible(result is not None and not result.is_final)

    def hold(self) -> None:
        """Stay as high as now; what does not fit is cut with dots."""
        self.selected.setFixedHeight(self.selected.height())

    def show_result(self, mention: Mention | None, result: CodingResult | None) -> None:
        """Say what was found; what is provisional is muted."""
        self.phrase.setText(mention.text if mention else "")
        self._band_icon.setVisible(result is not None)
        if result is None:
            self._band.setText("")
            self.selected.setText("")
            self.selected.setToolTip("")
            return
        colours = style.colours()
        colour = words.band_colour(result.band, colours) if result.is_final else colours.muted
        shape = icons.icon(icons.BAND_SHAPES[result.band], colour, colours.surface)
        self._band_icon.setPixmap(shape.pixmap(16, 16))
        self._band.setText(result_word(result))
        self._band.setStyleSheet(f"color: {colour}")
        text = _selected_text(result)
        self.selected.setToolTip(text)
        self.selected.setText(self._fitting(text))

    def say_provisional(self, *, is_coming: bool) -> None:
        """Note that the answer is not final."""
        text = (
            _("Preliminary answer: the large model is still computing…")
            if is_coming
            else _("Preliminary answer: the large model did not get to it.")
        )
        self.note.say(PROVISIONAL_SHAPE, text)

    def say_changes(
        self, gained: list[Candidate], lost: list[Candidate], *, is_out_of_order: bool
    ) -> None:
        """Note what the final answer changed, and offer its order where the rows have another."""
        signed = [
            f"{sign}{candidate.pt.name}"
            for sign, candidates in (("+", gained), ("\N{MINUS SIGN}", lost))
            for candidate in candidates
        ]
        texts = [
            _("Selection changed: {names}").format(names=_("; ").join(signed)) if signed else "",
            _("The order has changed.") if is_out_of_order else "",
        ]
        action = _("Apply new order (Enter)") if is_out_of_order else ""
        self.note.say("info", " · ".join(filter(None, texts)), action)

    def _fitting(self, text: str) -> str:
        height = self.selected.maximumHeight()
        if height == ANY_HEIGHT:
            return text
        metrics = self.selected.fontMetrics()
        lines = max(1, height // metrics.lineSpacing())
        # a line may end with a gap where the next sign is too wide for it
        room = lines * self.selected.width() - (lines - 1) * metrics.maxWidth()
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


def _selected_text(result: CodingResult) -> str:
    names = _("; ").join(candidate.pt.name for candidate in selected_candidates(result))
    if names and result.is_final:
        return _("Selected: {names}").format(names=names)
    if names:
        return _("Selected so far: {names}").format(names=names)
    if result.is_final:
        return _("No PT was selected: check the candidates below")
    return _("No PT is selected so far")
