"""Whatever a check does, the self-test goes on, tells it in both languages, and leaves nothing."""

import json
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from m2m_desktop.core.errors import Cancelled, ModelDamaged
from m2m_desktop.core.messages import message
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.language import CHINESE, ENGLISH
from m2m_desktop.services.locations import default_locations
from m2m_desktop.services.selftest.checks import CHECKS
from m2m_desktop.services.selftest.libraries import PINNED
from m2m_desktop.services.selftest.records import (
    CheckResult,
    Outcome,
    Places,
    bad,
    doubtful,
    good,
    result_to_json,
)
from m2m_desktop.services.selftest.report import html_page, report_of, told_parts, write_html
from m2m_desktop.services.selftest.running import run_checks
from m2m_desktop.services.selftest.scene import Check

FINE = good(message("fine"))


def check(examine, check_id="one"):
    return Check(check_id, "One", "something", examine)


def run(*examine, progress=lambda done, total, note="": None):
    locations = default_locations()
    checks = [check(one, str(number)) for number, one in enumerate(examine)]
    return list(run_checks(Engine(locations), locations, checks, progress))


def panics(scene):
    raise type("PanicException", (BaseException,), {})("患者张三")


def raising(error):
    def examine(scene):
        yield FINE
        raise error

    return examine


def test_an_unexpected_failure_is_a_failed_check_without_its_text(demo_home, caplog):
    first, second, third = run(raising(ZeroDivisionError("患者张三")), panics, lambda scene: [FINE])
    assert [one.outcome for one in (first, second, third)] == [
        Outcome.FAILED, Outcome.FAILED, Outcome.OK,
    ]  # fmt: skip
    places = Places(default_locations())
    for result, kind in ((first, "ZeroDivisionError"), (second, "PanicException")):
        told = result_to_json(result, places)
        [finding] = told["findings"]
        assert kind in finding["detail"]["en"]
        assert kind in finding["detail"]["zh"]
        assert finding["advice"]["en"]
        assert "张三" not in json.dumps(told, ensure_ascii=False)


def test_an_error_for_users_keeps_its_words_and_its_advice(demo_home):
    [result] = run(raising(ModelDamaged(path="x", detail="y")))
    [finding] = result.findings
    assert finding.detail.text() == "The model in x is damaged: y"
    assert finding.advice.text().startswith("Install the model again")


def test_a_drive_that_fails_is_a_failed_check(demo_home):
    [result] = run(raising(PermissionError(13, "denied", "/home/zhangsan/a")))
    assert result.outcome is Outcome.FAILED
    assert "zhangsan" not in result.findings[0].detail.text()


def test_a_check_that_finds_nothing_is_a_failure(demo_home, caplog):
    assert run(lambda scene: [])[0].outcome is Outcome.FAILED


def test_a_cancel_ends_it_and_nothing_stays(demo_home):
    locations, seen = default_locations(), []

    def examine(scene):
        (scene.folder("a") / "phrase.txt").write_text("自检")
        seen.append(scene.scratch)
        assert scene.scratch.is_dir()
        return [FINE]

    def progress(done, total, note=""):
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(examine, examine, progress=progress)
    assert len(seen) == 1
    assert not seen[0].exists()
    assert not (locations.data / "selftest").exists()


def test_what_a_crash_left_is_deleted_an_hour_later(demo_home):
    root = default_locations().data / "selftest"
    for name, age_s in (("old", 4000), ("of another one that runs", 60)):
        (root / name / "项目").mkdir(parents=True)
        os.utime(root / name, (time.time() - age_s,) * 2)
    run(lambda scene: [FINE])
    assert [one.name for one in root.iterdir()] == ["of another one that runs"]
    shutil.rmtree(root)


def test_a_home_that_is_the_root_of_the_drive_hides_nothing(monkeypatch):
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setenv("USERPROFILE", "/")
    assert Places(default_locations()).hidden("a/b is damaged") == "a/b is damaged"


def test_progress_names_what_comes_next(demo_home):
    steps = []
    run(lambda scene: [FINE], lambda scene: [FINE], progress=lambda *one: steps.append(one))
    assert steps == [(0, 2, "One"), (1, 2, "One"), (2, 2)]


def test_the_worst_finding_is_the_outcome():
    findings = (FINE, bad(message("b"), message("x")), doubtful(message("c"), message("x")))
    assert CheckResult("a", "A", "a", findings).outcome is Outcome.FAILED
    assert CheckResult("a", "A", "a", findings[::2]).outcome is Outcome.WARNING


# -- the report ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(shared_home):
    """A whole self-test as the command line and the window get it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("M2M_HOME", str(shared_home))
        locations = default_locations()
        facts, *checks = told_parts(Engine(locations), locations)
    return report_of(facts["facts"], [one["check"] for one in checks])


def test_every_check_is_reported_once_in_both_languages(whole):
    assert [one["id"] for one in whole["checks"]] == [one.check_id for one in CHECKS]
    states = {one["id"]: one["outcome"] for one in whole["checks"]}
    assert states.pop("network") == "failed"  # the tests run without the guard of the program
    assert set(states.values()) <= {"ok", "warning"}
    for one in whole["checks"]:
        assert one["title"]["en"]
        assert one["title"]["zh"]
        for finding in one["findings"]:
            assert (finding["outcome"] == "ok") == (finding["advice"] is None)


def test_the_facts_are_versions_and_hashes(whole):
    facts = whole["facts"]
    assert facts["packages"] == dict(PINNED)
    assert all(len(one["sha256"]) == 64 for one in (*facts["models"], *facts["terminologies"]))
    assert datetime.fromisoformat(facts["made_at"]).astimezone(UTC).year >= 2026


def test_a_report_names_neither_user_nor_folder(whole, shared_home):
    text = json.dumps(whole, ensure_ascii=False)
    for secret in (str(shared_home), str(Path.home()) + "/", str(Path(__file__).parents[3])):
        assert secret not in text


def test_paths_of_the_user_are_replaced(monkeypatch, tmp_path):
    monkeypatch.setenv("M2M_HOME", str(tmp_path / "张三"))
    places = Places(default_locations())
    text = f"{tmp_path}/张三/data/models/a is damaged, {tmp_path}/张三/config too"
    assert places.hidden(text) == "<data>/models/a is damaged, <config> too"


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_the_page_shows_verdict_findings_and_hashes(whole, language):
    page = html_page(whole, language)
    assert page.count("<tr><td><b>") == len(CHECKS)
    assert whole["facts"]["models"][0]["sha256"] in page
    assert "✗" in page  # the guard: see above
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_is_found_cannot_become_markup(whole):
    hostile = {"en": "<b>&x", "zh": "<b>&x"}
    checks = [
        {
            "id": "a", "title": hostile, "looked_at": hostile, "outcome": "ok",
            "findings": [{"outcome": "warning", "detail": hostile, "advice": hostile}],
        }
    ]  # fmt: skip
    page = html_page(report_of(whole["facts"], checks), ENGLISH)
    assert page.count("&lt;b&gt;&amp;x") == 4
    assert "<b>&x" not in page


def test_the_page_is_written_whole(whole, tmp_path):
    target = tmp_path / "报告" / "自检.html"
    assert write_html(target, whole) == target
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in target.parent.iterdir()] == ["自检.html"]
