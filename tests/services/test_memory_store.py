"""The memory on disk: what two programs write, what a person changes, what damage does."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.memory import CheckReason, MemoryEntry
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.core.text import match_key
from m2m_desktop.services.memory.errors import MemoryDamaged, MemoryTooNew, MemoryUnreadable
from m2m_desktop.services.memory.store import AT_ONCE, MemoryStore
from m2m_desktop.services.memory.wire import entry_from_json, entry_to_json
from m2m_desktop.services.terminology_store import TerminologyStore

RESOURCES = Path(__file__).parents[2] / "resources"
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
RASH = CodedTerm("90100001", "皮疹", "90100001", "皮疹", soc_code="1", soc_name="皮肤")
ITCH = CodedTerm("90100016", "瘙痒")


def entry(text, *terms, at="2026-11-21T08:00:00+00:00", **changes):
    made = MemoryEntry(match_key(text), text, terms, reviewer="甲", decided_at=at)
    return replace(made, **{"terminology_id": "demo-1", "terminology_version": "1", **changes})


@pytest.fixture
def store(tmp_path):
    return MemoryStore(tmp_path / "数据 data" / "memory.sqlite", now=lambda: NOW)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return TerminologyStore(tmp_path_factory.mktemp("terminologies")).open(RESOURCES / "demo")


def test_asking_an_empty_memory_makes_no_file(store, demo):
    assert store.recall("皮疹") is None
    assert (store.entries(), store.count(), store.keys()) == ([], 0, frozenset())
    assert store.recheck(demo).examined == 0
    assert not store.path.exists()


def test_what_is_remembered_is_there_for_another_program(store):
    made = entry("起 红点", RASH, ITCH)

    told = store.remember([made])

    assert told.added == ("起红点",)
    assert MemoryStore(store.path).recall(match_key("起红点！")) == made
    assert MemoryStore(store.path).recall(match_key("起红点了")) is None


def test_every_field_survives(store):
    full = entry(
        "浑身'刺痒\"%_\U0001f635", RASH, is_stopped=True, needs_check=CheckReason.RENAMED, uses=7,
        terminology_language="Chinese",
    )  # fmt: skip
    store.edit(full)

    assert store.entries() == [full]
    assert entry_from_json(json.loads(json.dumps(entry_to_json(full)))) == full


def test_half_characters_of_a_damaged_file_are_no_obstacle(store):
    store.remember([entry("红\ud800点", RASH)])

    assert store.recall(match_key("红\ud800点")).terms == (RASH,)
    assert store.entries()[0].text == "红\ufffd点"
    assert store.revoke([match_key("红\ud800点")]) == 1


def test_the_later_decision_holds_and_uses_are_kept(store):
    store.remember([entry("红点", RASH)])
    store.count_uses({match_key("红点"): 3, "不存在": 1})

    told = store.remember([entry("红点", ITCH, at="2026-11-22T08:00:00+00:00")])

    assert told.replaced == ("红点",)
    assert store.recall("红点").terms == (ITCH,)
    assert store.recall("红点").uses == 3
    assert store.remember([entry("红点", RASH)]).kept == ("红点",)  # older than what is there
    assert store.recall("红点").terms == (ITCH,)


@pytest.mark.requirement("R-035")
def test_a_stopped_wording_is_not_learnt_again_until_a_person_edits_it(store):
    store.stop("红点", reviewer="乙", decided_at="2026-11-20T08:00:00+00:00")

    assert store.remember([entry("红 点", RASH)]).kept == ("红点",)
    assert store.recall("红点").is_stopped

    store.edit(entry("红点", RASH))
    assert store.recall("红点").terms == (RASH,)
    assert not store.recall("红点").is_stopped


def test_stopping_keeps_what_was_decided_for_the_person_who_wants_it_back(store):
    store.remember([entry("红点", RASH)])
    stopped = store.stop("红点", reviewer="乙", decided_at="2026-11-22T08:00:00+00:00")

    assert stopped.terms == (RASH,)
    assert store.entries(only_stopped=True) == [stopped]


@pytest.mark.requirement("R-035")
def test_what_is_revoked_is_gone_from_the_file(store):
    store.remember([entry("张三的皮肤起了红点子", RASH), entry("瘙痒得很", ITCH)])

    assert store.revoke(["张三的皮肤起了红点子", "没有"]) == 1

    assert [one.text for one in store.entries()] == ["瘙痒得很"]
    assert "张三".encode() not in store.path.read_bytes()
    assert store.clear() == 1
    assert "瘙痒".encode() not in b"".join(
        path.read_bytes() for path in store.path.parent.iterdir()
    )


def test_the_list_is_filtered_by_wording_name_and_code(store):
    store.remember(
        [
            entry("红点", RASH, at="2026-11-21T08:00:01+00:00"),
            entry("痒得很", ITCH, needs_check=CheckReason.PT_GONE),
        ]
    )

    def texts(*args, **kwargs):
        return [one.text for one in store.entries(*args, **kwargs)]

    assert texts() == ["红点", "痒得很"]
    assert texts("红") == ["红点"]
    assert texts("瘙痒") == texts("90100016") == texts(only_to_check=True) == ["痒得很"]
    assert texts("皮肤") == ["红点"]
    assert texts("没有") == []


def test_thousands_of_keys_are_asked_at_once(store):
    store.remember(entry(f"第{n}号", RASH) for n in range(3 * AT_ONCE))

    found = store.recall_many([match_key(f"第{n}号") for n in range(4 * AT_ONCE)])

    assert len(found) == store.count() == len(store.keys()) == 3 * AT_ONCE


def test_a_recheck_marks_entries_and_confirming_clears_them(store, demo):
    rash = next(term for term in demo.find("皮疹") if term.level.name == "PT")
    store.remember(
        [
            entry("红点", CodedTerm(rash.code, "旧名"), terminology_id=demo.info.terminology_id),
            entry("斑点", CodedTerm(rash.code, rash.name), terminology_id=demo.info.terminology_id),
        ]
    )

    found = store.recheck(demo)

    assert [(one.text, one.needs_check) for one in found.changed] == [("红点", CheckReason.RENAMED)]
    assert [one.text for one in store.entries(only_to_check=True)] == ["红点"]
    (fresh,) = store.confirm(["红点", "没有"], demo, reviewer="乙", decided_at="2026-12-01")
    assert (fresh.terms[0].pt_name, fresh.reviewer) == (rash.name, "乙")
    assert store.entries(only_to_check=True) == []
    assert store.recall("红点") == fresh


# -- several programs, kills, damage -------------------------------------------------------------


def test_two_programs_and_several_threads_lose_nothing(store):
    script = (
        "import sys; from pathlib import Path\n"
        "from m2m_desktop.core.memory import MemoryEntry\n"
        "from m2m_desktop.services.memory.store import MemoryStore\n"
        "store = MemoryStore(Path(sys.argv[1]))\n"
        "for n in range(15): store.remember([MemoryEntry(f'child{n}', 't', decided_at='1')])\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(store.path)])

    def work(name):
        for number in range(15):
            MemoryStore(store.path).remember([entry(f"{name}{number}", RASH)])
            store.recall(f"{name}{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert child.wait(30) == 0
    assert store.count() == 45


def test_a_kill_in_the_middle_leaves_all_that_was_acknowledged(store):
    script = (
        "import sys; from pathlib import Path\n"
        "from m2m_desktop.core.memory import MemoryEntry\n"
        "from m2m_desktop.services.memory.store import MemoryStore\n"
        "store = MemoryStore(Path(sys.argv[1]))\n"
        "for n in range(10**6):\n"
        "    store.remember([MemoryEntry(f'k{n}', 't' * 3000, decided_at='1')])\n"
        "    print(n, flush=True)\n"
    )
    for wanted in (5, 11):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(store.path)], stdout=subprocess.PIPE, text=True
        )
        with child:
            last = [int(child.stdout.readline()) for _ in range(wanted)][-1]
            child.kill()
        assert {f"k{n}" for n in range(last + 1)} <= store.keys()


@pytest.mark.parametrize(
    "content",
    [b"no database", b"", b"SQLite format 3\x00" + bytes(200)],
    ids=["text", "empty", "zeros"],
)
def test_a_file_that_is_no_memory_is_set_aside_and_said(store, content, caplog):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    if not content:
        assert store.count() == 0  # what a power cut right after the first start leaves
        return

    with pytest.raises(MemoryDamaged) as raised:
        store.recall("红点")

    aside = store.path.with_name("memory.sqlite.damaged-20261121-083000")
    assert aside.read_bytes() == content
    assert aside.name in raised.value.sentence()
    assert store.count() == 0
    store.remember([entry("红点", RASH)])
    assert store.count() == 1


def test_a_second_damage_in_the_same_second_keeps_both_files(store, caplog):
    store.path.parent.mkdir(parents=True)
    for content in (b"first damage" * 9, b"second damage" * 9):
        store.path.write_bytes(content)
        with pytest.raises(MemoryDamaged):
            store.remember([entry("红点", RASH)])

    kept = sorted(path.read_bytes()[:5] for path in store.path.parent.glob("*.damaged-*"))
    assert kept == [b"first", b"secon"]


def test_damaged_pages_are_found_or_their_entries_left_out(store, caplog):
    store.remember(entry(f"第{n}号 {'长' * 50}", RASH) for n in range(300))
    whole = bytearray(store.path.read_bytes())
    for place in range(5000, len(whole), 4096):
        whole[place : place + 64] = b"\xff" * 64
    store.path.write_bytes(whole)

    try:
        assert len(store.entries()) < 300
    except MemoryDamaged:
        assert list(store.path.parent.glob("*.damaged-*"))


def test_the_database_of_another_program_is_not_touched_but_set_aside(store, caplog):
    store.path.parent.mkdir(parents=True)
    with sqlite3.connect(store.path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()

    with pytest.raises(MemoryDamaged):
        store.remember([entry("红点", RASH)])


def test_the_file_of_a_later_version_stays_as_it_is(store):
    store.remember([entry("红点", RASH)])
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    before = store.path.read_bytes()

    with pytest.raises(MemoryTooNew):
        store.recall("红点")
    with pytest.raises(MemoryTooNew):
        store.remember([entry("红点", ITCH)])
    assert store.path.read_bytes() == before


def test_a_memory_that_cannot_be_written_says_so_and_can_still_be_read(store, monkeypatch):
    store.remember([entry("红点", RASH)])
    monkeypatch.setattr("m2m_desktop.services.memory.file.BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OutputUnwritable) as raised:
            store.remember([entry("斑点", RASH)])
        assert "another program" in raised.value.sentence()
        assert "斑点" not in raised.value.sentence()
        assert store.recall("红点").terms == (RASH,)

        other.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MemoryUnreadable):
            store.recall("红点")
    finally:
        other.close()
    assert store.count() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="file modes of POSIX")
def test_the_file_is_for_this_user_only(store):
    store.remember([entry("红点", RASH)])

    assert os.stat(store.path).st_mode & 0o077 == 0  # noqa: PTH116
