"""Which of a term's two names is shown: its own language, the second one, or both."""

from enum import Enum


class NamesShown(Enum):
    """The languages of names on display."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


def shown_name(name: str, name2: str, shown: NamesShown) -> str:
    """Give the name as it is displayed; a language that is not loaded leaves the other one."""
    if not name2 or name2 == name or shown is NamesShown.FIRST:
        return name
    return name2 if shown is NamesShown.SECOND else f"{name} · {name2}"
