"""The strip above the review table: how far coding is, how long it will take, pause and go on."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import style
from m2m_desktop.ui.batch_runner import BatchRunner
from m2m_desktop.ui.widgets import button, label

MINUTE_S, HOUR_S = 60, 3600


class BatchBar(QFrame):
    """Shows a runner; hidden when there is nothing left to code."""

    go_on_wanted = Signal()

    def __init__(self, runner: BatchRunner) -> None:
        super().__init__()
        self.setObjectName("card")
        self._runner = runner
        self._note = ""
        self.words, self.figures = label(), label("muted")
        self.bar = QProgressBar(textVisible=False)
        self.toggle = button()
        self.toggle.clicked.connect(self._toggle)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.M, style.XS, style.S, style.XS)
        row.setSpacing(style.M)
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.figures)
        row.addWidget(self.toggle)
        runner.progressed.connect(lambda _done, _total: self._say_progress())
        runner.state_changed.connect(self.refresh)
        runner.noted.connect(self._say_note)
        self.refresh()

    def _toggle(self) -> None:
        if self._runner.is_running:
            self._runner.pause()
        else:
            self.go_on_wanted.emit()

    def _say_note(self, done: int, total: int, note: str) -> None:
        if note and total:
            self._note = _("Preparing the terminology for the first time… {percent} %").format(
                percent=100 * done // total
            )
            self.refresh()

    def _say_progress(self) -> None:
        self._note = ""
        self.refresh()

    def refresh(self) -> None:
        """Show where the runner stands now, in the language of now."""
        runner = self._runner
        done = runner.total - runner.remaining
        self.setVisible(runner.remaining > 0)
        self.bar.setAccessibleName(_("Progress of coding"))
        self.bar.setRange(0, max(runner.total, 1))
        self.bar.setValue(done)
        state = _("Coding") if runner.is_running else _("Coding is paused")
        self.words.setText(self._note if self._note and runner.is_running else state)
        self.figures.setText(self._figures(done))
        self.toggle.setText(_("Pause") if runner.is_running else _("Go on"))

    def _figures(self, done: int) -> str:
        runner = self._runner
        text = ngettext("{done} of {total} phrase", "{done} of {total} phrases", runner.total)
        parts = [text.format(done=f"{done:,}", total=f"{runner.total:,}")]
        left = runner.pace.seconds_left(runner.total) if runner.is_running else None
        if left is not None:
            parts.append(_("{rate} a second").format(rate=f"{runner.pace.per_second:.1f}"))
            parts.append(time_left(left))
        return "   ·   ".join(parts)


def time_left(seconds: float) -> str:
    """How long something will still take, in words; rounded up, never to the second."""
    if seconds < MINUTE_S:
        return _("less than a minute left")
    if seconds < HOUR_S:
        return _("about {minutes} min left").format(minutes=-(-int(seconds) // MINUTE_S))
    hours, rest = divmod(int(seconds), HOUR_S)
    return _("about {hours} h {minutes} min left").format(hours=hours, minutes=rest // MINUTE_S)
