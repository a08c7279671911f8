"""What can be done with chosen terms wherever they stand: copy, collect, look at; by key and menu."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTextBrowser, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard
from m2m_desktop.ui.dictionary.keys import Action, Command, Keys
from m2m_desktop.ui.dictionary.protocol import target_of
from m2m_desktop.ui.dictionary.records import TermRow
from m2m_desktop.ui.dictionary.term_menu import Entry, offer_menu
from m2m_desktop.ui.term_names import NamesShown

Terms = Sequence[TermRow]


class TermCommands(QObject):
    """Gives parts of the page their keys and their menu; says what is wanted with the terms."""

    said = Signal(str)
    collect_wanted = Signal(object)
    """A sequence of `TermRow`."""
    term_wanted = Signal(object)
    """The `Target` to look at."""

    def __init__(self, page: QWidget, everywhere: Mapping[Command, Action]) -> None:
        """``everywhere``: what the keys mean in all parts, unless a part says otherwise."""
        super().__init__(page)
        self._keys, self._everywhere = Keys(page), everywhere
        self.names = NamesShown.FIRST

    def listen(self, part: QWidget) -> None:
        """Hear the keys of a part that shows no terms."""
        self._keys.listen(part, self._everywhere)

    def serve(
        self, part: QWidget, terms: Callable[[], Terms], own: Mapping[Command, Action]
    ) -> None:
        """Hear the keys of a part that shows terms, and offer a menu over it where it is a view."""

        def copy_name() -> bool:
            return not _has_chosen_text(part) and self.copy("name", terms())

        actions: dict[Command, Action] = {
            **self._everywhere,
            Command.COPY_TERM: copy_name,
            Command.COPY_CODE: lambda: self.copy("code", terms()),
            Command.COLLECT: lambda: self._collect(terms()),
            **own,
        }
        self._keys.listen(part, actions)
        if isinstance(part, QAbstractItemView):
            offer_menu(part, lambda: self._menu(terms(), own))

    def _menu(self, terms: Terms, own: Mapping[Command, Action]) -> list[Entry]:
        if not terms:
            return []
        entries: list[Entry] = [
            (_("Copy term"), "Ctrl+C", lambda: self.copy("name", terms)),
            (_("Copy code"), "Ctrl+Shift+C", lambda: self.copy("code", terms)),
        ]
        if Command.REMOVE in own:
            entries.append((_("Remove"), "Del", own[Command.REMOVE]))
        else:
            entries.append((_("Put into the research bin"), "B", lambda: self._collect(terms)))
        if len(terms) == 1:
            target = target_of(terms[0])
            entries.append((_("Show in tree"), "", lambda: self.term_wanted.emit(target)))
        return entries

    def copy(self, field: str, terms: Terms) -> bool:
        """Copy names as they are shown, or codes, one a line; whether there was anything."""
        if not terms:
            return False
        lines = [row.code if field == "code" else self._name(row) for row in terms]
        clipboard.copy_text("\n".join(lines))
        self.said.emit(_("Copied: {text}").format(text=" · ".join(lines)))
        return True

    def _name(self, row: TermRow) -> str:
        return (self.names is NamesShown.SECOND and row.name2) or row.name

    def _collect(self, terms: Terms) -> None:
        if terms:
            self.collect_wanted.emit(terms)


def _has_chosen_text(part: QWidget) -> bool:
    if isinstance(part, QLineEdit):
        return part.hasSelectedText()
    return isinstance(part, QTextBrowser) and part.textCursor().hasSelection()
