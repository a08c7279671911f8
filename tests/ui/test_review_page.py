"""Every key of the map does what it says; decisions are in the file when the key is up."""

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui.candidate_model import SELECTED_ROLE
from m2m_desktop.ui.review.columns import ReviewColumn
from m2m_desktop.ui.review.filter import Queue
from m2m_desktop.ui.review.keys import KEYS, Command, Place
from tests.ui.helpers import commit, compose
from tests.ui.review_bench import KEY, MODIFIER, Bench, bench_of
from tests.ui.review_project import Toy, store

ENTER, SHIFT, CTRL = KEY.Key_Return, MODIFIER.ShiftModifier, MODIFIER.ControlModifier


@pytest.fixture
def bench(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot) as made:
        yield made


def ticked(bench: Bench) -> list[str]:
    model = bench.page.answer.candidates.model
    rows = range(model.rowCount())
    return [model.candidate(row).pt.name for row in rows if model.index(row, 1).data(SELECTED_ROLE)]


def test_the_first_phrase_is_in_hand_with_its_candidates(bench):
    assert bench.shown() == ["起皮疹", "皮疹伴瘙痒", "说不清", "发风团", "想吐"]
    assert bench.in_hand == bench.head.phrase.text() == "起皮疹"
    assert ticked(bench) == ["皮疹"]
    assert [chip.text().split()[0] for chip in bench.head.chips.chips()] == ["皮疹"]
    assert bench.page.answer.tab_titles()[1] == "Places (3)"


# -- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Enter])
def test_enter_accepts_and_goes_on(bench, key):
    bench.press(key)
    assert bench.state("起皮疹") == ("accepted", "皮疹")
    assert bench.stored("起皮疹").state.reviewer == "王药师"
    assert bench.in_hand == "皮疹伴瘙痒"


def test_enter_passes_by_what_is_decided(bench):
    bench.go("皮疹伴瘙痒")
    bench.press(KEY.Key_N)
    bench.go("起皮疹")
    bench.press(ENTER)
    assert bench.in_hand == "说不清"


def test_shift_enter_accepts_and_stays(bench):
    bench.press(ENTER, SHIFT)
    assert bench.state("起皮疹") == ("accepted", "皮疹")
    assert bench.in_hand == "起皮疹"


def test_enter_where_nothing_is_selected_says_so_in_place(bench):
    bench.go("说不清")
    bench.press(ENTER)
    assert bench.state("说不清") == ("unreviewed", "")
    assert bench.in_hand == "说不清"
    assert "no term to accept" in bench.head.refusal()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_digit_chooses_that_candidate_alone_and_enter_accepts_it(bench, number):
    bench.go("皮疹伴瘙痒")
    names = [bench.page.answer.candidates.model.candidate(n).pt.name for n in range(4)]
    bench.press(KEY(KEY.Key_0 + number))
    assert bench.state("皮疹伴瘙痒") == ("unreviewed", names[number - 1])
    assert bench.cell("皮疹伴瘙痒", ReviewColumn.STATUS) == "draft"
    assert ticked(bench) == [names[number - 1]]
    bench.press(ENTER)
    assert bench.state("皮疹伴瘙痒") == ("changed", names[number - 1])


def test_choosing_what_was_proposed_counts_as_accepted(bench):
    bench.press(KEY.Key_1)
    bench.press(ENTER)
    assert bench.state("起皮疹") == ("accepted", "皮疹")


def test_a_digit_without_a_candidate_says_so(bench):
    bench.press(KEY.Key_9)
    assert "no candidate 9" in bench.head.refusal()
    assert bench.state("起皮疹") == ("unreviewed", "皮疹")


def test_space_takes_the_candidate_in_hand_into_the_set_and_out_again(bench):
    bench.page.answer.candidates.table.selectRow(2)
    bench.press(KEY.Key_Space)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹 荨麻疹")
    assert ticked(bench) == ["皮疹", "荨麻疹"]
    bench.page.answer.candidates.table.selectRow(0)
    bench.press(KEY.Key_Space)
    bench.press(ENTER)
    assert bench.state("起皮疹") == ("changed", "荨麻疹")


