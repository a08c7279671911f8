"""The search for planted strings finds them: a search that finds nothing proves nothing else."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
import zlib

import pytest

from tests.privacy.search import search_file, search_folder

NEEDLES = ("靐龘爨", "13973019846", "Q7-龘0731")


def zipped(content, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("sheet1.xml", b"<t>" + content + b"</t>" + bytes(range(256)) * 30)
    return stream.getvalue()


def database(path, value, *, in_log=False):
    connection = sqlite3.connect(path, isolation_level=None)
    if in_log:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE phrase (id INTEGER PRIMARY KEY, body)")
    connection.execute("INSERT INTO phrase (body) VALUES (?)", (value,))
    return connection


PLAIN = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "gb18030": lambda text: text.encode("gb18030"),
    "json": lambda text: json.dumps(text).encode(),
    "json, capitals": lambda text: json.dumps(text).upper().replace("\\U", "\\u").encode(),
    "references": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    **{
        f"base64 of {shift} bytes more": lambda text, shift=shift: base64.b64encode(
            b"x" * shift + text.encode() + b"tail"
        )
        for shift in range(4)
    },
    "zip": lambda text: zipped(text.encode()),
    "stored zip": lambda text: zipped(text.encode(), zipfile.ZIP_STORED),
    "zip cut short": lambda text: zipped(text.encode())[:-150],
    "zip in a zip": lambda text: zipped(zipped(text.encode())),
    "zlib": lambda text: b"head" + zlib.compress(text.encode("utf-16-le")) + b"tail",
    "zlib cut short": lambda text: zlib.compress(text.encode() + bytes(range(256)) * 30)[:-20],
    "gzip": lambda text: gzip.compress(json.dumps(text).encode()),
}


@pytest.mark.parametrize("needle", NEEDLES)
@pytest.mark.parametrize("way", PLAIN)
def test_a_string_is_found_in_every_encoding_and_package(tmp_path, way, needle):
    path = tmp_path / "file"
    path.write_bytes(b"before " + PLAIN[way](needle) + b" after")
    if way == "gzip":
        path.write_bytes(PLAIN[way](needle))

    assert {found.needle for found in search_file(path, NEEDLES)} == {needle}


@pytest.mark.parametrize("needle", NEEDLES)
@pytest.mark.parametrize("value", [str, str.encode, lambda text: zlib.compress(text.encode())])
def test_a_string_is_found_in_a_database_and_in_its_log(tmp_path, needle, value):
    made = value(needle)
    database(tmp_path / "a.db", made).close()
    connection = database(tmp_path / "b.db", made, in_log=True)

    found = search_folder(tmp_path, NEEDLES)

    connection.close()
    assert {one.needle for one in found} == {needle}
    assert {"a.db", "b.db", "b.db-wal"} >= {one.path.name for one in found} >= {"a.db", "b.db"}


def test_a_string_is_found_where_a_row_was_deleted_without_care(tmp_path):
    connection = database(tmp_path / "a.db", NEEDLES[0])
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("DELETE FROM phrase")
    connection.close()

    assert search_folder(tmp_path, NEEDLES)


def test_a_string_is_found_in_the_name_of_a_file_and_nowhere_else(tmp_path):
    (tmp_path / f"{NEEDLES[0]}.log").write_text("nothing")
    (tmp_path / "other.log").write_text("靐龘 爨 13973019847 Q7-龘0732")

    assert [(found.needle, found.how) for found in search_folder(tmp_path, NEEDLES)] == [
        (NEEDLES[0], "name")
    ]
