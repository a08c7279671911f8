"""The states of the versions page, drawn over two releases made of the demo dictionary."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import (
    Action,
    Change,
    CodedTerm,
    ReviewState,
    ReviewStatus,
    Target,
)
from m2m_desktop.core.text import match_key
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.ui import style
from m2m_desktop.ui.engine_protocol import Json, TerminologyChoice, status_from_json
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.versions.page import CHANGES, LOG, MEMORY, PROJECT, VersionsPage

if TYPE_CHECKING:
    from shots import Studio

WIDE, NARROW = (1300, 740), (860, 460)
START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
OLD, NEW = "0.1", "0.2"
DECISIONS = (
    ("全身发痒起疹", 42, ("皮疹", "瘙痒")), ("起风团", 12, ("荨麻疹",)), ("服药后反胃", 9, ("恶心/反胃",)),
    ("胸闷气短", 6, ("胸部不适",)), ("旋转感", 5, ("眩晕",)), ("拉肚子", 31, ("腹泻",)),
    ("头重脚轻", 11, ("头晕/头重脚轻",)), ("面部潮红", 4, ("潮红",)), ("身上起紫斑", 3, ("紫癜",)),
    ("手脚发麻", 2, ("感觉减退",)), ("眼皮肿", 2, ("血管性水肿",)),
)  # fmt: skip
"""Phrases, how often they stand in the file, and what a person chose: a PT, or PT/LLT."""

Rows = dict[str, list[list[str]]]


# -- two releases ----------------------------------------------------------------------------------


def read_release(folder: Path) -> Rows:
    """The tables of the demo dictionary; without its marker it is a release like any other."""
    return {
        path.name: [line.split("$") for line in path.read_text("utf-8").splitlines() if line]
        for path in folder.glob("*.asc")
    }


def write_release(rows: Rows, folder: Path, version: str) -> Path:
    """Write the tables as a release of this version."""
    folder.mkdir(parents=True)
    rows["meddra_release.asc"] = [[version, "Chinese", "", "", "", ""]]
    for name, lines in rows.items():
        text = "".join("$".join(line) + "\r\n" for line in lines)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def change(rows: Rows) -> None:
    """Do to the release what a new version does: one thing of every sort."""
    llts, pts = rows["llt.asc"], rows["pt.asc"]
    code = {line[1]: line[0] for line in pts}
    llt = {line[1]: line for line in llts}
    for table, place in (("pt.asc", 1), ("llt.asc", 1), ("mdhier.asc", 4)):
        for line in rows[table]:
            if line[0] == code["瘙痒"]:
                line[place] = "瘙痒症"
    for line in llts:  # one PT becomes an LLT, one goes with all of its LLTs
        if line[2] == code["荨麻疹"]:
            line[2] = code["皮疹"]
    llts[:] = [line for line in llts if line[2] != code["潮红"]]
    for gone in (code["荨麻疹"], code["潮红"]):
        for table, place in PT_COLUMNS.items():
            rows[table][:] = [line for line in rows[table] if line[place] != gone]
    llt["反胃"][9] = "N"
    llt["头重脚轻"][2] = code["眩晕"]
    for pt in (code["紫癜"], code["血管性水肿"]):
        paths = [line for line in rows["mdhier.asc"] if line[0] == pt]
        other = next(line for line in paths if line[11] == "N")
        for line in paths:
            line[10], line[11] = other[3], "Y" if line is other else "N"
        next(line for line in pts if line[0] == pt)[3] = other[3]
    for number, (name, owner) in enumerate((("拉肚子不止", "腹泻"), ("手脚发麻", "头晕"))):
        llts.append([str(92990001 + number), name, code[owner], *[""] * 6, "Y", "", ""])
    del rows["smq_content.asc"][-3:]


PT_COLUMNS = {"pt.asc": 0, "hlt_pt.asc": 1, "mdhier.asc": 0, "smq_content.asc": 1}
"""Where a table has the code of a PT."""


# -- decisions -------------------------------------------------------------------------------------


def make_project(path: Path, rows: Rows, terminology_id: str) -> None:
    """A project in which every phrase is decided with terms of the old release."""
    items = [
        NewItem("报告", n, 7, 0, len(text), text, PieceKind.REACTION, "", f"2026{n:06}")
        for n, text in enumerate(
            (text for text, times, _terms in DECISIONS for _time in range(times)), start=3
        )
    ]
    source = NewSource("报告导出2026.xlsx", "0" * 64, "", {}, {"rows": len(items)})
    Project.create(path, source, items, terminology_id=terminology_id, now=START)
    with Project.open(path) as project:
        found = {row.text: row.phrase_id for row in project.phrases()}
        changes = [
            Change(Target.PHRASE, found[text], Action.CHOOSE, _decided(_terms(names, rows)))
            for text, _times, names in DECISIONS
        ]
        project.apply(changes, actor=Actor("pharmacist", "王药师"), now=START)


def _terms(names: tuple[str, ...], rows: Rows) -> tuple[CodedTerm, ...]:
    pts = {line[1]: line[0] for line in rows["pt.asc"]}
    llts = {line[1]: line[0] for line in rows["llt.asc"]}
    pairs = [name.split("/") for name in names]
    return tuple(CodedTerm(pts[pair[0]], pair[0], llts[pair[-1]], pair[-1]) for pair in pairs)


def _decided(terms: tuple[CodedTerm, ...]) -> ReviewState:
    return ReviewState(
        ReviewStatus.CHANGED, terms, Source.MANUAL, reviewer="王药师", decided_at=START.isoformat()
    )


def fill_memory(rows: Rows, old: TerminologyChoice) -> None:
    """Remember the same decisions."""
    store = MemoryStore(memory_path(default_locations()))
    store.clear()
    store.put(
        MemoryEntry(
            match_key(text),
            text,
            _terms(names, rows),
            reviewer="王药师",
            decided_at=START.isoformat(),
            terminology_id=old.terminology_id,
            terminology_version=old.version,
            terminology_language=old.language,
        )
        for text, _times, names in DECISIONS
    )


# -- drawing ---------------------------------------------------------------------------------------


class Stage:
    """The page in a window of its own."""

    def __init__(self, studio: "Studio", folder: Path) -> None:
        self.studio, self.client = studio, studio.program.client
        self._ticks = 0
        notices = NoticeArea()
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.page = VersionsPage(
            self.client, notices, default_locations(), settings, clock=self._now
        )
        self.page.set_reviewer("李药师")
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(style.M, style.M, style.M, style.M)
        column.setSpacing(style.M)
        column.addWidget(notices)
        column.addWidget(self.page, 1)
        self.window.resize(*WIDE)
        self.window.show()
        self.window.activateWindow()

    def _now(self) -> datetime:
        self._ticks += 1
        return START + timedelta(days=self._ticks)

    def ask(self, method: str, params: dict[str, object]) -> Json:
        """Ask the engine and wait."""
        told: list[Json] = []

        def fail(error: Exception) -> None:
            raise SystemExit(f"shots: {error}")

        self.client.request(method, params, on_answer=told.append, on_error=fail)
        self.studio.wait(method, lambda: bool(told))
        return told[0]

    def known(self) -> tuple[TerminologyChoice, ...]:
        """The releases that are loaded."""
        return status_from_json(self.ask("status", {})).terminologies

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so and the engine has nothing left to do."""
        self.studio.wait("the versions page", is_so)
        self.studio.wait_ready()
        self.studio.breathe(300)

    def shoot(self, name: str) -> None:
        """Draw the window at two sizes."""
        for number, size in enumerate((WIDE, NARROW)):
            self.window.resize(*size)
            self.studio.breathe(60)
            self.studio.shoot(f"v{name}" + ("_narrow" if number else ""), self.window)
        self.window.resize(*WIDE)

    def close(self) -> None:
        """Close everything."""
        self.page.set_project(None)
        self.window.close()
        self.window.deleteLater()
        self.studio.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def versions_shots(studio: "Studio") -> None:
    """Every state of the page, one after the other."""
    with tempfile.TemporaryDirectory(prefix="m2m-versions-shots-") as name:
        stage, folder = Stage(studio, Path(name)), Path(name)
        try:
            _draw(stage, folder)
        finally:
            stage.close()


