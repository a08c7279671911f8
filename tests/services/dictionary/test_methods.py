"""What a window asks about a dictionary: JSON in, JSON out, over the demo dictionary."""

import json

import openpyxl
import pytest

from m2m_desktop.core.errors import BadRequest, CodingToolError
from m2m_desktop.core.progress import silent
from m2m_desktop.services.dictionary.errors import SmqUnknown
from m2m_desktop.services.dictionary.methods import DICTIONARY_METHODS
from m2m_desktop.services.engine_methods import Methods
from m2m_desktop.services.engine_requests import Params
from m2m_desktop.services.locations import Locations, resources
from tests.toy.release import write_toy_release

TERM_ROW = {"level", "code", "name", "name2", "is_current", "child_count", "is_primary"}


@pytest.fixture(scope="module")
def shared_methods(shared_home):
    home = shared_home
    folders = (home / "data", home / "cache", home / "config", home / "logs")
    return Methods(Locations(*folders, resources()))


@pytest.fixture
def methods(shared_methods):
    yield shared_methods
    if "reader" in vars(shared_methods):
        shared_methods.reader.close()


@pytest.fixture
def ask(methods):
    """Ask as the window does: what goes in and out is JSON."""

    def asked(method, **params):
        params = {"terminology": "demo", **params}
        told = DICTIONARY_METHODS[method](methods, Params(json.loads(json.dumps(params))), silent)
        return json.loads(json.dumps(told))

    return asked


@pytest.fixture
def several_paths(methods):
    """A PT of the demo dictionary with a secondary path."""
    demo = methods.engine.terminology("demo")
    pts = (demo.preferred_term_at(row) for row in range(200))
    return next(pt for pt in pts if len(pt.paths) > 1)


def test_every_method_of_the_contract_is_there():
    assert set(DICTIONARY_METHODS) >= {
        "dictionary_search", "dictionary_roots", "dictionary_children", "dictionary_route",
        "dictionary_card", "smq_list", "smq_card", "smq_members", "smq_export", "bin_export",
        "bin_import", "second_language",
    }  # fmt: skip


def test_the_tree_is_walked_down_by_routes(ask):
    route = []
    terms = ask("dictionary_roots")["terms"]
    for level in ("soc", "hlgt", "hlt", "pt", "llt"):
        assert {term["level"] for term in terms} == {level}
        assert all(set(term) == TERM_ROW for term in terms)
        assert all(term["name"] and term["name2"] for term in terms)
        route.append(terms[0]["code"])
        if level != "llt":
            terms = ask("dictionary_children", route=route)["terms"]
            assert terms


def test_a_tree_opens_at_a_term_with_one_answer(ask, several_paths):
    told = ask("dictionary_route", level="pt", code=several_paths.code)
    path = several_paths.paths[0]
    assert told["route"] == [path.soc.code, path.hlgt.code, path.hlt.code, several_paths.code]
    assert [step["route"] for step in told["steps"]] == [told["route"][:n] for n in range(5)]
    for step in told["steps"][1:]:
        assert step["terms"] == ask("dictionary_children", route=step["route"])["terms"]
    other = several_paths.paths[1]
    told = ask("dictionary_route", level="pt", code=several_paths.code, soc=other.soc.code)
    assert told["route"][2] == other.hlt.code
    assert told == ask("dictionary_route", level="pt", code=several_paths.code, hlt=other.hlt.code)
    here = [term for term in told["steps"][3]["terms"] if term["code"] == several_paths.code]
    assert [term["is_primary"] for term in here] == [False]


def test_a_card_has_the_fields_of_the_contract(ask, several_paths):
    card = ask("dictionary_card", level="pt", code=several_paths.code)
    assert set(card) == {
        "term", "pt", "names", "paths", "parents", "children", "child_total", "smqs", "history",
        "same_name",
    }  # fmt: skip
    assert [name["language"] for name in card["names"]] == ["Chinese", "English"]
    assert [path["primary"] for path in card["paths"]] == [
        True,
        *[False] * (len(card["paths"]) - 1),
    ]
    assert set(card["paths"][0]) == {"soc", "hlgt", "hlt", "primary"}
    assert set(card["paths"][0]["soc"]) == TERM_ROW
    llt = card["children"][0]
    assert ask("dictionary_card", level="llt", code=llt["code"])["pt"] == card["term"]


