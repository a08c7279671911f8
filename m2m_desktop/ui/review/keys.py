"""The keys of review: one table of data that makes the actions, their shortcuts, and the sheet.

A key belongs to a place. Those of the table (letters, digits, Enter …) work only while the list of
phrases has the focus, those of the answer also in the list of candidates, those of the page
everywhere on it. Keys of the whole window are listed here for the sheet; the window makes them. No
key works while an input method is composing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QInputMethodEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _


class Command(Enum):
    """What a key does."""

    ACCEPT = auto()
    ACCEPT_STAY = auto()
    CHOOSE = auto()
    TOGGLE = auto()
    NO_TERM = auto()
    FLAG = auto()
    REOPEN = auto()
    UNDO = auto()
    REDO = auto()
    FILTER = auto()
    NEXT_DOUBTFUL = auto()
    PREVIOUS_DOUBTFUL = auto()
    SEARCH_BACK = auto()
    SEARCH_FORWARD = auto()
    COPY_TERM = auto()
    COPY_CODE = auto()
    OPEN = auto()
    SAVE = auto()
    EXPORT = auto()
    NEXT_PANE = auto()
    PREVIOUS_PANE = auto()
    BACK = auto()
    KEYS = auto()


class Place(Enum):
    """Where a key works."""

    TABLE = auto()
    ANSWER = auto()
    """In the list of phrases and in the list of candidates."""
    PAGE = auto()
    WINDOW = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """A command with its keys. ``shown`` is how the sheet writes them, where that is shorter."""

    command: Command
    keys: tuple[str, ...]
    meaning: str
    place: Place
    shown: str = ""

    @property
    def text(self) -> str:
        """The keys as a person reads them."""
        return self.shown or " / ".join(self.keys)


KEYS = (
    Key(Command.ACCEPT, ("Return", "Enter"), N_("Accept and go on to the next open phrase"),
        Place.ANSWER, "Enter"),
    Key(Command.ACCEPT_STAY, ("Shift+Return", "Shift+Enter"), N_("Accept and stay"),
        Place.ANSWER, "Shift+Enter"),
    Key(Command.CHOOSE, tuple("123456789"), N_("Choose the candidate with this number"),
        Place.ANSWER, "1–9"),
    Key(Command.TOGGLE, ("Space",), N_("Take the candidate in hand into the set, or out of it"),
        Place.ANSWER),
    Key(Command.NO_TERM, ("N", "Del"), N_("No suitable term"), Place.TABLE),
    Key(Command.FLAG, ("F",), N_("Flag, or remove the flag"), Place.TABLE),
    Key(Command.REOPEN, ("U",), N_("Reopen a decided phrase"), Place.TABLE),
    Key(Command.UNDO, ("Ctrl+Z",), N_("Undo"), Place.PAGE),
    Key(Command.REDO, ("Ctrl+Y", "Ctrl+Shift+Z"), N_("Redo"), Place.PAGE, "Ctrl+Y"),
    Key(Command.FILTER, ("Ctrl+F",), N_("Filter the phrases"), Place.PAGE),
    Key(Command.NEXT_DOUBTFUL, ("F3",), N_("Next doubtful phrase"), Place.PAGE),
    Key(Command.PREVIOUS_DOUBTFUL, ("Shift+F3",), N_("Previous doubtful phrase"), Place.PAGE),
    Key(Command.SEARCH_BACK, ("Alt+Left",), N_("Previous search for a term"), Place.PAGE, "Alt+←"),
    Key(Command.SEARCH_FORWARD, ("Alt+Right",), N_("Next search for a term"), Place.PAGE, "Alt+→"),
    Key(Command.COPY_TERM, ("Ctrl+C",), N_("Copy the term"), Place.TABLE),
    Key(Command.COPY_CODE, ("Ctrl+Shift+C",), N_("Copy the code"), Place.TABLE),
    Key(Command.OPEN, ("Ctrl+O",), N_("Open a file or a project"), Place.WINDOW),
    Key(Command.SAVE, ("Ctrl+S",), N_("Save (every decision is saved at once)"), Place.WINDOW),
    Key(Command.EXPORT, ("Ctrl+E",), N_("Export"), Place.WINDOW),
    Key(Command.NEXT_PANE, ("F6",), N_("Next part of the window"), Place.WINDOW),
    Key(Command.PREVIOUS_PANE, ("Shift+F6",), N_("Previous part of the window"), Place.WINDOW),
    Key(Command.BACK, ("Esc",), N_("Back to the table"), Place.PAGE),
    Key(Command.KEYS, ("Ctrl+F1",), N_("This list of keys"), Place.WINDOW),
)  # fmt: skip

_BY_COMMAND = {key.command: key for key in KEYS}


def key_of(command: Command) -> Key:
    """The keys of a command."""
    return _BY_COMMAND[command]


def sheet() -> list[tuple[str, str]]:
    """All keys with what they do, in the language of now, for the sheet."""
    return [(key.text, _(key.meaning)) for key in KEYS]


class Composing(QObject):
    """Whether an input method is composing in one of the watched widgets."""

    def __init__(self, parent: QObject, changed: Callable[[bool], None]) -> None:
        super().__init__(parent)
        self._changed = changed
        self._where: QObject | None = None

    def watch(self, widget: QWidget) -> None:
        """Watch this widget, too."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what an input method does; keep nothing from anybody."""
        if isinstance(event, QInputMethodEvent):
            self._set(watched if event.preeditString() else None)
        elif event.type() == QEvent.Type.FocusOut and watched is self._where:
            self._set(None)
        return super().eventFilter(watched, event)

    def _set(self, where: QObject | None) -> None:
        if (where is None) != (self._where is None):
            self._changed(where is not None)
        self._where = where


