"""The engine as a real child process. A toy engine stands in where time must be under control."""

import contextlib
import json
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.toy.bundle import write_toy_bundle
from tests.toy.release import write_toy_release

REAL = [sys.executable, "-m", "m2m_desktop.services.engine_process"]

TOY = textwrap.dedent("""
    import sys, time
    from m2m_desktop.services import engine_process as process

    def code(worker, params, progress):
        def partials():
            for number, mention in enumerate(params.mentions()):
                if mention.text == "wait":
                    for step in range(2000):
                        progress(step, 2000)
                        time.sleep(0.01)
                yield {"mention_id": mention.mention_id}
        return partials()

    def boom(worker, params, progress):
        print("a stray print")
        raise KeyError("患者头痛")

    def slow(worker, params, progress):
        for step in range(2000):
            progress(step, 2000)
            time.sleep(0.01)

    process.METHODS.update(code=code, search=slow, boom=boom, slow=slow)
    process.main()
""")


SPARE = textwrap.dedent("""
    import sys
    from dataclasses import replace
    from functools import cached_property
    from pathlib import Path
    from m2m_desktop.services import engine_process as process
    from m2m_desktop.services.engine import Engine
    from m2m_desktop.services.engine_methods import Methods
    from m2m_desktop.services.locations import default_locations

    where = replace(default_locations(), resources=Path(sys.argv[1]))
    process.default_locations = lambda: where
    process.SPARE_AFTER_S = process.SPARE_LINE_PAUSE_S = 0.0
    Methods.engine = cached_property(lambda self: Engine(where, quick_work=0))
    Methods.engine.__set_name__(Methods, "engine")
    process.main()
""")


class Child:
    """Speaks with a process; pytest's timeout ends a test whose answer never comes."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        self.ready = self.read()

    def send(self, line):
        data = line if isinstance(line, bytes) else json.dumps(line).encode()
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def answers(self, request_id):
        """All lines about a request up to its end; others are dropped."""
        found = []
        while True:
            line = self.read()
            assert line is not None, "the process ended"
            if line.get("id") == request_id:
                found.append(line)
                if "result" in line or "error" in line:
                    return found

    def ask(self, request_id, method, **params):
        self.send({"id": request_id, "method": method, "params": params})
        return self.answers(request_id)[-1]

    def close(self):
        """End stdin, and give status and stderr."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        status = self.process.wait(10)
        stderr = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, stderr


@pytest.fixture
def start():
    children = []

    def make(command):
        children.append(Child(command))
        return children[-1]

    yield make
    for child in children:
        if child.process.poll() is None:
            child.process.kill()
        if not child.process.stdin.closed:
            child.close()


@pytest.fixture
def toy(start):
    return start([sys.executable, "-c", TOY])


@pytest.fixture
def real(start, demo_home):
    return start(REAL)


def mentions(*texts):
    return [{"mention_id": str(number), "text": text} for number, text in enumerate(texts, 1)]


# -- the protocol, with the toy engine -----------------------------------------------------------


def test_it_says_that_it_is_ready(toy):
    from m2m_desktop import __version__

    assert toy.ready == {"ready": {"app_version": __version__, "pid": toy.process.pid}}


def test_partial_answers_come_in_order_before_the_result(toy):
    toy.send({"id": 3, "method": "code", "params": {"mentions": mentions("a", "b")}})
    assert toy.answers(3) == [
        {"id": 3, "partial": {"mention_id": "1"}},
        {"id": 3, "partial": {"mention_id": "2"}},
        {"id": 3, "result": {"count": 2}},
    ]


def test_a_cancel_is_heard_while_work_goes_on(toy):
    toy.send({"id": 1, "method": "slow"})
    assert toy.read()["progress"]["total"] == 2000
    toy.send({"cancel": 1})
    error = toy.answers(1)[-1]["error"]
    assert error["code"] == "M2M-100"
    assert error["zh"] == "已取消，没有任何改动。"
    assert error["en"] == "Cancelled. Nothing was changed."


def test_a_request_that_waits_can_be_cancelled(toy):
    toy.send({"id": 1, "method": "slow"})
    toy.send({"id": 2, "method": "code", "params": {"mentions": mentions("a")}})
    toy.send({"cancel": 2})
    toy.send({"cancel": 1})
    assert toy.answers(2) == [{"id": 2, "error": toy_cancelled()}]


def toy_cancelled():
    return {
        "code": "M2M-100",
        "en": "Cancelled. Nothing was changed.",
        "zh": "已取消，没有任何改动。",
    }


def test_a_newer_request_supersedes_coding_and_searching_but_nothing_else(toy):
    toy.send({"id": 1, "method": "code", "params": {"mentions": mentions("a", "wait", "b")}})
    toy.send({"id": 2, "method": "search"})
    toy.send({"id": 3, "method": "boom"})
    newest = {"id": 4, "method": "code", "params": {"mentions": mentions("a")}, "supersedes": True}
    toy.send(newest)
    ends = {}
    while len(ends) < 4:
        line = toy.read()
        if "error" in line or "result" in line:
            ends[line["id"]] = line.get("error", {}).get("code", "done")
    assert ends == {1: "M2M-100", 2: "M2M-100", 3: "M2M-000", 4: "done"}


