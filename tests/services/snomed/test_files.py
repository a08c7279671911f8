"""Where an edition may lie: folders, zips, zips in folders; and what is refused before reading."""

import shutil
import zipfile
from pathlib import Path

import pytest

from m2m_desktop.core.errors import (
    ArchiveRefused,
    ReleaseIncomplete,
    ReleaseNotFound,
    ReleaseUnreadable,
)
from m2m_desktop.services.snomed.files import find_rf2
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.archives import Member, write_zip, zip_of
from tests.toy.release import write_toy_release
from tests.toy.rf2 import FILES, write_edition


def zipped(folder: Path, target: Path, part: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.txt")):
            if part in str(path):
                archive.write(path, path.relative_to(folder).as_posix())
    return target


def ids(store: TerminologyStore, path: Path) -> list[str]:
    return [info.terminology_id for info, _ in store.import_release(path)]


@pytest.fixture
def store(tmp_path: Path) -> TerminologyStore:
    return TerminologyStore(tmp_path / "data")


def test_folder_zip_and_zips_in_a_folder_are_the_same_edition(
    tmp_path: Path, store: TerminologyStore
) -> None:
    loose = write_edition(tmp_path / "loose")
    mixed = tmp_path / "mixed" / "deep" / "down"
    mixed.mkdir(parents=True)
    zipped(loose, mixed / "international.zip", "International")
    zipped(loose, mixed / "spanish.zip", "Spanish")
    whole = zipped(loose, tmp_path / "whole.zip")
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in loose.rglob("*.txt"):
        shutil.copy(path, flat / path.name)
    first = ids(store, loose)
    assert len(first) == 1
    for path in (whole, tmp_path / "mixed", flat):
        assert ids(store, path) == first
    assert [info.kind for info in store.list()] == ["snomed"]


def test_full_and_delta_files_beside_a_snapshot_are_passed_over(tmp_path: Path) -> None:
    folder = write_edition(tmp_path)
    before = find_rf2(folder)
    for path in list(folder.rglob("sct2_*.txt")):
        for kind in ("Full", "Delta"):
            other = path.with_name(path.name.replace("Snapshot", kind))
            other.write_text("nothing that could be read", encoding="utf-8")
    for name in (
        "der2_cRefset_LanguageSnapshotWithPrecomputedDefaults-es_INT_20260331.txt",
        "sct2_TextDefinition_Snapshot-en_INT_20260101.txt",
        "sct2_RelationshipConcreteValues_Snapshot_INT_20260101.txt",
        "sct2_StatedRelationship_Snapshot_INT_20260101.txt",
        "sct2_sRefset_OWLExpressionSnapshot_INT_20260101.txt",
    ):
        (folder / name).write_text("nothing that could be read", encoding="utf-8")
    after = find_rf2(folder)
    assert before is not None
    assert after is not None
    assert [file.name for file in after.files] == [file.name for file in before.files]
    assert len(after.files) == len(FILES)


@pytest.mark.parametrize("kind", ["Full", "Delta"])
def test_a_folder_of_only_full_or_delta_files_is_refused_with_the_reason(
    tmp_path: Path, store: TerminologyStore, kind: str
) -> None:
    folder = write_edition(tmp_path / "release")
    for path in list(folder.rglob("*.txt")):
        path.rename(path.with_name(path.name.replace("Snapshot", kind)))
    with pytest.raises(ReleaseUnreadable) as caught:
        store.import_release(folder)
    assert "snapshot" in str(caught.value)
    assert kind in str(caught.value)
    assert store.list() == []


@pytest.mark.parametrize("kind", ["Concept", "Description", "Relationship"])
def test_a_missing_file_is_named(tmp_path: Path, store: TerminologyStore, kind: str) -> None:
    folder = write_edition(tmp_path / "release")
    for path in list(folder.rglob(f"sct2_{kind}_*")):
        path.unlink()
    with pytest.raises(ReleaseIncomplete) as caught:
        store.import_release(folder)
    assert f"sct2_{kind}_Snapshot" in str(caught.value)


def test_the_same_file_twice_is_read_once_and_reported(
    tmp_path: Path, store: TerminologyStore
) -> None:
    folder = write_edition(tmp_path / "release")
    zipped(folder, folder / "again.zip")
    ((info, report),) = store.import_release(folder)
    (repeated,) = [one for one in report.anomalies if one.kind == "rf2_same_file"]
    assert repeated.count == len(FILES)
    assert store.open(info.terminology_id).info == info


def test_an_edition_and_a_release_of_the_other_kind_can_lie_side_by_side(
    tmp_path: Path, store: TerminologyStore
) -> None:
    write_edition(tmp_path / "both" / "snomed")
    write_toy_release(tmp_path / "both" / "other", "Chinese")
    kinds = [info.kind for info, _ in store.import_release(tmp_path / "both")]
    assert kinds == ["snomed", "meddra"]


def test_a_folder_without_either_is_not_found(tmp_path: Path, store: TerminologyStore) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "note.txt").write_text("nothing", encoding="utf-8")
    assert find_rf2(tmp_path / "letters") is None
    with pytest.raises(ReleaseNotFound):
        store.import_release(tmp_path / "letters")


def test_a_protected_or_damaged_zip_is_refused(tmp_path: Path, store: TerminologyStore) -> None:
    folder = write_edition(tmp_path / "release")
    members = [
        Member(path.name, path.read_bytes(), password=b"secret") for path in folder.rglob("*.txt")
    ]
    with pytest.raises(ArchiveRefused) as caught:
        store.import_release(write_zip(tmp_path / "secret.zip", zip_of(members)))
    assert "password" in str(caught.value)
    data = bytearray(zipped(folder, tmp_path / "whole.zip").read_bytes())
    data[60:120] = bytes(60)
    with pytest.raises(ArchiveRefused):
        store.import_release(write_zip(tmp_path / "damaged.zip", bytes(data)))
    assert store.list() == []


def test_a_bomb_is_refused(tmp_path: Path, store: TerminologyStore) -> None:
    folder = write_edition(tmp_path / "release")
    path = next(folder.rglob("sct2_Concept_*"))
    path.write_bytes(path.read_bytes() + b" " * (8 << 20))
    with pytest.raises(ArchiveRefused) as caught:
        store.import_release(zipped(folder, tmp_path / "bomb.zip"))
    assert "suspicious size" in str(caught.value)
