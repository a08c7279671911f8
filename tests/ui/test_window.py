import os
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.settings import load_settings
from m2m_desktop.ui import style
from m2m_desktop.ui.about_dialog import AboutDialog
from m2m_desktop.ui.candidate_model import CandidateColumn
from m2m_desktop.ui.engine_client import EngineState
from m2m_desktop.ui.keys_dialog import KeysDialog
from m2m_desktop.ui.release_dialog import ReleaseDialog
from tests.ui.helpers import commit, compose, drop, is_coded, shown_names


def visible(window: QWidget, kind: type) -> QWidget | None:
    return next((w for w in window.findChildren(kind) if w.isVisible()), None)


def test_typed_phrases_are_coded_after_a_pause(program, qtbot):
    box = program.window.page.mentions.box
    commit(box, "身上")
    commit(box, "起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    assert shown_names(program)[:2] == ["皮疹", "瘙痒"]
    assert program.window.page.candidates.head.phrase.text() == "身上起疹子"


def test_enter_codes_at_once_and_opens_the_next_line(program, qtbot):
    box = program.window.page.mentions.box
    commit(box, "起疹子")
    with qtbot.waitSignal(box.coding_wanted, timeout=100):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "起疹子\n"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "起疹子\n", "an empty line is not made twice"
    commit(box, "恶心")
    qtbot.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert box.phrases() == ["起疹子", "恶心"]


def test_enter_while_an_input_method_composes_does_nothing(program, qtbot):
    box = program.window.page.mentions.box
    compose(box, "fa yang")
    with qtbot.assertNotEmitted(box.coding_wanted, wait=500):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == ""
    commit(box, "发痒")
    assert box.phrases() == ["发痒"]


def test_letters_typed_into_the_box_are_only_text(program, qtbot):
    box = program.window.page.mentions.box
    qtbot.keyClicks(box, "fn123 /?")
    assert box.toPlainText() == "fn123 /?"


def test_a_newer_phrase_supersedes_the_older_one(program, qtbot):
    box = program.window.page.mentions.box
    box.set_text("slow old")
    qtbot.wait(60)
    box.set_text("新的")
    qtbot.waitUntil(lambda: is_coded(program), timeout=3000)
    qtbot.wait(500)
    assert [m.text for m in program.window.page.mentions.model.mentions] == ["新的"]
    assert "slow old" not in program.window.page._results


def test_many_phrases_each_get_their_answer(program, qtbot):
    program.window.page.mentions.box.set_text("\n".join(f"短语{n}" for n in range(300)))
    qtbot.waitUntil(lambda: is_coded(program, 300), timeout=10_000)
    assert program.window.page.mentions.model.result(299).mention.text == "短语299"


def test_choosing_a_phrase_shows_its_candidates_and_the_tree_of_the_first(program, qtbot):
    page = program.window.page
    page.mentions.box.set_text("起疹子\nunsure")
    qtbot.waitUntil(lambda: is_coded(program, 2), timeout=5000)
    page.mentions.table.selectRow(1)
    assert page.candidates.head.phrase.text() == "unsure"
    assert "No PT" in page.candidates.head.selected.text()
    page.candidates.table.selectRow(2)
    qtbot.waitUntil(lambda: page.tree.model.rowCount(page.tree.model.pt_index()) == 2, timeout=3000)
    assert page.tree._name.text() == "荨麻疹"
    assert "Urticaria" in page.tree._second.text()


def test_the_whole_tree_is_filled_in_as_it_is_opened(program, qtbot):
    page = program.window.page
    page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    page.tree.whole_box.setChecked(True)
    qtbot.waitUntil(lambda: page.tree.model.rowCount() == 4, timeout=3000)
    skin = page.tree.model.index(0, 0)
    qtbot.waitUntil(lambda: page.tree.model.rowCount(skin) == 2, timeout=3000)
    page.tree.whole_box.setChecked(False)
    assert page.tree.model.rowCount() == 2


def test_a_killed_engine_is_said_and_repaired(program, qtbot):
    program.window.page.mentions.box.set_text("slow 1")
    qtbot.wait(60)
    os.kill(program.client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: "engine" in program.window.notices.texts(), timeout=1000)
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    assert "restarted 1" in program.window.state_line.state.text()


def test_an_error_is_said_in_place_with_its_code_and_a_way_to_try_again(program, qtbot):
    program.window.page.mentions.box.set_text("broken")
    qtbot.waitUntil(lambda: "code" in program.window.notices.texts(), timeout=5000)
    assert "M2M-204" in program.window.notices.texts()["code"]
    program.window.page.mentions.box.set_text("好的")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    assert "code" not in program.window.notices.texts()


def test_an_engine_that_cannot_start_is_said_and_can_be_tried_again(make_program, qtbot):
    program = make_program(["/nowhere/at/all"])
    qtbot.waitUntil(lambda: "engine" in program.window.notices.texts(), timeout=3000)
    program.window.page.mentions.box.set_text("起疹子")
    qtbot.wait(50)
    assert "stopped" in program.window.state_line.state.text()


def test_lexical_search_shows_no_probability_and_says_so(program, qtbot):
    window = program.window
    window.page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    table = window.page.candidates.table
    assert not table.isColumnHidden(CandidateColumn.PROBABILITY)
    window.bar.model.setCurrentIndex(window.bar.model.findData("lexical"))
    qtbot.waitUntil(lambda: table.isColumnHidden(CandidateColumn.PROBABILITY), timeout=5000)
    assert "mode" in window.notices.texts()
    assert load_settings(default_locations()).model == "lexical"


def test_a_damaged_model_is_listed_but_cannot_be_chosen(program):
    combo = program.window.bar.model
    row = combo.findData("bad")
    assert "damaged" in combo.itemText(row)
    assert not combo.model().flags(combo.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_another_threshold_codes_again(program, qtbot):
    window = program.window
    window.page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    window.bar.threshold.setValue(0.8)
    model = window.page.mentions.model
    qtbot.waitUntil(lambda: bool((r := model.result(0)) and r.run.threshold == 0.8), timeout=5000)
    assert model.result(0).selected == ("90000001",)


def test_the_demo_banner_stands_only_over_the_demo_dictionary(program, qtbot):
    window = program.window
    assert "demo" in window.notices.texts()
    window.bar.terminology.setCurrentIndex(1)
    assert "demo" not in window.notices.texts()


def test_language_changes_while_running_and_is_kept(program, qtbot):
    window = program.window
    window.page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    english = window.bar.import_button.text()
    program.window.menus.language_chosen.emit("zh_CN")
    assert load_settings(default_locations()).language == "zh_CN"
    assert window.bar.import_button.text() != english
    program.window.menus.language_chosen.emit("en")
    assert window.bar.import_button.text() == english
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)


def test_theme_changes_while_running_and_is_kept(program, qapp):
    program.set_theme("dark")
    assert style.colours() is style.DARK
    program.set_theme("light")
    assert style.colours() is style.LIGHT
    assert load_settings(default_locations()).theme == "light"


@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK])
def test_text_can_be_read_on_its_ground(colours):
    def luminance(name: str) -> float:
        parts = [int(name[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    grounds = (colours.surface, colours.window, colours.chosen)
    for text in (colours.text, colours.muted, colours.accent, colours.certain, colours.doubtful):
        assert min(contrast(text, ground) for ground in grounds) >= 4.5, text
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.error, colours.error_ground) >= 4.5
    assert contrast(colours.control, colours.surface) >= 3


def test_a_folder_or_zip_dropped_on_the_window_opens_the_import(program, qtbot, tmp_path):
    assert drop(program.window, str(tmp_path))
    dialog = visible(program.window, ReleaseDialog)
    assert dialog.path.text() == str(tmp_path)
    dialog.close()


def test_other_files_are_not_taken_and_never_become_text(program, tmp_path):
    file = tmp_path / "notes.docx"
    file.touch()
    assert not drop(program.window, str(file))
    box = program.window.page.mentions.box
    assert not drop(box.viewport(), str(file))
    assert drop(box.viewport(), str(tmp_path)), "the window below takes it"
    visible(program.window, ReleaseDialog).close()
    assert box.toPlainText() == ""


def test_examples_can_be_clicked(program, qtbot):
    page = program.window.page
    page.empty.examples[0].click()
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    page.mentions.clear_button.click()
    assert page.stack.currentWidget() is page.empty


@pytest.mark.parametrize("size", [(960, 600), (1400, 860)])
def test_the_tree_stands_below_or_beside_and_nothing_is_cut(program, qtbot, size):
    window = program.window
    window.resize(*size)
    window.page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    assert (window.page.answer.orientation() == Qt.Orientation.Vertical) is (size[0] < 1300)
    assert not window.page.candidates.table.horizontalScrollBar().isVisible()


def test_every_field_has_a_name_for_screen_readers(program):
    window = program.window
    page = window.page
    for widget in (
        page.mentions.box, page.mentions.table, page.candidates.table, page.tree.tree,
        window.bar.terminology, window.bar.model, window.bar.threshold, *page.empty.examples,
    ):  # fmt: skip
        assert widget.accessibleName()


def test_f6_goes_round_the_panes(program, qtbot):
    window = program.window
    window.page.mentions.box.set_text("起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=5000)
    window.page.mentions.box.setFocus()
    seen = []
    for _step in range(5):
        window.menus.next_pane.trigger()
        seen.append(window.focusWidget())
    assert len(set(seen)) == 5
    assert seen[-1] is window.page.mentions.box


def test_keys_and_about_open(program, qtbot):
    program.window.menus.keys.trigger()
    visible(program.window, KeysDialog).accept()
    program.window.menus.about.trigger()
    about = visible(program.window, AboutDialog)
    qtbot.waitUntil(lambda: "a1a1a1" in about.hashes.toPlainText(), timeout=5000)
    assert "0000" in about.hashes.toPlainText(), "the hashes of the release's files"
    assert about.licences.parts.count() > 20
    assert "ICH" in about.about.toPlainText()
    about.accept()


def test_layout_is_remembered(make_program, qtbot):
    first = make_program()
    first.window.page.splitter.setSizes([300, 500])
    width = first.window.page.splitter.sizes()[0]
    first.window.close()
    assert first.client.state is EngineState.STOPPED
    second = make_program()
    assert second.window.page.splitter.sizes()[0] == pytest.approx(width, abs=2)
