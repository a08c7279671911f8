"""Cut a cell of reported reactions into pieces, each with its place, kind and severity.

What separates is cut: ； 、 ， 。 line breaks, numbering, ``/`` and ``+`` between Chinese names, and
a severity in brackets. Words that may join two reactions (伴, 及) are only suggested: they occur
inside names as well. A phrase that is known, as a name or from memory, is never cut.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from m2m_desktop.core.joining_words import (
    is_joiner,
    is_one_list,
    joining_words,
    negates_further,
)
from m2m_desktop.core.phrases import strip_context
from m2m_desktop.core.piece_kinds import LONGEST_STATED, goes_on_negated, kind_of
from m2m_desktop.core.pieces import CellSplit, Piece, PieceKind, SuggestedCut
from m2m_desktop.core.splitting_marks import Atom, find_atoms, trimmed
from m2m_desktop.core.splitting_numbers import severity_at, without_number, without_severity
from m2m_desktop.core.splitting_text import PlainCell, has_content, plain_cell
from m2m_desktop.core.text import normalise

IsKnown = Callable[[str], bool]
Span = tuple[int, int]

_MOST_JOINED = 6
"""A known phrase is looked for in up to so many neighbouring pieces."""
_LONGEST_KNOWN = 240
_MOST_ROUNDS = 8
_NEAR = 80
_CODED_SEPARATELY = frozenset({PieceKind.DRUG, PieceKind.DOSE, PieceKind.DATE, PieceKind.OUTCOME})


def never_known(_text: str) -> bool:
    """Know no phrase."""
    return False


def split_cell(text: str, *, is_known: IsKnown = never_known) -> CellSplit:
    """Cut a cell into its pieces; a cell of spaces and punctuation has none.

    ``is_known`` gets texts as they stand in the cell and tells whether one is a name or a
    remembered phrase; it is called at most seven times for each piece. Takes time in proportion to
    the length of the text, whatever it holds.
    """
    cell = plain_cell(text)
    start, end = trimmed(cell.plain, 0, len(cell.plain))
    if not has_content(cell.plain[start:end]):
        return CellSplit(())
    if _is_known(cell, start, end, is_known):
        spans = [(start, end)]
    else:
        spans = _names_kept_whole(cell.plain, _known_kept_whole(cell, is_known))
    return _described(cell, spans, is_known)


def split_by_hand(
    text: str, spans: Sequence[Span], *, is_known: IsKnown = never_known
) -> CellSplit:
    """Make the pieces that a person marked; numbering and severity are taken off as usual.

    Spans that say nothing are left out.
    Raises: ValueError where spans overlap or lie outside of the text.
    """
    ordered = sorted(spans)
    if any(not 0 <= start <= end <= len(text) for start, end in ordered):
        raise ValueError("a span lies outside of the text")
    if any(first[1] > second[0] for first, second in pairwise(ordered)):
        raise ValueError("spans overlap")
    cell = plain_cell(text)
    inner = (_bared(cell, span) for span in ordered)
    return _described(
        cell, [span for span in inner if has_content(cell.plain[slice(*span)])], is_known
    )


def with_cut(split: CellSplit, text: str, suggestion: SuggestedCut) -> CellSplit:
    """Make a suggested cut: the joining word then stands between two pieces.

    Raises: ValueError where no piece holds the suggestion.
    """
    spans: list[Span] = []
    for piece in split.pieces:
        if piece.start < suggestion.start and suggestion.end < piece.end:
            spans += [(piece.start, suggestion.start), (suggestion.end, piece.end)]
        else:
            spans.append((piece.start, piece.end))
    if len(spans) == len(split.pieces):
        raise ValueError("no piece holds the suggested cut")
    return split_by_hand(text, spans)


def joined(split: CellSplit, text: str, index: int) -> CellSplit:
    """Join piece ``index`` with the next one, and what stands between them.

    Raises: ValueError where there are no two such pieces.
    """
    if not 0 <= index < len(split.pieces) - 1:
        raise ValueError("no two pieces to join")
    spans = [(piece.start, piece.end) for piece in split.pieces]
    spans[index : index + 2] = [(spans[index][0], spans[index + 1][1])]
    return split_by_hand(text, spans)


def _is_known(cell: PlainCell, start: int, end: int, is_known: IsKnown) -> bool:
    return end - start <= _LONGEST_KNOWN and is_known(cell.raw(start, end))


def _known_kept_whole(cell: PlainCell, is_known: IsKnown) -> Iterator[tuple[Span, bool]]:
    """Join neighbouring atoms that are a known phrase together, the longest first.

    Gives spans, each with whether it may be joined with the one before.
    """
    atoms = _stable_atoms(cell.plain)
    index = 0
    while index < len(atoms):
        stop = index + 1
        while stop < min(len(atoms), index + _MOST_JOINED) and atoms[stop].is_joinable:
            stop += 1
        while stop > index + 1 and not _is_known(
            cell, atoms[index].start, atoms[stop - 1].end, is_known
        ):
            stop -= 1
        yield (atoms[index].start, atoms[stop - 1].end), atoms[index].is_joinable
        index = stop


def _stable_atoms(plain: str, rounds: int = _MOST_ROUNDS) -> list[Atom]:
    """Cut until nothing changes: each atom, read as a cell of its own, is one piece."""
    atoms = find_atoms(plain)
    is_whole = len(atoms) == 1 and (atoms[0].start, atoms[0].end) == (0, len(plain))
    if is_whole or rounds == 0:
        return atoms
    stable: list[Atom] = []
    for atom in atoms:
        inner = _stable_atoms(plain[atom.start : atom.end], rounds - 1)
        for number, part in enumerate(inner):
            is_joinable = part.is_joinable if number else atom.is_joinable
            stable.append(Atom(atom.start + part.start, atom.start + part.end, is_joinable))
    return stable


def _names_kept_whole(plain: str, spans: Iterable[tuple[Span, bool]]) -> list[Span]:
    """Join what names one reaction in several words: 面部、颈部皮疹, and 红、肿、热、痛."""
    kept: list[Span] = []
    for (start, end), is_joinable in spans:
        if kept and is_joinable and plain[kept[-1][1] : start].strip() in ("、", ","):
            first = plain[max(kept[-1][0], kept[-1][1] - _NEAR) : kept[-1][1]]
            if is_one_list(first, plain[start : min(end, start + _NEAR)]):
                kept[-1] = (kept[-1][0], end)
                continue
        kept.append((start, end))
    return kept


def _bared(cell: PlainCell, span: Span) -> Span:
    """Take numbering and severity off a span, as long as something is left."""
    start, end = bisect_left(cell.at, span[0]), bisect_left(cell.at, span[1])
    whole = start, end = trimmed(cell.plain, start, end)
    end = without_severity(cell.plain, start, end)
    bare = trimmed(cell.plain, without_number(cell.plain, start, end), end)
    return bare if has_content(cell.plain[slice(*bare)]) else whole


def _described(cell: PlainCell, spans: Sequence[Span], is_known: IsKnown) -> CellSplit:
    """Find kind and severity of each span of the plain text, and the cuts to suggest."""
    pieces: list[Piece] = []
    suggestions: list[SuggestedCut] = []
    reported: set[str] = set()
    severities = _severities(cell.plain, spans)
    for index, (start, end) in enumerate(spans):
        text = cell.raw(start, end)
        normal = normalise(text[: 2 * LONGEST_STATED])
        is_prose = len(text) > 2 * LONGEST_STATED
        kind = PieceKind.REACTION if is_prose else kind_of(normal, reported=reported)
        if kind is not PieceKind.REACTION and _is_known(cell, start, end, is_known):
            kind = PieceKind.REACTION
        if index and kind is PieceKind.REACTION and pieces[-1].kind is PieceKind.NEGATED:
            between = cell.plain[spans[index - 1][1] : start]
            if negates_further(between) and not severities[index] and goes_on_negated(normal):
                kind = PieceKind.NEGATED
        if kind is PieceKind.REACTION and len(normal) <= LONGEST_STATED:
            reported.add(strip_context(normal))
        first, last = cell.span(start, end)
        pieces.append(Piece(first, last, text, kind, severities[index]))
        if kind not in _CODED_SEPARATELY:
            suggestions += _suggested(cell, start, end, is_known)
    return CellSplit(tuple(pieces), tuple(suggestions))


def _severities(plain: str, spans: Sequence[Span]) -> list[str]:
    """Give each span its severity; parts of one phrase (头痛伴恶心（一般）) share theirs."""
    severities = [severity_at(plain, end) for _start, end in spans]
    for index in range(len(spans) - 2, -1, -1):
        if not severities[index] and is_joiner(plain[spans[index][1] : spans[index + 1][0]]):
            severities[index] = severities[index + 1]
    return severities


def _suggested(cell: PlainCell, start: int, end: int, is_known: IsKnown) -> Iterator[SuggestedCut]:
    places = list(joining_words(cell.plain, start, end))
    if places and not _is_known(cell, start, end, is_known):
        for place in places:
            first, last = cell.span(*place)
            yield SuggestedCut(first, last, cell.cell[first:last])
