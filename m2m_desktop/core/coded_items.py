"""What leaves the program: every mention of a file with its answer and the decision about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Run, Source
from m2m_desktop.core.review import CodedTerm, ReviewStatus


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell: ``sheet`` is empty for a text file or pasted text; rows and columns count from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class CodedItem:
    """One mention in its place, with what may be exported of it.

    ``terms`` are the decided ones, or the proposed ones where nobody decided: ``status`` tells.
    ``is_from_narrative``: no column of names has it, a person added it out of the narrative.
    """

    place: CellPlace
    start: int
    end: int
    text: str
    kind: PieceKind
    severity: str
    report_id: str
    status: ReviewStatus
    is_flagged: bool
    terms: tuple[CodedTerm, ...]
    band: Band | None
    source: Source
    reviewer: str
    decided_at: str
    comment: str
    is_from_narrative: bool = False


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How much of the work of coding the model did, summed over the answers for distinct phrases.

    A pair is a phrase and a candidate. ``scored`` pairs were scored by the model for these answers,
    ``kept`` ones had a score from before; for the others, names, the memory, the wording or a small
    model sufficed. ``answers`` are counted here; ``uncounted`` are of a version that did not count.
    """

    answers: int
    uncounted: int
    candidates: int
    scored: int
    kept: int

    @property
    def share(self) -> float | None:
        """The part of all pairs that has a score of the model; None where there are no pairs."""
        return (self.scored + self.kept) / self.candidates if self.candidates else None


@dataclass(frozen=True, slots=True)
class CodedSource:
    """A coded file: its items in the order of the file, and where everything comes from.

    ``header_rows`` gives the header row of each sheet (0: none). ``made_at``: its last change, UTC.
    ``facts`` are further lines of the provenance sheet, already in words; ``pairs`` None: not known.
    """

    name: str
    sha256: str
    items: Sequence[CodedItem]
    header_rows: Mapping[str, int]
    run: Run | None
    chain_head: str
    made_at: str
    facts: Sequence[tuple[str, str]] = ()
    pairs: PairCounts | None = None
