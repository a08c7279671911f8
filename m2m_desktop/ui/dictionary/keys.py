"""The keys of the page of the dictionary: data, and what hears them in one of its parts.

They are heard by the part that has the focus, before menus and shortcuts of the window see them, so
that Esc or Ctrl+C means what it should here. While an input method composes no key is pressed at
all as far as Qt is concerned. Letters work only where no text is typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _

Action = Callable[[], bool | None]
"""What a command does; False: nothing, and the key means what it usually does there."""


class Command(Enum):
    """What a key does."""

    OPEN = auto()
    BACK = auto()
    FORWARD = auto()
    LEAVE = auto()
    FIND = auto()
    COPY_TERM = auto()
    COPY_CODE = auto()
    COLLECT = auto()
    REMOVE = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """A command with its keys. ``letters`` work only where no text is typed."""

    command: Command
    keys: tuple[str, ...]
    meaning: str
    letters: tuple[str, ...] = ()
    shown: str = ""


KEYS = (
    Key(Command.FIND, ("Ctrl+F",), N_("Search the dictionary")),
    Key(
        Command.OPEN,
        ("Return", "Enter"),
        N_("From the search to the hits, from a hit to the tree"),
        shown="Enter",
    ),
    Key(Command.BACK, ("Alt+Left",), N_("Back to the term or search before"), shown="Alt+←"),
    Key(Command.FORWARD, ("Alt+Right",), N_("Forward again"), shown="Alt+→"),
    Key(Command.LEAVE, ("Esc",), N_("Back to the search; there: empty it")),
    Key(Command.COPY_TERM, ("Ctrl+C",), N_("Copy the term")),
    Key(Command.COPY_CODE, ("Ctrl+Shift+C",), N_("Copy the code")),
    Key(Command.COLLECT, ("Ins",), N_("Put the term into the research bin"), letters=("B",)),
    Key(Command.REMOVE, ("Del",), N_("Take the term out of the research bin")),
)


def sheet() -> list[tuple[str, str]]:
    """All keys with what they do, in the language of now."""
    return [(key.shown or " / ".join((*key.keys, *key.letters)), _(key.meaning)) for key in KEYS]


class Keys(QObject):
    """Hears the keys of the parts of the page that were given to it."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._parts: dict[QWidget, Mapping[Command, Action]] = {}
        self._by_keys = {
            QKeySequence(text).toString(): (key.command, is_letter)
            for key in KEYS
            for texts, is_letter in ((key.keys, False), (key.letters, True))
            for text in texts
        }

    def listen(self, part: QWidget, actions: Mapping[Command, Action]) -> None:
        """Hear the keys pressed in a part, and do what they stand for."""
        self._parts[part] = actions
        part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something here."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched not in self._parts:
            return False
        action = self._action(watched, event)
        if action is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return False
        return action() is not False

    def _action(self, part: QWidget, event: QKeyEvent) -> Action | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        try:
            pressed = QKeySequence(event.key() | modifiers.value).toString()
        except (ValueError, OverflowError):  # keys without a name
            return None
        command, is_letter = self._by_keys.get(pressed, (None, False))
        if command is None or (is_letter and isinstance(part, QLineEdit)):
            return None
        return self._parts[part].get(command)
