"""The command ``batch``: a table in, reviewed or to be reviewed codes out."""

import argparse
import getpass
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from m2m_desktop.cli.coding import coding_options
from m2m_desktop.cli.engine import open_engine
from m2m_desktop.cli.terminal import end_progress_line, paced_line, step_line
from m2m_desktop.core.acceptance import RULE, AcceptanceRules, accepted_by_rule
from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Band
from m2m_desktop.services.language import _
from m2m_desktop.services.locations import default_locations

if TYPE_CHECKING:
    from m2m_desktop.services.engine import Engine
    from m2m_desktop.services.export.records import ExportReport
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.table_import import TableInput
    from m2m_desktop.services.tables.table_reader import TableReader

OTHER_FILE = N_("the project was made from another content of the file. Name another project.")


@dataclass(frozen=True, slots=True)
class _Work:
    """What a run of the command works with."""

    options: argparse.Namespace
    engine: "Engine"
    reader: "TableReader"
    table: "TableInput"


def batch(options: argparse.Namespace) -> None:
    """Import a table, code it, decide by the rules that were given, and export."""
    from m2m_desktop.services.table_import import TableInput
    from m2m_desktop.services.tables.table_reader import TableReader

    began = time.monotonic()
    source = Path(options.source)
    refuse_same_file(source, Path(options.out))
    with TableReader() as reader:
        work = _Work(options, open_engine(), reader, TableInput(source))
        with _project(work) as project:
            reports = _carry_out(work, project)
            print_summary(project, time.monotonic() - began)
    for report in reports:
        print_report(report)


def refuse_same_file(source: Path, target: Path) -> None:
    """Refuse a target that is the source, before any work is done for it."""
    from m2m_desktop.services.export.errors import TargetIsSource

    if source.exists() and target.exists() and source.samefile(target):
        raise TargetIsSource(path=source)


def _carry_out(work: _Work, project: "Project") -> "list[ExportReport]":
    from m2m_desktop.services.batch import run_batch

    options = work.options
    result = run_batch(
        project, work.engine, coding_options(options), paced_line(), codes_anew=options.anew
    )
    end_progress_line()
    for warning in result.warnings:
        print(f"! {warning}")
    decide_by_rules(project, AcceptanceRules(options.accept_exact, options.accept_above))
    target = Path(options.out)
    reports = [write_export(project, target, options, work.table.path)]
    if options.jsonl and reports[0].form != "jsonl":
        beside = target.with_suffix(".jsonl")
        refuse_same_file(Path(options.source), beside)
        reports.append(write_export(project, beside, options, work.table.path, form="jsonl"))
    end_progress_line()
    return reports


@contextmanager
def _project(work: _Work) -> "Iterator[Project]":
    """The project of ``--project``, or one that is gone at the end and holds no text."""
    from m2m_desktop.services.project.project import Project
    from m2m_desktop.services.snapshots import snapshot_prefix, sweep_snapshots

    locations, path = default_locations(), work.options.project
    sweep_snapshots(locations.snapshots)
    if path and Path(path).exists():
        with Project.open(Path(path), backup_dir=locations.backups) as project:
            if project.info.source_sha256 != work.table.sha256():
                raise BadRequest(detail=message(OTHER_FILE))
            restore_texts(project, work.table.path, work.reader)
            yield project
    elif path:
        _create(work, Path(path), remembers_texts=True)
        with Project.open(Path(path), backup_dir=locations.backups) as project:
            yield project
    else:
        locations.snapshots.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=snapshot_prefix(), dir=locations.snapshots) as folder:
            texts = _create(work, Path(folder) / "batch.m2m", remembers_texts=False)
            with Project.open(Path(folder) / "batch.m2m") as project:
                project.restore_texts(texts)
                yield project


