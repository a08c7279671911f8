import time
from itertools import pairwise

import pytest

from m2m_desktop.core.review import ReviewStatus
from m2m_desktop.services.project.project import Project
from m2m_desktop.ui import batch_runner
from m2m_desktop.ui.batch_bar import BatchBar, time_left
from m2m_desktop.ui.batch_runner import BatchRunner
from m2m_desktop.ui.choice_bar import Choices
from m2m_desktop.ui.engine_client import EngineState
from tests.ui.helpers import TOY_ENGINE
from tests.ui.workbench import RecordingClient, answers, decide, project_of

CHOICES = Choices("demo", "toy")
PLENTY = tuple(f"症状{n}" for n in range(40))


@pytest.fixture
def client(qapp, home):
    made = RecordingClient(TOY_ENGINE)
    made.start()
    yield made
    made.close()


class Work:
    def __init__(self, client, path, qtbot):
        self.client, self.qtbot = client, qtbot
        self.project = Project.open(path)
        self.runner = BatchRunner(client)
        self.failed, self.answered, self.progress, self.skipped = [], [], [], []
        self.runner.failed.connect(self.failed.append)
        self.runner.answered.connect(self.answered.extend)
        self.runner.skipped.connect(self.skipped.append)
        self.runner.progressed.connect(lambda *figures: self.progress.append(figures))
        self.runner.take(self.project)

    def finish(self):
        self.qtbot.waitUntil(lambda: not self.runner.is_running, timeout=20_000)


@pytest.fixture
def work(client, tmp_path, qtbot):
    made = []

    def make(*texts, name="a"):
        path = tmp_path / f"{name}.m2m"
        if not path.exists():
            project_of(path, *texts)
        made.append(Work(client, path, qtbot))
        return made[-1]

    yield make
    for one in made:
        one.runner.take(None)
        one.project.close()


def test_every_phrase_gets_its_answer_the_most_frequent_ones_first(work):
    one = work(*PLENTY)
    one.runner.run(CHOICES)
    one.finish()
    assert answers(one.project) == dict.fromkeys(PLENTY, "certain")
    asked = one.client.coded()
    assert [text for texts in asked for text in texts] == list(PLENTY)
    assert max(map(len, asked)) == batch_runner.ASKED_AT_ONCE
    assert one.progress[-1] == (40, 40)
    counts = [0, *(done for done, _total in one.progress)]
    assert all(b - a <= batch_runner.STORED_AT_ONCE for a, b in pairwise(counts))
    assert sorted(one.answered) == [row.phrase_id for row in one.project.phrases()]
    assert one.runner.remaining == 0
    assert one.failed == []


def test_scores_of_a_list_need_not_be_exact(work):
    one = work("皮疹")
    one.runner.run(CHOICES)
    one.finish()
    (params,) = [params for method, params in one.client.asked if method == "code"]
    assert params["scores_exact"] is False
    assert (params["terminology"], params["model"]) == ("demo", "toy")


def test_a_pause_keeps_what_is_stored_and_going_on_asks_for_exactly_the_rest(work, qtbot):
    texts = (*(f"快{n}" for n in range(16)), "slow 一", "slow 二")
    one = work(*texts)
    one.runner.run(CHOICES)
    qtbot.waitUntil(lambda: len(one.client.coded()) == 2)
    one.runner.pause()
    assert not one.runner.is_running
    assert one.runner.remaining == 2
    qtbot.wait(100)
    assert set(answers(one.project)) == set(texts[:16])
    one.client.asked.clear()
    one.runner.run(CHOICES)
    one.finish()
    assert one.client.coded() == [["slow 一", "slow 二"]]
    assert set(answers(one.project)) == set(texts)


def test_a_project_that_was_closed_goes_on_with_exactly_what_is_missing(work, qtbot):
    texts = (*(f"快{n}" for n in range(16)), "slow 一", "slow 二")
    first = work(*texts)
    first.runner.run(CHOICES)
    qtbot.waitUntil(lambda: len(first.client.coded()) == 2)
    first.runner.take(None)
    first.project.close()
    first.client.asked.clear()
    second = work()
    second.runner.run(CHOICES)
    second.finish()
    assert second.client.coded() == [["slow 一", "slow 二"]]
    assert set(answers(second.project)) == set(texts)


def test_a_late_answer_of_a_closed_project_never_gets_into_the_next_one(work, qtbot, tmp_path):
    one = work("slow unsure", "unsure")
    project_of(tmp_path / "b.m2m", "头痛", "slow 发热")
    other = Project.open(tmp_path / "b.m2m")
    one.runner.run(CHOICES)
    qtbot.wait(50)
    one.runner.take(other)  # its phrases have the same ids
    one.runner.run(CHOICES)
    one.finish()
    found = answers(other)
    one.runner.take(None)
    other.close()
    assert found == {"头痛": "certain", "slow 发热": "certain"}
    assert answers(one.project) == {}


