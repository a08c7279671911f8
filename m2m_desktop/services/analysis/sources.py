"""What is to be counted, from a request to coded terms."""

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from m2m_desktop.core.analysis.analysis import analyse
from m2m_desktop.core.analysis.coding import code_list
from m2m_desktop.core.analysis.finding import NameTables, TermFinder
from m2m_desktop.core.analysis.given import Row
from m2m_desktop.core.analysis.project_terms import code_project
from m2m_desktop.core.analysis.records import Analysis, Coded, Unit
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.progress import TOTAL, Progress, part, silent
from m2m_desktop.services.analysis.lists import (
    file_text,
    item_terms,
    listed_terms,
    pasted_rows,
    workbook_rows,
)
from m2m_desktop.services.analysis.suggesting import Suggestions
from m2m_desktop.services.engine_requests import bad_parameter
from m2m_desktop.services.phrases import STDIN, is_workbook
from m2m_desktop.services.tables.reader_protocol import Reader

if TYPE_CHECKING:
    from m2m_desktop.core.terminology import ReleaseInfo, Terminology
    from m2m_desktop.services.engine import Engine

OTHER_RELEASE = N_("The project was coded with {coded}; it is counted by {counted}.")
READING = N_("Reading the terms")
_KEPT_TABLES = 2

_kept: "list[tuple[weakref.ref[Terminology], NameTables]]" = []
"""Of the releases asked about last: preparing the names of one takes seconds.

The releases themselves are not kept: the files of one that is open cannot be deleted on Windows.
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """How to count. ``unit`` and ``decided_only`` are about projects."""

    unit: Unit = Unit.ROWS
    all_paths: bool = False
    decided_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An analysis and what it was made of; ``source`` is the name of a file, or empty."""

    analysis: Analysis
    release: "ReleaseInfo"
    wish: Wish
    source: str = ""


def analyse_source(
    engine: "Engine",
    source: object,
    *,
    reader: Reader | None = None,
    terminology: str = "",
    wish: Wish | None = None,
    progress: Progress = silent,
) -> Found:
    """Count what ``source`` names: ``{"text"}``, ``{"items"}``, ``{"file"}`` or ``{"project"}``.

    The last two are paths; workbooks need a ``reader``. Raises: BadRequest, TerminologyUnknown,
    InputUnreadable, what opening a project raises, Cancelled.
    """
    wish = wish or Wish()
    if not isinstance(source, Mapping) or len(source) != 1:
        raise bad_parameter("source")
    kind, given = next(iter(source.items()))
    if kind == "project" and isinstance(given, str) and given:
        return analyse_project(
            engine, Path(given), terminology=terminology, wish=wish, progress=progress
        )
    if kind == "file" and isinstance(given, str) and given:
        return analyse_file(
            engine, given, reader, terminology=terminology, wish=wish, progress=progress
        )
    if kind == "text" and isinstance(given, str):
        rows = pasted_rows(given)
        return analyse_rows(engine, rows, terminology=terminology, wish=wish, progress=progress)
    if kind == "items" and isinstance(given, list):
        if not all(isinstance(item, dict) for item in given):
            raise bad_parameter("source")
        opened, finder = _opened(engine, terminology, progress)
        coded = code_list(item_terms(given), finder, _suggestions(engine, opened))
        return _counted(coded, opened, wish, "", progress)
    raise bad_parameter("source")


def analyse_rows(
    engine: "Engine",
    rows: Sequence[Row],
    *,
    terminology: str = "",
    wish: Wish | None = None,
    name: str = "",
    notes: Sequence[Message] = (),
    progress: Progress = silent,
) -> Found:
    """Count the rows of a list; ``name`` and ``notes`` are of the file they come from."""
    opened, finder = _opened(engine, terminology, progress)
    terms, more = listed_terms(rows, finder)
    coded = code_list(terms, finder, _suggestions(engine, opened))
    coded = replace(coded, notes=(*notes, *more, *coded.notes))
    return _counted(coded, opened, wish or Wish(), name, progress)


def analyse_file(
    engine: "Engine",
    name: str,
    reader: Reader | None,
    *,
    terminology: str = "",
    wish: Wish | None = None,
    progress: Progress = silent,
) -> Found:
    """Count the list in a text file, in the first sheet of a workbook, or on stdin (``-``).

    Raises: InputUnreadable; BadRequest for a workbook without a ``reader``.
    """
    notes: list[Message] = []
    if not is_workbook(name):
        rows = pasted_rows(file_text(name))
    elif reader is not None:
        rows, notes = workbook_rows(Path(name), reader, part(progress, 0, TOTAL // 2, READING))
    else:
        raise bad_parameter("source")
    return analyse_rows(
        engine,
        rows,
        terminology=terminology,
        wish=wish,
        name="" if name == STDIN else Path(name).name,
        notes=notes,
        progress=progress,
    )


def analyse_project(
    engine: "Engine",
    path: Path,
    *,
    terminology: str = "",
    wish: Wish | None = None,
    progress: Progress = silent,
) -> Found:
    """Count the terms of a project or a snapshot of one. Raises what opening it raises."""
    from m2m_desktop.services.project.project import Project

    wish = wish or Wish()
    opened, finder = _opened(engine, terminology, progress)
    with Project.open(path, read_only=True) as project:
        items, info = project.coded_items(), project.info
    coded = code_project(items, finder, unit=wish.unit, decided_only=wish.decided_only)
    if info.run is not None and info.run.terminology_id != opened.info.terminology_id:
        note = message(OTHER_RELEASE, coded=info.run.terminology_name, counted=opened.info.name)
        coded = replace(coded, notes=(note, *coded.notes))
    return _counted(coded, opened, wish, info.source_name, progress)


def name_tables(terminology: "Terminology") -> NameTables:
    """Give the names of a release, as they were prepared before if they were."""
    found = next((tables for known, tables in _kept if known() is terminology), NameTables())
    others = [one for one in _kept if (held := one[0]()) is not None and held is not terminology]
    _kept[:] = [*others, (weakref.ref(terminology), found)][-_KEPT_TABLES:]
    return found


def _opened(
    engine: "Engine", terminology: str, progress: Progress
) -> "tuple[Terminology, TermFinder]":
    opened = engine.bilingual(terminology, progress)
    reading = part(progress, 0, TOTAL // 2, READING)
    return opened, TermFinder(opened, name_tables(opened), reading)


def _suggestions(engine: "Engine", terminology: "Terminology") -> Suggestions:
    return Suggestions(engine, terminology.info.terminology_id)


def _counted(
    coded: Coded, terminology: "Terminology", wish: Wish, source: str, progress: Progress
) -> Found:
    analysis = analyse(
        terminology,
        coded,
        all_paths=wish.all_paths,
        progress=part(progress, TOTAL // 2, TOTAL),
    )
    return Found(analysis, terminology.info, wish, source)
