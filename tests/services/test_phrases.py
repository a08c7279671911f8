import io
import sys

import pytest

from m2m_desktop.core.errors import InputUnreadable
from m2m_desktop.services.phrases import decode_text, parse_phrases, read_phrases

TEXT = "头痛\n恶心、呕吐\r\n\r\n  皮疹（一般） \n"


@pytest.mark.requirement("R-036")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_four_encodings_of_office_pcs_are_told_apart(tmp_path, encoding):
    path = tmp_path / "短语.txt"
    path.write_bytes(TEXT.encode(encoding))
    mentions = read_phrases(str(path))
    assert [mention.text for mention in mentions] == ["头痛", "恶心、呕吐", "皮疹（一般）"]
    assert [mention.mention_id for mention in mentions] == ["1", "2", "4"]


def test_utf_16_big_endian_with_a_mark():
    assert decode_text(b"\xfe\xff" + "头痛".encode("utf-16-be"), "f") == "头痛"


def test_the_whole_file_decides_and_not_its_first_line():
    chance = "联通".encode("gb18030")  # is nearly UTF-8 on its own
    assert decode_text(chance + "\n全身皮疹瘙痒".encode("gb18030"), "f").startswith("联通")


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff", b"a\x00b", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"\xff\xfea"]
)
def test_what_is_no_text_is_refused_with_its_name(data):
    with pytest.raises(InputUnreadable) as caught:
        decode_text(data, "somewhere.txt")
    assert "somewhere.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("头痛\n", "gb18030"),
        ("头痛、头晕\n", "gb18030"),
        ("nausée\n", "utf-8"),
        ("TGF-β\n", "utf-8"),
    ],
)
def test_short_files_that_fit_two_encodings(text, encoding):
    assert decode_text(text.encode(encoding), "f") == text


def test_the_first_column_of_a_tsv_is_the_phrase_and_a_known_header_is_skipped():
    text = "mention_zh\tgold\n四肢痛\tA\n\tB\n心肌缺血\tC"
    assert [(m.mention_id, m.text) for m in parse_phrases(text)] == [
        ("2", "四肢痛"),
        ("4", "心肌缺血"),
    ]


def test_a_first_line_that_is_a_phrase_is_kept():
    assert [m.text for m in parse_phrases("头痛\tx\n恶心\ty")] == ["头痛", "恶心"]
    assert [m.text for m in parse_phrases("text\n头痛")] == ["text", "头痛"]


def test_only_line_ends_end_a_line():
    assert [m.text for m in parse_phrases("头痛\u2028恶心\x0b呕吐")] == ["头痛\u2028恶心\x0b呕吐"]


def test_an_empty_file_has_no_phrases():
    assert parse_phrases("") == []


def test_a_dash_is_stdin(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("头痛\n".encode("gb18030"))))
    assert [m.text for m in read_phrases("-")] == ["头痛"]


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputUnreadable):
            read_phrases(str(path))
