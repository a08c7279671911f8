"""Import once, open in a moment; damaged copies are seen; nothing is ever left half done."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.errors import (
    BadRequest,
    Cancelled,
    CodingToolError,
    OutputUnwritable,
    PasswordNeeded,
    ReleaseBroken,
    ReleaseNotFound,
    TerminologyUnknown,
)
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services import terminology_store
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources, find_releases
from m2m_desktop.services.terminology_store import (
    MANIFEST,
    CompiledCopyDamaged,
    TerminologyStore,
)
from tests.toy.archives import release_zip, write_zip
from tests.toy.release import japanese_files, toy_files, toy_tables, write_folder, write_toy_release


@pytest.fixture
def store(tmp_path: Path) -> TerminologyStore:
    return TerminologyStore(tmp_path / "data" / "terminologies")


def release_folder(tmp_path: Path, language: str = "Chinese", **options: object) -> Path:
    return write_toy_release(tmp_path / "source" / language.lower(), language, **options)


def content(terminology: Terminology) -> dict[str, list[object]]:
    return {name: array.tolist() for name, array in terminology.arrays.items()}


def test_what_is_opened_is_what_was_imported(tmp_path: Path, store: TerminologyStore) -> None:
    folder = release_folder(tmp_path)
    ((info, report),) = store.import_release(folder)

    opened = store.open(info.terminology_id)
    (found,) = find_releases(folder)
    loaded = load_release(found.read())
    assert opened.info == info == loaded.terminology.info
    assert content(opened) == content(loaded.terminology)
    assert report == loaded.report == store.report(info.terminology_id)
    assert store.list() == [info]


def test_an_opened_terminology_cannot_be_changed(tmp_path: Path, store: TerminologyStore) -> None:
    opened = store.open(release_folder(tmp_path))

    with pytest.raises(ValueError, match="read-only"):
        opened.arrays["llt.pt"][0] = 1


def test_the_id_is_readable_and_its_beginning_is_enough(
    tmp_path: Path, store: TerminologyStore
) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))

    assert info.terminology_id.startswith("meddra-99.0-chinese-")
    assert len(info.terminology_id.rpartition("-")[2]) == 12
    assert store.open("meddra-99.0-chinese").info == info
    assert store.open("meddra").info == info


def test_importing_again_changes_nothing(tmp_path: Path, store: TerminologyStore) -> None:
    folder = release_folder(tmp_path)
    first = store.import_release(folder)
    before = {file: file.stat().st_mtime_ns for file in store.root.rglob("*")}

    assert store.import_release(folder) == first
    assert {file: file.stat().st_mtime_ns for file in store.root.rglob("*")} == before


def test_a_zip_of_the_same_files_is_the_same_terminology(
    tmp_path: Path, store: TerminologyStore
) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    path = write_zip(tmp_path / "r.zip", release_zip(toy_files(), password="pw"))

    assert store.open(path, password="pw").info == info
    assert len(store.list()) == 1


def test_opening_a_path_imports_it_the_first_time(tmp_path: Path, store: TerminologyStore) -> None:
    folder = release_folder(tmp_path)

    assert store.open(str(folder)).count(TermLevel.PT) == 61
    assert len(store.list()) == 1
    assert store.open(folder).info == store.list()[0]


def test_a_changed_file_makes_another_terminology_with_a_warning(
    tmp_path: Path, store: TerminologyStore
) -> None:
    folder = release_folder(tmp_path)
    ((first, _),) = store.import_release(folder)
    file = folder / "llt.asc"
    file.write_bytes(file.read_bytes().replace("急性".encode(), "急姓".encode(), 1))

    ((second, report),) = store.import_release(folder)
    assert second.terminology_id != first.terminology_id
    assert len(store.list()) == 2
    warning = report.anomalies[-1]
    assert (warning.kind, warning.places) == ("same_version_other_files", (first.terminology_id,))
    with pytest.raises(TerminologyUnknown, match=first.terminology_id):
        store.open("meddra-99.0")


def test_chinese_and_english_in_one_selection_become_one(
    tmp_path: Path, store: TerminologyStore
) -> None:
    release_folder(tmp_path, "Chinese")
    release_folder(tmp_path, "English")

    ((info, _),) = store.import_release(tmp_path / "source")
    assert info.terminology_id.startswith("meddra-99.0-chinese-english-")
    term = store.open(tmp_path / "source").term(TermLevel.PT, "90000101")
    assert term is not None
    assert term.name2 == toy_tables("English")["pt.asc"][0][1]
    assert store.list() == [info]


def test_different_versions_stay_apart(tmp_path: Path, store: TerminologyStore) -> None:
    release_folder(tmp_path, "Chinese")
    release_folder(tmp_path, "English", version="98.1")

    found = store.import_release(tmp_path / "source")
    assert [info.language2 for info, _ in found] == ["", ""]
    assert all("not_joined" not in {a.kind for a in report.anomalies} for _, report in found)
    with pytest.raises(BadRequest, match=r"meddra-99\.0-chinese.*meddra-98\.1-english"):
        store.open(tmp_path / "source")


def test_languages_with_different_codes_stay_apart_with_a_warning(
    tmp_path: Path, store: TerminologyStore
) -> None:
    release_folder(tmp_path, "Chinese")
    english = release_folder(tmp_path, "English")
    file = english / "llt.asc"
    file.write_bytes(file.read_bytes().rstrip().rpartition(b"\r\n")[0] + b"\r\n")

    found = store.import_release(tmp_path / "source")
    assert [info.language for info, _ in found] == ["Chinese", "English"]
    assert all("not_joined" in {a.kind for a in report.anomalies} for _, report in found)
    assert store.import_release(tmp_path / "source") == found


def test_several_releases_can_be_chosen_from(tmp_path: Path, store: TerminologyStore) -> None:
    release_folder(tmp_path, "Chinese")
    release_folder(tmp_path, "Spanish", encoding="latin_1")

    found = store.import_release(tmp_path / "source", choose=lambda found: [found[1]])
    assert [info.language for info, _ in found] == ["Spanish"]
    with pytest.raises(ReleaseNotFound):
        store.import_release(tmp_path / "source", choose=lambda found: [])


def test_a_japanese_package_and_the_marker_of_a_demo(
    tmp_path: Path, store: TerminologyStore
) -> None:
    japanese = store.open(write_folder(japanese_files(), tmp_path / "j"))
    demo = store.open(write_folder({**toy_files(), "DEMO_DICTIONARY.txt": b""}, tmp_path / "d"))

    assert (japanese.info.language, japanese.info.language2) == ("Japanese", "English")
    assert demo.info.is_demo
    assert "soc_count" not in {a.kind for a in store.report(demo.info.terminology_id).anomalies}


def test_a_reference_csv_is_a_terminology_too(tmp_path: Path, store: TerminologyStore) -> None:
    path = tmp_path / "mine.CSV"
    path.write_text(
        "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name\nP1,N,L,H,G,S\n", encoding="utf-8"
    )

    opened = store.open(path)
    assert [llt.name for llt in opened.llts("P1")] == ["L"]
    assert store.open(path).info == opened.info
    assert len(store.import_release(path)) == len(store.list()) == 1


def test_the_encoding_once_chosen_is_remembered(tmp_path: Path, store: TerminologyStore) -> None:
    folder = release_folder(tmp_path, "Spanish", encoding="iso8859_15")
    ((info, _),) = store.import_release(folder, encoding="iso8859_15")

    assert store.open(folder).info == info
    assert store.open(folder, encoding="cp1252").info != info


def test_removing_deletes_every_trace(tmp_path: Path, store: TerminologyStore) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    store.remove(info.terminology_id)

    assert store.list() == []
    assert list(store.root.iterdir()) == []
    with pytest.raises(TerminologyUnknown):
        store.open(info.terminology_id)


@pytest.mark.parametrize("name", ["", "..", "/etc", "nonsense", "\x00", "../../x", "a" * 5000])
def test_unknown_names_are_refused_and_harmless(
    tmp_path: Path, store: TerminologyStore, name: str
) -> None:
    (tmp_path / "keep.txt").write_text("x", encoding="utf-8")
    store.import_release(release_folder(tmp_path))

    for call in (store.remove, store.report):
        with pytest.raises(TerminologyUnknown):
            call(name)
    if name not in ("", "..", "/etc"):
        with pytest.raises(TerminologyUnknown, match="meddra-99"):
            store.open(name)
    assert (tmp_path / "keep.txt").exists()
    assert len(store.list()) == 1


def test_a_flipped_bit_anywhere_is_seen_and_the_copy_deleted(
    tmp_path: Path, store: TerminologyStore
) -> None:
    folder = release_folder(tmp_path)
    ((info, _),) = store.import_release(folder)
    compiled = store.root / info.terminology_id
    names = sorted(file.name for file in compiled.iterdir())
    for name in names:
        store.import_release(folder)
        file = compiled / name
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))

        with pytest.raises(CompiledCopyDamaged, match="Import the release again"):
            store.open(info.terminology_id)
        assert not compiled.exists()


@pytest.mark.parametrize("spoil", ["cut", "gone", "empty", "older"])
def test_a_damaged_copy_is_rebuilt_where_the_release_is_at_hand(
    tmp_path: Path, store: TerminologyStore, spoil: str
) -> None:
    folder = release_folder(tmp_path)
    info = store.open(folder).info
    file = store.root / info.terminology_id / ("llt.names.npy" if spoil != "older" else MANIFEST)
    if spoil == "cut":
        file.write_bytes(file.read_bytes()[:-5])
    elif spoil == "gone":
        file.unlink()
    elif spoil == "empty":
        file.write_bytes(b"")
    else:
        file.write_text(file.read_text("utf-8").replace('"format": 1', '"format": 0'), "utf-8")

    assert store.open(folder).preferred_term("90000101") is not None


def test_no_pickle_is_ever_loaded_even_with_the_right_hashes(
    tmp_path: Path, store: TerminologyStore
) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    file = store.root / info.terminology_id / "llt.pt.npy"
    np.save(file, np.array([{"evil": print}], dtype=object), allow_pickle=True)
    manifest = file.with_name(MANIFEST)
    text = json.loads(manifest.read_text("utf-8"))
    del text["seal"]
    text["arrays"]["llt.pt"][1] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps({"seal": terminology_store._seal(text), **text}), "utf-8")
    assert len(store.list()) == 1

    with pytest.raises(CompiledCopyDamaged):
        store.open(info.terminology_id)


def test_a_manifest_edited_by_hand_is_seen(tmp_path: Path, store: TerminologyStore) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    manifest = store.root / info.terminology_id / MANIFEST
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace('"version": "99.0"', '"version": "98.0"'), "utf-8")

    with pytest.raises(CompiledCopyDamaged):
        store.open(info.terminology_id)


def test_a_copy_under_another_name_is_not_believed(tmp_path: Path, store: TerminologyStore) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    shutil.copytree(store.root / info.terminology_id, store.root / "meddra-77.0-chinese-x")

    with pytest.raises(CompiledCopyDamaged):
        store.open("meddra-77.0-chinese-x")


def test_a_broken_release_leaves_nothing_behind(tmp_path: Path, store: TerminologyStore) -> None:
    release_folder(tmp_path, "Spanish", encoding="latin_1")
    broken = release_folder(tmp_path, "Chinese")
    (broken / "pt.asc").write_bytes(
        (broken / "pt.asc").read_bytes().replace(b"90000101", b"9000010l")
    )

    with pytest.raises(ReleaseBroken):
        store.import_release(tmp_path / "source")
    assert store.list() == []
    assert list(store.root.iterdir()) == []


def test_a_cancel_at_any_moment_leaves_nothing_behind(
    tmp_path: Path, store: TerminologyStore
) -> None:
    release_folder(tmp_path, "Chinese")
    release_folder(tmp_path, "English")
    total = 0

    def count(done: int, of: int, note: str = "") -> None:
        nonlocal total
        total += 1

    store.import_release(tmp_path / "source", progress=count)
    for info in store.list():
        store.remove(info.terminology_id)

    class CancelAt:
        def __init__(self, at: int) -> None:
            self.left = at

        def __call__(self, done: int, of: int, note: str = "") -> None:  # noqa: ARG002
            self.left -= 1
            if self.left < 0:
                raise Cancelled

    for at in range(total):
        with pytest.raises(Cancelled):
            store.import_release(tmp_path / "source", progress=CancelAt(at))
        assert not store.root.exists() or list(store.root.iterdir()) == []
    assert len(store.import_release(tmp_path / "source", progress=CancelAt(total))) == 1


def test_a_wrong_password_leaves_nothing_behind(tmp_path: Path, store: TerminologyStore) -> None:
    path = write_zip(tmp_path / "r.zip", release_zip(toy_files(), password="right"))

    with pytest.raises(PasswordNeeded):
        store.import_release(path, password="wrong")
    ((info, _),) = store.import_release(path, password="right")
    stored = b"".join(file.read_bytes() for file in (store.root / info.terminology_id).iterdir())
    assert b"right" not in stored


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be", encoding="utf-8")

    with pytest.raises(OutputUnwritable, match="data"):
        TerminologyStore(tmp_path / "data" / "t").import_release(release_folder(tmp_path))


def test_what_a_crash_left_is_swept_away_later(tmp_path: Path, store: TerminologyStore) -> None:
    stale = store.root / ".building-1234"
    fresh = store.root / ".building-5678"
    for folder in (stale, fresh):
        folder.mkdir(parents=True)
    os.utime(stale, (1, 1))
    store.import_release(release_folder(tmp_path))

    assert not stale.exists()
    assert fresh.exists()
    assert len(store.list()) == 1


def test_a_manifest_is_plain_json_without_names(tmp_path: Path, store: TerminologyStore) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    text = (store.root / info.terminology_id / MANIFEST).read_text("utf-8")

    assert json.loads(text)["info"]["terminology_id"] == info.terminology_id
    assert not [row[1] for row in toy_tables()["llt.asc"] if row[1] in text]


def test_a_manifest_that_lies_about_its_shape_is_only_damaged(
    tmp_path: Path, store: TerminologyStore
) -> None:
    ((info, _),) = store.import_release(release_folder(tmp_path))
    file = store.root / info.terminology_id / MANIFEST
    for text in ("[]", "{}", "null", '{"seal": 1}', "1", '"x"', "{"):
        file.write_text(text, encoding="utf-8")
        assert store.list() == []
    with pytest.raises(CodingToolError):
        store.open(info.terminology_id)


def test_sources_are_hashed_by_name() -> None:
    sources = ReleaseSources("toy", "toy", {"b": b"2", "a": b"1"})

    assert [name for name, _ in sources.hashes()] == ["a", "b"]
