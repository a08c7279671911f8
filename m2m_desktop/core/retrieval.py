"""The first stage: from a phrase to the hundred PTs it may mean.

Default mode: every LLT name is a document. Three BM25 channels are added up (characters, words,
concepts), an LLT's score counts for its PT, exact names come before everything, and the parts of
a phrase with several reactions are suggested in turn with the whole. Reference mode: one document
a PT, the rendered template, single characters, exactly as the published pipeline.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.bm25 import FloatArray, Postings, best, build_postings
from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.phrases import (
    has_more_than,
    split_reactions,
    states_nothing,
    strip_context,
)
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.templates import REFERENCE_TEMPLATE
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key, normalise

Tokenise = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One BM25 channel: how its figures are computed and how much it counts."""

    name: str
    weight: float
    k1: float
    b: float


# Settled on open development data; the manual's page on retrieval has the table.
CHANNELS = (
    ChannelSettings("characters", 1.0, 6.0, 1.0),
    ChannelSettings("words", 0.3, 6.0, 1.0),
    ChannelSettings("concepts", 0.6, 1.5, 0.75),
)
REFERENCE_CHANNEL = ChannelSettings("reference", 1.0, 1.5, 0.75)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A PT row proposed for a phrase, with the LLT row that spoke for it (-1: none did).

    ``text`` is what proposed it, the phrase without context or one of its parts; ``share`` is the
    score as a share of the best score that text got, so 1 for its best PT. ``similarity`` is the
    cosine to the name nearest in meaning, where an encoder was asked (`core.dense`), and ``behind``
    what that lacks to the greatest there is for the text, 0 for the nearest PT.
    """

    pt_row: int
    llt_row: int
    score: float
    source: Source
    text: str = ""
    share: float = 0.0
    similarity: float | None = None
    behind: float = 0.0


@dataclass(frozen=True, slots=True)
class FirstStage:
    """What the first stage says of one phrase.

    ``exact`` are the PT rows whose name, or the name of one of whose current LLTs, is the whole
    phrase or one of its parts; ``is_whole_exact`` tells whether the phrase holds nothing else, and
    ``part_count`` how many reactions it seems to hold. ``is_ambiguous`` tells whether one of its
    exact names belongs to several PTs, ``states_nothing`` whether it only denies reactions or
    speaks of treatment and outcome. ``texts`` are the phrase without context and its parts, where
    it was looked at that way.
    """

    normalised: str
    proposals: tuple[Proposal, ...]
    exact: tuple[int, ...] = ()
    is_whole_exact: bool = False
    part_count: int = 1
    is_ambiguous: bool = False
    states_nothing: bool = False
    texts: tuple[str, ...] = ()


class Retriever(Protocol):
    """Proposes PTs for a phrase."""

    def retrieve(self, text: str, *, k: int) -> FirstStage:
        """Give at most ``k`` distinct PTs, best first; the order is the same on every machine."""


@dataclass(frozen=True)
class NameIndex:
    """Names of a terminology prepared for search.

    Document ``d`` is a name of the LLT row ``document_llt[d]``, whose PT is ``document_pt[d]``; an
    LLT row of -1 stands for the name of a PT that has no LLT of that name. Documents of one PT are
    neighbours. ``key_hashes`` (ascending) and ``key_documents`` find a name by its
    `text.match_key`.
    """

    document_llt: IntArray
    document_pt: IntArray
    key_hashes: NDArray[np.uint64]
    key_documents: IntArray
    channels: tuple[Postings, ...]

    def find(self, key: str) -> list[int]:
        """Give the documents whose key has the hash of ``key``, ascending."""
        wanted = np.uint64(key_hash(key))
        start = int(np.searchsorted(self.key_hashes, wanted, side="left"))
        stop = int(np.searchsorted(self.key_hashes, wanted, side="right"))
        return sorted(int(document) for document in self.key_documents[start:stop])


def key_hash(key: str) -> int:
    """Give a 64-bit hash that is the same in every process."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def build_name_index(
    terminology: Terminology, tokenisers: Sequence[Tokenise], progress: Progress = silent
) -> NameIndex:
    """Index every LLT name, current or not, in both languages where two are loaded.

    A PT without an LLT of its name (a dictionary of one's own may have such) is indexed by its
    own name as well. ``tokenisers`` go with `CHANNELS`.
    """
    rows, pts, texts = _names_by_term(terminology)
    steps = len(CHANNELS) + 1
    hashes = np.empty(len(texts), dtype=np.uint64)
    for done, text in enumerate(texts):
        if done % 5000 == 0:
            progress(done, steps * len(texts), "names")
        hashes[done] = key_hash(match_key(text))
    by_hash = np.argsort(hashes, kind="stable").astype(np.int32)
    channels = []
    for number, (settings, tokenise) in enumerate(zip(CHANNELS, tokenisers, strict=True), 1):
        documents = _documents(texts, tokenise, number, settings.name, progress)
        channels.append(build_postings(documents, k1=settings.k1, b=settings.b))
    progress(steps * len(texts), steps * len(texts), "done")
    return NameIndex(
        rows.astype(np.int32), pts.astype(np.int32), hashes[by_hash], by_hash, tuple(channels)
    )


