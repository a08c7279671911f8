"""The small parts that the copies are made of: zips, XML, styles, sheets, texts."""

import io
import random
import struct
import zipfile

import pytest

from m2m_desktop.services.export.cell_text import (
    clean_text,
    is_too_long,
    read_escapes,
    shield,
    starts_like_formula,
    unshield,
    xml_text,
)
from m2m_desktop.services.export.cell_xml import column_letters
from m2m_desktop.services.export.errors import Unpatchable
from m2m_desktop.services.export.sheet_scan import SharedStrings, column_of
from m2m_desktop.services.export.sheets import NewRow, NewSheet, divided, with_free_titles
from m2m_desktop.services.export.style_patch import StyleSheet
from m2m_desktop.services.export.words import probability_text
from m2m_desktop.services.export.xml_bytes import (
    appended,
    attributes,
    element,
    plain_utf8,
    with_attributes,
)
from m2m_desktop.services.export.zip_source import ZipSource
from m2m_desktop.services.export.zip_writer import ZipWriter


class Unseekable(io.RawIOBase):
    """Makes `zipfile` write sizes behind the data, as streaming programs do."""

    def __init__(self, path):
        self.file = path.open("wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


def make_zip(path, *, streamed=False, comment=b""):
    chance = random.Random(1)
    stream = Unseekable(path) if streamed else path.open("wb")
    with stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in {"a.xml": 5000, "目录/b.bin": 70_000, "空": 0, "c.txt": 10}.items():
            info = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
            info.compress_type = zipfile.ZIP_STORED if name == "c.txt" else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.comment = b"note"
            archive.writestr(info, bytes(chance.choices(range(60), k=size)))
        archive.comment = comment
    return path


@pytest.mark.parametrize("streamed", [False, True])
def test_parts_of_a_zip_are_taken_over_byte_for_byte(tmp_path, streamed):
    old = make_zip(tmp_path / "old.zip", streamed=streamed, comment=b"of the archive")
    new = tmp_path / "new.zip"
    with old.open("rb") as stream, new.open("wb") as out:
        source, writer = ZipSource(stream), ZipWriter(out)
        assert bool(source.parts[0].flags & 8) == streamed
        whole = b"".join(b"".join(source.raw(part)) for part in source.parts)
        assert old.read_bytes().startswith(whole + b"PK\x01\x02")
        writer.write("first.xml", [b"x", b"y" * 100])
        for part in source.parts:
            if part.name == "a.xml":
                writer.replace(part, [b"new"])
            else:
                writer.copy(source, part)
        writer.finish()
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        assert after.testzip() is None
        assert after.namelist() == ["first.xml", *before.namelist()]
        assert after.read("a.xml") == b"new"
        assert after.getinfo("a.xml").date_time == (2024, 5, 6, 7, 8, 10)
        assert after.getinfo("first.xml").date_time == (1980, 1, 1, 0, 0, 0)
        for name in before.namelist()[1:]:
            one, other = before.getinfo(name), after.getinfo(name)
            assert before.read(name) == after.read(name)
            for field in ("date_time", "external_attr", "comment", "flag_bits", "compress_size"):
                assert getattr(one, field) == getattr(other, field), (name, field)
    with old.open("rb") as one, new.open("rb") as other:
        first, second = ZipSource(one), ZipSource(other)
        for name in ("目录/b.bin", "空", "c.txt"):
            raw = b"".join(first.raw(first.names[name]))
            assert raw == b"".join(second.raw(second.names[name]))


def broken_zips():
    def cut(data):
        return data[:-30]

    def no_directory(data):
        return data.replace(b"PK\x01\x02", b"PK\x09\x09", 1)

    def no_entry(data):
        return b"PK\x09\x09" + data[4:]

    def zip64(data):
        at = data.rfind(b"PK\x05\x06")
        return data[: at + 16] + b"\xff\xff\xff\xff" + data[at + 20 :]

    def prefix(data):
        return b"junk" + data

    def same_names(data):
        return data.replace(b"a.xml", b"c.txt")

    def flipped(data):
        return data[:60] + bytes([data[60] ^ 255]) + data[61:]

    def too_long(data):
        at = data.find(b"PK\x01\x02")
        return data[: at + 20] + struct.pack("<L", 10**6) + data[at + 24 :]

    return [cut, no_directory, no_entry, zip64, prefix, same_names, flipped, too_long]


@pytest.mark.parametrize("damage", broken_zips(), ids=lambda damage: damage.__name__)
def test_a_damaged_or_unusual_zip_is_refused(tmp_path, damage):
    data = damage(make_zip(tmp_path / "a.zip").read_bytes())
    with pytest.raises(Unpatchable):  # noqa: PT012 - whichever step notices
        source = ZipSource(io.BytesIO(data))
        for part in source.parts:
            source.read(part.name, 1 << 20)
            list(source.raw(part))


def test_a_part_that_is_too_large_or_missing_is_refused(tmp_path):
    with make_zip(tmp_path / "a.zip").open("rb") as stream:
        source = ZipSource(stream)
        assert len(source.read("a.xml", 5000)) == 5000
        for name, limit in (("a.xml", 4999), ("nothing", 9999)):
            with pytest.raises(Unpatchable):
                source.read(name, limit)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xml_of_any_encoding_becomes_plain(encoding):
    text = '<?xml version="1.0"?><!-- <a> --><r x="1"><t><![CDATA[皮<疹>&]]></t><?do it?></r>'
    plain = plain_utf8(text.encode(encoding)).decode()
    assert plain.partition("\n")[2] == '<r x="1"><t>皮&lt;疹&gt;&amp;</t></r>'


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE r><r/>",
        b'<?xml version="1.0" encoding="GBK"?><r/>',
        b"<r>\xff</r>",
        b"<r><!-- </r>",
    ],
)
def test_xml_that_is_not_understood_is_refused(data):
    with pytest.raises(Unpatchable):
        plain_utf8(data)


