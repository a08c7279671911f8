import json
import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from m2m_desktop.services import language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.settings import Settings, load_settings, save_settings
from m2m_desktop.ui import style
from m2m_desktop.ui.app import Program
from m2m_desktop.ui.engine_client import EngineState
from m2m_desktop.ui.engine_protocol import Spare
from m2m_desktop.ui.model.dialog import ModelDialog
from m2m_desktop.ui.model.install import ASKING, CHOOSING, REPORTING, WORKING
from m2m_desktop.ui.model.list import SECOND_LINE_ROLE
from tests.ui.helpers import commit, drop, is_coded

ENGINE = [sys.executable, str(Path(__file__).with_name("model_engine.py"))]
SOON = 5000


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def only_program(qapp, home):
    """One window over one engine for all tests here; `program` makes it as new for each."""
    spoken = language.current_language()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_HOME", str(home))
        patch.setenv("M2M_TOY_FLAG", str(home / "crashed"))
        patch.setenv("M2M_TOY_REQUESTS", str(home / "requests"))
        patch.delenv("M2M_LANG", raising=False)
        save_settings(Settings(language="en"), default_locations())
        made = Program(qapp, default_locations(), ENGINE)
        made.window.show()
        yield made
        made.close()
        made.window.deleteLater()
        made.deleteLater()
    language.use_language(spoken)


@pytest.fixture
def program(only_program, home, monkeypatch, qtbot):
    monkeypatch.setenv("M2M_HOME", str(home))
    window = only_program.window
    Path(os.environ["M2M_TOY_REQUESTS"]).unlink(missing_ok=True)
    window.page.mentions.box.set_text("")
    window.change_settings(model="", encoder="", tagger="")
    started = []
    only_program.client.request(
        "start_over", {}, on_answer=started.append, on_error=lambda error: None
    )
    qtbot.waitUntil(lambda: bool(started), timeout=10_000)
    window.ask_status()
    qtbot.waitUntil(lambda: window.bar.model.findData("own") >= 0, timeout=SOON)
    qtbot.waitUntil(lambda: only_program.client.state is EngineState.READY, timeout=SOON)
    return only_program


@pytest.fixture
def dialog(program, qtbot):
    made = program.window.manage_models()
    qtbot.waitUntil(lambda: made.models.current() is not None, timeout=SOON)
    yield made
    if made in program.window.children():
        made.done(0)


def requests() -> list[dict]:
    lines = Path(os.environ["M2M_TOY_REQUESTS"]).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def names(dialog) -> list[str]:
    model = dialog.models.model
    return [model.card(row).model_id for row in range(model.rowCount())]


def go_to(dialog, model_id: str) -> None:
    row = dialog.models.model.row_of(model_id)
    dialog.models.list.setCurrentIndex(dialog.models.model.index(row, 0))


def second_line(dialog, model_id: str) -> str:
    model = dialog.models.model
    return model.index(model.row_of(model_id), 0).data(SECOND_LINE_ROLE)


def is_default(dialog, model_id: str) -> bool:
    model = dialog.models.model
    return model.is_default(model.card(model.row_of(model_id)))


def look_at(dialog, qtbot, path: str) -> None:
    dialog.show_install(path)
    qtbot.waitUntil(lambda: dialog.install.pages.currentIndex() == ASKING, timeout=SOON)


# -- what is installed ---------------------------------------------------------------------------


def test_models_are_listed_the_shipped_first_each_with_kind_and_state_in_words(dialog):
    assert names(dialog) == ["toy", "vectors", "own", "bad", "reader"]
    assert second_line(dialog, "toy") == "Reranker · usable · default"
    assert second_line(dialog, "vectors") == "Encoder · usable"
    assert second_line(dialog, "reader") == "Entity recognition · usable · in use"
    assert second_line(dialog, "bad") == "damaged: model.onnx was changed or cut short"
    row = dialog.models.model.index(3, 0)
    assert "model.onnx was changed" in row.data(Qt.ItemDataRole.ToolTipRole)
    assert "damaged" in row.data(Qt.ItemDataRole.AccessibleTextRole)


