"""Excel in and out: find the column of reactions, and write the answers beside a copy of the rows.

A first version of the way through a national export: the header is looked for below title rows,
each cell is cut at separators, and the severity that hangs on a name is taken off.
"""

import contextlib
import math
import os
import re
import time
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.errors import BadRequest, InputUnreadable, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.records import Band, Candidate, CodingResult, Mention, Run
from m2m_desktop.services.language import _
from m2m_desktop.services.phrases import REACTION_COLUMNS, header_key, os_reason
from m2m_desktop.services.run_stamp import NOTHING, run_lines

if TYPE_CHECKING:
    from openpyxl import Workbook

Sheet = Any
"""A sheet read by streaming or written by appending: openpyxl's type stubs know neither well."""

HEADER_ROWS = 20
"""The header is looked for in so many rows of each sheet: exports put a title above it."""
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_PART_BYTES = 1 << 30
MAX_RATIO = 200
RATIO_MATTERS_FROM = 10 * 1024 * 1024
MAX_PARTS = 2000
MAX_COLUMNS = 16_384
MAX_CELL_UNITS = 32_000
"""Excel cuts a cell at 32,767 UTF-16 units; openpyxl counts differently, so we stay below."""

BAND_NAMES: Mapping[Band, str] = {
    Band.CERTAIN: N_("certain"),
    Band.DOUBTFUL: N_("doubtful"),
    Band.NOT_FOUND: N_("not found"),
}
DEMO_BANNER = "演示词典，非 MedDRA / demo dictionary, not MedDRA"
"""Stands wherever a term of the demo dictionary may be taken for one of MedDRA; in both languages."""
RESULT_COLUMNS = (N_("PT name"), N_("PT code"), N_("Probability"), N_("SOC"), N_("Status"))
RUN_SHEET = N_("Run information")
_SEPARATOR = re.compile(r"[；;、,，\r\n①-⑳]+")
_NUMBERING = re.compile(r"(?:^|(?<=[；;、,，\s]))[0-9]{1,2}\s*[.．、)）](?![0-9])")
_SEVERITY = re.compile(r"\s*[(（]\s*(?:一般|严重)\s*[)）]\s*$")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PHRASES_JOINED = "；"
_TERMS_JOINED = " + "
_REPLACE_TRIES = 6


@dataclass(frozen=True, slots=True)
class ReactionColumn:
    """Where the reactions of a sheet stand; rows and columns count from 1."""

    sheet: str
    header_row: int
    column: int
    name: str


def split_cell(text: str) -> list[str]:
    """Cut a cell into its phrases, without numbering and without the severity that hangs on them.

    ``皮疹（一般）；过敏性休克（严重）`` gives ``皮疹`` and ``过敏性休克``.
    """
    pieces = _SEPARATOR.split(_NUMBERING.sub("\n", text))
    return [phrase for piece in pieces if (phrase := _SEVERITY.sub("", piece.strip()).strip())]


def find_reaction_columns(path: Path) -> list[ReactionColumn]:
    """Find the column of reactions on each sheet that has one.

    Raises: InputUnreadable, also where no sheet has such a column.
    """
    with _opened(path) as book:
        return _find_columns(book, path)


def read_mentions(path: Path) -> list[Mention]:
    """Read the distinct phrases of a workbook, in the order of their first appearance.

    ``mention_id`` is the place of that first appearance, as ``sheet!row.part``.
    """
    found: dict[str, Mention] = {}
    with _opened(path) as book:
        for where in _find_columns(book, path):
            for number, row in enumerate(_rows(book[where.sheet]), 1):
                if number <= where.header_row:
                    continue
                for part, phrase in enumerate(split_cell(_text_at(row, where.column)), 1):
                    mention_id = f"{where.sheet}!{number}.{part}"
                    found.setdefault(phrase, Mention(mention_id, phrase))
    return list(found.values())


def write_coded(source: Path, target: Path, results: Iterable[CodingResult]) -> None:
    """Write a copy of the rows of ``source`` with the answers in columns appended on the right.

    Several phrases of a cell are answered in their order, joined by ``；``; several terms of one
    phrase by `` + ``. The source is never written to, and an existing ``target`` is replaced only
    by a whole workbook. Every text becomes a text cell, never a formula.
    Raises: InputUnreadable, OutputUnwritable, BadRequest where both are the same file.
    """
    if _is_same_file(source, target):
        detail = message(N_("the result must go to another file than the source."))
        raise BadRequest(detail=detail)
    by_phrase = {result.mention.text: result for result in results}
    run = next((result.run for result in by_phrase.values()), None)
    with _opened(source) as book, _output_book() as output:
        columns = {where.sheet: where for where in _find_columns(book, source)}
        widths = {sheet: _width(book[sheet], source) for sheet in columns}
        for sheet in book.sheetnames:
            if sheet in columns:
                _copy_coded(book[sheet], output, columns[sheet], widths[sheet], by_phrase, run)
            elif hasattr(book[sheet], "iter_rows"):
                _copy(book[sheet], output)
        if run is not None:
            _write_run(output, run, source.name, by_phrase.values())
        _replace_atomically(target, output.save)


