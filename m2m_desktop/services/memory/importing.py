"""Read a workbook of remembered decisions back, from another PC or changed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.memory_check import examine, is_akin
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.services.language import _
from m2m_desktop.services.memory.errors import MemorySheetUnreadable
from m2m_desktop.services.memory.sheet import (
    ANSWERS,
    COLUMNS,
    DECIDED_AT,
    JOINT,
    LANGUAGE,
    LLT_CODE,
    NOTHING_SUITABLE,
    PHRASE,
    PT_CODE,
    RELEASE,
    REVIEWER,
    STOPPED,
    TERM_FIELDS,
    TERMINOLOGY,
    USE,
)
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.memory.wire import entry_to_json
from m2m_desktop.services.tables.columns import header_key
from m2m_desktop.services.tables.reader_protocol import Reader
from m2m_desktop.services.tables.records import (
    ColumnRole,
    SheetLayout,
    SniffedTable,
)

HEADER_ROWS = 20
MAX_PHRASE_LENGTH = 1000


class OnConflict(Enum):
    """What to do where a wording was decided otherwise here."""

    LIST = "list"
    KEEP_MINE = "keep_mine"
    TAKE_THEIRS = "take_theirs"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken in, and why."""

    row: int
    phrase: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Conflict:
    """A wording that was decided in one way here, and in another in the workbook."""

    mine: MemoryEntry
    theirs: MemoryEntry


@dataclass(frozen=True, slots=True)
class MemoryImport:
    """What became of the entries of a workbook, by their keys.

    ``conflicts`` are listed whatever became of them: ``replaced`` tells which were taken over.
    ``to_check`` were taken in, but answer only when a person has confirmed them.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    to_check: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    bad_rows: tuple[BadRow, ...]


class _Refused(Exception):
    """Why a row is not taken in."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.template)


def import_memory(
    path: Path,
    store: MemoryStore,
    terminology: Terminology,
    reader: Reader,
    *,
    on_conflict: OnConflict = OnConflict.LIST,
    progress: Progress = silent,
) -> MemoryImport:
    """Take the entries of a workbook in; what was decided here stays unless theirs are wanted.

    Raises: InputUnreadable (`MemorySheetUnreadable` without the columns of a memory), and what
    `MemoryStore` raises.
    """
    entries, bad_rows = read_entries(path, terminology, reader, progress)
    known = store.recall_many([entry.key for entry in entries])
    new = [entry for entry in entries if entry.key not in known]
    same = [one for one in entries if one.key in known and _says_same(known[one.key], one)]
    conflicts = tuple(
        Conflict(known[one.key], one)
        for one in entries
        if one.key in known and not _says_same(known[one.key], one)
    )
    taken = [one.theirs for one in conflicts] if on_conflict is OnConflict.TAKE_THEIRS else []
    store.put([*new, *taken])
    return MemoryImport(
        added=tuple(entry.key for entry in new),
        replaced=tuple(entry.key for entry in taken),
        unchanged=tuple(entry.key for entry in same),
        to_check=tuple(one.key for one in (*new, *taken) if one.needs_check is not None),
        conflicts=conflicts,
        bad_rows=bad_rows,
    )


def read_entries(
    path: Path, terminology: Terminology, reader: Reader, progress: Progress = silent
) -> tuple[list[MemoryEntry], tuple[BadRow, ...]]:
    """Read the entries of a workbook without taking them in. Raises: InputUnreadable."""
    sniffed = reader.sniff(path)
    sheet, columns = _find_columns(sniffed, path)
    table = reader.read(path, replace(sniffed.layout, sheets=(sheet,)), progress)
    rows: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    bad: list[BadRow] = []
    for row in table.rows:
        cells = {columns[column]: text.strip() for column, text in row.reactions}
        key = match_key(cells.get(PHRASE, "")[:MAX_PHRASE_LENGTH])
        if key:
            rows.setdefault(key, []).append((row.row, cells))
        elif any(cells.values()):
            bad.append(BadRow(row.row, "", message(N_("it has no phrase."))))
    entries = []
    for key, of_phrase in rows.items():
        try:
            entries.append(_entry(key, of_phrase, terminology, bad))
        except _Refused:
            continue
    return entries, tuple(sorted(bad, key=lambda one: one.row))


def _says_same(mine: MemoryEntry, theirs: MemoryEntry) -> bool:
    return (mine.is_stopped, mine.pt_codes) == (theirs.is_stopped, theirs.pt_codes)


