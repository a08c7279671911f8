"""The audit export: the trail of a project as a workbook to read and as a chain to recompute."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.core.errors import BadRequest, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.errors import NotReadBack, TargetIsSource, Unpatchable
from m2m_desktop.services.export.fitness import fitness_of
from m2m_desktop.services.export.new_workbook import check_sheets, write_sheets
from m2m_desktop.services.export.provenance import provenance_sheet
from m2m_desktop.services.export.read_back import Differs
from m2m_desktop.services.export.records import MAX_SHEET_ROWS, ExportOptions
from m2m_desktop.services.export.sheets import NewSheet, divided, with_free_titles
from m2m_desktop.services.export.skeleton import sheet_part
from m2m_desktop.services.language import _
from m2m_desktop.services.project.audit_guide import guide_sheet
from m2m_desktop.services.project.audit_rows import steps_sheet
from m2m_desktop.services.project.audit_trail import Trail, chain_lines, read_trail
from m2m_desktop.services.project.project import Project

WORKBOOK_SUFFIX, CHAIN_SUFFIX = ".xlsx", ".chain.jsonl"
NO_WORKBOOK = N_("the audit export is a workbook: its name ends in .xlsx.")
NO_TEXTS = N_("this project keeps no phrases, so none can be shown.")
DAMAGED = N_("It is damaged ({kind}).")


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was written: both files, how many steps, and the last hash, to be noted elsewhere."""

    workbook: Path
    chain: Path
    event_count: int
    chain_head: str


def audit_target(project: Path, out: Path) -> Path:
    """Give the workbook to write: ``out`` itself, or a name after the project in that folder.

    Raises BadRequest where ``out`` is a file of another kind.
    """
    if out.is_dir() or not out.suffix:
        return out / f"{project.stem}{_('_audit')}{WORKBOOK_SUFFIX}"
    if out.suffix.lower() != WORKBOOK_SUFFIX:
        raise BadRequest(detail=message(NO_WORKBOOK))
    return out


def write_audit(
    path: Path, target: Path, *, shows_texts: bool = False, progress: Progress = silent
) -> AuditReport:
    """Write the trail of the project at ``path`` (closed, or a snapshot) to a workbook ``target``.

    The chain stands beside it as ``<name>.chain.jsonl``. Neither holds a phrase unless
    ``shows_texts``; comments and reasons stand in it as people typed them. Made twice of one state
    on one computer, the files are equal byte for byte.

    Raises: BadRequest where the project keeps no texts to show; OutputUnwritable and its kinds,
    files that exist are as they were then; Cancelled; what `Project.open` raises.
    """
    trail = read_trail(path)
    chain = target.with_name(f"{target.stem}{CHAIN_SUFFIX}")
    for one in (target, chain):
        if one.exists() and one.samefile(path):
            raise TargetIsSource(path=path)
    with Project.open(path, read_only=True) as project:
        if shows_texts and not project.info.remembers_texts:
            raise BadRequest(detail=message(NO_TEXTS))
        coded = project.coded_source()
        numbers = {text: number for number, text in reversed(project.texts().items())}
    if not shows_texts:
        coded = _without_texts(coded, numbers)
    written_chain = _write_chain(chain, trail, tells_origin=shows_texts)
    sheets = _sheets(trail, coded, shows_texts=shows_texts)
    written = _write_workbook(target, sheets, trail.made_at, progress)
    return AuditReport(written, written_chain, len(trail.links), trail.head.hex())


def _without_texts(coded: CodedSource, numbers: dict[str, int]) -> CodedSource:
    """The same with numbers in place of phrases, as the steps name them."""

    def named(text: str) -> str:
        return _("phrase {number}").format(number=numbers[text]) if text in numbers else ""

    return replace(coded, items=[replace(item, text=named(item.text)) for item in coded.items])


def _sheets(trail: Trail, coded: CodedSource, *, shows_texts: bool) -> list[NewSheet]:
    steps = divided(steps_sheet(trail, shows_texts=shows_texts), MAX_SHEET_ROWS)
    provenance = provenance_sheet(coded, ExportOptions(), fitness_of(coded))
    return with_free_titles([*steps, provenance, guide_sheet(trail)], ())


def _write_chain(target: Path, trail: Trail, *, tells_origin: bool) -> Path:
    digest = hashlib.sha256()

    def write(draft: Path) -> None:
        with draft.open("wb") as stream:
            for line in chain_lines(trail, tells_origin=tells_origin):
                data = line.encode()
                digest.update(data)
                stream.write(data)

    def check(draft: Path) -> None:
        with draft.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256")
        if found.digest() != digest.digest():
            raise NotReadBack(path=target, detail=message(DAMAGED, kind="SHA-256"))

    return write_whole(target, write, check)


def _write_workbook(
    target: Path, sheets: Sequence[NewSheet], made_at: str, progress: Progress
) -> Path:
    def write(draft: Path) -> None:
        write_sheets(draft, sheets, made_at, progress)

    def check(draft: Path) -> None:
        try:
            parts = {sheet_part(number): sheet for number, sheet in enumerate(sheets, 1)}
            check_sheets(draft, parts, progress, len(sheets), len(sheets) + 1)
        except Differs as error:
            raise NotReadBack(path=target, detail=error.reason) from error

    try:
        return write_whole(target, write, check)
    except Unpatchable as error:  # it would be larger than any program could open
        raise OutputUnwritable(path=target, detail=error.reason) from error
