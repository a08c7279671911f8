import json

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.records import Term, TermLevel
from m2m_desktop.services.dictionary.bin_store import BinStore, CollectedTerm
from tests.ui.workbench import places

RASH = CollectedTerm(Term(TermLevel.PT, "90000001", "皮疹", "Rash"))
OLD = CollectedTerm(Term(TermLevel.LLT, "95000002", "旧疹"), is_current=False)


@pytest.fixture
def store(tmp_path):
    return BinStore(places(tmp_path))


def test_what_is_kept_is_there_again_in_its_order(store):
    assert store.load() == ()
    store.save([OLD, RASH])
    assert store.load() == (OLD, RASH)
    store.save([])
    assert store.load() == ()


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[1]", b"{}", b'{"terms": 5}', b"null", b"[" * 100_000]
)
def test_a_damaged_file_counts_as_empty_and_is_told_to_the_log(store, content, caplog):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    assert store.load() == ()
    assert "cannot be read" in caplog.text


def test_entries_that_make_no_sense_are_left_out(store):
    good = {"level": "pt", "code": "90000001", "name": "皮疹", "name2": "Rash"}
    bad = [5, {}, {"level": "xyz", "code": "1"}, {"level": "pt", "code": 7}, {"level": "pt"}]
    store.path.parent.mkdir(parents=True)
    store.path.write_text(json.dumps({"terms": [*bad, good]}), encoding="utf-8")
    assert store.load() == (RASH,)


def test_where_nothing_can_be_written_it_is_said(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(OutputUnwritable):
        BinStore(places(tmp_path)).save([RASH])
