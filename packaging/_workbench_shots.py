"""The states of the workbook page and of its dialogs, drawn with the sample and the demo dictionary."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton

from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.records import Source
from m2m_desktop.core.review import Action, Change, CodedTerm, Target, accepted, chosen, no_term
from m2m_desktop.core.text import match_key
from m2m_desktop.services.export.records import CSV
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from m2m_desktop.ui.places import PHRASES, WORKBOOK
from m2m_desktop.ui.table.dialog import TableDialog
from m2m_desktop.ui.table.protocol import TableSource

if TYPE_CHECKING:
    from shots import Studio

WIDE, NARROW = (1400, 860), (960, 640)
START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
OTHER_TABLE = """编号\t患者表现\t补充\t备注
1\t用药后约10分钟出现皮疹、瘙痒；恶心伴呕吐\t头晕\t
2\t无皮疹，体温38.5℃，寒战；停药后好转\t\t
3\t胸闷气短\t心慌\t
"""


class Stage:
    """The window with a workbook in it."""

    def __init__(self, studio: "Studio", folder: Path) -> None:
        self.studio, self.folder = studio, folder
        self.page, self.tools = studio.window.workbook, studio.window.workbook.tools

    def shoot(self, name: str, dialog: QDialog | None = None) -> None:
        """Draw a dialog, or the window at two sizes."""
        self.studio.shoot(f"w{name}", dialog)
        if dialog is None:
            self.studio.window.resize(*NARROW)
            self.studio.shoot(f"w{name}_narrow")
            self.studio.window.resize(*WIDE)

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Let the program run until something is so."""
        self.studio.wait(what, is_so)

    def leave(self, dialog: QDialog) -> None:
        """Close a dialog."""
        dialog.done(0)
        self.studio.breathe(20)
        self.studio.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def table(self, source: TableSource) -> TableDialog:
        """Open a table and wait until it was looked at."""
        dialog = self.page.open_table(source)
        self.wait(
            "a table", lambda: dialog.start_button.isEnabled() or bool(dialog.notices.texts())
        )
        return dialog


def draw_workbench(studio: "Studio") -> None:
    """Every state, one after the other."""
    memory_path(default_locations()).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="m2m-workbench-shots-") as folder:
        stage = Stage(studio, Path(folder))
        studio.window.resize(*WIDE)
        studio.window.show_place(WORKBOOK)
        studio.wait_ready()
        stage.shoot("01_welcome")
        try:
            _draw_tables(stage)
            _draw_coding(stage)
            _draw_export(stage)
            _draw_memory(stage)
            _draw_checks(stage)
            _draw_troubles(stage)
        finally:
            stage.page.close_project()
            studio.window.show_place(PHRASES)


def _draw_tables(stage: Stage) -> None:
    dialog = stage.table(TableSource(pasted=OTHER_TABLE))
    stage.shoot("02_table_guessed", dialog)
    dialog._go(dialog.columns)
    stage.shoot("02_table_guessed_columns", dialog)
    dialog._back()
    dialog._go(dialog.cuts)
    stage.shoot("02_table_guessed_cuts", dialog)
    chip = dialog.cuts.suggested.itemAt(0)
    widget = chip.widget() if chip is not None else None
    if isinstance(widget, QPushButton):
        widget.click()
    stage.shoot("02_table_cut_made", dialog)
    stage.leave(dialog)
    text = stage.folder / "门诊报告.csv"
    text.write_text("序号,名称\n1,皮疹\n2,头晕；恶心\n", encoding="gb18030")
    dialog = stage.table(TableSource(path=str(text)))
    stage.shoot("02_table_text_file", dialog)
    dialog._wait(dialog.step.text())
    dialog._show_progress(40, 100, "Reading the table")
    stage.shoot("02_table_waiting", dialog)
    stage.leave(dialog)
    nothing = stage.folder / "人员名单.csv"
    nothing.write_text("姓名,电话\n甲,1\n乙,2\n", encoding="utf-8")
    dialog = stage.page.open_table(TableSource(path=str(nothing)))
    stage.wait("a table", lambda: dialog._table is not None)
    stage.shoot("02_table_no_column", dialog)
    stage.leave(dialog)
    broken = stage.folder / "报告导出.xlsx"
    broken.write_bytes(b"PK\x03\x04 cut")
    dialog = stage.table(TableSource(path=str(broken)))
    stage.shoot("02_table_error", dialog)
    stage.leave(dialog)


