"""Find terms by a name as a person wrote it: exactly, else by what all spellings of it share."""

from collections.abc import Sequence
from functools import cached_property

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key

ORDER = (TermLevel.PT, TermLevel.LLT, TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC)
"""Which level is meant where a code or name stands at several: most lists are of PTs."""
MAX_NAME_LENGTH = 500
FEW = 100
"""So many exact names are each looked for in all names, which costs a millisecond or two."""
_Found = tuple[TermLevel, int]


class NameFinder:
    """Finds the terms of one release by name, in both its languages.

    A name that no term bears exactly, or the next after a ``few``, takes a second: all names are
    then brought to one form.
    """

    def __init__(self, terminology: Terminology, *, few: int = FEW) -> None:
        self._terminology = terminology
        self._left = few

    def find(self, name: str, levels: Sequence[TermLevel]) -> list[_Found]:
        """Give the (level, row) of every term of that name, in the order of ``levels``.

        Terms that bear exactly this name go before others: those are given only where none does.
        """
        if not name or len(name) > MAX_NAME_LENGTH:
            return []
        if self._left > 0:
            self._left -= 1
            exact = self._terminology.find(name, levels)
            if exact:
                rows = self._terminology.index
                return [(term.level, rows(term.level, term.code)) for term in exact]
        alike = self._keys.get(match_key(name), ())
        found = [each for level in levels for each in alike if each[0] is level]
        return [each for each in found if self._bears(each, name)] or found

    def _bears(self, found: _Found, name: str) -> bool:
        term = self._terminology.term_at(*found)
        return name in (term.name, term.name2)

    @cached_property
    def _keys(self) -> dict[str, list[_Found]]:
        self._left = 0
        keys: dict[str, dict[_Found, None]] = {}
        for level in TermLevel:
            for names in (self._terminology.names(level), self._terminology.names2(level)):
                for row, name in enumerate(names.to_list() if names is not None else ()):
                    if name:
                        keys.setdefault(match_key(name), {}).setdefault((level, row))
        keys.pop("", None)
        return {key: sorted(found) for key, found in keys.items()}
