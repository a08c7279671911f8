"""The steps of the tour through the pages that look things up, to the manual and the end."""

from pathlib import Path

from _tour_finding import go_to_pane, on_place, open_dialog, page_of, the_dialog
from _tour_stage import Stage, Steps

from m2m_desktop.ui.analysis.page import AnalysisPage
from m2m_desktop.ui.dictionary.page import DictionaryPage
from m2m_desktop.ui.keys_dialog import KeysDialog
from m2m_desktop.ui.places import ANALYSIS, DICTIONARY, SMQS, VERSIONS
from m2m_desktop.ui.release_dialog import ReleaseDialog
from m2m_desktop.ui.smq.page import SmqPage
from m2m_desktop.ui.versions.page import VersionsPage


def dictionary(stage: Stage) -> Steps:
    """Initials of the pinyin; hits, tree, research bin."""
    yield from stage.press("ctrl+3")
    yield from on_place(stage, DICTIONARY)
    page = page_of(stage, DictionaryPage)
    yield from stage.calm()
    yield "the line", page.finder.line.hasFocus
    yield from stage.press("ctrl+a")
    yield from stage.write("exin")
    yield (
        "hits",
        lambda: page.finder.hits.current() is not None and not page.finder.asking.is_waiting,
    )
    yield from stage.shoot("pinyin")
    yield from stage.press("down", "up", "enter")
    yield "the hits", page.finder.hits.hasFocus
    yield from stage.press("b", "enter")
    yield "the tree", page.tree.tree.hasFocus
    yield from stage.calm()
    yield from stage.press("down", "b")
    yield "two terms in the bin", lambda: len(page.bin.model.terms) == 2
    yield from go_to_pane(stage, lambda: page.bin.toggle.hasFocus())
    yield from stage.press("space")
    yield "the bin", page.bin.table.isVisible
    yield from stage.shoot("bin")
    yield from stage.press("alt+left")


def smqs(stage: Stage) -> Steps:
    """The tree of SMQs, and the members of one."""
    yield from stage.press("ctrl+4")
    yield from on_place(stage, SMQS)
    page = page_of(stage, SmqPage)
    yield "the SMQs", lambda: page.list.model.total() > 0
    yield "the line", page.list.line.hasFocus
    yield from stage.press("F6")
    yield "the tree", page.list.tree.hasFocus
    yield from stage.press("down")
    yield "a card", lambda: bool(page.card.members)
    yield from stage.shoot("smq")


def analysis(stage: Stage) -> Steps:
    """The open project counted, with charts."""
    yield from stage.press("ctrl+5")
    yield from on_place(stage, ANALYSIS)
    page = page_of(stage, AnalysisPage)
    stage.check(page.form.project_radio.isChecked(), "the open project is offered")
    yield from stage.tab_to(lambda: page.form.decided_box)
    yield from stage.press("space")
    yield from stage.shoot("analysis_question")
    yield from stage.press("ctrl+enter")
    yield "the figures", lambda: page.stack.currentWidget() is page.results
    yield from stage.shoot("analysis")


def versions(stage: Stage, releases: Path) -> Steps:
    """Two releases imported and compared, and what the newer one means for the project."""
    yield from stage.press("ctrl+i")
    yield "the dialog", lambda: open_dialog(stage, ReleaseDialog) is not None
    dialog = the_dialog(stage, ReleaseDialog)
    yield "its line", dialog.path.hasFocus
    yield from stage.write(str(releases))
    yield from stage.tab_to(lambda: dialog.licence_box)
    yield from stage.press("space")
    yield from stage.shoot("import_release")
    yield from stage.press("enter")
    yield "the report", lambda: dialog.pages.currentIndex() == 2
    yield from stage.shoot("imported")
    yield from stage.press("esc")
    yield "the end of the dialog", lambda: open_dialog(stage, ReleaseDialog) is None
    yield from stage.press("ctrl+6")
    yield from on_place(stage, VERSIONS)
    page = page_of(stage, VersionsPage)
    yield "the comparison", lambda: page.changes.table.model().rowCount() > 0
    yield from stage.shoot("versions")
    yield from go_to_pane(stage, lambda: page.tabs.tabBar().hasFocus())
    yield from stage.press("right")
    yield "the effects", lambda: page.tabs.currentWidget() is page.project
    yield from stage.shoot("effects")


def manual(stage: Stage) -> Steps:
    """Ctrl+F1 shows all keys, F1 opens the manual at the page; Esc closes both."""
    dialogs = stage.window.dialogs
    yield from stage.press("ctrl+F1")
    yield "the keys", lambda: open_dialog(stage, KeysDialog) is not None
    yield from stage.shoot("keys")
    yield from stage.press("esc")
    yield "the end of the sheet", lambda: open_dialog(stage, KeysDialog) is None
    yield from stage.press("F1")
    yield "the manual", lambda: dialogs.manual is not None and dialogs.manual.isActiveWindow()
    yield from stage.shoot("manual")
    yield from stage.press("esc")
    yield "the window", stage.window.isActiveWindow


def leave(stage: Stage) -> Steps:
    """Ctrl+Q closes everything, without a question: all is saved."""
    stage.keyboard.press("ctrl+q")
    yield "the end", lambda: not stage.window.isVisible()