def _is_same_file(source: Path, target: Path) -> bool:
    try:
        return source.samefile(target)
    except OSError:
        return source.absolute() == target.absolute()


# -- reading -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator["Workbook"]:
    """Open a workbook for streaming; whatever a damaged file raises becomes `InputUnreadable`."""
    _guard(path)
    import openpyxl

    book = None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        yield book
    except (InputUnreadable, OutputUnwritable, BadRequest):
        raise
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error
    except Exception as error:  # seven exception classes leak from damaged files, and more may
        detail = message(N_("the workbook is damaged ({kind})."), kind=type(error).__name__)
        raise InputUnreadable(path=path, detail=detail) from error
    finally:
        if book is not None:
            book.close()


def _guard(path: Path) -> None:
    """Refuse what is no workbook, and what would unpack to far more than any real one."""
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
        if path.stat().st_size > MAX_FILE_BYTES:
            detail = message(N_("the file is larger than {size} MB."), size=MAX_FILE_BYTES >> 20)
            raise InputUnreadable(path=path, detail=detail)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            detail = message(N_("it is an old .xls file or protected by a password."))
            raise InputUnreadable(path=path, detail=detail)
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except OSError as error:
        raise InputUnreadable(path=path, detail=os_reason(error)) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        detail = message(N_("it is not an .xlsx workbook, or it was cut short."))
        raise InputUnreadable(path=path, detail=detail) from error
    names = [part.filename for part in parts]
    is_bomb = len(parts) > MAX_PARTS or any(
        part.file_size > MAX_PART_BYTES
        or (
            part.file_size > RATIO_MATTERS_FROM
            and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        )
        for part in parts
    )
    if is_bomb or len(set(names)) != len(names) or any(part.flag_bits & 1 for part in parts):
        detail = message(N_("its content is not that of a normal workbook."))
        raise InputUnreadable(path=path, detail=detail)


def _rows(sheet: Sheet) -> Iterator[tuple[Any, ...]]:
    """Stream the rows of a sheet whatever it says its size is (WPS writes wrong sizes)."""
    sheet.reset_dimensions()
    yield from sheet.iter_rows()


def _find_columns(book: "Workbook", path: Path) -> list[ReactionColumn]:
    wanted = {
        header_key(name): place for place, name in reversed(list(enumerate(REACTION_COLUMNS)))
    }
    found = []
    for sheet in book.sheetnames:
        if not hasattr(book[sheet], "iter_rows"):
            continue  # a sheet that is a chart
        for number, row in enumerate(_rows(book[sheet]), 1):
            matching = [
                (wanted[key], column, str(cell.value))
                for column, cell in enumerate(row, 1)
                if (key := header_key(cell.value)) in wanted
            ]
            if matching:
                _place, column, name = min(matching)
                found.append(ReactionColumn(sheet, number, column, name))
                break
            if number >= HEADER_ROWS:
                break
    if not found:
        detail = message(
            N_("no sheet has a column {names} in its first {rows} rows."),
            names=" / ".join(REACTION_COLUMNS),
            rows=HEADER_ROWS,
        )
        raise InputUnreadable(path=path, detail=detail)
    return found


def _text_at(row: Sequence[Any], column: int) -> str:
    """The text of a cell; a row may be shorter than the header."""
    value = row[column - 1].value if column <= len(row) else None
    return "" if value is None else str(value)


def _width(sheet: Sheet, path: Path) -> int:
    """The last column of a sheet that holds anything."""
    width = 0
    for row in _rows(sheet):
        used = len(row)
        while used > width and row[used - 1].value is None:
            used -= 1
        width = max(width, used)
    if width + len(RESULT_COLUMNS) > MAX_COLUMNS:
        detail = message(N_("the sheet has no room for more columns."))
        raise InputUnreadable(path=path, detail=detail)
    return width


# -- writing -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _output_book() -> Iterator["Workbook"]:
    """A workbook to append to.

    openpyxl keeps each sheet in a temporary file until it is saved; when that does not happen, the
    files are removed here, because they hold what was read.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    try:
        yield book
    finally:
        for sheet in list[Sheet](book.worksheets):
            if not sheet.closed:
                sheet.close()
            with contextlib.suppress(OSError, ValueError):  # gone already: it was saved
                sheet._writer.cleanup()


def clean_text(text: str) -> str:
    """Make a text fit for a cell: no characters XML has not, LF line ends, not too long."""
    text = _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > MAX_CELL_UNITS:
        data = text.encode("utf-16-le")[: MAX_CELL_UNITS * 2]
        text = data.decode("utf-16-le", "ignore")
    return text


def _text_cell(sheet: Sheet, text: str, *, bold: bool = False) -> Any:
    """A cell that stays text whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell: Any = WriteOnlyCell(sheet)
    cell.value = clean_text(text)
    # after the value: openpyxl takes "=…" for a formula and "#N/A" for an error
    cell.data_type = "s"
    if text[:1] in "=+-@\t#＝＋－＠" and text:
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _copied(sheet: Sheet, cell: Any) -> Any:
    """A source cell for the target: text as text; numbers and dates with their format."""
    value = cell.value
    if value is None:
        return None
    if isinstance(value, str):
        return _text_cell(sheet, value)
    if isinstance(value, bool):
        return value
    from openpyxl.cell import WriteOnlyCell

    copy = WriteOnlyCell(sheet, value)
    copy.number_format = cell.number_format
    return copy


