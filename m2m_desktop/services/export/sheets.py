"""Sheets of our own, before they have a format: rows of texts and numbers under a title."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from m2m_desktop.services.export.answers import Values

MAX_TITLE = 31
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row; a bold one is a heading."""

    values: Values
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of a sheet's rows ``first_row`` to ``last_row``: names in column 1, ``column`` counts."""

    title: str
    first_row: int
    last_row: int
    column: int
    anchor: str


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet: ``rows`` gives its ``row_count`` rows anew each time.

    ``frozen_rows`` stay in sight on top.
    """

    title: str
    widths: tuple[float, ...]
    row_count: int
    rows: Callable[[], Iterator[NewRow]]
    frozen_rows: int = 0
    chart: BarChart | None = None


def divided(sheet: NewSheet, max_rows: int) -> list[NewSheet]:
    """The sheet as one, or as several that repeat its frozen rows where it has too many rows."""
    if sheet.row_count <= max_rows:
        return [sheet]
    step = max_rows - sheet.frozen_rows
    starts = range(sheet.frozen_rows, sheet.row_count, step)
    return [
        replace(
            sheet,
            title=_numbered(sheet.title, number),
            row_count=sheet.frozen_rows + min(step, sheet.row_count - start),
            rows=_part(sheet, start, start + step),
        )
        for number, start in enumerate(starts, 1)
    ]


def with_free_titles(sheets: Sequence[NewSheet], taken: Sequence[str]) -> list[NewSheet]:
    """The sheets with titles that no sheet of the workbook has (case aside), as Excel wants."""
    used = {title.casefold() for title in taken}
    named = []
    for sheet in sheets:
        title, number = sheet.title.translate(_NOT_IN_TITLES)[:MAX_TITLE], 1
        while title.casefold() in used:
            number += 1
            title = _numbered(sheet.title, number)
        used.add(title.casefold())
        named.append(replace(sheet, title=title))
    return named


def _numbered(title: str, number: int) -> str:
    if number == 1:
        return title
    mark = f" ({number})"
    return title[: MAX_TITLE - len(mark)] + mark


def _part(sheet: NewSheet, start: int, end: int) -> Callable[[], Iterator[NewRow]]:
    def rows() -> Iterator[NewRow]:
        for number, row in enumerate(sheet.rows()):
            if number < sheet.frozen_rows or start <= number < end:
                yield row

    return rows
