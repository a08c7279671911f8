"""The menu of a term: what a right click or the menu key offers, in the hits, the tree and the bin."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QMenu

Entry = tuple[str, str, Callable[[], object]]
"""Words, keys as they are shown, and what is done."""


def offer_menu(view: QAbstractItemView, entries: Callable[[], Sequence[Entry]]) -> None:
    """Show a menu over a view wherever it is asked for; the entries are made at that moment."""

    def show(at: QPoint) -> None:
        offered = entries()
        if not offered:
            return
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, keys, action in offered:
            entry = menu.addAction(f"{text}\t{keys}" if keys else text)
            entry.triggered.connect(lambda _on=False, action=action: action())
        menu.popup(view.viewport().mapToGlobal(at))

    view.customContextMenuRequested.connect(show)
