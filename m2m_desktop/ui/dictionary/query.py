"""What is being looked for: the text, how it must match, and among which terms."""

from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.dictionary.names import ANY

FIRST_LIMIT, WHOLE_LIMIT = 100, 2000
"""Hits sent of each group: at first, and once more are asked for."""


@dataclass(frozen=True, slots=True)
class Query:
    """One search. ``levels`` and ``soc`` empty: all of them."""

    text: str = ""
    match: str = ANY
    levels: tuple[TermLevel, ...] = ()
    soc: str = ""
    primary_only: bool = False
    shows_old: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether only some of the terms are searched."""
        return bool(self.levels or self.soc)

    def params(self, terminology: str, limit: int = FIRST_LIMIT) -> dict[str, object]:
        """The parameters of the request."""
        return {
            "terminology": terminology,
            "text": self.text,
            "match": self.match,
            "levels": [level.name.lower() for level in self.levels],
            "socs": [self.soc] if self.soc else [],
            "primary_only": self.primary_only,
            "shows_old": self.shows_old,
            "limit": limit,
        }
