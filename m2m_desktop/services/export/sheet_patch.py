"""A sheet's XML with cells added at the right end of its rows; all else stays as it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from m2m_desktop.services.export.answers import Values
from m2m_desktop.services.export.cell_xml import CellStyles, cells_xml, column_letters
from m2m_desktop.services.export.sheet_scan import ScannedRow, ScannedSheet, cells_before
from m2m_desktop.services.export.xml_bytes import attributes, element, with_attributes


@dataclass(frozen=True, slots=True)
class NewCells:
    """What a row gets, from the first new column on, and how it looks."""

    values: Values
    styles: CellStyles
    marked: frozenset[int] = frozenset()


def patched_sheet(
    sheet: ScannedSheet, first_column: int, widths: tuple[float, ...], new: Mapping[int, NewCells]
) -> Iterator[bytes]:
    """Give the new XML piece by piece. Rows that get nothing are not touched.

    ``widths`` are those of the new columns. A row that is not there is made.
    """
    data, table, name = sheet.data, sheet.table, sheet.prefix + b"sheetData"
    last_column = first_column + len(widths) - 1
    head = _with_size(data[: table.start], sheet, last_column, max(new, default=1))
    yield _with_widths(head, sheet.prefix, first_column, widths)
    tag = data[table.start : table.tag_end]
    yield tag if table.end > table.tag_end else tag[:-2] + b">"
    yield from _rows(sheet, first_column, new)
    yield b"</" + name + b">"
    yield data[table.end :]


def _rows(sheet: ScannedSheet, first_column: int, new: Mapping[int, NewCells]) -> Iterator[bytes]:
    data, at = sheet.data, sheet.table.tag_end
    present = {row.number for row in sheet.rows}
    missing = sorted((number for number in new if number not in present), reverse=True)
    for row in sheet.rows:
        if missing and missing[-1] < row.number:
            yield data[at : row.start]
            at = row.start
            while missing and missing[-1] < row.number:
                number = missing.pop()
                yield _new_row(number, sheet.prefix, first_column, new[number])
        if row.number in new:
            yield data[at : row.start]
            yield _patched_row(sheet, row, first_column, new[row.number])
            at = row.end
    yield data[at : sheet.table.content_end]
    for number in reversed(missing):
        yield _new_row(number, sheet.prefix, first_column, new[number])


def _patched_row(sheet: ScannedSheet, row: ScannedRow, first: int, cells: NewCells) -> bytes:
    data = sheet.data
    tag = data[row.start : row.tag_end]
    if b"spans" in tag:  # a hint that would be wrong now
        tag = with_attributes(tag, spans=None)
    added = _cells(row.number, sheet.prefix, first, cells)
    if row.tag_end == row.end:
        return tag[:-2] + b">" + added + b"</" + sheet.prefix + b"row>"
    kept = data[row.tag_end : row.cells_end]
    if row.last_column >= first:  # empty cells in the way, which only had a format
        kept = cells_before(data, row, sheet.prefix, first)
    return tag + kept + added + data[row.cells_end : row.end]


def _new_row(number: int, prefix: bytes, first: int, cells: NewCells) -> bytes:
    added = _cells(number, prefix, first, cells)
    return b'<%srow r="%d">' % (prefix, number) + added + b"</%srow>" % prefix


def _cells(row: int, prefix: bytes, first: int, cells: NewCells) -> bytes:
    values = dict(enumerate(cells.values, first))
    return cells_xml(row, values, cells.styles, prefix=prefix.decode(), marked=cells.marked)


def _with_size(head: bytes, sheet: ScannedSheet, last_column: int, last_row: int) -> bytes:
    found = element(head, sheet.prefix + b"dimension")
    if found is None:
        return head
    if sheet.rows:
        last_row = max(last_row, sheet.rows[-1].number)
    area = f"A1:{column_letters(last_column)}{last_row}".encode()
    tag = with_attributes(head[found.start : found.tag_end], ref=area)
    return head[: found.start] + tag + head[found.tag_end :]


def _with_widths(head: bytes, prefix: bytes, first: int, widths: tuple[float, ...]) -> bytes:
    """Give the new columns their widths; what was said of them before (hidden …) is cut out."""
    last = first + len(widths) - 1
    columns = [
        (number, b'<%scol min="%d" max="%d" width="%g" customWidth="1"/>' % (prefix, number, number, width))
        for number, width in enumerate(widths, first)
    ]  # fmt: skip
    found = element(head, prefix + b"cols")
    if found is None:
        new = b"".join(xml for _number, xml in columns)
        return head + b"<%scols>" % prefix + new + b"</%scols>" % prefix
    at = found.tag_end
    while (old := element(head, prefix + b"col", at)) and old.end <= found.content_end:
        tag = head[old.start : old.tag_end]
        at = old.end
        values = attributes(tag)
        low, high = int(values[b"min"]), int(values[b"max"])
        for start, end in ((low, min(high, first - 1)), (max(low, last + 1), high)):
            if start <= end:
                own = with_attributes(tag, min=b"%d" % start, max=b"%d" % end)
                columns.append((start, own))
    new = b"".join(xml for _number, xml in sorted(columns))
    tag_end = found.tag_end
    return head[:tag_end] + new + head[found.content_end :]
