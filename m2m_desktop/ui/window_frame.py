"""Where the parts of the window stand: rail at the left, header above the pages, status below."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.page_holder import PageHolder
from m2m_desktop.ui.places import PLACES

if TYPE_CHECKING:
    from m2m_desktop.ui.main_window import MainWindow


def lay_out(window: "MainWindow") -> None:
    """Put the parts into the window, with an empty holder for each page."""
    middle = QWidget()
    inside = QVBoxLayout(middle)
    inside.setContentsMargins(style.M, style.M, style.M, style.M)
    inside.setSpacing(style.M)
    inside.addWidget(window.notices)
    inside.addWidget(window.pages, 1)
    for _place in PLACES:
        window.pages.addWidget(PageHolder())
    right, whole = QWidget(), QWidget()
    column = _close(QVBoxLayout(right))
    column.addWidget(window.bar)
    column.addWidget(middle, 1)
    row = _close(QHBoxLayout(whole))
    row.addWidget(window.rail)
    row.addWidget(right, 1)
    window.setCentralWidget(whole)
    status = window.statusBar()
    status.setSizeGripEnabled(False)
    status.setContentsMargins(style.M, 0, style.M, 0)
    status.addWidget(window.review_label)
    status.addPermanentWidget(window.state_line)


def _close(layout: QBoxLayout) -> QBoxLayout:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
