"""A copy of the user's workbook with the answers in columns of their own.

Only the XML of the coded sheets (and the lists of styles and sheets) is written anew; every other
part of the copy is the bytes of the source, so that charts, macros, formats and the values of
formulas are what they were. The columns stand at the right end of the sheet: moved columns would
break formulas, names and charts that point at them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.export.added_sheets import AddedParts, added_sheets
from m2m_desktop.services.export.cell_xml import CellStyles
from m2m_desktop.services.export.draft_files import free_name, write_whole
from m2m_desktop.services.export.errors import (
    SourceChanged,
    TargetIsSource,
    TargetOfOtherKind,
    Unpatchable,
)
from m2m_desktop.services.export.fitness import fitness_of
from m2m_desktop.services.export.new_workbook import (
    check_sheets,
    own_sheets,
    watched,
    write_workbook,
)
from m2m_desktop.services.export.package import WorkbookPackage
from m2m_desktop.services.export.read_back import (
    Differs,
    check_opens,
    compare_columns,
)
from m2m_desktop.services.export.records import ExportOptions, ExportReport
from m2m_desktop.services.export.reports import report_of
from m2m_desktop.services.export.sheet_patch import patched_sheet
from m2m_desktop.services.export.sheet_plan import SheetPlan, plan_sheets
from m2m_desktop.services.export.sheets import NewSheet, with_free_titles
from m2m_desktop.services.export.style_patch import StyleSheet
from m2m_desktop.services.export.zip_source import ZipSource
from m2m_desktop.services.export.zip_writer import ZipWriter
from m2m_desktop.services.language import _
from m2m_desktop.services.phrases import os_reason

_STEPS = 4
_OLE_START, _ZIP_START = b"\xd0\xcf\x11\xe0", b"PK"


@dataclass(frozen=True, slots=True)
class _Copy:
    """All that is needed to write the copy and to check it."""

    package: WorkbookPackage
    plans: tuple[SheetPlan, ...]
    styles: bytes
    added: AddedParts


def patch_workbook(
    source: Path,
    target: Path,
    coded: CodedSource,
    options: ExportOptions | None = None,
    progress: Progress = silent,
) -> ExportReport:
    """Write a copy of the source with the result columns, read it back, and put it into place.

    Where the source cannot be added to (signed, protected, full, an old format …), a separate
    workbook is written instead, and the report says why. Neither ever replaces the source.
    Raises: SourceChanged, TargetIsSource, TargetOfOtherKind, OutputUnwritable, InputUnreadable,
    Cancelled; an existing ``target`` is then as it was.
    """
    options = options or ExportOptions()
    if _is_same_file(source, target):
        raise TargetIsSource(path=source)
    try:
        with source.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if coded.sha256 and digest != coded.sha256:
                raise SourceChanged(path=source)
            _refuse_other_formats(stream)
            package = WorkbookPackage(ZipSource(stream))
            if target.suffix.lower() != source.suffix.lower():
                raise TargetOfOtherKind(path=target, suffix=source.suffix)
            return _write_copy(package, target, coded, options, progress)
    except OSError as error:
        raise InputUnreadable(path=source, detail=os_reason(error)) from error
    except Unpatchable as error:
        reason = error.reason
    except (ValueError, LookupError, ArithmeticError) as error:  # numbers and links in its XML
        text = N_("a part of the workbook is damaged ({kind}).")
        reason = message(text, kind=type(error).__name__)
    return _write_instead(source, target, coded, options, progress, reason)


def _refuse_other_formats(stream: IO[bytes]) -> None:
    """Name the usual reasons: an old or protected workbook, a text file."""
    stream.seek(0)
    start = stream.read(len(_OLE_START))
    if start == _OLE_START:
        raise Unpatchable(message(N_("it is an old .xls file or protected by a password.")))
    if not start.startswith(_ZIP_START):
        raise Unpatchable(message(N_("it is not an .xlsx workbook, or it was cut short.")))


def _write_copy(
    package: WorkbookPackage,
    target: Path,
    coded: CodedSource,
    options: ExportOptions,
    progress: Progress,
) -> ExportReport:
    progress(0, _STEPS, _("Reading the workbook"))
    fitness = fitness_of(coded)
    look = StyleSheet(package.part(package.styles_name))
    plans = plan_sheets(package, coded, options, look)
    notes: list[Message] = []
    sheets: list[NewSheet] = []
    if options.adds_sheets and package.is_structure_locked:
        text = N_("No sheets were added: the structure of the workbook is protected.")
        notes.append(message(text))
    elif options.adds_sheets:
        own = own_sheets(coded, options, fitness)
        sheets = with_free_titles(own, package.sheet_names())
    styles, number = look.like(0), look.bold()
    bold = CellStyles(number, number, number, number)
    added = added_sheets(package, sheets, styles, bold) if sheets else AddedParts({}, {}, {})
    copy = _Copy(package, plans, look.finished(), added)
    written = write_whole(
        target,
        lambda draft: _write(draft, copy, progress),
        lambda draft: _check(draft, copy, progress),
    )
    changed = [plan.part for plan in plans] + [package.styles_name, *added.changed]
    return report_of(
        coded, fitness, form="copy", asked=target, written=written, changed=changed,
        added=added.new, notes=notes,
    )  # fmt: skip


def _write(draft: Path, copy: _Copy, progress: Progress) -> None:
    by_part = {plan.part: plan for plan in copy.plans}
    whole = {copy.package.styles_name: copy.styles, **copy.added.changed}
    note = _("Writing the copy")
    with draft.open("wb") as stream:
        writer = ZipWriter(stream)
        for part in copy.package.source.parts:
            if part.name in by_part:
                writer.replace(
                    part, watched(_patched(by_part[part.name]), progress, 1, _STEPS, note)
                )
            elif part.name in whole:
                writer.replace(part, (whole[part.name],))
            else:
                writer.copy(copy.package.source, part)
        for name, content in copy.added.new.items():
            writer.write(name, watched(content(), progress, 2, _STEPS, note))
        writer.finish()


def _patched(plan: SheetPlan) -> Iterator[bytes]:
    return patched_sheet(plan.sheet, plan.first_column, plan.widths, plan.rows)


def _check(draft: Path, copy: _Copy, progress: Progress) -> None:
    try:
        for plan in copy.plans:
            progress(3, _STEPS, _("Reading the result back"))
            expected = {number: cells.values for number, cells in plan.rows.items()}
            compare_columns(draft, plan.part, plan.name, plan.first_column, expected)
        check_opens(draft, [plan.name for plan in copy.plans])
        check_sheets(draft, copy.added.sheets, progress, 3, _STEPS)
    except Differs as error:
        text = N_("the copy did not read back as it was meant. {detail}")
        raise Unpatchable(message(text, detail=error.reason)) from error


def _write_instead(
    source: Path,
    target: Path,
    coded: CodedSource,
    options: ExportOptions,
    progress: Progress,
    reason: Message,
) -> ExportReport:
    place = target
    if target.suffix.lower() != ".xlsx":
        place = target.with_suffix(".xlsx")  # nobody asked for this name: nothing is replaced
        place = free_name(place) if place.exists() else place
    report = write_workbook(place, coded, options, progress)
    text = N_(
        "No columns could be added to a copy of {name}: {reason} A separate workbook holds the results."
    )
    note = message(text, name=source.name, reason=reason)
    return replace(report, notes=(note, *report.notes), fallback_reason=reason)


def _is_same_file(source: Path, target: Path) -> bool:
    try:
        return source.samefile(target)
    except OSError:
        return source.absolute() == target.absolute()
