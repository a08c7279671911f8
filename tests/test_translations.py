"""Every sentence a user reads goes through the translator: in the source, and in the running program.

That the catalogue is complete, up to date and has the same placeholders is checked by
`tests/services/test_language.py` through ``packaging/messages.py check``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from m2m_desktop.services.language import (
    PSEUDO,
    known_language,
    pseudo_text,
    translate,
    use_language,
)

UI = Path(__file__).resolve().parents[1] / "m2m_desktop" / "ui"

SAID_BY = frozenset(
    {
        "setText", "setToolTip", "setStatusTip", "setWhatsThis", "setWindowTitle", "setTitle",
        "setPlaceholderText", "setAccessibleName", "setAccessibleDescription", "setTabText",
        "setTabToolTip", "setPrefix", "setSuffix", "setSpecialValueText", "setLabelText",
        "setHeaderLabels", "setInformativeText", "setDetailedText", "setHtml", "setPlainText",
        "setMarkdown", "addItem", "addItems", "addTab", "addAction", "addMenu", "addButton",
        "addRow", "insertItem", "insertTab", "insertAction", "showMessage", "say", "set_full_text",
        "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QAction", "QGroupBox",
        "QMenu", "QMessageBox", "getText", "getItem", "getOpenFileName", "getSaveFileName",
        "getExistingDirectory", "emit",
    }
)  # fmt: skip
"""Calls whose texts are read by people."""

SAID_AS = frozenset({"text", "placeholderText", "toolTip", "windowTitle", "title", "statusTip"})
"""Keyword arguments of widgets that are texts."""

PLAIN = frozenset(
    {
        "mention2meddra Desktop",  # the name of the program is not translated
        "语言 / Language",  # both words stand in the menu: who cannot read the one finds the other
        "English",
        "中文",
    }
)

WORD = re.compile(r"[A-Za-z㐀-鿿]{2,}")


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of every literal that is shown without having been marked."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        named = [one.value for one in call.keywords if one.arg in SAID_AS]
        told = call.args[2:] if name_of(call) == "say" else call.args  # after a key and a kind
        said = [*told, *named] if name_of(call) in SAID_BY else named
        for argument in said:
            for text in literals(argument):
                if is_sentence(text, name_of(call)):
                    yield call.lineno, text


def name_of(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def literals(node: ast.expr) -> Iterator[str]:
    """The texts an expression is put together from, without those that go through a call."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            if isinstance(part, ast.Constant):
                yield str(part.value)
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
        yield from literals(node.right)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from literals(part)


def is_sentence(text: str, call: str) -> bool:
    """Whether people would read it: words that are not a code, a colour, mark-up or the kind of a file."""
    plain = re.sub(r"<[^<>]*>|&\w+;|#[0-9a-f]{6}|\b(MedDRA|SOC|HLGT|HLT|PT|LLT|SMQ)\b", " ", text)
    if text in PLAIN or not WORD.search(plain):
        return False
    is_code = call == "emit" and re.fullmatch(r"[a-z_]+", text)
    is_file = re.fullmatch(r"[*.\w ;()]*\.\w+[*.\w ;()]*", text)
    return not is_code and not is_file


@pytest.mark.requirement("R-030")
def test_every_text_of_the_window_goes_through_the_translator():
    found = [
        f"{path.relative_to(UI).as_posix()}:{line}: {text!r}"
        for path in sorted(UI.rglob("*.py"))
        for line, text in unmarked(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Import release")',
        'label.setText(f"{count} rows")',
        'label.setText("Rows: " + str(count))',
        'combo.addItem("Any match", 1)',
        'made = QLabel("Nothing here")',
        'field = QLineEdit(placeholderText="Phrase, term or code")',
        'label.setText(_("One") if one else "Two words")',
        'notices.say("key", "error", "It broke")',
    ],
)
def test_a_text_that_is_not_marked_is_found(source):
    assert len(list(unmarked(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'label.setText(_("Import release"))',
        'label.setText(" " + _("Copy table"))',
        'label.setText(_("{count} rows").format(count=3))',
        'notices.say("key", "error", sentence(error))',
        'label.setText(f"{title}   ·   {model}")',
        'label.setText("")',
        'button.setText("…")',
    ],
)
def test_a_text_that_is_marked_is_not_reported(source):
    assert not list(unmarked(source))


# -- the pseudo-translation ----------------------------------------------------------------------


def test_the_pseudo_translation_is_longer_accented_and_in_brackets():
    spoken = pseudo_text("Import release")
    assert spoken.startswith("[Ímpôrt réléášé ")
    assert spoken.endswith("]")
    for text in (
        "Save",
        "Import release",
        "One phrase a line. Enter codes. Paste from Excel works.",
    ):
        assert 1.35 * len(text) <= len(pseudo_text(text)) <= 2 * len(text) + 3


def test_the_pseudo_translation_keeps_placeholders_mark_up_and_menu_keys():
    spoken = pseudo_text("&File: {count} of %(total)s, <b>bold</b>, %s")
    for kept in ("&F", "{count}", "%(total)s", "<b>", "</b>", "%s"):
        assert kept in spoken
    assert spoken.format(count=3)
    assert pseudo_text("") == ""


def test_the_pseudo_translation_is_spoken_where_the_variable_asks_for_it(monkeypatch):
    monkeypatch.setenv("M2M_LANG", PSEUDO)
    assert use_language() == PSEUDO
    assert translate("Save", PSEUDO) != "Save"
    assert known_language("pseudo_XY") == "en"
