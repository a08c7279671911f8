"""The left side: the tree of SMQs, a line to search it, and whether inactive ones are listed."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, style
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.smq.records import SmqRow
from m2m_desktop.ui.smq.tree_model import SmqTreeModel
from m2m_desktop.ui.term_names import NamesShown
from m2m_desktop.ui.widgets import card, label, shortcut

PAUSE_MS = 120


class SmqList(QWidget):
    """Says which SMQ the user went to."""

    chosen = Signal(str)
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.model = SmqTreeModel()
        self.line, self.tree = QLineEdit(), QTreeView()
        self.old_box, self.count = QCheckBox(), label("muted", style.CAPTION)
        self._code = ""
        self._is_building = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.flush)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda _text: self._pause.start())
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(RowDelegate(self.tree))
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(style.L)
        self.tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.tree.selectionModel().currentChanged.connect(self._moved)
        self.old_box.toggled.connect(self._old_toggled)
        self.copy_term, self.copy_code = QAction(self), QAction(self)
        for action, keys, part in (
            (self.copy_term, "Ctrl+C", 0),
            (self.copy_code, "Ctrl+Shift+C", 1),
        ):
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _on=False, part=part: self._copy(part))
            self.tree.addAction(action)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for keys in ("Down", "Return", "Enter"):
            shortcut(self.line, keys).activated.connect(self._into_tree)
        shortcut(self.line, "Esc").activated.connect(self.line.clear)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.old_box)
        below.addStretch(1)
        below.addWidget(self.count)
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.M, style.M, style.M, style.S)
        inside.setSpacing(style.S)
        inside.addWidget(self.line)
        inside.addWidget(self.tree, 1)
        inside.addLayout(below)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def set_smqs(self, smqs: Sequence[SmqRow]) -> None:
        """List these, and go to the SMQ that was chosen before, if it is among them."""
        self._rebuild(lambda: self.model.set_smqs(smqs))

    def set_names_shown(self, shown: NamesShown) -> None:
        """Show names in these languages."""
        self.model.set_names_shown(shown)

    def go_to(self, code: str) -> bool:
        """Stand on an SMQ, whatever is searched for; whether it is there."""
        smq = self.model.by_code(code)
        if smq is None:
            return False
        if not self.model.index_of(code).isValid():
            self.line.clear()
            self.flush()
            self.old_box.setChecked(self.old_box.isChecked() or not smq.is_active)
        at = self.model.index_of(code)
        self.tree.setCurrentIndex(at)
        self.tree.scrollTo(at)
        return at.isValid()

    def flush(self) -> None:
        """Search for what is typed now."""
        self._pause.stop()
        self._rebuild(lambda: self.model.set_filter(self.line.text()))
        if self.model.is_filtered:
            self.tree.expandAll()

    def retranslate(self) -> None:
        """Take over the language."""
        self.line.setPlaceholderText(_("Search the SMQs by name or code"))
        self.line.setAccessibleName(_("Search the SMQs by name or code"))
        self.tree.setAccessibleName(_("Standardised MedDRA Queries"))
        self.old_box.setText(_("Inactive ones too"))
        self.copy_term.setText(_("Copy name"))
        self.copy_code.setText(_("Copy code"))
        self.model.retranslate()
        self._say_count()

    def _say_count(self) -> None:
        shown, total = self.model.shown_count(), self.model.total()
        text = _("{shown} of {total}").format(shown=shown, total=total)
        self.count.setText(text if total else "")

    def _rebuild(self, change: object) -> None:
        """Change the tree without saying that the user went anywhere."""
        assert callable(change)
        opened = {
            smq.code
            for smq in map(self.model.smq, self._indexes())
            if smq is not None and self.tree.isExpanded(self.model.index_of(smq.code))
        }
        self._is_building = True
        change()
        for code in opened:
            self.tree.expand(self.model.index_of(code))
        at = self.model.index_of(self._code)
        if at.isValid():
            self.tree.setCurrentIndex(at)
        self._is_building = False
        self._say_count()

    def _indexes(self) -> list[QModelIndex]:
        found, at = [], 0
        found = [self.model.index(row, 0) for row in range(self.model.rowCount())]
        while at < len(found):
            here = found[at]
            found += [self.model.index(n, 0, here) for n in range(self.model.rowCount(here))]
            at += 1
        return found

    def _old_toggled(self, on: bool) -> None:
        self._rebuild(lambda: self.model.set_shows_inactive(on))

    def _moved(self, current: QModelIndex) -> None:
        smq = self.model.smq(current)
        if smq is not None and not self._is_building and smq.code != self._code:
            self._code = smq.code
            self.chosen.emit(smq.code)

    def forget_chosen(self) -> None:
        """Another release: nothing is chosen any more."""
        self._code = ""

    def _into_tree(self) -> None:
        self.flush()
        if not self.tree.currentIndex().isValid() and self.model.rowCount():
            self.tree.setCurrentIndex(self.model.index(0, 0))
        self.tree.setFocus()

    def _copy(self, part: int) -> None:
        smq = self.model.smq(self.tree.currentIndex())
        if smq is not None:
            text = (smq.name, smq.code)[part]
            clipboard.copy_text(text)
            self.copied.emit(_("Copied: {text}").format(text=text))
