"""What a narrative tells and the name column leaves out, as the window shows it and adds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band, Source
from m2m_desktop.core.review import CodedTerm, PhraseRow, chosen
from m2m_desktop.services.project.records import Addition, NewItem
from m2m_desktop.services.project.wire import term_of_candidate
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.narrative.records import Status

Terms = tuple[CodedTerm, ...]


class Done(Enum):
    """What a person made of a finding."""

    NOTHING = "nothing"
    ADDED = "added"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a phrase may be coded to: equal phrases share it.

    ``choices`` are sets of PTs, the proposed one first; ``is_selected``: the model has chosen it,
    otherwise its PTs are the nearest candidates.
    """

    choices: tuple[Terms, ...] = ()
    is_selected: bool = False
    source: Source = Source.NONE


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of a narrative; ``start`` and ``end`` are its place in ``sentence``.

    ``offset`` is where the sentence begins in its cell.
    """

    sheet: str
    row: int
    column: int
    report_id: str
    severity: str
    text: str
    status: Status
    reason: str
    sentence: str
    start: int
    end: int
    offset: int
    proposal: Proposal

    @property
    def best(self) -> Terms:
        """The set of PTs that is proposed first; none where nothing is."""
        return self.proposal.choices[0] if self.proposal.choices else ()


def finding_from_json(told: Json, known: dict[str, Proposal]) -> Finding:
    """Read what the engine found; ``known`` are the proposals for phrases that came before."""
    text, offset = str(told["text"]), int(told["sentence_start"])
    proposal = Proposal()
    if told["candidates"]:
        proposal = known.get(text) or known.setdefault(text, _proposal(told))
    statuses = {status.value: status for status in Status}
    return Finding(
        sheet=str(told["sheet"]),
        row=int(told["row"]),
        column=int(told["column"]),
        report_id=str(told["report_id"]),
        severity=str(told["severity"]),
        text=text,
        status=statuses.get(str(told["status"]), Status.UNCERTAIN),
        reason=str(told["reason"]),
        sentence=str(told["sentence"]),
        start=int(told["start"]) - offset,
        end=int(told["end"]) - offset,
        offset=offset,
        proposal=proposal,
    )


def _proposal(told: Mapping[str, object]) -> Proposal:
    candidates = told["candidates"]
    assert isinstance(candidates, list)
    terms = [term_of_candidate(one) for one in candidates]
    single: list[Terms] = [(term,) for term in terms]
    is_selected = bool(told["is_selected"])
    sets = [tuple(terms), *single] if is_selected and len(terms) > 1 else single
    return Proposal(tuple(sets), is_selected, Source(str(told["source"])))


def addition_of(finding: Finding, terms: Sequence[CodedTerm], who: str, when: datetime) -> Addition:
    """What adds a finding to its report, decided for ``terms``.

    Accepted where these are what the model had selected, changed otherwise.
    """
    proposal = finding.proposal
    asked = PhraseRow(
        phrase_id=0,
        text=finding.text,
        kind=PieceKind.REACTION,
        item_count=1,
        report_count=1,
        band=Band.DOUBTFUL,
        source=proposal.source,
        proposed=finding.best if proposal.is_selected else (),
    )
    item = NewItem(
        sheet=finding.sheet,
        row=finding.row,
        column=finding.column,
        start=finding.offset + finding.start,
        end=finding.offset + finding.end,
        text=finding.text,
        kind=PieceKind.REACTION,
        severity=finding.severity,
        report_id=finding.report_id,
    )
    return Addition(item, chosen(asked, terms, Source.MANUAL, who, when))
