"""The states of the review page, drawn over real project files with the demo dictionary."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.project.errors import DiskFull
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor, NewItem, NewSource
from m2m_desktop.ui import style
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.keys_dialog import KeysDialog
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.review.blank import Blank
from m2m_desktop.ui.review.columns import ReviewColumn
from m2m_desktop.ui.review.confirm import ConfirmDialog
from m2m_desktop.ui.review.filter import Queue
from m2m_desktop.ui.review.keys import Command
from m2m_desktop.ui.review.page import ReviewPage

if TYPE_CHECKING:
    from shots import Studio

WIDE, MIDDLE, NARROW = (1680, 900), (1280, 720), (1000, 560)
START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
PHRASES = (
    ("全身发痒起疹", 42), ("皮疹", 38), ("恶心呕吐", 31), ("服药后反胃并吐了", 12), ("头晕、心慌", 11),
    ("拉肚子", 9), ("ALT升高", 9), ("过敏性休克", 7), ("胸闷气短", 6), ("寒战高热", 6), ("白细胞减少", 5),
    ("面部潮红", 5), ("静脉炎", 4), ("说不清的感觉", 3), ("腹部不适伴腹胀", 3), ("血小板下降", 3),
    ("嗜睡", 2), ("口干口苦", 2), ("下肢水肿", 2), ("视物模糊", 1), ("药物性肝损伤？", 1), ("心悸", 1),
)  # fmt: skip
ASIDE = (("好转", PieceKind.OUTCOME), ("无皮疹", PieceKind.NEGATED))


class Desk:
    """A page in a window of its own, with a project that was coded by the real engine."""

    def __init__(self, studio: "Studio", folder: Path) -> None:
        self.studio = studio
        self._ticks = 0
        self.notices = NoticeArea()
        self.page = ReviewPage(studio.program.client, self.notices, clock=self.now)
        self.page.desk.actor = Actor("pharmacist", "王药师")
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(style.M, style.M, style.M, style.M)
        column.setSpacing(style.M)
        column.addWidget(self.notices)
        column.addWidget(self.page, 1)
        self.window.resize(*MIDDLE)
        self.window.show()
        self.window.activateWindow()
        self.path = folder / "review.m2mproject"
        make_project(self.path)
        self.project = Project.open(self.path)

    def now(self) -> datetime:
        """Every decision a few seconds after the one before."""
        self._ticks += 1
        return START + timedelta(seconds=7 * self._ticks)

    def shoot(self, name: str, *sizes: tuple[int, int]) -> None:
        """Draw the window, at one or several sizes."""
        for number, size in enumerate(sizes or (MIDDLE,)):
            self.window.resize(*size)
            self.studio.wait_ready()
            self.studio.shoot(f"r{name}" + (f"_{size[0]}" if number else ""), self.window)
        self.window.resize(*MIDDLE)

    def run(self, *commands: Command) -> None:
        """Press keys, one after the other."""
        for command in commands:
            self.page.run(command)

    def go(self, text: str) -> None:
        """Take a phrase in hand."""
        row = next(row for row in self.page.model.everything() if row.text == text)
        self.page.phrases.table.go_to_phrase(row.phrase_id)
        self.page.phrases.table.setFocus()
        self.studio.wait_ready()

    def code(self, texts: set[str]) -> None:
        """Have these phrases coded, and show the answers as they come."""
        asked = [(n, text) for n, text in self.project.unanswered() if text in texts]
        told: list[tuple[int, Any]] = []
        self.studio.program.client.request(
            "code",
            {
                "mentions": [{"mention_id": str(n), "text": text} for n, text in asked],
                "terminology": self.page.answer.search.terminology,
                "threshold": 0.3,
            },
            on_partial=lambda value: told.append((int(value["mention_id"]), dict(value))),
            on_answer=lambda _value: None,
            on_error=self._give_up,
        )
        self.studio.wait("answers", lambda: len(told) == len(asked))
        self.project.store_answers(dict(told[0][1]["run"]), told)
        self.page.answers_arrived([n for n, _value in told])

    def _give_up(self, error: Exception) -> None:
        raise SystemExit(f"shots: {error}")

    def close(self) -> None:
        """Close page, project and window."""
        self.page.close_project()
        self.project.close()
        self.window.close()
        self.window.deleteLater()


def make_project(path: Path, *, remembers_texts: bool = True) -> None:
    """Write a project with invented reports."""
    items, line = [], 3
    severities = ("一般", "一般", "严重", "")
    for text, kind, times in (
        *((text, PieceKind.REACTION, times) for text, times in PHRASES),
        *((text, kind, 4) for text, kind in ASIDE),
    ):
        for _time in range(times):
            severity = severities[line % 4]
            report = f"2026{line // 3:06}"
            items.append(NewItem("报告", line, 7, 0, len(text), text, kind, severity, report))
            line += 1
    source = NewSource("报告导出2026.xlsx", "0" * 64, "", {}, {"rows": line})
    Project.create(
        path, source, items, terminology_id="", remembers_texts=remembers_texts, now=START
    )


def draw_review(studio: "Studio") -> None:
    """Every state of the page, one after the other."""
    with tempfile.TemporaryDirectory(prefix="m2m-review-shots-") as folder:
        desk = Desk(studio, Path(folder))
        try:
            _draw(studio, desk)
        finally:
            desk.close()


def _draw(studio: "Studio", desk: Desk) -> None:
    page = desk.page
    texts = [text for text, _times in PHRASES]
    desk.shoot("01_no_project")
    page.blank.show_blank(Blank.LOADING)
    desk.shoot("02_loading")
    page.open_project(desk.project, Choices(studio.window.bar.choices().terminology))
    desk.shoot("03_not_coded")
    desk.code(set(texts[:9]))
    desk.shoot("04_coding_runs")
    desk.code(set(texts[9:]))
    page.phrases.table.header.show_sorted(None)
    page.model.arrange()
    desk.go("全身发痒起疹")
    desk.shoot("05_first", MIDDLE, WIDE, NARROW)
    desk.run(*[Command.ACCEPT] * 3)
    desk.go("头晕、心慌")
    page.run(Command.CHOOSE, 1)
    page.answer.candidates.table.selectRow(2)
    desk.run(Command.TOGGLE)
    desk.shoot("06_draft")
    desk.run(Command.ACCEPT, Command.NO_TERM, Command.FLAG)
    desk.go("皮疹")
    desk.run(Command.NO_TERM)
    page.answer.show_history()
    desk.shoot("07_locked_and_history")
    page.answer.show_tree()
    desk.go("过敏性休克")
    page.answer.search.field.setText("休克")
    page.answer.search.ask()
    desk.shoot("08_search", MIDDLE, WIDE)
    page.answer.search.close_hits()
    page.answer.show_places()
    for row in (0, 2):
        page.answer.places.table.selectRow(row)
    page.answer.places.only_button.click()
    page.run(Command.CHOOSE, 1)
    desk.shoot("09_single_rows")
    page.answer.places.stop()
    page.answer.show_tree()
    page.phrases.bar.text.setText("心")
    page.phrases.bar.flush()
    desk.shoot("10_filtered")
    page.phrases.bulk_button.click()
    dialog = next(d for d in page.findChildren(ConfirmDialog) if d.isVisible())
    studio.shoot("r11_confirm", dialog)
    dialog.no.click()
    page.phrases.clear_filters()
    page.phrases.bar.show_queue(Queue.ASIDE)
    desk.shoot("12_set_aside")
    page.phrases.bar.show_queue(Queue.OPEN)
    page.phrases.table.selectAll()
    desk.shoot("13_several_chosen")
    for column in (ReviewColumn.SOC, ReviewColumn.REVIEWER):
        page.phrases.table.header.show_column(column, on=True)
    page.phrases.bar.show_queue(Queue.ALL)
    desk.shoot("14_more_columns", WIDE)
    page.desk.unsaved_changed.emit(DiskFull(path="D:/报告导出2026.m2mproject"))
    page.model.mark_unsaved([3, 4])
    desk.shoot("15_not_saved")
    page.model.mark_unsaved([])
    page.desk.unsaved_changed.emit(None)
    while page.model.find_row(-1, 1, lambda row: not row.state.is_locked, wraps=False) >= 0:
        page.phrases.table.go_to(
            page.model.find_row(-1, 1, lambda row: not row.state.is_locked, wraps=False)
        )
        page.run(Command.ACCEPT if page.answer.head.chips.chips() else Command.NO_TERM)
    page.phrases.bar.show_queue(Queue.OPEN)
    desk.shoot("16_all_decided")
    page.close_project()
    desk.project.close()
    desk.project = Project.open(desk.path, read_only=True)
    page.open_project(desk.project, Choices())
    desk.shoot("17_read_only")
    page.close_project()
    desk.project.close()
    bare = desk.path.with_name("bare.m2mproject")
    make_project(bare, remembers_texts=False)
    desk.project = Project.open(bare)
    page.open_project(desk.project, Choices())
    desk.shoot("18_no_texts")
    desk.project.close()
    page.reload()
    desk.shoot("19_error")
    keys = KeysDialog(desk.window)
    keys.show()
    studio.shoot("r20_keys", keys)
    studio.finish(keys)