def _draw(stage: Stage, folder: Path) -> None:
    page, demo = stage.page, default_locations().resources / "demo" / "chinese"
    page.set_terminologies([one for one in stage.known() if one.is_demo])
    page.start()
    stage.shoot("01_one_release")
    rows, fresh = read_release(demo), read_release(demo)
    change(fresh)
    for version, tables in ((OLD, rows), (NEW, fresh)):
        path = write_release(tables, folder / version, version)
        stage.ask("import_terminology", {"path": str(path)})
    known = stage.known()
    old = next(one for one in known if not one.is_demo and one.version == OLD)
    fill_memory(rows, old)
    make_project(folder / "a.m2mproject", rows, old.terminology_id)
    page.set_terminologies(known)
    page.start()
    stage.wait(lambda: page.changes.model.total > 0)
    page.changes.table.setFocus()
    stage.shoot("02_changes")
    page.changes.matrix.setFocus()
    page.changes.matrix.choose("moved", "llt")
    stage.wait(lambda: page.changes.all_button.isVisible())
    stage.shoot("03_one_kind")
    page.tabs.setCurrentIndex(PROJECT)
    stage.shoot("04_no_project")
    with Project.open(folder / "a.m2mproject") as project:
        page.set_project(project)
        stage.wait(lambda: page.project.model.rowCount() > 0)
        page.project.table.setFocus()
        stage.shoot("05_project")
        page.project.ask_to_apply()
        stage.shoot("06_before_applying")
        page.project.confirm.do_button.click()
        stage.wait(lambda: page.project.apply_button.isVisible())
        stage.shoot("07_applied")
        page.tabs.setCurrentIndex(LOG)
        stage.shoot("08_log")
        page.tabs.setCurrentIndex(MEMORY)
        stage.wait(lambda: page.memory.model.rowCount() > 0)
        stage.shoot("09_memory")
        page.tabs.setCurrentIndex(CHANGES)
        page.work.begin("")
        page.work.show_progress(3, 5, "LLT")
        stage.shoot("10_comparing")
        page.work.hide()
        page.set_project(None)
    MemoryStore(memory_path(default_locations())).clear()
    for one in known:
        if not one.is_demo:
            stage.ask("remove_terminology", {"terminology_id": one.terminology_id})
