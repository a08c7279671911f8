"""The licence texts that ship: complete, current, and with what Qt's licence asks for."""

import json

import pytest


@pytest.fixture
def parts(tool):
    return tool("_supply_parts").everything()


def test_the_notices_of_the_repository_are_those_of_the_locked_parts(tool, parts):
    assert tool("_notices").stale(parts) == []


def test_what_is_written_is_complete_and_what_does_not_ship_any_more_goes(tool, parts, tmp_path):
    (tmp_path / "gone.txt").write_text("old", encoding="utf-8")
    written = tool("_notices").write_notices(parts, tmp_path)
    assert {path.name for path in tmp_path.glob("*.txt")} == {path.name for path in written}
    assert len(written) == len(parts)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))["parts"]
    assert [(one["name"], one["licence"]) for one in index] == [
        (part.name, part.licence) for part in parts
    ]
    assert tool("_notices").stale(parts, tmp_path) == []


def test_a_notice_of_another_version_or_a_missing_text_is_stale(tool, parts, tmp_path):
    notices = tool("_notices")
    notices.write_notices(parts, tmp_path)
    index = tmp_path / "index.json"
    told = index.read_text(encoding="utf-8")
    index.write_text(told.replace('"2.4.6"', '"2.4.5"'), encoding="utf-8")
    assert notices.stale(parts, tmp_path) == [
        "the notice of numpy is of 2.4.5, BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"
    ]
    index.write_text(told, encoding="utf-8")
    (tmp_path / "jieba.txt").unlink()
    assert notices.stale(parts, tmp_path) == ["the notice of jieba is not there: jieba.txt"]
    assert "has no notice" in notices.stale([*parts, notices.Part("new", "1", "MIT")])[0]


def test_qt_comes_with_both_texts_and_the_way_to_its_source(tool):
    text = (tool("_notices").TARGET / "pyside6-essentials.txt").read_text(encoding="utf-8")
    for needed in (
        "GNU LESSER GENERAL PUBLIC LICENSE", "GNU GENERAL PUBLIC LICENSE", "separate file",
        "reverse\n  engineering", "download.qt.io", "可以替换",
    ):  # fmt: skip
        assert needed in text


def test_a_part_without_a_text_is_refused(tool, tmp_path):
    notices = tool("_notices")
    with pytest.raises(notices.NoText, match=r"Beerware\.txt is missing"):
        notices.write_notices([notices.Part("a", "1", "Beerware")], tmp_path)
    with pytest.raises(notices.NoText, match="no licence text for a"):
        notices.write_notices([notices.Part("a", "1", "LicenseRef-Own")], tmp_path)


def test_of_a_choice_the_allowed_licence_that_has_a_text_is_taken(tool):
    names = tool("_notices")._names
    assert list(names("GPL-2.0-only OR MIT")) == ["MIT"]
    assert list(names("(Unlicense OR MIT) AND Unicode-3.0")) == ["MIT", "Unicode-3.0"]
    assert list(names("Apache-2.0 WITH LLVM-exception")) == ["Apache-2.0", "LLVM-exception"]
