"""SMQs: the list, one of them, its terms, and the workbook of them."""

import openpyxl
import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.services import language
from m2m_desktop.services.dictionary.errors import SmqUnknown
from m2m_desktop.services.dictionary.smq_workbook import export_smq
from m2m_desktop.services.dictionary.smqs import algorithm_words, members, smq_list, smq_row
from m2m_desktop.services.dictionary.wire import members_to_json, smq_card_to_json
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import render_all, toy_files, toy_tables

TOP, MIDDLE, DEEP = "29990001", "29990002", "29990003"


def opened(files):
    return load_release(ReleaseSources("toy", "toy", files)).terminology


@pytest.fixture(scope="module")
def terminology():
    return opened(toy_files())


def codes(rows):
    return [(row.member.term.level.name, row.member.term.code) for row in rows]


def test_the_list_tells_what_stands_below_what(terminology):
    found = {row.smq.code: row for row in smq_list(terminology)}
    assert list(found) == [TOP, MIDDLE, DEEP]
    assert [(row.parents, row.children) for row in found.values()] == [
        ((), (MIDDLE,)),
        ((TOP,), (DEEP,)),
        ((MIDDLE,), ()),
    ]


def test_an_smq_may_stand_below_several(terminology):
    tables = toy_tables()
    tables["smq_content.asc"].append([TOP, DEEP, "0", "0", "S", "0", "A", "98.0", "98.0"])
    found = smq_row(opened(render_all(tables)), DEEP)
    assert found.parents == (TOP, MIDDLE)


@pytest.mark.parametrize("is_cyclic", [False, True])
def test_the_list_counts_what_the_members_are(is_cyclic):
    terminology = opened(toy_files(is_cyclic=is_cyclic))
    for row in smq_list(terminology):
        assert row.member_count == len(members(terminology, row.smq.code))
    assert [row.member_count for row in smq_list(terminology)] == (
        [4] * 3 if is_cyclic else [4, 2, 1]
    )


def test_members_say_scope_category_weight_and_the_smq_that_lists_them(terminology):
    found = {row.member.term.code: row for row in members(terminology, TOP)}
    assert set(found) == {"90000101", "90001005", "90000102", "90000103"}
    deep = found["90000103"]
    assert (deep.member.is_narrow, deep.member.category, deep.member.weight) == (True, "B", 3)
    assert (deep.member.via, deep.via_name) == (DEEP, smq_row(terminology, DEEP).smq.name)
    llt = found["90001005"]
    assert (llt.pt_code, llt.is_current) == (terminology.llt("90001005").pt_code, True)
    assert found["90000101"].pt_code == ""


def test_members_can_be_narrowed_down(terminology):
    everything = codes(members(terminology, TOP))
    narrow = codes(members(terminology, TOP, scope="narrow"))
    assert narrow == [("PT", "90000101"), ("PT", "90000103")]
    assert set(narrow) < set(everything)
    own = codes(members(terminology, TOP, with_children=False))
    assert own == [("PT", "90000101"), ("LLT", "90001005")]
    assert codes(members(terminology, TOP, levels=[TermLevel.LLT])) == [("LLT", "90001005")]


def test_an_smq_that_is_not_there_is_refused(terminology, tmp_path):
    for ask in (smq_row, members):
        with pytest.raises(SmqUnknown):
            ask(terminology, "29999999")
    with pytest.raises(SmqUnknown):
        export_smq(terminology, "", tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_release_without_smqs_has_an_empty_list():
    files = {name: data for name, data in toy_files().items() if not name.startswith("smq")}
    assert smq_list(opened(files)) == ()


def test_a_card_has_the_description_and_the_algorithm_in_words(terminology):
    card = smq_card_to_json(smq_row(terminology, DEEP))
    assert card["smq"]["description"] == 'Invented "text".'
    assert card["smq"]["algorithm"] == "A or (B and C)"
    assert card["algorithm_text"].endswith(
        "a term of category A or (a term of category B and a term of category C)"
    )
    assert smq_card_to_json(smq_row(terminology, TOP))["algorithm_text"] == ""


@pytest.mark.parametrize(
    "algorithm",
    [
        "A or (sum of weights > 6)", "A or (B and", "C >= 2", "(A or B))", "ABC", "A B 7", "A B",
        "A or", "A or and B", "()", ")A(",
    ],
)  # fmt: skip
def test_an_algorithm_of_another_kind_is_shown_as_it_stands(algorithm):
    assert algorithm_words(algorithm) == f"A case is counted where it has: {algorithm}"


@pytest.mark.parametrize("algorithm", ["A", "a", "(A)", "(B AND C) or ((D))"])
def test_letters_are_categories_and_words_may_be_in_capitals(algorithm):
    said = algorithm_words(algorithm)
    assert said.count("category") == sum(char.isupper() for char in algorithm.replace("AND", ""))


def test_the_workbook_has_the_terms_as_texts_and_says_what_it_is(tmp_path):
    tables = toy_tables()
    tables["pt.asc"][2][1] = tables["llt.asc"][2][1] = "=1+1"
    for row in tables["mdhier.asc"]:
        row[4] = "=1+1" if row[0] == "90000103" else row[4]
    terminology = opened(render_all(tables))
    written, count = export_smq(terminology, TOP, tmp_path / "smq.xlsx")
    book = openpyxl.load_workbook(written)
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert count == len(rows) - 1 == 4
    assert rows[0][:5] == ["Level", "Code", "Name", "Second name", "Scope"]
    by_code = {row[1]: row for row in rows[1:]}
    assert by_code["90000103"][:9] == [
        "PT", "90000103", "=1+1", None, "narrow", "B", 3, tables["smq_list.asc"][2][1], DEEP,
    ]  # fmt: skip
    assert book.worksheets[0]["C5"].data_type in {"s", "inlineStr"}  # no formula
    assert by_code["90001005"][9:] == ["yes", terminology.llt("90001005").pt_code, "普林上部炎"]
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["Code"] == TOP
    assert about["Scope"].startswith("broad")
    assert about["Terms"] == 4
    assert about["Release"] == "99.0"
    book.close()


def test_the_workbook_of_the_narrow_scope_has_no_other_terms(terminology, tmp_path):
    written, count = export_smq(terminology, TOP, tmp_path / "s.xlsx", scope="narrow")
    book = openpyxl.load_workbook(written)
    assert [row[4].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["narrow"] * 2
    assert count == 2
    book.close()


def test_members_as_json_have_the_fields_of_the_contract(terminology):
    language.use_language("en")
    told = members_to_json(members(terminology, DEEP))
    name = smq_row(terminology, DEEP).smq.name
    assert told == {
        "members": [
            {
                "level": "pt", "code": "90000103", "name": "凡特上部炎", "name2": "",
                "is_narrow": True, "category": "B", "weight": 3, "via_code": DEEP,
                "via_name": name, "via_name2": "", "is_current": True, "pt_code": "",
            }
        ],
        "total": 1,
    }  # fmt: skip
