"""All mentions of one narrative: what was found, and over it what a person made of it.

Nothing is kept anywhere but here.
"""

from collections.abc import Iterable
from dataclasses import replace

from m2m_desktop.ui.narrative.records import Change, ShownMention, Status

STEPS_KEPT = 200


class NarrativeMentions:
    """What a person says of a stretch of text outweighs what is found there."""

    def __init__(self) -> None:
        self._found: tuple[ShownMention, ...] = ()
        self._own: tuple[ShownMention, ...] = ()
        self._earlier: list[tuple[ShownMention, ...]] = []
        self._shown: tuple[ShownMention, ...] = ()

    @property
    def shown(self) -> tuple[ShownMention, ...]:
        """The mentions in their order, none over another."""
        return self._shown

    @property
    def can_undo(self) -> bool:
        """Whether something that a person said can be taken back."""
        return bool(self._earlier)

    def at(self, place: int) -> ShownMention | None:
        """The mention that a place of the text lies in or at; of two that touch there the second."""
        hits = [one for one in self._shown if one.start <= place <= one.end]
        return hits[-1] if hits else None

    def index(self, start: int) -> int:
        """The number of the mention that begins at a place, or -1."""
        return next((n for n, one in enumerate(self._shown) if one.start == start), -1)

    # -- what is found ---------------------------------------------------------------------------

    def take_found(self, found: Iterable[ShownMention]) -> None:
        """Take over a new reading of the same text."""
        self._found = tuple(found)
        self._show()

    def follow(self, change: Change, text: str) -> None:
        """Go along with an edit of the text, now ``text``; what it touched is dropped."""
        self._found = _following(self._found, change, text)
        self._own = _following(self._own, change, text)
        self._earlier.clear()  # the places of earlier steps are of a text that is gone
        self._show()

    # -- what a person says ----------------------------------------------------------------------

    def add(self, start: int, end: int, text: str) -> ShownMention:
        """Mark a stretch as a reaction that occurred; marks it touches give way."""
        added = ShownMention(start, end, text, is_own=True)
        self._say(added)
        return added

    def set_status(self, mention: ShownMention, status: Status) -> None:
        """Say whether it occurred."""
        self._say(replace(mention, status=status, reason="", rule="", is_own=True))

    def remove(self, mention: ShownMention) -> None:
        """It is no mention; nothing is found at this place again."""
        self._say(replace(mention, is_own=True, is_removed=True))

    def undo(self) -> None:
        """Take back the last thing that was said."""
        if self._earlier:
            self._own = self._earlier.pop()
            self._show()

    def _say(self, mention: ShownMention) -> None:
        self._earlier = [*self._earlier[-STEPS_KEPT:], self._own]
        self._own = (*(one for one in self._own if not one.overlaps(mention)), mention)
        self._show()

    def _show(self) -> None:
        free = (one for one in self._found if not any(one.overlaps(other) for other in self._own))
        own = (one for one in self._own if not one.is_removed)
        self._shown = tuple(sorted((*free, *own), key=lambda one: one.start))


def _following(
    mentions: Iterable[ShownMention], change: Change, text: str
) -> tuple[ShownMention, ...]:
    moved = (followed(one, change) for one in mentions)
    return tuple(one for one in moved if one is not None and text[one.start : one.end] == one.text)


def followed(mention: ShownMention, change: Change) -> ShownMention | None:
    """Give the mention where it stands after an edit; None where the edit touched it."""
    if mention.end <= change.position:
        return mention
    if mention.start >= change.position + change.removed:
        step = change.added - change.removed
        return replace(mention, start=mention.start + step, end=mention.end + step)
    return None
