"""What an export tells the person who asked for it."""

from collections.abc import Iterable
from pathlib import Path

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.core.messages import N_, Message, message
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.export.cell_text import MAX_CELL_UNITS
from m2m_desktop.services.export.fitness import Fitness
from m2m_desktop.services.export.records import ExportReport


def report_of(
    coded: CodedSource,
    fitness: Fitness,
    *,
    form: str,
    asked: Path,
    written: Path,
    changed: Iterable[str] = (),
    added: Iterable[str] = (),
    notes: Iterable[Message] = (),
) -> ExportReport:
    """The report of what was ``written`` where ``asked`` was asked for."""
    undecided = sum(
        item.kind is PieceKind.REACTION and item.status is ReviewStatus.UNREVIEWED
        for item in coded.items
    )
    # a sheet needs no apostrophes, and JSON holds every text as it is
    replaced = 0 if form == "jsonl" else fitness.replaced
    cut = fitness.cut if form in {"copy", "workbook"} else 0
    shielded = fitness.shielded if form == "csv" else 0
    said = list(notes)
    if written != asked:
        said.append(
            message(N_("Another program has the file open: saved as {name}."), name=written.name)
        )
    if undecided:
        said.append(message(N_("Reactions still to be reviewed: {count}."), count=undecided))
    if replaced:
        said.append(
            message(
                N_("Mentions in which characters that no cell can hold became �: {count}."),
                count=replaced,
            )
        )
    if cut:
        said.append(
            message(
                N_("Mentions whose texts were cut at {limit} characters: {count}."),
                count=cut,
                limit=MAX_CELL_UNITS,
            )
        )
    if shielded:
        said.append(
            message(
                N_(
                    "Mentions in which texts that a spreadsheet could take for a formula begin "
                    "with an apostrophe: {count}."
                ),
                count=shielded,
            )
        )
    return ExportReport(
        path=written, form=form, mentions=len(coded.items), undecided=undecided, replaced=replaced,
        cut=cut, shielded=shielded, changed_parts=tuple(changed), added_parts=tuple(added),
        notes=tuple(said),
    )  # fmt: skip