def _documents(
    texts: Sequence[str], tokenise: Tokenise, number: int, name: str, progress: Progress
) -> Iterator[Sequence[str]]:
    """The tokens of each text, made when they are wanted: a million lists would fill the memory."""
    for done, text in enumerate(texts):
        if done % 5000 == 0:
            progress(number * len(texts) + done, (len(CHANNELS) + 1) * len(texts), name)
        yield tokenise(text)


def _names_by_term(terminology: Terminology) -> tuple[IntArray, IntArray, list[str]]:
    """Give the LLT row, PT row and text of every document, grouped by PT, in file order."""
    llt_pt = terminology.llt_pt
    names = terminology.names(TermLevel.LLT).to_list()
    pt_names = terminology.names(TermLevel.PT).to_list()
    is_named = np.zeros(len(pt_names), np.bool_)
    is_named[
        [pt for pt, name in zip(llt_pt.tolist(), names, strict=True) if name == pt_names[pt]]
    ] = True
    nameless = np.flatnonzero(~is_named).astype(np.int32)
    rows = np.concatenate([np.arange(len(names), dtype=np.int32), np.full_like(nameless, -1)])
    pts = np.concatenate([llt_pt, nameless])
    texts = names + [pt_names[pt] for pt in nameless]
    names2, pt_names2 = terminology.names2(TermLevel.LLT), terminology.names2(TermLevel.PT)
    if names2 is not None and pt_names2 is not None:
        rows, pts = np.concatenate([rows, rows]), np.concatenate([pts, pts])
        texts += names2.to_list() + [pt_names2[int(pt)] for pt in nameless]
    by_pt = np.argsort(pts, kind="stable")
    return rows[by_pt], pts[by_pt], [texts[place] for place in by_pt]


def pool_to_terms(
    scores: FloatArray, document_pt: IntArray, k: int
) -> tuple[IntArray, FloatArray, NDArray[np.intp]]:
    """Give the ``k`` best PTs as (PT rows, scores, best document of each).

    A PT counts as much as its best document. Ties: lower PT row first, and within a PT the first
    document. Only documents near the top are looked at first, and all of them where those are
    not enough for ``k`` PTs; the result is the same as over all documents.
    """
    for bound in (_likely_bound(scores, 10 * k), 0.0):
        chosen = (scores > bound).nonzero()[0]
        pts = document_pt[chosen]
        # where another PT begins
        firsts = np.append(0, (pts[1:] != pts[:-1]).nonzero()[0] + 1)
        if len(firsts) >= k and len(pts):
            break
    if not len(pts):
        return np.empty(0, np.int32), np.empty(0, np.float64), chosen
    values = scores[chosen]
    maxima = np.maximum.reduceat(values, firsts)
    ranked = best(maxima, k)
    # the first place of each PT that holds its maximum
    tops = (values == maxima.repeat(np.diff(firsts, append=len(pts)))).nonzero()[0]
    documents = chosen[tops[np.searchsorted(tops, firsts[ranked])]]
    return pts[firsts[ranked]], maxima[ranked], documents


