"""What a new release means for each decision, as a table with boxes to tick.

There may be as many rows as a project has decided phrases: the answers stay as they came, and a row
is read when it is shown.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal

from m2m_desktop.core.messages import N_
from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.row_model import Index, RowModel
from m2m_desktop.ui.versions.matrix import NUMBER_SIDE
from m2m_desktop.ui.versions.records import EffectRow, Group, effect_from_json, group_of
from m2m_desktop.ui.versions.words import (
    GROUP_SHAPES,
    effect_word,
    group_colour,
    group_word,
    proposal_words,
    term_words,
)

Role = Qt.ItemDataRole

PICK, PHRASE, ROWS, DECIDED, KIND, PROPOSAL, WHY = range(7)
TITLES = (
    N_("Apply"),
    N_("Phrase"),
    N_("Rows"),
    N_("Decided"),
    N_("What happened"),
    N_("Would become"),
    N_("Why"),
)
GAP = "\u2002"
"""Keeps a number at the right edge of its cell from the words of the next one."""
ORDER = (Group.PERSON, Group.PROPOSAL, Group.CERTAIN, Group.OPEN, Group.UNCHANGED)
"""What a person must look at comes first."""


class EffectsModel(RowModel):
    """Shows effects, some of them ticked; see `set_effects` and `narrow`."""

    ticked_changed = Signal()

    def __init__(self) -> None:
        super().__init__(TITLES)
        self.effects: Sequence[Json] = ()
        self.ticked: set[str] = set()
        self._groups: list[Group] = []
        self._shown: list[int] = []
        self._read: dict[int, EffectRow] = {}

    def set_effects(self, effects: Sequence[Json], *, keeps: bool = False) -> None:
        """Show these, the certain ones ticked.

        ``keeps``: they are asked about again, and what a person ticked or unticked stays so.
        """
        self.beginResetModel()
        known = {str(one["key"]) for one in self.effects} if keeps else frozenset[str]()
        kept = self.ticked if keeps else frozenset[str]()
        self.effects, self._groups = effects, [group_of(one) for one in effects]
        self._read = {}
        self.ticked = {
            key
            for one, group in zip(effects, self._groups, strict=True)
            if self._may_tick(one, group)
            and ((key := str(one["key"])) in kept or (group is Group.CERTAIN and key not in known))
        }
        self._arrange(None, "")
        self.endResetModel()
        self.ticked_changed.emit()

    def counts(self) -> dict[Group, int]:
        """How many effects each group has."""
        return {group: self._groups.count(group) for group in Group}

    def decided_count(self) -> int:
        """How many effects are of decisions."""
        return len(self._groups) - self._groups.count(Group.OPEN)

    def narrow(self, group: Group | None, text: str) -> None:
        """Show one group, or all; ``text`` stands in the phrase, a term or a code."""
        self.beginResetModel()
        self._arrange(group, text.strip().casefold())
        self.endResetModel()

    def _arrange(self, group: Group | None, text: str) -> None:
        numbers = (n for n, one in enumerate(self._groups) if group in (None, one))
        shown = [n for n in numbers if not text or _holds(self.effects[n], text)]
        self._shown = sorted(shown, key=lambda n: ORDER.index(self._groups[n]))

    def effect(self, row: int) -> EffectRow | None:
        """The effect of a row."""
        if not self._is_row(row):
            return None
        number = self._shown[row]
        if number not in self._read:
            self._read[number] = effect_from_json(self.effects[number])
        return self._read[number]

    def _is_row(self, row: int) -> bool:
        return 0 <= row < len(self._shown)

    # -- ticks -----------------------------------------------------------------------------------

    def _may_tick(self, effect: Json, group: Group) -> bool:
        return group not in (Group.UNCHANGED, Group.OPEN) and bool(effect.get("can_apply"))

    def may_tick(self, row: int) -> bool:
        """Whether the change of a row can be applied at all."""
        if not self._is_row(row):
            return False
        number = self._shown[row]
        return self._may_tick(self.effects[number], self._groups[number])

    def is_ticked(self, row: int) -> bool:
        """Whether a row is ticked."""
        return self._is_row(row) and self.effects[self._shown[row]]["key"] in self.ticked

    def tick(self, rows: Iterable[int], *, on: bool) -> None:
        """Tick or untick rows; those that cannot be applied are passed by."""
        keys = {str(self.effects[self._shown[row]]["key"]) for row in rows if self.may_tick(row)}
        self.ticked = self.ticked | keys if on else self.ticked - keys
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, PICK))
        self.ticked_changed.emit()

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick rows, or untick them where all of them are ticked."""
        possible = [row for row in rows if self.may_tick(row)]
        self.tick(possible, on=not all(map(self.is_ticked, possible)))

    def tick_shown(self, *, on: bool) -> None:
        """Tick or untick what is shown. What a person must decide is only ever ticked row by row."""
        rows = range(len(self._shown))
        self.tick(
            (row for row in rows if not on or self._groups[self._shown[row]] is not Group.PERSON),
            on=on,
        )

    # -- Qt --------------------------------------------------------------------------------------

    def row_count(self) -> int:
        """The rows the filter leaves."""
        return len(self._shown)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """What stands in a cell."""
        effect, column = self.effect(index.row()), index.column()
        if effect is None or role not in _ROLES:
            return None
        if column == PICK:
            return self._pick(index.row(), role)
        if column == ROWS and role == Role.TextAlignmentRole:
            return NUMBER_SIDE
        if column == ROWS and role == Role.DisplayRole:
            return cells(effect)[ROWS] + GAP
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return cells(effect)[column]
        colours = style.colours()
        if role == Role.DecorationRole and column == KIND:
            colour = group_colour(effect.group, colours)
            return icons.icon(GROUP_SHAPES[effect.group], colour, colours.surface)
        if role == Role.AccessibleTextRole and column == KIND:
            return f"{cells(effect)[KIND]} · {group_word(effect.group)}"
        if role == Role.ForegroundRole and column in (WHY, ROWS):
            return style.brush(colours.muted)
        if role == Role.FontRole and column == PHRASE:
            return style.sized(style.BODY, bold=True)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        """The title of the numbers stands above them."""
        if section == ROWS and role == Role.TextAlignmentRole:
            return NUMBER_SIDE
        if section == ROWS and role == Role.DisplayRole:
            return _(TITLES[ROWS]) + GAP
        return super().headerData(section, orientation, role)

    def _pick(self, row: int, role: int) -> object:
        is_ticked, may_tick = self.is_ticked(row), self.may_tick(row)
        if role == Role.DecorationRole and may_tick:
            colours = style.colours()
            if is_ticked:
                return icons.icon("box_checked", colours.accent, colours.on_accent)
            return icons.icon("box", colours.control, colours.surface)
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            if not may_tick:
                return _("There is nothing to apply")
            return _("Will be applied") if is_ticked else _("Stays as it is")
        return None


_ROLES = frozenset(
    {
        Role.DisplayRole,
        Role.ToolTipRole,
        Role.DecorationRole,
        Role.AccessibleTextRole,
        Role.ForegroundRole,
        Role.FontRole,
        Role.TextAlignmentRole,
    }
)


def cells(effect: EffectRow) -> tuple[str, ...]:
    """An effect as a row of text, as it is shown and copied."""
    return (
        "",
        effect.phrase,
        f"{effect.rows:,}" if effect.rows else "",
        term_words(effect.terms),
        effect_word(effect.kind),
        proposal_words(effect),
        effect.reason,
    )


def _holds(effect: Json, text: str) -> bool:
    if text in str(effect["phrase"]).casefold():
        return True
    terms = (*(effect.get("terms") or ()), *(effect.get("proposal") or ()))
    return any(text in str(term.get(name, "")).casefold() for term in terms for name in _SEARCHED)


_SEARCHED = ("pt_name", "pt_code", "llt_name", "llt_code")
