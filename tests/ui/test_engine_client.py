import os
import signal
import sys
import time

import pytest

from m2m_desktop.core.errors import Cancelled, EngineCrashed
from m2m_desktop.ui import engine_client
from m2m_desktop.ui.engine_client import EngineClient, EngineState
from m2m_desktop.ui.state_line import StateLine
from tests.ui.helpers import TOY_ENGINE


@pytest.fixture
def client(qtbot, home):
    made = EngineClient(TOY_ENGINE)
    made.start()
    qtbot.waitUntil(lambda: made.state is EngineState.READY, timeout=5000)
    yield made
    made.close()


class Heard:
    """Collects what a request is told."""

    def __init__(self) -> None:
        self.partials, self.answers, self.errors = [], [], []

    def ask(self, client: EngineClient, *phrases: str, supersedes: bool = True) -> int:
        mentions = [{"mention_id": "1", "text": text} for text in phrases]
        return client.request(
            "code",
            {"mentions": mentions},
            on_answer=self.answers.append,
            on_error=self.errors.append,
            on_partial=lambda told: self.partials.append(told["mention"]),
            supersedes=supersedes,
        )


def test_an_answer_comes_in_parts(client, qtbot):
    heard = Heard()
    heard.ask(client, "甲", "乙")
    assert client.state is EngineState.WORKING
    qtbot.waitUntil(lambda: bool(heard.answers))
    assert heard.partials == ["甲", "乙"]
    assert client.state is EngineState.READY


def test_a_superseded_request_is_never_heard_again(client, qtbot):
    old, new = Heard(), Heard()
    old.ask(client, *(f"slow {n}" for n in range(20)))
    qtbot.waitUntil(lambda: bool(old.partials), timeout=5000)
    known = list(old.partials)
    new.ask(client, "乙")
    qtbot.waitUntil(lambda: bool(new.answers), timeout=2000)
    qtbot.wait(300)
    assert old.partials == known
    assert not old.answers
    assert not old.errors


SPARE = """
import json, sys, time
def send(told): print(json.dumps(told), flush=True)
send({"ready": {"app_version": "1"}})
for line in sys.stdin:
    send({"spare": {"done": json.loads(line)["params"]["done"], "total": 200}})
    send({"id": json.loads(line)["id"], "result": {}})
"""


def test_the_state_line_says_what_is_done_between_requests_until_it_is_done(qtbot, home):
    client, line = EngineClient([sys.executable, "-c", SPARE]), StateLine()
    client.state_changed.connect(lambda: line.show_engine(client))
    client.start()
    said = []
    for done in (50, 150, 200):
        heard = []
        client.request("x", {"done": done}, on_answer=heard.append, on_error=heard.append)
        qtbot.waitUntil(lambda heard=heard: bool(heard) and client.state is EngineState.READY)
        said.append(line.state.text())
    assert ["25 %" in said[0], "75 %" in said[1], "%" in said[2]] == [True, True, False]
    assert client.spare is None
    client.close()


def test_cancel_is_answered(client, qtbot):
    heard = Heard()
    client.cancel(heard.ask(client, "slow 1", "slow 2"))
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=2000)
    assert isinstance(heard.errors[0], Cancelled)


def test_a_killed_engine_is_noticed_within_a_second_and_the_request_repeated(client, qtbot):
    heard = Heard()
    heard.ask(client, "slow 1")
    qtbot.wait(50)
    killed = client.process_id
    started = time.monotonic()
    with qtbot.waitSignal(client.restarted, timeout=1000):
        os.kill(killed, signal.SIGKILL)
    assert time.monotonic() - started < 1
    qtbot.waitUntil(lambda: bool(heard.answers), timeout=5000)
    assert client.process_id not in {0, killed}
    assert not heard.errors


def test_a_request_that_kills_the_engine_is_repeated_once_only(client, qtbot):
    heard, other = Heard(), Heard()
    heard.ask(client, "crash")
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=5000)
    assert isinstance(heard.errors[0], EngineCrashed)
    assert client.restart_count == 2
    other.ask(client, "甲")
    qtbot.waitUntil(lambda: bool(other.answers), timeout=5000)


def test_an_engine_is_renewed_once_it_has_nothing_to_do(client, qtbot):
    heard, before = Heard(), client.process_id
    heard.ask(client, "slow 1")
    with qtbot.waitSignal(client.renewed, timeout=5000):
        client.renew()
        assert client.process_id == before
    assert heard.answers
    assert client.process_id != before
    assert client.restart_count == 0


def test_an_engine_that_hangs_is_killed(client, qtbot, monkeypatch):
    client._hang_timer.setInterval(200)
    stuck, other = Heard(), Heard()
    stuck.ask(client, "hang")
    qtbot.wait(50)
    other.ask(client, "甲")
    qtbot.waitUntil(lambda: bool(other.answers), timeout=5000)
    assert not stuck.errors


@pytest.mark.parametrize(
    "command", [["/nowhere/at/all"], [sys.executable, "-c", "raise SystemExit(1)"]]
)
def test_an_engine_that_never_starts_is_given_up(qtbot, home, command):
    client, heard = EngineClient(command), Heard()
    with qtbot.waitSignal(client.given_up, timeout=5000):
        client.start()
        heard.ask(client, "甲")
    qtbot.waitUntil(lambda: bool(heard.errors))
    assert client.state is EngineState.STOPPED
    late = Heard()
    late.ask(client, "甲")
    qtbot.waitUntil(lambda: bool(late.errors))
    client.close()


def test_close_leaves_no_process_behind(qtbot, home):
    client = EngineClient(TOY_ENGINE)
    client.start()
    qtbot.waitUntil(lambda: client.state is EngineState.READY)
    number = client.process_id
    client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_the_engine_of_a_checkout_and_of_a_stand_alone_program(monkeypatch):
    assert engine_client.engine_command()[1:] == ["-m", "m2m_desktop.services.engine_process"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert engine_client.engine_command() == [sys.executable, "--engine"]
