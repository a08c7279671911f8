"""Notices in the page: what happened, where, what to do; said in place, once, never in a box."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import icons, style


class Notice(QFrame):
    """One notice: an icon, a sentence, perhaps a button, perhaps a cross to close it."""

    def __init__(self, kind: str, *, closable: bool, on_action: Callable[[], None] | None) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("kind", kind)
        self._kind = kind
        self._icon = QLabel()
        self._label = QLabel(wordWrap=True)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.M, style.XS, style.S, style.XS)
        row.setSpacing(style.S)
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        self._action = QPushButton()
        self._action.setProperty("role", "quiet")
        if on_action is not None:
            self._action.clicked.connect(on_action)
        row.addWidget(self._action)
        self._action.setVisible(on_action is not None)  # only now: see below
        self._close = QPushButton()
        self._close.setProperty("role", "quiet")
        self._close.clicked.connect(self.hide)
        row.addWidget(self._close)
        self._close.setVisible(closable)  # only now: alone it would be a window of its own

    def set_text(self, text: str, action: str = "") -> None:
        """Say this."""
        self._label.setText(text)
        self._action.setText(action)
        self.setAccessibleName(text)
        self.refresh()

    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def refresh(self) -> None:
        """Take over the colours and the language."""
        colours = style.colours()
        name, colour = {
            "info": ("info", colours.accent),
            "warning": ("warning", colours.doubtful),
            "error": ("error", colours.error),
        }[self._kind]
        self._icon.setPixmap(icons.icon(name, colour).pixmap(18, 18))
        self._close.setIcon(icons.icon("close", colours.muted))
        self._close.setAccessibleName(_("Close this notice"))
        self._close.setToolTip(_("Close this notice"))


class NoticeArea(QWidget):
    """Notices below one another; a new one with the key of an older one takes its place."""

    def __init__(self) -> None:
        super().__init__()
        self._notices: dict[str, Notice] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(style.S)

    def say(
        self,
        key: str,
        kind: str,
        text: str,
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        closable: bool = True,
    ) -> None:
        """Show a notice; ``kind`` is "info", "warning" or "error"."""
        self.clear(key)
        notice = Notice(kind, closable=closable, on_action=on_action)
        notice.set_text(text, action)
        self._notices[key] = notice
        self._column.addWidget(notice)
        notice.show()

    def clear(self, key: str) -> None:
        """Take a notice away; nothing happens where there is none."""
        notice = self._notices.pop(key, None)
        if notice is not None:
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()

    def texts(self) -> dict[str, str]:
        """What is being said, by key."""
        return {key: n.text() for key, n in self._notices.items() if not n.isHidden()}

    def refresh(self) -> None:
        """Take over the colours."""
        for notice in self._notices.values():
            notice.refresh()
