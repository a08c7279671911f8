"""From given terms to events: each is counted or refused with a sentence that says why."""

from collections.abc import Callable, Iterable, Mapping

from m2m_desktop.core.analysis.finding import Meaning, TermFinder
from m2m_desktop.core.analysis.records import (
    USED,
    Coded,
    CodedEvent,
    GivenTerm,
    Reason,
    Remark,
    Unit,
)
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.records import TermLevel

SENTENCES: Mapping[Reason, str] = {
    Reason.EMPTY: N_("There is neither a code nor a name of a term in this row."),
    Reason.UNKNOWN_CODE: N_("No PT or LLT of this release has this code."),
    Reason.UNKNOWN_NAME: N_("No PT or LLT of this release has this name."),
    Reason.HIGHER_LEVEL: N_("This is a {level}; only PTs and LLTs are counted."),
    Reason.SMQ: N_("This is an SMQ; only PTs and LLTs are counted."),
    Reason.AMBIGUOUS: N_("This name belongs to {count} PTs: {names}. Give the code."),
    Reason.MISMATCH: N_("The code is that of {code_name}, the name that of {name_name}."),
    Reason.BAD_COUNT: N_("The count is no whole number from 1 up."),
    Reason.NOT_CURRENT: N_("This LLT is not current; it was counted for its PT {pt}."),
    Reason.DEMOTED: N_("This PT is an LLT in this release; it was counted for the PT {pt}."),
}
SHOWN_NAMES = 5

Suggests = Callable[[str], str]
"""Gives the name of a term that a text may have meant, or an empty one."""


def no_suggestion(_text: str) -> str:
    """Suggest nothing."""
    return ""


def code_list(
    terms: Iterable[GivenTerm], finder: TermFinder, suggests: Suggests = no_suggestion
) -> Coded:
    """Make a list ready to be counted: each term as often as its row says, the whole one case."""
    events: list[CodedEvent] = []
    remarks: list[Remark] = []
    given = 0
    for term in terms:
        count = 1 if term.count is None else term.count
        given += count
        found = meaning_of(term, finder)
        if found.reason is not None:
            remarks.append(_remark(term, found, count, finder, suggests))
        if found.reason is None or found.reason in USED:
            events.append(CodedEvent(found.pt_row, (found.llt_row,), term.severity, count))
    return Coded(tuple(events), tuple(remarks), given, Unit.ROWS, tuple(events))


def meaning_of(term: GivenTerm, finder: TermFinder) -> Meaning:
    """Tell what a row of a list means. Its code decides; a name of another PT makes it doubtful."""
    if term.count is None:
        return Meaning(reason=Reason.BAD_COUNT)
    by_code = finder.find(term.code) if term.code else Meaning(reason=Reason.EMPTY)
    by_name = finder.find(term.name) if term.name else Meaning(reason=Reason.EMPTY)
    if by_code.is_found:
        if by_name.is_found and by_name.pt_row != by_code.pt_row:
            return Meaning(reason=Reason.MISMATCH, rows=(by_code.pt_row, by_name.pt_row))
        return by_code
    return by_code if not term.name else by_name


def pt_name(finder: TermFinder, row: int) -> str:
    """The name of a PT in the release's own language."""
    return finder.terminology.names(TermLevel.PT)[row]


def sentence_of(found: Meaning, finder: TermFinder) -> Message:
    """Say why something was not counted, or not as it stands."""
    fields: dict[str, object] = {}
    reason = found.reason
    assert reason is not None
    if reason is Reason.HIGHER_LEVEL:
        fields["level"] = found.level.name
    elif reason is Reason.AMBIGUOUS:
        names = [pt_name(finder, row) for row in found.rows[:SHOWN_NAMES]]
        more = ["…"] if len(found.rows) > SHOWN_NAMES else []
        fields = {"count": len(found.rows), "names": ", ".join([*names, *more])}
    elif reason is Reason.MISMATCH:
        first, second = (pt_name(finder, row) for row in found.rows)
        fields = {"code_name": first, "name_name": second}
    elif reason in USED:
        fields["pt"] = pt_name(finder, found.pt_row)
    return message(SENTENCES[reason], **fields)


def _remark(
    term: GivenTerm, found: Meaning, count: int, finder: TermFinder, suggests: Suggests
) -> Remark:
    assert found.reason is not None
    suggestion = ""
    if found.reason is Reason.UNKNOWN_NAME or (found.reason is Reason.UNKNOWN_CODE and term.name):
        suggestion = suggests(term.name)
    elif found.reason is Reason.NOT_CURRENT:
        suggestion = pt_name(finder, found.pt_row)
    return Remark(term.row, term.text, found.reason, sentence_of(found, finder), suggestion, count)
