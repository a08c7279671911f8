"""The right side: one SMQ, what it is for, how its algorithm works, and its members."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.term_table import TermTable
from m2m_desktop.ui.model.widgets import ElidedLabel, focus_sheet
from m2m_desktop.ui.smq.description import Description
from m2m_desktop.ui.smq.members_model import (
    CATEGORY,
    CODE,
    LEVEL,
    SCOPE,
    TITLES,
    VIA,
    WEIGHT,
    MembersModel,
)
from m2m_desktop.ui.smq.records import MemberRow, SmqCard
from m2m_desktop.ui.smq.words import algorithm_words, scope_word, state_words
from m2m_desktop.ui.term_names import NamesShown, shown_name
from m2m_desktop.ui.widgets import button, card, label, shortcut

PAUSE_MS = 120
MANY_LINES, FEW_LINES = 5, 2
ROOMY = 600
"""From this height on there is room for more of the description."""


@dataclass(frozen=True, slots=True)
class MembersWish:
    """Which members are listed: ``scope`` is "narrow" or "broad", which holds the narrow ones."""

    scope: str = "broad"
    with_children: bool = True


class SmqCardPanel(QWidget):
    """Shows one SMQ; says what else is wanted of it."""

    wish_changed = Signal()
    export_wanted = Signal()
    analyse_wanted = Signal()
    term_wanted = Signal(object, str)
    """Level and code of a member that is to be shown in the dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self._card: SmqCard | None = None
        self._names = NamesShown.BOTH
        self.name, self.state = ElidedLabel(style.LEAD, bold=True), label("muted")
        self.description, self.algorithm = Description(), label()
        self.scope_label = label("muted")
        self.narrow, self.broad = QRadioButton(), QRadioButton()
        self.scopes = QButtonGroup(self)
        self.children_box = QCheckBox()
        self.pt_chip, self.llt_chip = button("filter"), button("filter")
        self.line, self.count = QLineEdit(), label("muted")
        self.model = MembersModel()
        self.table = TermTable(self.model)
        self.copy_button, self.analyse_button, self.export_button = button(), button(), button()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.state.setWordWrap(True)
        self.algorithm.setWordWrap(True)
        for line in (self.state, self.algorithm):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line.setClearButtonEnabled(True)
        for one in (self.narrow, self.broad):
            self.scopes.addButton(one)
        for chip in (self.pt_chip, self.llt_chip):
            chip.setCheckable(True)
            chip.setChecked(True)
        self.broad.setChecked(True)
        self.children_box.setChecked(True)
        wishes = QHBoxLayout()
        wishes.setSpacing(style.S)
        for wish in (self.scope_label, self.narrow, self.broad):
            wishes.addWidget(wish)
        wishes.addSpacing(style.M)
        wishes.addWidget(self.children_box)
        wishes.addStretch(1)
        finding = QHBoxLayout()
        finding.setSpacing(style.S)
        finding.addWidget(self.line, 1)
        finding.addWidget(self.pt_chip)
        finding.addWidget(self.llt_chip)
        finding.addWidget(self.count)
        feet = QHBoxLayout()
        feet.setSpacing(style.S)
        feet.addWidget(self.copy_button)
        feet.addStretch(1)
        feet.addWidget(self.analyse_button)
        feet.addWidget(self.export_button)
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.M)
        inside.setSpacing(style.XS)
        for part in (self.name, self.state, self.description, self.algorithm):
            inside.addWidget(part)
        inside.addSpacing(style.XS)
        inside.addLayout(wishes)
        inside.addLayout(finding)
        inside.addSpacing(style.XS)
        inside.addWidget(self.table, 1)
        inside.addLayout(feet)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def _connect(self) -> None:
        self.scopes.buttonToggled.connect(self._scope_toggled)
        self.children_box.toggled.connect(lambda _on: self.wish_changed.emit())
        for chip in (self.pt_chip, self.llt_chip):
            chip.toggled.connect(lambda _on: self._filter_levels())
        self.line.textChanged.connect(lambda _text: self._pause.start())
        shortcut(self.line, "Esc").activated.connect(self.line.clear)
        shortcut(self.line, "Down").activated.connect(self._into_table)
        self.table.opened.connect(self._open)
        self.copy_button.clicked.connect(self.table.copy_table)
        self.analyse_button.clicked.connect(self.analyse_wanted)
        self.export_button.clicked.connect(self.export_wanted)
        self.table.caption = self._caption

    # -- showing ---------------------------------------------------------------------------------

    def wish(self) -> MembersWish:
        """Which members the user wants listed."""
        scope = "narrow" if self.narrow.isChecked() else "broad"
        return MembersWish(scope, self.children_box.isChecked())

    def set_wish(self, wish: MembersWish) -> None:
        """List these."""
        (self.narrow if wish.scope == "narrow" else self.broad).setChecked(True)
        self.children_box.setChecked(wish.with_children)

    def show_card(self, told: SmqCard, members: tuple[MemberRow, ...]) -> None:
        """Show what is said about an SMQ, and list its members."""
        self._card = told
        self.model.own_code = told.smq.code
        self.model.set_records(members)
        self._fill()
        self.table.keep_row()

    def code(self) -> str:
        """The SMQ that is shown; empty before there is one."""
        return self._card.smq.code if self._card else ""

    @property
    def members(self) -> tuple[MemberRow, ...]:
        """All members of the scope, whatever the filter."""
        return self.model.records

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self._names = shown
        self.model.set_names_shown(shown)
        self._fill()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setStyleSheet(focus_sheet())
        self.description.refresh()
        self.scope_label.setText(_("Scope"))
        self.narrow.setText(_("Narrow"))
        self.broad.setText(_("Narrow and broad"))
        self.narrow.setToolTip(_("Terms that very likely mean what is looked for"))
        self.broad.setToolTip(_("Also terms that may mean it: more is found, and more beside it"))
        self.narrow.setAccessibleName(_("Scope: narrow"))
        self.broad.setAccessibleName(_("Scope: narrow and broad"))
        self.children_box.setText(_("With sub-SMQs"))
        self.pt_chip.setText("PT")
        self.llt_chip.setText("LLT")
        for chip in (self.pt_chip, self.llt_chip):
            chip.setAccessibleName(_("Show members of the level {level}").format(level=chip.text()))
        self.line.setPlaceholderText(_("Search the members"))
        self.line.setAccessibleName(_("Search the members"))
        self.table.setAccessibleName(_("Members of the SMQ"))
        self.description.setAccessibleName(_("Description of the SMQ"))
        self.copy_button.setText(_("Copy table"))
        self.copy_button.setToolTip(_("Copy the members that are shown, for Excel or WPS"))
        self.analyse_button.setText(_("Analyse members"))
        self.analyse_button.setToolTip(_("Count the members by SOC, HLGT, HLT and PT"))
        self.export_button.setText(_("Export…"))
        self.export_button.setToolTip(_("Write all members of this scope into a workbook"))
        self.table.open_words = _("Show in the dictionary")
        self.table.retranslate()
        self.model.retranslate()
        self._fill()

    def _fill(self) -> None:
        if self._card is None:
            return
        smq = self._card.smq
        self.name.set_full_text(shown_name(smq.name, smq.name2, self._names))
        other = smq.name2 if self._names is NamesShown.FIRST else ""
        self.state.setText(" · ".join(filter(None, (other, state_words(smq)))))
        self.description.show_text(self._card.description)
        self.algorithm.setText(algorithm_words(self._card, self.members))
        self.algorithm.setVisible(bool(smq.algorithm))
        self._lay_out_table()
        self._say_count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page keeps its room for the members."""
        super().resizeEvent(event)
        self.description.set_most(MANY_LINES if self.height() >= ROOMY else FEW_LINES)

    def _lay_out_table(self) -> None:
        has_algorithm = self._card is not None and bool(self._card.smq.algorithm)
        has_weights = any(member.weight for member in self.members)
        own = self.model.own_code
        self.table.setColumnHidden(CATEGORY, not has_algorithm)
        self.table.setColumnHidden(WEIGHT, not has_weights)
        self.table.setColumnHidden(VIA, all(one.via_code == own for one in self.members))
        self.table.lay_out(
            {
                LEVEL: ("LLT字",),
                CODE: ("88888888字",),
                SCOPE: (scope_word(is_narrow=True), scope_word(is_narrow=False), _(TITLES[SCOPE])),
                CATEGORY: (_(TITLES[CATEGORY]), "字"),
                WEIGHT: ("888",),
            }
        )

    def _say_count(self) -> None:
        shown, total = len(self.model.shown), len(self.members)
        text = (
            ngettext("{count} member", "{count} members", total)
            if shown == total
            else ngettext("{count} of {total} member", "{count} of {total} members", total)
        )
        self.count.setText(text.format(count=f"{shown:,}", total=f"{total:,}"))
        self.copy_button.setEnabled(bool(shown))
        self.analyse_button.setEnabled(bool(total))
        self.export_button.setEnabled(self._card is not None)

    def _caption(self) -> str:
        if self._card is None:
            return ""
        smq, scope = self._card.smq, _("narrow and broad")
        if self.narrow.isChecked():
            scope = _("narrow")
        return f"{smq.name} · {smq.code} · {scope}"

    # -- what the user does ----------------------------------------------------------------------

    def flush(self) -> None:
        """Search for what is typed now."""
        self._pause.stop()
        self.model.set_filter(self.line.text())
        self.table.keep_row()
        self._say_count()

    def _scope_toggled(self, _button: object, on: bool) -> None:
        if on:
            self.wish_changed.emit()

    def _filter_levels(self) -> None:
        levels = {TermLevel.PT} if self.pt_chip.isChecked() else set()
        levels |= {TermLevel.LLT} if self.llt_chip.isChecked() else set()
        self.model.set_accepted(lambda member: member.level in levels)
        self.table.keep_row()
        self._say_count()

    def _into_table(self) -> None:
        self.flush()
        self.table.setFocus()

    def _open(self, row: int) -> None:
        member = self.model.record(row)
        if member is not None:
            self.term_wanted.emit(member.level, member.code)
