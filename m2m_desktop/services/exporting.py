"""From a project to files for others: which writer is asked, and what it is given."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.export.errors import TargetIsSource
from m2m_desktop.services.export.new_workbook import write_workbook
from m2m_desktop.services.export.records import (
    COPIED_SUFFIXES,
    COPY,
    CSV,
    FORMS,
    JSONL,
    WORKBOOK,
    ExportOptions,
    ExportReport,
    ResultColumn,
)
from m2m_desktop.services.export.text_files import write_csv, write_jsonl
from m2m_desktop.services.export.workbook_copy import patch_workbook
from m2m_desktop.services.language import _
from m2m_desktop.services.narratives.cells import narrative_cells
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.table_import import TableInput
from m2m_desktop.services.tables.table_reader import TableReader
from m2m_desktop.services.tables.wire import layout_from_json
from m2m_desktop.services.wire import plain

Json = dict[str, Any]

_WRITERS = {WORKBOOK: write_workbook, CSV: write_csv, JSONL: write_jsonl}


def export_project(
    project: Project,
    target: Path,
    *,
    form: str,
    source: Path | None = None,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> ExportReport:
    """Write what a project holds; ``form`` "copy" is a copy of its ``source`` with the answers.

    Raises: BadRequest, OutputUnwritable and its kinds, InputUnreadable, Cancelled; an existing
    ``target`` is as it was then. The source is never written to.
    """
    if form not in FORMS:
        raise BadRequest(detail=message(N_("there is no form of export {form}"), form=form))
    chosen = options or ExportOptions()
    coded = project.coded_source()
    if form == COPY:
        if source is None:
            detail = message(N_("a copy needs the file that the project was made from."))
            raise BadRequest(detail=detail)
        return patch_workbook(source, target, coded, chosen, progress)
    if source is not None and source.exists() and target.exists() and source.samefile(target):
        raise TargetIsSource(path=source)
    return _WRITERS[form](target, coded, chosen, progress)


def likely_form(source: Path, target: Path) -> str:
    """Give the form that the names ask for: a copy where both are workbooks of one format."""
    suffix = target.suffix.lower()
    if suffix == source.suffix.lower() and suffix in COPIED_SUFFIXES:
        return COPY
    return {".csv": CSV, ".jsonl": JSONL}.get(suffix, WORKBOOK)


def read_texts(
    project: Project, source: Path, reader: TableReader, progress: Progress = silent
) -> Iterator[str]:
    """Find the phrases of a project without texts in its source again, by their places.

    They may be others where the source has changed: `Project.restore_texts` takes only those that
    the project knows. Raises: InputUnreadable, Cancelled.
    """
    read = TableInput(source).read(reader, layout_from_json(project.info.layout), progress)
    cells = {
        (row.sheet, row.row, column): text for row in read.rows for column, text in row.reactions
    }
    if any(item.is_added for item in project.all_items()):
        cells |= narrative_cells(source, layout_from_json(project.info.layout), reader, progress)
    for item in project.all_items():
        cell = cells.get((item.sheet, item.row, item.column), "")
        if cell[item.start : item.end]:
            yield cell[item.start : item.end]


def report_lines(report: ExportReport) -> list[str]:
    """What a person should know of what was written, in the current language."""
    lines = [note.text(_) for note in report.notes]
    if report.fallback_reason is not None:
        reason = report.fallback_reason.text(_)
        if not any(reason in line for line in lines):
            lines.insert(0, reason)
    return lines


def report_to_json(report: ExportReport) -> Json:
    """A report, all fields; ``lines`` are for a person."""
    return {**plain(report), "lines": report_lines(report)}


def options_from_json(told: Mapping[str, Any]) -> ExportOptions:
    """What a person chose; what is missing is as it is by default. Raises: BadRequest."""
    default = ExportOptions()
    try:
        columns = [ResultColumn(name) for name in told.get("columns") or default.columns]
    except (TypeError, ValueError) as error:
        detail = message(N_("there is no such column of results."))
        raise BadRequest(detail=detail) from error
    return ExportOptions(
        columns=tuple(dict.fromkeys(columns)),
        only_decided=told.get("only_decided", False) is True,
        adds_sheets=told.get("adds_sheets", True) is True,
    )
