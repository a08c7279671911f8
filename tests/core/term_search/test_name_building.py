"""Names are prepared some at a time: the same whatever the portions, in bounded memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.term_search.folding import LF
from m2m_desktop.core.term_search.letters import BEGINS, ENDS, INSIDE, LETTERS, WHOLE
from m2m_desktop.core.term_search.name_building import (
    NAMES_AT_ONCE,
    UNITS_AT_ONCE,
    build_name_text,
)
from m2m_desktop.core.term_search.numbering import TermNumbers
from m2m_desktop.core.term_search.word_bounds import bound_at
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.text import match_key
from m2m_desktop.services.dictionary.second_language import with_second_names
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import write_toy_release
from tests.toy.rf2 import write_edition

HEADER = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"
ALL = 1 << 40


def table(names: list[str]) -> Terminology:
    rows = [f"P{number},{name},{name},h,g,s" for number, name in enumerate(names)]
    return load_reference_csv(Path("own.csv"), "\n".join([HEADER, *rows]).encode()).terminology


@pytest.fixture(scope="module")
def terminologies(tmp_path_factory) -> dict[str, Terminology]:
    folder = tmp_path_factory.mktemp("names")
    store = TerminologyStore(folder / "compiled")
    chinese = store.open(write_toy_release(folder / "zh"))
    english = store.open(write_toy_release(folder / "en", "English"))
    return {
        "one language": chinese,
        "two languages": with_second_names(chinese, english),
        "snomed": store.open(write_edition(folder / "rf2")),
        "tricky": table(["Ⅱ度烧伤", "e\u0301 a", "a-b b", "𠮷疹 x", "--", "A", "炎", "二 度 e"]),
        "one name": table(["a"]),
    }


KINDS = ("one language", "two languages", "snomed", "tricky", "one name")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("names", "units"), [(1, 1), (3, 7), (8, 64), (NAMES_AT_ONCE, 1000)])
def test_the_size_of_portions_changes_nothing(terminologies, kind, names, units) -> None:
    whole = build_name_text(terminologies[kind], names_at_once=ALL, units_at_once=ALL).arrays()
    parts = build_name_text(terminologies[kind], names_at_once=names, units_at_once=units).arrays()

    for name, array in whole.items():
        assert parts[name].dtype == array.dtype, name
        assert np.array_equal(parts[name], array), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_stands_there_once_and_whole(terminologies, kind) -> None:
    terminology = terminologies[kind]
    numbers = TermNumbers.of(terminology)
    expected = []
    for level in TermLevel:
        firsts, seconds = terminology.names(level).to_list(), terminology.names2(level)
        for row, name in enumerate(firsts):
            expected.append((numbers.starts[level] + row, False, match_key(name)))
            second = seconds[row] if seconds is not None else ""
            if second and second != name:
                expected.append((numbers.starts[level] + row, True, match_key(second)))

    names = build_name_text(terminology, names_at_once=5, units_at_once=50)

    found = zip(names.terms.tolist(), names.is_second.tolist(), strict=True)
    assert sorted((*one, names.key(at)) for at, one in enumerate(found)) == sorted(expected)
    sizes = np.diff(names.starts)
    assert (np.diff(sizes) >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_pairs_are_those_of_the_names(terminologies, kind) -> None:
    names = build_name_text(terminologies[kind], units_at_once=33)
    expected: dict[int, list[tuple[int, int]]] = {}
    for document, (start, stop) in enumerate(zip(names.starts, names.starts[1:], strict=False)):
        for offset, at in enumerate(range(int(start), int(stop) - 1)):
            pair = int(names.units[at]) << 16 | int(names.units[at + 1])
            expected.setdefault(pair, []).append((document, offset))

    bounds = names.pair_starts.tolist()
    found = {
        pair: list(
            zip(
                names.pair_documents[start:stop].tolist(),
                names.pair_offsets[start:stop].tolist(),
                strict=True,
            )
        )
        for pair, start, stop in zip(names.pairs.tolist(), bounds, bounds[1:], strict=False)
    }
    assert found == expected
    assert list(found) == sorted(found)


@pytest.mark.parametrize("kind", KINDS)
def test_single_letters_are_where_they_are(terminologies, kind) -> None:
    names = build_name_text(terminologies[kind])
    for letter in sorted(LETTERS):
        for document in range(len(names)):
            key, start = names.key(document), int(names.starts[document])
            if len(key) != int(names.starts[document + 1]) - 1 - start:
                continue  # a character of two units: places in the key are not those of units
            at = np.array([i for i, one in enumerate(key) if one == letter], dtype=np.intp)
            word = bound_at(names.bounds, at + start) & bound_at(names.bounds, at + start + 1)
            expected = {
                BEGINS: key.startswith(letter),
                INSIDE: letter in key[1:-1],
                ENDS: key.endswith(letter),
                WHOLE: bool(word.any()),
            }
            assert {way: bool(names.has_letter(letter, way)[document]) for way in expected} == (
                expected
            )


def test_words_begin_and_end_where_something_is_left_out_or_chinese_is_beside() -> None:
    names = build_name_text(table(["a-bc d", "e炎f"]))
    bounds = bound_at(names.bounds, np.arange(len(names.units)))
    shown = "".join(
        "|" * int(bound) + ("_" if unit == LF else chr(unit))
        for bound, unit in zip(bounds.tolist(), names.units.tolist(), strict=True)
    )

    assert "|_|a|bc|d|_" in shown
    assert "|_|e|炎|f|_" in shown


def test_a_name_of_unusual_length_is_found_at_its_end() -> None:
    names = build_name_text(table(["x" * 70_000 + "炎症", "炎"]))

    found = names.find("炎症")

    assert found.offsets.tolist() == [70_000, 70_000]  # of the PT and of its LLT
    assert found.ends.all()
    assert not found.begins.any()


def test_memory_grows_with_what_is_kept_and_with_the_portion_only() -> None:
    """Beside the outcome less than that is needed; were anything done at once, 2.8 times that."""
    chance = np.random.default_rng(3)
    syllables = np.array(["zor", "blax", "quim", "ble", "van", "trel", "os", "kern", "plim", "sy"])
    drawn = syllables[chance.integers(0, len(syllables), (9000, 8))]
    terminology = table([" ".join(words) for words in drawn])
    build_name_text(table(["warm"]))

    def beside(names_at_once: int, units_at_once: int) -> float:
        tracemalloc.start()
        try:
            names = build_name_text(
                terminology, names_at_once=names_at_once, units_at_once=units_at_once
            )
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        return peak / sum(array.nbytes for array in names.arrays().values()) - 1

    assert beside(500, 1 << 14) < 1.2
    assert NAMES_AT_ONCE <= 1 << 15
    assert UNITS_AT_ONCE <= 1 << 21