def test_the_card_tells_what_the_bundle_says_of_itself(dialog):
    text = dialog.models.panel.card.toPlainText()
    for part in (
        "BERT 4 × 192", "int8", "12.9 MB", "not_match, match", "at most 2 LLTs", "64 tokens",
        "Apache-2.0", "invented phrases", "0123456789ab", "0.608", "0.0394", "600", "0.9971", "5.0 % (3 of 60)", "0.0 % (0 of 60)",
    ):  # fmt: skip
        assert part in text
    go_to(dialog, "bad")
    assert "model.onnx was changed" in dialog.models.panel.card.toPlainText()


def test_a_name_is_text_and_never_markup(dialog):
    go_to(dialog, "own")
    assert dialog.models.panel.name.full_text() == "Own model <b>&amp;"
    dialog.models.panel.remove_button.click()
    assert "<b>&amp;" in dialog.models.confirm.question()


def test_a_name_that_is_too_long_is_cut_with_dots_and_whole_in_the_tooltip(dialog):
    dialog.models.panel.name.set_full_text("名" * 300)
    assert dialog.models.panel.name.text().endswith("…")
    assert dialog.models.panel.name.toolTip() == "名" * 300


def test_only_what_makes_sense_for_a_model_can_be_pressed(dialog):
    page = dialog.models
    assert not page.panel.use_button.isEnabled(), "it is the default already"
    assert not page.panel.remove_button.isEnabled(), "it ships with the program"
    go_to(dialog, "own")
    assert page.panel.use_button.isEnabled()
    assert page.panel.remove_button.isEnabled()
    go_to(dialog, "vectors")
    assert page.panel.use_button.text() == "Use for search by meaning"
    assert page.panel.use_button.isEnabled()
    go_to(dialog, "bad")
    assert not page.panel.use_button.isEnabled()
    assert not page.panel.speed_button.isEnabled()
    assert not page.panel.copy_button.isEnabled(), "it has no hash"
    assert page.panel.remove_button.isEnabled()


def test_the_whole_hash_is_copied(dialog):
    dialog.models.panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == "0123456789abcdef" * 4


def test_using_a_model_by_default_is_kept_and_shown_in_the_header(dialog, program, qtbot):
    go_to(dialog, "own")
    dialog.models.panel.use_button.click()
    assert load_settings(default_locations()).model == "own"
    assert is_default(dialog, "own")
    assert not is_default(dialog, "toy")
    qtbot.waitUntil(lambda: program.window.bar.choices().model == "own", timeout=SOON)


def test_models_that_cannot_code_are_not_offered_in_the_header(program):
    combo = program.window.bar.model
    assert combo.findData("vectors") == -1
    assert combo.findData("own") >= 0
    assert combo.findData("bad") >= 0, "it may be a damaged reranker"


# -- encoders and what reads narratives ------------------------------------------------------------


def use_encoder(dialog, qtbot, window) -> None:
    go_to(dialog, "vectors")
    dialog.models.panel.use_button.click()
    qtbot.waitUntil(lambda: "preparation" in window.bar.model.currentText(), timeout=SOON)


def test_an_encoder_is_used_and_turned_off_again(dialog, program, qtbot):
    window, panel = program.window, dialog.models.panel
    assert window.bar.model.currentText() == "Toy model"
    use_encoder(dialog, qtbot, window)
    assert load_settings(default_locations()).encoder == "vectors"
    assert window.bar.choices().encoder == "vectors"
    assert second_line(dialog, "vectors") == "Encoder · usable · in use"
    assert is_default(dialog, "toy"), "phrases are coded as before"
    assert "Vectors" in dialog.models.notices.texts()["done"]
    assert panel.use_button.text() == "Do not search by meaning"
    panel.use_button.click()
    qtbot.waitUntil(lambda: window.bar.choices().encoder == "none", timeout=SOON)
    assert window.bar.model.currentText() == "Toy model"
    assert second_line(dialog, "vectors") == "Encoder · usable"
    assert dialog.models.current().model_id == "vectors", "the row stays"


