"""The question before something is done to many phrases at once: how many, and what stays."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.services.language import _, ngettext
from m2m_desktop.ui import style
from m2m_desktop.ui.review.steps import Planned
from m2m_desktop.ui.widgets import button, label


class ConfirmDialog(QDialog):
    """Asks; ``then`` is called where the answer is yes."""

    def __init__(
        self, parent: QWidget, title: str, yes: str, planned: Planned, then: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        heading = label(factor=style.LEAD, bold=True)
        heading.setText(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.XL, style.L, style.XL, style.L)
        column.setSpacing(style.S)
        column.addWidget(heading)
        for line in passed_by_lines(planned):
            made = label("muted")
            made.setText(line)
            column.addWidget(made)
        made = label("muted")
        made.setText(_("One undo (Ctrl+Z) takes all of it back."))
        column.addWidget(made)
        column.addSpacing(style.M)
        self.yes, self.no = button("primary"), button()
        self.yes.setText(yes)
        self.yes.setDefault(True)
        self.yes.setEnabled(bool(planned.changes))
        self.no.setText(_("Cancel"))
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(style.S)
        foot.addStretch(1)
        foot.addWidget(self.no)
        foot.addWidget(self.yes)
        column.addLayout(foot)
        self.setMinimumWidth(420)
        self.accepted.connect(then)
        self.finished.connect(self.deleteLater)


def passed_by_lines(planned: Planned) -> Sequence[str]:
    """What stays as it is, and why."""
    lines = (
        (
            planned.locked,
            ngettext(
                "{count} is decided already and stays as it is.",
                "{count} are decided already and stay as they are.",
                planned.locked,
            ),
        ),
        (
            planned.empty,
            ngettext(
                "{count} has no term and stays open.",
                "{count} have no term and stay open.",
                planned.empty,
            ),
        ),
        (planned.unchanged, _("{count} would not change.")),
    )
    return [text.format(count=f"{count:,}") for count, text in lines if count]