def test_without_supersedes_requests_wait_for_one_another(toy):
    for number in (1, 2):
        toy.send({"id": number, "method": "code", "params": {"mentions": mentions("a")}})
    assert toy.answers(1)[-1]["result"] == {"count": 1}
    assert toy.answers(2)[-1]["result"] == {"count": 1}


@pytest.mark.parametrize(
    "line",
    [
        b"garbage", b"[1]", b"7", b"\xff\xfe", b"{", b'{"id": "x", "method": "status"}',
        b'{"id": true, "method": "status"}', b'{"method": "status"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_request_is_answered_and_work_goes_on(toy, line):
    toy.send(line)
    answer = toy.read()
    assert (answer["id"], answer["error"]["code"]) == (None, "M2M-101")
    assert toy.ask(1, "code", mentions=[])["result"] == {"count": 0}


def test_blank_lines_and_cancels_of_nothing_are_ignored(toy):
    for line in (b"", b"   ", b'{"cancel": 99}', b'{"cancel": "x"}', b'{"cancel": null}'):
        toy.send(line)
    assert toy.ask(1, "code", mentions=[])["result"] == {"count": 0}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("no such method", {}),
        ("code", {}),
        ("code", {"mentions": "头痛"}),
        ("code", {"mentions": ["头痛"]}),
        ("code", {"mentions": [{"mention_id": 1, "text": "头痛"}]}),
    ],
)
def test_a_request_that_makes_no_sense_is_answered(toy, method, params):
    assert toy.ask(5, method, **params)["error"]["code"] == "M2M-101"


def test_an_id_in_use_is_refused(toy):
    toy.send({"id": 1, "method": "slow"})
    toy.send({"id": 1, "method": "code"})
    assert toy.answers(1)[-1]["error"]["code"] == "M2M-101"


def test_an_unexpected_exception_is_logged_without_its_text_and_work_goes_on(toy, own_home):
    error = toy.ask(1, "boom")["error"]
    assert error == {
        "code": "M2M-000",
        "en": "Something went wrong: KeyError.",
        "zh": "出了问题：KeyError。",
    }
    assert toy.ask(2, "code", mentions=[])["result"] == {"count": 0}
    status, stderr = toy.close()
    assert (status, stderr.strip()) == (0, "a stray print")
    log = (own_home / "logs" / "engine.log").read_text(encoding="utf-8")
    assert "unexpected error in boom" in log
    assert log.count("KeyError") >= 1
    assert "患者" not in log


def test_it_ends_at_once_when_stdin_ends_even_while_working(toy):
    toy.send({"id": 1, "method": "slow"})
    assert "progress" in toy.read()
    assert toy.close() == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_kill_is_seen_as_the_end_of_its_answers(toy):
    toy.send({"id": 1, "method": "slow"})
    assert "progress" in toy.read()
    toy.process.send_signal(signal.SIGINT)  # Ctrl+C in the terminal is not for the engine
    assert "progress" in toy.read()
    toy.process.kill()
    while toy.read() is not None:
        pass
    assert toy.process.wait(10) == -signal.SIGKILL


def test_when_nobody_listens_any_more_it_ends(toy):
    toy.process.stdout.close()
    toy.send({"id": 1, "method": "slow"})
    assert toy.process.wait(10) == 0


# -- the real engine on the demo dictionary ------------------------------------------------------


def test_it_codes(real):
    real.send({"id": 1, "method": "code", "params": {"mentions": mentions("拉肚子", "\ud800")}})
    lines = real.answers(1)
    partials = [line["partial"] for line in lines if "partial" in line]
    assert [partial["mention_id"] for partial in partials] == ["1", "2"]
    assert partials[0]["selected"] == [partials[0]["candidates"][0]["candidate_pt_code"]]
    assert partials[0]["candidates"][0]["candidate_pt_name"] == "腹泻"
    assert partials[0]["run"]["is_demo_terminology"] is True
    assert lines[-1]["result"] == {"count": 2}


def test_a_model_that_ships_alone_gives_final_answers_only(real):
    real.send(
        {
            "id": 1,
            "method": "code",
            "params": {"mentions": mentions("拉肚子"), "first_answers": True, "mode": "full"},
        }
    )
    partials = [line["partial"] for line in real.answers(1) if "partial" in line]
    assert [partial["is_final"] for partial in partials] == [True]
    assert partials[0]["pairs_scored"] == len(partials[0]["candidates"])


