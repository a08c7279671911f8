"""The window that tries itself, as a built program is asked to."""

import json
from types import SimpleNamespace

import pytest

from m2m_desktop.ui.engine_client import engine_command
from m2m_desktop.ui.places import PLACES
from m2m_desktop.ui.trial import FAILED, Trial, begin_trial


@pytest.mark.slow
def test_the_window_codes_shows_its_pages_and_closes(make_program, qapp, qtbot, tmp_path):
    program = make_program(engine_command())
    target = tmp_path / "seen.json"
    begin_trial(qapp, program, ["m2m-desktop", "--try", str(target)])
    qtbot.waitUntil(target.exists, timeout=250_000)
    seen = json.loads(target.read_text(encoding="utf-8"))
    assert seen["problem"] == ""
    assert seen["candidates"][0] == "腹泻"
    assert seen["pages"] == len(PLACES)
    assert target.with_suffix(".png").stat().st_size > 1000
    assert not program.window.isVisible()


def test_a_step_that_never_comes_is_told(program, qapp, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("m2m_desktop.ui.trial.PATIENCE_S", 0)
    monkeypatch.setattr(program.window.bar.terminology, "isEnabled", lambda: False)
    target, statuses = tmp_path / "seen.json", []
    # the real one would end the event loops of all tests after this
    app = SimpleNamespace(platformName=qapp.platformName, exit=statuses.append)
    begin_trial(app, program, ["m2m-desktop", "--try", str(target)])
    qtbot.waitUntil(target.exists, timeout=60_000)
    assert statuses == [FAILED]
    assert "the dictionary" in json.loads(target.read_text(encoding="utf-8"))["problem"]


def test_nobody_else_meets_it(program, qapp):
    begin_trial(qapp, program, ["m2m-desktop"])
    begin_trial(qapp, program, ["m2m-desktop", "--try"])
    assert program.findChildren(Trial) == []
