"""The page of an installation that runs: its steps, how far it is, and the way to stop it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.services.model_kinds import FLOAT32
from m2m_desktop.services.model_steps import COPIED_STEPS, QUANTISED_STEPS
from m2m_desktop.ui import style
from m2m_desktop.ui.model.protocol import FoundModel
from m2m_desktop.ui.model.widgets import ElidedLabel, StepRow, foot
from m2m_desktop.ui.widgets import button, label


class WorkPanel(QWidget):
    """Shows what `show_progress` is told."""

    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._steps: Sequence[str] = ()
        self.where, self.steps = ElidedLabel(), StepRow()
        self.step, self.percent = label("muted"), label("muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(_("Progress of the installation"))
        self.cancel_button = button()
        self.cancel_button.setText(_("Cancel installation"))
        self.cancel_button.clicked.connect(self.cancel_wanted)
        line = QHBoxLayout()
        line.addWidget(self.steps, 1)
        line.addWidget(self.percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addWidget(self.where)
        column.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addWidget(self.step)
        column.addStretch(2)
        column.addLayout(foot(self.cancel_button))

    def start(self, found: FoundModel, precision: str) -> None:
        """Begin with the first of the steps that this model takes."""
        is_quantised = not found.is_bundle and precision != FLOAT32
        self._steps = QUANTISED_STEPS if is_quantised else COPIED_STEPS
        self.steps.set_steps([_(step) for step in self._steps])
        self.where.set_full_text(found.path)
        self.cancel_button.setEnabled(True)
        self.step.setText(_("Waiting for the engine"))
        self.percent.setText("")
        self.bar.setRange(0, 0)

    def show_progress(self, done: int, total: int, note: str) -> None:
        """Show how far the installation is; ``total`` 0: nobody knows."""
        at = next((n for n, step in enumerate(self._steps) if note.startswith(step)), None)
        if at is not None:
            self.steps.set_current(at)
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.percent.setText(f"{100 * min(done, total) // total} %" if total else "")
        if self.cancel_button.isEnabled():
            self.step.setText("" if note in self._steps else _(note))

    def show_cancelling(self) -> None:
        """Say that it is being stopped."""
        self.cancel_button.setEnabled(False)
        self.step.setText(_("Cancelling"))

    def refresh(self) -> None:
        """Take over the colours."""
        self.steps.set_current(self.steps.current())
