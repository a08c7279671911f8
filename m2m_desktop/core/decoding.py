"""From probabilities to an answer: which PTs are selected, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.records import Band, Candidate, Source

CERTAIN_PROBABILITY = 0.8


@dataclass(frozen=True, slots=True)
class Decision:
    """The selected PT codes in candidate order, the band, and which layer decided."""

    selected: tuple[str, ...]
    band: Band
    source: Source


def decode_probabilities(candidates: Sequence[Candidate], threshold: float) -> Decision:
    """Select every candidate at or above ``threshold``; there may be none, one or several.

    A PT that a part of the phrase names exactly is selected whatever the model says. Certain
    means that nothing is close: every PT selected by the model is at `CERTAIN_PROBABILITY` or
    more and every other PT is below half the threshold.
    """
    judged = [
        (c, c.probability, c.evidence.source is Source.EXACT)
        for c in candidates
        if c.probability is not None
    ]
    chosen = [c for c, probability, is_exact in judged if is_exact or probability >= threshold]
    if not chosen:
        return Decision((), Band.NOT_FOUND, Source.NONE)
    clear = all(
        is_exact
        or probability >= max(CERTAIN_PROBABILITY, threshold)
        or probability < threshold / 2
        for _, probability, is_exact in judged
    )
    codes = tuple(candidate.pt.code for candidate in chosen)
    return Decision(codes, Band.CERTAIN if clear else Band.DOUBTFUL, Source.MODEL)


def decode_exact(candidates: Sequence[Candidate], *, part_count: int) -> Decision:
    """Select the PTs that the phrase, or each of its ``part_count`` parts, names exactly.

    More PTs than parts means that a name belongs to several PTs: a person must choose.
    """
    codes = tuple(c.pt.code for c in candidates if c.evidence.source is Source.EXACT)
    band = Band.CERTAIN if len(codes) <= part_count else Band.DOUBTFUL
    return Decision(codes, band, Source.EXACT)


def decode_remembered(candidates: Sequence[Candidate]) -> Decision:
    """Select what a person decided before; nothing where no term was found suitable then."""
    codes = tuple(c.pt.code for c in candidates if c.evidence.source is Source.MEMORY)
    return Decision(codes, Band.CERTAIN, Source.MEMORY)


def decode_lexical(candidates: Sequence[Candidate]) -> Decision:
    """Without a model nothing but an exact name is selected: a lexical score is no probability."""
    if not candidates:
        return Decision((), Band.NOT_FOUND, Source.NONE)
    codes = tuple(c.pt.code for c in candidates if c.evidence.source is Source.EXACT)
    return Decision(codes, Band.DOUBTFUL, Source.LEXICAL)
