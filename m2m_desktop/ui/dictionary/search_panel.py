"""The left side: the line to search in, its filters, and what was found.

The keyboard stays in the line: arrows up and down move in the hits while one goes on typing. The
first hit is taken in hand as soon as an answer is there, so that tree and card follow the typing.
"""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.asking import NO_HITS, Asking, Question
from m2m_desktop.ui.dictionary.filter_bar import FilterBar
from m2m_desktop.ui.dictionary.hit_list import HitList
from m2m_desktop.ui.dictionary.hit_model import More
from m2m_desktop.ui.dictionary.names import ANY, FUZZY, match_word
from m2m_desktop.ui.dictionary.places import Examples, Nothing, Offer, scrolled
from m2m_desktop.ui.dictionary.protocol import Found, Target, target_of
from m2m_desktop.ui.dictionary.query import WHOLE_LIMIT, Query
from m2m_desktop.ui.dictionary.search_line import SearchLine
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import button, card, label

EXAMPLES, HITS, NOTHING = range(3)
"""What stands below the line."""


class SearchPanel(QWidget):
    """Asks, and says which hit is looked at."""

    looked_at = Signal(object, bool)
    """The `Hit` in hand, and whether it was only come to by typing or by arrows."""
    opened = Signal(object)
    """The `Hit` that was entered: the eye goes on to the tree."""
    travelled = Signal(int)
    """One of the arrows: -1 back, 1 forward."""

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self.asking = Asking(client, self)
        self._will_enter = False
        self.line, self.filters, self.hits = SearchLine(), FilterBar(), HitList()
        self.examples, self.nothing = Examples(), Nothing()
        self.back_button, self.forward_button = button("quiet"), button("quiet")
        self.note, self.problem = label("muted", style.CAPTION), label("warning", style.CAPTION)
        self._places = QStackedWidget()
        self._places.setMinimumHeight(1)  # the filters go first where there is little room
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        surface = card()
        column = QVBoxLayout(surface)
        column.setContentsMargins(style.M, style.M, style.M, style.S)
        column.setSpacing(style.S)
        row = QHBoxLayout()
        row.setSpacing(0)
        for arrow, text in ((self.back_button, "←"), (self.forward_button, "→")):
            arrow.setText(text)
            arrow.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(arrow)
        row.addSpacing(style.XS)
        row.addWidget(self.line, 1)
        for place in (scrolled(self.examples), self.hits, scrolled(self.nothing)):
            self._places.addWidget(place)
        column.addLayout(row)
        column.addWidget(self.filters)
        for line in (self.problem, self.note):
            line.setWordWrap(True)
        column.addWidget(self.problem)
        column.addWidget(self._places, 1)
        column.addWidget(self.note)
        self.problem.hide()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def _connect(self) -> None:
        self.line.asked.connect(self.refresh)
        self.line.textEdited.connect(lambda _text: self.asking.warming.wait())
        self.line.moved.connect(self._move)
        self.line.returnPressed.connect(self.enter)
        self.filters.changed.connect(self.refresh)
        self.asking.answered.connect(self._show)
        self.asking.failed.connect(self._fail)
        self.examples.chosen.connect(self.search)
        self.hits.selectionModel().currentChanged.connect(self._current_changed)
        self.hits.clicked.connect(self._clicked)
        self.hits.activated.connect(lambda index: self._open(index.row()))
        self.back_button.clicked.connect(lambda: self.travelled.emit(-1))
        self.forward_button.clicked.connect(lambda: self.travelled.emit(1))

    # -- asking ----------------------------------------------------------------------------------

    @property
    def query(self) -> Query:
        """What was asked for last."""
        return self.asking.query

    def set_terminology(self, terminology: str) -> None:
        """Search in this one from now on; what was found in another one goes."""
        self.asking.set_terminology(terminology)

    def start(self) -> None:
        """Ask for what the line says, and have prepared what searches need."""
        self.refresh()
        self.asking.warm()

    def search(self, text: str) -> None:
        """Look for a text at once, as if it had been typed."""
        self.line.set_quietly(text)
        self.refresh()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_query(self, query: Query, target: Target) -> None:
        """Look for this again, filters and all, and stand on a term where it is among the hits."""
        self.line.set_quietly(query.text)
        self.filters.show_query(query)
        if query != self.query:
            self._ask(Question(query, takes_first=False, target=target))
        elif (at := self.hits.hits.find(target.level, target.code)) >= 0:
            self.hits.stand_on(at)

    def refresh(self) -> None:
        """Ask for what stands in the line."""
        self._ask(Question(self.filters.query(self.line.text().strip())))

    def _ask(self, question: Question) -> None:
        self._will_enter = False
        self.asking.ask(question)

    # -- what came of it -------------------------------------------------------------------------

    def _show(self, question: Question, found: Found) -> None:
        before, model = self.hits.current(), self.hits.hits
        model.set_found(found, question.limit)
        self.problem.setText(found.problem)
        self.problem.setVisible(bool(found.problem))
        self._say(found)
        if not question.query.text:
            self._places.setCurrentIndex(EXAMPLES)
        elif not model.rowCount():
            self._say_nothing()
        else:
            self._places.setCurrentIndex(HITS)
        if question.takes_first:
            if model.rowCount():
                self.hits.stand_on(model.first_hit())
                self.hits.scrollToTop()
        else:
            wanted = question.target or (target_of(before.term) if before else None)
            at = model.find(wanted.level, wanted.code) if wanted else -1
            if at >= 0:
                self.hits.stand_on(at)
        if self._will_enter:
            self.enter()

    def _say(self, found: Found) -> None:
        if not found.total:
            self.note.setText("")
            return
        told = _("Found: {count}").format(count=f"{found.total:,}")
        self.note.setText(f"{told} · {_('↑↓ and Enter')}")
        if found.is_partial and self.query.match == ANY:
            self.note.setText(f"{told} · {_('pinyin is being prepared')}")

    def _say_nothing(self) -> None:
        query = self.query
        said = [match_word(query.match), *(level.name for level in query.levels)]
        if query.soc:
            said.append(self.filters.soc.currentText())
        if query.primary_only:
            said.append(self.filters.primary_only.text())
        offers: list[Offer] = []
        if query.match != FUZZY:
            offers.append((_("Look for similar terms"), lambda: self._choose_match(FUZZY)))
        if not query.shows_old:
            offers.append(
                (_("Also those not current"), lambda: self.filters.shows_old.setChecked(True))
            )
        if query.is_filtered:
            offers.append((_("In the whole dictionary"), self._drop_filters))
        self.nothing.say(
            "info",
            _("Nothing was found for “{text}”").format(text=query.text),
            _("Searched: {what}").format(what=" · ".join(said)),
            offers,
        )
        self._places.setCurrentIndex(NOTHING)

    def _fail(self, error: CodingToolError) -> None:
        self._will_enter = False
        self.hits.hits.set_found(NO_HITS)
        again: Offer = (_("Search again"), self.refresh)
        self.nothing.say("error", _("The search failed"), sentence(error), [again])
        self._places.setCurrentIndex(NOTHING)
        self.note.setText("")

    def _choose_match(self, match: str) -> None:
        self.filters.match.setCurrentIndex(self.filters.match.findData(match))

    def _drop_filters(self) -> None:
        query = self.query
        self.filters.show_query(Query(match=query.match, shows_old=query.shows_old))
        self.refresh()

    # -- the hits --------------------------------------------------------------------------------

    def enter(self) -> None:
        """Enter in the line: first what was typed last, then the hits."""
        self.line.flush()
        self._will_enter = self.asking.is_waiting
        if self.hits.hits.rowCount() and not self._will_enter:
            self.hits.setFocus(Qt.FocusReason.OtherFocusReason)
            if (hit := self.hits.current()) is not None:
                self.looked_at.emit(hit, False)

    def open_current(self) -> None:
        """Enter in the hits."""
        self._open(self.hits.currentIndex().row())

    def _open(self, row: int) -> None:
        if isinstance(self.hits.hits.row(row), More):
            self._ask(Question(self.query, WHOLE_LIMIT, takes_first=False))
        elif (hit := self.hits.hits.hit(row)) is not None:
            self.opened.emit(hit)

    def _clicked(self, index: QModelIndex) -> None:
        if (hit := self.hits.hits.hit(index.row())) is not None:
            self.looked_at.emit(hit, False)
        else:
            self._open(index.row())

    def _current_changed(self, current: QModelIndex) -> None:
        if (hit := self.hits.hits.hit(current.row())) is not None:
            self.looked_at.emit(hit, True)

    def _move(self, event: QKeyEvent) -> None:
        QApplication.sendEvent(self.hits, event)

    def set_travel(self, *, can_go_back: bool, can_go_forward: bool) -> None:
        """Say which of the arrows lead anywhere."""
        self.back_button.setEnabled(can_go_back)
        self.forward_button.setEnabled(can_go_forward)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self.hits.hits.set_names_shown(shown)
        self.filters.set_names_shown(shown)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.back_button.setAccessibleName(_("Back"))
        self.back_button.setToolTip(_("Back to the term or search before (Alt+←)"))
        self.forward_button.setAccessibleName(_("Forward"))
        self.forward_button.setToolTip(_("Forward again (Alt+→)"))
        for part in (self.line, self.filters, self.hits, self.examples, self.nothing):
            part.retranslate()
        if self._places.currentIndex() == NOTHING:
            self.refresh()
