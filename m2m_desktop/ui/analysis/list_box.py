"""The box a list of terms is pasted into, an example of one, and the files that may hold one."""

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QPlainTextEdit

LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".xls", ".xlsm", ".xlsx")
TAB_CHARACTERS = 13
"""So wide is a column of a list in the box: most names are shorter."""
_ROWS = (
    ("皮疹", "一般", 21),
    ("瘙痒", "一般", 14),
    ("恶心", "一般", 12),
    ("呕吐", "一般", 9),
    ("过敏性休克", "严重", 4),
    ("过敏性休克", "一般", 1),
    ("药物性肝损伤", "严重", 5),
    ("史蒂文斯-约翰逊综合征", "严重", 2),
    ("头晕", "一般", 7),
    ("心悸", "一般", 6),
    ("呼吸困难", "严重", 3),
    ("白细胞减少症", "严重", 3),
    ("没有这个词", "一般", 1),
)
EXAMPLE = "\n".join("\t".join(map(str, row)) for row in _ROWS)
"""A list as a pharmacist has it: data, never translated. Its last row shows what a refusal is."""


class ListBox(QPlainTextEdit):
    """Takes text only; files that are dropped here are for the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance("字") * TAB_CHARACTERS)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """No files."""
        return source.hasText() and not source.hasUrls()

    def replace(self, text: str) -> None:
        """Put another text in; undo brings the old one back."""
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)


def dropped_list(data: QMimeData) -> str:
    """The path of the one file that is dragged, if it may hold a list; else nothing."""
    urls = data.urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if Path(path).suffix.lower() in LIST_SUFFIXES else ""
