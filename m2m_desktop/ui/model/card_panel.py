"""The right side of the page of models: the card of one, what can be done with it, what is done."""

from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style
from m2m_desktop.ui.model.card import SPEED_ANCHOR, Check, card_html
from m2m_desktop.ui.model.list import empty_text, state_icon
from m2m_desktop.ui.model.protocol import ModelCard, Speed
from m2m_desktop.ui.model.uses import is_optional
from m2m_desktop.ui.model.widgets import ICON_PX, ElidedLabel
from m2m_desktop.ui.model.words import status_text, use_text
from m2m_desktop.ui.widgets import button, card, label


class ModelCardPanel(QWidget):
    """Shows one model and whether something runs; the page connects the buttons."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: ModelCard | None = None
        self._is_default = self.is_working = self._can_compute = False
        self.name = ElidedLabel(style.LEAD, bold=True)
        self._state_icon, self._state = QLabel(), label("muted")
        self.card = QTextBrowser()
        self.card.setOpenLinks(False)
        self.card.document().setDocumentMargin(0)
        self.use_button, self.copy_button = button("primary"), button("quiet")
        self.verify_button, self.speed_button, self.remove_button = button(), button(), button()
        self.vectors, self.vectors_text = QWidget(), label("muted")
        self.vectors_text.setWordWrap(True)
        self.vectors_button = button()
        self.busy, self.busy_text, self.stop_button = QWidget(), label("muted"), button()
        self.busy_bar = QProgressBar()
        self.busy_bar.setTextVisible(False)
        self._lay_out()
        self._say_words()
        self.refresh()
        self.show_model(None)

    def _lay_out(self) -> None:
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.L, style.M, style.L, style.M)
        inside.setSpacing(style.XS)
        inside.addWidget(self.name)
        line = QHBoxLayout()
        line.setSpacing(style.S)
        line.addWidget(self._state_icon)
        line.addWidget(self._state, 1)
        line.addWidget(self.copy_button)
        inside.addLayout(line)
        inside.addWidget(self.card, 1)
        computed = QHBoxLayout(self.vectors)
        computed.setContentsMargins(0, 0, 0, 0)
        computed.setSpacing(style.S)
        computed.addWidget(self.vectors_text, 1)
        computed.addWidget(self.vectors_button)
        inside.addWidget(self.vectors)
        working = QHBoxLayout(self.busy)
        working.setContentsMargins(0, 0, 0, 0)
        working.setSpacing(style.S)
        working.addWidget(self.busy_text)
        working.addWidget(self.busy_bar, 1)
        working.addWidget(self.stop_button)
        inside.addWidget(self.busy)
        buttons = QHBoxLayout()
        buttons.setSpacing(style.S)
        for part in (self.use_button, self.verify_button, self.speed_button):
            buttons.addWidget(part)
        buttons.addStretch(1)
        buttons.addWidget(self.remove_button)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(surface)

    def _say_words(self) -> None:
        self.card.setAccessibleName(_("Card of the model"))
        self.busy_bar.setAccessibleName(_("Progress"))
        self.vectors_button.setText(_("Compute now"))
        self.vectors_button.setToolTip(
            _("Nothing is coded meanwhile; what is computed is kept if you cancel")
        )
        self.verify_button.setText(_("Verify"))
        self.verify_button.setToolTip(
            _("Compare every file with its hash; repeat the check inputs")
        )
        self.speed_button.setText(_("Measure speed"))
        self.copy_button.setText(_("Copy hash"))
        self.remove_button.setText(_("Delete…"))
        self.stop_button.setText(_("Cancel"))

    def refresh(self) -> None:
        """Take over the colours; `show_model` has to be called again."""
        self.copy_button.setIcon(icons.icon("copy", style.colours().accent))

    # -- the model -------------------------------------------------------------------------------

    def show_model(
        self,
        shown: ModelCard | None,
        *,
        is_default: bool = False,
        check: Check | None = None,
        speed: Speed | None = None,
    ) -> None:
        """Show a model, with what was found out about it since the program started."""
        self._shown, self._is_default = shown, is_default
        self._enable()
        if shown is None:
            self.name.set_full_text("")
            self._state.setText("" if self.is_working else empty_text())
            self._state_icon.clear()
            self.card.clear()
            return
        self.name.set_full_text(shown.name)
        self._state.setText(status_text(shown, is_default=is_default))
        self._state_icon.setPixmap(state_icon(shown).pixmap(ICON_PX, ICON_PX))
        self.card.setHtml(card_html(shown, check, speed))

    def show_vectors(self, text: str, *, can_compute: bool) -> None:
        """Say whether an encoder can take part already; nothing: this is no such model."""
        self.vectors.setVisible(bool(text))
        self.vectors_text.setText(text)
        self._can_compute = can_compute
        self._enable()

    def go_to_speed(self) -> None:
        """Bring the measured speed into view."""
        self.card.scrollToAnchor(SPEED_ANCHOR)

    def _enable(self) -> None:
        shown, is_free = self._shown, not self.is_working
        is_there = shown is not None and is_free
        kind = shown.kind if shown else ""
        may_change = not self._is_default or is_optional(kind)
        is_usable = bool(shown and shown.is_usable and may_change)
        is_stop = self._is_default and is_optional(kind)
        self.use_button.setText(use_text(kind, is_used=is_stop))
        self._dress_use_button("" if is_stop else "primary")
        self.vectors_button.setVisible(self._can_compute)
        self.vectors_button.setEnabled(is_there and not (shown and shown.problem))
        is_shipped = bool(shown and shown.is_shipped)
        self.use_button.setEnabled(is_there and is_usable)
        self.verify_button.setEnabled(is_there)
        self.speed_button.setEnabled(is_there and not (shown and shown.problem))
        self.copy_button.setEnabled(bool(shown and shown.hash))
        self.remove_button.setEnabled(is_there and not is_shipped)
        self.remove_button.setToolTip(_("This model ships with the program") if is_shipped else "")
        self.busy.setVisible(not is_free)

    def _dress_use_button(self, role: str) -> None:
        """To turn something off is not what the card is for: that button does not stand out."""
        if self.use_button.property("role") != role:
            self.use_button.setProperty("role", role)
            self.use_button.style().unpolish(self.use_button)
            self.use_button.style().polish(self.use_button)

    # -- work ------------------------------------------------------------------------------------

    def start_work(self, text: str, *, takes_focus: bool = True) -> None:
        """Say that something runs; nothing else can be begun until `end_work`."""
        self.is_working = True
        self.busy_text.setText(text)
        self.busy_bar.setRange(0, 0)
        self.busy.show()
        if takes_focus:  # before the button that was pressed is disabled and Qt moves the focus on
            self.stop_button.setFocus()
        self._enable()

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far it is; ``total`` 0: nobody knows."""
        self.busy_bar.setRange(0, total)
        self.busy_bar.setValue(min(done, total))
        if note:
            self.busy_text.setText(_(note))

    def end_work(self, asked_with: QPushButton | None, otherwise: QWidget) -> None:
        """Give the focus back to the button, or else to another field, unless the user moved it."""
        has_focus = self.focusWidget() is self.stop_button
        self.is_working = False
        self._enable()
        if has_focus:
            is_there = asked_with is not None and asked_with.isEnabled()
            (asked_with if asked_with and is_there else otherwise).setFocus()
