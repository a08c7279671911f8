"""Sentences for people, kept untranslated until the moment they are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field


def N_(text: str) -> str:  # noqa: N802 - gettext's conventional marker
    """Mark a message for translation without translating it here."""
    return text


def untranslated(text: str) -> str:
    """Return the English message itself."""
    return text


@dataclass(frozen=True)
class Message:
    """An English template marked with `N_` plus the values of its ``{fields}``.

    Values that are themselves messages are translated along; plain strings (file names, codes)
    are left as they are.
    """

    template: str
    fields: dict[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = untranslated) -> str:
        """Give the sentence in the language of ``translate``."""
        values = {
            key: value.text(translate) if isinstance(value, Message) else value
            for key, value in self.fields.items()
        }
        return translate(self.template).format(**values)


def message(template: str, **fields: object) -> Message:
    """Shorthand for a `Message` with keyword fields."""
    return Message(template, fields)
