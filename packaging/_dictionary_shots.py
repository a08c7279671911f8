"""The states of the page of the dictionary, drawn over the real engine and the demo dictionary."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.locations import Locations, default_locations
from m2m_desktop.ui import style
from m2m_desktop.ui.dictionary.bad_rows_dialog import BadRow, BadRowsDialog
from m2m_desktop.ui.dictionary.page import DictionaryPage
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.engine_protocol import TerminologyChoice
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.term_names import NamesShown

if TYPE_CHECKING:
    from shots import Studio

SEVERAL_PATHS = "90100045"
"""A PT of the demo dictionary with three paths and an SMQ."""

WIDE, NARROW = (1316, 750), (876, 490)
"""The room a page has in a window of 1400 x 860 and of 960 x 600."""

DEMO = TerminologyChoice("demo", "Demo", "0.1", "zh", True)
BAD_ROWS = (
    BadRow(3, "90199999", "没有这个编码"),
    BadRow(8, "发皮疹了", "没有这个名称"),
    BadRow(9, "皮诊", "非现行 LLT"),
)


class Reader:
    """A page in a window of its own, with an engine of its own."""

    def __init__(self, studio: "Studio", home: Path, command: Sequence[str] | None) -> None:
        self.studio = studio
        places = default_locations()
        own = Locations(home, places.cache, home, places.logs, places.resources)
        self.client = EngineClient(command)
        self.client.start()
        self.notices = NoticeArea()
        stored = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        self.page = DictionaryPage(self.client, self.notices, own, stored)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(style.M, style.M, style.M, style.M)
        column.setSpacing(style.M)
        column.addWidget(self.notices)
        column.addWidget(self.page, 1)
        self.window.resize(*WIDE)
        self.window.show()
        self.window.activateWindow()
        self.page.set_terminology(DEMO)
        self.page.start()
        self.rest()

    def rest(self) -> None:
        """Wait until nothing is asked any more, and nothing is about to be."""
        warming = self.page.finder.asking.warming
        self.studio.wait("the dictionary", lambda: warming.is_done)
        for _round in range(2):
            self.studio.breathe(200)
            self.studio.wait("the dictionary", lambda: self.client.state is EngineState.READY)

    def look_for(self, text: str) -> None:
        """Type a text."""
        self.page.search(text)
        self.rest()

    def shoot(self, name: str, *sizes: tuple[int, int]) -> None:
        """Draw the window, at one or several sizes."""
        for size in sizes or (WIDE,):
            self.window.resize(*size)
            self.studio.breathe(60)
            suffix = "" if size == WIDE else f"_{size[0]}"
            self.studio.shoot(f"d{name}{suffix}", self.window)
        self.window.resize(*WIDE)
        self.studio.breathe(60)

    def close(self) -> None:
        """Close page, window and engine."""
        self.page.bin.flush()
        self.client.close()
        self.window.close()
        self.window.deleteLater()


def dictionary_shots(studio: "Studio", command: Sequence[str] | None = None) -> None:
    """Every state of the page, one after the other."""
    with tempfile.TemporaryDirectory(prefix="m2m-dictionary-shots-") as folder:
        reader = Reader(studio, Path(folder), command)
        try:
            _draw(studio, reader)
        finally:
            reader.close()


def _draw(studio: "Studio", reader: Reader) -> None:
    page = reader.page
    finder, filters = page.finder, page.finder.filters
    reader.shoot("01_empty", WIDE, NARROW)
    reader.look_for("皮疹")
    reader.shoot("02_hits", WIDE, NARROW)
    page.set_names_shown(NamesShown.BOTH)
    reader.look_for("rash")
    reader.shoot("03_both_languages")
    page.set_names_shown(NamesShown.FIRST)
    reader.look_for("fx")
    reader.shoot("04_pinyin")
    reader.look_for("皮* NOT (药 OR 注射)")
    reader.shoot("05_operators")
    reader.look_for('"皮疹')
    reader.shoot("06_problem")
    reader.look_for("zzqx")
    reader.shoot("07_nothing", WIDE, NARROW)
    _choose(reader, lambda: filters.levels[TermLevel.LLT].setChecked(True))
    _choose(reader, lambda: filters.shows_old.setChecked(True))
    reader.look_for("皮疹")
    reader.shoot("08_filters")
    finder.filters.levels[TermLevel.LLT].setChecked(False)
    page.show_term(TermLevel.PT, SEVERAL_PATHS)
    reader.rest()
    page.tree.tree.setFocus(Qt.FocusReason.OtherFocusReason)
    reader.shoot("09_secondary_path", WIDE, NARROW)
    reader.look_for("休克")
    finder.hits.selectAll()
    page.bin.collect(finder.hits.chosen()[:12])
    page.bin.toggle.setChecked(True)
    reader.rest()
    reader.shoot("10_bin", WIDE, NARROW)
    page.bin.clear()
    reader.shoot("11_bin_emptied")
    dialog = BadRowsDialog(BAD_ROWS, reader.window)
    dialog.show()
    studio.shoot("d12_bad_rows", dialog)
    studio.finish(dialog)
    page.show_term(TermLevel.PT, "99999999")
    reader.rest()
    reader.shoot("13_unknown_term")


def _choose(reader: Reader, change: Callable[[], object]) -> None:
    change()
    reader.rest()
