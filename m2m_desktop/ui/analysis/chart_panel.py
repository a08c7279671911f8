"""The chart beside a table: how many bars, severities or not, and the ways to take it along."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QIODevice, QSaveFile, QSettings, Signal
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop.core.charts import Bar
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.chart_view import ChartView
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.widgets import button, card

TOPS = (5, 10, 15, 20, 30)
USUAL_TOP = 10
NOTICE = "chart"
LAST_FOLDER = "last_folder"


class ChartPanel(QWidget):
    """Says when another number of bars, or another kind of them, is wanted."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, notices: NoticeArea, stored: QSettings) -> None:
        super().__init__()
        self._notices, self._stored, self._title = notices, stored, ""
        self.view, self.area = ChartView(), QScrollArea()
        self.top, self.severity_box = QComboBox(), QCheckBox()
        self.copy_button, self.save_button = button(), button()
        self.severity_box.setChecked(True)
        self._lay_out()
        self.top.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.severity_box.toggled.connect(lambda _on: self.changed.emit())
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.choose_file)
        self.retranslate()

    def _lay_out(self) -> None:
        self.area.setWidget(self.view)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        above = QHBoxLayout()
        above.setSpacing(style.S)
        above.addWidget(self.top)
        above.addWidget(self.severity_box)
        above.addStretch(1)
        above.addWidget(self.copy_button)
        above.addWidget(self.save_button)
        surface = card()
        inside = QVBoxLayout(surface)
        inside.setContentsMargins(style.M, style.S, style.M, style.S)
        inside.setSpacing(style.S)
        inside.addLayout(above)
        inside.addWidget(self.area, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(surface)

    def most(self) -> int:
        """How many bars are wanted."""
        return int(self.top.currentData() or USUAL_TOP)

    def by_severity(self) -> bool:
        """Whether the bars are made of severities."""
        return self.severity_box.isChecked()

    def show_bars(
        self, title: str, printed: str, bars: Sequence[Bar], *, has_severities: bool
    ) -> None:
        """Draw these; ``printed`` is the title of the chart where it is taken elsewhere."""
        self._title = title
        self.severity_box.setVisible(has_severities)
        self.view.show_bars(title, printed, bars)
        for one in (self.copy_button, self.save_button):
            one.setEnabled(bool(bars))

    def retranslate(self) -> None:
        """Take over language and colours."""
        self.setStyleSheet(
            "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"
        )
        chosen = self.most()
        self.top.blockSignals(True)
        self.top.clear()
        for number in TOPS:
            self.top.addItem(_("{count} bars").format(count=number), number)
        self.top.setCurrentIndex(max(0, self.top.findData(chosen)))
        self.top.blockSignals(False)
        self.top.setAccessibleName(_("How many rows of the table the chart shows"))
        self.top.setToolTip(_("The chart shows the first rows of the table, in its order"))
        self.severity_box.setText(_("By severity"))
        self.area.setAccessibleName(_("Chart"))
        self.copy_button.setText(_("Copy"))
        self.copy_button.setAccessibleName(_("Copy the chart"))
        self.copy_button.setToolTip(_("Copy the chart for a report, dark on white"))
        self.save_button.setText(_("Save…"))
        self.save_button.setAccessibleName(_("Save the chart"))
        self.save_button.setToolTip(_("Save the chart as PNG or SVG, dark on white"))
        self.view.refresh()

    # -- taking it along -------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the chart on the clipboard."""
        if not self.view.is_empty:
            self.view.copy()
            self.said.emit(_("Copied: the chart as a picture"))

    def choose_file(self) -> None:
        """Ask where to, and save the chart."""
        folder = str(self._stored.value(LAST_FOLDER, "") or "")
        name = "".join(c for c in self._title if c not in '\\/:*?"<>|').strip()
        path, kind = QFileDialog.getSaveFileName(
            self,
            _("Save the chart"),
            str(Path(folder) / f"{name}.png"),
            f"{_('Pictures ({patterns})').format(patterns='*.png')};;"
            f"{_('Drawings that stay sharp ({patterns})').format(patterns='*.svg')}",
        )
        if path:
            suffix = Path(path).suffix.lower()
            if suffix not in {".png", ".svg"}:
                path += ".svg" if "svg" in kind else ".png"
            self.save(path)

    def save(self, path: str) -> None:
        """Write the chart into a file, of the kind its name says: whole, or not at all."""
        self._stored.setValue(LAST_FOLDER, str(Path(path).parent))
        writes: Callable[[QSaveFile], bool] = self._write_png
        if path.lower().endswith(".svg"):
            writes = self._write_svg
        file = QSaveFile(path)
        is_written = file.open(QIODevice.OpenModeFlag.WriteOnly) and writes(file) and file.commit()
        if is_written:
            self._notices.clear(NOTICE)
            self.said.emit(_("Written: {path}").format(path=path))
        else:
            error = OutputUnwritable(path=Path(path), detail=file.errorString())
            self._notices.say(NOTICE, "error", sentence(error))

    def _write_png(self, file: QSaveFile) -> bool:
        return QImageWriter(file, QByteArray(b"png")).write(self.view.image())

    def _write_svg(self, file: QSaveFile) -> bool:
        data = self.view.svg().encode()
        return file.write(data) == len(data)
