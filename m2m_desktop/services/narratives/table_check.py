"""What the narratives of a table tell and its name column leaves out, report by report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.narratives.records import FoundMention, Status
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import CodingResult, Mention
from m2m_desktop.core.splitting import split_cell
from m2m_desktop.core.text import match_key
from m2m_desktop.services.narratives.reader import NarrativeReader
from m2m_desktop.services.table_choice import chosen_layout
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.records import ColumnRole, TableRow
from m2m_desktop.services.tables.table_reader import TableReader

if TYPE_CHECKING:
    from m2m_desktop.services.engine import CodingOptions, Engine

CHECKING = N_("reading the narratives")
ROWS_AT_ONCE = 200
_PROPOSED = 3


@dataclass(frozen=True, slots=True)
class ProposedTerm:
    """A PT that a mention may mean; ``probability`` is None where no model scored it."""

    code: str
    name: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Unmentioned:
    """A reaction of a narrative that is not among those of the name column.

    ``start`` and ``end`` are characters of the narrative's cell. ``terms`` are the PTs selected
    for it; where none was (``is_selected`` false), the first candidates.
    """

    sheet: str
    row: int
    report_id: str
    start: int
    end: int
    text: str
    confidence: float
    is_selected: bool
    terms: tuple[ProposedTerm, ...]


@dataclass(frozen=True, slots=True)
class _Coded:
    """What a phrase was coded to: the PTs that are meant, and those to show."""

    meant: frozenset[str]
    is_selected: bool
    terms: tuple[ProposedTerm, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """The narrative of one row, with the cells of names of all rows of the report."""

    row: TableRow
    cells: tuple[str, ...]


class TableCheck:
    """Compares narratives with name columns; each distinct phrase is coded once.

    ``model`` is what finds mentions (`NarrativeReader.open`), ``options`` how phrases are coded.
    """

    def __init__(
        self,
        engine: "Engine",
        narratives: NarrativeReader,
        options: "CodingOptions",
        model: str = "",
        progress: Progress = silent,
    ) -> None:
        self._engine = engine
        self._narratives = narratives
        self._options = replace(options, scores_exact=False)
        self._opened = narratives.open(model, options.terminology, progress)
        self._is_known = engine.known_phrases(options.terminology, progress)
        self._coded: dict[str, _Coded] = {}
        self.warnings = self._opened.warnings

    def unmentioned(
        self, path: Path, reader: TableReader, progress: Progress = silent
    ) -> Iterator[Unmentioned]:
        """Give what is missing, in the order of the file; it is made in parts as it is asked for.

        What a report tells several times is given once. Progress counts reports.
        Raises: InputUnreadable, Cancelled; BadRequest where it is not clear which columns to read.
        """
        reports = _read_reports(path, reader, progress)
        for start in range(0, len(reports), ROWS_AT_ONCE):
            progress(start, len(reports), CHECKING)
            yield from self._of_part(reports[start : start + ROWS_AT_ONCE], progress)
        progress(len(reports), len(reports), CHECKING)

    def _of_part(self, reports: Sequence[_Report], progress: Progress) -> Iterator[Unmentioned]:
        texts = [report.row.narrative for report in reports]
        found = [
            [mention for mention in mentions if mention.status is Status.PRESENT]
            for mentions in self._narratives.read_all(texts, self._opened, progress)
        ]
        named = [self._names(report) for report in reports]
        told = [mention.text for mentions in found for mention in mentions]
        self._code([*(name for names in named for name in names), *told])
        for report, names, mentions in zip(reports, named, found, strict=True):
            yield from self._missing(report.row, names, mentions)

    def _names(self, report: _Report) -> list[str]:
        return [
            piece.text
            for cell in report.cells
            for piece in split_cell(cell, is_known=self._is_known).pieces
            if piece.kind is PieceKind.REACTION
        ]

    def _code(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._coded]
        mentions = [Mention(str(number), text) for number, text in enumerate(new)]
        for result in self._engine.code(mentions, self._options):
            self._coded[result.mention.text] = _coded(result)

    def _missing(
        self, row: TableRow, names: Sequence[str], mentions: Sequence[FoundMention]
    ) -> Iterator[Unmentioned]:
        keys = {match_key(name) for name in names}
        meant = {code for name in names for code in self._coded[name].meant}
        for mention in mentions:
            coded = self._coded[mention.text]
            key = match_key(mention.text)
            if key in keys or not coded.meant.isdisjoint(meant):
                continue
            keys.add(key)
            meant |= coded.meant
            yield Unmentioned(
                row.sheet,
                row.row,
                row.report_id,
                mention.start,
                mention.end,
                mention.text,
                mention.confidence,
                coded.is_selected,
                coded.terms,
            )


def _coded(result: CodingResult) -> _Coded:
    selected = [one for one in result.candidates if one.pt.code in result.selected]
    shown = selected or list(result.candidates[:_PROPOSED])
    meant = frozenset(one.pt.code for one in (selected or shown[:1]))
    terms = tuple(ProposedTerm(one.pt.code, one.pt.name, one.probability) for one in shown)
    return _Coded(meant, bool(selected), terms)


def _read_reports(path: Path, reader: TableReader, progress: Progress) -> list[_Report]:
    """Read the rows with a narrative; a narrative that repeats within its report is read once."""
    table = TableInput(path)
    layout = chosen_layout(table.sniff(reader, {}, progress=progress))
    if not any(ColumnRole.NARRATIVE in sheet.columns for sheet in layout.sheets):
        raise BadRequest(detail=message(N_("no column of narratives was found in the table.")))
    rows = table.read(reader, layout, progress).rows
    cells: dict[str, list[str]] = {}
    for row in rows:
        cells.setdefault(_report_key(row), []).extend(text for _, text in row.reactions)
    reports: dict[tuple[str, str], _Report] = {}
    for row in rows:
        key = _report_key(row)
        if row.narrative.strip():
            reports.setdefault((key, row.narrative), _Report(row, tuple(cells[key])))
    return list(reports.values())


def _report_key(row: TableRow) -> str:
    return f"id:{row.report_id}" if row.report_id else f"row:{row.sheet}!{row.row}"
