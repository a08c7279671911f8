"""Cells and rows as the XML of a sheet. Every text is an inline text: never a formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from m2m_desktop.services.export.answers import Value
from m2m_desktop.services.export.cell_text import starts_like_formula, xml_text


@dataclass(frozen=True, slots=True)
class CellStyles:
    """The numbers of the styles of one kind of row; ``quoted`` is for texts like formulas."""

    text: int
    quoted: int
    number: int
    marked: int


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cells_xml(
    row: int,
    values: Mapping[int, Value],
    styles: CellStyles,
    *,
    prefix: str = "",
    marked: frozenset[int] = frozenset(),
) -> bytes:
    """The cells of a row, by their columns; texts must be clean (see `cell_text`).

    Cells in ``marked`` columns have the style that draws a person's eye.
    """
    parts = []
    for column, value in values.items():
        if value is None or value == "":
            continue
        place = f"{column_letters(column)}{row}"
        if isinstance(value, str):
            style = styles.quoted if starts_like_formula(value) else styles.text
            style = styles.marked if column in marked else style
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            parts.append(
                f'<{prefix}c r="{place}" s="{style}" t="inlineStr"><{prefix}is>'
                f"<{prefix}t{space}>{xml_text(value)}</{prefix}t></{prefix}is></{prefix}c>"
            )
        else:
            parts.append(
                f'<{prefix}c r="{place}" s="{styles.number}"><{prefix}v>{value!r}</{prefix}v>'
                f"</{prefix}c>"
            )
    return "".join(parts).encode()
