"""Tables for Excel and WPS: tab-separated text and an HTML table, safe to paste."""

import html
import re
from collections.abc import Sequence

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

Rows = Sequence[Sequence[str]]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def neutralised(cell: str) -> str:
    """The text so that a spreadsheet does not take it for a formula; plain numbers stay."""
    if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def as_tsv(rows: Rows) -> str:
    """Rows as tab-separated text, with quotes where a cell needs them."""
    return "".join("\t".join(map(_quoted, row)) + "\r\n" for row in rows)


def _quoted(cell: str) -> str:
    safe = neutralised(cell)
    if any(character in safe for character in '\t\r\n"'):
        return '"' + safe.replace('"', '""') + '"'
    return safe


def as_html(rows: Rows) -> str:
    """Rows as an HTML table whose cells a spreadsheet keeps as text: codes stay 8 digits."""
    lines = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        cells = "".join(
            f"<{tag} style=\"mso-number-format:'\\@'\">{html.escape(neutralised(cell))}</{tag}>"
            for cell in row
        )
        lines.append(f"<tr>{cells}</tr>")
    return f'<meta charset="utf-8"><table>{"".join(lines)}</table>'


def copy_text(text: str) -> None:
    """Put a term or a code on the clipboard."""
    if text:
        QGuiApplication.clipboard().setText(text)


def let_go() -> None:
    """Leave plain text behind before the program ends.

    Qt deletes what a program has put on the clipboard when the program is already half gone, and
    crashes over an object that was made here.
    """
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.setText(clipboard.text())


def copy_table(rows: Rows) -> None:
    """Put a table on the clipboard, as text and as HTML."""
    data = QMimeData()
    data.setText(as_tsv(rows))
    data.setHtml(as_html(rows))
    QGuiApplication.clipboard().setMimeData(data)
