"""What the narratives of a table tell and its name column leaves out, report by report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.narratives.records import FoundMention, Span, Status
from m2m_desktop.core.narratives.sentences import sentence_spans
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import Candidate, CodingResult, Mention, Source
from m2m_desktop.core.splitting import split_cell
from m2m_desktop.core.text import match_key
from m2m_desktop.services.narratives.cells import narrative_columns, read_with_narratives
from m2m_desktop.services.narratives.reader import NarrativeReader
from m2m_desktop.services.table_choice import chosen_layout
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.records import TableLayout, TableRow
from m2m_desktop.services.tables.table_reader import TableReader

if TYPE_CHECKING:
    from m2m_desktop.services.engine import CodingOptions, Engine

CHECKING = N_("reading the narratives")
ROWS_AT_ONCE = 200
_PROPOSED = 3
_LONGEST_SENTENCE = 240
_AROUND = 100


@dataclass(frozen=True, slots=True)
class ProposedTerm:
    """A PT that a mention may mean; ``probability`` is None where no model scored it."""

    code: str
    name: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Unmentioned:
    """A reaction of a narrative that is not among those of the name column.

    ``start`` and ``end`` are characters of the narrative's cell, which stands in ``column``;
    ``sentence`` is what stands around it there, from the character ``sentence_start`` on.
    ``terms`` are the PTs selected for it; where none was (``is_selected`` false), the first
    candidates; none at all where it is not present: only what happened is coded. ``candidates``
    are the same PTs as records, ``source`` is where the answer comes from.
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
    column: int = 0
    severity: str = ""
    status: Status = Status.PRESENT
    reason: str = ""
    sentence: str = ""
    sentence_start: int = 0
    source: Source = Source.NONE
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What reports name already, by `report_key`: phrases and PTs.

    ``uncoded`` are those phrases whose PTs are not among ``codes``. ``has_phrases`` false: phrases
    are those of the cells.
    """

    phrases: Mapping[str, Sequence[str]]
    uncoded: Mapping[str, Sequence[str]]
    codes: Mapping[str, frozenset[str]]
    has_phrases: bool = True


NOTHING_NAMED = Named({}, {}, {}, has_phrases=False)


@dataclass(frozen=True, slots=True)
class _Coded:
    """What a phrase was coded to: the PTs that are meant, and those to show."""

    meant: frozenset[str]
    is_selected: bool
    shown: tuple[Candidate, ...]
    source: Source


_NOT_CODED = _Coded(frozenset(), False, (), Source.NONE)


@dataclass(frozen=True, slots=True)
class _Report:
    """The narrative of one row, with the cells of names of all rows of the report."""

    row: TableRow
    column: int
    cells: tuple[str, ...]

    @property
    def key(self) -> str:
        return report_key(self.row.report_id, self.row.sheet, self.row.row)


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
        self.warnings, self.model_id = self._opened.warnings, self._opened.model_id

    def unmentioned(
        self,
        path: Path,
        reader: TableReader,
        progress: Progress = silent,
        *,
        layout: TableLayout | None = None,
        named: Named = NOTHING_NAMED,
        every_status: bool = False,
    ) -> Iterator[Unmentioned]:
        """Give what is missing, in the order of the file; it is made in parts as it is asked for.

        What a report tells several times is given once. Progress counts reports. Without a
        ``layout`` the names of the columns must tell what they are. ``named`` is what a project
        knows of the reports. ``every_status``: what is denied, earlier or uncertain comes too.
        Raises: InputUnreadable, Cancelled; BadRequest where it is not clear which columns to read.
        """
        reports = _read_reports(path, reader, layout, progress)
        for start in range(0, len(reports), ROWS_AT_ONCE):
            progress(start, len(reports), CHECKING)
            part = reports[start : start + ROWS_AT_ONCE]
            yield from self._of_part(part, named, every_status, progress)
        progress(len(reports), len(reports), CHECKING)

    def _of_part(
        self, reports: Sequence[_Report], known: Named, every_status: bool, progress: Progress
    ) -> Iterator[Unmentioned]:
        texts = [report.row.narrative for report in reports]
        found = [
            [one for one in mentions if every_status or one.status is Status.PRESENT]
            for mentions in self._narratives.read_all(texts, self._opened, progress)
        ]
        named = [self._named(report, known) for report in reports]
        told = [one.text for mentions in found for one in mentions if one.status is Status.PRESENT]
        self._code([*(name for _, uncoded in named for name in uncoded), *told])
        for report, (names, uncoded), mentions in zip(reports, named, found, strict=True):
            codes = known.codes.get(report.key, frozenset())
            meant = codes.union(*(self._coded[name].meant for name in uncoded))
            yield from self._missing(report, names, meant, mentions)

    def _named(self, report: _Report, known: Named) -> tuple[Sequence[str], Sequence[str]]:
        """The phrases of a report, and those of them that are to be coded."""
        if known.has_phrases:
            return known.phrases.get(report.key, ()), known.uncoded.get(report.key, ())
        names = self._names(report)
        return names, names

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
        self,
        report: _Report,
        names: Sequence[str],
        meant: frozenset[str],
        mentions: Sequence[FoundMention],
    ) -> Iterator[Unmentioned]:
        named = {match_key(name) for name in names}
        seen: set[tuple[str, Status]] = set()
        sentences: list[Span] = []
        for mention in mentions:
            is_present = mention.status is Status.PRESENT
            coded = self._coded[mention.text] if is_present else _NOT_CODED
            key = match_key(mention.text)
            if key in named or (key, mention.status) in seen or not coded.meant.isdisjoint(meant):
                continue
            seen.add((key, mention.status))
            meant |= coded.meant
            sentences = sentences or sentence_spans(report.row.narrative)
            yield _unmentioned(report, mention, coded, _around(mention, sentences))


def _unmentioned(
    report: _Report, mention: FoundMention, coded: _Coded, around: Span
) -> Unmentioned:
    row = report.row
    return Unmentioned(
        sheet=row.sheet,
        row=row.row,
        report_id=row.report_id,
        start=mention.start,
        end=mention.end,
        text=mention.text,
        confidence=mention.confidence,
        is_selected=coded.is_selected,
        terms=tuple(ProposedTerm(one.pt.code, one.pt.name, one.probability) for one in coded.shown),
        column=report.column,
        severity=row.severity,
        status=mention.status,
        reason=mention.reason,
        sentence=row.narrative[around[0] : around[1]],
        sentence_start=around[0],
        source=coded.source,
        candidates=coded.shown,
    )


def _around(mention: FoundMention, sentences: Sequence[Span]) -> Span:
    """The sentence of a mention; of a very long one, what is next to the mention."""
    start = max((one for one, _ in sentences if one <= mention.start), default=0)
    end = min((one for _, one in sentences if one >= mention.end), default=mention.end)
    if end - start > _LONGEST_SENTENCE:
        return max(start, mention.start - _AROUND), min(end, mention.end + _AROUND)
    return start, end


def _coded(result: CodingResult) -> _Coded:
    selected = [one for one in result.candidates if one.pt.code in result.selected]
    shown = selected or list(result.candidates[:_PROPOSED])
    meant = frozenset(one.pt.code for one in (selected or shown[:1]))
    return _Coded(meant, bool(selected), tuple(shown), result.source)


def _read_reports(
    path: Path, reader: TableReader, layout: TableLayout | None, progress: Progress
) -> list[_Report]:
    """Read the rows with a narrative; a narrative that repeats within its report is read once."""
    table = TableInput(path)
    chosen = layout or chosen_layout(table.sniff(reader, {}, progress=progress))
    columns = narrative_columns(chosen)
    if not columns:
        raise BadRequest(detail=message(N_("no column of narratives was found in the table.")))
    rows = read_with_narratives(table, chosen, reader, progress)
    cells: dict[str, list[str]] = {}
    for row in rows:
        told = [text for column, text in row.reactions if column != columns.get(row.sheet)]
        cells.setdefault(report_key(row.report_id, row.sheet, row.row), []).extend(told)
    reports: dict[tuple[str, str], _Report] = {}
    for row in rows:
        key = report_key(row.report_id, row.sheet, row.row)
        if row.narrative.strip():
            found = _Report(row, columns[row.sheet], tuple(cells[key]))
            reports.setdefault((key, row.narrative), found)
    return list(reports.values())


def report_key(report_id: str, sheet: str, row: int) -> str:
    """Tell reports apart: by their numbers, and rows without one each for itself."""
    return f"id:{report_id}" if report_id else f"row:{sheet}!{row}"
