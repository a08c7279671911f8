"""One encoding for a folder, decided from all of it, and never by guessing quietly."""

import pytest

from m2m_desktop.core.errors import BadRequest, ReleaseUnreadable
from m2m_desktop.services.encodings import (
    SUPPORTED_ENCODINGS,
    checked_encoding,
    decide_encoding,
    encoding_samples,
    guess_language,
    to_utf8,
)
from tests.toy.release import toy_files

ASCII_ROWS = b"90000001$Zorblaxitis$\r\n" * 5000


@pytest.mark.parametrize(
    ("language", "text", "encoding"),
    [
        ("Chinese", "左布炎与奎姆痛", "gb18030"),
        ("Chinese", "左布炎与奎姆痛", "utf-8"),
        ("Japanese", "ゾルブ炎の痛み", "cp932"),
        ("Korean", "조르블락스염", "cp949"),
        ("Russian", "Зорблаксит и боль", "cp1251"),
        ("Czech", "Zorbláxní žlutý kůň", "cp1250"),
        ("Greek", "Ζορβλαξίτιδα", "cp1253"),
        ("Latvian", "Zorblaksīts āķis", "cp1257"),
        ("Spanish", "Zorblaxitis del niño", "cp1252"),
        ("French", "Zorblaxite aiguë d'été", "cp1252"),
        ("", "Zorblaxite aiguë d'été", "cp1252"),
    ],
)
def test_the_language_decides_between_encodings(language: str, text: str, encoding: str) -> None:
    files = {"pt.asc": f"90000001${text}$\r\n".encode(encoding) * 20, "llt.asc": ASCII_ROWS}

    assert decide_encoding(files, language=language).encoding == encoding


def test_a_single_accent_after_thousands_of_ascii_rows_decides() -> None:
    files = {"llt.asc": ASCII_ROWS + "90000002$Zórblax$\r\n".encode("latin_1")}

    assert decide_encoding(files, language="Spanish").encoding == "cp1252"


def test_pure_ascii_is_called_so() -> None:
    assert decide_encoding({"llt.asc": ASCII_ROWS}, language="Chinese").encoding == "ascii"


def test_bytes_that_windows_does_not_know_leave_only_the_last_resort() -> None:
    decided = decide_encoding({"pt.asc": ASCII_ROWS + b"1$Z\x81rblax$\r\n"}, language="French")

    assert (decided.encoding, decided.is_last_resort) == ("latin_1", True)


@pytest.mark.requirement("R-036")
def test_dense_text_without_a_language_is_refused_rather_than_guessed() -> None:
    files = {"pt.asc": "90000001$左布炎与奎姆痛$\r\n".encode("gb18030") * 20}

    with pytest.raises(ReleaseUnreadable, match="gb18030"):
        decide_encoding(files, language="")
    assert decide_encoding(files, language="", override="GB18030").encoding == "gb18030"


def test_chinese_that_fits_no_chinese_encoding_is_refused_with_its_line() -> None:
    files = {"pt.asc": "1$左布$\n".encode("gb18030") * 20 + b"2$\xff\xff$\n"}

    with pytest.raises(ReleaseUnreadable, match=r"pt\.asc:21"):
        decide_encoding(files, language="Chinese")


def test_a_latin_file_called_chinese_is_refused() -> None:
    files = {"pt.asc": "90000001$Zorblaxite aiguë$\r\n".encode("latin_1") * 20}

    with pytest.raises(ReleaseUnreadable):
        decide_encoding(files, language="Chinese")


def test_one_damaged_byte_does_not_turn_utf8_into_something_else() -> None:
    data = "90000001$左布炎$\r\n".encode() * 30
    damaged = data[:500] + b"\xff" + data[501:]

    with pytest.raises(ReleaseUnreadable, match=rf"pt\.asc:{data[:500].count(10) + 1}"):
        decide_encoding({"pt.asc": damaged}, language="Chinese")


def test_files_in_two_encodings_are_refused() -> None:
    files = toy_files("Chinese")
    files["llt.asc"] = toy_files("Chinese", encoding="gb18030")["llt.asc"]

    with pytest.raises(ReleaseUnreadable, match=r"llt\.asc:1"):
        decide_encoding(files, language="Chinese")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_are_understood(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    data = (mark + "90000001$左布炎$\r\n").encode(encoding)

    decided = decide_encoding({"pt.asc": data}, language="Chinese").encoding
    assert to_utf8("pt.asc", data, decided) == "90000001$左布炎$\r\n".encode()


def test_odd_utf16_is_refused_by_name() -> None:
    with pytest.raises(ReleaseUnreadable, match=r"pt\.asc:1"):
        to_utf8("pt.asc", b"\xff\xfea", "utf-16")


def test_encodings_are_known_by_any_of_their_names() -> None:
    assert checked_encoding("GB18030") == "gb18030"
    assert checked_encoding("UTF8") == "utf-8"
    assert checked_encoding("utf-8-sig") == "utf-8"
    assert [checked_encoding(name) for name in SUPPORTED_ENCODINGS] == list(SUPPORTED_ENCODINGS)


@pytest.mark.parametrize("name", ["klingon", "rot13", "zlib_codec", "", "\x00", "idna"])
def test_an_unknown_encoding_is_a_bad_request(name: str) -> None:
    with pytest.raises(BadRequest, match="gb18030"):
        checked_encoding(name)


def test_samples_show_the_names_in_every_encoding_that_fits() -> None:
    samples = encoding_samples("90000001$左布炎$\r\n90000002$奎姆痛$\r\n".encode("gb18030"))

    by_encoding = {sample.encoding: sample.names for sample in samples}
    assert by_encoding["gb18030"] == ("左布炎", "奎姆痛")
    assert "utf-8" not in by_encoding


@pytest.mark.parametrize(
    ("names", "language"),
    [
        (["左布炎"], "Chinese"),
        (["ゾルブ炎"], "Japanese"),
        (["조르블락스염"], "Korean"),
        (["Zorblaxitis"], ""),
        ([], ""),
    ],
)
def test_the_script_of_the_names_tells_the_language(names: list[str], language: str) -> None:
    assert guess_language(names) == language
