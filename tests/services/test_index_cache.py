"""Indexes: built once, opened exactly as they were, never used where something changed."""

import ast
import logging
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import m2m_desktop
from m2m_desktop.core.columns import TextColumn
from m2m_desktop.core.errors import OutputUnwritable
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.retrieval import CHANNELS, LexicalRetriever
from m2m_desktop.core.text import normalise
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services import array_files, index_cache
from m2m_desktop.services.array_files import write_arrays
from m2m_desktop.services.index_cache import IndexCache, open_tokenisers
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.segmenter import MAX_WORD_LENGTH
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import write_toy_release

THESAURUS = Thesaurus.parse(["左布|奎姆", "急性|突发"])


@pytest.fixture(scope="module")
def terminology(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    write_toy_release(folder / "release")
    return TerminologyStore(folder / "compiled").open(folder / "release")


@pytest.fixture(scope="module")
def tokenisers(terminology):
    return open_tokenisers(terminology, THESAURUS)


@pytest.fixture
def cache(tmp_path):
    return IndexCache(tmp_path / "indexes")


@pytest.fixture
def opened(cache, terminology, tokenisers):
    """Opens the name index; ``builds`` counts how often it had to be built."""
    builds = []

    def progress(done, total, note=""):
        if note == "done":
            builds.append(total)

    def open_index(thesaurus=THESAURUS):
        return cache.name_index(terminology, tokenisers, thesaurus, progress)

    open_index.builds = builds
    return open_index


def folders(cache):
    return sorted(path for path in cache.root.glob("*/*") if path.is_dir())


def arrays_of(postings):
    parts = (
        postings.tokens.buffer,
        postings.tokens.starts,
        postings.starts,
        postings.documents,
        postings.weights,
    )
    return [*parts, np.array(postings.document_count)]


def arrays_of_index(index):
    own = [index.document_llt, index.document_pt, index.key_hashes, index.key_documents]
    return [*own, *(array for postings in index.channels for array in arrays_of(postings))]


def same(first, second):
    return all(
        one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(first, second, strict=True)
    )


def test_an_opened_index_equals_the_built_one_exactly(opened, terminology, tokenisers):
    built, read = opened(), opened()
    assert len(opened.builds) == 1
    assert len(built.channels) == len(read.channels) == len(CHANNELS)
    assert same(arrays_of_index(built), arrays_of_index(read))
    for text in ("左布上部炎急性 3", "突发奎姆", "没有这样的词"):
        answers = [
            LexicalRetriever(terminology, index, tokenisers).retrieve(text, k=20)
            for index in (built, read)
        ]
        assert answers[0] == answers[1]


def test_the_reference_index_too(cache, terminology):
    notes = []
    built = cache.reference_postings(terminology, lambda *progress: notes.append(progress))
    assert notes
    notes.clear()
    read = cache.reference_postings(terminology, lambda *progress: notes.append(progress))
    assert notes == []
    assert same(arrays_of(built), arrays_of(read))


def test_a_damaged_file_means_building_again(opened, cache, caplog):
    caplog.set_level(logging.INFO)
    first = arrays_of_index(opened())
    rng = random.Random(8)
    for path in sorted(folders(cache)[0].iterdir()):
        content = bytearray(path.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        opened.builds.clear()
        path.write_bytes(content)
        assert same(arrays_of_index(opened()), first)
        assert len(opened.builds) == 1
        opened()
        assert len(opened.builds) == 1
    assert "rebuilding a damaged index" in caplog.text
    assert len(folders(cache)) == 1


def test_a_missing_array_means_building_again(opened, cache):
    opened()
    folder = folders(cache)[0]
    arrays = index_cache.read_arrays(folder)
    del arrays["words.weights"]
    write_arrays(folder, arrays)
    opened()
    assert len(opened.builds) == 2


def test_a_changed_thesaurus_means_another_index(opened, cache):
    opened()
    before = folders(cache)
    opened(Thesaurus.parse(["左布|凡特"]))
    assert len(opened.builds) == 2
    after = folders(cache)
    assert before != after
    assert len(after) == 1  # nobody will ask for the old one again


def test_a_new_way_to_cut_text_means_another_index(opened, cache, monkeypatch):
    opened()
    monkeypatch.setattr(index_cache, "match_key", lambda text: text)
    opened()
    assert len(opened.builds) == 2


@pytest.mark.parametrize("name", ["__version__", "CHANNELS"])
def test_a_new_version_or_new_settings_mean_another_index(opened, monkeypatch, name):
    opened()
    old = getattr(index_cache, name)
    changed = "99.9" if isinstance(old, str) else (*old[:2], index_cache.REFERENCE_CHANNEL)
    monkeypatch.setattr(index_cache, name, changed)
    if name == "__version__":
        opened()
        assert len(opened.builds) == 2
    else:
        fingerprint = index_cache._fingerprint(THESAURUS)
        monkeypatch.undo()
        assert fingerprint != index_cache._fingerprint(THESAURUS)


def test_forget_removes_everything_of_one_terminology(opened, cache, terminology):
    opened()
    cache.reference_postings(terminology)
    assert len(folders(cache)) == 2
    (cache.root / "another").mkdir()
    cache.forget(terminology.info.terminology_id)
    assert [path.name for path in cache.root.iterdir()] == ["another"]
    opened()
    assert len(opened.builds) == 2


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "never-there"])
def test_forget_touches_nothing_else(opened, cache, name):
    opened()
    (cache.root.parent / "x").mkdir()
    before = sorted(cache.root.parent.rglob("*"))
    cache.forget(name)
    assert sorted(cache.root.parent.rglob("*")) == before