def test_what_is_used_anyway_is_kept_as_the_default(dialog, program, qtbot):
    go_to(dialog, "reader")
    assert program.window.bar.choices().tagger == "reader"
    dialog.models.panel.use_button.click()
    assert load_settings(default_locations()).tagger == "none"
    qtbot.waitUntil(lambda: program.window.bar.choices().tagger == "none", timeout=SOON)
    assert dialog.models.panel.use_button.text() == "Use for narratives"
    dialog.models.panel.use_button.click()
    assert load_settings(default_locations()).tagger == ""
    qtbot.waitUntil(lambda: program.window.bar.choices().tagger == "reader", timeout=SOON)


def test_vectors_are_computed_from_the_card_and_coding_again_is_offered(dialog, program, qtbot):
    page, window = dialog.models, program.window
    commit(window.page.mentions.box, "起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)
    go_to(dialog, "toy")
    assert page.panel.vectors.isHidden(), "a reranker has none"
    use_encoder(dialog, qtbot, window)
    wanted = "Names of Demo dictionary (not MedDRA): not computed yet"
    qtbot.waitUntil(lambda: page.panel.vectors_text.text() == wanted, timeout=SOON)
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)
    page.panel.vectors_button.click()
    assert page.panel.busy.isVisible()
    qtbot.waitUntil(lambda: "meaning" in window.notices.texts(), timeout=SOON)
    qtbot.waitUntil(lambda: page.panel.vectors_text.text().endswith(": computed"), timeout=SOON)
    assert page.panel.vectors_button.isHidden()
    assert window.bar.model.currentText() == "Toy model + meaning"
    assert is_coded(program), "nothing is coded again before that is asked for"
    window.engine._code_again()
    assert not is_coded(program)
    assert "meaning" not in window.notices.texts()
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)


def test_vectors_made_in_spare_time_are_noticed_too(dialog, program, qtbot):
    page, client = dialog.models, program.client
    use_encoder(dialog, qtbot, program.window)
    client._heard(Spare(1, 4))
    qtbot.waitUntil(lambda: "25 %" in page.panel.vectors_text.text(), timeout=SOON)
    assert "preparation" not in program.window.state_line.what.text(), "the engine's part says it"
    made = []
    params = {"terminology": "demo", "encoder": "vectors"}
    client.request("embed_terminology", params, on_answer=made.append, on_error=lambda error: None)
    qtbot.waitUntil(lambda: bool(made), timeout=SOON)
    assert "meaning" not in program.window.notices.texts()
    client._heard(Spare(4, 4))
    qtbot.waitUntil(lambda: "meaning" in program.window.notices.texts(), timeout=SOON)
    qtbot.waitUntil(lambda: page.panel.vectors_text.text().endswith(": computed"), timeout=SOON)


def test_another_encoder_codes_the_phrases_on_screen_again(dialog, program, qtbot):
    commit(program.window.page.mentions.box, "起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)
    go_to(dialog, "vectors")
    dialog.models.panel.use_button.click()
    qtbot.waitUntil(lambda: not is_coded(program), timeout=SOON)
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)


def test_when_the_encoder_in_use_is_deleted_the_search_is_by_wording(dialog, program, qtbot):
    use_encoder(dialog, qtbot, program.window)
    dialog.models.panel.remove_button.click()
    assert "It is in use" in dialog.models.confirm.question()
    dialog.models.confirm.do_button.click()
    qtbot.waitUntil(lambda: program.window.bar.choices().encoder == "none", timeout=SOON)
    assert load_settings(default_locations()).encoder == ""


def test_lexical_search_says_nothing_of_meaning(dialog, program, qtbot):
    bar = program.window.bar
    use_encoder(dialog, qtbot, program.window)
    bar.model.setCurrentIndex(bar.model.findData("lexical"))
    assert bar.model.currentText() == "Lexical search only"
    assert bar.choices().encoder == ""
    assert bar.meaning.encoder == "vectors", "the models page still tells"


# -- verify, measure, delete ---------------------------------------------------------------------


