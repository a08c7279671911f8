"""The page of whole workbooks: open one, watch it being coded while reviewing, hand it on.

It holds the open project and wires the parts; what is decided about phrases is `ReviewPage`'s. The
parts that need a project come with the first one, and their modules with them: the window stands
sooner without.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.services.locations import Locations
from m2m_desktop.ui.choice_bar import LEXICAL, Choices
from m2m_desktop.ui.dropped import PROJECT_SUFFIX, Dropped, kind_of
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import is_agreed, sentence
from m2m_desktop.ui.model.uses import NONE
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.recent_projects import RecentProjects
from m2m_desktop.ui.workbook.tools import WorkbookTools
from m2m_desktop.ui.workbook.welcome import WorkbookWelcome

if TYPE_CHECKING:
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.project.records import ProjectInfo
    from m2m_desktop.ui.batch_runner import BatchRunner
    from m2m_desktop.ui.narrative.unmentioned import UnmentionedDialog
    from m2m_desktop.ui.review.page import ReviewPage
    from m2m_desktop.ui.table.dialog import TableDialog
    from m2m_desktop.ui.table.protocol import CreatedProject, TableSource
    from m2m_desktop.ui.workbook.work import Work

LAST_FOLDER = "last_folder"
NOTICES = ("workbook", "again", "texts", "skipped")


class WorkbookPage(QWidget):
    """See the module."""

    project_changed = Signal()
    term_wanted = Signal(object, str)
    """Level and code of a term to be shown in the dictionary."""
    status_changed = Signal(str)
    said = Signal(str)

    def __init__(
        self, client: EngineClient, notices: NoticeArea, locations: Locations, stored: QSettings
    ) -> None:
        super().__init__()
        self._client, self._notices, self._locations = client, notices, locations
        self._stored, self._choices = stored, Choices()
        self._is_engine_known = False
        self.recent = RecentProjects(stored)
        self.project: Project | None = None
        self.has_narratives = False
        self._work: Work | None = None
        self.welcome = WorkbookWelcome()
        self.tools = WorkbookTools(client, notices, locations, self)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.stack)
        self.welcome.open_wanted.connect(self.choose_file)
        self.welcome.paste_wanted.connect(self.paste)
        self.welcome.sample_wanted.connect(self.open_sample)
        self.welcome.project_wanted.connect(self.open_project)
        self.tools.purged.connect(self._take_texts)
        self.tools.mentions_changed.connect(self._take_mentions)
        self.retranslate()

    # -- the parts -------------------------------------------------------------------------------

    @property
    def work(self) -> "Work":
        """What stands here while a project is open; made when it is needed first."""
        if self._work is None:
            self._work = self._make_work()
        return self._work

    @property
    def review(self) -> "ReviewPage":
        """The review of the open project."""
        return self.work.review

    @property
    def runner(self) -> "BatchRunner":
        """Codes the open project."""
        return self.work.runner

    def _make_work(self) -> "Work":
        from m2m_desktop.ui.workbook.work import Work

        work = Work(self._client, self._notices)
        self.stack.addWidget(work)
        work.narratives_wanted.connect(self.check_narratives)
        work.export_wanted.connect(self.tools.export)
        work.close_wanted.connect(self.close_project)
        work.batch.go_on_wanted.connect(self._go_on)
        work.runner.answered.connect(work.review.answers_arrived)
        work.runner.failed.connect(self._say_stopped)
        work.runner.skipped.connect(self._say_skipped)
        review = work.review
        review.status_changed.connect(self.status_changed)
        review.said.connect(self.said)
        review.term_wanted.connect(self.term_wanted)
        review.file_wanted.connect(self.choose_file)
        review.project_wanted.connect(self.choose_file)
        review.texts_wanted.connect(self.find_texts)
        self.tools.attach(review)
        review.set_choices(self._choices)
        review.restore_layout(self._stored)
        return work

    # -- opening ---------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a table or a project, and open it."""
        patterns = f"*.xlsx *.xlsm *.xls *.csv *.tsv *.txt *{PROJECT_SUFFIX}"
        chosen, _kind = QFileDialog.getOpenFileName(
            self,
            _("Open a workbook or a project"),
            str(self._stored.value(LAST_FOLDER, "") or ""),
            _("Tables and projects ({patterns})").format(patterns=patterns),
        )
        if chosen:
            self.open_path(chosen)

    def open_path(self, path: str) -> None:
        """Open a project, or make one of a table."""
        from m2m_desktop.ui.table.protocol import TableSource

        self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
        if kind_of(path) is Dropped.PROJECT:
            self.open_project(path)
        else:
            self.open_table(TableSource(path=path))

    def open_sample(self) -> None:
        """Open the sample that ships."""
        from m2m_desktop.ui.table.protocol import TableSource

        sample = self._locations.resources / "samples" / "adr_sample.xlsx"
        self.open_table(TableSource(path=str(sample)))

    def paste(self) -> None:
        """Open what lies in the clipboard."""
        from m2m_desktop.ui.table.protocol import TableSource

        text = QGuiApplication.clipboard().text()
        if text.strip():
            self.open_table(TableSource(pasted=text))
        else:
            nothing = _("There is no text to paste. Copy the cells in Excel or WPS first.")
            self._notices.say("workbook", "info", nothing)

    def open_table(self, source: "TableSource") -> "TableDialog":
        """Look at a table in a dialog; the project made there is opened."""
        from m2m_desktop.ui.table.dialog import TableDialog

        self._notices.clear("workbook")
        dialog = TableDialog(
            self._client, source, self._locations.projects, self._choices.terminology, self.window()
        )
        dialog.created.connect(self._take_created)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _take_created(self, made: "CreatedProject") -> None:
        self.open_project(made.path)

    def open_project(self, path: str) -> None:
        """Open a project; another one that is open is closed first."""
        from m2m_desktop.services.project.project import Project

        if not self.close_project():
            return
        try:
            project = Project.open(Path(path), backup_dir=self._locations.backups)
            info = project.info
        except CodingToolError as error:
            self._say_not_opened(error, path)
            self.show_recent()
            return
        self._notices.clear("workbook")
        self.project = project
        self.recent.add(Path(path))
        self.work.name.set_full_text(info.source_name or Path(path).stem)
        self.has_narratives = has_narratives(info)
        self.work.narratives_button.setVisible(self.has_narratives)
        self.stack.setCurrentWidget(self.work)
        self.review.open_project(project, self._choices)
        self.runner.take(project)
        self.tools.open(project)
        self._offer_again()
        self._go_on()
        self.project_changed.emit()

    def _say_not_opened(self, error: CodingToolError, path: str) -> None:
        from m2m_desktop.services.project.errors import ProjectDamaged

        backup = error.backup if isinstance(error, ProjectDamaged) else ""
        self._notices.say(
            "workbook",
            "error",
            sentence(error),
            action=_("Restore the backup") if backup else "",
            on_action=(lambda: self._restore(path, backup)) if backup else None,
        )

    def _restore(self, path: str, backup: str) -> None:
        from m2m_desktop.services.project.recovery import restore_project

        try:
            restore_project(Path(path), Path(backup), now=datetime.now(UTC))
        except CodingToolError as error:
            self._say(error)
        else:
            self.open_project(path)

    def close_project(self) -> bool:
        """Close the project; False where that was not wanted, because something is not saved yet.

        Nothing is asked otherwise: everything decided is in its file already.
        """
        if self.project is None:
            return True
        if not self._may_close():
            return False
        self.runner.take(None)
        self.tools.open(None)
        self.review.close_project()
        self.project.close()
        self.project, self.has_narratives = None, False
        for key in NOTICES:
            self._notices.clear(key)
        self.stack.setCurrentWidget(self.welcome)
        self.show_recent()
        self.status_changed.emit("")
        self.project_changed.emit()
        return True

    def write_unsaved(self) -> None:
        """Try once more to write what could not be written."""
        if self.project is not None and self.review.has_unsaved:
            self.review.desk.try_again()

    def _may_close(self) -> bool:
        self.write_unsaved()
        text = _(
            "The last decisions could not be written to the project file. They are lost if it is "
            "closed now."
        )
        title, action = _("Not saved"), _("Close all the same")
        return not self.review.has_unsaved or is_agreed(self, title, text, action)

    def show_recent(self) -> None:
        """Offer the projects that were open lately."""
        self.welcome.show_recent(self.recent.paths())

    # -- narratives ------------------------------------------------------------------------------

    def check_narratives(self) -> "UnmentionedDialog | None":
        """Hold the narratives of the file against its name column, and show what that leaves out."""
        if self.project is None or not self.has_narratives:
            return None
        self.write_unsaved()
        if self.review.has_unsaved:  # what is added now would come before it
            return None
        info = self.project.info
        source = info.source_path
        if not Path(source).is_file():
            source = self._choose_source(source)
        choices = coded_with(info) or self._choices
        return self.tools.check_narratives(Path(source), choices) if source else None

    def _take_mentions(self) -> None:
        """Mentions were added to the project, or taken out."""
        self.review.desk.open(self.project)
        self.review.reload()
        self.runner.take(self.project)
        self._go_on()

    def _choose_source(self, before: str) -> str:
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("The file this project was made from"), before
        )
        return chosen

    # -- projects without texts ------------------------------------------------------------------

    def find_texts(self) -> None:
        """Read the phrases of a project that keeps none out of the file it was made from."""
        if self.project is None:
            return
        source = self.project.info.source_path
        if not Path(source).is_file():
            source = self._choose_source(source)
        if source:
            self.read_texts(source)

    def read_texts(self, source: str) -> None:
        """Read the phrases of a project out of this file."""
        from m2m_desktop.ui.snapshot import Snapshot

        project, snapshot = self.project, Snapshot(self._locations)
        if project is None:
            return
        try:
            snapshot.take(project)
        except CodingToolError as error:
            self._say(error)
            return

        def take(told: Json) -> None:
            snapshot.forget()
            if project is self.project:
                missing = project.restore_texts(told["texts"])
                self._take_texts()
                self._say_missing(missing)

        def fail(error: CodingToolError) -> None:
            snapshot.forget()
            if project is self.project:
                self._say(error)

        params = {"snapshot": str(snapshot.path), "source": source}
        self._client.request("read_texts", params, on_answer=take, on_error=fail)

    def _take_texts(self) -> None:
        """The project knows other texts than before."""
        self.review.reload()
        self.runner.take(self.project)
        self.tools.open(self.project)
        self._go_on()

    def _say_missing(self, count: int) -> None:
        if count:
            text = ngettext(
                "{count} phrase does not stand in this file: it is another one, or was changed.",
                "{count} phrases do not stand in this file: it is another one, or was changed.",
                count,
            )
            self._notices.say("texts", "warning", text.format(count=f"{count:,}"))
        else:
            self._notices.clear("texts")

    # -- coding ----------------------------------------------------------------------------------

    def set_choices(self, choices: Choices) -> None:
        """Code with these from now on; a project that was coded with others is only asked about."""
        is_new = choices != self._choices or not self._is_engine_known
        self._choices, self._is_engine_known = choices, True
        self.tools.set_terminology(choices.terminology)
        if self._work is not None:
            self._work.review.set_choices(choices)
        if is_new:
            self._offer_again()
        self._go_on()

    def _go_on(self) -> None:
        """Code what is left, with what the rest was coded with: no answers of two kinds."""
        if self._is_engine_known and self.project is not None:
            self.runner.run(coded_with(self.project.info) or self._choices)

    def _offer_again(self) -> None:
        self._notices.clear("again")
        if not self._is_engine_known or self.project is None or self.project.read_only:
            return
        info = self.project.info
        former = coded_with(info)
        if former is None or former == self._choices or info.texts_missing:
            return
        self._notices.say(
            "again",
            "info",
            _(
                "This project was coded with another terminology, model, encoder or threshold, and "
                "goes on with them. Coding it again keeps all decisions."
            ),
            action=_("Code again"),
            on_action=self.code_again,
        )

    def code_again(self) -> None:
        """Forget the answers and ask for new ones; decisions are never touched."""
        self._notices.clear("again")
        try:
            self.runner.begin_again(self._choices)
        except CodingToolError as error:
            self._say(error)
        self.review.reload()

    def _say(self, error: CodingToolError) -> None:
        self._notices.say("workbook", "error", sentence(error))

    def _say_stopped(self, error: CodingToolError) -> None:
        self._notices.say(
            "workbook", "error", sentence(error), action=_("Go on"), on_action=self._try_again
        )

    def _try_again(self) -> None:
        self._notices.clear("workbook")
        self._go_on()

    def _say_skipped(self, count: int) -> None:
        text = ngettext(
            "{count} phrase could not be coded and was left out. Code it by hand.",
            "{count} phrases could not be coded and were left out. Code them by hand.",
            count,
        )
        self._notices.say("skipped", "warning", text.format(count=count))

    # -- the window ------------------------------------------------------------------------------

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        if self.project is not None:
            return self.review.panes()
        return [self.welcome.open_button, self.welcome.paste_button, *self.welcome.recent]

    def save_layout(self, stored: QSettings) -> None:
        """Remember widths and splitters."""
        if self._work is not None:
            self._work.review.save_layout(stored)

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.welcome.retranslate()
        self.show_recent()
        if self._work is not None:
            self._work.retranslate()


def has_narratives(info: "ProjectInfo") -> bool:
    """Whether a project was made from a file with a column of narratives."""
    sheets: Any = info.layout.get("sheets", ())
    is_file = bool(info.source_path)  # what was pasted cannot be read again
    return is_file and any(sheet["columns"].get("narrative") for sheet in sheets)


def coded_with(info: "ProjectInfo") -> Choices | None:
    """What the answers of a project were made with; None where it has none.

    The terminology is the release that its decisions are in now.
    """
    run = info.run
    if run is None or not info.coded_count:
        return None
    release = info.release.terminology_id if info.release else run.terminology_id
    encoder = (run.encoder_id if run.fusion else NONE) if run.mode != LEXICAL else ""
    return Choices(release, run.model_id, run.mode, round(run.threshold, 4), encoder)
