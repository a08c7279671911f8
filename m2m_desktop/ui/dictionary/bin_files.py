"""The research bin and files: its terms written to a workbook, the terms of a file taken in."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from m2m_desktop.core.errors import Cancelled, CodingToolError
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui.dictionary.bad_rows_dialog import BadRowsDialog, bad_rows_from_json
from m2m_desktop.ui.dictionary.records import TermRow, term_rows_from_json
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.notices import NoticeArea

DONE, BAD, ERROR = "dictionary-bin", "dictionary-bin-bad", "dictionary-bin-error"
READABLE = "*.xlsx *.xlsm *.xls *.csv *.txt *.tsv"


class BinFiles(QObject):
    """Asks for files and has the engine read and write them; says in notices what came of it."""

    taken = Signal(object)
    """Terms of a file, as a tuple of `TermRow`."""

    def __init__(self, client: EngineClient, notices: NoticeArea, owner: QWidget) -> None:
        super().__init__(owner)
        self._requests, self._notices, self._owner = Requests(client), notices, owner
        self._terminology = ""

    def set_terminology(self, terminology: str) -> None:
        """Look terms up in this one from now on."""
        self._terminology = terminology
        self._requests.close()

    def choose_export(self, terms: Sequence[TermRow]) -> None:
        """Ask for a file and write the bin to it."""
        chosen, _kind = QFileDialog.getSaveFileName(
            self._owner, _("Export the research bin"), f"{_('research bin')}.xlsx", "*.xlsx"
        )
        if chosen:
            self.export_to(chosen, terms)

    def export_to(self, path: str, terms: Sequence[TermRow]) -> None:
        """Write the bin to a workbook."""
        items = [{"level": row.level.name.lower(), "code": row.code} for row in terms]
        params = {"terminology": self._terminology, "path": path, "items": items}
        self._requests.ask("bin_export", params, self._exported, self.fail)

    def _exported(self, told: Json) -> None:
        self._tidy()
        text = ngettext(
            "{count} term was written to {path}",
            "{count} terms were written to {path}",
            told["rows"],
        )
        name = Path(str(told["path"])).name
        self._notices.say(DONE, "info", text.format(count=told["rows"], path=name))

    def choose_import(self) -> None:
        """Ask for a file and take its terms in."""
        chosen, _kind = QFileDialog.getOpenFileName(
            self._owner, _("Terms from a file"), "", f"{_('Tables and texts')} ({READABLE})"
        )
        if chosen:
            self.import_from(chosen)

    def import_from(self, path: str) -> None:
        """Take the terms of a file in: codes or names."""
        params = {"terminology": self._terminology, "path": path}
        self._requests.ask("bin_import", params, self._imported, self.fail)

    def _imported(self, told: Json) -> None:
        self._tidy()
        self.taken.emit(term_rows_from_json(told["items"]))
        bad = bad_rows_from_json(told["bad"])
        if bad:
            first = bad[0]
            text = ngettext(
                "{count} row was not taken: row {row}, {reason}",
                "{count} rows were not taken, the first of them: row {row}, {reason}",
                len(bad),
            )
            self._notices.say(
                BAD,
                "warning",
                text.format(count=len(bad), row=first.row, reason=first.reason),
                action=_("Show the rows"),
                on_action=lambda: BadRowsDialog(bad, self._owner).open(),
            )

    def fail(self, error: CodingToolError) -> None:
        """Say what went wrong."""
        if not isinstance(error, Cancelled):
            self._notices.say(ERROR, "error", sentence(error))

    def _tidy(self) -> None:
        for key in (DONE, BAD, ERROR):
            self._notices.clear(key)