def test_a_whole_model_is_verified_and_its_card_says_when(dialog, qtbot):
    page = dialog.models
    page.panel.verify_button.click()
    assert page.panel.busy.isVisible()
    assert not page.panel.verify_button.isEnabled()
    qtbot.waitUntil(lambda: "done" in page.notices.texts(), timeout=SOON)
    assert not page.panel.busy.isVisible()
    assert "passed at" in page.panel.card.toPlainText()
    assert dialog.focusWidget() is page.panel.verify_button


def test_a_model_found_damaged_is_marked_so_and_stays_marked(dialog, program, qtbot):
    page = dialog.models
    go_to(dialog, "own")
    page.panel.verify_button.click()
    qtbot.waitUntil(lambda: "M2M-301" in page.notices.texts().get("error", ""), timeout=SOON)
    assert "damaged" in second_line(dialog, "own")
    assert "failed at" in page.panel.card.toPlainText()
    assert not page.panel.use_button.isEnabled()
    page.load()
    qtbot.waitUntil(lambda: program.client.state is EngineState.READY, timeout=SOON)
    assert "damaged" in second_line(dialog, "own")
    go_to(dialog, "toy")
    assert "error" not in page.notices.texts(), "it was about the other model"


def test_the_speed_is_measured_and_shown_in_the_card(dialog, qtbot):
    page = dialog.models
    page.panel.speed_button.click()
    qtbot.waitUntil(lambda: "done" in page.notices.texts(), timeout=SOON)
    text = page.panel.card.toPlainText()
    for part in ("97 ms", "1,027", "1 of 2 cores", "214 MB", "800 pairs"):
        assert part in text
    go_to(dialog, "own")
    assert "97 ms" not in page.panel.card.toPlainText()


def test_escape_stops_what_runs_before_it_closes_the_dialog(dialog, qtbot):
    page = dialog.models
    go_to(dialog, "own")
    page.panel.speed_button.click()
    assert dialog.focusWidget() is page.panel.stop_button
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "M2M-100" in page.notices.texts().get("error", ""), timeout=SOON)
    assert dialog.isVisible()
    assert page.panel.speed_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_model_is_deleted_only_after_it_was_confirmed(dialog, program, qtbot):
    page = dialog.models
    go_to(dialog, "own")
    page.panel.remove_button.click()
    assert "103 MB" in page.confirm.question()
    assert dialog.focusWidget() is page.confirm.keep_button
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert page.confirm.isHidden()
    assert dialog.isVisible()
    page.panel.remove_button.click()
    page.confirm.do_button.click()
    qtbot.waitUntil(lambda: "own" not in names(dialog), timeout=SOON)
    assert page.current().model_id == "bad", "the one beside it"
    assert "deleted" in page.notices.texts()["done"]
    assert requests() == [{"method": "remove_model", "model_id": "own"}]
    qtbot.waitUntil(lambda: program.window.bar.model.findData("own") == -1, timeout=SOON)


def test_going_to_another_model_takes_the_question_back(dialog):
    go_to(dialog, "own")
    dialog.models.panel.remove_button.click()
    go_to(dialog, "bad")
    assert dialog.models.confirm.isHidden()


def test_when_the_model_in_use_is_deleted_the_shipped_one_takes_its_place(dialog, program, qtbot):
    go_to(dialog, "own")
    dialog.models.panel.use_button.click()
    qtbot.waitUntil(lambda: program.window.bar.choices().model == "own", timeout=SOON)
    dialog.models.panel.remove_button.click()
    dialog.models.confirm.do_button.click()
    qtbot.waitUntil(lambda: program.window.bar.choices().model == "toy", timeout=SOON)
    qtbot.waitUntil(lambda: is_default(dialog, "toy"), timeout=SOON)
    assert load_settings(default_locations()).model == ""


def test_a_deletion_that_fails_is_said_in_place(dialog, qtbot):
    go_to(dialog, "bad")
    dialog.models.panel.remove_button.click()
    dialog.models.confirm.do_button.click()
    page = dialog.models
    qtbot.waitUntil(lambda: "M2M-112" in page.notices.texts().get("error", ""), timeout=SOON)
    assert "bad" in names(dialog)