def _copy(source: Sheet, output: "Workbook") -> None:
    sheet = output.create_sheet(source.title)
    for row in _rows(source):
        sheet.append([_copied(sheet, cell) for cell in row])


def _copy_coded(
    source: Sheet,
    output: "Workbook",
    where: ReactionColumn,
    width: int,
    by_phrase: Mapping[str, CodingResult],
    run: Run | None,
) -> None:
    sheet = output.create_sheet(source.title)
    sheet.freeze_panes = f"A{where.header_row + 1}"
    for number, row in enumerate(_rows(source), 1):
        cells = [_copied(sheet, cell) for cell in row[:width]]
        cells += [None] * (width - len(cells))
        if number == where.header_row:
            cells += [_text_cell(sheet, _(name), bold=True) for name in RESULT_COLUMNS]
        elif number == where.header_row - 1 and run is not None and run.is_demo_terminology:
            cells.append(_text_cell(sheet, DEMO_BANNER, bold=True))
        elif number > where.header_row:
            phrases = split_cell(_text_at(row, where.column))
            answers = [by_phrase[phrase] for phrase in phrases if phrase in by_phrase]
            cells += [_text_cell(sheet, text) for text in answer_cells(answers)]
        sheet.append(cells)


def answer_cells(answers: Sequence[CodingResult]) -> tuple[str, ...]:
    """The texts of the result columns for the phrases of one cell, in their order."""
    if not answers:
        return ("",) * len(RESULT_COLUMNS)
    chosen = [selected_candidates(answer) for answer in answers]

    def column(text: Callable[[Candidate], str]) -> str:
        return _PHRASES_JOINED.join(
            _TERMS_JOINED.join(map(text, candidates)) or NOTHING for candidates in chosen
        )

    return (
        column(lambda candidate: candidate.pt.name),
        column(lambda candidate: candidate.pt.code),
        column(lambda candidate: probability_text(candidate.probability)),
        column(lambda candidate: candidate.pt.paths[0].soc.name if candidate.pt.paths else ""),
        _PHRASES_JOINED.join(_(BAND_NAMES[answer.band]) for answer in answers),
    )


def selected_candidates(result: CodingResult) -> list[Candidate]:
    """The candidates of the selected set, in the order of the set."""
    by_code = {candidate.pt.code: candidate for candidate in result.candidates}
    return [by_code[code] for code in result.selected if code in by_code]


def probability_text(probability: float | None) -> str:
    """A probability with two digits, or a dash: a lexical score is never called a probability.

    Rounded down: 0.299 must not read as 0.30 beside a threshold of 0.30, nor 0.999 as certainty.
    """
    if probability is None:
        return NOTHING
    return f"{math.floor(probability * 100 + 1e-9) / 100:.2f}"


def _write_run(
    output: "Workbook", run: Run, source_name: str, results: Collection[CodingResult]
) -> None:
    title = _(RUN_SHEET)
    while title in output.sheetnames:
        title += " *"
    sheet = output.create_sheet(title)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 80
    if run.is_demo_terminology:
        sheet.append([_text_cell(sheet, DEMO_BANNER, bold=True)])
    for name, value in run_lines(run, source_name, results):
        sheet.append([_text_cell(sheet, name, bold=True), _text_cell(sheet, value)])


def _replace_atomically(target: Path, save: Callable[[Path], None]) -> None:
    """Write beside the target, check, then move into place: the old file stays until then."""
    draft = target.with_name(f".{target.stem[:80]}.{os.getpid()}.xlsx")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        save(draft)
        with draft.open("r+b") as stream:
            os.fsync(stream.fileno())
        with zipfile.ZipFile(draft) as archive:
            if archive.testzip() is not None:
                raise OSError(_("the written file does not read back."))
        for attempt in range(_REPLACE_TRIES):
            try:
                draft.replace(target)
                return
            except PermissionError:  # Windows: a virus scanner or indexer holds it for a moment
                if attempt == _REPLACE_TRIES - 1:
                    raise
                time.sleep(0.1 * 2**attempt)
    except (OSError, zipfile.BadZipFile) as error:
        reason = os_reason(error) if isinstance(error, OSError) else type(error).__name__
        raise OutputUnwritable(path=target, detail=reason) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
