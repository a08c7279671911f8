"""The phrases of a project in plain lists, ready to be filtered and sorted while somebody types.

What a filter looks at is worked out once for each row and again only when the row changes: with ten
thousand phrases a keystroke costs a few milliseconds.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from m2m_desktop.core.review import PhraseRow, warnings_of
from m2m_desktop.ui.review.columns import ReviewColumn, sort_key
from m2m_desktop.ui.review.filter import Queue, RowFilter, column_tests, folded, haystack, queues_of

Order = tuple[ReviewColumn, bool]
"""A column, and whether from the largest down."""


class PhraseShelf:
    """Rows in the order of the file; a place is a number into them."""

    def __init__(self) -> None:
        self.rows: list[PhraseRow] = []
        self.counts: Counter[Queue] = Counter()
        self.warns: Callable[[PhraseRow], bool] = lambda row: bool(warnings_of(row))
        """Whether there is something to look at twice; set before the rows."""
        self._queues: list[tuple[Queue, ...]] = []
        self._hay: list[str] = []
        self._places: dict[int, int] = {}

    def set_rows(self, rows: Iterable[PhraseRow]) -> None:
        """Take these instead."""
        self.rows = list(rows)
        self._places = {row.phrase_id: place for place, row in enumerate(self.rows)}
        self._queues = [queues_of(row, is_warned=self.warns(row)) for row in self.rows]
        self.counts = Counter(queue for queues in self._queues for queue in queues)
        self._hay = [""] * len(self.rows)

    def place_of(self, phrase_id: int) -> int:
        """Where a phrase stands, or -1."""
        return self._places.get(phrase_id, -1)

    def replace(self, place: int, row: PhraseRow) -> None:
        """Take a newer state of a row."""
        self.rows[place], self._hay[place] = row, ""
        self.counts.subtract(self._queues[place])
        self._queues[place] = queues_of(row, is_warned=self.warns(row))
        self.counts.update(self._queues[place])

    def warm(self, start: int, count: int) -> int:
        """Work out a few rows for free text ahead of the first search; gives where to go on."""
        end = min(start + count, len(self.rows))
        for place in range(start, end):
            self._hay_of(place)
        return end

    def _hay_of(self, place: int) -> str:
        text = self._hay[place]
        if not text:
            text = self._hay[place] = haystack(self.rows[place])
        return text

    # -- filter and order ------------------------------------------------------------------------

    def arranged(self, wanted: RowFilter, order: Order | None) -> list[int]:
        """The places of the rows that match, in an order; None: that of the file."""
        rows = self.rows
        places = [
            place for place, queues in enumerate(self._queues) if wanted.queue in queues
        ]  # the cheapest question first
        for needle in folded(wanted.text).split():
            places = [place for place in places if needle in self._hay_of(place)]
        for test in column_tests(wanted):
            places = [place for place in places if test(rows[place])]
        if order is not None:
            column, descending = order
            places.sort(key=lambda place: sort_key(rows[place], column), reverse=descending)
        return places

    def matches(self, place: int, wanted: RowFilter) -> bool:
        """Whether one row matches."""
        return (
            wanted.queue in self._queues[place]
            and all(needle in self._hay_of(place) for needle in folded(wanted.text).split())
            and all(test(self.rows[place]) for test in column_tests(wanted))
        )
