"""A comparison of two releases as a workbook: an overview, and one row a change."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.versions.changes import LEVELS, ChangeKind, VersionChange
from m2m_desktop.core.versions.comparing import Comparison
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.new_workbook import write_sheets
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.sheets import NewRow, NewSheet, divided, with_free_titles
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import _
from m2m_desktop.services.versions.wire import places_text
from m2m_desktop.services.versions.words import CHANGE_WORDS

_WIDTHS = (20.0, 8.0, 12.0, 30.0, 30.0, 30.0, 30.0, 60.0)


def export_changes(
    found: Comparison,
    path: Path,
    changes: Sequence[VersionChange] | None = None,
    progress: Progress = silent,
) -> tuple[Path, int]:
    """Write a comparison (or some ``changes`` of it); gives where it stands, and how many rows.

    That is beside ``path`` where another program has that open. Raises OutputUnwritable, Cancelled.
    """
    listed = found.changes if changes is None else tuple(changes)
    sheets = with_free_titles(
        [_overview(found), *divided(_listing(listed), ExportOptions().max_rows)], ()
    )
    written = write_whole(path, lambda draft: write_sheets(draft, sheets, "", progress))
    return written, len(listed)


def _overview(found: Comparison) -> NewSheet:
    rows = [NewRow((_("Changes between two releases"),), is_bold=True)]
    if found.old.is_demo or found.new.is_demo:
        rows.append(NewRow((DEMO_BANNER,), is_bold=True))
    for title, info in ((_("Old release"), found.old), (_("New release"), found.new)):
        rows.append(NewRow((title, info.name, info.terminology_id)))
    rows += [NewRow((_("Note"), problem.text(_))) for problem in found.problems]
    rows.append(NewRow((None,)))
    rows.append(NewRow((_("Change"), *map(str.upper, LEVELS), _("Total")), is_bold=True))
    for kind in ChangeKind:
        counts = found.counts.get(kind, {})
        numbers = [counts.get(level) or None for level in LEVELS]
        rows.append(NewRow((_(CHANGE_WORDS[kind]), *numbers, sum(counts.values()))))
    rows.append(NewRow((_("Total"), *[None] * len(LEVELS), len(found.changes)), is_bold=True))
    widths = (28.0, *(12.0,) * (len(LEVELS) + 1))
    return NewSheet(_("Overview"), widths, len(rows), lambda: iter(rows))


def _listing(changes: Sequence[VersionChange]) -> NewSheet:
    heading = (
        _("Change"), _("Level"), _("Code"), _("Name before"), _("Name now"), _("Before"), _("Now"),
        _("What has changed"),
    )  # fmt: skip

    def rows() -> Iterator[NewRow]:
        yield NewRow(heading, is_bold=True)
        for change in changes:
            texts = (
                _(CHANGE_WORDS[change.kind]),
                change.level.upper(),
                change.code,
                change.name_before,
                change.name_after,
                places_text(change.before),
                places_text(change.after),
                change.detail.text(_),
            )
            yield NewRow(tuple(clean_text(text) or None for text in texts))

    return NewSheet(_("Changes"), _WIDTHS, 1 + len(changes), rows, frozen_rows=1)
