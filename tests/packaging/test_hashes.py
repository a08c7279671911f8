"""FILES.txt: the list by which the program knows its own files, and which is published."""

import hashlib
import sys

import pytest


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "发布 1"
    (folder / "_internal" / "a b").mkdir(parents=True)
    (folder / "m2m").write_bytes(b"program")
    (folder / "_internal" / "a b" / "字.txt").write_bytes(b"")
    (folder / "_internal.txt").write_bytes(b"beside")
    return folder


def test_a_line_is_hash_size_path_and_lines_are_in_the_order_of_their_bytes(tool, release):
    tool("_hashes").write_list(release)
    digest = hashlib.sha256
    assert (release / "FILES.txt").read_bytes().decode() == (
        f"{digest(b'beside').hexdigest()}  6  _internal.txt\n"
        f"{digest(b'').hexdigest()}  0  _internal/a b/字.txt\n"
        f"{digest(b'program').hexdigest()}  7  m2m\n"
    )


def test_two_lists_of_one_folder_are_equal_and_hold_not_themselves(tool, release):
    hashes = tool("_hashes")
    first = hashes.write_list(release).read_bytes()
    assert hashes.write_list(release).read_bytes() == first
    assert hashes.differences(release) == []


def damage_content(folder):
    (folder / "m2m").write_bytes(b"Program")


def damage_size(folder):
    (folder / "m2m").write_bytes(b"program!")


def remove(folder):
    (folder / "m2m").unlink()


def add(folder):
    (folder / "new").write_bytes(b"")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (damage_content, "changed: m2m"),
        (damage_size, "changed: m2m"),
        (remove, "missing: m2m"),
        (add, "not in the list: new"),
    ],
)
def test_whatever_changed_is_named(tool, release, change, said):
    tool("_hashes").write_list(release)
    change(release)
    assert tool("_hashes").differences(release) == [said]


def test_a_list_that_is_none_is_said(tool, release):
    (release / "FILES.txt").write_text("sha256 m2m\n", encoding="utf-8")
    assert tool("_hashes").differences(release) == ["FILES.txt, line 1: not `sha256  size  path`"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stands_with_what_it_leads_to_and_one_to_nowhere_is_refused(tool, release):
    (release / "link").symlink_to("m2m")
    lines = list(tool("_hashes").file_lines(release))
    assert lines[2].split("  ")[:2] == lines[3].split("  ")[:2]
    (release / "dead").symlink_to("nothing")
    with pytest.raises(ValueError, match="dead is no file"):
        tool("_hashes").listed(release)


def test_the_program_reads_the_list_that_is_written(tool, release):
    """The two sides of the format: packaging writes it, the program's own check reads it."""
    file_list = pytest.importorskip("m2m_desktop.services.selftest.file_list")
    tool("_hashes").write_list(release)
    read = file_list.read_file_list(release)
    assert [(one.size, one.path) for one in read] == [
        (6, "_internal.txt"), (0, "_internal/a b/字.txt"), (7, "m2m"),
    ]  # fmt: skip