def _draw_coding(stage: Stage) -> None:
    page = stage.page
    sample = default_locations().resources / "samples" / "adr_sample.xlsx"
    dialog = stage.table(TableSource(path=str(sample)))
    stage.shoot("03_sample", dialog)
    dialog._go(dialog.columns)
    stage.shoot("03_sample_columns", dialog)
    dialog._go(dialog.cuts)
    stage.shoot("03_sample_cuts", dialog)
    dialog._back()
    dialog.start_button.click()
    stage.wait("answers", lambda: 0 < page.runner.remaining < page.runner.total)
    stage.shoot("04_running")
    page.runner.pause()
    stage.shoot("04_paused")
    page._go_on()
    stage.wait("coding", lambda: page.runner.remaining == 0)
    stage.studio.wait_ready()
    stage.shoot("05_coded")


def _draw_export(stage: Stage) -> None:
    dialog = stage.tools.export()
    assert dialog is not None
    target = stage.folder / "adr_sample_已编码.xlsx"
    dialog.path.setText(str(target))
    stage.shoot("06_export", dialog)
    dialog.pages.setCurrentIndex(1)
    dialog._show_progress(30, 100, "")
    stage.shoot("06_export_writing", dialog)
    dialog.pages.setCurrentIndex(0)
    dialog.write()
    pages = dialog.pages
    stage.wait("an export", lambda: pages.currentIndex() == 2)
    stage.shoot("06_export_written", dialog)
    stage.leave(dialog)
    dialog = stage.tools.export()
    assert dialog is not None
    dialog.path.setText(str(target))
    dialog.write()
    stage.shoot("06_export_exists", dialog)
    dialog.form.radios[CSV].setChecked(True)
    dialog.path.setText("/proc/nowhere/adr.csv")
    dialog.write()
    stage.wait("an error", lambda: "error" in dialog.notices.texts())
    stage.shoot("06_export_error", dialog)
    stage.leave(dialog)


def _term(name: str, code: str) -> CodedTerm:
    return CodedTerm(code, name, code, name)


def _draw_memory(stage: Stage) -> None:
    dialog = stage.tools.show_memory()
    stage.shoot("07_memory_empty", dialog)
    stage.leave(dialog)
    memory = MemoryStore(memory_path(default_locations()))
    rows: tuple[tuple[str, tuple[tuple[str, str], ...], CheckReason | None, bool], ...] = (
        ("全身发痒起疹", (("皮疹", "90000001"), ("瘙痒症", "90000002")), None, False),
        ("拉肚子", (("腹泻", "90000003"),), None, False),
        ("打针处红肿", (("注射部位肿胀", "90000004"),), CheckReason.PT_GONE, False),
        ("上火", (), None, True),
        ("说不清的感觉", (), CheckReason.NEW_RELEASE, False),
    )
    memory.put(
        [
            MemoryEntry(
                match_key(text), text, tuple(_term(*pair) for pair in terms), is_stopped, "王药师",
                f"2026-03-0{number + 1}T08:00:00+00:00", "demo", "28.1", "zh", reason, 3 * number,
            )
            for number, (text, terms, reason, is_stopped) in enumerate(rows)
        ]
    )  # fmt: skip
    dialog = stage.tools.show_memory()
    dialog.table.selectRow(1)
    stage.shoot("07_memory", dialog)
    mine = {"mine": {"text": "拉肚子"}}
    dialog._take_import(
        {
            "added": [1] * 12,
            "replaced": [],
            "unchanged": [1] * 3,
            "bad_rows": [{"row": 7, "reason": "没有短语"}],
            "conflicts": [mine, mine],
        }
    )
    stage.shoot("07_memory_conflicts", dialog)
    stage.leave(dialog)
    memory.clear()


