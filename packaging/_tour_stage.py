"""Runs the tour: the program in this process, its keys through the X server, its steps a generator.

A step yields what it waits for; a timer asks, also while a dialog has an event loop of its own, so
nothing is ever waited for by sleeping. Without a window manager somebody has to do its little work:
whatever opens is given the keyboard, what lay below gets it back, dialogs have an edge.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from _keyboard import SCREEN, Keyboard
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.engine_client import EngineState

Wait = tuple[str, Callable[[], bool]]
"""What is waited for, in words for whoever reads of a failure, and whether it is so now."""
Steps = Iterator[Wait]

TICK_MS = 20
PATIENCE_S = 60
CALM_MS = 350
"""Before a picture is taken: what fades in is there by then."""


class TourFailed(Exception):
    """A step cannot be done by keyboard; says which and why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A step that was recorded."""

    name: str
    path: Path


class Stage(QObject):
    """See the module. `pictures` and `failure` are there after `run`."""

    def __init__(
        self, app: QApplication, program: Program, keyboard: Keyboard, out: Path, *, records: bool
    ) -> None:
        """``out`` is where pictures go: all of them if it ``records``, else only of a failure."""
        super().__init__()
        self._records = records
        self.app, self.program, self.window = app, program, program.window
        self.keyboard, self._out = keyboard, out
        self.pictures: list[Picture] = []
        self.failure, self.is_done = "", False
        self._heard = 0
        self._steps: Steps = iter(())
        self._wait: Wait | None = None
        self._since = 0.0
        self._open: list[QWindow] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        app.installEventFilter(self)

    def run(self, steps: Steps) -> None:
        """Do the steps; comes back when the window was closed or something failed."""
        self._steps = steps
        self._timer.start()
        self.app.exec()
        self._timer.stop()
        self.app.removeEventFilter(self)
        if not self.failure and not self.is_done:  # the last step closes the window, and all ends
            self._tick()
        if not self.failure and not self.is_done:
            self.failure = "the window was closed before the tour was over"

    # -- what steps are made of ------------------------------------------------------------------

    def press(self, *chords: str) -> Steps:
        """Press keys one after the other; each is waited for until the program has heard it."""
        for chord in chords:
            heard, window = self._heard, self.app.focusWindow()
            self.keyboard.press(chord)
            yield f"the key {chord} being heard", self._hearing(heard + 1, window)

    def write(self, text: str) -> Steps:
        """Type text."""
        wanted = self._heard + len(text)
        self.keyboard.write(text)
        yield f"“{text}” being typed", lambda: self._heard >= wanted

    def _hearing(self, count: int, window: QWindow | None) -> Callable[[], bool]:
        """So many keys, or a window that opened: the release of the key is nobody's then."""
        return lambda: self._heard >= count or self.app.focusWindow() is not window

    def paste(self, text: str) -> Steps:
        """Bring in text from another program: it lies in the clipboard, Ctrl+V takes it."""
        QGuiApplication.clipboard().setText(text)
        yield from self.press("ctrl+v")

    def calm(self) -> Steps:
        """Wait until both engines are done and nothing moves any more."""
        clients = (self.program.client, self.program.lookup_client)
        busy = (EngineState.WORKING, EngineState.STARTING)
        yield "the engines", lambda: not any(client.state in busy for client in clients)
        end = time.monotonic() + CALM_MS / 1000
        yield "calm", lambda: time.monotonic() > end

    def shoot(self, name: str) -> Steps:
        """Record what is on the screen."""
        if not self._records:
            return
        yield from self.calm()
        path = self._out / f"{len(self.pictures) + 1:02}_{name}.png"
        self.check(self.screenshot().save(str(path)), f"{path} cannot be written")
        self.pictures.append(Picture(name, path))

    def screenshot(self) -> QImage:
        """The whole screen."""
        return self.app.primaryScreen().grabWindow(0).toImage()

    def focus(self) -> QWidget | None:
        """Where the keys go."""
        return self.app.focusWidget()

    def tab_to(
        self, widget: Callable[[], QWidget | None], *, key: str = "tab", most: int = 40
    ) -> Steps:
        """Press Tab until a widget has the focus."""
        for _time in range(most):
            wanted = widget()
            if wanted is not None and wanted.hasFocus():
                return
            yield from self.press(key)
        raise TourFailed(f"{key} does not lead to {_name(widget())}")

    def check(self, is_so: object, what: str) -> None:
        """Fail unless something is so."""
        if not is_so:
            raise TourFailed(what)

    # -- running ---------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._manage_windows()
        if self._wait is not None:
            what, is_so = self._wait
            if not is_so():
                if time.monotonic() - self._since > PATIENCE_S:
                    self._fail(f"waited {PATIENCE_S} s in vain for {what}")
                return
        try:
            self._wait = next(self._steps, None)
        except TourFailed as error:
            self._fail(str(error))
            return
        self._since = time.monotonic()
        if self._wait is None:
            self.is_done = True
            self._timer.stop()

    def _fail(self, why: str) -> None:
        self.failure = f"{why} (the keys go to {_name(self.focus())})"
        self.screenshot().save(str(self._out / "failed.png"))
        self._timer.stop()
        self.app.exit(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Count the keys that have arrived."""
        is_release = event.type() == QEvent.Type.KeyRelease and isinstance(watched, QWindow)
        if is_release and isinstance(event, QKeyEvent) and event.key() not in _MODIFIERS:
            self._heard += 1
        return False

    def _manage_windows(self) -> None:
        kinds = (Qt.WindowType.Window, Qt.WindowType.Dialog)
        shown = [w for w in self.app.topLevelWindows() if w.isVisible() and w.type() in kinds]
        new = [window for window in shown if window not in self._open]
        self._open = [window for window in self._open if window in shown] + new
        for window in new:
            self._furnish(window)
        if self._open and (new or self.app.focusWindow() is None):
            (self.app.modalWindow() or self._open[-1]).requestActivate()

    def _furnish(self, window: QWindow) -> None:
        if window is self.window.windowHandle():
            window.setGeometry(0, 0, *SCREEN)
        else:
            self.keyboard.edge(int(window.winId()), style.colours().muted)
            x = max(0, (SCREEN[0] - window.width()) // 2)
            y = max(0, (SCREEN[1] - window.height()) // 2)
            window.setPosition(x, y)


_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt)


def _name(widget: QWidget | None) -> str:
    if widget is None:
        return "nothing"
    return f"{type(widget).__name__} “{widget.accessibleName() or widget.objectName()}”"