def test_a_crash_of_the_engine_is_said_in_place_and_leaves_the_list(dialog, program, qtbot):
    go_to(dialog, "own")
    dialog.models.panel.speed_button.click()
    os.kill(program.client.process_id, signal.SIGKILL)
    page = dialog.models
    qtbot.waitUntil(lambda: "M2M-501" in page.notices.texts().get("error", ""), timeout=SOON)
    assert page.panel.speed_button.isEnabled()
    assert len(names(dialog)) == 5


def test_closing_while_something_runs_leaves_nothing_behind(dialog, program, qtbot):
    go_to(dialog, "own")
    dialog.models.panel.speed_button.click()
    dialog.close()
    commit(program.window.page.mentions.box, "起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)


# -- installing ----------------------------------------------------------------------------------


def test_a_known_checkpoint_needs_no_answers_and_ends_in_a_report(dialog, program, qtbot):
    look_at(dialog, qtbot, "/known/model")
    install = dialog.install
    facts = install.questions.facts.text()
    for part in ("BERT 12 × 768", "21,128", "not_match, match", "409 MB", "Hugging Face"):
        assert part in facts
    assert install.questions.match_label.isHidden()
    assert install.questions.template.isHidden()
    assert install.questions.unknown.isHidden()
    assert install.install_button.isEnabled()
    with qtbot.waitSignal(dialog.installed, timeout=SOON) as told:
        install.install_button.click()
        assert install.pages.currentIndex() == WORKING
    assert told.args == ["new"]
    assert install.pages.currentIndex() == REPORTING
    report = install.report.toPlainText()
    for part in ("2,000", "0.0394", "0.0027", "0.9971", "passed"):
        assert part in report
    assert requests()[-1] == {
        "method": "install_model",
        "path": "/known/model",
        "kind": "reranker",
        "precision": "int8",
        "match_label": "",
        "template": "",
        "name": "",
    }
    install.use_button.click()
    assert load_settings(default_locations()).model == "new"
    qtbot.waitUntil(lambda: "new" in names(dialog), timeout=SOON)
    assert is_default(dialog, "new")
    qtbot.waitUntil(lambda: program.window.bar.choices().model == "new", timeout=SOON)


def test_only_what_the_checkpoint_leaves_open_is_asked_and_nothing_is_guessed(dialog, qtbot):
    look_at(dialog, qtbot, "/open/known")
    install, questions = dialog.install, dialog.install.questions
    assert not questions.kind.isHidden()
    assert questions.match_label.isHidden(), "it depends on the kind"
    assert "What is the model for?" in install.missing.text()
    questions.kind.radios["reranker"].click()
    assert not questions.match_label.isHidden()
    assert questions.match_label.value() == ""
    assert not install.install_button.isEnabled()
    questions.match_label.radios["LABEL_1"].click()
    assert "Which text did the model read" in install.missing.text()
    questions.template.radios["pt_llt"].click()
    questions.precision.radios["fp32"].click()
    questions.name.setText("  科室模型 ")
    assert install.missing.text() == ""
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        install.install_button.click()
    assert requests()[-1] == {
        "method": "install_model",
        "path": "/open/known",
        "kind": "reranker",
        "precision": "fp32",
        "match_label": "LABEL_1",
        "template": "pt_llt",
        "name": "科室模型",
    }


def test_it_is_said_where_a_model_takes_the_place_of_an_installed_one(dialog, qtbot):
    install, questions = dialog.install, dialog.install.questions
    look_at(dialog, qtbot, "/known/model")
    assert questions.name.text() == "mention2meddra-macbert-base", "the name that the list shows"
    assert questions.replaced.isHidden()
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        install.install_button.click()
    assert requests()[-1]["name"] == "", "the engine names it itself"
    qtbot.waitUntil(lambda: "new" in names(dialog), timeout=SOON)
    look_at(dialog, qtbot, "/known/model")
    assert "it is replaced" in questions.replaced.text()
    assert "it is replaced" in questions.name.accessibleDescription()
    questions.precision.radios["fp32"].click()
    assert questions.replaced.isHidden(), "another file beside it"
    questions.precision.radios["int8"].click()
    questions.name.setText("another")
    assert questions.replaced.isHidden()


def test_an_encoder_is_not_asked_about_labels_and_templates(dialog, qtbot):
    look_at(dialog, qtbot, "/open/known")
    questions = dialog.install.questions
    questions.kind.radios["reranker"].click()
    questions.match_label.radios["LABEL_0"].click()
    questions.kind.radios["encoder"].click()
    assert questions.match_label.isHidden()
    assert questions.template.isHidden()
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        dialog.install.install_button.click()
    sent = requests()[-1]
    assert (sent["kind"], sent["match_label"], sent["template"]) == ("encoder", "", "")
    dialog.install.use_button.click()
    assert load_settings(default_locations()).encoder == "new"
    assert load_settings(default_locations()).model == "", "phrases are coded as before"
    qtbot.waitUntil(lambda: "new" in names(dialog), timeout=SOON)
    assert second_line(dialog, "new") == "Encoder · usable · in use"


def test_the_texts_of_the_templates_are_shown_as_examples(dialog, qtbot):
    look_at(dialog, qtbot, "/open/known")
    radio = dialog.install.questions.template.radios["full"]
    assert "LLT别名: 发疹；HLT: 皮疹类" in radio.accessibleDescription()


def test_a_model_nobody_knows_is_installed_only_after_it_was_confirmed(dialog, qtbot):
    look_at(dialog, qtbot, "/some/model")
    install = dialog.install
    assert not install.questions.unknown.isHidden()
    assert not install.install_button.isEnabled()
    install.questions.unknown_box.click()
    assert install.install_button.isEnabled()
    look_at(dialog, qtbot, "/other/model")
    assert not install.install_button.isEnabled(), "each model is confirmed for itself"


def test_a_bundle_is_installed_as_it_is(dialog, qtbot):
    look_at(dialog, qtbot, "/known/bundle")
    questions = dialog.install.questions
    assert questions.precision.isHidden()
    assert questions.name.isHidden()
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        dialog.install.install_button.click()
    sent = requests()[-1]
    assert (sent["path"], sent["kind"], sent["name"]) == ("/known/bundle", "reranker", "")


def test_a_pickle_is_refused_in_place_with_the_reason(dialog, qtbot, tmp_path):
    (tmp_path / "pytorch_model.bin").touch()
    dialog.show_install(str(tmp_path))
    install = dialog.install
    qtbot.waitUntil(lambda: "error" in install.notices.texts(), timeout=SOON)
    assert "can run any program" in install.notices.texts()["error"]
    assert install.pages.currentIndex() == CHOOSING
    assert install.choose.path.isEnabled()
    assert install.choose.path.text() == str(tmp_path)


def test_looking_at_a_file_can_be_stopped(dialog, qtbot):
    install = dialog.install
    dialog.show_install("/some/slow")
    assert not install.choose.next_button.isEnabled()
    assert install.choose.looking.isVisible()
    assert install.choose.back_button.text() == "Cancel"
    install.choose.show_progress(1, 3, "model.safetensors")
    assert install.choose.looking.text() == "Looking at what it is: model.safetensors"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "M2M-100" in install.notices.texts().get("error", ""), timeout=SOON)
    assert install.choose.next_button.isEnabled()
    assert install.choose.back_button.text() == "Back to the models"
    assert install.choose.looking.isHidden()


