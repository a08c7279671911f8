"""Where a folder or a file is chosen: a line for its path, two buttons, and a place to drop it on."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.widgets import button, label


def is_source(path: str, suffixes: AbstractSet[str]) -> bool:
    """Whether a path may be meant: that of a folder, or of a file with one of these endings."""
    return bool(path) and (Path(path).is_dir() or Path(path).suffix.lower() in suffixes)


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What the frame says, in the language of the window.

    ``name`` is read out for the line, ``placeholder`` stands in it while it is empty; the titles
    are those of the two dialogs, ``file_kinds`` the filter of the second.
    """

    name: str
    placeholder: str
    folder_title: str
    file_title: str
    file_kinds: str
    hint: str


class SourceFrame(QFrame):
    """Says what was chosen in a dialog or dropped; what is typed stands in `path`.

    ``suffixes`` are the endings of files that can be dropped, in small letters with their dots.
    """

    chosen = Signal(str)

    def __init__(self, words: SourceWords, suffixes: AbstractSet[str]) -> None:
        super().__init__()
        self._words, self._suffixes = words, suffixes
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.path = QLineEdit(placeholderText=words.placeholder)
        self.path.setAccessibleName(words.name)
        self.path.setAcceptDrops(False)  # a dropped folder is for the frame, not text
        self.folder_button, self.zip_button = button(), button()
        self.folder_button.setText(_("Folder…"))
        self.zip_button.setText(_("Zip…"))
        self.folder_button.clicked.connect(self._choose_folder)
        self.zip_button.clicked.connect(self._choose_file)
        hint = label("muted", style.CAPTION)
        hint.setWordWrap(True)
        hint.setText(words.hint)
        row = QHBoxLayout()
        for part in (self.path, self.folder_button, self.zip_button):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.XL, style.XL, style.XL)
        column.setSpacing(style.M)
        column.addLayout(row)
        column.addWidget(hint)

    def set_choosable(self, is_choosable: bool) -> None:
        """Let a path be typed and chosen, or not."""
        for part in (self.path, self.folder_button, self.zip_button):
            part.setEnabled(is_choosable)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self._words.folder_title)
        if chosen:
            self.chosen.emit(chosen)

    def _choose_file(self) -> None:
        words = self._words
        chosen, _kind = QFileDialog.getOpenFileName(self, words.file_title, "", words.file_kinds)
        if chosen:
            self.chosen.emit(chosen)

    # -- Qt --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what may be meant."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and is_source(urls[0].toLocalFile(), self._suffixes):
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to the normal look."""
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the path on."""
        self._light(False)
        event.acceptProposedAction()
        self.chosen.emit(event.mimeData().urls()[0].toLocalFile())

    def _light(self, on: bool) -> None:
        self.setProperty("over", on)
        self.style().unpolish(self)
        self.style().polish(self)
