"""Searching as the engine process is asked: prepared once, kept, answered as plain JSON."""

import json
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.memory import MemoryEntry
from m2m_desktop.core.progress import silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.review import CodedTerm
from m2m_desktop.services import array_files
from m2m_desktop.services.dictionary.remembered import RememberedPhrases
from m2m_desktop.services.dictionary.search_index import SearchIndexes, SoundMaking, syllables
from m2m_desktop.services.dictionary.searching import SEARCH_METHODS
from m2m_desktop.services.engine import Engine
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations
from m2m_desktop.services.memory.store import MemoryStore, memory_path
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import NOT_CURRENT_LLT, write_toy_release

SLICE_MS = 0.001


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("resources")
    for language in ("Chinese", "English"):
        release = write_toy_release(folder / "demo" / language.lower(), language)
        (release / "DEMO_DICTIONARY.txt").write_text("invented", encoding="utf-8")
    (folder / "thesaurus").mkdir()
    (folder / "thesaurus" / "words.txt").write_text("急性|突发\n", encoding="utf-8")
    return folder


@pytest.fixture
def places(tmp_path, shipped) -> Locations:
    home = tmp_path / "mine"
    return Locations(home / "data", home / "cache", home / "config", home / "logs", shipped)


class Asked:
    """What a page asks of the engine process."""

    def __init__(self, places: Locations) -> None:
        self.methods = Methods(places)

    def __call__(self, method: str, **params):
        answer = SEARCH_METHODS[method](self.methods, Params(params), silent)
        assert json.loads(json.dumps(answer)) == answer
        return answer

    def names(self, text: str, **params) -> dict[str, list[str]]:
        groups = self("dictionary_search", text=text, **params)["groups"]
        return {group["reason"]: [hit["name"] for hit in group["hits"]] for group in groups}


@pytest.fixture
def ask(places) -> Asked:
    return Asked(places)


def prepared_folders(places: Locations) -> set[str]:
    return {path.name.split("-")[0] for path in (places.data / "indexes").glob("*/s*-*")}


# -- the answer ------------------------------------------------------------------------------------


def test_a_hit_says_all_that_a_list_shows(ask):
    (group,) = ask("dictionary_search", text=NOT_CURRENT_LLT, shows_old=True)["groups"]
    terminology = ask.methods.engine.terminology()
    llt = terminology.llt(NOT_CURRENT_LLT)
    pt = terminology.preferred_term(llt.pt_code)

    assert (group["reason"], group["total"]) == ("code", 1)
    assert group["hits"] == [
        {
            "level": "llt", "code": NOT_CURRENT_LLT, "name": llt.name, "name2": llt.name2,
            "is_current": False, "child_count": 0, "is_primary": True,
            "pt_code": pt.code, "pt_name": pt.name, "soc_name": pt.paths[0].soc.name,
            "matched_in": "code", "spans": [], "via": "",
        }
    ]  # fmt: skip


def test_the_children_of_a_pt_are_counted_as_they_are_shown(ask):
    pt = ask.methods.engine.terminology().llt(NOT_CURRENT_LLT).pt_code

    def count(**more) -> int:
        (group,) = ask("dictionary_search", text=pt, levels=["pt"], **more)["groups"]
        return group["hits"][0]["child_count"]

    assert count(shows_old=True) == count() + 1


def test_totals_are_added_up_and_the_query_is_shown_back(ask):
    answer = ask("dictionary_search", text="左布 NOT 急性", limit=2)
    assert answer["query"] == "左布 AND NOT 急性"
    assert answer["total"] == sum(group["total"] for group in answer["groups"]) > 2
    assert all(len(group["hits"]) <= 2 for group in answer["groups"])


def test_a_problem_of_the_query_is_a_sentence(ask):
    answer = ask("dictionary_search", text='"左布')
    assert answer["problem"] == "a quotation mark is not closed; searched as plain text"
    assert answer["groups"]
    assert ask("dictionary_search", text="左布")["problem"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"text": 1}, {"text": "x", "match": "no such"}, {"text": "x", "levels": ["no such"]},
        {"text": "x", "levels": "pt"}, {"text": "x", "socs": [1]}, {"text": "x", "limit": 0},
        {"text": "x", "limit": 10**9}, {"text": "x", "shows_old": "yes"},
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(ask, wrong):
    with pytest.raises(BadRequest):
        ask("dictionary_search", **wrong)


