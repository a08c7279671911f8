"""The submenu of projects that were open lately; it is filled anew each time it opens."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from m2m_desktop.services.language import _
from m2m_desktop.ui.recent_projects import RecentProjects

WIDEST = 60
"""Characters of a path: its beginning and its end tell most."""


class RecentMenu(QObject):
    """Fills a menu that the window made. `wanted` carries the path of a project to open.

    The keys 1 to 8 choose in the open menu. A project that is gone is marked and cannot be chosen.
    """

    wanted = Signal(str)
    cleared = Signal()

    def __init__(self, menu: QMenu, recent: RecentProjects) -> None:
        super().__init__(menu)
        self._menu, self._recent = menu, recent
        menu.aboutToShow.connect(self.fill)
        self.retranslate()

    def retranslate(self) -> None:
        """Take over the language."""
        self._menu.setTitle(_("Open recent project"))
        self._menu.clear()
        self._say_none()  # until it opens; a menu without entries would not open everywhere

    def fill(self) -> None:
        """Put the projects of now into the menu."""
        self._menu.clear()
        listed = self._recent.listed()
        for number, path in enumerate(listed, 1):
            self._add(number, path)
        if not listed:
            self._say_none()
            return
        self._menu.addSeparator()
        self._menu.addAction(_("Clear this list")).triggered.connect(self._clear)

    def _say_none(self) -> None:
        self._menu.addAction(_("No project was opened yet")).setEnabled(False)

    def _add(self, number: int, path: Path) -> QAction:
        shown = shortened(str(path)).replace("&", "&&")
        is_there = self._recent.is_there(path)
        text = shown if is_there else _("{path} (not found)").format(path=shown)
        action = self._menu.addAction(f"&{number}  {text}")
        action.setEnabled(is_there)
        action.setStatusTip(str(path))
        action.triggered.connect(lambda: self.wanted.emit(str(path)))
        return action

    def _clear(self) -> None:
        self._recent.clear()
        self.cleared.emit()


def shortened(path: str) -> str:
    """A path of at most `WIDEST` characters: what is too much is taken out of the middle."""
    if len(path) <= WIDEST:
        return path
    end = WIDEST * 2 // 3
    return f"{path[: WIDEST - end - 1]}…{path[-end:]}"