def test_the_other_methods_answer(real):
    status = real.ask(1, "status")["result"]
    assert status["terminologies"][0]["is_demo"] is True
    assert status["default_terminology"] == status["terminologies"][0]["terminology_id"]
    assert {"app_version", "models", "default_model"} < set(status)
    assert real.ask(2, "warm", terminology="", model="")["result"] == {}

    hits = real.ask(3, "search", text="拉肚子", kind="exact", level="llt")["result"]["hits"]
    assert [hit["name"] for hit in hits] == ["拉肚子"]
    pt_code = hits[0]["pt_code"]
    assert real.ask(4, "search", text="x", kind="no such")["error"]["code"] == "M2M-101"
    assert real.ask(5, "search", text="x", level="no such")["error"]["code"] == "M2M-101"

    roots = real.ask(6, "roots")["result"]["terms"]
    assert len(roots) >= 25
    below = real.ask(7, "children", level="soc", code=roots[0]["code"])["result"]["terms"]
    assert len(below) == roots[0]["child_count"]
    assert {term["level"] for term in below} == {"hlgt"}
    llts = real.ask(8, "children", level="pt", code=pt_code)["result"]["terms"]
    assert {"is_current", "child_count"} < set(llts[0])

    term = real.ask(9, "term", level="pt", code=pt_code)["result"]
    assert term["term"]["name"] == "腹泻"
    assert real.ask(10, "term", level="pt", code="x")["error"]["code"] == "M2M-101"
    assert real.ask(11, "doctor")["result"]["telemetry_disabled"] is True
    assert real.close() == (0, "")


def test_errors_of_the_engine_carry_their_codes(real, tmp_path):
    assert real.ask(1, "roots", terminology="no such")["error"]["code"].startswith("M2M-20")
    assert real.ask(2, "check_terminology", path=str(tmp_path))["error"]["code"] == "M2M-201"
    assert real.ask(3, "verify_model", name=str(tmp_path))["error"]["code"].startswith("M2M-30")
    assert real.ask(4, "remove_model", model_id="no such")["error"]["code"] == "M2M-303"
    for number, wrong in enumerate(({"first_answers": "yes"}, {"keeps_scores": 0}), start=5):
        assert real.ask(number, "code", mentions=[], **wrong)["error"]["code"] == "M2M-101"


def test_a_release_is_checked_and_imported(real, own_home):
    from m2m_desktop.services.locations import resources

    path = str(resources() / "demo" / "chinese")
    (found,) = real.ask(1, "check_terminology", path=path)["result"]["imported"]
    assert found["report"]["counts"]
    (kept,) = real.ask(2, "import_terminology", path=path)["result"]["imported"]
    name = kept["info"]["terminology_id"]
    assert real.ask(3, "roots", terminology=name)["result"]["terms"]
    assert real.ask(4, "remove_terminology", terminology_id=name)["result"] == {}


# -- spare time ------------------------------------------------------------------------------------


@pytest.fixture
def spare(start, own_home, tmp_path):
    """An engine whose every terminology is too much to be computed at once."""
    write_toy_release(tmp_path / "demo" / "chinese", "Chinese")
    write_toy_bundle(tmp_path / "models" / "encoder-zh-1", model_id="encoder-zh-1", kind="encoder")
    (tmp_path / "thesaurus").mkdir()
    (tmp_path / "thesaurus" / "words.txt").write_text("急性|突发\n", encoding="utf-8")
    return start([sys.executable, "-c", SPARE, str(tmp_path)])


def coded(child, request_id, text):
    """The answer for one phrase."""
    child.send({"id": request_id, "method": "code", "params": {"mentions": mentions(text)}})
    (found,) = [line["partial"] for line in child.answers(request_id) if "partial" in line]
    return found


def spare_lines(child):
    """What is told of spare work, to its end."""
    found = []
    while not found or found[-1]["done"] < found[-1]["total"]:
        found.append(child.read()["spare"])
    return found


def test_what_coding_lacks_is_made_between_requests_and_then_used(spare):
    assert spare.ask(1, "warm")["result"] == {}
    told = spare_lines(spare)
    assert [line["done"] for line in told] == sorted(line["done"] for line in told)
    assert {line["total"] for line in told} == {told[-1]["total"]}
    found = coded(spare, 2, "xyz")
    assert found["run"]["fusion"]


def test_requests_are_answered_while_spare_work_goes_on(spare):
    assert spare.ask(1, "warm")["result"] == {}
    spare.read()  # it has begun
    run = coded(spare, 2, "xyz")["run"]
    assert (run["encoder_id"], run["fusion"]) == ("encoder-zh-1", "")
    assert spare_lines(spare)


def test_a_process_that_was_not_asked_to_warm_up_has_no_spare_work(spare, own_home):
    assert coded(spare, 1, "xyz")["run"]["encoder_id"] == "encoder-zh-1"
    time.sleep(0.5)
    assert coded(spare, 2, "xyz")["run"]["fusion"] == ""
    assert not list(own_home.rglob("dense-*"))


def test_it_ends_at_once_in_the_middle_of_spare_work(spare):
    assert spare.ask(1, "warm")["result"] == {}
    spare.read()
    assert spare.close() == (0, "")