def _decide(project: Project, *, otherwise: bool) -> None:
    """Decide every phrase; ``otherwise``: as a second person who sees some of them differently."""
    actor, changes = Actor("pharmacist", "李药师" if otherwise else "王药师"), []
    rows = [row for row in project.phrases() if row.kind is PieceKind.REACTION]
    for number, row in enumerate(rows):
        when, who = START + timedelta(seconds=number), actor.reviewer
        other = rows[(number + 1) % len(rows)].proposed
        if otherwise and number % 7 == 3 and other:
            action, after = Action.CHOOSE, chosen(row, other, Source.MANUAL, who, when)
        elif row.proposed and not (otherwise and number % 9 == 4):
            action, after = Action.ACCEPT, accepted(row, who, when)
        else:
            action, after = Action.NO_TERM, no_term(row, who, when)
        changes.append(Change(Target.PHRASE, row.phrase_id, action, after))
    project.apply(changes, actor=actor, now=START)


def _draw_checks(stage: Stage) -> None:
    page = stage.page
    assert page.project is not None
    dialog = stage.tools.check_own()
    assert dialog is not None
    requests = dialog._requests
    stage.wait("figures", lambda: not requests.is_busy)
    stage.shoot("08_own_check_none", dialog)
    stage.leave(dialog)
    path, other = page.project.path, stage.folder / "李药师.m2m"
    page.close_project()
    stage.shoot("05_closed")
    copyfile(path, other)
    for file, otherwise in ((path, False), (other, True)):
        with Project.open(file) as project:
            _decide(project, otherwise=otherwise)
    page.open_project(str(path))
    stage.studio.wait_ready()
    stage.shoot("05_done")
    dialog = stage.tools.check_own()
    assert dialog is not None
    stage.wait("figures", lambda: dialog.table.rowCount() > 0)
    stage.shoot("08_own_check", dialog)
    stage.leave(dialog)
    compared = stage.tools.compare_with(str(other))
    assert compared is not None
    stage.wait("differences", lambda: compared.model.rowCount() > 0)
    compared.keep()
    compared.take()
    stage.shoot("09_compare", compared)
    stage.leave(compared)
    broken = stage.tools.compare_with(str(stage.folder / "报告导出.xlsx"))
    assert broken is not None
    stage.wait("an error", lambda: "error" in broken.notices.texts())
    stage.shoot("09_compare_error", broken)
    stage.leave(broken)


def _draw_troubles(stage: Stage) -> None:
    page, studio = stage.page, stage.studio
    assert page.project is not None
    choices = studio.window.bar.choices()
    page.set_choices(replace(choices, threshold=0.45))
    stage.shoot("10_again")
    page.set_choices(choices)
    QTimer.singleShot(0, lambda: _shoot_box(stage))
    stage.tools.purge()
    path = page.project.path
    page.close_project()
    with Project.open(path) as project:
        project.purge_texts(actor=Actor("pharmacist"), now=START)
    page.open_project(str(path))
    studio.wait_ready()
    stage.shoot("11_no_texts")
    page.close_project()
    damaged = stage.folder / "坏了.m2m"
    damaged.write_bytes(path.read_bytes()[:5000])
    page.open_project(str(damaged))
    stage.shoot("12_damaged")
    with Project.open(path):
        page.open_project(str(path))
        stage.shoot("12_in_use")
    page.retranslate()
    studio.window.notices.clear("workbook")
    path.unlink()


def _shoot_box(stage: Stage) -> None:
    box = QApplication.activeModalWidget()
    if not isinstance(box, QMessageBox):
        raise SystemExit("shots: no question before the phrases are deleted")
    stage.shoot("11_purge", box)
    box.reject()
