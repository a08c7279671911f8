"""The list is written by the build's own tool, and read by the program."""

import sys
from pathlib import Path

import pytest

from m2m_desktop.services.selftest.file_list import (
    FILE_LIST,
    Damage,
    NoFileList,
    read_file_list,
    wrong_files,
    wrong_sizes,
)
from m2m_desktop.services.selftest.own_files import check_own_files, quick_problem

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A folder such as the build makes, with its list."""
    folder = tmp_path / "m2m-desktop 程序"
    inner = folder / "_internal" / "m2m_desktop"
    inner.mkdir(parents=True)
    (folder / "m2m-desktop").write_bytes(b"program")
    (inner / "词典 a.txt").write_text("腹泻\n", encoding="utf-8")
    (inner / "model.onnx").write_bytes(bytes(5000))
    monkeypatch.syspath_prepend(str(PACKAGING))
    import _hashes

    monkeypatch.delitem(sys.modules, "_hashes")
    _hashes.write_list(folder)
    return folder


def found(folder):
    listed = read_file_list(folder)
    return {one.path: one.damage for one in wrong_files(folder, listed, lambda: None)}


def test_a_program_as_it_was_built_is_whole(program, make_scene, outcomes):
    assert found(program) == {}
    assert quick_problem(program) is None
    [(outcome, text)] = outcomes(check_own_files, make_scene(program=program))
    assert (outcome, text) == ("ok", "All files are as they were built (3).")


@pytest.mark.requirement("R-032")
def test_one_changed_byte_is_found_but_not_by_the_quick_look(program, make_scene, outcomes):
    (program / "_internal" / "m2m_desktop" / "model.onnx").write_bytes(bytes(4999) + b"\x01")
    assert found(program) == {"_internal/m2m_desktop/model.onnx": Damage.CONTENT}
    assert quick_problem(program) is None
    [(outcome, text)] = outcomes(check_own_files, make_scene(program=program))
    assert outcome == "failed"
    assert "_internal/m2m_desktop/model.onnx (another content)" in text


@pytest.mark.parametrize(
    ("spoil", "damage"),
    [
        (lambda path: path.write_bytes(b"cut"), Damage.SIZE),
        (lambda path: path.unlink(), Damage.MISSING),
    ],
)
def test_what_is_missing_or_cut_is_found_by_the_quick_look_too(program, spoil, damage):
    name = "_internal/m2m_desktop/词典 a.txt"
    spoil(program / name)
    assert found(program) == {name: damage}
    assert [one.path for one in wrong_sizes(program, read_file_list(program))] == [name]
    problem = quick_problem(program)
    assert problem is not None
    assert name in problem.text()


def test_a_stranger_among_the_inner_files_is_a_warning(program, make_scene, outcomes):
    (program / "_internal" / "evil.so").write_bytes(b"x")
    (program / "unins000.exe").write_bytes(b"an installer's own")
    first, (outcome, text) = outcomes(check_own_files, make_scene(program=program))
    assert first[0] == "ok"
    assert outcome == "warning"
    assert "evil.so" in text
    assert "unins000" not in text


@pytest.mark.parametrize(
    "content",
    [None, "", "no list\n", f"{'0' * 64}  5\n", f"{'0' * 64}  5  ../outside\n", b"\xff\xfe"],
)
def test_a_list_that_is_none_is_said(program, make_scene, outcomes, content):
    path = program / FILE_LIST
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(NoFileList):
        read_file_list(program)
    assert outcomes(check_own_files, make_scene(program=program))[0][0] == "failed"
    assert FILE_LIST in quick_problem(program).text()


def test_many_damaged_files_are_counted_not_all_named(program):
    for number in range(20):
        (program / "_internal" / f"part{number:02}").write_bytes(b"1")
    import_again = program / FILE_LIST
    lines = [f"{'0' * 64}  2  _internal/part{number:02}" for number in range(20)]
    import_again.write_text("\n".join(lines), encoding="utf-8")
    text = quick_problem(program).text()
    assert "20" in text
    assert text.count("part") == 5
    assert text.endswith("…")


def test_a_checkout_says_that_it_has_no_list(make_scene, outcomes):
    [(outcome, text)] = outcomes(check_own_files, make_scene())
    assert outcome == "ok"
    assert "source" in text
    assert quick_problem(None) is None