def _likely_bound(scores: FloatArray, count: int, stride: int = 64) -> float:
    """Guess, from a sample, a score that about ``count`` documents exceed; 0 where few score."""
    sample = scores[::stride]
    sample = sample[sample > 0]  # np.partition takes ages over thousands of equal zeros
    place = len(sample) - max(1, count // stride)
    return float(np.partition(sample, place)[place]) if place > 0 else 0.0


class LexicalRetriever:
    """The default first stage over a `NameIndex`."""

    def __init__(
        self, terminology: Terminology, index: NameIndex, tokenisers: Sequence[Tokenise]
    ) -> None:
        self._terminology = terminology
        self._index = index
        self._tokenisers = tuple(tokenisers)

    def scores(self, text: str) -> FloatArray:
        """Score every document for one string: the weighted sum of the channels."""
        gathered = [
            (documents, weights * settings.weight if settings.weight != 1 else weights)
            for settings, tokenise, postings in zip(
                CHANNELS, self._tokenisers, self._index.channels, strict=True
            )
            for documents, weights in [postings.gather(dict.fromkeys(tokenise(text)))]
        ]
        sums = np.bincount(
            np.concatenate([documents for documents, _ in gathered]),
            np.concatenate([weights for _, weights in gathered]),
            minlength=len(self._index.document_pt),
        )
        return sums.astype(np.float64, copy=False)

    def exact(self, text: str) -> list[Proposal]:
        """Give the PTs that bear this name themselves or through a current LLT.

        Compared by `match_key`. A PT's own name comes before an LLT; then PT order.
        """
        found = self._bearers(text)
        if not found:
            return []
        scores = self.scores(text)
        ranked = sorted((not_own, pt, llt, place) for pt, (not_own, _, llt, place) in found.items())
        return [
            Proposal(pt, llt, float(scores[document]), Source.EXACT, text, 1.0)
            for _, pt, llt, document in ranked
        ]

    def is_name(self, text: str) -> bool:
        """Tell whether a text is the name of a PT or of a current LLT: a look-up, no scoring."""
        return bool(self._bearers(text))

    def _bearers(self, text: str) -> dict[int, tuple[bool, bool, int, int]]:
        """PT rows that bear a name, each with its best reason: a look-up without any scoring."""
        key = match_key(text)
        found: dict[int, tuple[bool, bool, int, int]] = {}
        for document in self._index.find(key) if key else ():
            llt, pt = (
                int(self._index.document_llt[document]),
                int(self._index.document_pt[document]),
            )
            has_pt_code = llt >= 0 and self._has_pt_code(llt, pt)
            same = llt >= 0 and self._is_named(TermLevel.LLT, llt, key)
            is_own = (same and has_pt_code) or self._is_named(TermLevel.PT, pt, key)
            if is_own or (same and self._terminology.llt_current[llt]):
                reason = (not is_own, not has_pt_code, llt, document)
                found[pt] = min(found.get(pt, reason), reason)
        return found

    def _has_pt_code(self, llt: int, pt: int) -> bool:
        codes, pt_codes = (
            self._terminology.codes(TermLevel.LLT),
            self._terminology.codes(TermLevel.PT),
        )
        return codes[llt] == pt_codes[pt]

    def _is_named(self, level: TermLevel, row: int, key: str) -> bool:
        names2 = self._terminology.names2(level)
        return match_key(self._terminology.names(level)[row]) == key or (
            names2 is not None and match_key(names2[row]) == key
        )

    def search(self, text: str, k: int) -> list[Proposal]:
        """Give the best ``k`` PTs for one string by BM25 alone."""
        pts, scores, documents = pool_to_terms(self.scores(text), self._index.document_pt, k)
        llts = self._index.document_llt[documents]
        top = float(scores[0]) if len(scores) else 1.0
        return [
            Proposal(int(pt), int(llt), float(score), Source.BM25, text, float(score) / top)
            for pt, llt, score in zip(pts, llts, scores, strict=True)
        ]

    def shares(self, text: str, pt_rows: Sequence[int]) -> dict[int, float]:
        """Give the score of PTs as a share of the best score there is for a text: see `Proposal`."""
        scores = self.scores(text)
        top = float(scores.max()) if len(scores) else 0.0
        if top <= 0:
            return dict.fromkeys(pt_rows, 0.0)
        # documents of one PT are neighbours, in the order of PTs
        starts = np.searchsorted(self._index.document_pt, pt_rows, side="left")
        stops = np.searchsorted(self._index.document_pt, pt_rows, side="right")
        return {
            row: float(scores[start:stop].max()) / top if stop > start else 0.0
            for row, start, stop in zip(pt_rows, starts, stops, strict=True)
        }

    def retrieve(self, text: str, *, k: int) -> FirstStage:
        """Suggest PTs for the whole phrase and for its parts, exact names first."""
        normal = normalise(text)
        plain = strip_context(normal)
        exact = self.exact(normal) or self.exact(plain)
        if exact:
            whole = tuple(proposal.pt_row for proposal in exact)
            ranked = interleave([exact, self.search(normal, k)], k)
            return FirstStage(
                normal,
                ranked,
                whole,
                is_whole_exact=True,
                is_ambiguous=len(exact) > 1,
                texts=(exact[0].text,),
            )
        pieces = split_reactions(normal)
        parts = [part for piece in pieces for part in self._cut_by_names(piece)]
        lists = [self.search(text, k) for text in dict.fromkeys((plain, normal))]
        exact_parts: list[list[Proposal]] = []
        for part in parts:
            named = self.exact(part)
            exact_parts.append(named)
            if part != plain:
                lists.append([*named, *self.search(part, k)])
        exact_rows = dict.fromkeys(p.pt_row for named in exact_parts for p in named)
        return FirstStage(
            normal,
            interleave(lists, k),
            tuple(exact_rows),
            is_whole_exact=bool(parts) and all(exact_parts) and not has_more_than(normal, pieces),
            part_count=max(1, len(parts)),
            is_ambiguous=any(len(named) > 1 for named in exact_parts),
            states_nothing=states_nothing(normal),
            texts=tuple(dict.fromkeys(filter(None, (plain, *parts)))),
        )

    def _cut_by_names(self, piece: str) -> list[str]:
        """Cut 胸闷气短 into 胸闷 and 气短: only where every piece is itself an exact name."""
        words = [word for word in self._tokenisers[1](piece) if len(word) > 1]
        is_covered = len(words) > 1 and "".join(words) == match_key(piece)
        return words if is_covered and all(map(self._bearers, words)) else [piece]


def interleave(lists: Sequence[Sequence[Proposal]], k: int) -> tuple[Proposal, ...]:
    """Take the best of each list in turn, each PT once, exact names of all lists first.

    A PT that several lists hold stands at its first place with its best share.
    """
    chosen: dict[int, Proposal] = {}
    for proposals in lists:
        for proposal in proposals:
            if proposal.source is Source.EXACT:
                chosen.setdefault(proposal.pt_row, proposal)
    for place in range(max(map(len, lists), default=0)):
        for proposals in lists:
            if place < len(proposals) and len(chosen) < k:
                chosen.setdefault(proposals[place].pt_row, proposals[place])
    for proposals in lists:
        for proposal in proposals:
            held = chosen.get(proposal.pt_row)
            if held is not None and proposal.share > held.share:
                chosen[proposal.pt_row] = proposal
    return tuple(chosen.values())[:k]


def reference_characters(text: str) -> list[str]:
    """Cut a text as the published pipeline does: every character but white space."""
    return [character for character in text if not character.isspace()]


def build_reference_postings(terminology: Terminology, progress: Progress = silent) -> Postings:
    """Index the rendered ``full`` template of every PT by single characters."""
    texts = CandidateTexts(terminology, REFERENCE_TEMPLATE)
    count = terminology.count(TermLevel.PT)
    documents = []
    for row in range(count):
        if row % 2000 == 0:
            progress(row, count, "templates")
        documents.append(reference_characters(texts.text(row)))
    return build_postings(documents, k1=REFERENCE_CHANNEL.k1, b=REFERENCE_CHANNEL.b)


class ReferenceRetriever:
    """The published first stage: the same PTs in the same order with the same scores."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def retrieve(self, text: str, *, k: int) -> FirstStage:
        """Rank all PTs by (-score, row); PTs that share nothing with the phrase fill up."""
        scores = self._postings.scores(reference_characters(text))
        rows: Iterable[int] = map(int, best(scores, k))
        ranked = list(rows)
        if len(ranked) < k:
            ranked += [int(row) for row in np.flatnonzero(scores <= 0)[: k - len(ranked)]]
        proposals = (Proposal(row, -1, float(scores[row]), Source.BM25) for row in ranked)
        return FirstStage(normalise(text), tuple(proposals))
