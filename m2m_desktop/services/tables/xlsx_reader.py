"""Workbooks (.xlsx, .xlsm) as grids."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.tables.grid import GridRow, SheetFacts, SheetInfo
from m2m_desktop.services.tables.xlsx_cells import CellReader
from m2m_desktop.services.tables.xlsx_package import read_package
from m2m_desktop.services.tables.xlsx_scan import scan_sheet
from m2m_desktop.services.tables.xlsx_sheet import sheet_rows
from m2m_desktop.services.tables.xlsx_strings import SharedStrings
from m2m_desktop.services.tables.xlsx_styles import read_styles
from m2m_desktop.services.tables.xml_stream import open_part, pieces_of
from m2m_desktop.services.tables.zip_guard import check_zip, cut_short, zip_damage


class XlsxGrid:
    """An opened workbook; only its sheets of cells. Raises: TableUnreadable."""

    kind = "xlsx"
    encoding = delimiter = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = _opened(path)
        try:
            check_zip(self._archive, path)
            package = read_package(self._archive, path)
            styles = read_styles(self._archive, package.styles, path)
        except BaseException:
            self._archive.close()
            raise
        self._parts = {sheet.name: sheet for sheet in package.sheets}
        self.sheets = tuple(SheetInfo(sheet.name, sheet.is_hidden) for sheet in package.sheets)
        self._strings = SharedStrings(self._archive, package.strings, path)
        self._cells = CellReader(self._strings, styles, is_1904=package.is_1904)
        self.notes: tuple[Message, ...] = ()
        if not styles.are_known:
            self.notes = (message(N_("The styles are damaged: dates may appear as numbers.")),)

    def size(self, sheet: str) -> int:
        """Bytes of XML."""
        return self._archive.getinfo(self._parts[sheet].part).file_size

    def rows(self, sheet: str, progress: Progress = silent) -> Iterator[GridRow]:
        """The rows with content."""
        part = self._parts[sheet]
        yield from sheet_rows(self._archive, part, self.path, self._cells, progress)
        self._strings.finish()

    def facts(self, sheet: str) -> SheetFacts:
        """Look through the sheet without parsing it."""

        def where() -> Message:
            return message(N_("the sheet {sheet} is damaged or cut short."), sheet=sheet)

        with open_part(self._archive, self._parts[sheet].part, self.path) as stream:
            return scan_sheet(pieces_of(stream, self.path, where))

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        with zip_damage(path):
            return zipfile.ZipFile(path)
    except ValueError as error:  # names or numbers in its directory that make no sense
        raise cut_short(path) from error
