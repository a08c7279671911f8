"""A workbook of its own for the answers: result rows, long table, summary, provenance."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.export.cell_xml import CellStyles
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.errors import NotReadBack, Unpatchable
from m2m_desktop.services.export.fitness import Fitness, fitness_of
from m2m_desktop.services.export.long_table import long_table
from m2m_desktop.services.export.provenance import provenance_sheet
from m2m_desktop.services.export.read_back import Differs, check_opens, compare_sheet
from m2m_desktop.services.export.records import ExportOptions, ExportReport
from m2m_desktop.services.export.reports import report_of
from m2m_desktop.services.export.result_rows import result_rows
from m2m_desktop.services.export.sheet_xml import sheet_xml
from m2m_desktop.services.export.sheets import NewSheet, divided, with_free_titles
from m2m_desktop.services.export.skeleton import DRAWING_ID, STYLES, sheet_part, skeleton
from m2m_desktop.services.export.style_patch import StyleSheet
from m2m_desktop.services.export.summary import summary_sheet
from m2m_desktop.services.export.xml_bytes import plain_utf8
from m2m_desktop.services.export.zip_writer import ZipWriter
from m2m_desktop.services.language import _


def write_workbook(
    target: Path,
    coded: CodedSource,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> ExportReport:
    """Write the answers into a workbook of their own, read it back, and put it into place.

    Raises: OutputUnwritable (an existing ``target`` is as it was), Cancelled.
    """
    options = options or ExportOptions()
    fitness = fitness_of(coded)
    first = divided(result_rows(coded, options), options.max_rows)
    sheets = with_free_titles([*first, *own_sheets(coded, options, fitness)], ())

    def write(draft: Path) -> None:
        write_sheets(draft, sheets, coded.made_at, progress)

    def check(draft: Path) -> None:
        try:
            parts = {sheet_part(number): sheet for number, sheet in enumerate(sheets, 1)}
            check_sheets(draft, parts, progress, len(sheets), len(sheets) + 1)
        except Differs as error:
            raise NotReadBack(path=target, detail=error.reason) from error

    try:
        written = write_whole(target, write, check)
    except Unpatchable as error:  # it would be larger than any program could open
        raise OutputUnwritable(path=target, detail=error.reason) from error
    return report_of(coded, fitness, form="workbook", asked=target, written=written)


def own_sheets(coded: CodedSource, options: ExportOptions, fitness: Fitness) -> Sequence[NewSheet]:
    """The sheets that every workbook gets: long table, summary, provenance."""
    return (
        *divided(long_table(coded, options), options.max_rows),
        summary_sheet(coded, options),
        provenance_sheet(coded, options, fitness),
    )


def check_sheets(
    draft: Path, parts: Mapping[str, NewSheet], progress: Progress, step: int, steps: int
) -> None:
    """Read sheets of our own back and compare each cell. Raises: Differs."""
    for part, sheet in parts.items():
        progress(step, steps, _("Reading the result back"))
        compare_sheet(draft, part, sheet)
    check_opens(draft, [sheet.title for sheet in parts.values()])


def watched(
    chunks: Iterator[bytes], progress: Progress, done: int, total: int, note: str
) -> Iterator[bytes]:
    """The same pieces, telling now and then that work goes on, so that it can be stopped."""
    for number, chunk in enumerate(chunks):
        if number % 256 == 0:
            progress(done, total, note)
        yield chunk


def write_sheets(
    draft: Path, sheets: Sequence[NewSheet], made_at: str, progress: Progress = silent
) -> None:
    """Write a workbook of these sheets, by way of no temporary file. Raises: Unpatchable, OSError."""
    parts = skeleton(sheets, made_at)
    look = StyleSheet(plain_utf8(parts[STYLES]))
    styles, number = look.like(0), look.bold()
    bold = CellStyles(number, number, number, number)
    parts[STYLES] = look.finished()
    by_part = {sheet_part(number): sheet for number, sheet in enumerate(sheets, 1)}
    with draft.open("wb") as stream:
        writer = ZipWriter(stream)
        done = 0
        for name, content in parts.items():
            sheet = by_part.get(name)
            if sheet is None:
                writer.write(name, (content,))
                continue
            rows = sheet_xml(sheet, styles, bold, DRAWING_ID if sheet.chart else "")
            note = _("Writing {title}").format(title=sheet.title)
            writer.write(name, watched(rows, progress, done, len(sheets) + 1, note))
            done += 1
        writer.finish()
