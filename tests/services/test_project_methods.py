"""What the window asks the engine about tables, projects and the memory: JSON in, JSON out."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from m2m_desktop.core.coded_terms import describe_term
from m2m_desktop.core.errors import BadRequest, Cancelled, CodingToolError
from m2m_desktop.core.memory import learnt
from m2m_desktop.core.progress import silent
from m2m_desktop.core.records import Source, TermLevel
from m2m_desktop.core.review import (
    Action,
    Change,
    ReviewState,
    ReviewStatus,
    Target,
    chosen,
    no_term,
)
from m2m_desktop.services.engine_methods import METHODS, Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.project.project import Project
from m2m_desktop.services.project.records import Actor
from tests.toy.adr_export import REACTIONS, write_export

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
TEXT = "不良反应名称\n恶心伴呕吐\n皮疹；头痛\n皮疹；头痛\n"


@pytest.fixture(scope="module")
def shared_methods(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def methods(shared_methods):
    yield shared_methods
    shared_methods.engine.memory.clear()
    if "reader" in vars(shared_methods):
        shared_methods.reader.close()
    shutil.rmtree(shared_methods.locations.layouts, ignore_errors=True)


@pytest.fixture
def ask(methods):
    """Ask as the window does: what goes in and out is JSON."""

    def asked(method, progress=silent, **params):
        told = METHODS[method](methods, Params(json.loads(json.dumps(params))), progress)
        return json.loads(json.dumps(told if isinstance(told, dict) else list(told)))

    return asked


@pytest.fixture
def source(tmp_path):
    return write_export(tmp_path / "报告导出.xlsx")


@pytest.fixture
def made(ask, source, tmp_path):
    """A project of the export, made as the window does."""
    table = ask("sniff_table", path=str(source))["table"]
    target = str(tmp_path / "p.m2m")
    return ask(
        "create_project", path=str(source), layout=table["layout"], target=target,
        terminology="demo",
    )  # fmt: skip


def decide(path, texts, state_of, action=Action.CHOOSE):
    with Project.open(Path(path)) as project:
        rows = [row for row in project.phrases() if row.text in texts]
        changes = [Change(Target.PHRASE, row.phrase_id, action, state_of(row)) for row in rows]
        project.apply(changes, actor=Actor("os", "甲"), now=NOW)


def code_all(ask, path):
    with Project.open(Path(path)) as project:
        waiting = project.unanswered()
        mentions = [{"mention_id": str(n), "text": text} for n, text in waiting]
        answers = ask(
            "code", mentions=mentions, terminology="demo", scores_exact=False, keeps_scores=False
        )
        project.store_answers(answers[0]["run"], [(int(a["mention_id"]), a) for a in answers])
    return answers


# -- tables --------------------------------------------------------------------------------------


def test_a_table_is_looked_at_previewed_and_made_a_project(ask, source, tmp_path):
    table = ask("sniff_table", path=str(source))["table"]
    assert table["is_certain"]
    assert table["is_national_export"]

    preview = ask("preview_split", path=str(source), layout=table["layout"], terminology="demo")
    cells = {cell["text"]: cell for cell in preview["cells"]}
    assert preview["cell_count"] == len(cells) == 5
    pieces = cells["皮疹（一般）；恶心"]["split"]["pieces"]
    assert [(piece["text"], piece["severity"]) for piece in pieces] == [
        ("皮疹", "一般"),
        ("恶心", ""),
    ]
    assert preview["counts"]["merged"] == 1
    assert preview["counts"]["problems"] == []

    target = str(tmp_path / "new" / "p.m2m")
    made = ask(
        "create_project", path=str(source), layout=table["layout"], target=target,
        terminology="demo", edits=[{"text": "皮疹；好转", "spans": [[0, 2]]}],
    )  # fmt: skip
    assert made["project"] == target
    assert made["notes"] == []
    with Project.open(Path(target)) as project:
        assert "好转" not in project.texts().values()
        assert project.info.item_count == made["items"]
        assert project.info.phrase_count == made["phrases"]


def test_pasted_cells_and_suggestions_are_told(ask, tmp_path):
    layout = ask("sniff_table", pasted=TEXT)["table"]["layout"]
    preview = ask("preview_split", pasted=TEXT, layout=layout)

    assert [(cell["text"], cell["count"]) for cell in preview["cells"]] == [
        ("皮疹；头痛", 2),
        ("恶心伴呕吐", 1),
    ]
    assert preview["cells"][1]["split"]["suggestions"][0]["word"] == "伴"
    target = str(tmp_path / "p.m2m")
    made = ask("create_project", pasted=TEXT, layout=layout, target=target, remembers_texts=False)
    assert made["items"] == 5
    assert "皮疹".encode() not in Path(target).read_bytes()


def test_the_layout_a_person_chose_is_remembered(ask, tmp_path):
    text = "编号\t什么\n1\t头痛\n2\t皮疹\n"
    layout = {
        "sheets": [{"sheet": "", "header_row": 1, "columns": {"reaction": [2]}}],
        "encoding": "", "delimiter": "\t",
    }  # fmt: skip
    sniffed = ask("sniff_table", pasted=text)["table"]
    assert not sniffed["is_remembered"]
    layout["sheets"][0]["sheet"] = sniffed["sheets"][0]["name"]

    ask("create_project", pasted=text, layout=layout, target=str(tmp_path / "p.m2m"))

    again = ask("sniff_table", pasted=text)["table"]
    assert again["is_remembered"]
    assert again["layout"]["sheets"][0]["columns"] == {"reaction": [2]}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sniff_table", {}),
        ("sniff_table", {"path": "a", "pasted": "b"}),
        ("preview_split", {"pasted": "皮疹"}),
        ("preview_split", {"pasted": "皮疹", "layout": {"sheets": 3}}),
        (
            "create_project",
            {"pasted": "皮疹", "layout": {"sheets": []}, "edits": [{}], "target": "x"},
        ),
        ("create_project", {"pasted": "皮疹", "layout": {"sheets": []}, "edits": 3, "target": "x"}),
        ("export_project", {"snapshot": "nothing.m2m", "target": "x", "form": "copy"}),
        ("memory_import", {"path": "x", "on_conflict": "perhaps"}),
        ("memory_confirm", {"keys": "x"}),
        ("memory_confirm", {"keys": [1]}),
        ("compare_projects", {"first": "a"}),
        ("own_check", {}),
    ],
)
def test_a_request_that_makes_no_sense_is_an_error_of_ours(ask, method, params):
    with pytest.raises(CodingToolError):
        ask(method, **params)


def test_making_a_project_can_be_cancelled_and_leaves_nothing(ask, source, tmp_path):
    table = ask("sniff_table", path=str(source))["table"]

    def cancel(done, total, note=""):
        if note == "cutting the cells":
            raise Cancelled

    with pytest.raises(Cancelled):
        ask(
            "create_project", cancel, path=str(source), layout=table["layout"],
            target=str(tmp_path / "p.m2m"), terminology="demo",
        )  # fmt: skip
    assert list(tmp_path.glob("*m2m*")) == []


# -- projects ------------------------------------------------------------------------------------


def test_a_list_is_coded_without_scoring_exact_names_and_exported_in_every_form(
    ask, made, source, tmp_path
):
    answers = code_all(ask, made["project"])
    assert {a["mention"] for a in answers} == set(REACTIONS)
    exact = next(a for a in answers if a["mention"] == "头痛")
    assert all(c["prob_1"] is None for c in exact["candidates"])

    for form, name in (
        ("copy", "out.xlsx"), ("workbook", "new.xlsx"), ("csv", "out.csv"), ("jsonl", "out.jsonl"),
    ):  # fmt: skip
        steps = []
        told = ask(
            "export_project", lambda *step, kept=steps: kept.append(step), snapshot=made["project"],
            source=str(source), target=str(tmp_path / "out" / name), form=form,
            options={"only_decided": True},
        )  # fmt: skip
        assert Path(told["written"]).name == name
        assert Path(told["written"]).stat().st_size > 0
        assert told["report"]["form"] == form
        assert told["report"]["undecided"] > 0
        assert all(isinstance(line, str) for line in told["report"]["lines"])


def test_a_project_without_texts_is_exported_with_those_of_its_source(ask, source, tmp_path):
    layout = ask("sniff_table", path=str(source))["table"]["layout"]
    target = str(tmp_path / "p.m2m")
    ask(
        "create_project", path=str(source), layout=layout, target=target, terminology="demo",
        remembers_texts=False,
    )  # fmt: skip

    assert set(REACTIONS) < set(ask("read_texts", snapshot=target, source=str(source))["texts"])
    told = ask(
        "export_project", snapshot=target, source=str(source), form="jsonl",
        target=str(tmp_path / "out.jsonl"),
    )  # fmt: skip
    lines = Path(told["written"]).read_text("utf-8").splitlines()
    assert set(REACTIONS) < {json.loads(line)["mention"] for line in lines}


def test_the_options_of_an_export_are_checked(ask, made, tmp_path):
    for options in ({"columns": ["nothing"]}, {"columns": 3}, [1]):
        with pytest.raises(BadRequest):
            ask(
                "export_project", snapshot=made["project"], target=str(tmp_path / "x.csv"),
                form="csv", options=options,
            )  # fmt: skip


def test_two_pharmacists_are_compared(ask, methods, made, tmp_path):
    code_all(ask, made["project"])
    second = str(shutil.copy(made["project"], tmp_path / "second.m2m"))
    terminology = methods.engine.terminology("demo")

    def term(name):
        return describe_term(terminology, terminology.find(name, [TermLevel.PT])[0].code)

    decide(
        made["project"], {"皮疹"}, lambda row: chosen(row, [term("皮疹")], Source.MANUAL, "甲", NOW)
    )
    decide(second, {"皮疹"}, lambda row: chosen(row, [term("荨麻疹")], Source.MANUAL, "乙", NOW))
    decide(made["project"], {"头痛"}, lambda row: no_term(row, "甲", NOW), Action.NO_TERM)
    decide(second, {"头痛"}, lambda row: no_term(row, "乙", NOW), Action.NO_TERM)

    told = ask("compare_projects", first=made["project"], second=second)

    assert told["is_same_file"]
    agreement = told["agreement"]
    assert (agreement["phrases"]["count"], agreement["phrases"]["agreed"]) == (2, 1)
    assert agreement["kinds"] == {"substitution": 1}
    (difference,) = agreement["differences"]
    assert (difference["text"], difference["count"]) == ("皮疹", 2)
    assert [one["pt_name"] for one in difference["only_second"]] == ["荨麻疹"]


def test_the_model_is_checked_by_what_was_decided(ask, methods, made):
    code_all(ask, made["project"])
    terminology = methods.engine.terminology("demo")
    code = terminology.find("荨麻疹", [TermLevel.PT])[0].code
    term = describe_term(terminology, code)
    for text in ("浑身刺痒还起红疹子", "头痛"):
        decide(made["project"], {text}, lambda row: chosen(row, [term], Source.MANUAL, "甲", NOW))

    told = ask("own_check", snapshot=made["project"])

    assert (told["phrase_count"], told["skipped"]) == (1, 1)  # 头痛 is an exact name
    assert told["is_too_few"]
    assert told["best_threshold"] == told["threshold"] == 0.3
    assert [one["threshold"] for one in told["figures"]] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert len(told["bins"]) == 10
    assert sum(one["count"] for one in told["bins"]) == 20


# -- memory --------------------------------------------------------------------------------------


def test_the_memory_goes_out_comes_back_and_is_rechecked(ask, methods, tmp_path):
    terminology = methods.engine.terminology("demo")
    code = terminology.find("荨麻疹", [TermLevel.PT])[0].code
    state = ReviewState(
        ReviewStatus.CHANGED, (describe_term(terminology, code),), decided_at=NOW.isoformat()
    )
    methods.engine.memory.remember([learnt("浑身刺痒", state, terminology.info)])
    target = str(tmp_path / "memory.xlsx")

    assert ask("memory_export", target=target) == {"written": target, "entries": 1}
    methods.engine.memory.clear()
    told = ask("memory_import", path=target, terminology="demo")
    assert (told["added"], told["conflicts"], told["bad_rows"]) == (["浑身刺痒"], [], [])
    assert ask("memory_recheck", terminology="demo")["examined"] == 1
    (answer,) = ask(
        "code", mentions=[{"mention_id": "1", "text": "浑身刺痒"}], terminology="demo",
        mode="lexical",
    )  # fmt: skip
    assert (answer["source"], answer["selected"]) == ("memory", [code])
    (fresh,) = ask("memory_confirm", keys=["浑身刺痒"], terminology="demo", reviewer="乙")[
        "entries"
    ]
    assert (fresh["reviewer"], fresh["needs_check"]) == ("乙", "")
