"""The about box: what this is, the notice about MedDRA, versions and hashes, licences."""

import platform
from collections.abc import Callable, Iterable, Sequence
from html import escape

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QDialog, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from m2m_desktop import __version__
from m2m_desktop.core.errors import CodingToolError
from m2m_desktop.services.language import _
from m2m_desktop.ui import clipboard, style
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import Json
from m2m_desktop.ui.keys_dialog import with_close
from m2m_desktop.ui.licences_page import LicencesPage
from m2m_desktop.ui.messages import sentence
from m2m_desktop.ui.texts import meddra_notice
from m2m_desktop.ui.widgets import button

Rows = Sequence[tuple[str, str]]


class AboutDialog(QDialog):
    """Three pages; hashes come from the engine as soon as it has looked."""

    def __init__(self, client: EngineClient, lines: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About"))
        self.setMinimumSize(680, 560)
        self._versions: Rows = (
            (_("Version"), __version__),
            *lines,
            ("Python", platform.python_version()),
            ("Qt / PySide6", f"{qVersion()} / {PySide6.__version__}"),
            (_("System"), f"{platform.system()} {platform.machine()}"),
        )
        self.about, self.hashes, self.licences = QTextBrowser(), QTextBrowser(), LicencesPage()
        self.pages = QTabWidget()
        pages: tuple[tuple[QWidget, str], ...] = (
            (self.about, _("About")),
            (self.hashes, _("Versions and hashes")),
            (self.licences, _("Licences")),
        )
        for page, title in pages:
            page.setAccessibleName(title)
            self.pages.addTab(page, title)
        self.copy_button = button()
        self.copy_button.setText(_("Copy versions and hashes"))
        self.copy_button.clicked.connect(lambda: clipboard.copy_text(self.hashes.toPlainText()))
        column = QVBoxLayout()
        column.setSpacing(style.S)
        column.addWidget(self.pages)
        column.addWidget(self.copy_button)
        with_close(self, "mention2meddra Desktop", column)
        self.about.setHtml(
            f"<p>{escape(_('Codes adverse-reaction phrases to MedDRA preferred terms, offline.'))}</p>"
            f"{_table(self._versions)}<h4>MedDRA®</h4><p>{escape(meddra_notice())}</p>"
        )
        self._show_hashes(f"<p>{escape(_('Reading files and computing hashes…'))}</p>")
        self._ask(client.request)

    def _ask(self, request: Callable[..., int]) -> None:
        def failed(error: CodingToolError) -> None:
            self._show_hashes(f"<p>{escape(sentence(error))}</p>")

        request("doctor", {}, on_answer=self._take_report, on_error=failed)

    def _take_report(self, told: Json) -> None:
        self._show_hashes(
            _section(_("Terminologies"), _terminology_rows(told["terminologies"]))
            + _section(_("Models"), ((str(one["id"]), str(one["hash"])) for one in told["models"]))
            + _section(_("Libraries"), ((str(k), str(v)) for k, v in told["packages"].items()))
            + _section(_("Folders"), ((str(k), str(v)) for k, v in told["folders"].items()))
        )

    def _show_hashes(self, content: str) -> None:
        self.hashes.setHtml(_table(self._versions) + content)


def _terminology_rows(told: Sequence[Json]) -> Iterable[tuple[str, str]]:
    for one in told:
        yield f"{one['id']} {one.get('version', '')}".strip(), str(one.get("problem", ""))
        for name, digest in one.get("hashes", {}).items():
            yield f"  {name}", str(digest)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    return f"<h4>{escape(title)}</h4>{_table(tuple(rows))}"


def _table(rows: Rows) -> str:
    muted = style.colours().muted
    cells = "".join(
        f'<tr><td style="color:{muted}">{escape(left)}</td>'
        f'<td style="padding-left:16px">{escape(right)}</td></tr>'
        for left, right in rows
    )
    return f"<table cellpadding='2'>{cells}</table>"
