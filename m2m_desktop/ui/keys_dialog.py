"""The sheet of keys and the about box."""

import platform
from collections.abc import Sequence
from html import escape

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from m2m_desktop import __version__
from m2m_desktop.services.language import _
from m2m_desktop.ui import style
from m2m_desktop.ui.review.keys import sheet
from m2m_desktop.ui.texts import KEYS, LICENCES, meddra_notice
from m2m_desktop.ui.widgets import button, label


class KeysDialog(QDialog):
    """All keys on one sheet: those of single phrases, and those of review."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Keys"))
        self._keys: list[QLabel] = []
        phrases = [(keys, _(meaning)) for keys, meaning in KEYS]
        half = (len(sheet()) + 1) // 2
        columns = QHBoxLayout()
        columns.setSpacing(2 * style.XL)
        for title, rows in (
            (_("Coding phrases"), phrases),
            (_("Reviewing a workbook"), sheet()[:half]),
            (" ", sheet()[half:]),
        ):
            columns.addLayout(self._column(title, rows))
        _finish(self, _("Keys"), columns)

    def _column(self, title: str, rows: Sequence[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.M)
        grid.setVerticalSpacing(style.S)
        heading = label("muted")
        heading.setText(title)
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (keys, meaning) in enumerate(rows, start=1):
            key = QLabel(keys)
            key.setObjectName("key")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._keys.append(key)
            grid.addWidget(key, row, 0)
            grid.addWidget(QLabel(meaning), row, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(rows) + 1, 1)
        return grid

    def keys(self) -> list[QLabel]:
        """The keys that are shown, in order."""
        return self._keys


class AboutDialog(QDialog):
    """Versions, the notice about MedDRA, licences."""

    def __init__(self, lines: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About"))
        self.setMinimumSize(600, 540)
        versions = [
            (_("Version"), __version__),
            *lines,
            ("Python", platform.python_version()),
            ("Qt / PySide6", f"{qVersion()} / {PySide6.__version__}"),
            (_("System"), f"{platform.system()} {platform.machine()}"),
        ]
        browser = QTextBrowser()
        browser.setAccessibleName(_("About"))
        browser.setHtml(
            f"<p>{escape(_('Codes adverse-reaction phrases to MedDRA preferred terms, offline.'))}</p>"
            f"{_table(versions)}<h4>MedDRA®</h4><p>{escape(meddra_notice())}</p>"
            f"<h4>{escape(_('Licences'))}</h4>{_table(LICENCES)}"
        )
        column = QVBoxLayout()
        column.addWidget(browser)
        _finish(self, "mention2meddra Desktop", column)


def _table(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    muted = style.colours().muted
    cells = "".join(
        f'<tr><td style="color:{muted}">{escape(left)}</td>'
        f'<td style="padding-left:16px">{escape(right)}</td></tr>'
        for left, right in rows
    )
    return f"<table cellpadding='2'>{cells}</table>"


def _finish(dialog: QDialog, title: str, content: QHBoxLayout | QVBoxLayout) -> None:
    heading = label(factor=style.TITLE, bold=True)
    heading.setText(title)
    close = button("primary")
    close.setText(_("Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    foot = QHBoxLayout()
    foot.addStretch(1)
    foot.addWidget(close)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(style.XL, style.L, style.XL, style.L)
    column.setSpacing(style.M)
    column.addWidget(heading)
    column.addLayout(content)
    column.addLayout(foot)
