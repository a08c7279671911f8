"""Two releases with planted changes: all are found, with the right reason, and nothing else.

At real size: ``python -m tests.core.versions.test_comparing --seeds 3`` (some seconds a seed).
"""

import argparse
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from m2m_desktop.core.errors import Cancelled
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.core.versions.changes import LEVELS, ChangeKind
from m2m_desktop.core.versions.comparing import compare
from m2m_desktop.services.terminology_store import TerminologyStore
from tests.toy.release import write_toy_release
from tests.toy.version_drafts import REAL, files_of, write_release
from tests.toy.versions import Fact, open_pair, planted

SEEDS = range(1, 7)


def fact_of(change):
    """A change as the generator of the releases says it."""

    def told(places):
        return frozenset(
            f"{one.code} {one.role.text()}" if one.role else one.code for one in places
        )

    return Fact(
        change.kind.value, change.level, change.code, told(change.before), told(change.after)
    )


def difference(changes, facts):
    """What was found and not planted, what was planted and not found, what was found twice."""
    found = Counter(map(fact_of, changes))
    twice = {fact for fact, count in found.items() if count > 1}
    return found.keys() - facts, facts - found.keys(), twice


def wrong_names(found, old, new):
    """Changes whose names are not those of the two models."""

    def name(draft, level, code):
        if level == "smq":
            return draft.smqs[code][0] if code in draft.smqs else ""
        return draft.names[level].get(code, "")

    wrong = []
    for change in found:
        before = "llt" if change.kind is ChangeKind.PROMOTED else change.level
        after = "llt" if change.kind is ChangeKind.DEMOTED else change.level
        expected = name(old, before, change.code), name(new, after, change.code)
        if (change.name_before, change.name_after) != expected:
            wrong.append(change)
    return wrong


@pytest.fixture(scope="module")
def made():
    return planted(seed=1)


@pytest.fixture(scope="module")
def pair(made, tmp_path_factory):
    return open_pair(made, tmp_path_factory.mktemp("pair"))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_was_planted_is_found_and_nothing_else(seed, tmp_path) -> None:
    made = planted(seed)
    old, new = open_pair(made, tmp_path)
    forward, backward = compare(old, new).changes, compare(new, old).changes
    assert difference(forward, made.forward) == (set(), set(), set())
    assert difference(backward, made.backward) == (set(), set(), set())
    assert wrong_names(forward, made.old, made.new) == []
    assert wrong_names(backward, made.new, made.old) == []


def test_every_kind_of_change_is_planted(made) -> None:
    assert {fact.kind for fact in made.forward} == {kind.value for kind in ChangeKind}


def test_a_change_forgotten_by_the_comparison_would_be_noticed(made, pair) -> None:
    changes = compare(*pair).changes
    extra, missing, twice = difference(changes[1:], made.forward)
    assert (extra, missing, twice) == (set(), {fact_of(changes[0])}, set())


def test_releases_that_are_equal_but_for_their_version_have_no_changes(made, tmp_path) -> None:
    again = replace(made.old, version="99.5")
    store = TerminologyStore(tmp_path / "store")
    old, new = (
        store.open(write_release(draft, tmp_path / draft.version)) for draft in (made.old, again)
    )
    assert compare(old, new).changes == ()


def test_two_releases_of_one_version_are_said_to_be_that(made, tmp_path) -> None:
    again = replace(made.new, version="99.0")
    store = TerminologyStore(tmp_path / "store")
    old = store.open(write_release(made.old, tmp_path / "old"))
    found = compare(old, store.open(write_release(again, tmp_path / "again")))
    assert [one.text() for one in found.problems] == [
        "Both say that they are version 99.0; only what differs is shown."
    ]
    assert difference(found.changes, made.forward) == (set(), set(), set())


