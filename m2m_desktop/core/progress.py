"""How long work talks to whoever is waiting, without knowing who that is."""

from collections.abc import Callable
from typing import Protocol

TOTAL = 100
"""What the parts of a longer work are counted in."""


class Progress(Protocol):
    """Receives how far the work is; raises `errors.Cancelled` to stop it."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Report ``done`` of ``total`` steps; ``total`` 0 means unknown."""


def silent(done: int, total: int, note: str = "") -> None:
    """Report to nobody."""


def part(progress: Progress, begin: int, end: int, note: str = "") -> Progress:
    """Report the progress of one part as that of the whole, from ``begin`` to ``end`` of `TOTAL`.

    What the part itself notes is left out: ``note`` names it.
    """
    name = note  # of the whole part, whatever its own notes are

    def report(done: int, total: int, note: str = "") -> None:  # noqa: ARG001 (one name a part)
        progress(begin + ((end - begin) * done // total if total else 0), TOTAL, name)

    return report


def counted(progress: Progress, total: int) -> Callable[[], None]:
    """Give a check that reports how often it was called, which may be oftener than expected."""
    done = 0

    def check() -> None:
        nonlocal done
        progress(min(done, total), total)
        done += 1

    return check
