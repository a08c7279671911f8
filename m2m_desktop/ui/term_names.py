"""Which of a term's two names is shown: that of the release, the second one, or both.

Chosen once for the whole window, as its language is. What is copied, exported or kept of a decision
is always in the language of the release.
"""

from enum import Enum


class NamesShown(Enum):
    """The languages of names on display."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


_shown = NamesShown.FIRST


def use_names(shown: NamesShown) -> None:
    """Show names so from now on; whoever shows some must `retranslate`."""
    global _shown
    _shown = shown


def displayed(name: str, name2: str) -> str:
    """Give a name as the window shows it now."""
    return shown_name(name, name2, _shown)


def shown_name(name: str, name2: str, shown: NamesShown) -> str:
    """Give a name as it is displayed; a language that is not loaded leaves the other one."""
    if not name2 or name2 == name or shown is NamesShown.FIRST:
        return name
    return name2 if shown is NamesShown.SECOND else f"{name} · {name2}"
