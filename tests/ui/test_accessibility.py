"""Every page and dialog for those who do not see it or have no mouse: names, texts, keys.

Walks the whole program as `stage.STATES` has it; what is added there is held to the same.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QSplitterHandle,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from m2m_desktop.services import language
from tests.ui.stage import STATES, Stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)"),  # offscreen has neither
]

SHOWS_DATA = (QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit, QProgressBar)
PARTS_OF_QT = (QHeaderView, QScrollBar, QSplitterHandle, QTabBar, QTabWidget, QMenu)

ONE_LETTER = re.compile(r"(Shift\+)?[^+]")
PROPER_NAMES = frozenset({"English", "中文", "简体中文", "MedDRA", "语言 / Language"})


@pytest.fixture(scope="module")
def walked(qapp, tmp_path_factory):
    """Everything there is to see, looked at once in English and once in the pseudo-translation."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_HOME", str(home))
        patch.setenv("M2M_LANG", "pseudo")
        before = language.current_language()
        stage = Stage(qapp, home, "en")
        found: dict[str, dict[str, list[tuple[str, str]]]] = {"en": {}, "pseudo": {}}
        keys: dict[str, list[tuple[str, str, str]]] = {}
        actions: dict[str, list[str]] = {}
        try:
            for spoken in found:
                stage.speak("" if spoken == "pseudo" else spoken)
                for state in STATES:
                    shown = state.reach(stage)
                    stage.settle()
                    found[spoken][state.name] = list(names_in(shown))
                    keys[state.name] = list(keys_in(shown))
                    actions[state.name] = list(nameless_actions(shown))
                    if state.is_dialog:
                        stage.leave(shown)
        finally:
            stage.close()
            language.use_language(before)
    return found, keys, actions


def named(shown: QWidget) -> Iterator[QWidget]:
    """Widgets in ``shown`` that take the focus or show data, without the inner parts of Qt's own."""
    for widget in shown.findChildren(QWidget):
        if not widget.isVisibleTo(shown) or isinstance(widget, PARTS_OF_QT):
            continue
        inner = widget.objectName().startswith("qt_") or isinstance(
            widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit | QTabBar
        )
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and not isinstance(
            widget, QLabel
        )
        if not inner and (takes_focus or isinstance(widget, SHOWS_DATA)):
            yield widget


def names_in(shown: QWidget) -> Iterator[tuple[str, str]]:
    """Where each of them is, and what a screen reader says."""
    for number, widget in enumerate(named(shown)):
        name = widget.accessibleName()
        if not name and isinstance(widget, QAbstractButton):
            name = widget.text()
        yield f"{number} {type(widget).__name__} in {type(widget.parentWidget()).__name__}", name


def keys_in(shown: QWidget) -> Iterator[tuple[str, str, str]]:
    """The shortcuts of ``shown``: keys, what they hold for, whose they are."""
    for action in shown.findChildren(QAction):
        for keys in action.shortcuts() if action.isEnabled() else ():
            context = action.shortcutContext()
            owners = [one for one in action.associatedObjects() if isinstance(one, QWidget)]
            inside = [one for one in owners if not isinstance(one, QMenu) and can_act(one, shown)]
            if not inside and not reaches_window(context):
                continue
            where = "window" if reaches_window(context) else owner_of(inside)
            yield keys.toString(), where, f"action {action.text()}"
    for shortcut in shown.findChildren(QShortcut):
        parent = shortcut.parent()
        assert isinstance(parent, QWidget)
        if not can_act(parent, shown):
            continue
        where = "window" if reaches_window(shortcut.context()) else owner_of([parent])
        for keys in shortcut.keys():  # noqa: SIM118 - not a dict
            yield keys.toString(), where, f"shortcut of {type(parent).__name__}"


def can_act(owner: QWidget, shown: QWidget) -> bool:
    """Whether the keys of a widget could be meant now."""
    return owner.window() is shown.window() and owner.isVisibleTo(shown)


def reaches_window(context: Qt.ShortcutContext) -> bool:
    reaching = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    return context in reaching


def owner_of(widgets: list[QWidget]) -> str:
    return " ".join(f"{type(one).__name__}@{id(one):x}" for one in widgets)


def nameless_actions(shown: QWidget) -> Iterator[str]:
    """Actions without a text: a menu or a screen reader could not say what they do."""
    for action in shown.findChildren(QAction):
        parent = action.parent()
        is_of_qt = isinstance(parent, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)
        is_popup = isinstance(parent, QMenu) and parent.menuAction() is action
        is_shown = action.isVisible() and not action.isSeparator() and not is_popup
        if is_shown and not action.text() and not is_of_qt:
            yield f"{action.shortcut().toString()} of {type(parent).__name__}"


@pytest.mark.requirement("R-029")
def test_whatever_takes_the_focus_or_shows_data_has_a_name(walked):
    found, _keys, _actions = walked
    nameless = {
        state: [where for where, name in names if not name.strip()]
        for state, names in found["en"].items()
    }
    assert not {state: where for state, where in nameless.items() if where}
    assert not [state.name for state in STATES if not found["en"][state.name]]


def test_names_are_in_the_language_of_the_window(walked):
    """A name that is the same in the pseudo-translation was never given to the translator.

    Names that come from data (a phrase, a file, a term) stay: they carry Chinese or a number.
    """
    found, _keys, _actions = walked
    forgotten = defaultdict(set)
    for state, names in found["pseudo"].items():
        for where, name in names:
            is_data = re.search(r"[㐀-鿿\d]", name) or name in PROPER_NAMES
            if name and "[" not in name and not is_data:
                forgotten[state].add(f"{where}: {name}")
    assert not forgotten


def test_every_action_has_a_text(walked):
    _found, _keys, actions = walked
    assert not {state: names for state, names in actions.items() if names}


def test_no_two_things_of_one_place_answer_to_the_same_keys(walked):
    _found, keys, _actions = walked
    twice = {}
    for state, found in keys.items():
        known = defaultdict(list)
        for pressed, where, what in found:
            known[pressed, where].append(what)
        doubles = {key: what for key, what in known.items() if len(set(what)) > 1 and key[0]}
        if doubles:
            twice[state] = doubles
    assert not twice


def test_no_keys_of_the_window_stand_in_the_way_of_those_of_a_list(walked):
    """Qt answers to neither of two that are both meant."""
    _found, keys, _actions = walked
    clashes = {}
    for state, found in keys.items():
        of_window = {pressed for pressed, where, _what in found if where == "window"}
        local = {
            f"{pressed}: {what}"
            for pressed, where, what in found
            if where != "window" and pressed in of_window
        }
        if local:
            clashes[state] = local
    assert not clashes


def test_no_keys_of_input_methods_and_no_letters_that_reach_text_fields(walked):
    """Ctrl+Space and bare Shift change the input method; a letter alone must stay in its list."""
    _found, keys, _actions = walked
    wrong = set()
    for found in keys.values():
        for pressed, where, what in found:
            typed = QKeySequence(pressed)
            is_of_input = pressed in {"Ctrl+Space", "Shift", "Shift+Space", "Ctrl+."}
            is_letter = bool(ONE_LETTER.fullmatch(typed.toString())) and where == "window"
            if is_of_input or is_letter:
                wrong.add(f"{pressed} ({what})")
    assert not wrong