def test_smqs_are_listed_opened_and_written(ask, tmp_path):
    listed = ask("smq_list")["smqs"]
    assert listed
    assert set(listed[0]) == {
        "code", "name", "name2", "level", "is_active", "algorithm", "parents", "children",
        "member_count",
    }  # fmt: skip
    by_code = {row["code"]: row for row in listed}
    for row in listed:
        assert all(row["code"] in by_code[child]["parents"] for child in row["children"])
        assert ask("smq_members", code=row["code"])["total"] == row["member_count"]
    with_algorithm = next(row for row in listed if row["algorithm"])
    card = ask("smq_card", code=with_algorithm["code"])
    assert card["smq"] == {**with_algorithm, "description": card["smq"]["description"]}
    assert card["algorithm_text"]
    code = with_algorithm["code"]
    narrow = ask("smq_members", code=code, scope="narrow", levels=["pt"])
    assert all(row["is_narrow"] and row["level"] == "pt" for row in narrow["members"])
    assert 0 < narrow["total"] < ask("smq_members", code=code)["total"]
    written = ask("smq_export", code=code, path=str(tmp_path / "s.xlsx"), scope="narrow")
    book = openpyxl.load_workbook(written["path"])
    assert book.worksheets[0].max_row == written["rows"] + 1
    assert "非 MedDRA" in book.worksheets[0]["C1"].value
    book.close()


def test_a_bin_goes_out_and_comes_in_again(ask, tmp_path, several_paths):
    items = [{"level": "pt", "code": several_paths.code},
             {"level": "soc", "code": several_paths.paths[0].soc.code}]  # fmt: skip
    written = ask("bin_export", path=str(tmp_path / "bin.xlsx"), items=items)
    assert written == {"path": str(tmp_path / "bin.xlsx"), "rows": 2}
    told = ask("bin_import", path=written["path"])
    assert [{"level": row["level"], "code": row["code"]} for row in told["items"]] == items
    assert set(told["items"][0]) == TERM_ROW
    assert told["bad"] == []
    (tmp_path / "list.txt").write_text("不知所云\n恶心\n", encoding="utf-8")
    told = ask("bin_import", path=str(tmp_path / "list.txt"))
    assert [row["name"] for row in told["items"]] == ["恶心"]
    assert [(row["row"], row["text"], row["is_taken"]) for row in told["bad"]] == [
        (1, "不知所云", False)
    ]


def test_which_release_lends_the_second_names_is_told(ask, methods, tmp_path):
    assert ask("second_language") == {
        "terminology_id": "", "language": "English", "candidates": [], "problem": "",
    }  # fmt: skip
    ids = {}
    for language in ("Chinese", "English"):
        folder = write_toy_release(tmp_path / language, language)
        ids[language] = methods.engine.import_terminology(folder)[0][0].terminology_id
    try:
        told = ask("second_language", terminology=ids["Chinese"])
        assert (told["terminology_id"], told["language"]) == (ids["English"], "English")
        assert told["candidates"] == [
            {"terminology_id": ids["English"], "name": "MedDRA 99.0, English",
             "language": "English"}
        ]  # fmt: skip
        roots = ask("dictionary_roots", terminology=ids["English"])["terms"]
        assert all("器官类" in term["name2"] for term in roots)
        assert ask("smq_list", terminology=ids["English"])["smqs"][0]["name2"].endswith("（SMQ）")
    finally:
        for one in ids.values():
            methods.engine.remove_terminology(one)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("dictionary_children", {}),
        ("dictionary_children", {"route": "90000001"}),
        ("dictionary_children", {"route": [1]}),
        ("dictionary_route", {"level": "pt"}),
        ("dictionary_route", {"level": "species", "code": "1"}),
        ("dictionary_route", {"code": "1"}),
        ("dictionary_card", {"level": "pt", "code": "nonsense"}),
        ("smq_members", {"code": "1", "scope": "wide"}),
        ("smq_members", {"code": "1", "levels": ["none"]}),
        ("bin_export", {"path": "x.xlsx"}),
        ("bin_export", {"path": "x.xlsx", "items": [["pt", "1"]]}),
        ("bin_export", {"path": "x.xlsx", "items": [{"level": "pt"}]}),
        ("dictionary_roots", {"terminology": 7}),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(ask, method, params):
    with pytest.raises(BadRequest):
        ask(method, **params)


def test_errors_are_our_own(ask, tmp_path):
    with pytest.raises(SmqUnknown):
        ask("smq_card", code="1")
    with pytest.raises(CodingToolError):
        ask("bin_import", path=str(tmp_path / "not there.xlsx"))
