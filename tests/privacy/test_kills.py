"""A program that is killed at work leaves no text of a patient where nobody agreed to it."""

import sys

import pytest

from m2m_desktop.core.pieces import PieceKind
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import NewItem, NewSource
from tests.privacy.canaries import Place, planted, write_export, write_memory
from tests.privacy.desk import AGREED
from tests.privacy.kills import DRAFTS, kill_readers, kill_when, strays
from tests.privacy.test_canary import FAST, NOW, pt

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def source(desk):
    return write_export(desk.folder / "in" / "export.xlsx", 300)


@pytest.fixture
def out(desk):
    return desk.folder / "out"


def test_a_reader_that_is_killed_says_nothing_of_the_file(desk, source, out):
    project = desk.folder / "projects" / "a.m2m"
    arguments = ("batch", source, "--out", out / "a.csv", "--project", project, *FAST)

    status, said, killed = kill_readers(desk, *arguments)

    assert (status, killed > 0, "M2M-127" in said) == (1, True, True)
    assert "Traceback" not in said
    assert desk.leaks() == []
    assert desk.temporary() == []
    assert not list(project.parent.iterdir())


@pytest.mark.requirement("R-015")
def test_a_batch_that_is_killed_while_it_codes_leaves_no_phrase(desk, source, out):
    made = desk.data / "snapshots"

    assert kill_when(
        desk, lambda: any(made.glob("*/batch.m2m")), "batch", source, "--out", out / "a.csv", *FAST
    )

    assert desk.leaks({**AGREED, **DRAFTS}) == []
    assert desk.found("home/data/snapshots/", Place.PHRASE) == []
    assert strays(desk) == []


def test_an_export_that_is_killed_leaves_its_draft_alone(desk, source, out):
    assert kill_when(
        desk, lambda: any(out.glob(".copy*")), "batch", source, "--out", out / "copy.xlsx", *FAST
    )

    assert desk.leaks({**AGREED, **DRAFTS}) == []
    assert strays(desk) == []


def test_a_memory_export_that_is_killed_leaves_its_draft_alone(desk, out, demo):
    desk.m2m("memory", "import", write_memory(desk.folder / "in" / "memory.xlsx", pt(demo, "皮疹")))

    kill_when(
        desk, lambda: any(out.glob(".memory*")) or strays(desk),
        "memory", "export", out / "memory.xlsx",
    )  # fmt: skip

    assert strays(desk) == []
    assert desk.leaks({**AGREED, **DRAFTS}) == []


def test_the_next_run_removes_what_a_killed_one_left(desk, source, out):
    made = desk.data / "snapshots"
    kill_when(
        desk, lambda: any(made.glob("*/batch.m2m")), "batch", source, "--out", out / "a.csv", *FAST
    )

    desk.m2m("batch", source, "--out", out / "a.csv", *FAST)

    assert desk.temporary() == []


def test_a_purge_reaches_snapshots_that_a_killed_window_left(desk):
    project = desk.folder / "projects" / "work.m2m"
    items = [
        NewItem("甲", 2, 1, 0, len(text), text, PieceKind.REACTION)
        for text in planted(Place.PHRASE)
    ]
    source = NewSource("a.xlsx", "00", "", {}, {})
    Project.create(project, source, items, terminology_id="toy", now=NOW)
    snapshots = desk.data / "snapshots"
    snapshots.mkdir()
    with Project.open(project, backup_dir=desk.data / "backups") as opened:
        opened.snapshot(snapshots / "999999999-0.m2m")
        opened.snapshot(snapshots / ".999999999-1.m2m.0123abcd.draft")
    assert desk.found("home/data/snapshots/", Place.PHRASE)

    desk.m2m("project", "purge", project, "--yes")

    assert desk.found("home/data/snapshots/") == []
