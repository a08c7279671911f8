"""An edition in the store: imported once, opened at once, cancelled without a trace."""

from pathlib import Path

import pytest

from m2m_desktop.core.errors import Cancelled, ReleaseBroken
from m2m_desktop.services.snomed import files
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.rf2 import FILES, write_edition, write_invented


@pytest.fixture
def store(tmp_path: Path) -> TerminologyStore:
    return TerminologyStore(tmp_path / "data")


def test_what_is_opened_is_what_was_imported(tmp_path: Path, store: TerminologyStore) -> None:
    ((info, report),) = store.import_release(write_edition(tmp_path / "edition"))
    opened = store.open(info.terminology_id)
    assert opened.info == info
    assert opened.has_is_a
    assert store.report(info.terminology_id) == report
    assert (report.counts["pt"], report.counts["llt"], report.counts["llt_current"]) == (8, 38, 35)
    assert store.open(tmp_path / "edition").info == info


def test_the_same_files_are_not_read_again(tmp_path: Path, store: TerminologyStore) -> None:
    folder = write_edition(tmp_path / "edition")
    first = store.import_release(folder)
    notes: list[str] = []
    again = store.import_release(folder, progress=lambda done, total, note="": notes.append(note))
    assert again == first
    names = [path.rpartition("/")[2] for path in FILES.values()]
    assert sorted(note for note in notes if note) == sorted(names)  # once each, for their hashes
    changed = folder / FILES["language"]
    changed.write_bytes(changed.read_bytes().replace(b"\t1\t", b"\t0\t", 1))
    assert store.import_release(folder)[0][0].terminology_id != first[0][0].terminology_id


def test_a_cancel_at_any_moment_leaves_nothing(
    tmp_path: Path, store: TerminologyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_CHUNK", 20_000)
    folder = write_invented(tmp_path / "edition", 300, 1500)
    total = 0

    def count(done: int, of: int, note: str = "") -> None:
        nonlocal total
        total += 1

    TerminologyStore(tmp_path / "other").import_release(folder, progress=count)
    assert total > 60
    for stop in range(1, total, max(1, total // 25)):
        seen = 0

        def cancel(done: int, of: int, note: str = "", stop: int = stop) -> None:
            nonlocal seen
            seen += 1
            if seen == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            store.import_release(folder, progress=cancel)
        assert store.list() == []
        assert not store.root.exists() or list(store.root.iterdir()) == []


def test_progress_only_grows_and_names_the_files(tmp_path: Path, store: TerminologyStore) -> None:
    said: list[tuple[int, int, str]] = []

    def note(done: int, of: int, what: str = "") -> None:
        if of:
            said.append((done, of, what))

    store.import_release(write_invented(tmp_path / "edition", 300, 1500), progress=note)
    shares = [done for done, of, _ in said if of == 100]
    assert shares == sorted(shares)
    assert shares[0] <= 2
    assert shares[-1] == 100
    assert {path.rpartition("/")[2] for path in FILES.values()} <= {what for _, _, what in said}


def test_what_is_refused_is_not_kept(tmp_path: Path, store: TerminologyStore) -> None:
    folder = write_edition(tmp_path / "edition")
    path = folder / FILES["concept"]
    path.write_bytes(path.read_bytes() + b"torn")
    with pytest.raises(ReleaseBroken):
        store.import_release(folder)
    assert store.list() == []
    assert list(store.root.iterdir()) == []
