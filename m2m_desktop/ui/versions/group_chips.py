"""Chips that narrow a list of effects to those that ask the same of a person."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.versions.effects_model import ORDER
from m2m_desktop.ui.versions.records import Group
from m2m_desktop.ui.versions.words import group_word
from m2m_desktop.ui.widgets import button


class GroupChips(QWidget):
    """One chip a group, and one for all of them; one is always chosen."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chips: dict[Group | None, QPushButton] = {}
        row, joined = QHBoxLayout(self), QButtonGroup(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.XS)
        for group in (None, *ORDER):
            chip = button("filter")
            chip.setCheckable(True)
            chip.clicked.connect(lambda _on=False: self.chosen.emit())
            joined.addButton(chip)
            row.addWidget(chip)
            self.chips[group] = chip
        self.choose_all()

    def group(self) -> Group | None:
        """The group that is chosen; None: all of them."""
        return next(group for group, chip in self.chips.items() if chip.isChecked())

    def choose_all(self) -> None:
        """Choose the chip for all groups; `chosen` is not emitted."""
        self.chips[None].setChecked(True)

    def show_counts(self, counts: Mapping[Group, int]) -> None:
        """Say how many effects each group has, in the language of now."""
        for group, chip in self.chips.items():
            count = sum(counts.values()) if group is None else counts[group]
            word = _("All") if group is None else group_word(group)
            chip.setText(f"{word}  {count:,}")
            chip.setAccessibleName(_("Show: {what}").format(what=chip.text()))
            chip.setEnabled(bool(count) or group is None)
            chip.setVisible(bool(count) or group is not Group.OPEN)
