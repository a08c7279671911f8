"""The states of the SMQ page and of the analysis page, drawn over the real engine and the demo dictionary."""

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.locations import default_locations
from m2m_desktop.ui import style
from m2m_desktop.ui.analysis.page import AnalysisPage
from m2m_desktop.ui.analysis.result_tables import REMARKS_TAB, SMQ_TAB
from m2m_desktop.ui.engine_client import EngineClient
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.smq.page import SmqPage
from m2m_desktop.ui.term_names import NamesShown

if TYPE_CHECKING:
    from shots import Studio

WIDE, NARROW = (1316, 750), (876, 490)
"""What is left for a page in windows of 1400 x 860 and 960 x 600."""
DEMO = TerminologyChoice("demo", "Demo", "1", "zh", is_demo=True)


class Pages:
    """Both pages in a window of their own, with an engine of their own."""

    def __init__(self, studio: "Studio", folder: Path, client: EngineClient) -> None:
        self.studio = studio
        stored = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        notices = NoticeArea()
        self.smqs = SmqPage(client, notices, default_locations(), stored)
        self.analysis = AnalysisPage(client, notices, default_locations(), stored)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(style.M, style.M, style.M, style.M)
        column.addWidget(notices)
        for page in (self.smqs, self.analysis):
            page.set_terminology(DEMO)
            page.set_names_shown(NamesShown.BOTH)
            page.hide()
            column.addWidget(page, 1)
        self.window.resize(*WIDE)
        self.window.show()
        self.window.activateWindow()

    def show(self, page: SmqPage | AnalysisPage) -> None:
        """Show one of them."""
        for one in (self.smqs, self.analysis):
            one.setVisible(one is page)
        page.start()

    def shoot(self, name: str) -> None:
        """Draw the window at both sizes."""
        for size, suffix in ((NARROW, "_narrow"), (WIDE, "")):
            self.window.resize(*size)
            self.studio.shoot(f"{name}{suffix}", self.window)


def analysis_shots(studio: "Studio", client: EngineClient | None = None) -> None:
    """Every state, one after the other; ``client`` is a started engine, or one is started here."""
    engine = client or EngineClient()
    if client is None:
        engine.start()
    try:
        with tempfile.TemporaryDirectory(prefix="m2m-analysis-shots-") as folder:
            pages = Pages(studio, Path(folder), engine)
            _draw_smqs(pages)
            _draw_analysis(pages)
            pages.window.close()
            pages.window.deleteLater()
    finally:
        if client is None:
            engine.close()


def _draw_smqs(pages: Pages) -> None:
    page = pages.smqs
    pages.show(page)
    model = page.list.model
    pages.studio.wait("the SMQs", lambda: model.total() > 0)
    pages.shoot("q01_nothing_chosen")
    plain, algorithmic = (
        next(smq.code for smq in model.smqs() if bool(smq.algorithm) is wanted)
        for wanted in (False, True)
    )
    for name, code in (("q02_card", plain), ("q03_algorithm", algorithmic)):
        page.show_smq(code)
        pages.studio.wait("a card", partial(_shows, page, code))
        pages.shoot(name)


def _shows(page: SmqPage, code: str) -> bool:
    return page.card.code() == code


def _draw_analysis(pages: Pages) -> None:
    page = pages.analysis
    pages.show(page)
    pages.shoot("q04_form")
    page.form.show_example()
    pages.shoot("q05_example")
    page.form.ask()
    pages.studio.wait("the figures", lambda: page.stack.currentWidget() is page.results)
    names = {tab: level.name.lower() for tab, level in enumerate(TermLevel) if tab < SMQ_TAB}
    for tab, name in {**names, SMQ_TAB: "smq", REMARKS_TAB: "remarks"}.items():
        page.results.tabs.setCurrentIndex(tab)
        pages.shoot(f"q06_{tab + 1}_{name}")
