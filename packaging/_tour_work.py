"""The steps of the tour up to an exported workbook: first start, phrases, review, export.

Each step presses keys and says what must have come of it. Conditions look at the program; nothing
is ever done to it but by keys and by the clipboard.
"""

from pathlib import Path

from _tour_finding import on_place, open_dialog, page_of, the_dialog
from _tour_stage import Stage, Steps
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu

from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.ui.dictionary.page import DictionaryPage
from m2m_desktop.ui.export_dialog import ExportDialog
from m2m_desktop.ui.memory.dialog import MemoryDialog
from m2m_desktop.ui.model.dialog import ModelDialog
from m2m_desktop.ui.places import DICTIONARY, PHRASES, START, WORKBOOK
from m2m_desktop.ui.review.page import ReviewPage
from m2m_desktop.ui.table.dialog import TableDialog

MORE = ("服药后反胃并吐了", "拉肚子", "ALT升高", "头晕、心慌", "过敏性休克", "说不清的感觉")
"""Phrases pasted from Excel, one cell below the other."""


# -- single phrases --------------------------------------------------------------------------------


def first_steps(stage: Stage) -> Steps:
    """The first page; Space codes the example."""
    window = stage.window
    yield "the dictionary", window.bar.terminology.isEnabled
    stage.check(window.pages.currentIndex() == START, "the first start shows the first steps")
    yield "the first button", window.welcome.phrase_button.hasFocus
    yield from stage.shoot("first_steps")
    yield from stage.press("space")
    yield "the example", lambda: _final(stage) == 1
    stage.check(window.pages.currentIndex() == PHRASES, "Space leads to the phrases")
    yield from stage.shoot("example")


def phrases(stage: Stage) -> Steps:
    """Several phrases pasted; candidates and tree by F6 and arrows; the term in the dictionary."""
    page = stage.window.page
    yield "the box", page.mentions.box.hasFocus
    yield from stage.press("enter")
    yield from stage.paste("\n".join(MORE))
    yield "all phrases", lambda: _final(stage) == 1 + len(MORE)
    yield from stage.press("F6")
    yield "the list of phrases", page.mentions.table.hasFocus
    yield from stage.press(*("up" for _row in range(len(MORE) + 1)))
    yield from stage.calm()
    yield from stage.press("F6")
    yield "the candidates", page.candidates.table.hasFocus
    yield from stage.press("down")
    yield from stage.shoot("phrases")
    yield from stage.press("up", "F6")
    yield "the tree", page.tree.tree.hasFocus
    yield from stage.calm()
    yield from stage.press("ctrl+d")
    yield from on_place(stage, DICTIONARY)
    yield "the card", lambda: page_of(stage, DictionaryPage).card.term() is not None
    yield from stage.shoot("show_in_dictionary")


# -- a workbook ------------------------------------------------------------------------------------


def open_table(stage: Stage, table: Path) -> Steps:
    """Ctrl+O, a path, and the proposed columns as they are."""
    yield from stage.press("ctrl+2")
    yield from on_place(stage, WORKBOOK)
    yield from stage.press("ctrl+o")
    yield "the file dialog", lambda: open_dialog(stage, QFileDialog) is not None
    yield "its line", lambda: isinstance(stage.focus(), QLineEdit)
    yield from stage.write(str(table))
    yield from stage.shoot("choose_file")
    yield from stage.press("enter")
    yield "the table", lambda: open_dialog(stage, TableDialog) is not None
    dialog = the_dialog(stage, TableDialog)
    yield (
        "what was found",
        lambda: dialog.start_button.isEnabled() and dialog.start_button.hasFocus(),
    )
    yield from stage.shoot("open_table")
    yield from stage.tab_to(lambda: dialog.overview.columns_button)
    yield from stage.press("space")
    yield "the columns", lambda: dialog.pages.currentWidget() is dialog.columns
    yield from stage.shoot("columns")
    yield from stage.press("esc")
    yield "the overview", lambda: dialog.pages.currentWidget() is dialog.overview
    yield from stage.tab_to(lambda: dialog.start_button)
    yield from stage.press("enter")
    yield "the project", lambda: stage.window.workbook.project is not None
    yield "all answers", lambda: stage.window.workbook.runner.remaining == 0


