"""A pasted list as given terms: no row of it is lost."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from m2m_desktop.core.analysis.columns import (
    Cells,
    ListColumns,
    is_header,
    list_columns,
    whole_number,
)
from m2m_desktop.core.analysis.finding import TermFinder, looks_like_code
from m2m_desktop.core.analysis.records import GivenTerm, Reason
from m2m_desktop.core.analysis.severities import NOT_SAID, cut_severity, is_severity, severity_key

DELIMITERS = (",", ";", "|", "，", "；", "、", "｜")
_NO_FIELD_LIMIT = 1 << 24
"""A line is at most as long as what was pasted; csv would refuse longer fields."""

Row = tuple[int, Cells]
"""Its number, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class GivenList:
    """The terms of a list; ``unread`` are the columns (from 1) that hold something else."""

    terms: tuple[GivenTerm, ...]
    unread: tuple[int, ...] = ()


def given_list(rows: Sequence[Row], finder: TermFinder) -> GivenList:
    """Read a list that has codes, names or both in its columns, perhaps severities and counts.

    A row of one cell may have been separated by commas and the like, or hold several terms.
    Rows without anything in them do not count; all others become at least one term.
    """
    table = [(number, cells) for row in rows for number, cells in _cut(row, finder)]
    table = [(number, cells) for number, cells in table if any(map(str.strip, cells))]
    columns = list_columns([cells for _number, cells in table], lambda text: _is_term(text, finder))
    body = table[1:] if columns.has_header else table
    terms = tuple(_given(number, cells, columns, finder) for number, cells in body)
    return GivenList(terms, tuple(place + 1 for place in columns.unread))


def _given(number: int, cells: Cells, columns: ListColumns, finder: TermFinder) -> GivenTerm:
    code, name = _cell(cells, columns.code), _cell(cells, columns.name)
    severity = severity_key(_cell(cells, columns.severity))
    if name and not severity and not finder.find(name).is_found:
        name, severity = cut_severity(name)
    count_text = _cell(cells, columns.count)
    return GivenTerm(
        number,
        " ".join(filter(None, dict.fromkeys((code, name)))) or " ".join(cells).strip(),
        code,
        name,
        severity,
        whole_number(count_text) if count_text else 1,
    )


def _cut(row: Row, finder: TermFinder) -> Iterator[Row]:
    """The row itself, or the rows that its only cell stands for."""
    number, cells = row
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) != 1 or _is_term(filled[0], finder) or looks_like_code(filled[0]):
        yield row
        return
    text = filled[0]
    for delimiter in DELIMITERS:
        if delimiter in text:
            parts = _joined(_parts(text, delimiter), delimiter, finder)
            terms = [part for part in parts if _is_term(part, finder)]
            if not terms and (inner := _cut_inside(number, parts, finder)):
                yield from inner
                return
            if _are_several(terms, finder):
                others = [part for part in parts if part not in terms]
                yield from ((number, part) for part in _each(terms, others))
                return
            if is_header(parts) or any(map(looks_like_code, parts)):
                yield number, parts
                return
            if terms and all(_is_explained(part, finder) for part in parts):
                yield number, parts
                return
    yield row


def _cut_inside(number: int, parts: Sequence[str], finder: TermFinder) -> list[Row]:
    """``恶心、呕吐`` cut before its severity and count, which each of its terms gets."""
    said = [part for part in parts if is_severity(part) or whole_number(part) is not None]
    rest = [part for part in parts if part and part not in said]
    if len(rest) != 1 or not said:
        return []
    inner = list(_cut((number, rest), finder))
    return [(number, [*cells, *said]) for _number, cells in inner] if len(inner) > 1 else []


def _parts(text: str, delimiter: str) -> list[str]:
    if delimiter.isascii() and '"' in text:
        csv.field_size_limit(_NO_FIELD_LIMIT)
        return [part.strip() for part in next(csv.reader([text], delimiter=delimiter), [])]
    return [part.strip() for part in text.split(delimiter)]


def _joined(parts: Sequence[str], delimiter: str, finder: TermFinder) -> list[str]:
    """The parts, those that together are one name put together again."""
    found: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + 4), at + 1, -1):
            names = (glue.join(parts[at:end]) for glue in (delimiter, f"{delimiter} "))
            name = next((name for name in names if _is_term(name, finder)), "")
            if name:
                found.append(name)
                at = end
                break
        else:
            found.append(parts[at])
            at += 1
    return found


def _are_several(terms: Sequence[str], finder: TermFinder) -> bool:
    return len({finder.find(cut_severity(term)[0]).pt_row for term in terms}) > 1


def _is_explained(part: str, finder: TermFinder) -> bool:
    """Whether a part may stand beside a name: what is none of these might be another reaction."""
    if not part or is_severity(part) or whole_number(part) is not None or _is_term(part, finder):
        return True
    return finder.find(part).reason is Reason.HIGHER_LEVEL


def _each(terms: Iterable[str], others: Sequence[str]) -> Iterator[list[str]]:
    """A row for each term, and for each other part that is neither a severity nor a number.

    A severity that the row says is said of all its terms.
    """
    severity = next(filter(is_severity, others), NOT_SAID)
    rest = [part for part in others if part and not is_severity(part)]
    for part in (*terms, *rest):
        yield [part, severity] if severity else [part]


def _is_term(text: str, finder: TermFinder) -> bool:
    return finder.find(text).is_found or finder.find(cut_severity(text)[0]).is_found


def _cell(cells: Cells, place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""
