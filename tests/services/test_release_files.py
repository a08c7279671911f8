"""Releases are found in folders and zips of every shape, and nothing hostile gets through."""

import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from m2m_desktop.core.errors import (
    ArchiveRefused,
    Cancelled,
    CodingToolError,
    PasswordNeeded,
    ReleaseIncomplete,
    ReleaseNotFound,
    ReleaseUnreadable,
)
from m2m_desktop.services import release_files
from m2m_desktop.services.release_files import find_releases
from tests.toy.archives import Member, release_zip, write_zip, zip_of
from tests.toy.release import toy_files, write_folder

FILES = toy_files("English")


def only(path: Path, password: str | None = None) -> release_files.ReleaseSources:
    (release,) = find_releases(path, password=password)
    return release.read()


def test_a_folder_is_a_release(tmp_path: Path) -> None:
    sources = only(write_folder(FILES, tmp_path / "MedAscii"))

    assert sources.files == FILES
    assert sources.label == "MedAscii"


def test_names_in_capitals_are_found(tmp_path: Path) -> None:
    assert only(write_folder(FILES, tmp_path, is_upper_case=True)).files == FILES


def test_a_release_is_found_six_folders_down_but_not_seven(tmp_path: Path) -> None:
    deep = write_folder(FILES, tmp_path / "a/b/c/d/e/f")
    assert only(tmp_path).folder == "a/b/c/d/e/f"

    (deep / "g").mkdir()
    for file in list(deep.glob("*.asc")):
        file.rename(deep / "g" / file.name)
    with pytest.raises(ReleaseNotFound):
        find_releases(tmp_path)


def test_hidden_folders_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write_folder(FILES, tmp_path / ".git" / "ascii-990")
    write_folder(FILES, tmp_path / "ascii-990")
    write_folder({"llt.seq": b"", "pt.seq": b""}, tmp_path / "seq-990")
    (tmp_path / "whatsnew.pdf").write_bytes(b"%PDF")

    assert [release.folder for release in find_releases(tmp_path)] == ["ascii-990"]


def test_several_releases_in_one_folder_are_all_offered(tmp_path: Path) -> None:
    write_folder(toy_files("Chinese"), tmp_path / "zh" / "ascii-990")
    write_folder(FILES, tmp_path / "en" / "MedAscii")

    found = find_releases(tmp_path)
    assert [release.folder for release in found] == ["en/MedAscii", "zh/ascii-990"]
    assert [release.label.partition("/")[2] for release in found] == ["en/MedAscii", "zh/ascii-990"]


def test_the_marker_of_a_demo_is_read_with_the_rest(tmp_path: Path) -> None:
    write_folder({**FILES, release_files.DEMO_MARKER: b"demo"}, tmp_path)

    assert only(tmp_path).files["demo_dictionary.txt"] == b"demo"


def test_an_empty_place_holds_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseNotFound, match=r"llt\.asc"):
        find_releases(tmp_path)
    with pytest.raises(ReleaseNotFound):
        find_releases(tmp_path / "nowhere")


@pytest.mark.parametrize("missing", ["mdhier.asc", "pt.asc", "hlt.asc"])
def test_what_an_incomplete_release_lacks_is_named(tmp_path: Path, missing: str) -> None:
    write_folder({name: data for name, data in FILES.items() if name != missing}, tmp_path)

    with pytest.raises(ReleaseIncomplete, match=missing):
        only(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="one file there, not two")
def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    write_folder({**FILES, "LLT.ASC": b"another"}, tmp_path)

    with pytest.raises(ReleaseUnreadable, match=r"llt\.asc"):
        find_releases(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="needs a special file")
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    write_folder(FILES, tmp_path)
    (tmp_path / "smq_list.asc").unlink()
    os.mkfifo(tmp_path / "smq_list.asc")

    assert "smq_list.asc" not in only(tmp_path).files


@pytest.mark.skipif(os.name == "nt", reason="needs the right to make links")
def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    write_folder(FILES, tmp_path / "ascii-990")
    (tmp_path / "ascii-990" / "again").symlink_to(tmp_path)

    assert len(find_releases(tmp_path)) == 1


def test_a_file_beyond_all_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(FILES, tmp_path)
    monkeypatch.setattr(release_files, "MAX_FILE_BYTES", 100)

    with pytest.raises(ReleaseUnreadable, match="far larger"):
        only(tmp_path)


def test_a_release_beyond_all_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(FILES, tmp_path)
    monkeypatch.setattr(release_files, "MAX_RELEASE_BYTES", 5000)

    with pytest.raises(ReleaseUnreadable, match="far larger"):
        only(tmp_path)


# -- zips ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "MedAscii/", "MedDRA_99_0_English/MedAscii/", "a\\b\\"])
def test_a_zip_is_read_wherever_its_files_lie(tmp_path: Path, folder: str) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, folder=folder))

    assert only(path).files == FILES


def test_a_zip_of_the_standard_library_is_read(tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(f"MedAscii/{name.upper()}", data)

    assert only(path).files == FILES


def test_two_releases_in_one_zip_are_both_offered(tmp_path: Path) -> None:
    members = [Member(f"en/{name}", data) for name, data in FILES.items()]
    members += [Member(f"zh/{name}", data) for name, data in toy_files("Chinese").items()]
    path = write_zip(tmp_path / "both.zip", zip_of(members))

    assert [release.label for release in find_releases(path)] == ["both.zip/en", "both.zip/zh"]


def test_a_password_zip_is_read_with_its_password(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, password="Geheim 99"))

    assert only(path, "Geheim 99").files == FILES