def review(stage: Stage) -> Steps:
    """Accept, choose, no term, flag, undo, filter."""
    page = _review(stage)
    yield "the list of phrases", page.phrases.table.hasFocus
    yield from stage.shoot("review")
    yield from stage.press("enter", "enter", "enter")
    yield "three decisions", lambda: _decided(stage) == 3
    yield from stage.press("2", "enter")
    yield "a fourth", lambda: _decided(stage) == 4
    yield from stage.press("n")
    yield "no suitable term", lambda: _count(stage, ReviewStatus.NO_TERM) == 1
    yield from stage.press("f")
    yield "a flag", lambda: any(row.state.is_flagged for row in page.model.everything())
    yield from stage.shoot("decided")
    yield from stage.press("ctrl+z", "ctrl+z")
    yield "two steps taken back", lambda: _count(stage, ReviewStatus.NO_TERM) == 0
    yield from stage.press("ctrl+y")
    yield "one of them done again", lambda: _count(stage, ReviewStatus.NO_TERM) == 1
    yield from stage.press("ctrl+f")
    yield "the filter", lambda: isinstance(stage.focus(), QLineEdit)
    before = page.model.rowCount()
    yield from stage.write("ALT")
    yield "few phrases", lambda: 0 < page.model.rowCount() < before
    yield from stage.shoot("filter")
    yield from stage.press("esc")
    yield "the list of phrases", page.phrases.table.hasFocus
    yield from stage.press("ctrl+f", "del")
    yield "all phrases", lambda: page.model.rowCount() == before
    yield from stage.press("esc")
    yield "the list of phrases again", page.phrases.table.hasFocus
    yield from stage.press("F3")
    yield from stage.shoot("doubtful")


def export(stage: Stage, coded: Path) -> Steps:
    """Ctrl+E, another file name, Enter."""
    yield from stage.press("ctrl+e")
    yield "the dialog", lambda: open_dialog(stage, ExportDialog) is not None
    dialog = the_dialog(stage, ExportDialog)
    yield from stage.tab_to(lambda: dialog.path)
    yield from stage.press("ctrl+a")
    yield from stage.write(str(coded))
    yield from stage.shoot("export")
    yield from stage.press("enter")
    yield "the file", lambda: dialog.pages.currentIndex() == 2
    stage.check(coded.is_file(), "the workbook was written")
    yield from stage.shoot("exported")
    yield from stage.press("enter")
    yield "the end of the dialog", lambda: open_dialog(stage, ExportDialog) is None


def memory(stage: Stage) -> Steps:
    """Ctrl+M: what was decided so far is remembered."""
    yield from stage.press("ctrl+m")
    yield "the memory", lambda: open_dialog(stage, MemoryDialog) is not None
    dialog = the_dialog(stage, MemoryDialog)
    yield "what is remembered", lambda: dialog.model.rowCount() > 0
    yield from stage.shoot("memory")
    yield from stage.press("esc")
    yield "the end of the dialog", lambda: open_dialog(stage, MemoryDialog) is None


def models(stage: Stage) -> Steps:
    """The menu of models by its letter; its first entry."""
    yield from stage.press("alt+m")
    yield "the menu", lambda: isinstance(stage.app.activePopupWidget(), QMenu)
    yield from stage.press("enter")
    yield "the models", lambda: open_dialog(stage, ModelDialog) is not None
    dialog = the_dialog(stage, ModelDialog)
    yield "a card", lambda: dialog.models.current() is not None
    yield from stage.shoot("models")
    yield from stage.press("esc")
    yield "the end of the dialog", lambda: open_dialog(stage, ModelDialog) is None


# -- what is looked at -----------------------------------------------------------------------------


def _final(stage: Stage) -> int:
    return sum(stage.window.page.mentions.model.band_counts().values())


def _review(stage: Stage) -> ReviewPage:
    return stage.window.workbook.review


def _count(stage: Stage, *statuses: ReviewStatus) -> int:
    rows = _review(stage).model.everything()
    return sum(row.state.status in statuses for row in rows)


def _decided(stage: Stage) -> int:
    return sum(row.state.is_locked for row in _review(stage).model.everything())
