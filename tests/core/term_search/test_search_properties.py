"""The fast search against the slow, honest one: the same groups, totals and order."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.name_building import build_name_text
from m2m_desktop.core.term_search.records import SearchWish
from m2m_desktop.core.term_search.search import TermSearch
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.dictionary.second_language import with_second_names
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.core.term_search.slow_search import ASKED, names_of, slow_search
from tests.toy.release import write_toy_release

HEADER = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"
# no grades (Ⅱ度): the slow search knows word ends only where letters fold one by one
WORDS = st.text("皮疹血abE（-２ß", min_size=1, max_size=4)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join).filter(
    lambda name: any(map(str.isalnum, name))
)  # fmt: skip
QUERIES = (
    WORDS
    | st.lists(st.text("皮疹abe2", min_size=1, max_size=2), min_size=1, max_size=3).map(" ".join)
    | st.lists(
        st.sampled_from(["AND", "OR", "NOT", "(", ")", "皮", "疹 ", "a", "b*e", '"a b"', "度"]),
        min_size=1,
        max_size=6,
    ).map(" ".join)
)


def found(
    search: TermSearch, wish: SearchWish
) -> dict[str, tuple[int, list[tuple[TermLevel, int]]]]:
    return {
        group.reason.value: (group.total, [(hit.level, hit.row) for hit in group.hits])
        for group in search.search(wish).groups
        if group.reason.value in ASKED[wish.match]
    }


def same(terminology: Terminology, wish: SearchWish) -> None:
    search = TermSearch(terminology, build_name_text(terminology))
    assert found(search, wish) == slow_search(terminology, names_of(terminology), wish)


@st.composite
def terminologies(draw) -> Terminology:
    terms = draw(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), min_size=1, max_size=6))

    def table(first: int) -> Terminology:
        rows = [
            f"P{number % 4},{names[first]},{names[first + 1]},h{number % 2},g,{names[0][:1]}s"
            for number, names in enumerate(terms)
        ]
        data = "\n".join([HEADER, *rows]).encode()
        return load_reference_csv(Path("own.csv"), data).terminology

    own = table(0)
    return with_second_names(own, table(2)) if draw(st.booleans()) else own


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(terminologies(), QUERIES, st.sampled_from(list(ASKED)), st.booleans(), st.integers(1, 4))
def test_generated_names_are_found_as_the_slow_search_finds_them(
    terminology, text, match, lists_twins, limit
):
    same(terminology, SearchWish(text, match, limit=limit, lists_twins=lists_twins))


@pytest.fixture(scope="module")
def toy(tmp_path_factory) -> tuple[Terminology, TermSearch, list]:
    folder = tmp_path_factory.mktemp("toy")
    release = write_toy_release(folder / "zh")
    second = write_toy_release(folder / "en", "English")
    store = TerminologyStore(folder / "compiled")
    terminology = with_second_names(store.open(release), store.open(second))
    return terminology, TermSearch(terminology, build_name_text(terminology)), names_of(terminology)


TOY_TEXTS = (
    st.sampled_from(["炎", "左布", "上部炎", "upper", "zorblax upper", "upper zorblax", "急性 左布",
                     "左布 NOT 急性", "左*炎", "itis", "炎 OR upper", "NOT 炎", "e", "左"])
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    TOY_TEXTS,
    st.sampled_from(list(ASKED)),
    st.frozensets(st.sampled_from(list(TermLevel)), max_size=3),
    st.frozensets(st.sampled_from(["90000001", "90000002", "90000003", "no such"]), max_size=2),
    st.booleans(),
    st.booleans(),
)
def test_filters_let_through_what_the_slow_search_lets_through(
    toy, text, match, levels, socs, primary_only, shows_old
):
    terminology, search, names = toy
    wish = SearchWish(
        text, match, levels, socs, primary_only=primary_only, shows_old=shows_old, limit=1000
    )

    assert found(search, wish) == slow_search(terminology, names, wish)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Terminology:
    resources = Path(__file__).parents[3] / "resources" / "demo"
    return TerminologyStore(tmp_path_factory.mktemp("demo")).open(resources)


def test_the_demo_dictionary_is_searched_as_the_slow_search_does(demo):
    search, names = TermSearch(demo, build_name_text(demo)), names_of(demo)
    for text in ("皮疹", "血小板 减少", "pain abdominal", "头*痛"):
        wish = SearchWish(text, limit=10_000)
        assert found(search, wish) == slow_search(demo, names, wish)