def test_starting_over_forgets_what_was_being_looked_at(dialog, program, qtbot):
    dialog.show_install("/known/slow")
    dialog.show_install()
    assert dialog.install.choose.looking.isHidden()
    qtbot.waitUntil(lambda: program.client.state is EngineState.READY, timeout=SOON)
    assert dialog.install.pages.currentIndex() == CHOOSING
    assert dialog.install.notices.texts() == {}


def test_the_steps_are_shown_and_an_installation_can_be_cancelled(dialog, qtbot):
    look_at(dialog, qtbot, "/known/slow_one")
    install = dialog.install
    install.install_button.click()
    assert dialog.focusWidget() is install.work.cancel_button
    qtbot.waitUntil(lambda: install.work.percent.text() == "20 %", timeout=SOON)
    assert "2 of 5: Measuring" in install.work.steps.accessibleName()
    dialog.close()
    assert dialog.isVisible(), "the cross cancels the installation, not the dialog"
    assert not install.work.cancel_button.isEnabled()
    qtbot.waitUntil(lambda: install.pages.currentIndex() == ASKING, timeout=SOON)
    assert "M2M-100" in install.notices.texts()["error"]
    assert install.install_button.isEnabled(), "the answers are kept"
    assert "new" not in names(dialog)


def test_an_installation_that_fails_goes_back_to_the_answers(dialog, qtbot):
    look_at(dialog, qtbot, "/known/broken")
    install = dialog.install
    install.install_button.click()
    qtbot.waitUntil(lambda: "M2M-302" in install.notices.texts().get("error", ""), timeout=SOON)
    assert install.pages.currentIndex() == ASKING
    dialog.show_install("/known/model")
    assert "error" not in install.notices.texts()


