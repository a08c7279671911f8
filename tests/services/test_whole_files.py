"""A small file is replaced whole or stays as it was, and nothing lies about afterwards."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from m2m_desktop.services.whole_files import write_whole

ROOT = Path(__file__).parents[2]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_and_its_folder_are_made(tmp_path):
    write_whole(tmp_path / "a" / "b" / "c.json", b"new")
    assert (tmp_path / "a" / "b" / "c.json").read_bytes() == b"new"
    assert names(tmp_path / "a" / "b") == ["c.json"]


def test_an_old_file_is_replaced(tmp_path):
    path = tmp_path / "c.json"
    path.write_bytes(b"a longer old content")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["c.json"]


def test_whoever_reads_meanwhile_finds_the_old_or_the_new_one_whole(tmp_path):
    path, contents = tmp_path / "c", [bytes([number]) * 50_000 for number in range(2)]
    write_whole(path, contents[0])
    done = threading.Event()

    def write():
        for number in range(1, 40):
            write_whole(path, contents[number % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    found = set()
    while not done.is_set():
        found.add(path.read_bytes())
    writer.join()
    assert found <= set(contents)


def test_where_a_folder_is_in_the_way_nothing_is_left(tmp_path):
    (tmp_path / "c" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="c"):
        write_whole(tmp_path / "c", b"new")
    assert names(tmp_path) == ["c"]
    assert names(tmp_path / "c") == ["inside"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are those of POSIX")
def test_on_a_full_disk_the_old_file_stays_and_no_draft(tmp_path):
    (tmp_path / "c").write_bytes(b"old")
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from m2m_desktop.services.whole_files import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_whole(Path(sys.argv[1]), bytes(5000))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "c")],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    assert "too large" in done.stdout
    assert (tmp_path / "c").read_bytes() == b"old"
    assert names(tmp_path) == ["c"]


@pytest.mark.skipif(
    sys.platform != "win32" and not getattr(os, "getuid", int)(), reason="needs rights that count"
)
def test_a_file_that_may_be_replaced_a_moment_later_is_replaced(tmp_path):
    """On Windows while another program has it open, elsewhere in a folder closed for a moment."""
    path = tmp_path / "folder" / "c"
    path.parent.mkdir()
    path.write_bytes(b"old")
    held = path.open("rb") if sys.platform == "win32" else None

    def let_go():
        time.sleep(0.05)
        if held:
            held.close()

    thread = threading.Thread(target=let_go)
    thread.start()
    write_whole(path, b"new")
    thread.join()
    assert path.read_bytes() == b"new"
