"""Look a term up by what one remembers of it."""

from pathlib import Path

import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import LexicalRetriever, build_name_index
from m2m_desktop.core.search import SearchKind, TermSearch
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import characters
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, toy_files

TOKENISERS = (characters, characters, characters)


@pytest.fixture(scope="module")
def toy() -> Terminology:
    return load_release(ReleaseSources("toy", "toy", toy_files())).terminology


@pytest.fixture(scope="module")
def search(toy) -> TermSearch:
    index = build_name_index(toy, TOKENISERS)
    return TermSearch(toy, LexicalRetriever(toy, index, TOKENISERS))


def found(search: TermSearch, text: str, kind: SearchKind, **options) -> list[tuple[str, str]]:
    return [(h.term.level.name, h.term.name) for h in search.search(text, kind, **options)]


def test_an_exact_search_finds_the_name_on_every_level(search) -> None:
    assert found(search, " 奎姆 上部炎 ", SearchKind.EXACT) == [
        ("PT", "奎姆上部炎"),
        ("LLT", "奎姆上部炎"),
    ]
    assert found(search, "奎姆上部", SearchKind.EXACT) == []


def test_a_traditional_or_wide_spelling_finds_the_same(search) -> None:
    assert found(search, "奧肯上部炎", SearchKind.EXACT, level=TermLevel.PT) == [
        ("PT", "奥肯上部炎")
    ]
    assert found(search, "炎急性 １１", SearchKind.CONTAINS) == found(
        search, "炎急性 11", SearchKind.CONTAINS
    )


def test_the_closest_kind_of_match_comes_first_and_is_named() -> None:
    names = ["药物性皮疹", "皮疹瘙痒", "荨麻疹", "皮疹", "泛发性皮疹", "皮疹（未特指）"]
    rows = [f"P{number},{name},{name},某,某,某" for number, name in enumerate(names)]
    header = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"
    own = load_reference_csv(Path("own.csv"), "\n".join([header, *rows]).encode()).terminology
    search = TermSearch(own)

    hits = search.search("皮疹", SearchKind.CONTAINS, level=TermLevel.PT)

    assert [(hit.term.name, hit.reason) for hit in hits] == [
        ("皮疹", SearchKind.EXACT),
        ("皮疹瘙痒", SearchKind.BEGINS),
        ("皮疹（未特指）", SearchKind.BEGINS),
        ("药物性皮疹", SearchKind.CONTAINS),
        ("泛发性皮疹", SearchKind.CONTAINS),
    ]
    assert search.search("皮疹", SearchKind.BEGINS, level=TermLevel.PT) == hits[:3]
    assert search.search("皮疹", SearchKind.EXACT, level=TermLevel.PT) == hits[:1]


def test_wider_levels_come_first(search) -> None:
    levels = [hit.term.level for hit in search.search("上部炎", SearchKind.CONTAINS)]

    assert levels == sorted(levels)
    assert {TermLevel.HLT, TermLevel.PT, TermLevel.LLT} == set(levels)


def test_a_code_finds_the_pt_and_the_llt_that_share_it(search) -> None:
    assert found(search, f" {MULTI_AXIAL_PT} ", SearchKind.CODE) == [
        ("PT", "奎姆上部炎"),
        ("LLT", "奎姆上部炎"),
    ]
    assert found(search, MULTI_AXIAL_PT, SearchKind.CODE, level=TermLevel.LLT, limit=1) == [
        ("LLT", "奎姆上部炎")
    ]
    assert found(search, "1", SearchKind.CODE) == found(search, "\ud800", SearchKind.CODE) == []


def test_an_llt_says_whether_it_is_current_and_whose_it_is(search) -> None:
    (hit,) = search.search(NOT_CURRENT_LLT, SearchKind.CODE)

    assert (hit.is_current, hit.pt_code) == (False, "90000101")


def test_a_fuzzy_search_survives_a_slip(search) -> None:
    assert found(search, "奎木上部炎", SearchKind.FUZZY)[0] == ("PT", "奎姆上部炎")
    assert found(search, "奎木上部炎", SearchKind.FUZZY, level=TermLevel.LLT)[0][0] == "LLT"
    assert found(search, "奎木上部炎", SearchKind.FUZZY, level=TermLevel.SOC) == []
    assert len(found(search, "炎" * 200_000, SearchKind.FUZZY, limit=7)) == 7


def test_without_a_retriever_a_fuzzy_search_finds_nothing(toy) -> None:
    assert TermSearch(toy).search("奎姆", SearchKind.FUZZY) == []


@pytest.mark.parametrize("kind", list(SearchKind))
@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\ufeff\u2066", "。。。"])
def test_a_text_without_a_letter_finds_nothing(search, kind, text: str) -> None:
    assert search.search(text, kind) == []


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_no_more_than_the_limit_is_given(search, limit: int) -> None:
    all_hits = search.search("炎", SearchKind.CONTAINS)

    assert search.search("炎", SearchKind.CONTAINS, limit=limit) == all_hits[:limit]
