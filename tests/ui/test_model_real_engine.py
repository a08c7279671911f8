"""The dialog of models over the real engine process, real files, and the model that ships."""

import pytest

from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.model_steps import QUANTISED_STEPS
from m2m_desktop.ui.engine_client import EngineClient, engine_command
from m2m_desktop.ui.model.dialog import ModelDialog
from m2m_desktop.ui.model.install import ASKING, CHOOSING, REPORTING
from tests.toy.checkpoints import change_json, write_checkpoint
from tests.ui.helpers import is_coded

LONG = 120_000


@pytest.fixture
def dialog(qapp, qtbot):
    client = EngineClient(engine_command())
    client.start()
    made = ModelDialog(client)
    made.show()
    yield made
    made.done(0)
    made.deleteLater()
    client.close()
    client.deleteLater()


@pytest.fixture
def program(make_program, qtbot):
    """The whole window over the real engine; a home of its own, without another model."""
    made = make_program(engine_command())
    qtbot.waitUntil(made.window.bar.terminology.isEnabled, timeout=LONG)
    return made


def installed_folders() -> list[str]:
    return [folder.name for folder in default_locations().models.glob("*")]


def refusal(dialog, qtbot, path) -> str:
    """What the dialog says of a folder that it does not take."""
    install = dialog.install
    dialog.show_install(str(path))
    qtbot.waitUntil(lambda: "error" in install.notices.texts(), timeout=LONG)
    assert install.pages.currentIndex() == CHOOSING
    return install.notices.texts()["error"]


def test_the_model_that_ships_is_listed_and_verified(dialog, qtbot):
    page = dialog.models
    qtbot.waitUntil(lambda: bool(page.current() or page.notices.texts()), timeout=LONG)
    assert page.notices.texts() == {}
    shipped = page.current()
    assert shipped.is_shipped
    assert shipped.can_code
    assert shipped.hash[:12] in page.panel.card.toPlainText()
    assert not page.panel.remove_button.isEnabled()
    page.panel.verify_button.click()
    qtbot.waitUntil(lambda: bool({"done", "error"} & page.notices.texts().keys()), timeout=LONG)
    assert "error" not in page.notices.texts()
    assert "passed at" in page.panel.card.toPlainText()
    assert page.current() == shipped, "verifying says the same of it as the list"


def test_a_checkpoint_is_installed_codes_phrases_and_is_deleted(program, qtbot, tmp_path):
    window = program.window
    checkpoint = write_checkpoint(tmp_path / "ward-model", labels=("LABEL_0", "LABEL_1"))
    dialog = window.manage_models()
    install, questions = dialog.install, dialog.install.questions
    dialog.show_install(str(checkpoint))
    qtbot.waitUntil(lambda: install.pages.currentIndex() == ASKING, timeout=LONG)
    assert questions.name.text() == "ward-model"
    questions.match_label.radios["LABEL_1"].click()
    questions.template.radios["pt_llt"].click()
    questions.unknown_box.click()
    steps = []
    install.work.bar.valueChanged.connect(lambda _at: steps.append(install.work.steps.current()))
    install.install_button.click()
    qtbot.waitUntil(lambda: install.pages.currentIndex() == REPORTING, timeout=LONG)
    assert steps == sorted(steps), "never back; the engine may be too quick to tell of each"
    assert steps[-1] == len(QUANTISED_STEPS) - 1
    assert "ward-model" in install.report.toPlainText()
    assert "Largest change of a probability" in install.report.toPlainText()
    assert installed_folders() == ["ward-model-int8"]

    install.use_button.click()
    qtbot.waitUntil(lambda: window.bar.choices().model == "ward-model-int8", timeout=LONG)
    qtbot.waitUntil(lambda: dialog.models.current().model_id == "ward-model-int8", timeout=LONG)
    dialog.close()
    window.page.mentions.box.set_text("说不清的感觉")
    qtbot.waitUntil(lambda: is_coded(program), timeout=LONG)
    result = window.page.mentions.model.result(0)
    assert result.is_final
    assert result.run.model_id == "ward-model-int8"
    assert all(candidate.probability is not None for candidate in result.candidates)

    dialog = window.manage_models()
    page = dialog.models
    qtbot.waitUntil(lambda: not page.panel.is_working and page.current() is not None, timeout=LONG)
    assert page.current().model_id == "ward-model-int8"
    page.panel.remove_button.click()
    page.confirm.do_button.click()
    qtbot.waitUntil(lambda: "done" in page.notices.texts(), timeout=LONG)
    assert installed_folders() == []
    qtbot.waitUntil(lambda: window.bar.choices().model == "m2m-small-zh-1", timeout=LONG)


def test_what_cannot_be_installed_is_refused_in_words_and_leaves_nothing(dialog, qtbot, tmp_path):
    pickle = write_checkpoint(tmp_path / "pickle")
    (pickle / "model.safetensors").rename(pickle / "pytorch_model.bin")
    said = refusal(dialog, qtbot, pickle)
    assert "pytorch_model.bin, a format that can run any program" in said
    assert "ask its makers for model.safetensors" in said

    cut = write_checkpoint(tmp_path / "cut")
    weights = (cut / "model.safetensors").read_bytes()
    (cut / "model.safetensors").write_bytes(weights[:-1])
    assert "model.safetensors was cut short" in refusal(dialog, qtbot, cut)

    other = write_checkpoint(tmp_path / "other")
    change_json(other / "config.json", model_type="t5")
    assert "only BERT, RoBERTa" in refusal(dialog, qtbot, other)
    assert installed_folders() == []