def test_a_crash_during_an_installation_is_said_and_it_is_not_repeated(dialog, program, qtbot):
    look_at(dialog, qtbot, "/known/slow_one")
    install = dialog.install
    install.install_button.click()
    qtbot.waitUntil(lambda: install.work.percent.text() == "20 %", timeout=SOON)
    os.kill(program.client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: "M2M-501" in install.notices.texts().get("error", ""), timeout=SOON)
    assert [sent["method"] for sent in requests()].count("install_model") == 1


def test_a_note_of_the_engine_that_is_no_step_is_shown_as_it_is(dialog, qtbot):
    look_at(dialog, qtbot, "/known/slow_one")
    install = dialog.install
    install.install_button.click()
    install.work.show_progress(60, 100, "Quantising model.onnx")
    assert install.work.steps.current() == 2
    assert install.work.step.text() == "Quantising model.onnx"
    install.work.show_progress(61, 100, "something else")
    assert install.work.steps.current() == 2


def test_a_damaged_model_that_is_installed_again_is_usable_again(dialog, qtbot):
    page = dialog.models
    go_to(dialog, "own")
    page.panel.verify_button.click()
    qtbot.waitUntil(lambda: "error" in page.notices.texts(), timeout=SOON)
    look_at(dialog, qtbot, "/known/again")
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        dialog.install.install_button.click()
    qtbot.waitUntil(lambda: "usable" in second_line(dialog, "own"), timeout=SOON)


def test_a_model_installed_in_place_of_the_one_in_use_codes_again(dialog, program, qtbot):
    page = program.window.page
    commit(page.mentions.box, "起疹子")
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)
    look_at(dialog, qtbot, "/known/model")
    with qtbot.waitSignal(dialog.installed, timeout=SOON):
        dialog.install.install_button.click()
    assert is_coded(program), "another model: nothing to code again"
    dialog.installed.emit("toy")
    assert not is_coded(program)
    qtbot.waitUntil(lambda: is_coded(program), timeout=SOON)


@pytest.mark.parametrize("name", ["folder", "model.zip"])
def test_a_folder_or_zip_can_be_dropped_on_every_page(dialog, qtbot, tmp_path, name):
    path = tmp_path / "known" / name
    path.parent.mkdir()
    path.touch() if path.suffix else path.mkdir()
    assert drop(dialog.models.list, str(path))
    qtbot.waitUntil(lambda: dialog.install.pages.currentIndex() == ASKING, timeout=SOON)
    for place in (dialog.install.choose.drop, dialog.install.choose.path):
        dialog.install.start()
        assert drop(place, str(path))
        qtbot.waitUntil(lambda: dialog.install.pages.currentIndex() == ASKING, timeout=SOON)
        assert dialog.install.choose.path.text() == str(path)


def test_other_files_and_drops_during_an_installation_are_not_taken(dialog, qtbot, tmp_path):
    other = tmp_path / "notes.docx"
    other.touch()
    assert not drop(dialog, str(other))
    assert not drop(dialog.install.choose.drop, str(other))
    look_at(dialog, qtbot, "/known/slow_one")
    dialog.install.install_button.click()
    assert not drop(dialog, str(tmp_path))
    assert dialog.install.pages.currentIndex() == WORKING


