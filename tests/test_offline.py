"""No network: seen from the system, native code included. The long run is `tests.offline.prove`."""

import socket
import sys

import pytest

from tests.offline import prove

needs_strace = pytest.mark.skipif(bool(prove.why_not()), reason=prove.why_not() or "-")


@needs_strace
def test_the_program_opens_no_network_socket(demo_home):
    inside = [sys.executable, "-m", "tests.offline.prove", "--inside", "3"]
    status, calls, programs = prove.trace(inside, 240)
    assert status == 0
    assert calls == []
    assert {program.rpartition("/")[2][:6] for program in programs} == {"python"}


@needs_strace
@pytest.mark.parametrize(
    "control",
    [
        prove.CONTROL,
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()",
    ],
)
def test_a_socket_is_caught(control):
    _status, calls, _programs = prove.trace([sys.executable, "-c", control], 60)
    assert len(calls) == 1


@needs_strace
def test_another_program_is_caught():
    program = "import subprocess; subprocess.run(['true'])"
    _status, _calls, programs = prove.trace([sys.executable, "-c", program], 60)
    assert any(path.endswith("/true") for path in programs)


def test_tests_cannot_connect():
    with socket.socket() as one, pytest.raises(RuntimeError, match="offline"):
        one.connect(("192.0.2.1", 80))