def test_the_order_of_the_files_does_not_matter(made, tmp_path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for name, data in files_of(made.old).items():
        lines = data.split(b"\r\n")
        turned = data if name == "meddra_release.asc" else b"\r\n".join(lines[-2::-1]) + b"\r\n"
        (mixed / name).write_bytes(turned)
    store = TerminologyStore(tmp_path / "store")
    old = store.open(write_release(made.old, tmp_path / "old"))
    assert compare(old, store.open(mixed)).changes == ()


def test_a_release_is_not_compared_with_itself(pair) -> None:
    found = compare(pair[0], pair[0])
    assert found.changes == ()
    assert [one.text() for one in found.problems] == [
        "Both are the same release: there is nothing to compare."
    ]


def test_names_are_compared_within_one_language_only(made, tmp_path) -> None:
    store = TerminologyStore(tmp_path / "store")
    chinese = store.open(write_toy_release(tmp_path / "zh", "Chinese"))
    english = store.open(write_toy_release(tmp_path / "en", "English", version="99.1"))
    found = compare(chinese, english)
    assert found.changes == ()
    assert ["no language in common" in one.text() for one in found.problems] == [True]


def test_a_language_that_both_have_is_the_one_that_is_compared(tmp_path) -> None:
    store = TerminologyStore(tmp_path / "store")
    for language in ("Chinese", "English"):
        write_toy_release(tmp_path / "both" / language, language)
    both = store.open(tmp_path / "both")
    assert {both.info.language, both.info.language2} == {"Chinese", "English"}
    for language in ("Chinese", "English"):
        other = store.open(write_toy_release(tmp_path / language, language, version="99.1"))
        for found in (compare(both, other), compare(other, both)):
            assert found.changes == ()
            assert not any("language" in one.text() for one in found.problems)


def test_smqs_that_one_release_was_loaded_without_are_no_changes(made, tmp_path) -> None:
    folder = write_release(made.new, tmp_path / "new")
    for name in ("smq_list.asc", "smq_content.asc"):
        (folder / name).unlink()
    store = TerminologyStore(tmp_path / "store")
    old = store.open(write_release(made.old, tmp_path / "old"))
    found = compare(old, store.open(folder))
    expected = {fact for fact in made.forward if fact.level != "smq"}
    assert difference(found.changes, expected) == (set(), set(), set())
    assert any("without SMQs" in one.text() for one in found.problems)


def test_of_a_plain_table_only_pts_are_compared(tmp_path) -> None:
    head = "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name\n"
    (tmp_path / "a.csv").write_text(
        head + "X1,头痛,头疼,头部病,神经病,神经系统\nX2,腹泻,拉肚子,肠病,胃肠病,胃肠系统\n", "utf-8"
    )
    (tmp_path / "b.csv").write_text(
        head + "X1,头部疼痛,头疼,头病,神经病,神经系统\nX3,便秘,大便难,肠病,胃肠病,胃肠系统\n",
        "utf-8",
    )
    store = TerminologyStore(tmp_path / "store")
    found = compare(store.open(tmp_path / "a.csv"), store.open(tmp_path / "b.csv"))
    told = [(one.kind.value, one.level, one.code) for one in found.changes]
    assert told == [("added", "pt", "X3"), ("removed", "pt", "X2"), ("renamed", "pt", "X1")]
    assert any("plain table" in one.text() for one in found.problems)


def test_an_earlier_release_as_the_new_one_is_said(pair) -> None:
    assert [one.text() for one in compare(pair[1], pair[0]).problems] == [
        "The new release (99.0) is an earlier version than the old one (99.1)."
    ]


def test_changes_are_counted_and_chosen_by_kind_level_and_text(pair) -> None:
    found = compare(*pair)
    assert sum(sum(levels.values()) for levels in found.counts.values()) == len(found.changes)
    moved = found.select([ChangeKind.MOVED], ["llt"])
    assert len(moved) == found.counts[ChangeKind.MOVED]["llt"] > 0
    assert {(one.kind, one.level) for one in moved} == {(ChangeKind.MOVED, "llt")}
    one = moved[0]
    assert one in found.select(text=one.code)
    assert one in found.select(text=one.name_after)
    assert one in found.select(text=one.after[0].name)
    assert found.select(text="没有这样的词") == ()
    assert found.select() == found.changes


def test_changes_are_sorted_by_kind_level_and_code(pair) -> None:
    changes = compare(*pair).changes
    kinds = list(ChangeKind)
    keys = [(kinds.index(one.kind), LEVELS.index(one.level), one.code) for one in changes]
    assert keys == sorted(keys)


def test_every_change_reads_as_a_sentence(pair) -> None:
    for change in compare(*pair).changes:
        text = change.detail.text()
        assert text.endswith(".")
        assert "{" not in text
        for place in (*change.before, *change.after):
            assert place.name in text


def test_the_work_tells_how_far_it_is_and_can_be_stopped(pair) -> None:
    steps = []
    compare(*pair, progress=lambda done, total, note="": steps.append((done, total)))
    assert steps == [(done, steps[0][1]) for done in range(steps[0][1] + 1)]

    def stop(done, total, note=""):
        if done == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare(*pair, progress=stop)


def compare_at_real_size(seed: int) -> tuple[int, int, float]:
    """Plant 50 of each kind at the size of a real release: facts, errors, seconds of one run."""
    made = planted(seed, REAL, each=50)
    with tempfile.TemporaryDirectory() as name:
        old, new = open_pair(made, Path(name))
        times, wrong = [], 0
        for one, other, facts in ((old, new, made.forward), (new, old, made.backward)):
            one, other = (Terminology(each.info, each.arrays) for each in (one, other))
            began = time.perf_counter()
            found = compare(one, other)
            times.append(time.perf_counter() - began)
            wrong += sum(map(len, difference(found.changes, facts)))
    return len(made.forward) + len(made.backward), wrong, max(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    for seed in range(1, parser.parse_args().seeds + 1):
        facts, wrong, seconds = compare_at_real_size(seed)
        print(f"seed {seed}: {facts} facts, {wrong} missing or too many, {seconds:.2f} s at most")


if __name__ == "__main__":
    main()
