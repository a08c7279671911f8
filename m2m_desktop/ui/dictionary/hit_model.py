"""What a search found, as one list: a heading for each group, its hits, and the way to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import words
from m2m_desktop.ui.dictionary.names import reason_word
from m2m_desktop.ui.dictionary.protocol import Found, Hit, HitGroup, Spans
from m2m_desktop.ui.dictionary.query import FIRST_LIMIT
from m2m_desktop.ui.term_names import NamesShown, shown_name

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
Role = Qt.ItemDataRole

JOINT = " · "


@dataclass(frozen=True, slots=True)
class Heading:
    """The first row of a group; ``twins`` LLTs of it are named as their PT and not listed."""

    group: HitGroup
    twins: int = 0


@dataclass(frozen=True, slots=True)
class More:
    """The last row of a group that was not sent whole."""

    group: HitGroup


HitRow = Heading | Hit | More


class HitModel(QAbstractListModel):
    """See the module. Headings cannot be chosen; the row of what is missing can, to ask for it."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[HitRow] = []
        self._names = NamesShown.FIRST

    @property
    def names(self) -> NamesShown:
        """The language of the names."""
        return self._names

    def set_found(self, found: Found, limit: int = FIRST_LIMIT) -> None:
        """Show the answer of a search; ``limit`` is how many hits of a group were asked for.

        An LLT that is named as its PT is counted and not sent: it is no reason to ask for more.
        """
        self.beginResetModel()
        self._rows = []
        for group in found.groups:
            if group.hits:
                is_whole = len(group.hits) < limit
                twins = group.total - len(group.hits) if is_whole else 0
                self._rows += [Heading(group, twins), *group.hits]
                if not is_whole and group.total > len(group.hits):
                    self._rows.append(More(group))
        self.endResetModel()

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show the names in this language."""
        self._names = shown
        self.retranslate()

    def retranslate(self) -> None:
        """Show the words again, in another language or other colours."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def row(self, number: int) -> HitRow | None:
        """What stands in a row."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def hit(self, number: int) -> Hit | None:
        """The hit of a row; None for any other row."""
        row = self.row(number)
        return row if isinstance(row, Hit) else None

    def first_hit(self) -> int:
        """The row of the first hit, or -1."""
        return 1 if self._rows else -1

    def find(self, level: TermLevel, code: str) -> int:
        """The row of a term, or -1."""
        for number, row in enumerate(self._rows):
            if isinstance(row, Hit) and (row.term.level, row.term.code) == (level, code):
                return number
        return -1

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Headings, hits, and what leads to more."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A heading is passed over by the arrows."""
        if not index.isValid() or isinstance(self.row(index.row()), Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The words of a row; how they look is the business of `HitDelegate`."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Role.DisplayRole:
            return self._text(row)
        if role == Role.ToolTipRole and isinstance(row, Heading):
            return _("An LLT that is named as its PT is counted, and not listed beside it")
        if role in {Role.ToolTipRole, Role.AccessibleTextRole} and isinstance(row, Hit):
            return self._spoken(index.row(), row, " " if role == Role.AccessibleTextRole else "\n")
        return None

    def _text(self, row: HitRow) -> str:
        match row:
            case Heading():
                return heading_text(row)
            case More():
                return more_text(row.group)
            case Hit():
                return hit_name(row, self._names)[0]

    def _spoken(self, number: int, hit: Hit, joint: str) -> str:
        term = hit.term
        parts = [f"{term.level.name} {term.code}", term.name, term.name2]
        if not term.is_current:
            parts.append(f"* {_(words.NOT_CURRENT)}")
        if hit.pt_name:
            parts.append(f"PT: {hit.pt_name}")
        parts += [hit.soc_name, self._reason(number)]
        return joint.join(filter(None, parts))

    def _reason(self, number: int) -> str:
        for above in range(number, -1, -1):
            row = self._rows[above]
            if isinstance(row, Heading):
                return reason_word(row.group.reason)
        return ""


def heading_text(heading: Heading) -> str:
    """Why the hits of a group were found, and how many there are: listed ones, then the others."""
    group, twins = heading.group, heading.twins
    count = f"{group.total - twins:,}"
    if twins:
        told = ngettext(
            "{listed} (+ {count} same-name LLT)",
            "{listed} (+ {count} same-name LLTs)",
            twins,
        )
        count = told.format(listed=count, count=f"{twins:,}")
    return f"{reason_word(group.reason)}{JOINT}{count}"


def more_text(group: HitGroup) -> str:
    """What is said where a group was not sent whole."""
    return _("Show {count} more").format(count=f"{group.total - len(group.hits):,}")


def hit_name(hit: Hit, shown: NamesShown) -> tuple[str, Spans]:
    """The name as it is displayed, and its matched characters.

    A name that was found by is always there, also where the other language is on display.
    """
    term = hit.term
    is_second = hit.matched_in == "name2" and bool(term.name2)
    found_by = term.name2 if is_second else term.name
    text = shown_name(term.name, term.name2, shown)
    spans = hit.spans if hit.matched_in in {"name", "name2"} else ()
    if found_by not in {text, *text.split(JOINT)} and spans:
        text = f"{text}{JOINT}{found_by}"
    # of two names the other language stands second
    at = 0 if text.startswith(found_by) and not is_second else len(text) - len(found_by)
    marked = tuple((at + start, at + end) for start, end in spans)
    return (text if term.is_current else f"{text} *"), marked


def second_line(hit: Hit) -> Sequence[str]:
    """What stands below the name: code, what led there, PT of an LLT, primary SOC."""
    via = f"“{hit.via}”" if hit.via else ""
    pt = f"PT {hit.pt_name}" if hit.pt_name else ""
    return [part for part in (hit.term.code, via, pt, hit.soc_name) if part]
