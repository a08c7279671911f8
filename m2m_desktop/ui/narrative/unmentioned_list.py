"""The findings as a list to hand on: on the clipboard, or as a workbook that the engine writes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.services.narratives.list_columns import COLUMNS
from m2m_desktop.ui.clipboard import copy_table
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.model.requests import Requests
from m2m_desktop.ui.narrative.unmentioned_model import FindingModel
from m2m_desktop.ui.notices import NoticeArea


class FindingList:
    """All findings, whichever are shown; what became of saving them is said in ``notices``."""

    def __init__(
        self,
        client: EngineClient,
        model: FindingModel,
        source: Path,
        terminology: str,
        notices: NoticeArea,
        parent: QWidget,
    ) -> None:
        self._requests, self._model, self._source = Requests(client), model, source
        self._terminology, self._notices, self._parent = terminology, notices, parent

    def _rows(self) -> list[list[str]]:
        return list(map(self._model.list_row, self._model.everything()))

    def copy(self) -> None:
        """Put the list on the clipboard."""
        copy_table([[_(name) for name in COLUMNS], *self._rows()])

    def choose_target(self) -> None:
        """Ask where the list is to be saved, and save it."""
        name = _("{name} - not in the name column.xlsx").format(name=self._source.stem)
        chosen, _kind = QFileDialog.getSaveFileName(
            self._parent, _("Save the list"), str(self._source.with_name(name)), "*.xlsx"
        )
        if chosen:
            path = Path(chosen)
            is_named = path.suffix.lower() == ".xlsx"
            self.save(path if is_named else path.with_name(f"{path.name}.xlsx"))

    def save(self, target: Path) -> None:
        """Save the list as a workbook."""
        params = {"target": str(target), "rows": self._rows(), "terminology": self._terminology}
        self._requests.ask("narrative_list_save", params, self._say_saved, self._say_not_saved)

    def _say_saved(self, told: Mapping[str, Any]) -> None:
        text = _("The list was saved: {path}").format(path=told["written"])
        self._notices.say("saved", "info", text)

    def _say_not_saved(self, error: CodingToolError) -> None:
        self._notices.say("saved", "error", sentence(error))

    def close(self) -> None:
        """Say nothing any more."""
        self._requests.close()
