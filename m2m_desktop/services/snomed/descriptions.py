"""The descriptions of a release, and how the language reference sets judge them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.snomed.blocks import read_blocks
from m2m_desktop.services.snomed.concepts import Concepts
from m2m_desktop.services.snomed.files import DESCRIPTION, LANGUAGE, Rf2Sources
from m2m_desktop.services.snomed.rows import (
    IDENTITY,
    joined,
    latest_rows,
    places_of,
    read_ids,
)
from m2m_desktop.services.snomed.sctid import FSN, PREFERRED, SYNONYM, Flags, Ids

_COLUMNS = (*IDENTITY, "conceptId", "languageCode", "typeId", "term")
_REFSET_COLUMNS = (
    "effectiveTime",
    "active",
    "refsetId",
    "referencedComponentId",
    "acceptabilityId",
)
_ORPHANS_TOLERATED = 0.5
_UNKNOWN_TOLERATED = 0.25  # text definitions have rows there too, and are not read


@dataclass(frozen=True)
class Descriptions:
    """Fully specified names and synonyms in the order of their identifiers.

    ``concept`` is the row of the concept; ``language`` two letters as one number.
    """

    ids: Ids
    concept: IntArray
    is_active: Flags
    is_fsn: Flags
    language: NDArray[np.int32]
    terms: TextColumn

    def rows(self, ids: Ids) -> IntArray:
        """Give the row of each identifier, -1 where there is no such description."""
        if not len(self.ids):
            return np.full(len(ids), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, at, -1).astype(np.int32)


@dataclass(frozen=True)
class Judgements:
    """Rows of language reference sets that are in force: reference set, description, preferred."""

    refset: Ids
    description: IntArray
    is_preferred: Flags


def language_number(code: str) -> int:
    """Give a two-letter language code as `Descriptions.language` has it."""
    return ord(code[0]) << 8 | ord(code[1])


def language_code(number: int) -> str:
    """Give the two letters of a number, or what can be shown of them."""
    return "".join(
        chr(part) if chr(part).isalpha() else "?" for part in (number >> 8, number & 255)
    )


def read_descriptions(
    sources: Rf2Sources, concepts: Concepts, findings: Findings, progress: Progress
) -> Descriptions:
    """Read all description files; descriptions of unknown concepts are dropped and reported."""
    files = sources.of(DESCRIPTION)
    ids, times, concept_rows, flags, languages, lines = [], [], [], [], [], []
    terms: list[TextColumn] = []
    for number, file in enumerate(files):
        orphans, seen, first = 0, 0, ("", "")
        for read in read_blocks(file, _COLUMNS, findings, progress):
            read.check_letters(findings)
            is_fsn = read.equals("typeId", FSN)
            is_name = is_fsn | read.equals("typeId", SYNONYM)
            rows = concepts.rows(read.numbers("conceptId", findings))
            lost = np.flatnonzero(is_name & (rows < 0))
            findings.warn_rows("rf2_unknown_concept", read, lost)
            if len(lost) and not orphans:
                at = read.columns["conceptId"]
                start, end = int(read.starts[lost[0], at]), int(read.ends[lost[0], at])
                code = read.buffer[start:end].tobytes().decode("ascii", "replace")[:20]
                first = (read.place(int(lost[0])), code)
            orphans, seen = orphans + len(lost), seen + int(is_name.sum())
            is_kept = is_name & (rows >= 0)
            block = read.keep(is_kept)
            texts = block.texts("term")
            findings.refuse_rows("empty_name", block, np.flatnonzero(texts.sizes() == 0))
            ids.append(read_ids(block, findings))
            times.append(block.numbers("effectiveTime", findings).astype(np.int32))
            concept_rows.append(rows[is_kept])
            flags.append((block.is_active(findings), is_fsn[is_kept]))
            languages.append(block.two_letters("languageCode"))
            terms.append(texts)
            lines.append((number, block.lines))
        if orphans > seen * _ORPHANS_TOLERATED:
            findings.refuse("rf2_unknown_concepts", place=first[0], code=first[1], count=orphans)
    findings.raise_if_broken()
    all_ids = joined(ids, np.int64)
    places = places_of([file.name for file in files], lines)
    latest = latest_rows(all_ids, joined(times, np.int32), places, findings)
    findings.raise_if_broken()
    return Descriptions(
        all_ids[latest],
        joined(concept_rows, np.int32)[latest],
        joined([active for active, _ in flags], np.bool_)[latest],
        joined([is_fsn for _, is_fsn in flags], np.bool_)[latest],
        joined(languages, np.int32)[latest],
        joined_texts(terms).take(latest),
    )


def joined_texts(parts: list[TextColumn]) -> TextColumn:
    """Put columns of texts together."""
    if not parts:
        return TextColumn.of([])
    buffers, starts, at = [parts[0].buffer[:1]], [np.ones(1, dtype=np.int32)], 0
    for part in parts:
        buffers.append(part.buffer[1:])
        starts.append(part.starts[1:] + np.int32(at))
        at += len(part.buffer) - 1
    return TextColumn(np.concatenate(buffers), np.concatenate(starts).astype(np.int32))


def read_judgements(
    sources: Rf2Sources, descriptions: Descriptions, findings: Findings, progress: Progress
) -> Judgements:
    """Read the language reference sets; of several rows about the same the latest counts."""
    refsets: list[int] = []
    numbers, rows, times, states = [], [], [], []
    for file in sources.of(LANGUAGE):
        unknown, seen = 0, 0
        for block in read_blocks(file, _REFSET_COLUMNS, findings, progress):
            at = descriptions.rows(block.numbers("referencedComponentId", findings))
            unknown, seen = unknown + int((at < 0).sum()), seen + len(at)
            kept = block.keep(at >= 0)
            found, own = np.unique(kept.numbers("refsetId", findings), return_inverse=True)
            refsets += [one for one in found.tolist() if one not in refsets]
            known = np.array([refsets.index(one) for one in found.tolist()], np.uint8)
            numbers.append(known[own])
            rows.append(at[at >= 0])
            times.append(kept.numbers("effectiveTime", findings).astype(np.int32))
            is_preferred = kept.equals("acceptabilityId", PREFERRED)
            # 0 is out of force, 1 acceptable, 2 preferred
            states.append(
                kept.is_active(findings).astype(np.uint8)
                * np.where(is_preferred, np.uint8(2), np.uint8(1))
            )
        if unknown > seen * _UNKNOWN_TOLERATED:
            findings.warn("rf2_unknown_description", [file.name], unknown)
    findings.raise_if_broken()
    number, row = joined(numbers, np.uint8), joined(rows, np.int32)
    state, time = joined(states, np.uint8), joined(times, np.int32)
    order = np.lexsort((state, time, row, number))
    same = (row[order][1:] == row[order][:-1]) & (number[order][1:] == number[order][:-1])
    is_last = np.append(~same, True)[: len(order)]
    order = order[is_last]
    order = order[state[order] > 0]
    ids = np.array(refsets, dtype=np.int64)
    return Judgements(
        ids[number[order]] if refsets else ids,
        row[order],
        state[order] == 2,
    )