def test_a_password_need_not_be_ascii(tmp_path: Path) -> None:
    members = [Member(name, data, "密码".encode("gb18030")) for name, data in FILES.items()]
    path = write_zip(tmp_path / "release.zip", zip_of(members))

    assert only(path, "密码").files == FILES


@pytest.mark.parametrize("password", [None, ""])
def test_a_password_zip_asks_for_its_password(tmp_path: Path, password: str | None) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, password="secret"))

    with pytest.raises(PasswordNeeded, match="no password"):
        only(path, password)


def test_no_wrong_password_out_of_a_thousand_opens_a_zip(tmp_path: Path) -> None:
    """One in 256 passes the cipher's own check; the content must catch those."""
    small = {name: data[:400] for name, data in FILES.items()}
    path = write_zip(tmp_path / "release.zip", release_zip(small, password="secret"))
    (release,) = find_releases(path)

    for number in range(1000):
        (release,) = find_releases(path, password=f"wrong {number}")
        with pytest.raises(PasswordNeeded, match="wrong"):
            release.read()


def test_a_password_stays_out_of_sight(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, password="hunter2"))

    assert "hunter2" not in repr(find_releases(path, password="hunter2"))
    with pytest.raises(PasswordNeeded) as caught:
        only(path, "hunter3")
    assert "hunter3" not in str(caught.value)


def test_an_aes_zip_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, is_aes=True))

    with pytest.raises(ArchiveRefused, match=r"AES.*Extract it with your own tool"):
        only(path, "secret")


def test_the_same_member_twice_is_refused(tmp_path: Path) -> None:
    members = [Member(f"ascii-990/{name}", data) for name, data in FILES.items()]
    members.append(Member("ascii-990/LLT.asc", b"90000001$other$90000001$$$$$$$Y$$\r\n"))
    path = write_zip(tmp_path / "release.zip", zip_of(members))

    with pytest.raises(ArchiveRefused, match=r"llt\.asc twice"):
        find_releases(path)


@pytest.mark.parametrize(
    "folder", ["../../", "/etc/", "C:/Windows/", "..\\..\\", "CON/", "a\x1b[2J/"]
)
def test_hostile_member_names_are_only_labels(tmp_path: Path, folder: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = write_zip(inside / "release.zip", release_zip(FILES, folder=folder))

    (release,) = find_releases(path)
    assert release.read().files == FILES
    assert ".." not in release.label
    assert release.label.isprintable()
    assert list(tmp_path.rglob("*")) == [inside, path]


def test_a_bomb_is_stopped_while_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_files, "_RATIO_FREE_BYTES", 1000)
    path = write_zip(tmp_path / "b.zip", release_zip({**FILES, "llt.asc": b"0" * 5_000_000}))

    with pytest.raises(ArchiveRefused, match="suspicious size"):
        only(path)


@pytest.mark.parametrize("claimed", [0, 10, 2**31])
def test_a_lie_about_the_size_changes_nothing_for_the_worse(tmp_path: Path, claimed: int) -> None:
    members = [Member(name, data, claimed_size=claimed) for name, data in FILES.items()]
    path = write_zip(tmp_path / "release.zip", zip_of(members))

    with suppress(ArchiveRefused):
        assert only(path).files == FILES


def test_a_zip_in_a_zip_is_read_one_level_deep(tmp_path: Path) -> None:
    inner = release_zip(FILES)
    path = write_zip(tmp_path / "outer.zip", zip_of([Member("x/inner.zip", inner)]))
    assert only(path).files == FILES

    deeper = zip_of([Member("middle.zip", path.read_bytes())])
    with pytest.raises(ReleaseNotFound):
        find_releases(write_zip(tmp_path / "outermost.zip", deeper))


def test_zips_lying_in_a_folder_are_looked_into(tmp_path: Path) -> None:
    write_zip(tmp_path / "MedDRA_99_0_English.zip", release_zip(FILES, password="a"))
    write_zip(tmp_path / "MedDRA_99_0_Chinese.zip", release_zip(toy_files(), password="a"))
    write_zip(tmp_path / "holiday.zip", zip_of([Member("photo.jpg", b"jpg")]))

    found = find_releases(tmp_path, password="a")
    assert len(found) == 2
    assert found[1].read().files == FILES


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 and then nothing", b"hello", bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArchiveRefused, match="not a sound zip"):
        find_releases(write_zip(tmp_path / "release.zip", data))


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    data = bytearray(release_zip(FILES))
    at = data.index(b"llt.asc") + 200
    data[at] ^= 0xFF

    with pytest.raises(ArchiveRefused, match=r"llt\.asc in it is damaged"):
        only(write_zip(tmp_path / "release.zip", bytes(data)))


def test_a_cancel_stops_in_the_middle_of_a_member(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES, password="a"))
    (release,) = find_releases(path, password="a")
    calls = []

    def cancel(done: int, total: int, note: str = "") -> None:
        calls.append(note)
        if len(calls) == 10:
            raise Cancelled

    with pytest.raises(Cancelled):
        release.read(cancel)
    assert len(calls) == 10


def test_no_damaged_zip_raises_anything_else(tmp_path: Path) -> None:
    sound = release_zip({name: data[:300] for name, data in FILES.items()}, password="a")
    path = tmp_path / "release.zip"
    for at in range(0, len(sound), 7):
        spoilt = bytearray(sound)
        spoilt[at] ^= 1 << (at % 8)
        path.write_bytes(bytes(spoilt))
        try:
            for release in find_releases(path, password="a"):
                release.read()
        except CodingToolError:
            continue


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "release.zip", release_zip(FILES))
    only(path)

    path.unlink()
    assert io.BytesIO(release_zip(FILES)).getvalue()
