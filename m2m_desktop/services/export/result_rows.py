"""The result rows: one for each cell that was coded, with the columns that a copy gets."""

from collections.abc import Iterator

from m2m_desktop.core.coded_items import CodedSource
from m2m_desktop.services.export.answers import PHRASES_JOINED, answer_values, by_cell
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.export.words import COLUMN_NAMES, DEMO_BANNER
from m2m_desktop.services.language import _

COLUMN_WIDTHS = {
    ResultColumn.PT_NAME: 26.0,
    ResultColumn.PT_CODE: 12.0,
    ResultColumn.LLT: 22.0,
    ResultColumn.SOC: 24.0,
    ResultColumn.HLT: 24.0,
    ResultColumn.HLGT: 24.0,
    ResultColumn.PROBABILITY: 9.0,
    ResultColumn.STATUS: 14.0,
    ResultColumn.REVIEWER: 12.0,
    ResultColumn.SOURCE: 14.0,
}
_PLACE_WIDTHS = (14.0, 8.0, 8.0, 18.0, 36.0)


def result_headers(coded: CodedSource, options: ExportOptions) -> tuple[str, ...]:
    """The headings of the result columns; the first says so if the dictionary is the demo's."""
    names = [_(COLUMN_NAMES[column]) for column in options.columns]
    if names and coded.run is not None and coded.run.is_demo_terminology:
        names[0] = f"{names[0]} ({DEMO_BANNER})"
    return tuple(names)


def result_widths(options: ExportOptions) -> tuple[float, ...]:
    """The widths of the result columns, in characters."""
    return tuple(COLUMN_WIDTHS[column] for column in options.columns)


def result_rows(coded: CodedSource, options: ExportOptions) -> NewSheet:
    """The rows as a sheet, for sources that no copy can be made of."""
    cells = by_cell(coded.items)

    def rows() -> Iterator[NewRow]:
        place = (_("Sheet"), _("Row"), _("Column"), _("Report"), _("Reactions"))
        yield NewRow((*place, *result_headers(coded, options)), is_bold=True)
        for cell, mentions in cells.items():
            phrases = PHRASES_JOINED.join(item.text for item in mentions)
            yield NewRow(
                (
                    clean_text(cell.sheet),
                    cell.row,
                    column_letters(cell.column),
                    clean_text(mentions[0].report_id),
                    clean_text(phrases),
                    *answer_values(mentions, options),
                )
            )

    widths = (*_PLACE_WIDTHS, *result_widths(options))
    return NewSheet(_("Results"), widths, 1 + len(cells), rows, frozen_rows=1)
