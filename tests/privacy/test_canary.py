"""No string of a patient stands anywhere but where the user has agreed to it.

More kills of the program at work: ``python -m tests.privacy.kills --kills 50``.
"""

from datetime import UTC, datetime

import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.review import Action, Change, Target, chosen, commented
from m2m_desktop.services.learning import Learner
from m2m_desktop.services.memory.store import MemoryStore
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from tests.privacy.canaries import (
    CANARIES,
    Place,
    phrases,
    planted,
    write_bad_cell,
    write_broken,
    write_export,
    write_memory,
    write_open_quote,
)
from tests.privacy.desk import AGREED, EngineChild
from tests.toy.bundle import TOY_ID

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
ME = Actor("account", "甲")
FAST = ("--mode", "lexical", "--lang", "en")
FORMS = {"copy": "copy.xlsx", "workbook": "new.xlsx", "csv": "table.csv", "jsonl": "lines.jsonl"}
WITHOUT_PHRASES = {Place.REPORT, Place.COMMENT}
TEXTS_OFF = {**AGREED, "projects/": WITHOUT_PHRASES, "home/data/backups/": WITHOUT_PHRASES}


@pytest.fixture
def source(desk):
    return write_export(desk.folder / "in" / "export.xlsx")


@pytest.fixture
def out(desk):
    return desk.folder / "out"


@pytest.fixture
def project(desk):
    return desk.folder / "projects" / "work.m2m"


@pytest.fixture
def engine(desk):
    with EngineChild(desk) as child:
        yield child


def pt(demo, name):
    return demo.find(name, [TermLevel.PT])[0].code


def decide(path, demo, backups, memory):
    """Decide every phrase, comment some, and remember it all, as the window does."""
    with Project.open(path, backup_dir=backups) as opened:
        learner = Learner(memory, opened)
        term = describe_term(demo, pt(demo, "皮疹"))
        changes = [
            Change(
                Target.PHRASE, row.phrase_id, Action.CHOOSE,
                chosen(row, [term], Source.MANUAL, "甲", NOW),
            )
            for row in opened.phrases()
        ]  # fmt: skip
        opened.apply(changes, actor=ME, now=NOW)
        comments = planted(Place.COMMENT)
        for row, text in zip(opened.phrases(), comments, strict=False):
            state = commented(row.state, text)
            change = Change(Target.PHRASE, row.phrase_id, Action.COMMENT, state)
            opened.apply([change], actor=ME, now=NOW)
        learner.follow(opened.phrases(), remembers=True)


def test_fifty_strings_are_planted_and_none_is_a_part_of_another(source):
    assert len(CANARIES) == 50
    assert not [(a, b) for a in CANARIES for b in CANARIES if a != b and a in b]


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.requirement("R-015")
def test_a_batch_leaves_its_result_and_nothing_else(desk, source, out):
    desk.m2m("batch", source, "--out", out / "copy.xlsx", "--jsonl", "--model", TOY_ID)

    assert desk.leaks() == []
    assert desk.temporary() == []
    for name in ("copy.xlsx", "copy.jsonl"):
        assert desk.in_file(out / name, Place.PHRASE) == set(planted(Place.PHRASE)), name
    assert desk.in_file(out / "copy.xlsx", Place.COLUMN) == set(planted(Place.COLUMN))
    assert (desk.data / "scores").is_dir()


