"""How must it match, and among which terms: choices and chips below the line to search in."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.dictionary.names import ANY, MATCHES, match_word
from m2m_desktop.ui.dictionary.query import Query
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.elided_choice import ElidedChoice
from m2m_desktop.ui.review.chips import FlowLayout
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import button


class FilterBar(QWidget):
    """Says when something was chosen; `query` adds the choices to a text."""

    changed = Signal()
    old_toggled = Signal(bool)
    """Whether LLTs that are not current are shown, in the hits and in the tree."""

    def __init__(self) -> None:
        super().__init__()
        self._socs: tuple[TermRow, ...] = ()
        self._names = NamesShown.FIRST
        self.match, self.soc = _combo(), _combo()
        for value in MATCHES:
            self.match.addItem("", value)
        self.soc.addItem("", "")
        self.levels = {level: _chip() for level in TermLevel}
        self.primary_only, self.shows_old = _chip(), _chip()
        row = QHBoxLayout()
        row.setSpacing(style.S)
        row.addWidget(self.match, 2)
        row.addWidget(self.soc, 3)
        flow = FlowLayout(gap=style.XS)
        for chip in self.chips():
            flow.addWidget(chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(row)
        column.addLayout(flow)
        self.match.currentIndexChanged.connect(self.changed)
        self.soc.currentIndexChanged.connect(self.changed)
        for chip in self.chips():
            chip.toggled.connect(self._toggled)
        self.shows_old.toggled.connect(self.old_toggled)
        self.retranslate()

    def chips(self) -> list[QPushButton]:
        """The chips from left to right."""
        return [*self.levels.values(), self.primary_only, self.shows_old]

    def query(self, text: str) -> Query:
        """The search for a text with what is chosen here."""
        return Query(
            text=text,
            match=str(self.match.currentData()),
            levels=tuple(level for level, chip in self.levels.items() if chip.isChecked()),
            soc=str(self.soc.currentData() or ""),
            primary_only=self.primary_only.isChecked(),
            shows_old=self.shows_old.isChecked(),
        )

    def show_query(self, query: Query) -> None:
        """Show the choices of a search without saying so; the old LLTs of the tree follow."""
        self.blockSignals(True)
        self.match.setCurrentIndex(max(0, self.match.findData(query.match)))
        self.soc.setCurrentIndex(max(0, self.soc.findData(query.soc)))
        for level, chip in self.levels.items():
            chip.setChecked(level in query.levels)
        self.primary_only.setChecked(query.primary_only)
        is_new = self.shows_old.isChecked() != query.shows_old
        self.shows_old.setChecked(query.shows_old)
        self.blockSignals(False)
        self._paint()
        if is_new:
            self.old_toggled.emit(query.shows_old)

    def set_socs(self, socs: Sequence[TermRow]) -> None:
        """Offer these SOCs; the chosen one stays chosen where it is among them."""
        self._socs = tuple(socs)
        self._fill_socs()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the SOCs in this language."""
        self._names = shown
        self._fill_socs()

    def _fill_socs(self) -> None:
        chosen = self.soc.currentData()
        self.soc.blockSignals(True)
        self.soc.clear()
        self.soc.addItem(_("All SOCs"), "")
        for row in self._socs:
            self.soc.addItem(row.shown(self._names), row.code)
        self.soc.setCurrentIndex(max(0, self.soc.findData(chosen)))
        self.soc.blockSignals(False)

    def _toggled(self) -> None:
        self._paint()
        self.changed.emit()

    def retranslate(self) -> None:
        """Take over language and colours."""
        for number in range(self.match.count()):
            self.match.setItemText(number, match_word(str(self.match.itemData(number) or ANY)))
        self.match.setAccessibleName(_("How the text must match"))
        self.match.usual_tip = _("How the text must match")
        self.soc.setAccessibleName(_("Only terms of this SOC"))
        for level, chip in self.levels.items():
            chip.setText(level.name)
            chip.setAccessibleName(_("Only {level}").format(level=level.name))
            chip.setToolTip(_("Show only the levels that are ticked"))
        self.primary_only.setText(_("Primary only"))
        self.primary_only.setAccessibleName(_("Primary paths only"))
        self.primary_only.setToolTip(_("A term counts for its primary SOC only"))
        self.shows_old.setText(_("Old LLTs, too"))
        self.shows_old.setAccessibleName(_("Also LLTs that are not current"))
        self.shows_old.setToolTip(_("Also show LLTs that are not current, marked *"))
        self._fill_socs()
        self._paint()

    def _paint(self) -> None:
        colours = style.colours()
        for chip in self.chips():
            shown = icons.icon("check", colours.accent) if chip.isChecked() else QIcon()
            chip.setIcon(shown)


def _chip() -> QPushButton:
    made = button("filter")
    made.setCheckable(True)
    return made


def _combo() -> ElidedChoice:
    made = ElidedChoice()
    made.setSizeAdjustPolicy(ElidedChoice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    made.setMaxVisibleItems(28)
    return made
