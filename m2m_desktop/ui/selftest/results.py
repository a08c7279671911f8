"""The results as rows of a table, and one of them in full."""

from html import escape
from typing import Any

from PySide6.QtCore import Qt

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _, current_language
from m2m_desktop.services.selftest.records import OUTCOME_WORDS, Outcome, spoken
from m2m_desktop.services.selftest.report import MARKS
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.row_model import NOWHERE, Index, RowModel

Role = Qt.ItemDataRole
Told = dict[str, Any]
"""A result as the report has it: see `services.selftest.records.result_to_json`."""

PART, OUTCOME, FOUND = range(3)
TITLES = (N_("Part"), N_("Outcome"), N_("What was found"))
SHAPES = {Outcome.OK: "certain", Outcome.WARNING: "warning", Outcome.FAILED: "error"}


class ResultModel(RowModel):
    """One row a check, as they come."""

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.rows: list[Told] = []

    def clear(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def add(self, told: Told) -> None:
        """Take a result in."""
        at = len(self.rows)
        self.beginInsertRows(NOWHERE, at, at)
        self.rows.append(told)
        self.endInsertRows()

    def row_count(self) -> int:
        """One row a check."""
        return len(self.rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """What stands in a cell; the outcome has an icon of its own shape and a word."""
        told = self.rows[index.row()]
        outcome = Outcome(told["outcome"])
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return self._cell(told, outcome, index.column())
        if role == Role.DecorationRole and index.column() == PART:
            return icons.icon(SHAPES[outcome], colour_of(outcome), style.colours().surface)
        if role == Role.ForegroundRole and index.column() == OUTCOME:
            return style.brush(colour_of(outcome))
        return None

    @staticmethod
    def _cell(told: Told, outcome: Outcome, column: int) -> str:
        if column == PART:
            return spoken(told["title"], current_language())
        if column == OUTCOME:
            return _(OUTCOME_WORDS[outcome])
        worst = next(one for one in told["findings"] if one["outcome"] == outcome.value)
        return spoken(worst["detail"], current_language()).replace("\n", " ")


def colour_of(outcome: Outcome) -> str:
    """The colour of an outcome."""
    colours = style.colours()
    return {
        Outcome.OK: colours.certain,
        Outcome.WARNING: colours.doubtful,
        Outcome.FAILED: colours.error,
    }[outcome]


def in_full(told: Told) -> str:
    """Give a result with all that was found and what to do, as HTML for a label."""
    language, colours = current_language(), style.colours()
    lines = [
        f"<p><b>{escape(spoken(told['title'], language))}</b>"
        f'<br><span style="color:{colours.muted}">'
        f"{escape(spoken(told['looked_at'], language))}</span></p>"
    ]
    for one in told["findings"]:
        outcome = Outcome(one["outcome"])
        mark = f'<span style="color:{colour_of(outcome)}"><b>{MARKS[outcome]}</b></span>'
        lines.append(f"<p>{mark} {escape(spoken(one['detail'], language))}</p>")
        if one["advice"] is not None:
            lines.append(
                f"<p><b>{escape(_('What to do:'))}</b> "
                f"{escape(spoken(one['advice'], language))}</p>"
            )
    return "".join(lines)
