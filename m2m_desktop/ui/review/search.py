"""The search for another term: a field above the candidates, and hits in their place while used.

The phrase in hand stays in hand. Hits stand in groups, the closest kind of match first, and each row
says why it was found.
"""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, icons, style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.review.hits import REASONS, HitColumn, HitModel
from m2m_desktop.ui.review.terms import FoundTerm, found_from_json
from m2m_desktop.ui.score_delegate import RowDelegate
from m2m_desktop.ui.widgets import Table, label, shortcut

DEBOUNCE_MS = 250
ASKED, FEW = 300, 8
"""So many hits are asked for; where fewer than the second contain the text, similar ones follow."""


class SearchField(QLineEdit):
    """The field; Down and Enter go on to the hits."""

    down_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down leaves the field."""
        if event.key() == Qt.Key.Key_Down:
            self.down_wanted.emit()
            return
        super().keyPressEvent(event)


class TermSearch(QWidget):
    """Field and hits; says which hit is looked at and which is wanted."""

    looked_at = Signal(object)
    """The `FoundTerm` of the current row."""
    wanted = Signal(object)
    """The `FoundTerm` to be taken into the set."""
    opened = Signal(bool)
    """Whether hits stand in place of the candidates."""
    copied = Signal(str)

    def __init__(self, client: EngineClient) -> None:
        super().__init__()
        self._client, self.terminology = client, ""
        self._turn = 0
        self._past: list[str] = []
        self._at = 0
        self.field, self.model, self.table = SearchField(), HitModel(), Table()
        self.field.setClearButtonEnabled(True)
        self._glass = QAction(self.field)
        self.field.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.note = label("muted", style.CAPTION)
        self.note.setWordWrap(True)
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.table))
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(lambda: self.ask())
        self.field.textChanged.connect(self._edited)
        self.field.returnPressed.connect(self._entered)
        self.field.down_wanted.connect(self._go_down)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.table.doubleClicked.connect(lambda index: self._want(index.row()))
        for keys in ("Return", "Enter", "Space"):
            shortcut(self.table, keys).activated.connect(
                lambda: self._want(self.table.current_row())
            )
        for keys, field in (("Ctrl+C", "name"), ("Ctrl+Shift+C", "code")):
            shortcut(self.table, keys).activated.connect(lambda field=field: self._copy(field))
        self.hits = QWidget()
        inside = QVBoxLayout(self.hits)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        self.retranslate()

    @property
    def is_open(self) -> bool:
        """Whether something is being looked for."""
        return bool(self.field.text().strip())

    def close_hits(self) -> None:
        """Empty the field: the candidates stand there again."""
        self.field.clear()

    def begin(self) -> None:
        """Go to the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # -- asking ----------------------------------------------------------------------------------

    def _edited(self) -> None:
        self._turn += 1
        if self.is_open:
            self._pause.start()
        else:
            self._pause.stop()
            self.model.set_hits([])
        self.opened.emit(self.is_open)

    def _entered(self) -> None:
        if self._pause.isActive():
            self.ask()
        else:
            self._go_down()

    def ask(self, *, is_new: bool = True) -> None:
        """Ask for what the field says; only a new search goes into the list of searches."""
        self._pause.stop()
        text = self.field.text().strip()
        if not text:
            return
        if is_new:
            self._keep(text)
        self.note.setText(_("Searching…"))
        kind = "code" if text.isdecimal() and len(text) == 8 else "contains"
        self._send(text, kind, [])

    def _send(self, text: str, kind: str, found: Sequence[FoundTerm]) -> None:
        turn = self._turn
        params = {
            "terminology": self.terminology,
            "text": text,
            "kind": kind,
            "limit": ASKED,
            **({"level": "pt"} if kind == "fuzzy" else {}),
        }

        def take(told: Json) -> None:
            if turn == self._turn:
                self._take(text, kind, found, found_from_json(told))

        def fail(error: CodingToolError) -> None:
            if turn == self._turn:
                self.note.setText(sentence(error))

        self._client.request("search", params, on_answer=take, on_error=fail)

    def _take(
        self, text: str, kind: str, found: Sequence[FoundTerm], new: tuple[FoundTerm, ...]
    ) -> None:
        known = {(hit.level, hit.code) for hit in found}
        hits = [*found, *(hit for hit in new if (hit.level, hit.code) not in known)]
        self.model.set_hits(hits)
        if hits:
            self.table.setCurrentIndex(self.model.index(0, HitColumn.NAME))
        if kind == "contains" and len(hits) < FEW:
            self._send(text, "fuzzy", hits)
        self._say(len(hits))

    def _say(self, count: int) -> None:
        if count == 0:
            self.note.setText(_("No PT or LLT was found."))
        else:
            told = _("Found: {count}").format(count=f"{count}+" if count >= ASKED else count)
            how = _("Enter or double click takes a term into the set, Esc goes back.")
            self.note.setText(f"{told} · {how}")

    # -- the searches of before ------------------------------------------------------------------

    def _keep(self, text: str) -> None:
        if not self._past or self._past[-1] != text:
            self._past = [one for one in self._past if one != text] + [text]
        self._at = len(self._past) - 1

    def go_back(self) -> None:
        """Show the search before this one; without one at work, the last."""
        self._go(self._at - 1 if self.is_open else len(self._past) - 1)

    def go_forward(self) -> None:
        """Show the search after this one; after the last one, none."""
        if self.is_open:
            self._go(self._at + 1)

    def _go(self, at: int) -> None:
        if 0 <= at < len(self._past):
            self._at = at
            self.field.setText(self._past[at])
            self.ask(is_new=False)
        elif at >= len(self._past):
            self.close_hits()

    # -- the hits --------------------------------------------------------------------------------

    def _go_down(self) -> None:
        if self.model.rowCount():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _moved(self, current: QModelIndex) -> None:
        hit = self.model.hit(current.row())
        if hit is not None:
            self.looked_at.emit(hit)

    def _want(self, row: int) -> None:
        hit = self.model.hit(row)
        if hit is not None:
            self.wanted.emit(hit)

    def _copy(self, field: str) -> None:
        hit = self.model.hit(self.table.current_row())
        if hit is not None:
            clipboard.copy_text(str(getattr(hit, field)))
            self.copied.emit(_("Copied: {text}").format(text=getattr(hit, field)))

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.field.setPlaceholderText(_("Search another term: name, part of it, or code"))
        self.field.setAccessibleName(_("Search another term"))
        self.table.setAccessibleName(_("Terms that were found"))
        self._glass.setIcon(icons.icon("search", style.colours().muted))
        self.table.lay_out(
            {
                HitColumn.REASON: map(_, REASONS.values()),
                HitColumn.LEVEL: ("LLT",),
                HitColumn.CODE: ("90000000",),
            }
        )
