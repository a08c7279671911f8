"""What stands on the workbook page while a project is open: its name, the coding, the review.

Made with the first project: nothing of it is needed to show the window.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.batch_bar import BatchBar
from m2m_desktop.ui.batch_runner import BatchRunner
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.model.widgets import ElidedLabel
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.page import ReviewPage
from m2m_desktop.ui.widgets import button


class Work(QWidget):
    """Only puts the parts together; the page wires them."""

    narratives_wanted = Signal()
    export_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, client: EngineClient, notices: NoticeArea) -> None:
        super().__init__()
        self.runner = BatchRunner(client, self)
        self.review, self.batch = ReviewPage(client, notices), BatchBar(self.runner)
        self.name = ElidedLabel(style.LEAD, bold=True)
        self.export_button, self.close_button = button("primary"), button()
        self.narratives_button = button()
        self.narratives_button.clicked.connect(self.narratives_wanted)
        self.export_button.clicked.connect(self.export_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setSpacing(style.S)
        head.addWidget(self.name, 1)
        head.addWidget(self.narratives_button)
        head.addWidget(self.export_button)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.S)
        column.addLayout(head)
        column.addWidget(self.batch)
        column.addWidget(self.review, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.batch.refresh()
        self.review.retranslate()
        self.narratives_button.setText(_("Compare with narratives…"))
        self.narratives_button.setToolTip(
            _("Show what the descriptions of the reports tell and the name column leaves out")
        )
        self.export_button.setText(_("Export…"))
        self.close_button.setText(_("Close"))
        self.close_button.setToolTip(_("Everything is saved already"))
