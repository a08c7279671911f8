"""What the narratives of a table tell and its name column leaves out."""

import json

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.progress import silent
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations, resources
from m2m_desktop.services.narratives.methods import NARRATIVE_METHODS


@pytest.fixture(scope="module")
def shared_methods(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def methods(shared_methods):
    yield shared_methods
    shared_methods.reader.close()


def ask(methods, method, **params):
    told = NARRATIVE_METHODS[method](methods, Params(json.loads(json.dumps(params))), silent)
    return json.loads(json.dumps(list(told)))


def check(methods, path, **params):
    how = {"finder": "none", "terminology": "demo", "mode": "lexical"}
    return ask(methods, "narrative_check", path=path, **how, **params)


HEADER = ("报告表编码", "不良反应名称", "不良反应过程描述")
REPORTS = (
    ("R1", "皮疹", "服药后出现皮疹、瘙痒，无恶心。"),
    ("R2", "恶心；呕吐", "服药后恶心、呕吐，后恶心加重。"),
    ("R3", "头痛", "服药后头疼，伴心悸，既往失眠。"),
    ("R3", "心悸", "服药后头疼，伴心悸，既往失眠。"),
    ("R4", "头晕", ""),
    ("", "腹泻", "拉肚子，发热，又发热"),
)


def write_table(path, reports=REPORTS, header=HEADER):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(list(header))
    for row in reports:
        book.active.append(list(row))
    book.save(path)
    return str(path)


def test_what_a_name_column_leaves_out_is_listed_by_report(methods, tmp_path):
    found = ask(
        methods, "narrative_check", path=write_table(tmp_path / "t.xlsx"), finder="none",
        terminology="demo", mode="lexical"
    )  # fmt: skip

    assert [(one["report_id"], one["row"], one["text"]) for one in found] == [
        ("R1", 2, "瘙痒"), ("", 7, "发热"),
    ]  # fmt: skip
    assert found[0]["terms"][0]["name"] == "瘙痒"
    assert REPORTS[0][2][found[0]["start"] : found[0]["end"]] == "瘙痒"


def test_a_table_without_narratives_is_refused(methods, tmp_path):
    path = write_table(tmp_path / "t.xlsx", [("R1", "皮疹")], HEADER[:2])

    with pytest.raises(BadRequest):
        ask(
            methods, "narrative_check", path=path, finder="none", terminology="demo", mode="lexical"
        )


def test_a_report_whose_cell_of_names_is_empty_is_read_all_the_same(methods, tmp_path):
    reports = [("R1", None, "服药后出现皮疹。"), ("R2", "皮疹", "皮疹")]
    found = check(methods, write_table(tmp_path / "t.xlsx", reports))

    assert [(one["report_id"], one["text"]) for one in found] == [("R1", "皮疹")]


def test_what_did_not_happen_is_told_apart_and_never_coded(methods, tmp_path):
    found = check(methods, write_table(tmp_path / "t.xlsx"), details=True)

    assert found.pop(0) == {"model_id": "", "warnings": []}
    told = {(one["report_id"], one["text"]): one for one in found}
    assert told["R1", "恶心"]["status"] == "negated"
    assert told["R3", "失眠"]["status"] == "historical"
    for one in found:
        is_present = one["status"] == "present"
        assert bool(one["candidates"]) is is_present
        assert bool(one["terms"]) is is_present
    itch = told["R1", "瘙痒"]
    assert (itch["column"], itch["sentence"]) == (3, REPORTS[0][2])
    assert itch["candidates"][0]["candidate_pt_name"] == "瘙痒"


def test_around_a_mention_of_a_long_sentence_only_what_is_near_is_told(methods, tmp_path):
    long = "服药" + "后" * 400 + "出现瘙痒" + "再" * 400
    (found,) = check(methods, write_table(tmp_path / "t.xlsx", [("R1", "皮疹", long)]))

    at = found["start"] - found["sentence_start"]
    assert found["sentence"][at : at + 2] == "瘙痒"
    assert len(found["sentence"]) == 202


def test_many_reports_are_read_in_parts_and_each_phrase_is_coded_once(methods, tmp_path):
    path = tmp_path / "t.tsv"
    rows = [f"R{n}\t皮疹\t服药后出现皮疹、瘙痒。" for n in range(450)]
    path.write_text("\n".join(["\t".join(HEADER), *rows]), encoding="utf-8")
    told = []
    found = NARRATIVE_METHODS["narrative_check"](
        methods,
        Params({"path": str(path), "finder": "none", "terminology": "demo", "mode": "lexical"}),
        lambda done, total, note="": told.append((done, total)),
    )

    assert next(found)["report_id"] == "R0"
    assert (400, 450) not in told
    assert len(list(found)) == 449
    assert (400, 450) in told