def _find_columns(sniffed: SniffedTable, path: Path) -> tuple[SheetLayout, dict[int, str]]:
    """Find the row of headings, in either language or both; gives each column's own name."""
    names = {header_key(part): name for name in COLUMNS for part in (name, *name.split(JOINT))}
    for preview in sniffed.sheets:
        for number, row in enumerate(preview.rows[:HEADER_ROWS], 1):
            found = {
                column: names[header_key(text)]
                for column, text in enumerate(row, 1)
                if header_key(text) in names
            }
            if {PHRASE, PT_CODE} <= set(found.values()):
                columns = {ColumnRole.REACTION: tuple(found)}
                return SheetLayout(preview.name, number, columns), found
    detail = message(
        N_("no sheet has the columns {names} in its first {rows} rows."),
        names=", ".join((PHRASE, PT_CODE)),
        rows=HEADER_ROWS,
    )
    raise MemorySheetUnreadable(path=path, detail=detail)


def _entry(
    key: str,
    rows: Sequence[tuple[int, Mapping[str, str]]],
    terminology: Terminology,
    bad: list[BadRow],
) -> MemoryEntry:
    """Make the entry of all rows of a wording; where one is refused, all are, each with a reason."""
    text = rows[0][1][PHRASE][:MAX_PHRASE_LENGTH]
    terms: dict[str, CodedTerm] = {}
    problems: dict[int, Message] = {}
    uses: set[str] = set()
    for number, cells in rows:
        try:
            uses.add(_use(cells))
            if len(uses) > 1:
                raise _Refused(message(N_("the rows of this phrase differ in their use.")))
            term = _term(cells, terminology)
            if term is not None:
                terms[term.pt_code] = term
        except _Refused as error:
            problems[number] = error.reason
    if problems:
        other = message(N_("another row of the same phrase cannot be taken in."))
        bad.extend(BadRow(number, text, problems.get(number, other)) for number, _ in rows)
        raise _Refused(other)
    first, info = rows[0][1], terminology.info
    entry = MemoryEntry(
        key=key,
        text=text,
        terms=tuple(terms.values()),
        is_stopped=uses == {STOPPED},
        reviewer=first.get(REVIEWER, ""),
        decided_at=_moment(first.get(DECIDED_AT, "")),
        terminology_id=first.get(TERMINOLOGY) or info.terminology_id,
        terminology_version=first.get(RELEASE) or info.version,
        terminology_language=first.get(LANGUAGE, ""),
    )
    if not is_akin(entry, terminology):
        mixed = message(
            N_("it belongs to the demo dictionary, or to MedDRA, unlike the one in use.")
        )
        bad.extend(BadRow(number, text, mixed) for number, _ in rows)
        raise _Refused(mixed)
    reason = None if entry.is_stopped else examine(entry, terminology)
    return replace(entry, needs_check=reason)


def _use(cells: Mapping[str, str]) -> str:
    """The use that a row asks for, in either language; without one, its term answers."""
    wanted = header_key(cells.get(USE, ""))
    for use in (ANSWERS, STOPPED, NOTHING_SUITABLE):
        if not wanted or wanted in {header_key(part) for part in (use, *use.split(JOINT))}:
            return use
    known = ", ".join((ANSWERS, STOPPED, NOTHING_SUITABLE))
    raise _Refused(message(N_("its use is none of these: {known}."), known=known))


def _moment(text: str) -> str:
    """A time as the memory has it, or empty: times are compared as texts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment.tzinfo else ""


def _term(cells: Mapping[str, str], terminology: Terminology) -> CodedTerm | None:
    """The term of a row as the row describes it, completed by the terminology."""
    use, code, llt_code = _use(cells), cells.get(PT_CODE, ""), cells.get(LLT_CODE, "")
    if not code and use != ANSWERS:
        return None
    if not code:
        raise _Refused(message(N_("it has no PT code.")))
    if use == NOTHING_SUITABLE:
        raise _Refused(message(N_("it has a PT code, but says that no term is suitable.")))
    now, name = describe_term(terminology, code, llt_code), terminology.info.name
    if now is None:
        reason = N_("there is no PT with the code {code} in {name}.")
        raise _Refused(message(reason, code=code[:20], name=name))
    if llt_code and terminology.llt(llt_code) is None:
        reason = N_("there is no LLT with the code {code} in {name}.")
        raise _Refused(message(reason, code=llt_code[:20], name=name))
    told: dict[str, Any] = {
        TERM_FIELDS[column]: text
        for column, text in cells.items()
        if column in TERM_FIELDS and text
    }
    return replace(now, **told)


def import_to_json(found: MemoryImport) -> dict[str, Any]:
    """What became of a workbook, with the reasons in the current language."""
    return {
        **{name: list(getattr(found, name)) for name in ("added", "replaced", "unchanged")},
        "to_check": list(found.to_check),
        "conflicts": [
            {"mine": entry_to_json(one.mine), "theirs": entry_to_json(one.theirs)}
            for one in found.conflicts
        ],
        "bad_rows": [
            {"row": bad.row, "phrase": bad.phrase, "reason": bad.reason.text(_)}
            for bad in found.bad_rows
        ],
    }
