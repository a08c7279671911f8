"""What can be done with an open project besides reviewing it: hand it on, compare, check, remember."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.dropped import PROJECT_SUFFIX
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import is_agreed, sentence
from m2m_desktop.ui.notices import NoticeArea

if TYPE_CHECKING:
    from m2m_desktop.core.review import CodedTerm, PhraseRow
    from m2m_desktop.services.learning import Learner
    from m2m_desktop.services.memory.store import MemoryStore
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.ui.audit_dialog import AuditDialog
    from m2m_desktop.ui.compare_dialog import CompareDialog
    from m2m_desktop.ui.export_dialog import ExportDialog
    from m2m_desktop.ui.memory.dialog import MemoryDialog
    from m2m_desktop.ui.narrative.unmentioned import UnmentionedDialog
    from m2m_desktop.ui.narrative.unmentioned_records import Finding
    from m2m_desktop.ui.own_check_dialog import OwnCheckDialog
    from m2m_desktop.ui.review.page import ReviewPage


class WorkbookTools(QWidget):
    """Opens the dialogs of a project, and keeps the memory in step with its decisions.

    A widget that is never shown: the dialogs belong to the window it is in.
    """

    threshold_wanted = Signal(float)
    purged = Signal()
    mentions_changed = Signal()
    """Mentions were added out of narratives, or taken out again."""

    def __init__(
        self,
        client: EngineClient,
        notices: NoticeArea,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.hide()
        self._client, self._notices, self._locations = client, notices, locations
        self._review: ReviewPage | None = None
        self._project: Project | None = None
        self._learner: Learner | None = None
        self._terminology = self._reviewer = ""
        self._item_count = -1

    @cached_property
    def _memory(self) -> "MemoryStore":
        from m2m_desktop.services.memory.store import MemoryStore, memory_path

        return MemoryStore(memory_path(self._locations))

    def attach(self, review: "ReviewPage") -> None:
        """Work for this review from now on; it comes with the first project."""
        self._review = review
        review.decisions_changed.connect(self._learn)
        review.set_remembered(self._remembered)
        review.desk.stepped_back.connect(lambda _ids: self._look_again())
        review.export_wanted.connect(self.export)
        review.set_reviewer(self._reviewer)

    def open(self, project: "Project | None") -> None:
        """Work for this project from now on."""
        self._project, self._learner, self._item_count = project, None, -1
        self._notices.clear("memory")
        if project is not None:
            from m2m_desktop.services.learning import Learner

            try:
                self._learner = Learner(self._memory, project)
            except CodingToolError as error:
                self._say_memory(error)

    def set_terminology(self, terminology: str) -> None:
        """Check the memory against this terminology."""
        self._terminology = terminology

    def set_reviewer(self, name: str) -> None:
        """Write this name beside decisions."""
        self._reviewer = name
        if self._review is not None:
            self._review.set_reviewer(name)

    # -- handing on ------------------------------------------------------------------------------

    def export(self) -> "ExportDialog | None":
        """Ask how the results are to be written, and write them."""
        if self._project is None:
            return None
        from m2m_desktop.ui.export_dialog import ExportDialog

        dialog = ExportDialog(self._client, self._project, self._locations, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    # -- narratives ------------------------------------------------------------------------------

    def check_narratives(self, source: Path, choices: Choices) -> "UnmentionedDialog | None":
        """Show what the narratives of the file tell and its name column leaves out."""
        project, review = self._project, self._review
        if project is None or review is None:
            return None
        from m2m_desktop.ui.narrative.unmentioned import UnmentionedDialog
        from m2m_desktop.ui.narrative.unmentioned_records import addition_of

        desk, phrases = review.desk, dict[int, int]()

        def add(found: "Finding", terms: "Sequence[CodedTerm]") -> int:
            now = desk.now()
            addition = addition_of(found, terms, desk.who, now)
            (made,) = project.add([addition], actor=desk.actor, now=now)
            phrases[made.item_id] = made.phrase_id
            return made.item_id

        def take_out(item_id: int) -> None:
            project.withdraw([item_id], actor=desk.actor, now=desk.now())

        def finish() -> None:
            if project is self._project and phrases:
                self._look_again(is_certain=True)
                self._learn_added(phrases.values())

        coding = {
            "terminology": choices.terminology,
            "model": choices.model,
            "mode": choices.mode,
            "threshold": choices.threshold,
            "encoder": choices.encoder,
        }
        self._item_count = project.info.item_count
        dialog = UnmentionedDialog(
            self._client, project, source, coding, self._locations, add, take_out, self.window()
        )
        dialog.finished.connect(finish)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _look_again(self, *, is_certain: bool = False) -> None:
        """Say so where the project has other mentions than before: undoing may do that, too."""
        if self._project is None or self._item_count < 0:
            return
        count = self._project.info.item_count
        if is_certain or count != self._item_count:
            self._item_count = count
            self.mentions_changed.emit()

    def _learn_added(self, phrase_ids: "Iterable[int]") -> None:
        """Remember what was decided for phrases that the project did not have."""
        if self._review is not None:
            rows = map(self._review.model.by_id, dict.fromkeys(phrase_ids))
            decided = [row for row in rows if row is not None and row.state.is_locked]
            self._learn(decided, self._review.answer.head.remember_box.isChecked())

    # -- memory ----------------------------------------------------------------------------------

    def show_memory(self) -> "MemoryDialog":
        """Open the list of what was decided before."""
        from m2m_desktop.ui.memory.dialog import MemoryDialog

        dialog = MemoryDialog(
            self._client, self._memory, self._terminology, self._reviewer, self.window()
        )
        dialog.changed.connect(self.refresh_memory)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def refresh_memory(self) -> None:
        """The memory was changed by hand: what it warns of is another thing now."""
        if self._learner is None or self._review is None:
            return
        try:
            self._learner.refresh()
        except CodingToolError as error:
            self._say_memory(error)
        self._review.set_remembered(self._remembered)

    def _learn(self, rows: "list[PhraseRow]", remembers: bool) -> None:
        if self._learner is None:
            return
        try:
            self._learner.follow(rows, remembers=remembers)
        except CodingToolError as error:
            self._say_memory(error)

    def _remembered(self, text: str) -> "Sequence[CodedTerm] | None":
        return self._learner.known_before(text) if self._learner else None

    def _say_memory(self, error: CodingToolError) -> None:
        self._notices.say("memory", "warning", sentence(error))

    # -- checks ----------------------------------------------------------------------------------

    def choose_other(self) -> None:
        """Ask for the project of another person, and compare."""
        chosen, _kind = QFileDialog.getOpenFileName(
            self.window(), _("The other coding of this file"), "", f"*{PROJECT_SUFFIX}"
        )
        if chosen:
            self.compare_with(chosen)

    def compare_with(self, other: str) -> "CompareDialog | None":
        """Compare the open project with another one."""
        if self._project is None:
            return None
        from m2m_desktop.ui.compare_dialog import CompareDialog

        dialog = CompareDialog(
            self._client, self._project, other, self._locations, self.take_terms, self.window()
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def take_terms(self, text: str, terms: "Sequence[CodedTerm]") -> bool:
        """Decide a phrase anew for these terms, none: no suitable term; whether it was done.

        Steps like any other: they can be undone.
        """
        from m2m_desktop.ui.review import steps as review_steps

        if self._review is None:
            return False
        desk, model = self._review.desk, self._review.model
        row = next((one for one in model.everything() if text and one.text == text), None)
        if row is not None and row.state.is_locked:
            desk.take([row], review_steps.REOPEN)
            row = model.by_id(row.phrase_id)
        if row is None:
            return False
        if terms:
            step = review_steps.choose(terms, desk.who, desk.now())
        else:
            step = review_steps.no_term(desk.who, desk.now())
        return bool(desk.take([row], step).changes)

    def check_own(self) -> "OwnCheckDialog | None":
        """Check the model on what was reviewed here."""
        if self._project is None:
            return None
        from m2m_desktop.ui.own_check_dialog import OwnCheckDialog

        dialog = OwnCheckDialog(self._client, self._project, self._locations, self.window())
        dialog.threshold_wanted.connect(self.threshold_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def write_audit(self) -> "AuditDialog | None":
        """Write the audit trail for others to read and verify."""
        if self._project is None:
            return None
        from m2m_desktop.ui.audit_dialog import AuditDialog

        dialog = AuditDialog(self._client, self._project, self._locations, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def purge(self) -> None:
        """Delete all phrases from the project after asking once more."""
        from m2m_desktop.services.snapshots import sweep_snapshots

        text = _(
            "All phrases are deleted from this project and its backups for good. Decisions stay; to "
            "go on reviewing, the project then needs the file it was made from."
        )
        title, action = _("Delete the phrases"), _("Delete")
        project, review = self._project, self._review
        if project is None or review is None or not is_agreed(self.window(), title, text, action):
            return
        try:
            project.purge_texts(actor=review.desk.actor, now=review.desk.now())
            sweep_snapshots(self._locations.snapshots)
        except CodingToolError as error:
            self._notices.say("workbook", "error", sentence(error))
        review.reload()
        self.purged.emit()
