"""Which names a release goes by: its languages, the names of concepts, and their descriptions.

The first language is that of the extension where it names at least half of the concepts, otherwise
English. A concept is called by its preferred synonym, which the language reference set tells; the
fully specified name, with its semantic tag, is one of its descriptions. All active synonyms are
current whatever their acceptability: a phrase may use any dialect's wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.concepts import Concepts
from m2m_desktop.services.snomed.descriptions import (
    Descriptions,
    Judgements,
    language_code,
    language_number,
)
from m2m_desktop.services.snomed.sctid import Flags, Ids

ENGLISH = language_number("en")
LANGUAGE_WORDS: Mapping[str, str] = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "fr": "French", "de": "German",
    "it": "Italian", "nl": "Dutch", "sv": "Swedish", "da": "Danish", "no": "Norwegian",
    "nb": "Norwegian", "fi": "Finnish", "et": "Estonian", "pt": "Portuguese", "ja": "Japanese",
    "ko": "Korean", "lt": "Lithuanian", "pl": "Polish", "cs": "Czech",
}  # fmt: skip
USUAL_REFSETS: Mapping[str, tuple[int, ...]] = {
    "en": (900000000000509007, 900000000000508004),  # US, GB
    "es": (450828004, 448879004),  # Latin American Spanish, generic Spanish
    "zh": (722128001,),
}
"""Reference sets in the order they are chosen in; another one where none of them has rows."""

_MAIN_SHARE = 0.5
_NAMELESS_TOLERATED = 0.5
_SYNONYM, _FSN, _NONE = 1, 2, 3  # what a name may be instead of preferred, which is 0


@dataclass(frozen=True)
class Naming:
    """The languages by number (``second`` 0: none), and each description's preference.

    ``is_preferred`` marks the preferred synonyms of both languages.
    """

    first: int
    second: int
    is_preferred: Flags


@dataclass(frozen=True)
class ConceptNames:
    """The names of the PTs, in both languages, and the semantic tags of their full names."""

    first: TextColumn
    second: TextColumn | None
    tags: TextColumn
    tag_of: IntArray


def choose_names(
    concepts: Concepts, descriptions: Descriptions, judgements: Judgements, findings: Findings
) -> Naming:
    """Settle the languages and their reference sets."""
    is_live = descriptions.is_active & (concepts.pts[descriptions.concept] >= 0)
    named: dict[int, int] = {}
    for language in np.unique(descriptions.language).tolist():
        of_it = is_live & (descriptions.language == language)
        named[language] = len(np.unique(descriptions.concept[of_it]))
    others = sorted((one for one in named if one != ENGLISH), key=lambda one: (-named[one], one))
    first, second = ENGLISH, others[0] if others else 0
    if second and (not named.get(ENGLISH) or named[second] >= _MAIN_SHARE * len(concepts.pt_ids)):
        first, second = second, ENGLISH if named.get(ENGLISH) else 0
    for language in others:
        if language not in (first, second):
            count = int((descriptions.language == language).sum())
            findings.warn("rf2_other_language", [language_code(language)], count)
    is_preferred = np.zeros(len(descriptions.ids), dtype=np.bool_)
    for language in filter(None, (first, second)):
        rows = _preferred_rows(language, descriptions, judgements)
        if not len(rows):
            findings.warn("rf2_no_language_refset", [language_code(language)])
        is_preferred[rows] = True
    is_preferred &= descriptions.is_active & ~descriptions.is_fsn
    return Naming(first, second, is_preferred)


def _preferred_rows(language: int, descriptions: Descriptions, judgements: Judgements) -> IntArray:
    """The descriptions that the reference set of a language prefers."""
    row = judgements.description
    fits = (
        judgements.is_preferred
        & (descriptions.language[row] == language)
        & descriptions.is_active[row]
        & ~descriptions.is_fsn[row]
    )
    refsets, counts = np.unique(judgements.refset[fits], return_counts=True)
    if not len(refsets):
        return row[:0]
    usual = [one for one in USUAL_REFSETS.get(language_code(language), ()) if one in refsets]
    chosen = usual[0] if usual else int(refsets[int(np.argmax(counts))])
    preferred: IntArray = row[fits & (judgements.refset == chosen)]
    return preferred


def concept_names(
    concepts: Concepts, descriptions: Descriptions, naming: Naming, findings: Findings
) -> ConceptNames:
    """Name every PT; what falls back on another kind of name is reported."""
    count = len(concepts.pt_ids)
    is_usable = descriptions.is_active & (concepts.pts[descriptions.concept] >= 0)
    ranks = []
    for language in (naming.first, naming.second):
        kind = np.where(descriptions.is_fsn, _FSN, np.where(naming.is_preferred, 0, _SYNONYM))
        ranks.append(np.where(is_usable & (descriptions.language == language), kind, _NONE))
    first_rank, second_rank = ranks
    both = np.where(first_rank < _NONE, first_rank, second_rank + _NONE)
    pts = concepts.pts[descriptions.concept]
    at, rank = _best(both, pts, count, 2 * _NONE)
    findings.warn_rows(
        "rf2_no_preferred",
        _Codes(concepts.pt_ids),
        np.flatnonzero((rank == _SYNONYM) | (rank == _FSN)),
    )
    is_foreign = (rank >= _NONE) & (rank < 2 * _NONE)
    findings.warn_rows("rf2_untranslated", _Codes(concepts.pt_ids), np.flatnonzero(is_foreign))
    nameless = np.flatnonzero(rank == 2 * _NONE)
    findings.warn_rows("rf2_nameless", _Codes(concepts.pt_ids), nameless)
    if len(nameless) > _NAMELESS_TOLERATED * count:
        code = str(int(concepts.pt_ids[nameless[0]]))
        findings.refuse("rf2_nameless_concepts", count=len(nameless), code=code)
    firsts = _texts(descriptions, at, rank % _NONE == _FSN)
    for row in nameless.tolist():
        firsts[row] = str(int(concepts.pt_ids[row]))
    seconds = None
    if naming.second:
        at2, rank2 = _best(second_rank, pts, count, _NONE)
        seconds = TextColumn.of(_texts(descriptions, at2, rank2 == _FSN))
    tags, tag_of = _tags(descriptions, naming, pts, count, is_usable)
    return ConceptNames(TextColumn.of(firsts), seconds, tags, tag_of)


def _best(
    rank: NDArray[np.integer], pts: IntArray, count: int, nothing: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the row of the lowest rank for each PT (-1: none), the first of equals, and the rank."""
    rows = np.flatnonzero((rank < nothing) & (pts >= 0))
    order = rows[np.lexsort((rows, rank[rows], pts[rows]))]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = pts[order][1:] != pts[order][:-1]
    chosen = order[is_first]
    at = np.full(count, -1, dtype=np.int64)
    at[pts[chosen]] = chosen
    best = np.full(count, nothing, dtype=np.int64)
    best[pts[chosen]] = rank[chosen]
    return at, best


