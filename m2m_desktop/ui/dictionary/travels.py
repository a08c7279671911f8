"""Where the user has been on the page: queries and terms, to go back and forward through."""

from dataclasses import dataclass

from m2m_desktop.ui.dictionary.protocol import Target
from m2m_desktop.ui.dictionary.query import Query

LIMIT = 200


@dataclass(frozen=True, slots=True)
class Stop:
    """A state of the page: what was looked for, and which term was looked at.

    ``is_passing``: the term was only passed on the way, by arrows or while typing.
    """

    query: Query
    target: Target
    is_passing: bool = False


class Travels:
    """The stops in their order, and the one the page stands at; the last `LIMIT` are kept."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []
        self._at = -1

    def visit(self, stop: Stop) -> None:
        """Note where the page is now; what lay ahead is forgotten.

        A stop that was only passed gives way: to another term of the same search, and to a longer
        or a shorter text as it is typed.
        """
        now = self.now
        if now is not None and (now.query, now.target) == (stop.query, stop.target):
            self._stops[self._at] = stop if now.is_passing else now
            return
        del self._stops[self._at + 1 :]
        if now is not None and now.is_passing and _continues(now.query.text, stop.query.text):
            self._stops.pop()
        self._stops.append(stop)
        del self._stops[:-LIMIT]
        self._at = len(self._stops) - 1

    def clear(self) -> None:
        """Forget everything: the codes of another release may be unknown."""
        self._stops, self._at = [], -1

    @property
    def now(self) -> Stop | None:
        """Where the page is."""
        return self._stops[self._at] if self._stops else None

    @property
    def can_go_back(self) -> bool:
        """Whether there is a stop before this one."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a stop after this one."""
        return self._at + 1 < len(self._stops)

    def back(self) -> Stop | None:
        """Go to the stop before."""
        return self._go(-1) if self.can_go_back else None

    def forward(self) -> Stop | None:
        """Go to the stop after."""
        return self._go(1) if self.can_go_forward else None

    def _go(self, step: int) -> Stop:
        self._at += step
        return self._stops[self._at]


def _continues(before: str, after: str) -> bool:
    """Whether one text is the other, or grew out of it by typing or deleting at its end."""
    if not before or not after:
        return before == after
    return before.startswith(after) or after.startswith(before)
