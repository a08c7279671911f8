"""Find out what separates the cells of a text file."""

import csv
from collections import Counter
from collections.abc import Sequence

from m2m_desktop.services.tables.columns import is_known_column

DELIMITERS = ("\t", ",", ";", "|")
NO_DELIMITER = ""
"""Each line is one cell."""
HEADER_ROWS = 20
_EVEN_SHARE = 0.8
_EXCEL_HINT = "sep="


def find_delimiter(sample: str, suffix: str) -> str:
    """Choose among ``DELIMITERS``, or none where each line is one cell.

    A known name of a column that stands alone in a cell decides; else the number of cells must be
    even over the rows. Commas and the like are common inside phrases, so in a plain text file
    (``suffix`` other than ``.csv``) only a tab is believed without a known name.
    """
    first = sample[:16].splitlines()[0] if sample else ""
    if first.casefold().startswith(_EXCEL_HINT) and first[len(_EXCEL_HINT) :] in DELIMITERS:
        return first[len(_EXCEL_HINT) :]
    by_delimiter = {delimiter: _sample_rows(sample, delimiter) for delimiter in DELIMITERS}
    for delimiter, rows in by_delimiter.items():
        if any(len(row) > 1 and any(map(is_known_column, row)) for row in rows[:HEADER_ROWS]):
            return delimiter
    believed = DELIMITERS if suffix.casefold() == ".csv" else ("\t",)
    even = {delimiter: _even_width(by_delimiter[delimiter]) for delimiter in believed}
    best = max(believed, key=lambda delimiter: even[delimiter])
    return best if even[best] > 1 else NO_DELIMITER


def _sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter))
    except csv.Error:
        return []


def _even_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells that nearly all rows have, or 0."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0
    width, count = widths.most_common(1)[0]
    return width if count >= _EVEN_SHARE * widths.total() else 0