def _texts(descriptions: Descriptions, rows: NDArray[np.int64], is_tagged: Flags) -> list[str]:
    """The terms at rows, without their semantic tag where they have one; empty for -1."""
    has = rows >= 0
    found = [""] * len(rows)
    texts = descriptions.terms.take(rows[has]).to_list()
    for row, text in zip(np.flatnonzero(has).tolist(), texts, strict=True):
        found[row] = split_tag(text)[0] if is_tagged[row] else text
    return found


def split_tag(full_name: str) -> tuple[str, str]:
    """Split ``Fever (finding)`` into the name and its semantic tag; the tag may be empty."""
    name, opening, tag = full_name.rpartition(" (")
    if not opening or not name.strip() or not tag.endswith(")"):
        return full_name, ""
    return name.strip(), tag[:-1]


def _tags(
    descriptions: Descriptions, naming: Naming, pts: IntArray, count: int, is_usable: Flags
) -> tuple[TextColumn, IntArray]:
    """The distinct tags, the empty one first, and which one each PT has."""
    is_wanted = is_usable & descriptions.is_fsn
    is_second = descriptions.language != naming.first
    rank = np.where(is_wanted, is_second.astype(np.int64), 2)
    at, _ = _best(rank, pts, count, 2)
    known = {"": 0}
    tag_of = np.zeros(count, dtype=np.int32)
    has = np.flatnonzero(at >= 0)
    for row, text in zip(has.tolist(), descriptions.terms.take(at[has]).to_list(), strict=True):
        tag_of[row] = known.setdefault(split_tag(text)[1], len(known))
    return TextColumn.of(list(known)), tag_of


@dataclass(frozen=True)
class _Codes:
    """Concepts whose places are their codes: they come from several files."""

    ids: Ids

    def place(self, row: int) -> str:
        return str(int(self.ids[row]))


# -- the descriptions of the concepts --------------------------------------------------------------


@dataclass(frozen=True)
class Synonyms:
    """What becomes the LLTs, grouped by PT: preferred first, what is not current last."""

    ids: Ids
    pt: IntArray
    is_current: Flags
    terms: TextColumn


def list_synonyms(
    concepts: Concepts,
    descriptions: Descriptions,
    naming: Naming,
    replacements: IntArray,
    findings: Findings,
) -> Synonyms:
    """Put the descriptions in order.

    Those of an inactive concept go, not current, to the concept that replaces it; the first of
    them bears the code of that concept, so that an old code still leads somewhere.
    """
    own = concepts.pts[descriptions.concept]
    heir = replacements[descriptions.concept]
    is_inherited = (own < 0) & (heir >= 0)
    pts = np.where(is_inherited, concepts.pts[heir], own).astype(np.int32)
    _report_retired(concepts, replacements, findings)
    is_spoken = (descriptions.language == naming.first) | (
        (descriptions.language == naming.second) & (naming.second > 0)
    )
    rows = np.flatnonzero((pts >= 0) & is_spoken).astype(np.int32)
    is_current = descriptions.is_active & ~is_inherited
    kind = np.where(descriptions.is_fsn, 1, np.where(naming.is_preferred, 0, 2))
    is_second = descriptions.language != naming.first
    rank = kind + 3 * is_second + 6 * ~descriptions.is_active
    concept = np.where(is_inherited, descriptions.concept + 1, 0)  # the PT's own come first
    rows = rows[np.lexsort((rows, rank[rows], concept[rows], pts[rows]))]
    ids = descriptions.ids[rows]
    leads = np.flatnonzero(is_inherited[rows])
    of_concept = descriptions.concept[rows[leads]]
    firsts = leads[np.append(True, of_concept[1:] != of_concept[:-1])[: len(leads)]]
    ids[firsts] = concepts.ids[descriptions.concept[rows[firsts]]]
    return Synonyms(ids, pts[rows], is_current[rows], descriptions.terms.take(rows))


def _report_retired(concepts: Concepts, replacements: IntArray, findings: Findings) -> None:
    retired = np.flatnonzero(~concepts.is_active & (replacements < 0))
    findings.warn_rows("rf2_retired", _Codes(concepts.ids), retired)