# -- preparing -------------------------------------------------------------------------------------


def test_names_are_found_before_anything_is_warm_and_sounds_after(ask):
    before = ask("dictionary_search", text="zuobu")
    assert (before["groups"], before["waiting"]) == ([], ["pinyin", "fuzzy"])
    assert ask.names("左布")

    assert ask("dictionary_warm")["ready"]
    after = ask("dictionary_search", text="zuobu")
    assert [group["reason"] for group in after["groups"]] == ["pinyin"]
    assert after["waiting"] == []


def test_what_is_asked_for_by_name_is_prepared_at_once(ask):
    assert "pinyin" in ask.names("zuobu", match="pinyin")
    assert "fuzzy" in ask.names("左部上布炎", match="fuzzy")


def test_warming_in_slices_leaves_room_for_searches(ask, monkeypatch):
    monkeypatch.setattr("m2m_desktop.services.dictionary.search_index._AT_ONCE", 20)
    done, turns = [], 0
    while not (warmed := ask("dictionary_warm", slice_ms=SLICE_MS))["ready"]:
        done.append(warmed["done"])
        assert ask.names("左布")
        turns += 1
        assert turns < 1000
    assert turns > 3
    assert [one for one in done if one] == sorted(one for one in done if one)
    assert "pinyin" in ask.names("zuobu")


def test_a_cancelled_warming_goes_on_where_it_was(ask, monkeypatch):
    monkeypatch.setattr("m2m_desktop.services.dictionary.search_index._AT_ONCE", 20)
    seen = []

    def stop(done, total, note=""):
        if note == "sounds":
            seen.append(done)
            if done >= 40:
                raise KeyError("stopped")

    with pytest.raises(KeyError):
        SEARCH_METHODS["dictionary_warm"](ask.methods, Params({}), stop)
    with pytest.raises(KeyError):
        SEARCH_METHODS["dictionary_warm"](ask.methods, Params({}), stop)
    assert seen == [0, 20, 40, 40]


def test_what_was_prepared_is_kept_and_opened_the_next_time(ask, places, monkeypatch):
    ask("dictionary_warm")
    expected = ask.names("zuobu")
    assert prepared_folders(places) == {"search", "sounds"}

    def refuse(*_):
        raise AssertionError("made once more")

    monkeypatch.setattr("m2m_desktop.services.dictionary.search_index.build_name_text", refuse)
    monkeypatch.setattr("m2m_desktop.services.dictionary.search_index.syllables", refuse)
    again = Asked(places)
    assert again.names("zuobu") == expected
    assert again("dictionary_search", text="zuobu")["waiting"] == ["fuzzy"]


def test_a_damaged_file_is_made_again(ask, places):
    ask("dictionary_warm")
    expected = ask.names("左布")
    for path in (places.data / "indexes").glob("*/s*-*/*.npy"):
        path.write_bytes(b"\x00" * 50)
    again = Asked(places)
    assert again.names("左布", limit=100) == expected
    assert again("dictionary_search", text="zuobu")["groups"] == []


def test_a_folder_that_cannot_be_written_stops_no_search(ask, places):
    (places.data).mkdir(parents=True)
    (places.data / "indexes").write_text("in the way", encoding="utf-8")
    assert ask.names("左布")


def test_fresh_names_lie_on_the_disk_as_names_opened_later_do(tmp_path, monkeypatch):
    monkeypatch.setattr(array_files, "MAPPED_FROM_BYTES", 1)
    release = write_toy_release(tmp_path / "toy")
    terminology = TerminologyStore(tmp_path / "compiled").open(release)
    for _ in range(2):  # made, then opened
        names = SearchIndexes(tmp_path / "indexes").name_text(terminology)
        assert isinstance(names.units.base, np.memmap)
        assert isinstance(names.pair_documents.base, np.memmap)


# -- second names of another release ---------------------------------------------------------------


