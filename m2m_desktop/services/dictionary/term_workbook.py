"""Workbooks of terms: a table with one heading row, and a sheet that says what it is and where from."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from m2m_desktop import __version__
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.terminology import ReleaseInfo
from m2m_desktop.services.export.answers import Value, Values
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.export.errors import NotReadBack, Unpatchable
from m2m_desktop.services.export.new_workbook import check_sheets, write_sheets
from m2m_desktop.services.export.read_back import Differs
from m2m_desktop.services.export.sheets import NewRow, NewSheet, with_free_titles
from m2m_desktop.services.export.skeleton import sheet_part
from m2m_desktop.services.export.words import DEMO_BANNER
from m2m_desktop.services.language import _

LEVEL, CODE, NAME, NAME2 = N_("Level"), N_("Code"), N_("Name"), N_("Second name")
PT_CODE, PT_NAME, SOC, CURRENT = (
    N_("PT code"), N_("PT name"), N_("Primary SOC"), N_("LLT is current"),
)  # fmt: skip
_WIDTHS = {NAME: 32.0, NAME2: 32.0, PT_NAME: 28.0, SOC: 28.0}


def write_terms(target: Path, sheets: Sequence[NewSheet], progress: Progress = silent) -> Path:
    """Write the sheets, read them back, put the workbook into place, and give where it stands.

    Raises: OutputUnwritable (an existing ``target`` is as it was), Cancelled.
    """
    named = with_free_titles(sheets, ())

    def check(draft: Path) -> None:
        parts = {sheet_part(number): sheet for number, sheet in enumerate(named, 1)}
        try:
            check_sheets(draft, parts, progress, len(named), len(named) + 1)
        except Differs as error:
            raise NotReadBack(path=target, detail=error.reason) from error

    try:
        return write_whole(target, lambda draft: write_sheets(draft, named, "", progress), check)
    except Unpatchable as error:
        raise OutputUnwritable(path=target, detail=error.reason) from error


def table_sheet(
    title: str, headings: Sequence[str], rows: Sequence[Values], *, is_demo: bool
) -> NewSheet:
    """A table; ``headings`` are in English and shown in the current language.

    In the demo dictionary the heading of the names says that they are none of MedDRA.
    """

    def shown(heading: str) -> str:
        return f"{_(heading)} ({DEMO_BANNER})" if is_demo and heading == NAME else _(heading)

    def cells() -> Iterator[NewRow]:
        yield NewRow(tuple(map(shown, headings)), is_bold=True)
        for row in rows:
            yield NewRow(tuple(map(_cell, row)))

    widths = tuple(_WIDTHS.get(heading, 14.0) for heading in headings)
    return NewSheet(title, widths, 1 + len(rows), cells, frozen_rows=1)


def about_sheet(facts: Iterable[tuple[str, Value]], info: ReleaseInfo) -> NewSheet:
    """What the workbook holds, with the release it was taken from; labels are translated already."""
    language = " · ".join(filter(None, (info.language, info.language2)))
    rows = [
        *facts,
        (_("Terminology"), info.name),
        (_("Release"), info.version),
        (_("Language"), language),
        (_("Terminology id"), info.terminology_id),
        (_("Program"), f"mention2meddra Desktop {__version__}"),
    ]
    if info.is_demo:
        rows.insert(0, (DEMO_BANNER, None))

    def cells() -> Iterator[NewRow]:
        for label, value in rows:
            yield NewRow((_cell(label), _cell(value)))

    return NewSheet(_("About this table"), (26.0, 70.0), len(rows), cells)


def _cell(value: Value) -> Value:
    return (clean_text(value) or None) if isinstance(value, str) else value
