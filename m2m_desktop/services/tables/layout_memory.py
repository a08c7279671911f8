"""Layouts that a person chose, remembered for tables with the same headers."""

import contextlib
import json
import logging
import os
from pathlib import Path

from m2m_desktop.core.errors import BadRequest, OutputUnwritable
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.tables.records import TableLayout
from m2m_desktop.services.tables.wire import layout_from_json, layout_to_json

logger = logging.getLogger(__name__)

MAX_LAYOUTS = 200
"""The oldest are forgotten beyond this."""


class LayoutMemory:
    """One small JSON file in a folder; it holds names of sheets, and no name of a column."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "table_layouts.json"

    def known(self) -> dict[str, TableLayout]:
        """All layouts by the signature of their table, the oldest first.

        A damaged file counts as empty, and an entry that makes no sense as missing.
        """
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            logger.warning("remembered layouts cannot be read (%s)", type(error).__name__)
            return {}
        if not isinstance(stored, dict):
            logger.warning("remembered layouts cannot be read (not an object)")
            return {}
        layouts = {}
        for signature, value in stored.items():
            with contextlib.suppress(BadRequest):
                layouts[signature] = layout_from_json(value)
        return layouts

    def remember(self, signature: str, layout: TableLayout) -> None:
        """Keep a layout; a table without a signature is not remembered.

        The old file stays until the new one is whole. Raises: OutputUnwritable.
        """
        if not signature:
            return
        layouts = self.known()
        layouts.pop(signature, None)
        layouts[signature] = layout
        newest = list(layouts.items())[-MAX_LAYOUTS:]
        text = json.dumps(
            {key: layout_to_json(value) for key, value in newest}, ensure_ascii=False, indent=1
        )
        draft = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text + "\n", encoding="utf-8")
            draft.replace(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise OutputUnwritable(path=self._file, detail=os_reason(error)) from error
