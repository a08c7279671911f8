"""The report as a file to print: HTML, or PDF drawn by Qt itself."""

from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.export.draft_files import write_whole
from m2m_desktop.services.language import current_language
from m2m_desktop.services.selftest.records import Json
from m2m_desktop.services.selftest.report import html_page, write_html

PDF = ".pdf"
PRINTED_POINTS = 9.0
MARGIN_MM = 16.0
_NOT_DRAWN = N_("the page could not be drawn.")


def save_report(target: Path, report: Json) -> Path:
    """Write it as the suffix says; gives where it stands. Raises OutputUnwritable."""
    if target.suffix.lower() != PDF:
        return write_html(target, report)
    page = html_page(report, current_language())
    return write_whole(target, lambda draft: _print(draft, page), check=_check)


def _print(path: Path, page: str) -> None:
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(PRINTED_POINTS)
    document.setDefaultFont(font)
    document.setHtml(page)
    document.print_(writer)


def _check(path: Path) -> None:
    with path.open("rb") as stream:
        if not stream.read(5).startswith(b"%PDF"):
            raise OutputUnwritable(path=path, detail=message(_NOT_DRAWN))
