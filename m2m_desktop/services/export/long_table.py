"""The long table: one row for each mention and PT, with everything that is known of it."""

from collections.abc import Callable, Iterator, Mapping

from m2m_desktop.core.acceptance import reviewer_words
from m2m_desktop.core.coded_items import CodedItem, CodedSource
from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.export.answers import Value, Values, shown_terms, source_text
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.records import ExportOptions
from m2m_desktop.services.export.sheets import NewRow, NewSheet
from m2m_desktop.services.export.words import (
    BAND_NAMES,
    DEMO_BANNER,
    KIND_NAMES,
    NOTHING,
    STATUS_NAMES,
    rounded_down,
)
from m2m_desktop.services.language import _

_ITEM_COLUMNS: Mapping[str, Callable[[CodedItem], Value]] = {
    N_("Sheet"): lambda item: item.place.sheet,
    N_("Row"): lambda item: item.place.row,
    N_("Column"): lambda item: column_letters(item.place.column),
    N_("From character"): lambda item: item.start + 1,
    N_("To character"): lambda item: item.end,
    N_("Report"): lambda item: item.report_id,
    N_("Phrase"): lambda item: item.text,
    N_("Severity"): lambda item: item.severity,
    N_("Kind"): lambda item: _(KIND_NAMES[item.kind]),
}
_TERM_COLUMNS: Mapping[str, Callable[[CodedTerm], Value]] = {
    N_("PT name"): lambda term: term.pt_name,
    N_("PT code"): lambda term: term.pt_code,
    N_("LLT"): lambda term: term.llt_name,
    N_("LLT code"): lambda term: term.llt_code,
    N_("LLT is current"): lambda term: _("yes") if term.is_current else _("no"),
    N_("HLT"): lambda term: term.hlt_name,
    N_("HLT code"): lambda term: term.hlt_code,
    N_("HLGT"): lambda term: term.hlgt_name,
    N_("HLGT code"): lambda term: term.hlgt_code,
    N_("Primary SOC"): lambda term: term.soc_name,
    N_("SOC code"): lambda term: term.soc_code,
    N_("Probability"): lambda term: (
        NOTHING if term.probability is None else rounded_down(term.probability)
    ),
}
_REVIEW_COLUMNS: Mapping[str, Callable[[CodedItem], Value]] = {
    N_("Band"): lambda item: _(BAND_NAMES[item.band]) if item.band else NOTHING,
    N_("Status"): lambda item: _(STATUS_NAMES[item.status]),
    N_("Flagged"): lambda item: _("yes") if item.is_flagged else "",
    N_("Reviewer"): lambda item: reviewer_words(item.reviewer).text(_),
    N_("Decided at (UTC)"): lambda item: item.decided_at,
    N_("Source of the answer"): lambda item: source_text(item),
    N_("Comment"): lambda item: item.comment,
}
_FILE, _PT_NAME = N_("File"), N_("PT name")
_NO_TERM: Values = ("",) * len(_TERM_COLUMNS)
_WIDTHS = {N_("Phrase"): 28.0, N_("PT name"): 24.0, N_("LLT"): 24.0, N_("HLT"): 24.0,
           N_("HLGT"): 24.0, N_("Primary SOC"): 24.0, N_("Comment"): 28.0,
           N_("Decided at (UTC)"): 24.0, N_("Report"): 18.0}  # fmt: skip


def long_table(coded: CodedSource, options: ExportOptions) -> NewSheet:
    """The table as a sheet, with one heading row."""
    return NewSheet(
        _("Coded terms"),
        (18.0, *(_WIDTHS.get(name, 11.0) for name in _names())),
        1 + sum(len(shown_terms(item, options)) or 1 for item in coded.items),
        lambda: _rows(coded, options),
        frozen_rows=1,
    )


def table_rows(coded: CodedSource, options: ExportOptions) -> Iterator[Values]:
    """The headings, then the rows in the order of the file; texts as they stand (not cleaned)."""
    is_demo = coded.run is not None and coded.run.is_demo_terminology
    names = {name: _(name) for name in (_FILE, *_names())}
    if is_demo:
        names[_PT_NAME] = f"{names[_PT_NAME]} ({DEMO_BANNER})"
    yield tuple(names.values())
    for item in coded.items:
        place = tuple(value(item) for value in _ITEM_COLUMNS.values())
        review = tuple(value(item) for value in _REVIEW_COLUMNS.values())
        terms = [
            tuple(value(term) for value in _TERM_COLUMNS.values())
            for term in shown_terms(item, options)
        ]
        for term in terms or [_NO_TERM]:
            yield (coded.name, *place, *term, *review)


def _names() -> tuple[str, ...]:
    return (*_ITEM_COLUMNS, *_TERM_COLUMNS, *_REVIEW_COLUMNS)


def _rows(coded: CodedSource, options: ExportOptions) -> Iterator[NewRow]:
    is_bold = True
    for values in table_rows(coded, options):
        yield NewRow(tuple(clean_text(v) if isinstance(v, str) else v for v in values), is_bold)
        is_bold = False