def _create(work: _Work, target: Path, *, remembers_texts: bool) -> tuple[str, ...]:
    from m2m_desktop.services.table_choice import chosen_layout
    from m2m_desktop.services.table_import import create_project_from_table
    from m2m_desktop.services.tables.layout_memory import LayoutMemory

    options = work.options
    known = LayoutMemory(default_locations().layouts).known()
    sniffed = work.table.sniff(work.reader, known, encoding=options.encoding, progress=step_line)
    made = create_project_from_table(
        target,
        work.table,
        chosen_layout(sniffed, sheets=options.sheet, columns=options.column),
        is_known=work.engine.known_phrases(options.terminology, step_line),
        reader=work.reader,
        terminology_id=work.engine.terminology(options.terminology).info.terminology_id,
        now=datetime.now(UTC),
        remembers_texts=remembers_texts,
        progress=step_line,
    )
    end_progress_line()
    for note in (*sniffed.notes, *made.problems):
        print(f"! {note.text(_)}")
    return made.texts


def restore_texts(project: "Project", source: Path | None, reader: "TableReader") -> None:
    """Read the phrases of a project without texts from its source again, for this run."""
    from m2m_desktop.services.exporting import read_texts

    if project.info.texts_missing and source is not None and source.exists():
        project.restore_texts(read_texts(project, source, reader, step_line))


def decide_by_rules(project: "Project", rules: AcceptanceRules) -> None:
    """Accept what the rules accept; each rule stands as the reviewer."""
    from m2m_desktop.services.project.records import Actor

    now = datetime.now(UTC)
    for rule, changes in accepted_by_rule(project.phrases(), rules, now).items():
        project.apply(changes, actor=Actor(os_user(), rule), now=now, reason="m2m batch")


def os_user() -> str:
    """The account of the system, or empty where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def write_export(
    project: "Project",
    target: Path,
    options: argparse.Namespace,
    source: Path | None,
    *,
    form: str = "",
) -> "ExportReport":
    """Write a project as the options of an export want it."""
    from m2m_desktop.services.export.records import ExportOptions
    from m2m_desktop.services.exporting import export_project, likely_form

    chosen = form or options.form or likely_form(source or Path(), target)
    return export_project(
        project,
        target,
        form=chosen,
        source=source,
        options=ExportOptions(only_decided=options.only_decided),
        progress=step_line,
    )


def print_summary(project: "Project", seconds: float) -> None:
    """Say what was read, found and decided."""
    from m2m_desktop.services.export.words import BAND_NAMES, DEMO_BANNER

    info, rows = project.info, project.phrases()
    if info.run is not None and info.run.is_demo_terminology:
        print(DEMO_BANNER)
    counts: Mapping[str, int] = dict(info.counts)
    print(
        _(
            "Rows: {rows} (reports: {reports}, without a reaction: {empty}, unreadable: {bad})"
        ).format(
            rows=counts.get("rows", 0),
            reports=counts.get("reports", 0),
            empty=counts.get("empty", 0),
            bad=counts.get("unreadable", 0),
        )
    )
    reactions = [row for row in rows if row.kind is PieceKind.REACTION]
    bands = {band: sum(row.band is band for row in reactions) for band in Band}
    print(
        _("Mentions: {items}, distinct reactions: {count}: {bands}").format(
            items=info.item_count,
            count=len(reactions),
            bands=_(", ").join(f"{_(BAND_NAMES[band])} {count}" for band, count in bands.items()),
        )
    )
    by_rule = sum(row.state.is_locked and row.state.reviewer.startswith(RULE) for row in reactions)
    decided = sum(row.state.is_locked for row in reactions)
    print(
        _(
            "Accepted by rule: {rules}, decided by persons: {persons}, to be reviewed: {left}"
        ).format(rules=by_rule, persons=decided - by_rule, left=len(reactions) - decided)
    )
    print(_("Time: {seconds} s").format(seconds=f"{seconds:.1f}"))


def print_report(report: "ExportReport") -> None:
    """Say where a result stands, and what to know of it."""
    from m2m_desktop.services.exporting import report_lines

    print(_("Written to {path}").format(path=report.path.absolute()))
    for line in report_lines(report):
        print(f"  {line}")
