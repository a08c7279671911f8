"""The names of a terminology as vectors, and the exact search for those nearest to a text.

Vectors have length 1, so the product of two is the cosine of their angle. They are held twice: as
float16, which is what counts, and as one byte a number, each column between its own least and
greatest value. The bytes are multiplied first, by whole numbers. How far such a product can be off
is known (the longest rounding error of any name, by Cauchy and Schwarz), so whatever may belong to
the answer is multiplied again, exactly. The answer is that of a full search, on every processor,
for a quarter of the memory that float32 vectors take.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.steps import Steps, finished
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import normalise

FloatArray = NDArray[np.float64]
Stored = NDArray[np.float16]
Codes = NDArray[np.uint8]
Digits = NDArray[np.int8]

Multiply = Callable[[Codes, Digits], NDArray[np.int32]]
"""Multiplies codes (names, columns) by digits (columns, any) without rounding."""

DIGIT = 63
"""The greatest digit of a question: two products with a byte still fit into 16 bits, in which old
processors add them up."""

ROUNDED = 6
"""Decimals of a similarity: what processors add up differently lies below."""

_BLOCK = 8192  # vectors worked on at once
_NAMES = 1024  # names normalised in one step


def unit_vectors(vectors: NDArray[np.floating]) -> FloatArray:
    """Bring vectors (rows, columns) to length 1; one of zeros stays."""
    wide = vectors.astype(np.float64)
    lengths = np.sqrt((wide**2).sum(axis=1, keepdims=True))
    units: FloatArray = wide / np.maximum(lengths, 1e-12)
    return units


@dataclass(frozen=True)
class Names:
    """What is to become vectors, names of one PT as neighbours, in the order of PTs.

    Text ``n`` is a name of the LLT row ``llt[n]`` (-1: of the PT itself) and the PT row ``pt[n]``.
    """

    llt: IntArray
    pt: IntArray
    texts: tuple[str, ...]


def names_to_encode(terminology: Terminology, *, first: bool = True, second: bool = True) -> Names:
    """Give the names of all PTs and current LLTs in the ``first`` and the ``second`` language.

    They are normalised, as the phrases are that they are compared with. A name that a PT has
    twice comes once; names that are missing in a language do not come.
    """
    return finished(naming(terminology, first=first, second=second))


def naming(terminology: Terminology, *, first: bool = True, second: bool = True) -> Steps[Names]:
    """Do the same in steps."""
    llts, pts, texts = [], [], []
    for is_wanted, pt_names, llt_names in (
        (first, terminology.names(TermLevel.PT), terminology.names(TermLevel.LLT)),
        (second, terminology.names2(TermLevel.PT), terminology.names2(TermLevel.LLT)),
    ):
        if not is_wanted or pt_names is None or llt_names is None:
            continue
        # LLTs first: where a PT has an LLT of its name, that stands for both
        rows = np.flatnonzero(terminology.llt_current)
        names = llt_names.to_list()
        llts += [*rows.tolist(), *([-1] * len(pt_names))]
        pts += [*terminology.llt_pt[rows].tolist(), *range(len(pt_names))]
        texts += [*(names[row] for row in rows), *pt_names.to_list()]
    seen: set[tuple[int, str]] = set()
    kept = []
    for place, (pt, text) in enumerate(zip(pts, map(normalise, texts), strict=True)):
        if place % _NAMES == 0:
            yield 0, 0
        if text and (pt, text) not in seen:
            seen.add((pt, text))
            kept.append((pt, place, text))
    kept.sort(key=lambda one: one[:2])
    return Names(
        np.array([llts[place] for _, place, _ in kept], np.int32),
        np.array([pt for pt, _, _ in kept], np.int32),
        tuple(text for _, _, text in kept),
    )


@dataclass(frozen=True, slots=True)
class Near:
    """A PT row, the LLT row of its nearest name (-1: its own), and the cosine to that name."""

    pt_row: int
    llt_row: int
    similarity: float


@dataclass(frozen=True)
class NameVectors:
    """Vectors (names, columns) of names, as `Names` orders them, and the same as bytes.

    Byte ``c`` of a column stands for ``low + step * c``. ``error`` is the length of the longest
    difference between a vector and its bytes.
    """

    llt: IntArray
    pt: IntArray
    vectors: Stored
    codes: Codes
    lows: FloatArray
    steps: FloatArray
    error: float

    @property
    def columns(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[1])

    def search(
        self, questions: NDArray[np.floating], k: int, multiply: Multiply
    ) -> list[list[Near]]:
        """Give the ``k`` nearest PTs of each question (questions, columns), vectors of any length.

        A PT is as near as its nearest name. Nearest first, then lower PT rows; of equally near
        names the first.
        """
        if not len(self.pt) or not len(questions) or k < 1:
            return [[] for _ in questions]
        questions = unit_vectors(questions)
        rough, doubts = self._rough(questions, multiply)
        return [
            self._exact(question, self._possible(values, doubt, k), k)
            for question, values, doubt in zip(questions, rough, doubts, strict=True)
        ]

    def _rough(self, questions: FloatArray, multiply: Multiply) -> tuple[FloatArray, FloatArray]:
        """Give similarities (questions, names) from the bytes, and how far each may be off."""
        weights = questions * self.steps
        coarse, fine, scales = _digits(weights)
        products = multiply(self.codes, np.ascontiguousarray(np.concatenate([coarse, fine]).T))
        count = len(questions)
        parts = products.T.astype(np.float64)
        unit, small = scales[:, :1], scales[:, 1:]
        values = unit * parts[:count] + small * parts[count:] + (questions @ self.lows)[:, None]
        left = np.abs(weights - unit * coarse - small * fine).sum(axis=1) * 255
        lengths = np.sqrt((questions**2).sum(axis=1))
        return values, self.error * lengths + left + 1e-9

    def _possible(self, values: FloatArray, doubt: float, k: int) -> NDArray[np.intp]:
        """Give the names that may be the best one of one of the ``k`` nearest PTs."""
        bests = np.maximum.reduceat(values, self._firsts)
        if len(bests) <= k:
            return np.arange(len(values))
        bound = np.partition(bests, len(bests) - k)[len(bests) - k]
        return np.flatnonzero(values >= bound - 2 * doubt)

    def _exact(self, question: FloatArray, names: NDArray[np.intp], k: int) -> list[Near]:
        """Rank the PTs of some names by the float16 vectors."""
        values = np.empty(len(names))
        for start in range(0, len(names), _BLOCK):
            some = names[start : start + _BLOCK]
            rows = self.vectors[some].astype(np.float32)
            values[start : start + _BLOCK] = np.einsum("nc,c->n", rows, question)
        values = values.round(ROUNDED)
        pts = self.pt[names]
        order = np.lexsort((names, -values, pts))
        firsts = order[np.append(True, np.diff(pts[order]) > 0)]
        ranked = firsts[np.lexsort((pts[firsts], -values[firsts]))][:k]
        return [
            Near(int(pts[place]), int(self.llt[names[place]]), float(values[place]))
            for place in ranked
        ]

    @cached_property
    def _firsts(self) -> NDArray[np.intp]:
        """Where the names of another PT begin."""
        return np.flatnonzero(np.append(True, np.diff(self.pt) != 0))


def _digits(weights: FloatArray) -> tuple[Digits, Digits, FloatArray]:
    """Write numbers with two digits each; give both, and what they count: (rows, 2)."""
    units = np.abs(weights).max(axis=1, keepdims=True) / DIGIT
    units[units == 0] = 1.0
    coarse = np.rint(weights / units)
    small = units / (2 * DIGIT)
    fine = np.clip(np.rint((weights - units * coarse) / small), -DIGIT, DIGIT)
    return coarse.astype(np.int8), fine.astype(np.int8), np.concatenate([units, small], axis=1)


def pack_vectors(names: Names, vectors: Stored) -> NameVectors:
    """Bring the vectors (names, columns) of names into the form that is searched."""
    return finished(packing(names, vectors))


def packing(names: Names, vectors: Stored) -> Steps[NameVectors]:
    """Do the same in steps."""
    count, columns = vectors.shape
    lows, highs = np.zeros(columns), np.zeros(columns)
    blocks: Sequence[int] = range(0, count, _BLOCK)
    if count:
        lows = np.min([vectors[at : at + _BLOCK].min(axis=0) for at in blocks], axis=0)
        highs = np.max([vectors[at : at + _BLOCK].max(axis=0) for at in blocks], axis=0)
    lows, highs = lows.astype(np.float64), highs.astype(np.float64)
    steps = (highs - lows) / 255
    steps[steps == 0] = 1.0
    codes = np.empty((count, columns), np.uint8)
    error = 0.0
    for at in blocks:
        yield count, count
        block = vectors[at : at + _BLOCK].astype(np.float64)
        codes[at : at + _BLOCK] = np.rint((block - lows) / steps)
        missed = block - (lows + steps * codes[at : at + _BLOCK])
        error = max(error, float(np.sqrt((missed**2).sum(axis=1).max())))
    return NameVectors(names.llt, names.pt, vectors, codes, lows, steps, error)