def test_elements_are_found_by_their_whole_name():
    data = b'<r><colsX/><cols a="1"><col min="1"/></cols ><cols/></r>'
    found = element(data, b"cols")
    assert data[found.start : found.end] == b'<cols a="1"><col min="1"/></cols >'
    assert data[found.tag_end : found.content_end] == b'<col min="1"/>'
    assert element(data, b"co") is None
    assert appended(b"<r><e/></r>", b"e", b"<f/>") == b"<r><e><f/></e></r>"
    assert appended(b"<r><e>1</e></r>", b"e", b"2") == b"<r><e>12</e></r>"


def test_attributes_are_changed_and_the_others_kept():
    tag = b"""<x:row r = '3' spans="1:3" t:d="0.2" e='a"b'>"""
    assert attributes(tag)[b"spans"] == b"1:3"
    assert with_attributes(tag, spans=None, r=b"4") == b'<x:row r="4" t:d="0.2" e="a&quot;b">'
    assert with_attributes(b"<c/>", s=b"1") == b'<c s="1"/>'


STYLES = (
    b'<styleSheet><fonts count="2"><font><sz val="11"/></font><font><b val="0"/><i/></font></fonts>'
    b'<fills count="1"><fill><patternFill/></fill></fills><cellXfs count="2">'
    b'<xf numFmtId="0" fontId="0" quotePrefix="1"/>'
    b'<xf numFmtId="14" fontId="1"><alignment wrapText="1"/></xf></cellXfs></styleSheet>'
)


def test_new_styles_are_added_behind_those_that_exist():
    look = StyleSheet(STYLES)
    first, second = look.like(1), look.like(99)
    assert look.like(1) == first
    bold = look.bold(1)
    data = look.finished()
    old = STYLES[STYLES.index(b"<xf ") : STYLES.index(b"</cellXfs>")]
    assert old in data
    formats = data.decode().split("<xf ")[1:]
    assert (first.text, first.quoted, first.number, first.marked) == (2, 3, 4, 5)
    assert 'numFmtId="49"' in formats[2]
    assert "quotePrefix" not in formats[2]
    assert "wrapText" in formats[2]
    assert 'quotePrefix="1"' in formats[3]
    assert 'numFmtId="2"' in formats[4]
    assert 'fillId="1"' in formats[5]
    assert 'fontId="0"' in formats[second.text]  # a style that is not there is the first
    assert 'fontId="2"' in formats[bold]
    assert b"<font><b/><i/></font></fonts>" in data
    for name, count in (("fonts", 3), ("fills", 2), ("cellXfs", 11)):
        assert f'<{name} count="{count}">'.encode() in data


