"""The records of a cascade: kept between runs, never in the way, and without a phrase in them."""

import json
import stat
import sys

import numpy as np
import pytest

from m2m_desktop.core.cascade import CELLS, NO_COUNTS, count_phrase, error_bound
from m2m_desktop.services.cascade_records import (
    AUDIT_ONE_IN,
    RECORDS_FORMAT,
    CascadeName,
    CascadeRecords,
    shipped_counts,
)
from m2m_desktop.services.locations import resources

NAME = CascadeName("a" * 64, "b" * 64, "full/8/file")
COUNTED = count_phrase(np.linspace(0.9, 0.001, 100), np.linspace(0.99, 0.0001, 100))
PHRASES = [f"患者{number}身上痒得要命" for number in range(3000)]


def records(folder):
    return CascadeRecords(folder, NAME)


def the_file(folder):
    (path,) = folder.iterdir()
    return path


def note(folder, times=1, *, is_changed=False):
    kept = records(folder)
    for _ in range(times):
        kept.note(COUNTED, is_changed=is_changed)
    return kept


def test_nothing_is_known_at_first_but_who_will_be_audited(tmp_path):
    kept = records(tmp_path / "cascade")
    assert (kept.audited, kept.error(), kept.counts.phrases) == (0, None, 0)
    after = records(tmp_path / "cascade")
    assert [kept.wants(text) for text in PHRASES] == [after.wants(text) for text in PHRASES]


def test_what_was_noted_is_there_after_a_restart(tmp_path):
    before = note(tmp_path, 3)
    before.note(COUNTED, is_changed=True)
    after = records(tmp_path)
    assert (after.audited, after.error()) == (4, error_bound(1, 4))
    assert np.array_equal(after.counts.cells, 4 * COUNTED.cells)
    assert after.counts.phrases == 4
    assert [before.wants(text) for text in PHRASES] == [after.wants(text) for text in PHRASES]


def test_about_one_phrase_in_fifty_is_wanted_and_always_the_same(tmp_path):
    kept = records(tmp_path)
    wanted = [kept.wants(text) for text in PHRASES]
    assert 0.5 < sum(wanted) * AUDIT_ONE_IN / len(PHRASES) < 2
    assert wanted == [kept.wants(text) for text in PHRASES]
    other = records(tmp_path / "of another computer")
    assert wanted != [other.wants(text) for text in PHRASES]
    assert kept.wants("\ud800") in (True, False)


def test_two_programs_add_to_one_file(tmp_path):
    first = note(tmp_path)
    second = records(tmp_path)
    first.note(COUNTED, is_changed=True)
    second.note(COUNTED, is_changed=False)
    assert records(tmp_path).audited == 3


def test_a_file_is_replaced_whole_and_never_written_over(tmp_path):
    note(tmp_path)
    path, before = the_file(tmp_path), the_file(tmp_path).read_bytes()
    (tmp_path / "link").hardlink_to(path)  # the old file under another name
    note(tmp_path)
    assert (tmp_path / "link").read_bytes() == before != path.read_bytes()


def test_another_model_or_template_has_records_of_its_own(tmp_path):
    note(tmp_path)
    for other in (
        CascadeName("c" * 64, NAME.small_hash, NAME.template),
        CascadeName(NAME.big_hash, "c" * 64, NAME.template),
        CascadeName(NAME.big_hash, NAME.small_hash, "pt_only/8/file"),
    ):
        assert CascadeRecords(tmp_path, other).audited == 0


def test_no_phrase_and_no_trace_of_one_is_in_any_file(tmp_path):
    kept = records(tmp_path)
    wanted = [text for text in PHRASES if kept.wants(text)]
    for _ in wanted:
        kept.note(COUNTED, is_changed=False)
    content = the_file(tmp_path).read_bytes()
    for text in wanted:
        for encoding in ("utf-8", "utf-16-le"):
            assert text.encode(encoding) not in content
            assert text.encode(encoding).hex().encode() not in content
    # whatever the phrases were, equal counts give an equal file
    fields = json.loads(content)
    assert set(fields) == {
        "format", "shape", "audit_key", "audited", "changed", "phrases", "cells", "counts"
    }  # fmt: skip
    assert fields["audited"] == len(wanted)


def damages():
    def change(**fields):
        return lambda text: json.dumps({**json.loads(text), **fields})

    return {
        "empty": lambda _: "",
        "cut": lambda text: text[: len(text) // 2],
        "no object": lambda _: "[]",
        "null": lambda _: "null",
        "deep": lambda _: "[" * 100_000,
        "other format": change(format=RECORDS_FORMAT + 1),
        "other classes": change(shape=[1, 2, 3]),
        "no key": change(audit_key=""),
        "bad key": change(audit_key="zz"),
        "negative": change(audited=-1),
        "huge": change(changed=10**30),
        "more changed than audited": change(changed=99),
        "text for a count": change(phrases="7"),
        "a cell too far": change(cells=[10**9], counts=[1]),
        "a cell below": change(cells=[-1], counts=[1]),
        "a cell twice": change(cells=[1, 1], counts=[1, 1]),
        "fewer counts than cells": change(cells=[1, 2], counts=[1]),
        "more counted than phrases": change(cells=[1], counts=[1000]),
        "a fraction": change(cells=[1], counts=["x"]),
    }


@pytest.mark.parametrize("damage", damages())
def test_a_damaged_file_is_begun_anew(tmp_path, damage, caplog):
    caplog.set_level("INFO")
    note(tmp_path, 2)
    path = the_file(tmp_path)
    path.write_text(damages()[damage](path.read_text()), encoding="utf-8")
    kept = records(tmp_path)
    assert (kept.audited, kept.error()) == (0, None)
    assert "begun anew" in caplog.text
    assert "患者" not in caplog.text
    kept.note(COUNTED, is_changed=False)
    assert records(tmp_path).audited == 1
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 100, b"{}"])
def test_bytes_that_are_no_text_are_begun_anew(tmp_path, content):
    note(tmp_path)
    the_file(tmp_path).write_bytes(content)
    assert records(tmp_path).audited == 0


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders")
def test_where_nothing_can_be_written_it_goes_on(tmp_path, caplog):
    caplog.set_level("INFO")
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    kept = CascadeRecords(blocked / "cascade", NAME)
    kept.note(COUNTED, is_changed=True)
    kept.note(COUNTED, is_changed=False)
    assert kept.audited == 2
    assert "cannot be written" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of folders")
def test_a_read_only_folder_keeps_its_file_whole(tmp_path):
    note(tmp_path, 2)
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    try:
        kept = note(tmp_path)
        assert kept.audited == 3
        assert records(tmp_path).audited in (2, 3)  # 3: an administrator may write anywhere
    finally:
        tmp_path.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("is_calibrated", [False, True])
def test_what_ships_can_be_read_and_is_large_enough(is_calibrated):
    shipped = shipped_counts(resources(), is_calibrated=is_calibrated)
    assert shipped.phrases >= 1000
    assert (shipped.cells.sum(axis=(1, 2)) <= shipped.phrases).all()
    assert shipped.cells.shape == CELLS


def test_without_what_ships_there_is_nothing(tmp_path):
    assert shipped_counts(tmp_path, is_calibrated=True).phrases == NO_COUNTS.phrases == 0
