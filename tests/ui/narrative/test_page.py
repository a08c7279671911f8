"""The page over a stand-in engine."""

import json
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QPlainTextEdit, QTableView, QWidget

from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.narrative.mention_model import Column
from m2m_desktop.ui.narrative.page import NOTICE, NarrativePage
from m2m_desktop.ui.narrative.records import Status
from m2m_desktop.ui.notices import NoticeArea
from tests.ui.analysis.counting import column, pasted, settings
from tests.ui.fit import cut_texts
from tests.ui.helpers import commit, compose, drop

ENGINE = [sys.executable, str(Path(__file__).with_name("toy_engine.py"))]
TEXT = "既往高血压。用药后出现皮疹、瘙痒，无发热，疑似恶心。"
WAIT = 10_000


class Asked:
    """What the engine was asked."""

    def __init__(self, path: Path) -> None:
        self._path, self._from = path, 0
        self.forget()

    def _lines(self) -> list[dict]:
        known = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        return [json.loads(line) for line in known]

    def forget(self) -> None:
        """Count from here on."""
        self._from = len(self._lines())

    def of(self, method: str) -> list[dict]:
        """The parameters of what was asked of a method."""
        return [one["params"] for one in self._lines()[self._from :] if one["method"] == method]

    def coded(self) -> list[str]:
        """The words that were coded."""
        return [
            params["text"][place["start"] : place["end"]]
            for params in self.of("narrative_code")
            for place in params["mentions"]
        ]


@pytest.fixture(scope="module")
def engine(tmp_path_factory, qapp):
    folder = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_TOY_LOG", str(folder / "asked.txt"))
        patch.setenv("M2M_TOY_FLAG", str(folder / "flag"))
        client = EngineClient(ENGINE)
        client.start()
        yield client, folder
        client.close()


@pytest.fixture
def asked(engine):
    return Asked(engine[1] / "asked.txt")


@pytest.fixture
def page(engine, asked, home, qtbot):
    made = NarrativePage(engine[0], NoticeArea(), settings(home))
    qtbot.addWidget(made)
    made.resize(1316, 750)
    made.show()
    made.set_choices(Choices("demo", threshold=0.5))
    made.start()
    yield made
    made.stop_asking()
    qtbot.waitUntil(lambda: engine[0].state is EngineState.READY, timeout=WAIT)


@pytest.fixture
def rest(page, engine, qtbot):
    """Until nothing is asked any more, and nothing is about to be."""

    def wait():
        qtbot.waitUntil(lambda: not page.text.box._pause.isActive(), timeout=WAIT)
        qtbot.waitUntil(
            lambda: not page.asking.is_reading and not page.asking.waiting, timeout=WAIT
        )
        qtbot.waitUntil(lambda: engine[0].state is EngineState.READY, timeout=WAIT)

    return wait


@pytest.fixture
def narrative(page, rest):
    """The page with a narrative that was read and coded."""
    page.text.box.replace(TEXT)
    rest()
    return page


def rows(page):
    return list(
        zip(column(page.list.table, Column.MENTION), column(page.list.table, Column.STATUS),
            strict=True)
    )  # fmt: skip


def marked(page):
    """The words that are marked in the text."""
    return [mark.cursor.selectedText() for mark in page.text.box.extraSelections()]


def select(page, words):
    box = page.text.box
    cursor = box.document().find(words)
    assert cursor.hasSelection()
    box.setTextCursor(cursor)


def caret_at(page, place):
    cursor = page.text.box.textCursor()
    cursor.setPosition(place)
    page.text.box.setTextCursor(cursor)


def stand_on(page, words):
    row = column(page.list.table, Column.MENTION).index(words)
    page.list.table.setCurrentIndex(page.list.model.index(row, 0))


