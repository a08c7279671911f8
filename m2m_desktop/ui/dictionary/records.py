"""A term as the pages of the dictionary show it, in a list, a table or a tree."""

from collections.abc import Iterable
from dataclasses import dataclass

from m2m_desktop.core.records import TermLevel
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.term_names import NamesShown, shown_name


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term, perhaps at one place of the tree.

    ``name2`` is the name in the second language, or empty. ``is_primary`` is False where this place
    is on a secondary path of its PT.
    """

    level: TermLevel
    code: str
    name: str
    name2: str = ""
    is_current: bool = True
    child_count: int = 0
    is_primary: bool = True

    def shown(self, names: NamesShown) -> str:
        """The name on display; an LLT that is not current carries an asterisk."""
        name = shown_name(self.name, self.name2, names)
        return name if self.is_current else f"{name} *"


def level_from_json(told: object) -> TermLevel:
    """Read the name of a level."""
    return TermLevel[str(told).upper()]


def term_row_from_json(told: Json) -> TermRow:
    """Read one term."""
    return TermRow(
        level=level_from_json(told["level"]),
        code=str(told["code"]),
        name=str(told["name"]),
        name2=str(told.get("name2") or ""),
        is_current=bool(told.get("is_current", True)),
        child_count=int(told.get("child_count") or 0),
        is_primary=bool(told.get("is_primary", True)),
    )


def term_rows_from_json(told: Iterable[Json]) -> tuple[TermRow, ...]:
    """Read several terms."""
    return tuple(map(term_row_from_json, told))
