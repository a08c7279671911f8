"""Open a file as a grid: by what it holds, not by what it is called."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.phrases import os_reason
from m2m_desktop.services.tables.errors import (
    NotATable,
    ReaderFailed,
    TableDamaged,
    TableRefused,
    TableUnreadable,
)
from m2m_desktop.services.tables.grid import MAX_FILE_BYTES, Grid
from m2m_desktop.services.tables.text_reader import TextGrid
from m2m_desktop.services.tables.xls_reader import XlsGrid
from m2m_desktop.services.tables.xlsx_reader import XlsxGrid

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|meta|style)", re.IGNORECASE)
_XML_TABLE = b"urn:schemas-microsoft-com:office:spreadsheet"
_HEAD_BYTES = 4096
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".et", ".ett"})
_OTHERS = (
    (b"MIME-Version", N_("it is a web page that is called a workbook.")),
    (b"%PDF", N_("it is a PDF document.")),
    (b"Rar!", N_("it is an archive (.rar); take the table out of it first.")),
    (b"7z\xbc\xaf", N_("it is an archive (.7z); take the table out of it first.")),
    (b"{\\rtf", N_("it is a document (.rtf), not a workbook.")),
    (b"\x89PNG", N_("it is a picture.")),
    (b"\xff\xd8\xff", N_("it is a picture.")),
    (b"SQLite format 3", N_("it is a database or a project file, not a table.")),
)


def open_table(path: Path, *, encoding: str = "", delimiter: str | None = None) -> Grid:
    """Open a workbook or a text file. ``encoding`` and ``delimiter`` matter for text only.

    Raises: TableUnreadable, BadRequest for an unknown encoding.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if path.stat().st_size > MAX_FILE_BYTES:
        detail = message(N_("the file is larger than {size} MB."), size=MAX_FILE_BYTES >> 20)
        raise TableRefused(path=path, detail=detail)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00\r\n\t "):
        raise NotATable(path=path, detail=message(N_("the file is empty.")))
    if head.startswith(_ZIP):
        return XlsxGrid(path)
    if head.startswith(_OLE) or (head.startswith(_BIFF) and head[2:3] in b"\x04\x06\x08\x10"):
        return XlsGrid(path)
    _refuse_others(head, path)
    return TextGrid(path, encoding=encoding, delimiter=delimiter)


def _refuse_others(head: bytes, path: Path) -> None:
    for start, template in _OTHERS:
        if head.startswith(start):
            raise NotATable(path=path, detail=message(template))
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if _XML_TABLE in head:
        detail = message(N_("it is an XML table (2003), though it may be called .xls."))
        raise NotATable(path=path, detail=detail)
    if _WEB_PAGE.match(plain) or _WEB_PAGE.match(plain.replace(b"\0", b"")):
        detail = message(N_("it is a web page that is called a workbook."))
        raise NotATable(path=path, detail=detail)
    if plain.lstrip().startswith(b"<?xml"):
        raise NotATable(path=path, detail=message(N_("it is an XML file, not a workbook.")))
    if path.suffix.casefold() in _WORKBOOKS:
        detail = message(
            N_(
                "it is called {suffix}, but it is no workbook: text that was renamed, or a file "
                "that was cut short."
            ),
            suffix=path.suffix,
        )
        raise NotATable(path=path, detail=detail)


@contextlib.contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes the readers raise into our errors."""
    try:
        yield
    except CodingToolError:
        raise
    except OSError as error:
        raise TableUnreadable(path=path, detail=os_reason(error)) from error
    except MemoryError:
        detail = message(N_("reading it takes more memory than there is."))
        raise ReaderFailed(path=path, detail=detail) from None
    except Exception as error:  # dozens of classes leak from damaged files, and more may
        detail = message(N_("it is damaged ({kind})."), kind=type(error).__name__)
        raise TableDamaged(path=path, detail=detail) from error
