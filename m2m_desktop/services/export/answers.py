"""The answers of one cell, as the texts and numbers of the result columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from m2m_desktop.core.acceptance import reviewer_words
from m2m_desktop.core.coded_items import CellPlace, CodedItem
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import CodedTerm, ReviewStatus
from m2m_desktop.services.export.cell_text import clean_text
from m2m_desktop.services.export.records import ExportOptions, ResultColumn
from m2m_desktop.services.export.words import (
    FLAGGED,
    FROM_NARRATIVE,
    NOTHING,
    SOURCE_NAMES,
    STATUS_NAMES,
    probability_text,
    rounded_down,
)
from m2m_desktop.services.language import _

Value = str | int | float | None
"""What a cell of a result holds; None: no cell."""
Values = tuple[Value, ...]

PHRASES_JOINED = "；"
TERMS_JOINED = " + "

_TERM_TEXTS: Mapping[ResultColumn, Callable[[CodedTerm], str]] = {
    ResultColumn.PT_NAME: lambda term: term.pt_name,
    ResultColumn.PT_CODE: lambda term: term.pt_code,
    ResultColumn.LLT: lambda term: term.llt_name or NOTHING,
    ResultColumn.SOC: lambda term: term.soc_name or NOTHING,
    ResultColumn.HLT: lambda term: term.hlt_name or NOTHING,
    ResultColumn.HLGT: lambda term: term.hlgt_name or NOTHING,
    ResultColumn.PROBABILITY: lambda term: probability_text(term.probability),
}
_ITEM_TEXTS: Mapping[ResultColumn, Callable[[CodedItem], str]] = {
    ResultColumn.STATUS: lambda item: status_text(item),
    ResultColumn.REVIEWER: lambda item: reviewer_words(item.reviewer).text(_) or NOTHING,
    ResultColumn.SOURCE: lambda item: source_text(item),
}


def by_cell(items: Iterable[CodedItem]) -> dict[CellPlace, list[CodedItem]]:
    """The mentions of each cell, in the order of its text; cells in the order of the file.

    What was added out of a narrative stands behind the others, with the first cell of its row: the
    answers of a report belong together.
    """
    told = list(items)
    homes: dict[tuple[str, int], CellPlace] = {}
    columns: dict[str, int] = {}
    for item in told:
        if not item.is_from_narrative:
            homes.setdefault((item.place.sheet, item.place.row), item.place)
            columns.setdefault(item.place.sheet, item.place.column)
    cells: dict[CellPlace, list[CodedItem]] = {}
    for item in told:
        place = item.place
        if item.is_from_narrative:
            alone = replace(place, column=columns.get(place.sheet, place.column))
            place = homes.get((place.sheet, place.row), alone)
        cells.setdefault(place, []).append(item)
    for mentions in cells.values():
        mentions.sort(key=lambda item: (item.is_from_narrative, item.start, item.end))
    return cells


def shown_terms(item: CodedItem, options: ExportOptions) -> tuple[CodedTerm, ...]:
    """The terms of a mention that may leave the program."""
    if item.kind is not PieceKind.REACTION or item.status is ReviewStatus.NO_TERM:
        return ()
    if options.only_decided and item.status is ReviewStatus.UNREVIEWED:
        return ()
    return item.terms


def status_text(item: CodedItem) -> str:
    """What a person said about a mention, in words."""
    status = _(STATUS_NAMES[item.status])
    return _(FLAGGED).format(status=status) if item.is_flagged else status


def source_text(item: CodedItem) -> str:
    """Where the answer of a mention comes from, and the mention, if no column of names has it."""
    source = _(SOURCE_NAMES[item.source])
    return _(FROM_NARRATIVE).format(source=source) if item.is_from_narrative else source


def answer_values(mentions: Sequence[CodedItem], options: ExportOptions) -> Values:
    """The values of the result columns for the mentions of one cell, in their order.

    Only reactions have answers; a cell without any has no values. Several mentions are joined by
    ``；`` and keep their places (a dash for one without a term), several terms of one by `` + ``.
    Status, reviewer and source are said once where they are the same for all.
    """
    reactions = [item for item in mentions if item.kind is PieceKind.REACTION]
    if not reactions:
        return (None,) * len(options.columns)
    return tuple(_value(column, reactions, options) for column in options.columns)


def needs_a_person(mentions: Sequence[CodedItem]) -> bool:
    """Whether the cell holds a reaction that nobody decided about, or a flagged one."""
    return any(
        item.kind is PieceKind.REACTION
        and (item.is_flagged or item.status is ReviewStatus.UNREVIEWED)
        for item in mentions
    )


def _value(column: ResultColumn, reactions: Sequence[CodedItem], options: ExportOptions) -> Value:
    item_text = _ITEM_TEXTS.get(column)
    if item_text is not None:
        texts = [item_text(item) for item in reactions]
        return clean_text(texts[0] if len(set(texts)) == 1 else PHRASES_JOINED.join(texts))
    terms = [shown_terms(item, options) for item in reactions]
    if column is ResultColumn.PROBABILITY and len(terms) == 1 and len(terms[0]) == 1:
        probability = terms[0][0].probability
        return NOTHING if probability is None else rounded_down(probability)
    text = _TERM_TEXTS[column]
    return clean_text(
        PHRASES_JOINED.join(TERMS_JOINED.join(map(text, chosen)) or NOTHING for chosen in terms)
    )
