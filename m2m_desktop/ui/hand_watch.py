"""Whether somebody is at work on a view: only what nobody touches may move by itself."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

LEFT_MS = 150
"""The pointer is gone after so long: on its way from one view to the next it is in neither."""

_ACTS = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}


class HandWatch(QObject):
    """Watches one or several views; see `is_on`."""

    left = Signal()
    """The pointer has left all views, a moment ago."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._views: list[QAbstractScrollArea] = []
        self._watched: set[QObject] = set()
        self.has_acted = False
        """Whether a key or a button was pressed, or a wheel turned, since `forget`."""
        self._pause = QTimer(self, singleShot=True, interval=LEFT_MS)
        self._pause.timeout.connect(self._say_left)

    def watch(self, view: QAbstractScrollArea) -> None:
        """Watch this view and its scroll bar, too."""
        self._views.append(view)
        for part in (view, view.viewport(), view.verticalScrollBar()):
            self._watched.add(part)
            part.installEventFilter(self)

    def forget(self) -> None:
        """Start anew: something else is shown."""
        self.has_acted = False

    def is_over(self) -> bool:
        """Whether the pointer rests over a view."""
        return any(view.isVisible() and view.underMouse() for view in self._views)

    def is_on(self) -> bool:
        """Whether a view is being used: touched, under the pointer, or the one that has the keys."""
        return self.has_acted or self.is_over() or any(map(QWidget.hasFocus, self._views))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what happens; keep nothing from anybody."""
        if watched in self._watched:
            if event.type() in _ACTS:
                self.has_acted = True
            elif event.type() == QEvent.Type.Leave:
                self._pause.start()
        return super().eventFilter(watched, event)

    def _say_left(self) -> None:
        if not self.is_over():
            self.left.emit()