def test_a_book_that_is_full_of_styles_gets_plain_cells(monkeypatch):
    monkeypatch.setattr("m2m_desktop.services.export.style_patch.MAX_STYLES", 3)
    look = StyleSheet(STYLES)
    styles = look.like(1)
    assert (styles.text, styles.quoted, styles.number) == (2, 0, 0)


def test_shared_texts_are_read_without_formats_and_hints():
    data = (
        "<sst><si><t>一</t></si><si/><si><r><t>二 &amp;</t></r><rPh><t>er</t></rPh><r><t "
        'xml:space="preserve"> 三</t></r></si></sst>'
    ).encode()
    shared = SharedStrings(plain_utf8(data))
    assert [shared.text(number) for number in range(4)] == ["一", "", "二 & 三", ""]
    assert SharedStrings(None).text(0) == ""


def test_columns_are_read_and_written_by_name():
    for column in (1, 26, 27, 702, 703, 16_384):
        assert column_of(f' r="{column_letters(column)}7"'.encode(), 0) == column
    assert column_letters(16_384) == "XFD"
    assert column_of(b' s="1"', 4) == 5


def sheet(count, frozen=1):
    return NewSheet("表", (1.0,), count, lambda: (NewRow((n,)) for n in range(count)), frozen)


@pytest.mark.parametrize(("count", "sizes"), [(5, [5]), (6, [5, 2]), (9, [5, 5]), (10, [5, 5, 2])])
def test_long_sheets_are_divided_and_repeat_their_heading(count, sizes):
    parts = divided(sheet(count), 5)
    assert [part.row_count for part in parts] == sizes
    rows = [[row.values[0] for row in part.rows()] for part in parts]
    assert [len(values) for values in rows] == sizes
    assert all(values[0] == 0 for values in rows)
    assert [value for values in rows for value in values[1:]] == list(range(1, count))


def test_titles_avoid_those_that_are_taken():
    sheets = [
        NewSheet(title, (), 0, lambda: iter(()))
        for title in ("Summary", "summary", "a" * 40, "a" * 40, "x/y[z]")
    ]
    titles = [one.title for one in with_free_titles(sheets, ["SUMMARY"])]
    assert titles == ["Summary (2)", "summary (3)", "a" * 31, "a" * 27 + " (2)", "x_y_z_"]


@pytest.mark.parametrize("text", ["", "a", "=1", "＝1", "'", "'=1", "-", "\tx", "\ry", "\n"])
def test_a_shielded_text_is_no_formula_and_can_be_read_back(text):
    assert not starts_like_formula(shield(text))
    assert unshield(shield(text)) == text


@pytest.mark.parametrize(
    "text", ["_x000D_", "_x005F_x000D_", "__x0041__", "_xyz_", "<&>", "a_x0g00_"]
)
def test_texts_that_look_like_escapes_come_back(text):
    written = xml_text(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert read_escapes(written) == text


def test_long_texts_are_cut_by_what_excel_counts():
    assert not is_too_long("长" * 32_000)
    assert is_too_long("长" * 32_001)
    assert not is_too_long("😀" * 16_000)
    assert is_too_long("😀" * 16_001)
    for text in ("长" * 32_001, "😀" * 16_001, "a😀" * 12_000):
        cut = clean_text(text)
        assert cut.endswith("… [cut]")
        assert len(cut.encode("utf-16-le")) // 2 in {31_999, 32_000}


def test_probabilities_are_rounded_down():
    known = {0.299: "0.29", 0.3: "0.30", 0.999: "0.99", 1.0: "1.00", 0.57: "0.57", None: "—"}
    assert {value: probability_text(value) for value in known} == known
