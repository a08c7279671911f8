"""The pages that code, and the first steps that lead to them: start, phrases, workbook, narratives.

Each is made when it is first wanted. They share the engine process that the window starts with.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from m2m_desktop.services.locations import Locations
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.page_holder import hold
from m2m_desktop.ui.places import NARRATIVES, PHRASES, START, WORKBOOK

if TYPE_CHECKING:
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.ui.code_page import CodePage
    from m2m_desktop.ui.narrative.page import NarrativePage
    from m2m_desktop.ui.welcome.page import WelcomePage
    from m2m_desktop.ui.workbook.page import WorkbookPage


class CodingPages(QObject):
    """Makes the pages, keeps them up to date, and says what they want of the window."""

    places = (START, PHRASES, WORKBOOK, NARRATIVES)

    said = Signal(str)
    place_wanted = Signal(int)
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""
    import_wanted = Signal()
    install_wanted = Signal()
    manual_wanted = Signal()
    language_wanted = Signal(str)
    threshold_wanted = Signal(float)
    project_changed = Signal()
    review_said = Signal(str)
    """How far the review of the open project is."""

    def __init__(
        self,
        stack: QStackedWidget,
        client: EngineClient,
        notices: NoticeArea,
        locations: Locations,
        stored: QSettings,
    ) -> None:
        super().__init__(stack)
        self._stack, self._client, self._notices = stack, client, notices
        self._locations, self._stored = locations, stored
        self._welcome: WelcomePage | None = None
        self._phrases: CodePage | None = None
        self._workbook: WorkbookPage | None = None
        self._narratives: NarrativePage | None = None
        self._choices: Choices | None = None
        self._shown: tuple[TerminologyChoice | None, str, bool] = (None, "", False)
        self._reviewer = ""

    # -- the pages -------------------------------------------------------------------------------

    @property
    def welcome(self) -> "WelcomePage":
        """First steps."""
        if self._welcome is None:
            self._welcome = self._make_welcome()
        return self._welcome

    @property
    def phrases(self) -> "CodePage":
        """Single phrases."""
        if self._phrases is None:
            self._phrases = self._make_phrases()
        return self._phrases

    @property
    def workbook(self) -> "WorkbookPage":
        """Whole workbooks."""
        if self._workbook is None:
            self._workbook = self._make_workbook()
        return self._workbook

    @property
    def narratives(self) -> "NarrativePage":
        """Running text."""
        if self._narratives is None:
            self._narratives = self._make_narratives()
        return self._narratives

    @property
    def project(self) -> "Project | None":
        """The open project."""
        return self._workbook.project if self._workbook is not None else None

    def show(self, place: int) -> None:
        """Make ready what is shown now."""
        self.panes(place)
        if place == NARRATIVES:
            self.narratives.start()

    def panes(self, place: int) -> list[QWidget]:
        """What F6 goes through on a page."""
        if place == START:
            return self.welcome.panes()
        if place == WORKBOOK:
            return self.workbook.panes()
        if place == NARRATIVES:
            return self.narratives.panes()
        page = self.phrases
        return [page.mentions.box, page.mentions.table, page.candidates.table, page.tree.tree]

    def code_phrase(self, text: str) -> None:
        """Code a phrase before the user's eyes."""
        self.place_wanted.emit(PHRASES)
        self.phrases.mentions.box.set_text(text)

    def copy_table(self, place: int) -> None:
        """Copy the table of a page for Excel or WPS."""
        if place == NARRATIVES:
            self.narratives.list.copy_all()
        else:
            self.phrases.mentions.copy_all()

    # -- what the window tells them --------------------------------------------------------------

    def set_choices(self, choices: Choices) -> None:
        """What is coded with from now on."""
        self._choices = choices
        if self._phrases is not None:
            self._phrases.set_choices(choices)
        if self._workbook is not None:
            self._workbook.set_choices(choices)
        if self._narratives is not None:
            self._narratives.set_choices(choices)

    def show_choices(
        self, chosen: TerminologyChoice | None, model_name: str, *, is_own_model: bool
    ) -> None:
        """Say in the first steps what is coded with."""
        self._shown = (chosen, model_name, is_own_model)
        if self._welcome is not None:
            self._show_choices_on(self._welcome)

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Say that the engine has something to open first."""
        if self._phrases is not None:
            self._phrases.show_progress(done, total, note)

    def set_reviewer(self, name: str) -> None:
        """The name that stands beside decisions."""
        self._reviewer = name
        if self._workbook is not None:
            self._workbook.tools.set_reviewer(name)

    def show_recent(self) -> None:
        """The list of recent projects is another one."""
        if self._workbook is not None:
            self._workbook.show_recent()

    def write_unsaved(self) -> None:
        """Put what waits to be written into the file of the open project."""
        if self._workbook is not None:
            self._workbook.write_unsaved()

    def look_at_memory(self) -> None:
        """Say once that a damaged memory was set aside."""
        from m2m_desktop.services.memory.store import memory_path
        from m2m_desktop.ui.memory.damaged import DamagedMemory

        path = memory_path(self._locations)
        DamagedMemory(self._notices, path, self._stored, self._stack.window()).look()

    def recode(self) -> None:
        """Ask anew for the answers that are shown."""
        if self._phrases is not None:
            self._phrases.recode()
        if self._narratives is not None:
            self._narratives.recode()

    def retranslate(self) -> None:
        """Take over language and colours."""
        for page in (self._welcome, self._phrases, self._workbook, self._narratives):
            if page is not None:
                page.retranslate()

    def say_mode(self) -> None:
        """Say in place why phrases are coded without a model, where they are."""
        if self._phrases is not None:
            self._phrases.say_mode()

    def close(self) -> bool:
        """Remember the layout and close the project; False: the user would rather stay."""
        if self._workbook is not None:
            self._workbook.save_layout(self._stored)
            if not self._workbook.close_project():
                return False
        if self._phrases is not None:
            self._stored.setValue("page", self._phrases.splitter.saveState())
            self._stored.setValue("answer", self._phrases.answer.saveState())
        if self._narratives is not None:
            self._narratives.stop_asking()
            self._narratives.save_layout(self._stored)
        return True

    # -- making ----------------------------------------------------------------------------------

    def _make_welcome(self) -> "WelcomePage":
        from m2m_desktop.ui.welcome.page import WelcomePage

        made = WelcomePage()
        made.phrase_wanted.connect(self.code_phrase)
        made.sample_wanted.connect(lambda: self._lead_to_workbook().open_sample())
        made.open_wanted.connect(lambda: self._lead_to_workbook().choose_file())
        made.import_wanted.connect(self.import_wanted)
        made.install_wanted.connect(self.install_wanted)
        made.manual_wanted.connect(self.manual_wanted)
        made.language_wanted.connect(self.language_wanted)
        hold(self._stack, START, made)
        self._show_choices_on(made)
        return made

    def _make_phrases(self) -> "CodePage":
        from m2m_desktop.ui.code_page import CodePage

        made = CodePage(self._client, self._notices)
        made.copied.connect(self.said)
        made.term_wanted.connect(self.term_wanted)
        for name, splitter in (("page", made.splitter), ("answer", made.answer)):
            state = self._stored.value(name)
            if isinstance(state, QByteArray) and not state.isEmpty():
                splitter.restoreState(state)
        if self._choices is not None:
            made.set_choices(self._choices)
        hold(self._stack, PHRASES, made)
        return made

    def _make_workbook(self) -> "WorkbookPage":
        from m2m_desktop.ui.workbook.page import WorkbookPage

        made = WorkbookPage(self._client, self._notices, self._locations, self._stored)
        made.project_changed.connect(self.project_changed)
        made.tools.threshold_wanted.connect(self.threshold_wanted)
        made.tools.set_reviewer(self._reviewer)
        made.status_changed.connect(self.review_said)
        made.said.connect(self.said)
        made.term_wanted.connect(self.term_wanted)
        if self._choices is not None:
            made.set_choices(self._choices)
        hold(self._stack, WORKBOOK, made)
        return made

    def _make_narratives(self) -> "NarrativePage":
        from m2m_desktop.ui.narrative.page import NarrativePage

        made = NarrativePage(self._client, self._notices, self._stored)
        made.said.connect(self.said)
        made.term_wanted.connect(self.term_wanted)
        if self._choices is not None:
            made.set_choices(self._choices)
        hold(self._stack, NARRATIVES, made)
        return made

    def _lead_to_workbook(self) -> "WorkbookPage":
        self.place_wanted.emit(WORKBOOK)
        return self.workbook

    def _show_choices_on(self, page: "WelcomePage") -> None:
        chosen, model_name, is_own_model = self._shown
        page.show_terminology(chosen)
        page.show_model(model_name, is_own=is_own_model)
