"""The texts that models are converted with: fixed, different from one another, of any terminology."""

import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.templates import REFERENCE_TEMPLATE, Template
from m2m_desktop.services.bundle_files import MIN_GOLDEN
from m2m_desktop.services.conversion.samples import (
    CALIBRATION_TEXTS,
    COMPARED_TEXTS,
    GROUP_SIZE,
    GROUPS,
    pair_samples,
    text_samples,
)
from m2m_desktop.services.locations import resources
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import render_all, toy_tables, write_folder, write_toy_release

COLUMNS = {
    "soc.asc": (0,), "hlgt.asc": (0,), "hlt.asc": (0,), "pt.asc": (0,), "llt.asc": (0, 2),
    "soc_hlgt.asc": (0, 1), "hlgt_hlt.asc": (0, 1), "hlt_pt.asc": (0, 1), "mdhier.asc": (0,),
    "intl_ord.asc": (1,), "smq_list.asc": (0,), "smq_content.asc": (0,),
}  # fmt: skip
"""Where the codes stand in each file."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    store = TerminologyStore(tmp_path_factory.mktemp("demo"))
    return store.open(resources() / "demo")


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    return TerminologyStore(folder / "compiled").open(write_toy_release(folder / "release"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Two PTs with one LLT each: fewer than there are texts to choose."""
    folder = tmp_path_factory.mktemp("tiny")
    tables = toy_tables("Chinese")
    paths = [row for row in tables["mdhier.asc"] if row[0] in ("90000101", "90000103")]
    codes = {code for path in paths for code in path[:4]}
    for name, coded in COLUMNS.items():
        rows = tables[name]
        tables[name] = [row for row in rows if codes.issuperset(row[place] for place in coded)]
    release = write_folder(render_all(tables), folder / "release")
    terminology = TerminologyStore(folder / "compiled").open(release)
    assert len(terminology.names(TermLevel.LLT)) == 2
    return terminology


@pytest.fixture(params=["demo", "toy", "tiny"])
def terminology(request):
    return request.getfixturevalue(request.param)


def test_pairs_are_mentions_with_six_candidates_each(terminology):
    samples = pair_samples(terminology, REFERENCE_TEMPLATE)
    assert [len(group) for group in samples.groups] == [GROUP_SIZE] * GROUPS
    assert len(samples.compared) == GROUPS * GROUP_SIZE
    assert len(samples.calibration) == CALIBRATION_TEXTS
    for group in samples.groups:
        assert len({mention for mention, _ in group}) == 1
        assert all(candidate.startswith("PT: ") for _, candidate in group)


def test_single_texts_are_as_many(terminology):
    samples = text_samples(terminology)
    assert len(samples.compared) == COMPARED_TEXTS
    assert len(samples.calibration) == CALIBRATION_TEXTS
    assert {len(texts) for texts in (*samples.compared, *samples.calibration)} == {1}
    lengths = sorted(len(text) for (text,) in samples.compared)
    assert lengths[-1] > 2 * lengths[0]


def test_what_calibrates_is_not_what_is_compared(terminology):
    pairs = pair_samples(terminology, REFERENCE_TEMPLATE)
    mentions = {mention for mention, _ in pairs.compared}
    assert len(mentions) == GROUPS
    others = {mention for mention, _ in pairs.calibration}
    assert len(others) == CALIBRATION_TEXTS
    assert not mentions & others
    texts = text_samples(terminology)
    assert len({*texts.compared, *texts.calibration}) == COMPARED_TEXTS + CALIBRATION_TEXTS


def test_the_same_terminology_gives_the_same_texts(terminology):
    for choose in (
        lambda: pair_samples(terminology, Template("pt_only")),
        lambda: text_samples(terminology),
    ):
        assert choose() == choose()


def test_golden_texts_are_of_all_mentions(terminology):
    for samples in (pair_samples(terminology, REFERENCE_TEMPLATE), text_samples(terminology)):
        golden = samples.golden
        assert len(golden) >= MIN_GOLDEN
        firsts = [group[0][0] for group in samples.groups][:MIN_GOLDEN]
        assert [texts[0] for texts in golden][: len(firsts)] == firsts
        assert not set(golden) & set(samples.calibration)


def test_a_third_of_the_golden_pairs_is_whole_and_the_others_are_short(demo):
    samples = pair_samples(demo, REFERENCE_TEMPLATE)
    brief = pair_samples(demo, Template("pt_only"))
    whole = set(samples.golden) & set(samples.compared)
    assert len(whole) == 7
    assert set(samples.golden) - whole <= set(brief.compared)


def test_the_first_candidate_is_the_mentions_own_pt_in_the_template(toy):
    names = toy.names(TermLevel.LLT)
    for template in (Template("pt_only"), Template("pt_llt", 2, "matched_first"), Template()):
        for group in pair_samples(toy, template).groups:
            (mention, own), *others = group
            rows = [row for row, name in enumerate(names) if mention.endswith(name)]
            pts = {toy.names(TermLevel.PT)[toy.llt_pt[row]] for row in rows}
            assert own.removeprefix("PT: ").split("；")[0] in pts
            assert len({*others, (mention, own)}) > 3


def test_texts_come_from_the_whole_terminology(demo):
    names = demo.names(TermLevel.LLT)
    place = {name: row / len(names) for row, name in enumerate(names)}
    for samples in (pair_samples(demo, Template()), text_samples(demo)):
        for texts in (samples.compared, samples.calibration):
            found = [
                max(
                    (name for name in place if text[0].startswith(name) or text[0].endswith(name)),
                    key=len,
                )
                for text in texts
            ]
            places = [place[name] for name in found]
            assert min(places) < 0.2
            assert max(places) > 0.8
