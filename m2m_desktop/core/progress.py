"""How long work talks to whoever is waiting, without knowing who that is."""

from typing import Protocol


class Progress(Protocol):
    """Receives how far the work is; raises `errors.Cancelled` to stop it."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Report ``done`` of ``total`` steps; ``total`` 0 means unknown."""


def silent(done: int, total: int, note: str = "") -> None:
    """Report to nobody."""
