"""The table of mentions: one row a phrase, with its answer once it is there."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.core.records import Band, Candidate, CodingResult, Mention
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style, words
from m2m_desktop.ui.row_model import Index, RowModel

Role = Qt.ItemDataRole


class MentionColumn(IntEnum):
    """The columns from left to right."""

    PHRASE = 0
    BAND = 1
    SELECTED = 2
    SOURCE = 3


HEADERS = {
    MentionColumn.PHRASE: N_("Phrase"),
    MentionColumn.BAND: N_("Result"),
    MentionColumn.SELECTED: N_("Selected PTs"),
    MentionColumn.SOURCE: N_("Source"),
}

PROVISIONAL = N_("Preliminary answer: the large model is not done with it")
PROVISIONAL_SHAPE = "hourglass"


def selected_candidates(result: CodingResult) -> list[Candidate]:
    """The candidates that were selected, in the order of the answer."""
    by_code = {candidate.pt.code: candidate for candidate in result.candidates}
    return [by_code[code] for code in result.selected if code in by_code]


def selection_change(
    before: CodingResult, after: CodingResult
) -> tuple[list[Candidate], list[Candidate]]:
    """What a newer answer selects that the older one did not, and what it no longer selects."""
    gained = [c for c in selected_candidates(after) if c.pt.code not in before.selected]
    lost = [c for c in selected_candidates(before) if c.pt.code not in after.selected]
    return gained, lost


def result_word(result: CodingResult) -> str:
    """The band of an answer, with "≈" before that of a provisional one."""
    word = words.band_word(result.band)
    return word if result.is_final else f"≈ {word}"


class MentionModel(RowModel):
    """Rows over plain records; see `set_mentions` and `set_result`."""

    def __init__(self) -> None:
        super().__init__(HEADERS.values())
        self._mentions: tuple[Mention, ...] = ()
        self._results: dict[str, CodingResult] = {}
        self._rows: dict[str, list[int]] = {}

    def set_mentions(
        self, mentions: Sequence[Mention], results: Mapping[str, CodingResult]
    ) -> None:
        """Show these phrases; ``results`` are the answers already known, by text."""
        self.beginResetModel()
        self._mentions = tuple(mentions)
        self._results = {m.text: results[m.text] for m in mentions if m.text in results}
        self._rows = {}
        for row, mention in enumerate(self._mentions):
            self._rows.setdefault(mention.text, []).append(row)
        self.endResetModel()

    def set_result(self, result: CodingResult) -> None:
        """Fill in the answer of every row with this text."""
        self._results[result.mention.text] = result
        for row in self._rows.get(result.mention.text, ()):
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(MentionColumn) - 1))

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(MentionColumn) - 1)
        if self._mentions:
            last = self.index(len(self._mentions) - 1, len(MentionColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The phrases, one a row."""
        return self._mentions

    def mention(self, row: int) -> Mention | None:
        """The phrase of a row."""
        return self._mentions[row] if 0 <= row < len(self._mentions) else None

    def result(self, row: int) -> CodingResult | None:
        """The answer of a row, once it is there."""
        mention = self.mention(row)
        return self._results.get(mention.text) if mention else None

    def band_counts(self) -> dict[Band, int]:
        """How many rows have each band; provisional answers do not count."""
        counts = dict.fromkeys(Band, 0)
        for row in range(len(self._mentions)):
            result = self.result(row)
            if result is not None and result.is_final:
                counts[result.band] += 1
        return counts

    def provisional_count(self) -> int:
        """How many rows have a provisional answer."""
        results = map(self.result, range(len(self._mentions)))
        return sum(result is not None and not result.is_final for result in results)

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """One row a phrase."""
        return len(self._mentions)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, icons and colours of one cell."""
        if not index.isValid():
            return None
        column, result = MentionColumn(index.column()), self.result(index.row())
        is_provisional = result is not None and not result.is_final
        if role in {Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole}:
            text = self._text(index.row(), column, result)
            is_told = is_provisional and role != Role.DisplayRole and column is MentionColumn.BAND
            return f"{text}\n{_(PROVISIONAL)}" if is_told else text
        if column is MentionColumn.BAND and role in {Role.DecorationRole, Role.ForegroundRole}:
            return _band_look(result, role)
        is_muted = column is MentionColumn.SOURCE or (
            is_provisional and column is MentionColumn.SELECTED
        )
        if role == Role.ForegroundRole and is_muted:
            return style.brush(style.colours().muted)
        return None

    def _text(self, row: int, column: MentionColumn, result: CodingResult | None) -> str:
        if column is MentionColumn.PHRASE:
            return self._mentions[row].text
        if result is None:
            return _("waiting") if column is MentionColumn.BAND else ""
        if column is MentionColumn.BAND:
            return result_word(result)
        if column is MentionColumn.SELECTED:
            names = [candidate.pt.name for candidate in selected_candidates(result)]
            return _("; ").join(names) or "—"
        return words.source_word(result.source)


def _band_look(result: CodingResult | None, role: int) -> Any:
    colours = style.colours()
    name, shape = colours.muted, "pending"
    if result is not None and result.is_final:
        name, shape = words.band_colour(result.band, colours), icons.BAND_SHAPES[result.band]
    elif result is not None:
        shape = PROVISIONAL_SHAPE
    if role == Role.ForegroundRole:
        return style.brush(name)
    return icons.icon(shape, name, colours.surface)