def press(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    widget.setFocus()
    qtbot.keyClick(widget, key, modifier)


def test_mentions_are_listed_in_order_and_only_those_present_are_coded(narrative, asked):
    assert rows(narrative) == [
        ("高血压", "earlier"), ("皮疹", "present"), ("瘙痒", "present"), ("发热", "negated"),
        ("恶心", "uncertain"),
    ]  # fmt: skip
    assert asked.coded() == ["皮疹", "瘙痒"]
    assert marked(narrative) == ["高血压", "皮疹", "瘙痒", "发热", "恶心"]
    assert column(narrative.list.table, Column.BEST) == [
        "not coded", "皮疹", "皮疹", "not coded", "not coded",
    ]  # fmt: skip
    assert column(narrative.list.table, Column.PROBABILITY)[1] == "0.93"
    assert column(narrative.list.table, Column.SELECTED)[1] == "皮疹; 瘙痒"
    assert [one.text() for one in narrative.text.legend.words.values()] == [
        "present 2", "negated 1", "earlier 1", "uncertain 1",
    ]  # fmt: skip


def test_each_status_is_marked_with_a_ground_and_an_underline_of_its_own(narrative):
    looks = {
        (mark.format.background().color().name(), mark.format.underlineStyle())
        for mark in narrative.text.box.extraSelections()
    }
    assert len(looks) == len({ground for ground, _ in looks}) == len(Status)
    assert len({underline for _, underline in looks}) == len(Status)


def test_the_first_reaction_that_occurred_is_in_hand_with_its_candidates_and_its_tree(
    narrative, qtbot
):
    assert narrative.list.current().text == "皮疹"
    assert narrative.candidates.model.rowCount() == 4
    tree = narrative.tree.model
    qtbot.waitUntil(lambda: tree.rowCount(tree.pt_index()) == 2, timeout=WAIT)
    assert len(narrative.text.box.rooms(narrative.list.current())) == 1


def test_what_did_not_occur_has_no_candidates_but_a_reason(narrative):
    stand_on(narrative, "发热")
    assert narrative.candidates._nothing.text().startswith("Not coded: negated, “无”.")
    assert narrative.candidates.model.rowCount() == 0
    assert narrative.tree.model.rowCount() == 0


def test_places_are_characters_also_behind_signs_that_qt_counts_twice(page, rest, asked):
    page.text.box.replace("😀😀 皮疹\r\n😀瘙痒")
    rest()
    assert marked(page) == ["皮疹", "瘙痒"]
    assert asked.coded() == ["皮疹", "瘙痒"]
    assert [one["start"] for one in asked.of("narrative_code")[0]["mentions"]] == [3, 7]
    caret_at(page, 10)  # units: 😀😀 are four, the last 😀 two
    assert page.list.current().text == "瘙痒"
    select(page, "瘙痒")
    assert page.text.box.selection() == (7, 9)


def test_while_typing_untouched_mentions_follow_and_are_not_coded_again(narrative, rest, asked):
    asked.forget()
    caret_at(narrative, 0)
    commit(narrative.text.box, "患者女，")
    assert marked(narrative) == ["高血压", "皮疹", "瘙痒", "发热", "恶心"]
    assert narrative.list.current().text == "皮疹"
    assert asked.of("narrative_read") == []
    rest()
    assert len(asked.of("narrative_read")) == 1
    assert asked.of("narrative_code") == []
    assert len(rows(narrative)) == 5


def test_a_mention_whose_words_are_edited_goes_and_the_text_is_read_after_a_pause(
    narrative, rest, asked
):
    caret_at(narrative, TEXT.index("疹"))
    commit(narrative.text.box, "肤起")
    assert "皮疹" not in marked(narrative)
    caret_at(narrative, narrative.text.box.text.index("发热"))
    commit(narrative.text.box, "明显")  # 无明显发热: the cue no longer stands right before it
    rest()
    assert rows(narrative)[1:3] == [("瘙痒", "present"), ("发热", "present")]
    assert asked.coded()[-1] == "发热"


def test_the_reading_of_a_text_that_was_edited_meanwhile_is_given_up(page, rest, qtbot):
    page.text.box.replace("stuck 皮疹")
    assert page.asking.is_reading
    caret_at(page, 1)
    commit(page.text.box, "-")
    assert not page.asking.is_reading
    rest()
    assert rows(page) == [("皮疹", "present")]


def test_enter_codes_the_selected_words_and_breaks_the_line_where_none_are(
    narrative, rest, asked, qtbot
):
    asked.forget()
    select(narrative, "用药后")
    press(qtbot, narrative.text.box, Qt.Key.Key_Return)
    rest()
    assert narrative.text.box.text == TEXT
    assert ("用药后", "present") in rows(narrative)
    assert (narrative.list.current().text, asked.coded()) == ("用药后", ["用药后"])
    assert not narrative.list.table.isColumnHidden(Column.KIND)
    assert set(column(narrative.list.table, Column.KIND)) == {"reaction", "by hand"}
    narrative.text.box.moveCursor(QTextCursor.MoveOperation.End)
    press(qtbot, narrative.text.box, Qt.Key.Key_Return)
    assert narrative.text.box.text == TEXT + "\n"


def test_blank_signs_around_the_selected_words_are_not_part_of_the_mention(page, rest):
    page.text.box.replace("头痛 \n  眼花 ，")
    rest()
    cursor = page.text.box.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(8, QTextCursor.MoveMode.KeepAnchor)
    page.text.box.setTextCursor(cursor)
    page.text.mark_button.click()
    assert [one.text for one in page.mentions.shown] == ["眼花"]


def test_while_an_input_method_composes_enter_marks_nothing_and_mentions_stay(narrative, qtbot):
    select(narrative, "用药后")
    caret_at(narrative, 2)
    compose(narrative.text.box, "pi zhen")
    press(qtbot, narrative.text.box, Qt.Key.Key_Return)
    assert marked(narrative) == ["高血压", "皮疹", "瘙痒", "发热", "恶心"]
    assert len(rows(narrative)) == 5
    assert not narrative.text.box._pause.isActive()
    compose(narrative.text.box, "")
    assert narrative.text.box.text == TEXT


def test_del_removes_a_mention_for_good_and_ctrl_z_brings_it_back(narrative, rest, qtbot):
    stand_on(narrative, "皮疹")
    press(qtbot, narrative.list.table, Qt.Key.Key_Delete)
    assert "皮疹" not in marked(narrative)
    assert narrative.list.current().text == "瘙痒"
    narrative.text.read_button.click()
    rest()
    assert "皮疹" not in marked(narrative)
    press(qtbot, narrative.list.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "皮疹" in marked(narrative)
    assert not narrative.list.undo.isEnabled()


def test_keys_of_the_list_say_whether_it_occurred_and_what_occurred_is_coded(
    narrative, rest, asked, qtbot
):
    asked.forget()
    stand_on(narrative, "发热")
    press(qtbot, narrative.list.table, Qt.Key.Key_P)
    rest()
    assert asked.coded() == ["发热"]
    assert narrative.candidates.model.rowCount() == 4
    for key, word in ((Qt.Key.Key_N, "negated"), (Qt.Key.Key_H, "earlier"),
                      (Qt.Key.Key_U, "uncertain")):  # fmt: skip
        press(qtbot, narrative.list.table, key)
        assert ("发热", word) in rows(narrative)
        assert narrative.candidates.model.rowCount() == 0
    narrative.text.read_button.click()
    rest()
    assert ("发热", "uncertain") in rows(narrative)


def test_letters_in_the_text_are_letters(narrative, qtbot):
    caret_at(narrative, 0)
    press(qtbot, narrative.text.box, Qt.Key.Key_N)
    assert narrative.text.box.text == "n" + TEXT


def test_f3_goes_round_the_mentions_and_brings_them_into_the_text(narrative, qtbot):
    seen = []
    for _press in range(5):
        press(qtbot, narrative.text.box, Qt.Key.Key_F3)
        seen.append(narrative.list.current().text)
        place = narrative.text.box.textCursor().position()
        assert place == narrative.list.current().start
    assert seen == ["瘙痒", "发热", "恶心", "高血压", "皮疹"]
    press(qtbot, narrative.list.table, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert narrative.list.current().text == "高血压"


def test_a_click_into_a_mention_takes_it_in_hand(narrative, qtbot):
    box = narrative.text.box
    fever = narrative.mentions.shown[3]
    (room,) = box.rooms(fever)
    place = QPoint(round(room.center().x()), round(room.center().y()))
    qtbot.mouseClick(box.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert narrative.list.current().text == "发热"
    assert box.accessibleDescription() == "发热: negated"


def test_the_whole_list_is_copied_with_what_was_not_coded(narrative):
    narrative.list.copy_button.click()
    assert pasted() == [
        ["Mentioned as", "Status", "PT", "PT code", "Probability", "Source", "Terminology"],
        ["高血压", "earlier", "", "", "", "", ""],
        ["皮疹", "present", "皮疹", "90000001", "0.93", "model", "toy 1.0"],
        ["皮疹", "present", "瘙痒", "90000002", "0.71", "model", "toy 1.0"],
        ["瘙痒", "present", "皮疹", "90000001", "0.93", "model", "toy 1.0"],
        ["瘙痒", "present", "瘙痒", "90000002", "0.71", "model", "toy 1.0"],
        ["发热", "negated", "", "", "", "", ""],
        ["恶心", "uncertain", "", "", "", "", ""],
    ]
    stand_on(narrative, "皮疹")
    narrative.list.copy_codes.trigger()
    assert QGuiApplication.clipboard().text() == "90000001\n90000002"


def test_other_choices_read_and_code_again(narrative, rest, asked):
    asked.forget()
    narrative.set_choices(Choices("demo", "toy", "lexical", 0.2))
    rest()
    (coding,) = asked.of("narrative_code")
    told = coding["terminology"], coding["model"], coding["mode"], coding["threshold"]
    assert told == ("demo", "toy", "lexical", 0.2)
    assert len(asked.of("narrative_read")) == 1
    asked.forget()
    narrative.set_choices(Choices("demo", "toy", "lexical", 0.2))
    rest()
    assert asked.of("narrative_read") == []


def test_the_line_below_the_text_names_the_model_that_was_chosen(narrative, rest):
    assert narrative.text.state.text() == "Names."
    names = {"ner": "Small reader"}
    narrative.set_choices(Choices("demo", threshold=0.5, tagger="ner", names=names))
    narrative.text.box.replace("tagged: rash")
    rest()
    assert narrative.text.state.text() == "Mentions were found by names and by Small reader."
    narrative.text.box.replace("untagged: rash")
    rest()
    assert "looked up by names" in narrative.text.state.text()


def test_which_model_finds_mentions_is_left_to_the_settings(narrative, rest, asked):
    asked.forget()
    narrative.set_choices(Choices("demo", threshold=0.5, tagger="ner", encoder="vectors"))
    rest()
    assert ["model" in one for one in asked.of("narrative_read")] == [False]
    assert [one["encoder"] for one in asked.of("narrative_code")] == ["vectors"]


def test_a_page_that_is_not_seen_asks_for_nothing_until_it_is_started(narrative, rest, asked):
    narrative.hide()
    asked.forget()
    narrative.set_choices(Choices("toy2"))
    assert asked.of("narrative_read") == []
    narrative.show()
    narrative.start()
    rest()
    assert [one["terminology"] for one in asked.of("narrative_read")] == ["toy2"]


def test_an_error_is_said_in_place_and_can_be_tried_again(page, rest, engine):
    page.text.box.replace("broken 皮疹")
    rest()
    assert "llt.asc:3 is damaged" in page._notices.texts()[NOTICE]
    mended = engine[1] / "flag.mended"
    mended.touch()
    try:
        page._notices._notices[NOTICE]._action.click()
        rest()
    finally:
        mended.unlink()
    assert NOTICE not in page._notices.texts()
    assert rows(page) == [("皮疹", "present")]


def test_reading_can_be_stopped_and_what_was_typed_stays(page, rest, qtbot):
    page.text.box.replace("stuck 皮疹")
    qtbot.waitUntil(page.text.stop_button.isVisible, timeout=WAIT)
    assert page.text.state.text() == "Reading the narrative…"
    page.text.stop_button.click()
    assert page.text.state.text().startswith("Stopped")
    assert not page.text.stop_button.isVisible()
    rest()
    assert (page.text.box.text, page.mentions.shown) == ("stuck 皮疹", ())


def test_before_a_text_there_is_a_sample_and_without_mentions_a_hint(page, rest):
    assert page.stack.currentWidget() is page.blank
    page.blank.sample_button.click()
    rest()
    assert "56-year-old" in page.text.box.text
    assert page.stack.currentWidget() is page.blank  # the stand-in knows no English
    assert page.blank.title.text() == "No mention was found"
    page.text.clear_button.click()
    rest()
    assert page.blank.title.text() == "What happened to the patient?"


def test_text_files_are_opened_and_dropped_whatever_their_encoding(page, rest, tmp_path):
    path = tmp_path / "过程.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    assert drop(page.text, str(path))
    rest()
    assert page.text.box.text == TEXT
    assert not drop(page.text, str(tmp_path / "过程.xlsx"))
    too_long = tmp_path / "long.txt"
    too_long.write_text("皮" * 200_001, encoding="utf-8")
    page.open_file(str(too_long))
    assert "200,000 characters" in page._notices.texts()[NOTICE]
    assert page.text.box.text == TEXT


def test_a_text_that_is_no_one_narrative_is_not_read(page, asked):
    asked.forget()
    page.text.box.replace("皮疹，" * 70_000)
    assert "200,000" in page._notices.texts()[NOTICE]
    assert asked.of("narrative_read") == []
    page.text.box.replace("")
    assert page._notices.texts() == {}


def test_a_paste_is_plain_text_and_read_at_once(page, rest):
    data = QMimeData()
    data.setHtml("<b>皮疹</b>")
    data.setText("皮疹，无发热")
    page.text.box.insertFromMimeData(data)
    assert not page.text.box._pause.isActive()
    rest()
    assert rows(page) == [("皮疹", "present"), ("发热", "negated")]


def test_nothing_of_the_text_is_kept(narrative, home):
    stored = settings(home)
    narrative.list.remove.trigger()
    narrative.save_layout(stored)
    stored.sync()
    for path in [path for path in Path(home).rglob("*") if path.is_file()]:
        held = path.read_bytes()
        assert all(word.encode(code) not in held for word in ("皮疹", "高血压", "瘙痒")
                   for code in ("utf-8", "utf-16-le", "gb18030", "unicode_escape"))  # fmt: skip
    assert os.listdir(home)  # noqa: PTH208 - the layout is there


@pytest.mark.parametrize("size", [(1316, 750), (876, 490)])
@pytest.mark.parametrize("text", ["", TEXT])
def test_every_text_fits_and_has_a_name(page, rest, text, size, qtbot):
    page.resize(*size)
    page.text.box.replace(text)
    rest()
    qtbot.wait(20)
    assert cut_texts(page) == []
    views = page.findChildren(QTableView) + page.findChildren(QPlainTextEdit)
    assert len(views) >= 3
    assert not [view for view in views if not view.accessibleName()]
    assert all(pane.focusPolicy() & Qt.FocusPolicy.TabFocus for pane in page.panes())


def test_where_there_is_no_room_for_both_tree_and_candidates_take_turns(narrative):
    assert narrative.tree.isVisible()
    narrative.resize(876, 490)
    assert narrative.candidates.isVisible()
    assert not narrative.tree.isVisible()
    assert narrative.panes()[-1] is narrative.answer.tree_button
    narrative.answer.tree_button.click()
    assert narrative.tree.isVisible()
    assert not narrative.candidates.isVisible()
    assert narrative.panes()[-2:] == [narrative.answer.candidates_button, narrative.tree.tree]


def test_the_model_of_the_list_obeys_qt(narrative, rest):
    tester = QAbstractItemModelTester(
        narrative.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    narrative.list.remove.trigger()
    narrative.retranslate()
    narrative.text.box.replace("")
    rest()
    assert tester.model() is narrative.list.model


def test_a_term_can_be_looked_up_in_the_dictionary(narrative):
    spy = QSignalSpy(narrative.term_wanted)
    narrative.candidates.show_in_dictionary.trigger()
    assert spy.at(0)[1] == "90000001"


def test_unused_widgets_are_not_left_as_windows(narrative):
    assert not [
        one for one in narrative.findChildren(QWidget) if one.isWindow() and one.isVisible()
    ]
