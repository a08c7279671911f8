"""Our own sheets as XML, row after row: nothing is kept in memory and nothing in a temporary file."""

from collections.abc import Iterator

from m2m_desktop.services.export.cell_xml import CellStyles, cells_xml, column_letters
from m2m_desktop.services.export.sheets import NewSheet

_ROWS_A_PIECE = 500
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
)


def sheet_xml(
    sheet: NewSheet, styles: CellStyles, bold: CellStyles, drawing_id: str = ""
) -> Iterator[bytes]:
    """Give a sheet's XML piece by piece; ``drawing_id`` links the drawing that holds its chart."""
    corner = f"{column_letters(len(sheet.widths))}{max(sheet.row_count, 1)}"
    size = f'<dimension ref="A1:{corner}"/>'.encode()
    yield _HEAD.encode() + size + _view(sheet.frozen_rows) + _widths(sheet.widths) + b"<sheetData>"
    piece: list[bytes] = []
    for number, row in enumerate(sheet.rows(), 1):
        values = dict(enumerate(row.values, 1))
        cells = cells_xml(number, values, bold if row.is_bold else styles)
        piece.append(b'<row r="%d">' % number + cells + b"</row>")
        if len(piece) >= _ROWS_A_PIECE:
            yield b"".join(piece)
            piece.clear()
    drawing = f'<drawing r:id="{drawing_id}"/>' if drawing_id else ""
    yield b"".join(piece) + b"</sheetData>" + drawing.encode() + b"</worksheet>"


def _view(frozen_rows: int) -> bytes:
    if not frozen_rows:
        return b""
    corner = f"A{frozen_rows + 1}"
    return (
        '<sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen_rows}" topLeftCell="{corner}" activePane="bottomLeft"'
        f' state="frozen"/><selection pane="bottomLeft" activeCell="{corner}" sqref="{corner}"/>'
        "</sheetView></sheetViews>"
    ).encode()


def _widths(widths: tuple[float, ...]) -> bytes:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>".encode()
