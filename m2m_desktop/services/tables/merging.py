"""Fill merged cells down: the value of the first holds for all its rows."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from m2m_desktop.services.tables.grid import GridRow, MergedRange


def merged_below(
    merged: Iterable[MergedRange], columns: Collection[int], header_row: int
) -> tuple[MergedRange, ...]:
    """The merged ranges below the header that hold for several rows of one of the columns."""
    return tuple(
        area
        for area in merged
        if area.bottom > area.top > header_row
        and any(area.left <= column <= area.right for column in columns)
    )


def filled(
    rows: Iterable[GridRow], areas: Sequence[MergedRange], columns: Collection[int]
) -> Iterator[GridRow]:
    """Give the rows with the values of merged cells in all their rows.

    Only rows with a cell of their own: one that is wholly covered says nothing new, and ranges may
    be far longer than the table.
    """
    waiting = sorted(areas, key=lambda area: area.top, reverse=True)
    open_areas: list[tuple[int, dict[int, str]]] = []
    for row in rows:
        open_areas = [(last, values) for last, values in open_areas if last >= row.number]
        cells = dict(row.cells)
        for _last, values in open_areas:
            for column, text in values.items():
                if not cells.get(column):
                    cells[column] = text
        while waiting and waiting[-1].top <= row.number:
            area = waiting.pop()
            text = row.cells.get(area.left, "") if area.top == row.number else ""
            if text:
                covered = (column for column in columns if area.left <= column <= area.right)
                values = dict.fromkeys(covered, text)
                cells.update(values)
                open_areas.append((area.bottom, values))
        yield GridRow(row.number, cells, row.faults)
