"""The coded mentions of a project as events, by mention, by report, or each PT once."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from m2m_desktop.core.analysis.coding import sentence_of
from m2m_desktop.core.analysis.finding import Meaning, TermFinder
from m2m_desktop.core.analysis.records import Coded, CodedEvent, Reason, Remark, Unit
from m2m_desktop.core.analysis.severities import severity_key, worst
from m2m_desktop.core.coded_items import CodedItem
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.review import CodedTerm, ReviewStatus

NO_TERM = N_("A person found no suitable term.")
NOT_CODED = N_("There is no term for this phrase yet.")
NOT_DECIDED = N_("Nobody has decided about this phrase yet.")
UNKNOWN_PT = N_("This release has no PT with the code {code} ({name}).")
WITHOUT_REPORTS = N_("No report number is known in this table, so its rows were counted.")
SOME_WITHOUT_REPORTS = N_(
    "Mentions without a report number: {count}; each row of them was counted as a report."
)
MOST_SEVERE = N_(
    "Where a PT was reported with several severities, it was counted under the most severe one."
)
PROPOSALS_TOO = N_("Counted terms that are proposals nobody has decided about: {count}.")

Key = tuple[Hashable, ...]


def code_project(
    items: Iterable[CodedItem],
    finder: TermFinder,
    *,
    unit: Unit = Unit.ROWS,
    decided_only: bool = False,
) -> Coded:
    """Make a project ready to be counted: what was decided, else proposed unless ``decided_only``.

    A mention gives an event for each of its PTs, or one remark where it has none. In reports
    and in terms equal ones count once, under the worst severity. Without any report number
    ``REPORTS`` falls back to ``ROWS``; the unit of what is given back tells.
    """
    reactions = [item for item in items if item.kind is PieceKind.REACTION]
    without = sum(not item.report_id for item in reactions)
    notes: list[Message] = []
    if unit is Unit.REPORTS and without:
        if without == len(reactions):
            unit = Unit.ROWS
            notes.append(message(WITHOUT_REPORTS))
        else:
            notes.append(message(SOME_WITHOUT_REPORTS, count=without))
    tally = _Tally(unit, finder, decided_only)
    for item in reactions:
        tally.add(item)
    if tally.has_merged_severities:
        notes.append(message(MOST_SEVERE))
    if tally.proposed:
        notes.append(message(PROPOSALS_TOO, count=len(tally.proposed)))
    return Coded(
        events=tuple(tally.events.values()),
        remarks=tuple(tally.remarks.values()),
        given=len(tally.events) + len(tally.refused),
        unit=unit,
        occurrences=tuple(tally.occurrences),
        has_cases=True,
        notes=tuple(notes),
    )


class _Tally:
    """What has been counted and refused so far; each thing once, by its key."""

    def __init__(self, unit: Unit, finder: TermFinder, decided_only: bool) -> None:
        self._unit = unit
        self._finder = finder
        self._decided_only = decided_only
        self._number = 0
        self._meanings: dict[tuple[str, str], Meaning] = {}
        self.events: dict[Key, CodedEvent] = {}
        self.refused: set[Key] = set()
        self.remarks: dict[Key, Remark] = {}
        self.occurrences: list[CodedEvent] = []
        self.proposed: set[Key] = set()
        self.has_merged_severities = False

    def add(self, item: CodedItem) -> None:
        """Count a mention, or say why not."""
        self._number += 1
        terms, reason, sentence = self._terms(item)
        if reason is not None:
            self._refuse(item, item.text, reason, message(sentence))
        for term in terms:
            self._add_term(item, term)

    def _terms(self, item: CodedItem) -> tuple[Sequence[CodedTerm], Reason | None, str]:
        if item.status is ReviewStatus.NO_TERM:
            return (), Reason.NO_TERM, NO_TERM
        if item.status is ReviewStatus.UNREVIEWED and self._decided_only:
            return (), Reason.NOT_DECIDED, NOT_DECIDED
        if not item.terms:
            return (), Reason.NOT_CODED, NOT_CODED
        return item.terms, None, ""

    def _add_term(self, item: CodedItem, term: CodedTerm) -> None:
        found = self._meaning(term)
        if not found.is_found:
            told = message(UNKNOWN_PT, code=term.pt_code, name=term.pt_name)
            self._refuse(item, f"{item.text} → {term.pt_name}", Reason.UNKNOWN_CODE, told)
            return
        event = CodedEvent(
            found.pt_row, (found.llt_row,), severity_key(item.severity), 1, self._case(item)
        )
        self.occurrences.append(event)
        key = (*self._scope(item), found.pt_row)
        held = self.events.get(key)
        self.events[key] = event if held is None else self._merged(held, event)
        if item.status is ReviewStatus.UNREVIEWED:
            self.proposed.add(key)
        if found.reason is not None:
            sentence = sentence_of(found, self._finder)
            if held is None:
                self._note(item, f"{item.text} → {term.pt_name}", found.reason, sentence)

    def _merged(self, held: CodedEvent, event: CodedEvent) -> CodedEvent:
        """One event for two that count once: the worst severity, the LLTs of both."""
        if held.severity != event.severity:
            self.has_merged_severities = True
        return replace(
            held,
            severity=worst((held.severity, event.severity)),
            llt_rows=tuple(dict.fromkeys((*held.llt_rows, *event.llt_rows))),
        )

    def _meaning(self, term: CodedTerm) -> Meaning:
        """The PT as it was chosen; the LLT beside it where it is one of this PT's still."""
        key = (term.pt_code, term.llt_code)
        if key not in self._meanings:
            self._meanings[key] = self._looked_up(term)
        return self._meanings[key]

    def _looked_up(self, term: CodedTerm) -> Meaning:
        found = self._finder.pt_of_code(term.pt_code)
        terminology = self._finder.terminology
        llt = terminology.index(TermLevel.LLT, term.llt_code) if term.llt_code else -1
        if found.reason is not None or llt < 0 or int(terminology.llt_pt[llt]) != found.pt_row:
            return found
        current = bool(terminology.llt_current[llt])
        return replace(found, llt_row=llt, reason=None if current else Reason.NOT_CURRENT)

    def _refuse(self, item: CodedItem, text: str, reason: Reason, sentence: Message) -> None:
        key = (*self._scope(item), text, reason)
        if key not in self.refused:
            self.refused.add(key)
            self._note(item, text, reason, sentence)

    def _note(self, item: CodedItem, text: str, reason: Reason, sentence: Message) -> None:
        """One remark for equal ones, at the first place."""
        remark = Remark(item.place.row, text, reason, sentence)
        held = self.remarks.get((text, reason))
        self.remarks[text, reason] = remark if held is None else replace(held, count=held.count + 1)

    def _scope(self, item: CodedItem) -> Key:
        """Within what equal things are one."""
        if self._unit is Unit.TERMS:
            return ()
        if self._unit is Unit.REPORTS:
            return (self._case(item),)
        return (self._number,)

    def _case(self, item: CodedItem) -> str:
        """The report, or the row of the table where it has no number."""
        if item.report_id:
            return f"report {item.report_id}"
        return f"row {item.place.row} {item.place.sheet}"
