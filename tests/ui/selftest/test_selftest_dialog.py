"""The self-test in the window, over an engine that finds what it is told to, and over the real one."""

import sys
import textwrap
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt

from m2m_desktop.services.language import use_language
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.selftest.checks import CHECKS
from m2m_desktop.services.selftest.records import Outcome
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.notices import NoticeArea
from m2m_desktop.ui.selftest import display
from m2m_desktop.ui.selftest.dialog import SelfTestDialog
from m2m_desktop.ui.selftest.results import FOUND, OUTCOME, PART
from m2m_desktop.ui.selftest.start_check import KEY, OwnFilesNotice

LONG = 120_000

TOY = textwrap.dedent("""
    import os, sys, time
    from m2m_desktop.services import engine_process as process

    HOW = sys.argv[1]
    FACTS = {"made_at": "2026-03-04T08:00:00+08:00", "app_version": "1", "python": "3", "sqlite": "3",
             "system": "toy", "packages": {}, "file_list": "", "models": [], "terminologies": []}

    def said(text):
        return {"en": text, "zh": "中" + text}

    def check(name, outcome):
        advice = None if outcome == "ok" else said("repair " + name)
        finding = {"outcome": outcome, "detail": said("found in " + name), "advice": advice}
        return {"check": {"id": name, "title": said(name), "looked_at": said("all of it"),
                          "outcome": outcome, "findings": [finding]}}

    def selftest(worker, params, progress):
        def parts():
            yield {"facts": FACTS}
            progress(0, 2, "Models")
            if HOW == "crash":
                os._exit(3)
            while HOW == "slow":
                progress(0, 0)
                time.sleep(0.01)
            yield check("first", "ok")
            yield check("second", HOW)
        return parts()

    def own_files(worker, params, progress):
        problem = None if HOW == "ok" else said("a file is missing")
        return {"problem": problem, "advice": problem and said("install again")}

    process.METHODS.update(selftest=selftest, own_files=own_files)
    process.main()
""")


def toy(how: str) -> list[str]:
    return [sys.executable, "-c", TOY, how]


@pytest.fixture
def opened(qtbot, home, monkeypatch):
    monkeypatch.setattr(display, "SMALLEST", QSize(1, 1))  # the screen of the tests is a small one

    def make(how: str, *, until=lambda one: not one.is_running) -> SelfTestDialog:
        made = SelfTestDialog(default_locations(), command=toy(how) if how else None)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitUntil(lambda: until(made), timeout=LONG)
        closing.append(made)
        return made

    closing: list[SelfTestDialog] = []
    yield make
    for one in closing:
        one.close()


def cells(made: SelfTestDialog, row: int) -> list[str]:
    model = made.model
    return [str(model.data(model.index(row, column))) for column in (PART, OUTCOME, FOUND)]


@pytest.mark.parametrize(
    ("how", "word", "kind"),
    [
        ("ok", "in order", "info"),
        ("warning", "look at this", "warning"),
        ("failed", "failed", "error"),
    ],
)
def test_results_come_in_rows_and_end_with_a_verdict(opened, how, word, kind):
    made = opened(how)
    assert cells(made, 1) == ["first", "in order", "found in first"]
    assert cells(made, 2) == ["second", word, "found in second"]
    assert made.notices._notices["verdict"].property("kind") == kind
    assert made.save_button.isEnabled()
    assert not made.bar.isVisible()


def test_the_first_trouble_is_shown_with_what_to_do(opened):
    made = opened("failed")
    assert made.table.current_row() == 2
    assert "repair second" in made.detail.toPlainText()
    made.table.selectRow(1)
    assert "repair" not in made.detail.toPlainText()


def test_it_can_be_stopped_and_run_again(opened, qtbot):
    made = opened("slow", until=lambda one: one.step.text() == "Checking: Models")
    assert not made.save_button.isEnabled()
    assert made.again_button.text() == "Stop"
    made.again_button.click()
    qtbot.waitUntil(lambda: not made.is_running, timeout=LONG)
    assert "stopped" in made.notices.texts()["verdict"]
    assert not made.save_button.isEnabled()
    made.again_button.click()
    assert made.is_running
    assert "verdict" not in made.notices.texts()


def test_an_engine_that_dies_is_said_and_gives_no_report(opened):
    made = opened("crash")
    assert "[M2M-501]" in made.notices.texts()["verdict"]
    assert not made.save_button.isEnabled()


def test_closing_while_it_runs_ends_its_engine(opened, qtbot):
    made = opened("slow", until=lambda one: one.step.text() == "Checking: Models")
    made.close()
    assert made._client.process_id == 0


@pytest.mark.parametrize(("suffix", "start"), [(".html", b"<!DOC"), (".pdf", b"%PDF-")])
def test_the_report_is_written_as_its_suffix_says(opened, tmp_path, suffix, start):
    made = opened("warning")
    target = tmp_path / f"自检报告{suffix}"
    made.save(target)
    assert target.read_bytes().startswith(start)
    assert str(target) in made.notices.texts()["saved"]
    assert [one.name for one in tmp_path.glob("*自检*")] == [target.name]


def test_a_report_that_cannot_be_written_is_said(opened, tmp_path):
    made = opened("ok")
    (tmp_path / "file").write_text("in the way")
    made.save(tmp_path / "file" / "report.html")
    assert "[M2M-112]" in made.notices.texts()["saved"]


def test_the_report_speaks_the_language_of_the_window(opened, tmp_path):
    made = opened("failed")
    use_language("zh_CN")
    made.save(tmp_path / "a.html")
    assert "中repair second" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert cells(made, 1)[0] == "中first"


def test_everything_is_reachable_and_named(opened):
    made = opened("ok")
    for widget in (made.table, made.detail, made.bar):
        assert widget.accessibleName()
    for one in (made.save_button, made.again_button, made.close_button, made.table):
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_real_engine_checks_everything(opened, shared_home, monkeypatch):
    monkeypatch.setenv("M2M_HOME", str(shared_home))
    made = opened("")
    report = made.report()
    assert [one["id"] for one in report["checks"]] == ["window", *(one.check_id for one in CHECKS)]
    troubles = [one for one in report["checks"] if one["outcome"] == Outcome.FAILED.value]
    assert troubles == []
    assert str(Path.home()) + "/" not in str(report)


# -- font and screen -------------------------------------------------------------------------------


def test_the_bundled_font_draws_everything(qapp):
    assert display.display_result().findings[0].outcome is Outcome.OK


def test_fonts_and_screens_are_judged():
    assert display.judge_font("Toy", "疹").outcome is Outcome.FAILED
    assert display.judge_font("Toy", "").outcome is Outcome.OK
    assert display.judge_screen(QSize(1366, 728), 1.0, 1).outcome is Outcome.OK
    small = display.judge_screen(QSize(911, 512), 1.5, 1)
    assert small.outcome is Outcome.WARNING
    assert "911" in small.detail.text()


# -- at every start --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["ok", "missing"])
def test_damaged_files_are_said_once_at_the_start(qtbot, home, how):
    notices, client, ran = NoticeArea(), EngineClient(toy(how)), []
    qtbot.addWidget(notices)
    notices.show()
    client.start()
    looking = OwnFilesNotice(client, notices, lambda: ran.append(1))
    looking.look()
    looking.look()
    qtbot.waitUntil(lambda: client.state is EngineState.READY, timeout=LONG)
    if how == "ok":
        assert notices.texts() == {}
    else:
        assert notices.texts() == {KEY: "a file is missing install again"}
        notices._notices[KEY]._action.click()
        assert ran == [1]
    client.close()
