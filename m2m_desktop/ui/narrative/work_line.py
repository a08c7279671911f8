"""The line below the text: what is being done, how it can be stopped, and how it was done."""

from PySide6.QtCore import QObject, QTimer

from m2m_desktop.services.language import _
from m2m_desktop.ui.narrative.asking import NarrativeAsking
from m2m_desktop.ui.narrative.text_panel import TextPanel

SHOWN_BUSY_MS = 300
"""What takes less is not worth a button that comes and goes."""


class WorkLine(QObject):
    """Watches what is asked and says it in the panel of the text."""

    def __init__(self, asking: NarrativeAsking, panel: TextPanel) -> None:
        super().__init__(panel)
        self._asking, self._panel = asking, panel
        self._warnings: tuple[str, ...] = ()
        self._note, self._was_stopped = "", False
        self._pause = QTimer(self, singleShot=True, interval=SHOWN_BUSY_MS)
        self._pause.timeout.connect(lambda: panel.set_busy(on=True))
        asking.changed.connect(self._look)
        asking.progressed.connect(self._show_progress)
        panel.stop_wanted.connect(self.stop)

    def stop(self) -> None:
        """Give up reading and coding; what is known stays."""
        self._asking.stop()
        self._was_stopped = True
        self.say()

    def begin(self) -> None:
        """The text is read now."""
        self._was_stopped = False

    def set_warnings(self, warnings: tuple[str, ...]) -> None:
        """What the engine says about how it was read."""
        self._warnings = warnings
        self.say()

    def _look(self) -> None:
        if not self._asking.is_reading and not self._asking.waiting:
            self._pause.stop()
            self._note = ""
            self._panel.set_busy(on=False)
        elif not self._pause.isActive():
            self._pause.start()
        self.say()

    def _show_progress(self, done: int, total: int, note: str) -> None:
        self._note = ""
        if note and total:
            self._note = _("Preparing the terminology for the first time… {percent} %").format(
                percent=100 * done // total
            )
        self.say()

    def say(self) -> None:
        """Say it, in the language of now."""
        waiting = len(self._asking.waiting)
        if self._note:
            text = self._note
        elif self._asking.is_reading:
            text = _("Reading the narrative…")
        elif waiting:
            text = _("Coding… {count} left").format(count=waiting)
        elif self._was_stopped:
            text = _("Stopped. “Read” goes on.")
        else:
            text = " ".join(self._warnings)
        self._panel.state.setText(text)
