"""What the engine process does with tables, projects and the memory, as methods of the protocol.

A project that a window works on is open there: what is asked about it here is a snapshot of it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.progress import Progress
from m2m_desktop.core.records import DEFAULT_THRESHOLD
from m2m_desktop.services.engine_requests import Json, Params, bad_parameter
from m2m_desktop.services.language import _
from m2m_desktop.services.wire import plain

if TYPE_CHECKING:
    from m2m_desktop.core.pieces import CellSplit
    from m2m_desktop.services.engine_methods import Methods
    from m2m_desktop.services.table_import import Edits, TableInput
    from m2m_desktop.services.tables.records import ReadCounts, TableLayout


def sniff_table(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Look at a table: its sheets, and how it would be read without any choice."""
    from m2m_desktop.services.tables.wire import sniffed_to_json

    table = table_input(params)
    sniffed = table.sniff(
        methods.reader,
        methods.layouts.known(),
        encoding=params.text("encoding", ""),
        delimiter=params.text("delimiter", ""),
        progress=progress,
    )
    return {"table": sniffed_to_json(sniffed)}


def preview_split(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Show how the cells of a table would be cut."""
    from m2m_desktop.services import table_import

    found = table_import.preview_split(
        table_input(params),
        table_layout(params),
        is_known=methods.engine.known_phrases(params.text("terminology", ""), progress),
        reader=methods.reader,
        progress=progress,
    )
    return {
        "cells": [
            {"text": text, "count": count, "split": split_to_json(split)}
            for text, count, split in found.cells
        ],
        "cell_count": found.cell_count,
        "counts": counts_to_json(found.counts),
    }


def create_project(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Make a project of a table, and remember how such a table is read."""
    from m2m_desktop.core.errors import CodingToolError
    from m2m_desktop.services.table_import import create_project_from_table

    table, layout = table_input(params), table_layout(params)
    terminology = params.text("terminology", "")
    made = create_project_from_table(
        params.path("target"),
        table,
        layout,
        is_known=methods.engine.known_phrases(terminology, progress),
        reader=methods.reader,
        terminology_id=methods.engine.terminology(terminology).info.terminology_id,
        now=datetime.now(UTC),
        edits=cell_edits(params),
        remembers_texts=params.flag("remembers_texts", default=True),
        progress=progress,
    )
    notes = [problem.text(_) for problem in made.problems]
    try:
        known = methods.layouts.known()
        sniffed = table.sniff(methods.reader, known, encoding=layout.encoding)
        methods.layouts.remember(sniffed.signature, layout)
    except CodingToolError as error:  # the project is made all the same
        notes.append(error.sentence(_))
    return {
        "project": str(made.path),
        "items": made.items,
        "phrases": made.phrases,
        "counts": dict(made.counts),
        "notes": notes,
    }


def export_project(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Write a project to a file; its texts are read from the source where it has none."""
    from m2m_desktop.services import exporting
    from m2m_desktop.services.project.project import Project

    source = params.optional("source")
    options = params.values.get("options") or {}
    if not isinstance(options, Mapping):
        raise bad_parameter("options")
    with Project.open(params.path("snapshot"), read_only=True) as project:
        if project.info.texts_missing and source and Path(source).is_file():
            texts = exporting.read_texts(project, Path(source), methods.reader, progress)
            project.restore_texts(texts)
        report = exporting.export_project(
            project,
            params.path("target"),
            form=params.text("form"),
            source=Path(source) if source else None,
            options=exporting.options_from_json(options),
            progress=progress,
        )
    return {"written": str(report.path), "report": exporting.report_to_json(report)}


def audit_project(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Write the audit trail of a project; its file itself is never written over."""
    from m2m_desktop.services.export.errors import TargetIsSource
    from m2m_desktop.services.project.audit import audit_target, write_audit

    path = params.path("project")
    target = audit_target(path, params.path("target"))
    if path.exists() and target.exists() and path.samefile(target):
        raise TargetIsSource(path=path)
    shows_texts = params.flag("shows_texts", default=False)
    report = write_audit(
        params.path("snapshot"), target, shows_texts=shows_texts, progress=progress
    )
    told: Json = plain(report)
    return told


def read_texts(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Give the phrases of a project that keeps no texts, out of the file it was made from."""
    from m2m_desktop.services import exporting
    from m2m_desktop.services.project.project import Project

    with Project.open(params.path("snapshot"), read_only=True) as project:
        found = exporting.read_texts(project, params.path("source"), methods.reader, progress)
        return {"texts": list(dict.fromkeys(found))}


def memory_export(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Write the memory to a workbook."""
    from m2m_desktop.services.memory.sheet import export_memory

    entries = methods.engine.memory.entries()
    written = export_memory(entries, params.path("target"))
    return {"written": str(written), "entries": len(entries)}


def memory_import(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Take the entries of a workbook into the memory."""
    from m2m_desktop.services.memory.importing import OnConflict, import_memory, import_to_json

    try:
        policy = OnConflict(params.text("on_conflict", OnConflict.LIST.value))
    except ValueError:
        raise bad_parameter("on_conflict") from None
    found = import_memory(
        params.path("path"),
        methods.engine.memory,
        methods.engine.terminology(params.text("terminology", ""), progress),
        methods.reader,
        on_conflict=policy,
        progress=progress,
    )
    return import_to_json(found)


def memory_recheck(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Mark the entries of the memory that a person must confirm for a terminology."""
    from m2m_desktop.services.memory.wire import entry_to_json

    terminology = methods.engine.terminology(params.text("terminology", ""), progress)
    found = methods.engine.memory.recheck(terminology)
    return {
        "examined": found.examined,
        "changed": [entry_to_json(entry) for entry in found.changed],
        "cleared": [entry_to_json(entry) for entry in found.cleared],
    }


def memory_confirm(methods: "Methods", params: Params, progress: Progress) -> Json:
    """Let entries hold for a terminology as it describes their PTs now."""
    from m2m_desktop.services.memory.wire import entry_to_json

    keys = params.values.get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise bad_parameter("keys")
    entries = methods.engine.memory.confirm(
        keys,
        methods.engine.terminology(params.text("terminology", ""), progress),
        reviewer=params.text("reviewer", ""),
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return {"entries": [entry_to_json(entry) for entry in entries]}


def compare_projects(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Compare the decisions of two projects (or snapshots)."""
    from m2m_desktop.services import project_checks

    found = project_checks.compare_projects(params.path("first"), params.path("second"))
    return project_checks.comparison_to_json(found)


def own_check(methods: "Methods", params: Params, progress: Progress) -> Json:  # noqa: ARG001
    """Check the model by the decisions of a project."""
    from m2m_desktop.services import project_checks
    from m2m_desktop.services.project.project import Project

    with Project.open(params.path("snapshot"), read_only=True) as project:
        run = project.info.run
        found = project_checks.own_check(project, progress)
    return project_checks.own_check_to_json(found, run.threshold if run else DEFAULT_THRESHOLD)


PROJECT_METHODS: Mapping[str, Callable[["Methods", Params, Progress], Any]] = {
    method.__name__: method
    for method in (
        sniff_table, preview_split, create_project, export_project, audit_project, read_texts,
        memory_export, memory_import, memory_recheck, memory_confirm,
        compare_projects, own_check,
    )
}  # fmt: skip


# -- parameters ------------------------------------------------------------------------------------


def table_input(params: Params) -> "TableInput":
    """The table of a request: a file, or what was pasted."""
    from m2m_desktop.services.table_import import TableInput

    path, pasted = params.optional("path"), params.optional("pasted")
    if (path is None) == (pasted is None):
        raise bad_parameter("path")
    return TableInput(Path(path) if path else None, pasted or "")


def table_layout(params: Params) -> "TableLayout":
    """How the table is to be read."""
    from m2m_desktop.services.tables.wire import layout_from_json

    return layout_from_json(params.values.get("layout"))


def cell_edits(params: Params) -> "Edits":
    """The cells that a person has cut."""
    edits = params.values.get("edits") or []
    try:
        return {
            str(edit["text"]): [(int(start), int(end)) for start, end in edit["spans"]]
            for edit in edits
        }
    except (KeyError, TypeError, ValueError):
        raise bad_parameter("edits") from None


# -- answers ---------------------------------------------------------------------------------------


def split_to_json(split: "CellSplit") -> Json:
    """How a cell is cut."""
    from m2m_desktop.services.wire import plain

    told: Json = plain(split)
    return told


def counts_to_json(counts: "ReadCounts") -> Json:
    """What became of the rows, with the problems in the current language."""
    from m2m_desktop.services.wire import plain

    return {**plain(counts), "problems": [problem.text(_) for problem in counts.problems]}
