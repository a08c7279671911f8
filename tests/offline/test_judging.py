"""What the offline proof makes of what it saw."""

import sys
from pathlib import Path

import pytest

from tests.offline.prove import judged, left_behind
from tests.offline.session import program_of
from tests.offline.tracing import LOCAL, Traced


def seen(**changes) -> Traced:
    told = {
        "status": 0, "calls": [], "programs": {sys.executable}, "written": set(), "readers": 1,
    }  # fmt: skip
    return Traced(**{**told, **changes})


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    (home / ".local/share/m2m_desktop").mkdir(parents=True)
    (home / ".local/share/m2m_desktop/memory.db").touch()
    (tmp_path / "tmp").mkdir()
    return home


def test_a_good_session_has_nothing_against_it(tmp_path, home):
    local = frozenset({"/tmp/.X11-unix/X0", "/run/user/1000/bus", ""})
    assert judged(seen(local=local), [tmp_path], None) == []
    assert left_behind(home, tmp_path / "tmp") == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"status": 1}, "status 1"),
        ({"calls": ["socket(AF_INET, ...)"]}, "AF_INET"),
        ({"programs": {sys.executable, "/usr/bin/curl"}}, "/usr/bin/curl"),
        ({"written": {"/var/tmp/x"}}, "/var/tmp/x"),
        ({"readers": 0}, "reads tables"),
        ({"local": frozenset({"/run/docker.sock"})}, "/run/docker.sock"),
    ],
)
def test_every_fault_is_told(tmp_path, changes, word):
    problems = judged(seen(**changes), [tmp_path], None)
    assert len(problems) == 1
    assert word in problems[0]


def test_a_built_program_that_was_never_started_proves_nothing(tmp_path):
    problems = judged(seen(), [tmp_path], tmp_path)
    assert {Path(line).name for line in problems} == {"m2m", "m2m-desktop"}


@pytest.mark.parametrize("place", ["home/.cache/Microsoft/x", "home/.local/share/x", "tmp/phrases"])
def test_a_file_left_behind_is_told(tmp_path, home, place):
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    problems = left_behind(home, tmp_path / "tmp")
    assert len(problems) == 1
    assert problems[0].endswith(path.name)


def test_a_home_without_our_files_is_not_our_session(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    assert len(left_behind(tmp_path / "home", tmp_path / "tmp")) == 1


def test_a_socket_of_this_computer_is_read_from_the_trace():
    line = '71 connect(3<UNIX:[1]>, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X9"}, 20) = 0'
    assert LOCAL.search(line)[1] == "/tmp/.X11-unix/X9"


def test_a_built_program_is_its_own_engine(tmp_path):
    program = program_of(tmp_path)
    assert program.engine == (str(tmp_path / "m2m-desktop"), "--engine")
    assert program.cli == (str(tmp_path / "m2m"),)