def test_what_cannot_be_forgotten_is_said(opened, cache, terminology, monkeypatch):
    opened()

    def rmtree(path, *arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(index_cache.shutil, "rmtree", rmtree)
    with pytest.raises(OutputUnwritable, match="Permission denied"):
        cache.forget(terminology.info.terminology_id)


def test_where_nothing_can_be_kept_the_index_works_all_the_same(opened, cache, caplog):
    caplog.set_level(logging.INFO)
    cache.root.parent.mkdir(exist_ok=True)
    cache.root.write_text("a file where the folder should be")
    assert len(opened().document_pt) > 100
    assert "could not be kept" in caplog.text


def test_the_files_hold_arrays_and_no_pickles(opened, cache):
    opened()
    for path in folders(cache)[0].iterdir():
        if path.suffix == ".npy":
            assert np.load(path, allow_pickle=False).dtype.kind in "iuf"
        else:
            assert path.name == "manifest.json"


def test_nothing_in_the_program_can_unpickle():
    forbidden = {"pickle", "marshal", "joblib", "shelve", "dill"}
    for path in Path(m2m_desktop.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [
                alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)
            ]
            names.append(getattr(node, "module", None) or "")
            assert forbidden.isdisjoint(names), path


# -- what a large terminology must not cost --------------------------------------------------------

NAMES = st.text("aZ9é\u0301 -Ⅱ度型iv血減ﬁ\u00ad\u200bß", max_size=24).filter(str.strip)


@given(st.lists(NAMES, min_size=1, max_size=12))
@example(["iiiiiiiiiii", "viiviiviivii度", "0123456789", "0123456789a", "a" * 9 + "\u00ad" * 9])
def test_no_name_that_is_a_word_is_passed_over(names):
    rows = [f"P{number},x,{name},h,g,s" for number, name in enumerate(names)]
    header = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name"
    table = "\n".join([header, *rows]).encode()
    terminology = load_reference_csv(Path("own.csv"), table).terminology
    listed = terminology.names(TermLevel.LLT).to_list()

    passed = Counter(listed) - Counter(index_cache._short_names(terminology))

    assert [name for name in passed if len(normalise(name)) <= MAX_WORD_LENGTH] == []


def test_long_latin_names_are_not_looked_at(terminology):
    names = terminology.names(TermLevel.LLT).to_list()

    assert index_cache._short_names(terminology) == names  # Chinese: all may be words
    long = TextColumn.of(["Abnormal faeces", "Ache", "Hinchazón de rodilla"])
    arrays = {**terminology.arrays, "llt.names": long.buffer, "llt.name_starts": long.starts}
    assert index_cache._short_names(replace(terminology, arrays=arrays)) == ["Ache"]


def test_a_fresh_index_lies_on_the_disk_as_one_opened_later_does(opened, monkeypatch):
    monkeypatch.setattr(array_files, "MAPPED_FROM_BYTES", 1)

    index = opened()

    assert opened.builds
    assert all(isinstance(one.weights.base, np.memmap) for one in index.channels)
