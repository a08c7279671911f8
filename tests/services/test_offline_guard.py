"""The belt of the real program, seen in processes of their own: it cannot be taken off again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ON = "from m2m_desktop.services.offline_guard import *; refuse_network(); refuse_network();"


def run(program, *more):
    done = subprocess.run(
        [sys.executable, "-c", program, *more],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.requirement("R-004")
@pytest.mark.parametrize(
    "asking",
    [
        "socket.socket()",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.getaddrinfo('localhost', 80)",
        "socket.gethostbyname('localhost')",
        "__import__('urllib.request').request.urlopen('http://192.0.2.1/', timeout=1)",
    ],
)
def test_asking_for_a_network_is_refused_as_a_system_would(asking):
    program = f"import socket; {ON}\ntry: {asking}\nexcept OSError as e: print(e)"
    status, out, err = run(program)
    assert (status, err) == (0, "")
    assert "this program is offline" in out


def test_what_stays_on_this_computer_is_allowed():
    program = f"{ON} import platform, socket; platform.node(); print(len(socket.gethostname()))"
    if sys.platform != "win32":
        program += (
            "; a, b = socket.socketpair(); a.send(b'x'); print(b.recv(1)); a.close(); b.close()"
        )
    status, out, err = run(program)
    assert (status, err) == (0, "")
    assert out


CHECK = """
import json, sys
from m2m_desktop.services.quiet import silence_libraries
for step in sys.argv[1:]:
    if step == "quiet": silence_libraries()
    if step == "guard":
        from m2m_desktop.services.offline_guard import refuse_network
        refuse_network()
    if step == "runtime": import onnxruntime
from m2m_desktop.services.selftest.network import check_network
print(json.dumps([one.outcome.value for one in check_network(None)]))
"""


@pytest.mark.parametrize(
    ("steps", "outcomes"),
    [
        (("quiet", "guard"), ["ok", "ok"]),
        (("quiet",), ["failed", "failed"]),
        (("quiet", "runtime", "guard"), ["ok", "failed"]),
        (("guard",), ["ok", "failed"]),
    ],
)
def test_the_self_test_sees_whether_it_is_on(steps, outcomes, monkeypatch):
    from m2m_desktop.services.quiet import QUIET_ENVIRONMENT

    for name in QUIET_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    if "quiet" not in steps:  # the runtime is not imported here: nothing of it starts
        assert "runtime" not in steps
    status, out, err = run(CHECK, *steps)
    assert status == 0, err
    assert json.loads(out) == outcomes