class Keyboard(QObject):
    """Makes one `QAction` for each key and hands out those of a command.

    ``run`` is called with the command and the number of the key among its keys (from 0): so "3"
    gives 2 for `Command.CHOOSE`.
    """

    def __init__(
        self,
        page: QWidget,
        widgets: Mapping[Place, Sequence[QWidget]],
        run: Callable[[Command, int], None],
    ) -> None:
        super().__init__(page)
        self._run, self._is_composing = run, False
        self._actions: dict[Command, list[QAction]] = {}
        self.composing = Composing(self, self._pause)
        for key in KEYS:
            owners = widgets.get(key.place, ())
            for widget in owners:
                self.composing.watch(widget)
            if owners:
                self._actions[key.command] = self._make(key, owners)

    def _make(self, key: Key, owners: Sequence[QWidget]) -> list[QAction]:
        is_page = key.place in {Place.PAGE, Place.WINDOW}
        # "Return" and "Enter" (of the number pad), "N" and "Del" are one action each
        groups = [(one,) for one in key.keys] if key.command is Command.CHOOSE else [key.keys]
        made = []
        for number, keys in enumerate(groups):
            action = QAction(self)
            action.setShortcuts([QKeySequence(one) for one in keys])
            action.setShortcutContext(
                Qt.ShortcutContext.WidgetWithChildrenShortcut
                if is_page
                else Qt.ShortcutContext.WidgetShortcut
            )
            # nothing happens twice because a key was held down a little too long
            action.setAutoRepeat(key.command in _REPEATING)
            action.triggered.connect(
                lambda _on=False, number=number, command=key.command: self._pressed(command, number)
            )
            for owner in owners:
                owner.addAction(action)
            made.append(action)
        return made

    def action(self, command: Command) -> QAction:
        """The action of a command, for a menu or a button."""
        return self._actions[command][0]

    def _pause(self, is_composing: bool) -> None:
        self._is_composing = is_composing

    def _pressed(self, command: Command, number: int) -> None:
        if not self._is_composing:
            self._run(command, number)

    def retranslate(self) -> None:
        """Take over the language."""
        for command, actions in self._actions.items():
            for action in actions:
                action.setText(_(key_of(command).meaning))


_REPEATING = frozenset(
    {Command.UNDO, Command.REDO, Command.NEXT_DOUBTFUL, Command.PREVIOUS_DOUBTFUL}
)