def test_answers_that_were_on_their_way_when_a_project_was_closed_are_dropped(work, tmp_path):
    one = work("unsure 一", "unsure 二")
    project_of(tmp_path / "b.m2m", "slow 头痛", "发热")
    other = Project.open(tmp_path / "b.m2m")
    one.qtbot.waitUntil(lambda: one.client.state is EngineState.READY, timeout=10_000)
    one.runner.run(CHOICES)
    assert one.client._process.waitForBytesWritten(2000)
    time.sleep(0.5)  # they lie in the pipe now, nobody has read them
    one.runner.take(other)
    one.runner.run(CHOICES)
    one.finish()
    found = answers(other)
    one.runner.take(None)
    other.close()
    assert found == {"slow 头痛": "certain", "发热": "certain"}


def test_an_engine_that_ends_once_loses_nothing(work):
    one = work("皮疹", "crash once", "恶心")
    one.runner.run(CHOICES)
    one.finish()
    assert set(answers(one.project)) == {"皮疹", "crash once", "恶心"}
    assert one.client.restart_count == 1
    assert (one.failed, one.skipped) == ([], [])


def test_a_phrase_that_always_ends_the_engine_is_left_out_and_all_others_are_coded(work):
    one = work("皮疹", "crash", "恶心", "头痛")
    one.runner.run(CHOICES)
    one.finish()
    assert set(answers(one.project)) == {"皮疹", "恶心", "头痛"}
    assert one.skipped == [1]
    assert one.failed == []
    assert [text for _n, text in one.project.unanswered()] == ["crash"]


def test_an_error_pauses_and_what_was_answered_before_it_is_kept(work):
    one = work("皮疹", "broken", "恶心")
    one.runner.run(CHOICES)
    one.finish()
    assert [error.code for error in one.failed] == ["M2M-204"]
    assert set(answers(one.project)) == {"皮疹"}
    assert one.runner.remaining == 2
    one.client.asked.clear()
    one.runner.run(CHOICES)
    assert one.client.coded() == [["broken", "恶心"]]


def test_an_engine_that_cannot_be_started_pauses_and_says_so(qapp, home, tmp_path, qtbot):
    client = RecordingClient(["/nowhere/engine"])
    client.start()
    one = Work(client, project_of(tmp_path / "a.m2m", "皮疹"), qtbot)
    one.runner.run(CHOICES)
    qtbot.waitUntil(lambda: bool(one.failed))
    assert one.failed[0].code == "M2M-501"
    assert (one.runner.is_running, one.runner.remaining) == (False, 1)
    one.project.close()
    client.close()


def test_coding_again_forgets_answers_and_no_decision(work):
    one = work("皮疹", "恶心")
    one.runner.run(CHOICES)
    one.finish()
    decide(one.project, {"皮疹": "accept"})
    one.client.asked.clear()
    one.runner.begin_again(Choices("toy2", "toy"))
    one.finish()
    assert one.client.coded() == [["皮疹", "恶心"]]
    states = {row.text: row.state.status for row in one.project.phrases()}
    assert states == {"皮疹": ReviewStatus.ACCEPTED, "恶心": ReviewStatus.UNREVIEWED}
    assert one.project.info.run.terminology_id == "toy2"


def test_a_project_open_for_reading_is_not_coded(client, tmp_path, qtbot):
    path = project_of(tmp_path / "a.m2m", "皮疹")
    with Project.open(path, read_only=True) as project:
        runner = BatchRunner(client)
        runner.take(project)
        runner.run(CHOICES)
        assert (runner.is_running, runner.remaining) == (False, 0)


def test_the_bar_says_what_goes_on_and_is_gone_at_the_end(work, qtbot):
    one = work("皮疹", "slow 恶心")
    bar = BatchBar(one.runner)
    qtbot.addWidget(bar)
    wanted = []
    bar.go_on_wanted.connect(lambda: wanted.append(1))
    assert (bar.words.text(), bar.toggle.text()) == ("Coding is paused", "Go on")
    bar.toggle.click()
    assert wanted == [1]
    one.runner.run(CHOICES)
    assert (bar.words.text(), bar.toggle.text()) == ("Coding", "Pause")
    assert bar.figures.text() == "0 of 2 phrases"
    one.runner.noted.emit(1, 4, "x")
    assert "25 %" in bar.words.text()
    bar.toggle.click()
    assert not one.runner.is_running
    one.runner.run(CHOICES)
    one.finish()
    assert bar.isHidden()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "less than a minute left"),
        (61, "about 2 min left"),
        (3600, "about 1 h 0 min left"),
        (9000, "about 2 h 30 min left"),
    ],
)
def test_the_time_left_is_said_roughly(seconds, words):
    assert time_left(seconds) == words
