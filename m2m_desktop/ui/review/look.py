"""How a cell of the table of phrases looks and what a screen reader says of it."""

from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import PhraseRow, current_terms
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.review.columns import ReviewColumn, cell_text

Role = Qt.ItemDataRole

LOOKS = frozenset({Role.DecorationRole, Role.ForegroundRole, Role.FontRole})
"""The roles `look` has an answer to."""

_WITH_ICON = frozenset(
    {ReviewColumn.STATUS, ReviewColumn.FLAG, ReviewColumn.BAND, ReviewColumn.PHRASE}
)

UNSAVED = N_("Not saved yet")


def look(row: PhraseRow, column: ReviewColumn, role: int, *, is_unsaved: bool) -> Any:
    """Icons, colours and fonts of a cell; None for every role that asks for something else."""
    if role == Role.DecorationRole:
        return _icon(row, column, is_unsaved=is_unsaved)
    if role == Role.ForegroundRole:
        colour = _colour(row, column, is_unsaved=is_unsaved)
        return style.brush(colour) if colour else None
    if role == Role.FontRole and column is ReviewColumn.TERM and row.state.is_locked:
        return style.sized(style.BODY, bold=True)
    return None


def _icon(row: PhraseRow, column: ReviewColumn, *, is_unsaved: bool) -> Any:
    if column not in _WITH_ICON:
        return None
    colours = style.colours()
    if column is ReviewColumn.STATUS:
        if is_unsaved:
            return icons.icon("error", colours.error, colours.surface)
        shape = words.DRAFT_SHAPE if row.state.is_draft else words.STATUS_SHAPES[row.state.status]
        colour = words.status_colour(row.state.status, colours)
        return icons.icon(shape, colour, colours.surface)
    if column is ReviewColumn.FLAG and row.state.is_flagged:
        return icons.icon("flag", colours.doubtful, colours.surface)
    if column is ReviewColumn.BAND and row.band:
        shape = icons.BAND_SHAPES[row.band]
        return icons.icon(shape, words.band_colour(row.band, colours), colours.surface)
    if column is ReviewColumn.PHRASE and row.state.comment:
        return icons.icon("comment", colours.muted, colours.surface)
    return None


_MUTED = frozenset(
    {ReviewColumn.SOURCE, ReviewColumn.SOC, ReviewColumn.REVIEWER, ReviewColumn.REPORTS}
)
_TINTED = _MUTED | {ReviewColumn.STATUS, ReviewColumn.BAND, ReviewColumn.TERM, ReviewColumn.PHRASE}


def _colour(row: PhraseRow, column: ReviewColumn, *, is_unsaved: bool) -> str:
    if column not in _TINTED and row.text:
        return ""
    colours = style.colours()
    if column is ReviewColumn.STATUS:
        return colours.error if is_unsaved else words.status_colour(row.state.status, colours)
    if column is ReviewColumn.BAND and row.band:
        return words.band_colour(row.band, colours)
    is_proposal = column is ReviewColumn.TERM and not (row.state.is_locked or row.state.is_draft)
    is_aside = row.kind is not PieceKind.REACTION
    no_text = column is ReviewColumn.PHRASE and not row.text
    return colours.muted if column in _MUTED or is_proposal or is_aside or no_text else ""


def tip(row: PhraseRow, column: ReviewColumn, *, is_unsaved: bool = False) -> str:
    """What the pointer is told about a cell."""
    parts = [cell_text(row, column)]
    if column is ReviewColumn.STATUS:
        parts += [_(UNSAVED) if is_unsaved else "", row.state.reviewer]
    if column is ReviewColumn.PHRASE:
        parts.append(row.state.comment)
        if row.kind is not PieceKind.REACTION:
            parts.append(words.kind_word(row.kind))
    if column is ReviewColumn.TERM:
        parts += [
            f"{term.pt_code}  {term.pt_name}  ({term.soc_name})" for term in current_terms(row)
        ]
        if row.exception_count:
            parts.append(_("Rows decided on their own: {count}").format(count=row.exception_count))
    return "\n".join(filter(None, parts))


def spoken(row: PhraseRow, column: ReviewColumn, *, is_unsaved: bool = False) -> str:
    """What a screen reader says of a cell."""
    text = cell_text(row, column)
    if column is ReviewColumn.STATUS and is_unsaved:
        return _("; ").join((text, _(UNSAVED)))
    return text
