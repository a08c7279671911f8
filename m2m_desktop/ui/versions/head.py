"""The head of the versions page: which release is compared with which."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import terminology_title
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.widgets import button, label

SHORTEST = 10
"""Characters a box shows at least; the rest of a long name is in the tool tip."""


class ReleaseHead(QFrame):
    """Two boxes of loaded releases, and the way to a third one."""

    pair_changed = Signal()
    import_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._known: tuple[TerminologyChoice, ...] = ()
        self.old, self.new = QComboBox(), QComboBox()
        self.swap_button, self.import_button = button(), button("quiet")
        self._old_label, self._new_label = label("muted"), label("muted")
        self.promise = label("muted", style.CAPTION)
        self.promise.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(style.S)
        for title, box in ((self._old_label, self.old), (self._new_label, self.new)):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(SHORTEST)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            title.setBuddy(box)
            row.addWidget(title)
            row.addWidget(box, 1)
            box.currentIndexChanged.connect(lambda _index: self._changed())
        row.insertWidget(2, self.swap_button)
        row.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.M, style.S, style.S, style.S)
        column.setSpacing(style.XS)
        column.addLayout(row)
        column.addWidget(self.promise)
        self.swap_button.clicked.connect(self.swap)
        self.import_button.clicked.connect(self.import_wanted)
        self.retranslate()

    def set_known(self, known: Sequence[TerminologyChoice]) -> None:
        """Offer these releases; what was chosen stays chosen where it is still there."""
        before = self.pair()
        self._known = tuple(known)
        self._fill()
        self.choose(*before)

    def _fill(self) -> None:
        for box in (self.old, self.new):
            blocked = box.blockSignals(True)
            box.clear()
            for one in self._known:
                box.addItem(_title(one), one.terminology_id)
            box.blockSignals(blocked)

    def pair(self) -> tuple[str, str]:
        """The ids of the old and the new release; empty where nothing is chosen."""
        return str(self.old.currentData() or ""), str(self.new.currentData() or "")

    def titles(self) -> tuple[str, str]:
        """What the two releases are called."""
        return self.old.currentText(), self.new.currentText()

    def choose(self, old: str, new: str) -> None:
        """Compare these; `pair_changed` is not emitted."""
        for box, wanted in ((self.old, old), (self.new, new)):
            blocked = box.blockSignals(True)
            box.setCurrentIndex(box.findData(wanted))
            box.blockSignals(blocked)
        self._show_titles()

    def swap(self) -> None:
        """Compare the other way round."""
        old, new = self.pair()
        self.choose(new, old)
        self.pair_changed.emit()

    def _changed(self) -> None:
        self._show_titles()
        self.pair_changed.emit()

    def _show_titles(self) -> None:
        for box in (self.old, self.new):
            box.setToolTip(box.currentText())

    def retranslate(self) -> None:
        """Take over language and colours."""
        before = self.pair()
        self._fill()
        self.choose(*before)
        self._old_label.setText(_("Old release"))
        self._new_label.setText(_("New release"))
        self.old.setAccessibleName(_("Old release"))
        self.new.setAccessibleName(_("New release"))
        self.swap_button.setText(_("Swap"))
        self.swap_button.setToolTip(_("Compare the other way round"))
        self.import_button.setText(_("Import another release…"))
        self.promise.setText(
            _(
                "Loading or comparing releases changes nothing. A decision changes only where you "
                "tick it and press Apply."
            )
        )


def _title(one: TerminologyChoice) -> str:
    """With the version also where the name has none: two demo dictionaries are told apart by it."""
    title = terminology_title(one)
    return title if one.version in title else f"{title} {one.version}"
