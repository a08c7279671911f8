"""Look a term up by what a person remembers of it: its name, a part, its code, or roughly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key

MAX_TEXT_LENGTH = 1000
"""Characters of a fuzzy search that are read: no name is nearly as long."""


class SearchKind(Enum):
    """How the text must relate to a name."""

    EXACT = "exact"
    BEGINS = "begins"
    CONTAINS = "contains"
    FUZZY = "fuzzy"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found term, the reason, and for an LLT its PT and currency."""

    term: Term
    reason: SearchKind
    is_current: bool = True
    pt_code: str = ""


@dataclass(frozen=True)
class TermSearch:
    """Searches all levels of one terminology in both its languages.

    ``retriever`` answers fuzzy searches; without it they find nothing.
    """

    terminology: Terminology
    retriever: LexicalRetriever | None = None

    def search(
        self, text: str, kind: SearchKind, *, level: TermLevel | None = None, limit: int = 200
    ) -> list[SearchHit]:
        """Give at most ``limit`` hits: closest kind of match first, then level, shorter names.

        `SearchKind.CONTAINS` also gives names that equal or begin with the text, said as such.
        """
        levels = tuple(TermLevel) if level is None else (level,)
        if kind is SearchKind.CODE:
            found = [
                self._hit(one, row, SearchKind.CODE)
                for one in levels
                for row in [self.terminology.index(one, text.strip())]
                if row >= 0
            ]
            return found[:limit]
        wanted = match_key(text)
        if not wanted:
            return []
        if kind is SearchKind.FUZZY:
            return list(self._fuzzy(text, levels))[:limit]
        allowed = {
            SearchKind.EXACT: 1,
            SearchKind.BEGINS: 2,
            SearchKind.CONTAINS: 3,
        }[kind]
        ranked = []
        for one in levels:
            for keys in self._keys[one]:
                for row, key in enumerate(keys):
                    if wanted in key:
                        how = 1 if key == wanted else 2 if key.startswith(wanted) else 3
                        if how <= allowed:
                            ranked.append((how, one, len(key), row))
        kinds = (SearchKind.EXACT, SearchKind.BEGINS, SearchKind.CONTAINS)
        unique = {(one, row): how for how, one, _, row in sorted(ranked, reverse=True)}
        order = dict.fromkeys((one, row) for _, one, _, row in sorted(ranked))
        return [
            self._hit(one, row, kinds[unique[one, row] - 1]) for one, row in list(order)[:limit]
        ]

    @cached_property
    def _keys(self) -> dict[TermLevel, list[Sequence[str]]]:
        columns: dict[TermLevel, list[Sequence[str]]] = {}
        for level in TermLevel:
            names = [self.terminology.names(level), self.terminology.names2(level)]
            columns[level] = [list(map(match_key, n.to_list())) for n in names if n is not None]
        return columns

    def _fuzzy(self, text: str, levels: Sequence[TermLevel]) -> Iterator[SearchHit]:
        if self.retriever is None:
            return
        for proposal in self.retriever.retrieve(text[:MAX_TEXT_LENGTH], k=100).proposals:
            if TermLevel.PT in levels:
                yield self._hit(TermLevel.PT, proposal.pt_row, SearchKind.FUZZY)
            elif TermLevel.LLT in levels and proposal.llt_row >= 0:
                yield self._hit(TermLevel.LLT, proposal.llt_row, SearchKind.FUZZY)

    def _hit(self, level: TermLevel, row: int, reason: SearchKind) -> SearchHit:
        term = self.terminology.term_at(level, row)
        if level is not TermLevel.LLT:
            return SearchHit(term, reason)
        llt = self.terminology.llt_at(row)
        return SearchHit(term, reason, llt.is_current, llt.pt_code)