# -- the window around it ------------------------------------------------------------------------


def test_the_dialog_opens_from_the_menu_and_from_the_header(program):
    window = program.window
    for press in (
        window.menus.manage_models.trigger,
        window.bar.models_button.click,
        window.bar.manage_models.trigger,
    ):
        press()
        opened = [d for d in window.findChildren(ModelDialog) if d.isVisible()]
        assert len(opened) == 1
        opened[0].done(0)
    window.menus.install_model.trigger()
    opened = [d for d in window.findChildren(ModelDialog) if d.isVisible()]
    assert opened[0].pages.currentWidget() is opened[0].install
    opened[0].done(0)


def test_a_busy_engine_does_not_keep_the_known_models_from_being_shown(program, qtbot):
    program.client.request(
        "bench_model", {"name": "own"}, on_answer=lambda told: None, on_error=lambda error: None
    )
    dialog = program.window.manage_models()
    assert names(dialog) == ["toy", "vectors", "own", "bad", "reader"]
    assert dialog.models.panel.verify_button.isEnabled()
    assert dialog.models.panel.busy.isHidden()
    dialog.done(0)


def test_escape_goes_back_one_page_and_closes_from_the_first(dialog, qtbot):
    look_at(dialog, qtbot, "/known/model")
    install = dialog.install
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert install.pages.currentIndex() == CHOOSING
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.pages.currentWidget() is dialog.models
    assert dialog.focusWidget() is dialog.models.list
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def tab_round(dialog, qtbot) -> set[QWidget]:
    seen: list[QWidget] = []
    for _step in range(40):
        at = QApplication.focusWidget()
        if at is None or at in seen:
            break
        seen.append(at)
        qtbot.keyClick(at, Qt.Key.Key_Tab)
    return set(seen)


def test_everything_can_be_reached_with_the_tab_key_and_has_a_name(dialog, qtbot):
    page, install = dialog.models, dialog.install
    go_to(dialog, "own")
    wanted = {
        page.list, page.panel.card, page.panel.use_button, page.panel.verify_button, page.panel.speed_button,
        page.panel.copy_button, page.panel.remove_button, page.install_button, page.close_button,
    }  # fmt: skip
    dialog.activateWindow()
    page.list.setFocus()
    assert wanted <= tab_round(dialog, qtbot)
    look_at(dialog, qtbot, "/open/model")
    questions = install.questions
    questions.kind.radios["reranker"].click()
    fields = (questions.name, questions.unknown_box, install.other_button)
    firsts = (questions.kind, questions.match_label, questions.template, questions.precision)
    questions.kind.radios["reranker"].setFocus()
    reached = tab_round(dialog, qtbot)
    assert set(fields) <= reached
    for question in firsts:
        assert reached & set(question.radios.values()), question.title()
    for widget in wanted | reached:
        is_named = widget.accessibleName() or (
            isinstance(widget, QAbstractButton) and widget.text()
        )
        assert is_named, widget


@pytest.fixture(params=["en", "zh_CN"])
def spoken(request, program, qtbot):
    program.set_language(request.param)
    yield program
    program.set_language("en")
    qtbot.waitUntil(lambda: program.client.state is EngineState.READY, timeout=10_000)


def test_no_button_is_cut_and_no_name_widens_the_dialog(spoken, qtbot):
    spoken.window.resize(960, 640)
    dialog = spoken.window.manage_models()
    qtbot.waitUntil(lambda: dialog.models.current() is not None, timeout=SOON)
    assert dialog.width() <= 960
    assert dialog.height() <= 640
    look_at(dialog, qtbot, "/open/long")
    dialog.install.questions.kind.radios["reranker"].click()
    name = dialog.install.questions.name_line
    assert name.text() != name.full_text() == "n" * 300 == name.toolTip()
    dialog.resize(dialog.minimumSize())
    for page in (dialog.install, dialog.models):
        dialog.pages.setCurrentWidget(page)
        QApplication.processEvents()
        assert page.minimumSizeHint().width() <= dialog.minimumWidth() - 2 * style.XL
        for button in page.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()
    dialog.done(0)