@pytest.mark.requirement("R-015")
def test_a_project_holds_what_was_agreed_and_after_a_purge_no_phrase(
    desk, source, out, project, demo
):
    memory = MemoryStore(desk.data / "memory.sqlite")
    backups = desk.data / "backups"
    desk.m2m("batch", source, "--out", out / "table.csv", "--project", project, *FAST)
    decide(project, demo, backups, memory)
    for form in ("copy", "workbook"):
        desk.m2m("project", "export", project, "--out", out / FORMS[form], "--form", form)
    for command in ("info", "verify"):
        desk.m2m("project", command, project, "--json")
    desk.m2m("memory", "import", write_memory(desk.folder / "in" / "memory.xlsx", pt(demo, "皮疹")))
    desk.m2m("memory", "export", out / "memory.xlsx")
    Project.open(project, backup_dir=backups).close()  # makes a backup
    whole = project.read_bytes()
    project.write_bytes(whole[: len(whole) // 2])
    desk.m2m("project", "restore", project)  # the damaged one stays beside it until the purge

    assert desk.leaks() == []
    assert desk.temporary() == []
    assert desk.in_file(project, Place.PHRASE) == set(planted(Place.PHRASE))
    assert desk.in_file(project, Place.COMMENT) == set(planted(Place.COMMENT))
    assert desk.in_file(project, Place.REPORT) == set(planted(Place.REPORT))
    assert desk.found("home/data/backups/", Place.PHRASE)
    assert len(list(project.parent.iterdir())) == 2

    desk.m2m("project", "purge", project, "--yes")

    assert desk.leaks(TEXTS_OFF) == []
    assert desk.in_file(project, Place.COMMENT) == set(planted(Place.COMMENT))
    assert list(project.parent.iterdir()) == [project]
    # what was remembered is the hospital's own list and no part of the project: it stays …
    assert desk.found("home/data/memory", Place.PHRASE)
    # … until it is revoked, and then it is gone from the file too
    remembered = [entry.text for entry in memory.entries()]
    desk.m2m("memory", "revoke", *remembered)
    assert desk.found("home/data/memory") == []


# -- the way of the window -------------------------------------------------------------------------


@pytest.mark.requirement("R-015")
def test_a_project_without_texts_holds_no_phrase(desk, engine, source, out, project):
    layout = engine.ask("sniff_table", path=str(source))["table"]["layout"]
    table = {"path": str(source), "layout": layout, "terminology": "demo"}
    assert engine.ask("preview_split", **table)["cell_count"] == len(planted(Place.REPORT))
    made = engine.ask("create_project", **table, target=str(project), remembers_texts=False)
    assert made["items"] > len(phrases())
    snapshot = desk.data / "snapshots" / "1-0.m2m"
    snapshot.parent.mkdir(exist_ok=True)
    with Project.open(project, backup_dir=desk.data / "backups") as opened:
        opened.snapshot(snapshot)
        told = engine.ask("read_texts", snapshot=str(snapshot), source=str(source))
        assert opened.restore_texts(told["texts"]) == 0
        mentions = [{"mention_id": str(n), "text": text} for n, text in opened.unanswered()]
        assert len(mentions) == len(phrases()) + 1
        answers = engine.ask(
            "code", mentions=mentions, terminology="demo", model=TOY_ID, scores_exact=False
        )
        opened.store_answers(answers[0]["run"], [(int(a["mention_id"]), a) for a in answers])
        row = opened.phrases()[0]
        state = commented(row.state, planted(Place.COMMENT)[0])
        opened.apply(
            [Change(Target.PHRASE, row.phrase_id, Action.COMMENT, state)], actor=ME, now=NOW
        )
        opened.snapshot(snapshot)
        for form, name in FORMS.items():
            engine.ask(
                "export_project", snapshot=str(snapshot), source=str(source),
                target=str(out / name), form=form, options={},
            )  # fmt: skip
            assert desk.in_file(out / name, Place.PHRASE) == set(planted(Place.PHRASE))
        engine.ask("own_check", snapshot=str(snapshot))
        assert desk.leaks(TEXTS_OFF | {"home/data/snapshots/": WITHOUT_PHRASES}) == []
    snapshot.unlink()
    made = []
    for bad in (
        write_bad_cell(desk.folder / "in" / "cell.xlsx", source),
        write_broken(desk.folder / "in" / "broken.xlsx", source),
        write_open_quote(desk.folder / "in" / "quote.csv"),
    ):
        target = project.with_name(f"{bad.stem}.m2m")
        engine.ask("sniff_table", path=str(bad))
        made.append(engine.ask("create_project", path=str(bad), layout=layout, target=str(target)))
    assert [one.get("code", one.get("counts", {}).get("unreadable")) for one in made] == [
        1, "M2M-124", "M2M-126",
    ]  # fmt: skip
    engine.ask("export_project", snapshot=str(project), target=str(out), form="csv")
    engine.ask("memory_export", target=str(out / "memory.xlsx"))
    engine.ask("memory_import", path=str(source), terminology="demo")
    engine.close()

    with_texts = {"projects/cell.m2m": AGREED["projects/"]}
    assert desk.leaks(TEXTS_OFF | with_texts) == []
    assert desk.temporary() == []
    assert desk.in_file(project, Place.REPORT) == set(planted(Place.REPORT))
    assert list((desk.data / "layouts").iterdir())


def test_what_is_pasted_is_kept_in_the_project_alone(desk, engine, project):
    rows = zip(planted(Place.COLUMN), phrases(), strict=False)
    pasted = "患者姓名\t不良反应名称\n" + "".join(f"{name}\t{text}\n" for name, text in rows)
    layout = engine.ask("sniff_table", pasted=pasted)["table"]["layout"]
    made = engine.ask(
        "create_project", pasted=pasted, layout=layout, target=str(project), terminology="demo"
    )
    engine.close()

    assert made["items"] == 14
    assert desk.leaks() == []
    assert len(desk.in_file(project, Place.PHRASE)) == 14


# -- what goes wrong on the way --------------------------------------------------------------------


def test_what_cannot_be_read_or_written_leaves_nothing(desk, source, out, project):
    folder = desk.folder / "in"
    broken = write_broken(folder / "broken.xlsx", source)
    quote = write_open_quote(folder / "quote.csv")
    for path in (broken, quote):
        desk.m2m("batch", path, "--out", out / "a.csv", "--project", project, *FAST, status=1)
    (out / "taken").write_bytes(b"no folder")
    (desk.data / "memory.sqlite").write_bytes(b"no database at all " * 100)
    desk.m2m("batch", source, "--out", out / "taken" / "a.csv", *FAST, status=1)

    assert desk.leaks() == []
    assert desk.temporary() == []
    assert not project.exists()
    assert (desk.folder / "home" / "logs" / "cli.log").exists()  # of the memory it says something


def test_what_must_not_stand_somewhere_is_seen_there(desk):
    """The control: a leak into each place where nothing may stand."""
    places = ("home/logs/cli.log", "home/data/layouts/t.json", "home/cache/x", "tmp/y", "work/core")
    for text, place in zip(planted(Place.PHRASE), places, strict=False):
        path = desk.folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("gb18030"))
    (desk.folder / "out" / "table.csv").write_text(planted(Place.COLUMN)[0], "utf-8")

    assert len(desk.leaks()) == len(places) + 1
