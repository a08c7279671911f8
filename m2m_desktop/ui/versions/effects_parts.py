"""What the tabs of effects are put together from, without what it does."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.versions.effects import EffectKind
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.model.widgets import ConfirmBar
from m2m_desktop.ui.versions import effects_model
from m2m_desktop.ui.versions.effects_model import EffectsModel
from m2m_desktop.ui.versions.group_chips import GroupChips
from m2m_desktop.ui.versions.parts import LOW, DetailStrip, EmptyState, WorkStrip
from m2m_desktop.ui.versions.words import effect_word
from m2m_desktop.ui.widgets import ICON_ROOM, Table, button, label

WIDE = 1000
"""From so many pixels on, the reason has a column of its own besides the strip below."""
SHORTEST_SEARCH = 120


class EffectsParts(QWidget):
    """Chips and search above, the table, the row in hand, what will change and the button below.

    ``icon`` is that of the empty state, which takes the place of all of it.
    """

    def __init__(self, icon: str) -> None:
        super().__init__()
        self.model, self.table, self.search = EffectsModel(), Table(), QLineEdit()
        self.groups = GroupChips()
        self.chips = self.groups.chips
        self.explanation, self.preview = label("muted"), label(bold=True)
        self.tick_button, self.untick_button = button(), button()
        self.apply_button, self.copy_button = button("primary"), button()
        self.confirm, self.detail, self.work = ConfirmBar(), DetailStrip(), WorkStrip()
        self.blank, self.stack = EmptyState(icon), QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(style.M)
        above.addWidget(self.groups)
        above.addWidget(self.search, 1)
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(SHORTEST_SEARCH)
        self.explanation.setWordWrap(True)
        self.table.setModel(self.model)
        self.table.setObjectName("framed")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._feet = QWidget()
        below = QHBoxLayout(self._feet)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(style.S)
        for part in (self.tick_button, self.untick_button, self.copy_button):
            below.addWidget(part)
        self.preview.setWordWrap(True)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        below.addWidget(self.preview, 1)
        below.addWidget(self.apply_button)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(above)
        column.addWidget(self.explanation)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        column.addWidget(self.confirm)
        column.addWidget(self._feet)
        self.stack.addWidget(self.blank)
        self.stack.addWidget(self._full)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, style.S, 0, 0)
        around.setSpacing(style.S)
        around.addWidget(self.work)
        around.addWidget(self.stack, 1)

    def panes(self) -> list[QWidget]:
        """The parts F6 goes round."""
        if self.stack.currentWidget() is not self._full:
            return [self.blank.action_button] if self.blank.action_button.isVisible() else []
        return [self.chips[None], self.search, self.table, self.apply_button]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the reason in the table where there is room for it."""
        super().resizeEvent(event)
        self._widen()

    def _widen(self) -> None:
        self.table.setColumnHidden(effects_model.WHY, self.width() < WIDE)
        self.detail.set_low(self.height() < LOW)

    def _say_words(self) -> None:
        """Take over language and colours."""
        self.search.setPlaceholderText(_("Phrase, term or code"))
        self.search.setAccessibleName(_("Search the decisions"))
        self.table.setAccessibleName(_("What the new release means for each decision"))
        self.tick_button.setText(_("Tick all shown"))
        self.tick_button.setToolTip(
            _("What a person must decide is left out: it is only ticked line by line")
        )
        self.untick_button.setText(_("Untick all shown"))
        self.copy_button.setText(_("Copy"))
        self.copy_button.setToolTip(_("Copy the chosen rows for Excel or WPS (Ctrl+C)"))
        self.apply_button.setText(_("Apply…"))
        self.work.retranslate()
        self.blank.refresh()
        self.table.lay_out(
            {
                effects_model.PICK: (ICON_ROOM,),
                effects_model.ROWS: ("8,888",),
                effects_model.KIND: (ICON_ROOM + effect_word(kind.value) for kind in EffectKind),
            }
        )
