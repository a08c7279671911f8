"""The search itself: which ways of matching are tried for a text, and in which order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever
from m2m_desktop.core.term_search.codes import code_typed, rows_of_code
from m2m_desktop.core.term_search.groups import GroupFilling, SpansOf
from m2m_desktop.core.term_search.letters import BEGINS, ENDS, INSIDE, LETTERS
from m2m_desktop.core.term_search.name_text import NameText, Places
from m2m_desktop.core.term_search.numbering import (
    LEVEL_ORDER,
    BoolArray,
    TermNumbers,
    allowed_terms,
)
from m2m_desktop.core.term_search.query import (
    All,
    Expression,
    Not,
    Query,
    Word,
    parse_query,
    plain_query,
)
from m2m_desktop.core.term_search.records import (
    MAX_TEXT_LENGTH,
    Match,
    MatchedIn,
    Reason,
    SearchAnswer,
    SearchWish,
)
from m2m_desktop.core.term_search.sounds import SoundText, letters_typed
from m2m_desktop.core.term_search.spelling import slips_allowed
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import normalise
from m2m_desktop.core.thesaurus import Thesaurus

FEW = 20
"""Where fewer terms match closely, terms that are merely alike are added."""
FUZZY_CANDIDATES = 100
MIN_SHARE = 0.35
"""A term is alike if it scores at least this share of the best score."""
MAX_WORDINGS = 20
"""So many other wordings of a text are looked up."""

_NAME_REASONS = {
    Match.ANY: (Reason.EXACT, Reason.WORDS, Reason.BEGINS, Reason.CONTAINS, Reason.ENDS),
    Match.CONTAINS: (Reason.EXACT, Reason.BEGINS, Reason.CONTAINS, Reason.ENDS),
    Match.EXACT: (Reason.EXACT,),
    Match.BEGINS: (Reason.EXACT, Reason.BEGINS),
    Match.ENDS: (Reason.EXACT, Reason.ENDS),
}

_LETTER_WAYS = {Reason.BEGINS: BEGINS, Reason.CONTAINS: INSIDE, Reason.ENDS: ENDS}

Remembered = Callable[[str], Iterable[tuple[str, Iterable[str]]]]
"""From a match key to remembered phrases that hold it, equal ones first, with their PT codes."""


@dataclass(frozen=True)
class TermSearch:
    """Searches one terminology; an optional part that is not there finds nothing.

    ``names`` must be those of ``terminology``. ``sounds`` answers pinyin, ``retriever`` (of the same
    rows) what is alike, ``thesaurus`` other wordings, ``remembered`` the memory.
    """

    terminology: Terminology
    names: NameText
    sounds: SoundText | None = None
    retriever: LexicalRetriever | None = None
    thesaurus: Thesaurus | None = None
    remembered: Remembered | None = None
    _masks: dict[SearchWish, BoolArray] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def numbers(self) -> TermNumbers:
        """How terms are numbered."""
        return TermNumbers.of(self.terminology)

    def search(self, wish: SearchWish) -> SearchAnswer:
        """Find terms; see `Reason` for the order of groups.

        Within a group shorter names come first, then PTs before LLTs before wider levels, then file
        order; codes in their order, with their whole code first; what is alike by likeness.
        """
        text = wish.text[:MAX_TEXT_LENGTH]
        reads = wish.match in (Match.ANY, Match.CONTAINS)
        query = parse_query(text) if reads else plain_query(text)
        if not query.key:
            return SearchAnswer()
        return _Run(self, wish, text, query).answer()

    def allowed(self, wish: SearchWish) -> BoolArray:
        """Tell which terms the filters of a wish let through; kept while the filters stay."""
        filters = replace(wish, text="", match=Match.ANY, limit=0, lists_twins=False)
        if filters not in self._masks:
            self._masks.clear()
            self._masks[filters] = allowed_terms(self.terminology, self.numbers, filters)
        return self._masks[filters]

    def with_letter(self, letter: str, reason: Reason) -> IntArray:
        """Find the documents of one kind for a single letter, ascending."""
        if reason is Reason.EXACT:  # the shortest names come first
            bits = self.names.has_letter(letter, BEGINS)[: self._single_count]
        else:
            bits = self.names.has_letter(letter, _LETTER_WAYS[reason])
        return np.flatnonzero(bits).astype(np.int32)

    @cached_property
    def _single_count(self) -> int:
        """How many names have one unit, or none."""
        return int(np.searchsorted(np.diff(self.names.starts), 2, side="right"))


class _Run:
    """One search at work."""

    def __init__(self, search: TermSearch, wish: SearchWish, text: str, query: Query) -> None:
        self._search, self._wish, self._text, self._query = search, wish, text, query
        self._names = search.names
        shows_pts = not wish.levels or TermLevel.PT in wish.levels
        hides = shows_pts and not wish.lists_twins
        self._groups = GroupFilling(
            search.names,
            search.numbers,
            search.allowed(wish),
            search.names.is_twin if hides else None,
            wish.limit,
        )

    def answer(self) -> SearchAnswer:
        match, is_plain = self._wish.match, self._query.is_plain
        if match in (Match.ANY, Match.CODE):
            self._add_codes()
        if match in _NAME_REASONS:
            self._add_names(_NAME_REASONS[match])
        if match is Match.WORDS:
            self._add_whole_words(self._names.find(self._query.key))
        if match in (Match.ANY, Match.PINYIN) and is_plain:
            self._add_sounds()
        if match is Match.ANY and is_plain:
            self._add_remembered()
            self._add_wordings()
        if match is Match.FUZZY or (
            match is Match.ANY
            and is_plain
            and self._groups.total < FEW
            and len(self._query.key) > 1
        ):
            self._add_alike()
        return SearchAnswer(self._groups.groups, self._query.shown, self._query.problem)

    # -- codes -----------------------------------------------------------------------------------

    def _add_codes(self) -> None:
        code = code_typed(self._text)
        if not code and self._wish.match is Match.CODE:
            code = self._text.strip() if self._text.isascii() else ""
        if not code:
            return
        terminology, numbers = self._search.terminology, self._search.numbers
        found = {
            level: rows_of_code(terminology.codes(level), code) + np.int32(numbers.starts[level])
            for level in LEVEL_ORDER
        }
        same = self._same_as_pt(found[TermLevel.LLT]) if self._hides_twins else None
        whole = [
            int(some[0]) for level, some in found.items()
            if len(some) and terminology.codes(level)[int(some[0]) - numbers.starts[level]] == code
        ]  # fmt: skip
        listed = dict(found)
        if same is not None:
            listed[TermLevel.LLT] = found[TermLevel.LLT][~same]
            whole = [one for one in whole if one not in set(found[TermLevel.LLT][same].tolist())]
        self._groups.add_terms(Reason.CODE, whole, MatchedIn.CODE)
        self._groups.add_numbers(
            Reason.CODE,
            np.concatenate(list(listed.values())),
            np.concatenate(list(found.values())),
            MatchedIn.CODE,
        )

    @property
    def _hides_twins(self) -> bool:
        shows_pts = not self._wish.levels or TermLevel.PT in self._wish.levels
        return shows_pts and not self._wish.lists_twins

    def _same_as_pt(self, llts: IntArray) -> BoolArray:
        """Which LLTs have the code of their PT: the same term to the eye."""
        terminology = self._search.terminology
        rows = llts - np.int32(self._search.numbers.starts[TermLevel.LLT])
        pts = terminology.llt_pt[rows]
        same: BoolArray = (
            terminology.codes(TermLevel.LLT).codes[rows]
            == terminology.codes(TermLevel.PT).codes[pts]
        )
        return same

    # -- names -----------------------------------------------------------------------------------

    def _add_names(self, reasons: tuple[Reason, ...]) -> None:
        query, names = self._query, self._names
        if not query.is_plain and not isinstance(query.expression, Word):
            pieces = tuple(piece for word in query.words for piece in word.pieces)
            holding = np.flatnonzero(self._holding(query.expression)).astype(np.int32)
            self._groups.add(Reason.CONTAINS, holding, self._spans(pieces))
            return
        if query.is_plain and query.key in LETTERS:
            for reason in reasons:
                if reason is not Reason.WORDS:
                    self._groups.add(
                        reason,
                        self._search.with_letter(query.key, reason),
                        self._spans((query.key,)),
                    )
            return
        if query.is_plain:
            places, pieces, is_text = names.find(query.key), (query.key,), True
        else:
            assert isinstance(query.expression, Word)
            pieces = query.expression.pieces
            places, is_text = names.find_pieces(pieces), len(pieces) == 1
        spans = self._spans(pieces)
        for reason in reasons:
            if reason is Reason.WORDS:
                self._add_whole_words(places)
                continue
            if reason is Reason.CONTAINS and query.is_plain and len(query.words) > 1:
                self._add_parts(places)
                continue
            self._groups.add(reason, _chosen(places, reason, is_text=is_text), spans)

    def _add_parts(self, places: Places) -> None:
        """Names that hold the text inside, or all its words anywhere."""
        inside = _chosen(places, Reason.CONTAINS, is_text=True)
        apart = self._without(self._apart, places)
        as_one, parts = self._spans((self._query.key,)), self._spans(self._pieces)
        found = np.sort(np.concatenate([inside, apart]))
        self._groups.add(Reason.CONTAINS, found, lambda one: as_one(one) or parts(one))

    def _add_whole_words(self, places: Places) -> None:
        """Names that hold all words, each whole, in any order; in one piece they are closer."""
        words = self._pieces
        if self._wish.match is Match.WORDS:
            exact = _chosen(places, Reason.EXACT, is_text=True)
            self._groups.add(Reason.EXACT, exact, self._spans((self._query.key,)))
        elif len(words) < 2:
            return
        found = self._apart
        if self._wish.match is Match.ANY:
            found = self._without(found, places)
        self._groups.add(
            Reason.WORDS, self._names.with_whole_words(words, found), self._spans(words)
        )

    @cached_property
    def _apart(self) -> IntArray:
        """The documents that hold all words, wherever."""
        return self._names.with_all([(word,) for word in self._pieces])

    def _without(self, documents: IntArray, places: Places) -> IntArray:
        """The documents in which there is none of these places."""
        there = np.zeros(len(self._names), dtype=np.bool_)
        there[places.documents] = True
        return documents[~there[documents]]

    @property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(piece for word in self._query.words for piece in word.pieces)

    def _spans(self, pieces: tuple[str, ...]) -> SpansOf:
        return lambda document: self._names.spans(document, pieces)

    def _holding(self, expression: Expression) -> BoolArray:
        """Which documents fulfil an expression; what must not be there is in no name of the term."""
        if isinstance(expression, Word):
            found = np.zeros(len(self._names), dtype=np.bool_)
            found[self._names.find_pieces(expression.pieces).documents] = True
            return found
        if isinstance(expression, Not):
            terms = np.zeros(self._search.numbers.count, dtype=np.bool_)
            terms[self._names.terms[self._holding(expression.part)]] = True
            outside: BoolArray = ~terms[self._names.terms]
            return outside
        parts = [self._holding(part) for part in expression.parts]
        joined = np.logical_and if isinstance(expression, All) else np.logical_or
        held: BoolArray = joined.reduce(parts)
        return held

    # -- sounds, memory, other wordings ----------------------------------------------------------

    def _add_sounds(self) -> None:
        letters = letters_typed(self._text)
        if not letters or self._search.sounds is None:
            return
        begins, inside = self._search.sounds.find(letters)
        if len(letters) == 1:
            begins_short = inside_short = np.empty(0, np.int32)
        else:
            begins_short, inside_short = self._search.sounds.find_initials(letters)
        for documents, where in (
            (begins, MatchedIn.PINYIN),
            (begins_short, MatchedIn.INITIALS),
            (inside, MatchedIn.PINYIN),
            (inside_short, MatchedIn.INITIALS),
        ):
            self._groups.add(Reason.PINYIN, documents, matched_in=where)

    def _add_remembered(self) -> None:
        if self._search.remembered is None:
            return
        terminology, first = self._search.terminology, self._search.numbers.starts[TermLevel.PT]
        for phrase, codes in self._search.remembered(self._query.key):
            rows = (terminology.index(TermLevel.PT, code) for code in codes)
            numbers = [first + row for row in rows if row >= 0]
            self._groups.add_terms(Reason.MEMORY, numbers, MatchedIn.MEMORY, via=phrase)

    def _add_wordings(self) -> None:
        """Names that hold another wording of the text, as the thesaurus has it."""
        thesaurus, key = self._search.thesaurus, self._query.key
        if thesaurus is None:
            return
        others = dict.fromkeys(
            member
            for number in thesaurus.by_member.get(key, ())
            for member in thesaurus.groups[number]
            if member != key and len(member) > 1
        )
        wordings = list(others)[:MAX_WORDINGS]
        found = [self._names.find(wording) for wording in wordings]
        for is_same in (True, False):
            for wording, places in zip(wordings, found, strict=True):
                same = places.begins & places.ends
                self._groups.add(
                    Reason.SYNONYM,
                    places.documents[same == is_same],
                    matched_in=MatchedIn.SYNONYM,
                    via=wording,
                )

    # -- what is alike ---------------------------------------------------------------------------

    def _add_alike(self) -> None:
        self._groups.add(Reason.FUZZY, self._misspelt())
        retriever, wish = self._search.retriever, self._wish
        if retriever is None:
            return
        starts = self._search.numbers.starts
        wants_pts = not wish.levels or TermLevel.PT in wish.levels
        pts, llts = starts[TermLevel.PT], starts[TermLevel.LLT]
        proposals = retriever.search(normalise(self._text), FUZZY_CANDIDATES)
        numbers = [
            pts + one.pt_row if wants_pts else llts + one.llt_row
            for one in proposals
            if one.share >= MIN_SHARE and (wants_pts or one.llt_row >= 0)
        ]
        self._groups.add_terms(Reason.FUZZY, numbers, MatchedIn.NAME)

    def _misspelt(self) -> IntArray:
        """Names that hold words like those of the text, where a word of it is Latin and unknown."""
        vocabulary, names = self._names.words, self._names
        words = self._pieces
        if not any(map(slips_allowed, words)) or not all(word.isascii() for word in words):
            return np.empty(0, np.int32)
        return names.with_all(
            [tuple(dict.fromkeys((word, *vocabulary.near(word)))) for word in words]
        )


def _chosen(places: Places, reason: Reason, *, is_text: bool) -> IntArray:
    """The documents in which a place is of a kind; ``is_text``: the text has no gaps."""
    if reason is Reason.EXACT:
        chosen = (places.begins & places.ends) if is_text else np.zeros_like(places.begins)
    elif reason is Reason.BEGINS:
        chosen = places.begins
    elif reason is Reason.ENDS:
        chosen = places.ends
    else:
        chosen = ~(places.begins | places.ends)
    return places.documents[chosen]