def test_the_keys_of_the_answer_work_in_the_list_of_candidates_too(bench):
    candidates = bench.page.answer.candidates.table
    candidates.setFocus()
    bench.press(KEY.Key_Down, on=candidates)
    bench.press(KEY.Key_Space, on=candidates)
    bench.press(KEY.Key_N, on=candidates)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹 瘙痒"), "letters are the table's"
    bench.press(ENTER, on=candidates)
    assert bench.state("起皮疹") == ("changed", "皮疹 瘙痒")
    assert bench.in_hand == "皮疹伴瘙痒"


@pytest.mark.parametrize("key", [KEY.Key_N, KEY.Key_Delete])
def test_n_and_delete_say_that_no_term_is_suitable(bench, key):
    bench.press(key)
    assert bench.state("起皮疹") == ("no_suitable_term", "")
    assert bench.in_hand == "皮疹伴瘙痒"


def test_f_flags_and_takes_the_flag_away(bench):
    bench.press(KEY.Key_F)
    assert bench.row("起皮疹").state.is_flagged
    assert bench.model.queue_counts()[Queue.FLAGGED] == 1
    bench.press(KEY.Key_F)
    assert not bench.stored("起皮疹").state.is_flagged


def test_u_reopens_and_the_terms_stay(bench):
    bench.press(KEY.Key_2)
    bench.press(ENTER, SHIFT)
    bench.press(KEY.Key_U)
    assert bench.state("起皮疹") == ("unreviewed", "瘙痒")
    bench.press(KEY.Key_U)
    assert "not decided yet" in bench.head.refusal()


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_1, KEY.Key_Space, KEY.Key_N])
def test_a_decided_phrase_is_locked_and_says_how_to_open_it(bench, key):
    bench.press(ENTER, SHIFT)
    before = bench.stored("起皮疹")
    bench.press(key)
    assert bench.stored("起皮疹") == before
    assert "press U" in bench.head.refusal()
    assert bench.head.note.isVisible()


def test_undo_and_redo_have_no_limit_and_say_what_they_did(bench):
    keys = [KEY.Key_Return, KEY.Key_N, KEY.Key_F, KEY.Key_1, KEY.Key_Return, KEY.Key_Return]
    start = bench.project.phrases()
    states = []
    for key in keys:
        bench.press(key)
        states.append(bench.project.phrases())
    for expected in [*reversed(states[:-1]), start]:
        bench.press(KEY.Key_Z, CTRL)
        assert bench.project.phrases() == expected == list(bench.model.everything())
        assert bench.said[-1].startswith("Undone: ")
    bench.press(KEY.Key_Z, CTRL)
    assert bench.said[-1] == "There is nothing to undo."
    for expected in states:
        bench.press(KEY.Key_Y, CTRL)
        assert bench.project.phrases() == expected == list(bench.model.everything())
    bench.press(KEY.Key_Y, CTRL)
    assert bench.said[-1] == "There is nothing to redo."


def test_undo_goes_to_the_phrase_it_changed(bench):
    bench.press(ENTER)
    bench.go("想吐")
    bench.press(KEY.Key_Z, CTRL)
    assert bench.in_hand == "起皮疹"
    assert "起皮疹" in bench.said[-1]


def test_undo_in_a_field_is_the_fields_own(bench):
    bench.press(ENTER)
    field = bench.page.phrases.bar.text
    field.setFocus()
    commit(field, "皮疹")
    bench.press(KEY.Key_Z, CTRL, on=field)
    assert bench.state("起皮疹")[0] == "accepted"


def test_ctrl_f_goes_to_the_filter_and_what_is_typed_filters(bench, qtbot):
    bench.press(KEY.Key_F, CTRL)
    field = bench.page.phrases.bar.text
    assert field.hasFocus()
    commit(field, "风团")
    qtbot.waitUntil(lambda: bench.shown() == ["发风团"], timeout=2000)
    assert bench.in_hand == "发风团"
    assert "Shown: 1" in bench.page.phrases.counts.text()
    bench.page.phrases.bar.clear_button.click()
    assert len(bench.shown()) == 5


