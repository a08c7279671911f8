"""The pages that look things up: dictionary, SMQs, analysis, versions.

Each is made when it is first shown, and they share an engine process of their own, started then:
looking a term up never waits for coding, and who only codes pays for neither.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.locations import Locations
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.page_holder import hold
from m2m_desktop.ui.places import ANALYSIS, DICTIONARY, SMQS, VERSIONS
from m2m_desktop.ui.term_names import NamesShown

if TYPE_CHECKING:
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.ui.analysis.page import AnalysisPage
    from m2m_desktop.ui.dictionary.page import DictionaryPage
    from m2m_desktop.ui.dictionary.records import TermRow
    from m2m_desktop.ui.smq.page import SmqPage
    from m2m_desktop.ui.versions.page import VersionsPage

    LookupPage = DictionaryPage | SmqPage | AnalysisPage | VersionsPage


class LookupPages(QObject):
    """Makes the pages, keeps them up to date, and leads from one to the other."""

    places = (DICTIONARY, SMQS, ANALYSIS, VERSIONS)

    said = Signal(str)
    place_wanted = Signal(int)
    import_wanted = Signal()
    project_changed = Signal()
    """Decisions of the open project were changed from here."""
    memory_changed = Signal()
    phrase_wanted = Signal(int)
    """A phrase of the open project, by its number, to be looked at in review."""

    def __init__(
        self,
        stack: QStackedWidget,
        client: EngineClient,
        notices: NoticeArea,
        locations: Locations,
        stored: QSettings,
    ) -> None:
        super().__init__(stack)
        self.client = client
        self._stack, self._notices = stack, notices
        self._locations, self._stored = locations, stored
        self._pages: dict[int, LookupPage] = {}
        self._dictionary: DictionaryPage | None = None
        self._smqs: SmqPage | None = None
        self._analysis: AnalysisPage | None = None
        self._versions: VersionsPage | None = None
        self._stale: set[int] = set()
        self._chosen: TerminologyChoice | None = None
        self._known: tuple[TerminologyChoice, ...] = ()
        self._names = NamesShown.FIRST
        self._project: Project | None = None
        self._reviewer = ""
        self._is_started = False

    # -- the pages -------------------------------------------------------------------------------

    def show(self, place: int) -> None:
        """Make ready what is shown now."""
        self._page(place)
        if place in self._stale:
            self._stale.discard(place)
            self._pages[place].start()

    def show_term(self, level: TermLevel, code: str) -> None:
        """Show a term in the dictionary."""
        self.place_wanted.emit(DICTIONARY)
        if self._dictionary is not None:
            self._dictionary.show_term(level, code)

    def show_smq(self, code: str) -> None:
        """Show an SMQ."""
        self.place_wanted.emit(SMQS)
        if self._smqs is not None:
            self._smqs.show_smq(code)

    def analyse(self, terms: "Iterable[TermRow]") -> None:
        """Count a list of terms."""
        self.place_wanted.emit(ANALYSIS)
        if self._analysis is not None:
            self._analysis.analyse(terms)

    def panes(self, place: int) -> list[QWidget]:
        """What F6 goes through on a page."""
        return self._pages[place].panes() if place in self._pages else []

    # -- what the window tells them --------------------------------------------------------------

    def set_terminologies(self, known: Sequence[TerminologyChoice]) -> None:
        """What is loaded."""
        self._known = tuple(known)
        if self._versions is not None:
            self._versions.set_terminologies(self._known)

    def set_terminology(self, chosen: TerminologyChoice | None) -> None:
        """What is looked into."""
        self._chosen = chosen
        for place, page in self._pages.items():
            page.set_terminology(chosen)
            self._stale.add(place)
        self._start_shown()

    def set_names_shown(self, names: NamesShown) -> None:
        """The languages of names on display."""
        self._names = names
        for page in self._pages.values():
            page.set_names_shown(names)

    def set_project(self, project: "Project | None") -> None:
        """The open project, which can be counted and brought to another release."""
        self._project = project
        for page in (self._analysis, self._versions):
            if page is not None:
                page.set_project(project)

    def set_reviewer(self, name: str) -> None:
        """The name that stands beside what is changed from here."""
        self._reviewer = name
        if self._versions is not None:
            self._versions.set_reviewer(name)

    def retranslate(self) -> None:
        """Take over language and colours."""
        for page in self._pages.values():
            page.retranslate()

    def renew(self) -> None:
        """Let the engine speak the language of the window from now on."""
        if self._is_started:
            self.client.renew()
            self._stale.update(self._pages)
            self._start_shown()

    def close(self) -> None:
        """Remember the layout; end the engine."""
        for page in self._pages.values():
            page.save_layout(self._stored)
        for asking in (self._smqs, self._analysis):
            if asking is not None:
                asking.stop_asking()
        self.client.close()

    # -- making ----------------------------------------------------------------------------------

    def _start_shown(self) -> None:
        place = self._stack.currentIndex()
        if place in self._pages:
            self.show(place)

    def _page(self, place: int) -> "LookupPage":
        if place not in self._pages:
            if not self._is_started:
                self._is_started = True
                self.client.start()
            page = self._make(place)
            self._pages[place] = page
            self._stale.add(place)
            page.said.connect(self.said)
            page.set_terminology(self._chosen)
            page.set_names_shown(self._names)
            hold(self._stack, place, page)
        return self._pages[place]

    def _make(self, place: int) -> "LookupPage":
        parts = (self.client, self._notices, self._locations, self._stored)
        if place == DICTIONARY:
            from m2m_desktop.ui.dictionary.page import DictionaryPage

            self._dictionary = DictionaryPage(*parts)
            self._dictionary.smq_wanted.connect(self.show_smq)
            self._dictionary.analyse_wanted.connect(self.analyse)
            return self._dictionary
        if place == SMQS:
            from m2m_desktop.ui.smq.page import SmqPage

            self._smqs = SmqPage(*parts)
            self._smqs.term_wanted.connect(self.show_term)
            self._smqs.analyse_wanted.connect(self.analyse)
            return self._smqs
        if place == ANALYSIS:
            from m2m_desktop.ui.analysis.page import AnalysisPage

            self._analysis = AnalysisPage(*parts)
            self._analysis.term_wanted.connect(self.show_term)
            self._analysis.smq_wanted.connect(self.show_smq)
            self._analysis.set_project(self._project)
            return self._analysis
        from m2m_desktop.ui.versions.page import VersionsPage

        self._versions = VersionsPage(*parts)
        self._versions.term_wanted.connect(self.show_term)
        self._versions.smq_wanted.connect(self.show_smq)
        self._versions.import_wanted.connect(self.import_wanted)
        self._versions.phrase_wanted.connect(self.phrase_wanted)
        self._versions.memory_changed.connect(self.memory_changed)
        self._versions.project_changed.connect(self.project_changed)
        self._versions.set_terminologies(self._known)
        self._versions.set_project(self._project)
        self._versions.set_reviewer(self._reviewer)
        return self._versions
