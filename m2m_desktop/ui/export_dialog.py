"""Writes the results of a project: in which form, where to; then says what was written."""

from html import escape
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QWidget

from m2m_desktop.services.export.draft_files import free_name
from m2m_desktop.services.export.records import COPIED_SUFFIXES, COPY, CSV, JSONL, WORKBOOK
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.model.widgets import RadioQuestion
from m2m_desktop.ui.widgets import label, titled_page
from m2m_desktop.ui.write_dialog import WriteDialog

SUFFIXES = {COPY: ".xlsx", WORKBOOK: ".xlsx", CSV: ".csv", JSONL: ".jsonl"}


class ExportDialog(WriteDialog):
    """See the module."""

    def __init__(
        self,
        client: EngineClient,
        project: Project,
        locations: Locations,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(client, project, locations, parent)
        self._is_path_own = False
        self.setWindowTitle(_("Export"))
        self.setMinimumSize(640, 500)
        self.form = RadioQuestion()
        self.form.changed.connect(self._form_changed)
        self.decided_box = QCheckBox(_("Only what was decided; leave the rest empty"))
        self.step = label("muted")
        self._show_pages()
        self._ask_form()

    # -- pages -----------------------------------------------------------------------------------

    def _asking_page(self) -> QWidget:
        page, column = titled_page(_("Export"))
        column.addWidget(self.notices)
        column.addWidget(self.form)
        column.addSpacing(style.M)
        column.addLayout(self._path_row())
        column.addSpacing(style.S)
        column.addWidget(self.decided_box)
        column.addWidget(self._open_words())
        column.addStretch(1)
        column.addLayout(self._asking_foot())
        return page

    def _open_words(self) -> QWidget:
        words = label("muted", style.CAPTION)
        words.setWordWrap(True)
        left = self._info.reaction_phrase_count - self._info.decided_count
        if left > 0:
            words.setText(
                _(
                    "Phrases not reviewed yet: {count} of {total}. They are marked so, and never "
                    "count as accepted."
                ).format(count=f"{left:,}", total=f"{self._info.reaction_phrase_count:,}")
            )
        return words

    def _working_page(self, *above: QWidget) -> QWidget:
        return super()._working_page(*above, self.step)

    # -- asking ----------------------------------------------------------------------------------

    def _ask_form(self) -> None:
        options = [
            (WORKBOOK, _("A new workbook"), _("One row for each mention and term, with a summary")),
            (CSV, _("A table as text (CSV)"), _("Opens in Excel and WPS with Chinese text intact")),
            (
                JSONL,
                _("For other programs (JSON lines)"),
                _("One line for each mention, with all that is known of it"),
            ),
        ]
        is_copied = Path(self._info.source_name).suffix.lower() in COPIED_SUFFIXES
        if is_copied:
            copy = _("A copy of the same workbook")
            hint = _("The codes stand in columns at the right; everything else stays as it is")
            options.insert(0, (COPY, copy, hint))
        self.form.ask(_("What is to be written?"), options, default=options[0][0])
        self._form_changed()

    def _form_changed(self) -> None:
        if not self._is_path_own:
            self.path.setText(str(self._proposed()))
        self._clear_notices()

    def _path_given(self) -> None:
        self._is_path_own = True
        super()._path_given()

    def _proposed(self) -> Path:
        source = Path(self._info.source_path or self._info.path)
        folder = source.parent if source.parent.is_dir() else Path(self._info.path).parent
        chosen = self.form.value() or WORKBOOK
        suffix = source.suffix if chosen == COPY else SUFFIXES[chosen]
        stem = Path(self._info.source_name or self._info.path).stem + _("_coded")
        wanted = folder / f"{stem}{suffix}"
        return free_name(wanted) if wanted.exists() else wanted

    # -- writing ---------------------------------------------------------------------------------

    def _request(self) -> tuple[str, Json]:
        return "export_project", {
            "source": self._info.source_path,
            "form": self.form.value(),
            "options": {"only_decided": self.decided_box.isChecked()},
        }

    def _show_progress(self, done: int, total: int, note: str) -> None:
        super()._show_progress(done, total, note)
        self.step.setText(_(note) if note else _("Writing"))

    def _told(self, answer: Json) -> tuple[str, str]:
        written = str(answer["written"])
        lines = [str(line) for line in answer["report"].get("lines", ())]
        return written, (
            f"<p style='font-size: large'><b>{escape(Path(written).name)}</b></p>"
            f"<p>{escape(str(Path(written).parent))}</p>"
            + "".join(f"<p>{escape(line)}</p>" for line in lines)
        )
