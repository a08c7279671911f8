"""No network: seen from the system, native code included. The long run is `tests.offline.prove`."""

import socket
import sys

import pytest

from tests.offline import prove

needs_strace = pytest.mark.skipif(bool(prove.why_not()), reason=prove.why_not() or "-")


@pytest.mark.requirement("R-004")
@needs_strace
def test_the_program_opens_no_network_socket(demo_home, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    inside = [sys.executable, "-m", "tests.offline.prove", "--inside", "3"]
    seen = prove.trace(inside, 240)
    assert seen.status == 0
    assert seen.calls == []
    assert {program.rpartition("/")[2][:6] for program in seen.programs} == {"python"}
    assert prove.strays(seen.written, [demo_home, tmp_path]) == []
    assert any(path.endswith("copy.xlsx") or "m2m-draft" in path for path in seen.written)
    assert seen.readers >= 2  # one of the command line, one of the engine process


@pytest.mark.requirement("R-004")
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
    assert len(prove.trace([sys.executable, "-c", control], 60).calls) == 1


@needs_strace
def test_another_program_is_caught():
    program = "import subprocess; subprocess.run(['true'])"
    seen = prove.trace([sys.executable, "-c", program], 60)
    assert any(path.endswith("/true") for path in seen.programs)


@needs_strace
@pytest.mark.parametrize(
    "way",
    ["open({!r}, 'w')", "__import__('os').open({!r}, 66)", "__import__('sqlite3').connect({!r})"],
)
def test_a_file_elsewhere_is_caught(tmp_path, way):
    place, home = tmp_path / "elsewhere.db", tmp_path / "home"
    program = way.format(str(place)) + ".execute('CREATE TABLE a (b)')" * ("sqlite" in way)
    seen = prove.trace([sys.executable, "-c", program], 60)
    assert str(place.resolve()) in prove.strays(seen.written, [home])
    assert prove.strays(seen.written, [tmp_path]) == []


def test_tests_cannot_connect():
    with socket.socket() as one, pytest.raises(RuntimeError, match="offline"):
        one.connect(("192.0.2.1", 80))
