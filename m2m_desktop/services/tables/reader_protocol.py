"""What reads tables for others: in a process of its own (`table_reader`), or here, in tests."""

from pathlib import Path
from typing import Protocol

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.records import ReadTable, SniffedTable, TableLayout


class Reader(Protocol):
    """Reads tables, as `services.tables` does."""

    def sniff(self, path: Path, *, progress: Progress = silent) -> SniffedTable:
        """Look at a file."""

    def read(self, path: Path, layout: TableLayout, progress: Progress = silent) -> ReadTable:
        """Read its rows."""
