"""The page that counts: a question, then its figures. Nothing of what was counted stays on disk."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.phrases import is_workbook
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.analysis.form import AnalysisForm
from m2m_desktop.ui.analysis.list_files import read_list
from m2m_desktop.ui.analysis.question import Question, Source
from m2m_desktop.ui.analysis.records import NOTHING, analysis_from_json
from m2m_desktop.ui.analysis.results import ResultsPanel
from m2m_desktop.ui.choice_bar import terminology_title
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.snapshot import Snapshot
from m2m_desktop.ui.term_names import NamesShown

NOTICE = "analysis"
WIDTHS = "analysis/widths"
LAST_FOLDER = "last_folder"


class AnalysisPage(QWidget):
    """See the module."""

    said = Signal(str)
    term_wanted = Signal(object, str)
    """Level and code of a term that is to be shown in the dictionary."""
    smq_wanted = Signal(str)

    def __init__(
        self, client: EngineClient, notices: NoticeArea, locations: Locations, stored: QSettings
    ) -> None:
        super().__init__()
        self._notices, self._stored = notices, stored
        self._requests, self._exports = Requests(client), Requests(client)
        self._snapshot, self._copy = Snapshot(locations), Snapshot(locations)
        self._terminology: TerminologyChoice | None = None
        self._project: Project | None = None
        self._question: Question | None = None
        """What the figures on show were made of."""
        self._is_outdated, self._analysis = False, NOTHING
        self._taken: Json = {}
        self.form, self.results = AnalysisForm(stored), ResultsPanel(notices, stored)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.form)
        self.stack.addWidget(self.results)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.stack)
        self.form.asked.connect(self._ask)
        self.form.cancelled.connect(self.stop)
        self.results.head.stop_wanted.connect(self.stop)
        self.form.file_chosen.connect(self.open_file)
        self.results.head.change_wanted.connect(self.change)
        self.results.head.export_wanted.connect(self.choose_export)
        self.results.term_wanted.connect(self.term_wanted)
        self.results.smq_wanted.connect(self.smq_wanted)
        self.results.said.connect(self.said)
        client.renewed.connect(self._renewed)
        widths = stored.value(WIDTHS)
        if isinstance(widths, QByteArray):
            self.results.splitter.restoreState(widths)

    # -- the window ------------------------------------------------------------------------------

    def start(self) -> None:
        """Nothing is asked before the user asks; figures of another release are made anew."""
        if self._question is not None and self._is_outdated:
            self._again()

    def set_terminology(self, chosen: TerminologyChoice | None) -> None:
        """Count by another release."""
        if chosen == self._terminology:
            return
        self._terminology = chosen
        self._is_outdated = self._question is not None
        if self.isVisible():
            self.start()

    def _renewed(self) -> None:
        """The engine speaks another language now: its sentences are asked for again."""
        self._is_outdated = self._question is not None
        if self.isVisible():
            self.start()

    def set_project(self, project: Project | None) -> None:
        """Offer the open project; what was counted of another one is forgotten."""
        if project is not self._project and self._is_about_project():
            self._forget()
        self._project = project
        name = ""
        if project is not None:
            info = project.info
            name = info.source_name or project.path.stem
        self.form.set_project(name)

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self.results.set_names_shown(shown)

    def analyse(self, terms: Iterable[TermRow]) -> None:
        """Count these terms, each once."""
        self.form.set_list("\n".join(f"{term.code}\t{term.name}" for term in terms))
        self._ask()

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        return self.results.panes() if self.stack.currentIndex() else self.form.panes()

    def stop_asking(self) -> None:
        """Let go of whatever is still asked: the page is going away."""
        self._requests.close()
        self._exports.close()
        self._end()

    def save_layout(self, stored: QSettings) -> None:
        """Remember the splitter; nothing of what was counted."""
        stored.setValue(WIDTHS, self.results.splitter.saveState())

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.form.retranslate()
        self.results.retranslate()
        self._say_caption()

    # -- asking ----------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._run(self.form.question())

    def _run(self, question: Question) -> None:
        """Count; the figures on show stay until the new ones are here."""
        self._notices.clear(NOTICE)
        self._exports.close()
        params = self._params(question, self._snapshot)
        if params is None:
            return
        self._set_busy(on=True)
        self._is_outdated = False

        def take(told: Json) -> None:
            self._end()
            self._take(question, told)

        self._requests.ask("analyse_terms", params, take, self._fail, self._show_progress)

    def _params(self, question: Question, snapshot: Snapshot) -> dict[str, object] | None:
        """What to ask with; None where the project could not be copied, which is said."""
        if question.source is Source.PROJECT:
            if self._project is None:
                return None
            try:
                snapshot.take(self._project)
            except CodingToolError as error:
                self._say(error)
                return None
        chosen = self._terminology
        return question.params(chosen.terminology_id if chosen else "", str(snapshot.path))

    def _take(self, question: Question, told: Json) -> None:
        """Show an answer, in turns: thousands of rows at once would hold up the window."""
        self._question, self._taken = question, told
        QTimer.singleShot(0, self, self._read)

    def _read(self) -> None:
        if self._taken:
            self._analysis, self._taken = analysis_from_json(self._taken), {}
            QTimer.singleShot(0, self, self._show)

    def _show(self) -> None:
        if self._question is None:
            return
        self.results.show_analysis(self._analysis)
        self._say_caption()
        is_first = self.stack.currentIndex() == 0
        self.stack.setCurrentWidget(self.results)
        if is_first and self.isVisible():
            self.results.table().setFocus()

    def _say_caption(self) -> None:
        if self._question is None:
            return
        told = self._analysis
        chosen = told.release or self._terminology
        release = terminology_title(chosen) if chosen else _("the default terminology")
        caption = self._question.provenance(release, told.used, told.unit)
        self.results.set_captions(self._question.title(), caption, release)

    def _set_busy(self, *, on: bool) -> None:
        self.form.set_busy(on=on)
        self.results.head.set_busy(on=on)

    def _show_progress(self, done: int, total: int, note: str) -> None:
        self.form.show_progress(done, total, note)
        self.results.head.show_progress(done, total)

    def _end(self) -> None:
        self._snapshot.forget()
        self._copy.forget()
        self._set_busy(on=False)

    def stop(self) -> None:
        """Call off what is being counted or written."""
        self._requests.cancel()
        self._exports.cancel()

    def _fail(self, error: CodingToolError) -> None:
        self._end()
        if isinstance(error, Cancelled):
            self._is_outdated = self._question is not None
            self.said.emit(_("The analysis was stopped."))
        else:
            self._say(error)

    def _say(self, error: CodingToolError) -> None:
        self._notices.say(NOTICE, "error", sentence(error))

    def _again(self) -> None:
        """Count the same anew: by another release, or in the language of now."""
        if self._question is not None:
            self._run(self._question)

    def change(self) -> None:
        """Back to the question, with everything as it was asked."""
        self.stack.setCurrentWidget(self.form)
        self.form.go_button.setFocus()

    # -- taking along ----------------------------------------------------------------------------

    def choose_export(self) -> None:
        """Ask where to, and write everything into a workbook."""
        if self._question is None:
            return
        folder = str(self._stored.value(LAST_FOLDER, "") or "")
        path, _kind = QFileDialog.getSaveFileName(
            self,
            _("Export the analysis"),
            str(Path(folder) / f"{_('Analysis')}.xlsx"),
            _("Workbooks ({patterns})").format(patterns="*.xlsx"),
        )
        if path:
            self.export(path if path.lower().endswith(".xlsx") else f"{path}.xlsx")

    def export(self, path: str) -> None:
        """Write the figures into a workbook.

        Those of a project are counted anew first: what is written is what is shown.
        """
        question = self._question
        if question is None:
            return
        self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
        params = self._params(question, self._copy)
        if params is None:
            return
        wanted = {**params, "path": path, "charts": True}

        def write(told: Json) -> None:
            self._take(question, told)
            self._write(wanted)

        self._set_busy(on=True)
        if question.source is Source.PROJECT:
            self._exports.ask("analyse_terms", params, write, self._fail, self._show_progress)
        else:
            self._write(wanted)

    def _write(self, wanted: dict[str, object]) -> None:
        self._exports.ask("analysis_export", wanted, self._written, self._fail, self._show_progress)

    def _written(self, told: Json) -> None:
        self._end()
        self._notices.clear(NOTICE)
        self.said.emit(_("Written: {path}").format(path=told["path"]))

    # -- files -----------------------------------------------------------------------------------

    def open_file(self, path: str) -> None:
        """Put the list in a text file into the box; a workbook is read when it is counted."""
        if is_workbook(path):
            self.form.set_file(path)
            self._notices.clear(NOTICE)
            return
        try:
            self.form.set_list(read_list(Path(path)))
        except CodingToolError as error:
            self._say(error)
        else:
            self._notices.clear(NOTICE)

    # -- forgetting ------------------------------------------------------------------------------

    def _is_about_project(self) -> bool:
        return self._question is not None and self._question.source is Source.PROJECT

    def _forget(self) -> None:
        """Let nothing of a project that was closed stay on the page."""
        self.stop_asking()
        self._question, self._is_outdated, self._analysis = None, False, NOTHING
        self._taken = {}
        self.results.clear()
        self.stack.setCurrentWidget(self.form)
