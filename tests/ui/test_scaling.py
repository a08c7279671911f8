"""Nothing is cut at 960 x 600 and at 1400 x 860, from 100 to 300 %, in both languages and the
pseudo-translation.

Every page and dialog of `stage.STATES`, in child processes: a scale holds for a whole process. Two
scales by default; all of them with ``M2M_SCALES=1,1.5,2,3``.
"""

import json
import os

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from m2m_desktop.ui import style
from m2m_desktop.ui.elided_choice import ElidedChoice
from tests.ui.fit import cut_texts
from tests.ui.screens import run_child

SCALES = os.environ.get("M2M_SCALES", "1,3").split(",")
LANGUAGES = ("zh_CN", "en", "pseudo")

EXCUSED = {
    ("phrases pseudo", "TreePanel"): "a box of 36 letters in a column that people can widen",
    ("workbook pseudo", "CandidatePanel"): "two lines of 40 px in a list that is as low as it gets",
    (
        "workbook pseudo",
        "StateLine",
    ): "the status bar shares its line with the progress of a review",
}


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
def test_nothing_is_cut_in_the_smallest_and_the_usual_window(scale, tmp_path):
    run_child(tmp_path, scale, {"fit": LANGUAGES})
    found = json.loads((tmp_path / "cut.json").read_text(encoding="utf-8"))
    left = {
        state: [one for one in lines if not is_excused(state, one)]
        for state, lines in found.items()
    }
    assert not {state: lines for state, lines in left.items() if lines}


def is_excused(state: str, line: str) -> bool:
    return any(state == where and part in line for where, part in EXCUSED)


# -- the finder itself ---------------------------------------------------------------------------


@pytest.fixture
def shown(qapp, qtbot):
    style.apply_theme(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 100)
    window.show()
    return window


def place(widget: QWidget, parent: QWidget, width: int, height: int = 30) -> None:
    widget.setParent(parent)
    widget.setGeometry(QRect(5, 5, width, height))
    widget.show()


def test_a_label_that_is_cut_is_found(shown):
    place(QLabel("Terminology of the hospital"), shown, 60)
    assert "Terminology of the hospital" in cut_texts(shown)[0]


def test_a_label_whose_last_line_is_cut_is_found(shown):
    place(QLabel("Terminology of the hospital", wordWrap=True), shown, 80, 20)
    assert len(cut_texts(shown)) == 1


def test_a_button_that_is_cut_is_found(shown):
    place(QPushButton("Import release"), shown, 70)
    assert len(cut_texts(shown)) == 1


@pytest.mark.parametrize(("kind", "count"), [(QComboBox, 1), (ElidedChoice, 0)])
def test_a_choice_that_is_cut_in_the_middle_of_a_letter_is_found(kind, count, shown):
    choice = kind()
    choice.addItem("Demo dictionary, not MedDRA")
    place(choice, shown, 120)
    assert len(cut_texts(shown)) == count
    if kind is ElidedChoice:
        assert choice.shown_text().endswith("…")
        assert choice.shown_text() != choice.currentText()


def test_texts_over_one_another_and_outside_the_window_are_found(shown):
    for text in ("One", "Two"):
        place(QLabel(text), shown, 60)
    place(QPushButton("Far"), shown, 60)
    shown.findChildren(QPushButton)[0].move(280, 60)
    found = cut_texts(shown)
    assert any("One over Two" in one for one in found)
    assert any("outside" in one for one in found)


def test_what_fits_is_not_reported(shown):
    row = QHBoxLayout(shown)
    for widget in (QLabel("Model"), QPushButton("Import release…"), QLabel("字字")):
        row.addWidget(widget)
    shown.adjustSize()
    shown.show()
    assert cut_texts(shown) == []