def test_f3_goes_round_the_doubtful_ones(bench):
    seen = []
    for _step in range(3):
        bench.press(KEY.Key_F3)
        seen.append(bench.in_hand)
    assert seen == ["说不清", "发风团", "说不清"]
    bench.press(KEY.Key_F3, SHIFT)
    assert bench.in_hand == "发风团"
    bench.press(KEY.Key_N)
    bench.go("说不清")
    bench.press(KEY.Key_N)
    bench.press(KEY.Key_F3)
    assert bench.said[-1] == "No doubtful phrase is shown."


def test_ctrl_c_copies_terms_and_with_shift_codes(bench):
    bench.go("皮疹伴瘙痒")
    bench.press(KEY.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "皮疹\n瘙痒"
    bench.press(KEY.Key_C, CTRL | SHIFT)
    assert QGuiApplication.clipboard().text() == "90000001\n90000002"


def test_f6_and_esc_as_the_window_calls_them(bench):
    page, seen = bench.page, set()
    for _step in page.panes():
        page.run(Command.NEXT_PANE)
        seen.add(bench.window.focusWidget())
    assert seen == set(page.panes())
    page.answer.search.field.setText("皮疹")
    page.run(Command.BACK)
    assert bench.table.hasFocus()
    assert not page.answer.search.is_open


def test_the_sheet_shows_every_key_and_f1_opens_it(bench):
    bench.page.run(Command.KEYS)
    from m2m_desktop.ui.keys_dialog import KeysDialog

    sheet = next(d for d in bench.window.findChildren(KeysDialog) if d.isVisible())
    texts = [part.text() for part in sheet.findChildren(type(sheet.keys()[0]))]
    for key in KEYS:
        assert key.text in texts
        assert key.meaning in texts
    sheet.close()


def test_every_command_of_the_map_is_one_the_page_or_the_window_carries_out(bench):
    assert {key.command for key in KEYS} == set(Command)
    made = {one.text for one in KEYS if one.place is not Place.WINDOW}
    for key in KEYS:
        if key.place is not Place.WINDOW:
            assert bench.page.keyboard.action(key.command).shortcuts()
    assert len(made) == len({*made}), "no key means two things"
    keys = [one for key in KEYS for one in key.keys]
    assert len(keys) == len(set(keys))


def test_letters_typed_into_a_field_are_only_text(bench, qtbot):
    before = bench.project.phrases()
    for field in (
        bench.page.phrases.bar.text,
        bench.page.answer.search.field,
        bench.table.header.field(ReviewColumn.PHRASE),
    ):
        field.setFocus()
        qtbot.keyClicks(field, "nfu1 ")
        assert field.text().strip() == "nfu1"
        field.clear()
    assert bench.project.phrases() == before


def test_while_an_input_method_composes_no_key_decides(bench):
    before = bench.project.phrases()
    compose(bench.table, "ni")
    for key in (KEY.Key_N, KEY.Key_F, KEY.Key_1, KEY.Key_Space, KEY.Key_Return, KEY.Key_Delete):
        bench.press(key)
    assert bench.project.phrases() == before
    assert bench.in_hand == "起皮疹"
    commit(bench.table, "你")
    bench.press(KEY.Key_N)
    assert bench.state("起皮疹")[0] == "no_suitable_term"


def test_composing_in_a_field_stops_the_keys_of_the_page_until_it_is_left(bench):
    bench.press(ENTER)
    field = bench.page.answer.search.field
    field.setFocus()
    compose(field, "pizhen")
    bench.press(KEY.Key_F3, on=field)
    assert bench.in_hand == "皮疹伴瘙痒"
    bench.table.setFocus()
    bench.press(KEY.Key_F3)
    assert bench.in_hand == "说不清"


def test_a_key_held_down_decides_once(bench):
    assert not bench.page.keyboard.action(Command.ACCEPT).autoRepeat()
    assert not bench.page.keyboard.action(Command.NO_TERM).autoRepeat()


# -- mouse ---------------------------------------------------------------------------------------


def click(bench: Bench, view, row: int, column: int, *, double: bool = False) -> None:
    at = view.visualRect(view.model().index(row, column)).center()
    bench.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if double:
        bench.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_single_click_shows_and_a_double_click_accepts_and_goes_on(bench):
    click(bench, bench.table, 1, ReviewColumn.PHRASE)
    assert bench.in_hand == "皮疹伴瘙痒"
    assert bench.state("皮疹伴瘙痒")[0] == "unreviewed"
    click(bench, bench.table, 1, ReviewColumn.PHRASE, double=True)
    assert bench.state("皮疹伴瘙痒") == ("accepted", "皮疹 瘙痒")
    assert bench.in_hand == "说不清"


def test_a_double_click_on_a_candidate_decides_for_it_alone(bench):
    click(bench, bench.page.answer.candidates.table, 1, 2, double=True)
    assert bench.state("起皮疹") == ("changed", "瘙痒")
    assert bench.in_hand == "皮疹伴瘙痒"


def test_a_click_on_the_box_ticks_a_candidate(bench):
    click(bench, bench.page.answer.candidates.table, 1, 1)
    assert bench.state("起皮疹") == ("unreviewed", "皮疹 瘙痒")


def test_a_click_on_a_chip_takes_its_term_out(bench):
    bench.go("皮疹伴瘙痒")
    bench.head.chips.chips()[0].click()
    assert bench.state("皮疹伴瘙痒") == ("unreviewed", "瘙痒")
    assert len(bench.head.chips.chips()) == 1


def test_the_buttons_do_what_their_keys_do_and_know_when_they_may(bench):
    buttons = bench.head.buttons
    bench.go("说不清")
    assert not buttons[Command.ACCEPT].isEnabled()
    assert not buttons[Command.REOPEN].isEnabled()
    buttons[Command.NO_TERM].click()
    assert bench.state("说不清")[0] == "no_suitable_term"
    bench.go("说不清")
    assert buttons[Command.REOPEN].isEnabled()
    assert not buttons[Command.NO_TERM].isEnabled()
    buttons[Command.REOPEN].click()
    assert bench.state("说不清")[0] == "unreviewed"


# -- several phrases -----------------------------------------------------------------------------


def test_bulk_acceptance_takes_exactly_what_is_shown_after_asking(bench):
    bench.press(ENTER)
    bench.page.phrases.bar.text.setText("皮")
    bench.page.phrases.bar.flush()
    assert bench.shown() == ["起皮疹", "皮疹伴瘙痒", "发风团"]
    assert "3 shown" in bench.page.phrases.bulk_button.text()
    bench.page.phrases.bulk_button.click()
    dialog = bench.dialog()
    assert "Accept the 2 shown?" in dialog.windowTitle()
    assert bench.state("皮疹伴瘙痒")[0] == "unreviewed", "nothing happens before the answer"
    dialog.yes.click()
    decided = [row.text for row in bench.project.phrases() if row.state.is_locked]
    assert decided == ["起皮疹", "皮疹伴瘙痒", "发风团"]
    assert "passed by: 1" in bench.said[-1]
    bench.press(KEY.Key_Z, CTRL)
    decided = [row.text for row in bench.project.phrases() if row.state.is_locked]
    assert decided == ["起皮疹"], "one undo takes all of it back"


def test_no_as_the_answer_changes_nothing(bench):
    bench.page.phrases.bulk_button.click()
    bench.dialog().no.click()
    assert not any(row.state.is_locked for row in bench.project.phrases())


def test_the_question_counts_what_stays_as_it_is(bench):
    bench.press(ENTER)
    bench.page.phrases.bulk_button.click()
    texts = " ".join(part.text() for part in bench.dialog().findChildren(type(bench.head.phrase)))
    assert "1 is decided already" in texts
    assert "1 has no term" in texts
    assert bench.dialog().yes.text() == "Accept 3"
    bench.dialog().no.click()


@pytest.mark.parametrize(
    ("key", "status"),
    [(KEY.Key_Return, "accepted"), (KEY.Key_N, "no_suitable_term")],
)
def test_a_key_holds_for_the_chosen_phrases_after_asking(bench, key, status):
    bench.choose("起皮疹", "想吐")
    assert "2 chosen phrases" in bench.head.scope.text()
    bench.press(key)
    bench.dialog().yes.click()
    decided = {row.text: row.state.status.value for row in bench.project.phrases()}
    assert {text for text, value in decided.items() if value == status} == {"起皮疹", "想吐"}


def test_flags_need_no_question(bench):
    bench.choose("起皮疹", "想吐")
    bench.press(KEY.Key_F)
    assert bench.dialog() is None
    assert sum(row.state.is_flagged for row in bench.project.phrases()) == 2
    bench.press(KEY.Key_F)
    assert not any(row.state.is_flagged for row in bench.project.phrases())


def test_reopening_several_asks_too(bench):
    bench.press(ENTER)
    bench.press(ENTER)
    bench.choose("起皮疹", "皮疹伴瘙痒", "说不清")
    bench.press(KEY.Key_U)
    assert bench.dialog().yes.text() == "Reopen 2"
    bench.dialog().yes.click()
    assert not any(row.state.is_locked for row in bench.project.phrases())


def test_what_was_set_aside_is_never_accepted_in_bulk(bench):
    bench.page.phrases.bar.show_queue(Queue.ASIDE)
    assert bench.shown() == ["好转"]
    assert bench.row("好转").kind is PieceKind.OUTCOME
    bench.page.phrases.bulk_button.click()
    assert not bench.dialog().yes.isEnabled()
    bench.dialog().no.click()


# -- single rows ---------------------------------------------------------------------------------


def test_chosen_rows_are_decided_on_their_own(bench):
    places = bench.page.answer.places
    bench.page.answer.show_places()
    places.table.selectRow(1)
    places.only_button.click()
    assert "1 of 3 rows" in bench.head.scope.text()
    bench.press(KEY.Key_3)
    bench.press(ENTER)
    own = [item.state for item in bench.project.items(bench.row("起皮疹").phrase_id)]
    assert own[0] is None
    assert own[2] is None
    assert [term.pt_name for term in own[1].terms] == ["荨麻疹"]
    assert own[1].is_locked
    assert bench.state("起皮疹") == ("unreviewed", "皮疹"), "the phrase itself is still open"
    assert bench.row("起皮疹").exception_count == 1
    assert not bench.head.scope.isVisible(), "the next decision holds for the phrase again"
    assert bench.in_hand == "起皮疹"
    bench.press(KEY.Key_Z, CTRL)
    bench.press(KEY.Key_Z, CTRL)
    assert all(item.state is None for item in bench.project.items(bench.row("起皮疹").phrase_id))
    assert bench.row("起皮疹").exception_count == 0
    bench.press(KEY.Key_Y, CTRL)
    bench.press(KEY.Key_Y, CTRL)
    assert bench.stored("起皮疹") == bench.row("起皮疹")
    assert bench.row("起皮疹").exception_count == 1


def test_a_row_can_follow_the_phrase_again(bench):
    places = bench.page.answer.places
    places.table.selectRow(0)
    places.only_button.click()
    bench.press(KEY.Key_N)
    places.table.selectRow(0)
    places.same_button.click()
    assert all(item.state is None for item in bench.project.items(bench.row("起皮疹").phrase_id))
    assert bench.state("起皮疹")[0] == "unreviewed"


def test_another_phrase_ends_the_choice_of_rows(bench):
    bench.page.answer.places.table.selectRow(0)
    bench.page.answer.places.only_button.click()
    bench.go("想吐")
    assert not bench.page.answer.places.only()
    assert not bench.page.answer.places.only_button.isChecked()
    assert not bench.head.scope.isVisible()
    bench.press(ENTER)
    assert bench.state("想吐") == ("accepted", "恶心")


# -- comments, warnings, history -----------------------------------------------------------------


def test_a_comment_is_kept_when_the_field_is_left(bench):
    bench.head.comment.setFocus()
    commit(bench.head.comment, "请核对")
    bench.go("想吐")
    bench.table.setFocus()
    assert bench.stored("起皮疹").state.comment == "请核对"
    assert not bench.stored("想吐").state.comment
    bench.go("起皮疹")
    assert bench.head.comment.text() == "请核对"


def test_a_comment_is_kept_when_the_project_is_closed_while_it_is_written(bench):
    bench.head.comment.setFocus()
    commit(bench.head.comment, "半句")
    bench.page.close_project()
    assert bench.stored("起皮疹").state.comment == "半句" if bench.model.everything() else True
    assert next(r for r in bench.project.phrases() if r.text == "起皮疹").state.comment == "半句"


def test_two_pts_of_one_family_are_warned_of(bench):
    bench.go("皮疹伴瘙痒")
    assert "same HLT" in bench.head.warnings.text()
    bench.page.answer.candidates.table.selectRow(1)
    bench.press(KEY.Key_Space)
    assert not bench.head.warnings.isVisible()


def test_what_the_memory_holds_otherwise_is_warned_of(bench):
    other = CodedTerm("90000004", "恶心")
    bench.page.set_remembered(lambda text: (other,) if text == "起皮疹" else None)
    bench.page.reload()
    bench.go("起皮疹")
    assert "coded differently before: 恶心" in bench.head.warnings.text()
    bench.page.phrases.bar.show_queue(Queue.WARNED)
    assert bench.shown() == ["起皮疹", "皮疹伴瘙痒"]


def test_the_history_tells_who_did_what(bench):
    bench.press(KEY.Key_2)
    bench.press(ENTER, SHIFT)
    model = bench.page.answer.history.model
    lines = [[model.index(row, column).data() for column in range(1, 4)] for row in range(2)]
    assert lines == [["王药师", "accepted", "瘙痒"], ["王药师", "terms chosen", "瘙痒"]]
    assert bench.page.answer.tab_titles()[2] == "History (2)"


def test_what_is_to_be_remembered_is_said_with_each_decision(bench, qtbot):
    with qtbot.waitSignal(bench.page.decisions_changed) as told:
        bench.press(ENTER)
    rows, remember = told.args
    assert [row.text for row in rows] == ["起皮疹"]
    assert remember is True
    bench.head.remember_box.setChecked(False)
    with qtbot.waitSignal(bench.page.decisions_changed) as told:
        bench.press(ENTER)
    assert told.args[1] is False


# -- while coding runs ---------------------------------------------------------------------------

WAITING = (
    Toy("皮疹一", 1),
    Toy("还没有", 2, None),
    Toy("皮疹二", 1),
    Toy("也没有", 2, None),
)


def test_answers_fill_in_without_moving_anything(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot, WAITING) as bench:
        assert bench.cell("还没有", ReviewColumn.TERM) == "…"
        bench.go("还没有")
        assert "No answer yet" in bench.head._no_chips.text()
        bench.table.header._clicked(ReviewColumn.TERM)
        before = bench.shown()
        at = bench.table.current_row()
        ids = store(bench.project, (Toy("还没有", probabilities=(0.1, 0.2, 0.3, 0.9)),))
        bench.page.answers_arrived(ids)
        assert bench.shown() == before
        assert bench.table.current_row() == at
        assert bench.in_hand == "还没有"
        assert bench.row("还没有") == bench.stored("还没有")
        assert ticked(bench) == ["恶心", "荨麻疹"]
        assert bench.page.phrases.sort_button.isVisible()
        bench.page.phrases.sort_button.click()
        assert bench.shown() != before
        assert bench.in_hand == "还没有"
        assert not bench.page.phrases.sort_button.isVisible()


def test_answers_never_touch_what_a_person_chose(tmp_path, qtbot):
    with bench_of(tmp_path, qtbot, WAITING) as bench:
        bench.go("也没有")
        bench.press(KEY.Key_N)
        bench.page.answers_arrived(store(bench.project, (Toy("也没有"), Toy("还没有"))))
        assert bench.state("也没有")[0] == "no_suitable_term"
        assert bench.state("还没有") == ("unreviewed", "皮疹")


# -- the table -----------------------------------------------------------------------------------


def test_a_click_on_the_header_sorts_and_the_third_goes_back(bench):
    header = bench.table.header
    at = QPoint(header.sectionViewportPosition(ReviewColumn.COUNT) + 10, 8)
    orders = []
    for _click in range(3):
        bench.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        orders.append([row.item_count for row in bench.model.shown()])
    assert orders == [[4, 3, 2, 2, 1], [1, 2, 2, 3, 4], [3, 2, 1, 2, 4]]
    assert bench.in_hand == "起皮疹"


def test_columns_are_hidden_and_shown_and_remembered(bench, tmp_path):
    header = bench.table.header
    assert header.isSectionHidden(ReviewColumn.REVIEWER)
    action = next(a for a in header.menu().actions() if a.text() == "Reviewer")
    action.trigger()
    assert not header.isSectionHidden(ReviewColumn.REVIEWER)
    assert header.field(ReviewColumn.REVIEWER).isVisible()
    header.resizeSection(ReviewColumn.REVIEWER, 123)
    stored = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    bench.page.save_layout(stored)
    header.show_column(ReviewColumn.REVIEWER, on=False)
    bench.page.restore_layout(stored)
    assert not header.isSectionHidden(ReviewColumn.REVIEWER)
    assert header.sectionSize(ReviewColumn.REVIEWER) == 123


def test_the_fields_of_the_header_stand_below_their_columns(bench):
    header = bench.table.header
    for column in (ReviewColumn.STATUS, ReviewColumn.PHRASE, ReviewColumn.TERM):
        field = header.field(column)
        assert abs(field.x() - header.sectionViewportPosition(column)) <= 2
        assert field.width() <= header.sectionSize(column)
        assert field.accessibleName()


def test_filters_of_columns_work_together(bench, qtbot):
    header = bench.table.header
    field = header.field(ReviewColumn.TERM)
    assert isinstance(field, QLineEdit)
    field.setText("疹")
    header.flush()
    assert bench.shown() == ["起皮疹", "皮疹伴瘙痒", "发风团"]
    band = header.field(ReviewColumn.BAND)
    next(a for a in band.menu().actions() if a.text() == "doubtful").trigger()
    assert bench.shown() == ["发风团"]
    bench.page.phrases.clear_filters()
    assert len(bench.shown()) == 5


def test_the_status_line_counts_phrases_and_rows(bench, qtbot):
    bench.press(ENTER)
    qtbot.waitUntil(lambda: "20 % of phrases (1 of 5)" in bench.status[-1], timeout=1000)
    assert "25 % of rows" in bench.status[-1]


def test_every_field_has_a_name_for_screen_readers(bench):
    page = bench.page
    page.answer.show_places()
    for widget in (*page.panes(), page.answer.history.table, page.answer.search.table):
        assert widget.accessibleName(), widget
    for made in page.phrases.findChildren(QPushButton):
        assert made.text() or made.accessibleName()


def test_decisions_are_there_after_opening_again(bench, tmp_path):
    bench.press(ENTER)
    bench.press(KEY.Key_N)
    bench.page.close_project()
    bench.project.close()
    with Project.open(bench.path) as again:
        states = {row.text: row.state.status.value for row in again.phrases()}
        assert again.verify()
    assert states["起皮疹"] == "accepted"
    assert states["皮疹伴瘙痒"] == "no_suitable_term"