@pytest.fixture
def two(places, tmp_path) -> tuple[str, str]:
    """A Chinese release and the one that lends it English names."""
    found = []
    for language in ("Chinese", "English"):
        release = write_toy_release(tmp_path / language, language, version="98.0")
        ((info, _),) = Engine(places).import_terminology(release)
        found.append(info.terminology_id)
    return found[0], found[1]


def test_names_that_another_release_lends_are_found_and_go_with_it(ask, places, two):
    chinese, english = two
    lent = ask.methods.engine.terminology(english).term_at(TermLevel.PT, 0)
    (group,) = ask("dictionary_search", text=lent.name, terminology=chinese, match="exact")[
        "groups"
    ]
    hit = group["hits"][0]
    assert (hit["code"], hit["name2"], hit["matched_in"]) == (lent.code, lent.name, "name2")
    assert ask.names("zorblax", terminology=chinese)
    assert prepared_folders(places) == {"search_lent"}

    ask.methods.engine.remove_terminology(english)
    assert prepared_folders(places) == set()
    assert ask.names("zorblax", terminology=chinese) == {}
    assert prepared_folders(places) == {"search"}
    ask.methods.engine.remove_terminology(chinese)
    assert not list((places.data / "indexes").glob("*/*"))


# -- memory ----------------------------------------------------------------------------------------


def entry(key: str, *codes: str, **more) -> MemoryEntry:
    return MemoryEntry(key, key, tuple(CodedTerm(code, "") for code in codes), **more)


def test_remembered_phrases_are_found_as_soon_as_they_are_kept(ask, places):
    assert ask.names("身上起包") == {}
    store = MemoryStore(memory_path(places))
    store.put([entry("身上起包很痒", "90000101"), entry("身上起包", "90000102")])
    hits = ask("dictionary_search", text="身上起包")["groups"][0]["hits"]
    assert [(hit["code"], hit["via"], hit["matched_in"]) for hit in hits] == [
        ("90000102", "身上起包", "memory"),
        ("90000101", "身上起包很痒", "memory"),
    ]


def test_stopped_entries_and_decisions_for_no_term_lead_nowhere(tmp_path):
    store = MemoryStore(tmp_path / "memory.sqlite")
    store.put([entry("左左"), entry("左右", "90000101", is_stopped=True), entry("左后", "P")])
    phrases = RememberedPhrases(store)
    assert list(phrases("左后")) == [("左后", ("P",))]
    assert list(phrases("左左")) == list(phrases("左右")) == list(phrases("左")) == []


def test_an_unreadable_memory_is_no_memory(ask, places, caplog):
    path = memory_path(places)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 100)
    assert ask.names("左布")
    assert ask.names("左布")


# -- sounds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("血小板减少", "xue xiao ban jian shao"),
        ("女性", "nv xing"),
        ("银行", "yin hang"),
        ("行走", "xing zou"),
        ("重度", "zhong du"),
        ("重复", "chong fu"),
        ("alt升高2", "a l t sheng gao 2"),
        ("𠮷↑", " "),
    ],
)
def test_a_character_sounds_as_it_does_in_its_word(key, letters):
    assert syllables(key) == (letters.split() or ["", ""])


def test_every_chinese_name_gets_its_sounds(tmp_path):
    from m2m_desktop.core.term_search.name_building import build_name_text

    release = write_toy_release(tmp_path / "toy")
    names = build_name_text(TerminologyStore(tmp_path / "compiled").open(release))
    making = SoundMaking(names)
    chinese = [d for d in range(len(names)) if any("一" <= c <= "鿿" for c in names.key(d))]
    assert making.total == len(chinese)
    sounds = making.work(None)
    assert sorted(set(sounds.document_of.tolist()) - {-1}) == chinese


# -- the search of before --------------------------------------------------------------------------


def test_the_search_for_a_term_lists_llts_that_are_not_current_and_twins(places):
    engine = Engine(places)
    hits = engine.search("左布", level=TermLevel.LLT, limit=1000)
    assert any(not hit.is_current for hit in hits)
    levels = {hit.term.level for hit in engine.search("左布")}
    assert {TermLevel.PT, TermLevel.LLT} <= levels
