"""The card of a term, against the rows of the toy release."""

from pathlib import Path

import pytest

from m2m_desktop.core.errors import BadRequest
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.dictionary.browsing import open_route
from m2m_desktop.services.dictionary.cards import MAX_CHILDREN, term_card
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.reference_csv import load_reference_csv
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import (
    HOMOGRAPHS,
    MULTI_AXIAL_PT,
    NOT_CURRENT_LLT,
    render_all,
    toy_files,
    toy_tables,
)

TABLES = toy_tables()


def opened(files):
    return load_release(ReleaseSources("toy", "toy", files)).terminology


@pytest.fixture(scope="module")
def terminology():
    return opened(toy_files())


def test_the_card_of_a_pt_has_its_paths_llts_and_name(terminology):
    card = term_card(terminology, TermLevel.PT, MULTI_AXIAL_PT)

    assert card.names == (("Chinese", TABLES["pt.asc"][1][1]),)
    assert card.pt is None
    assert card.parents == ()
    assert [path.is_primary for path in card.paths] == [True, False]
    expected = {(*r[1:4], r[11]) for r in TABLES["mdhier.asc"] if r[0] == MULTI_AXIAL_PT}
    assert expected == {
        (p.hlt.code, p.hlgt.code, p.soc.code, "Y" if p.is_primary else "N") for p in card.paths
    }
    llts = [row[0] for row in TABLES["llt.asc"] if row[2] == MULTI_AXIAL_PT]
    assert [row.code for row in card.children] == llts
    assert card.child_total == card.term.child_count == len(llts)


def test_the_card_of_an_llt_has_its_pt_and_the_paths_of_that(terminology):
    card = term_card(terminology, TermLevel.LLT, NOT_CURRENT_LLT)

    assert not card.term.is_current
    assert card.pt is not None
    assert (card.pt.level, card.pt.code) == (TermLevel.PT, "90000101")
    assert card.paths == term_card(terminology, TermLevel.PT, "90000101").paths
    assert (card.children, card.child_total) == ((), 0)
    assert [(event.version, event.currency, event.action) for event in card.history] == [
        ("98.0", "Y", "A"),
        ("99.0", "N", "U"),
    ]


@pytest.mark.parametrize(
    ("level", "above", "column"), [(TermLevel.HLT, 2, 1), (TermLevel.HLGT, 3, 2)]
)
def test_a_group_has_the_terms_above_it(terminology, level, above, column):
    for code in (row[0] for row in TABLES[f"{level.name.lower()}.asc"]):
        card = term_card(terminology, level, code)
        expected = {row[above] for row in TABLES["mdhier.asc"] if row[column] == code}
        assert {row.code for row in card.parents} == expected
        assert {row.level for row in card.parents} == {TermLevel(level - 1)}
        assert card.paths == card.smqs == ()


def test_a_soc_has_nothing_above_it(terminology):
    card = term_card(terminology, TermLevel.SOC, "90000001")
    assert card.parents == card.paths == ()
    assert {row.level for row in card.children} == {TermLevel.HLGT}


def test_smqs_say_their_scope_and_whether_they_hold_the_term_themselves(terminology):
    def smqs(level, code):
        found = term_card(terminology, level, code).smqs
        return [(each.smq.code, each.is_narrow, each.is_direct) for each in found]

    deep = [("29990001", True, False), ("29990002", True, False), ("29990003", True, True)]
    assert smqs(TermLevel.PT, "90000103") == deep
    assert smqs(TermLevel.LLT, "90000103") == deep  # through its PT
    assert smqs(TermLevel.LLT, "90001005") == [("29990001", False, True)]  # listed itself
    assert smqs(TermLevel.PT, "90000106") == []  # listed, but no longer active


def test_other_terms_of_the_same_name_are_listed(terminology):
    first, second = HOMOGRAPHS
    assert second in [row.code for row in term_card(terminology, TermLevel.LLT, first).same_name]
    assert first not in [row.code for row in term_card(terminology, TermLevel.LLT, first).same_name]


def test_a_pt_and_its_own_llt_are_one_term(terminology):
    for level in (TermLevel.PT, TermLevel.LLT):
        assert term_card(terminology, level, "90000105").same_name == ()


@pytest.mark.parametrize("level", list(TermLevel))
def test_no_term_is_listed_as_another_one_of_its_own_name(terminology, level):
    for code in (row[0] for row in TABLES[f"{level.name.lower()}.asc"]):
        others = term_card(terminology, level, code).same_name
        assert code not in {row.code for row in others}


def test_a_name_that_stands_at_another_level_is_listed():
    tables = toy_tables()
    tables["hlt.asc"][3][1] = tables["pt.asc"][4][1]
    for row in tables["mdhier.asc"]:
        if row[1] == tables["hlt.asc"][3][0]:
            row[5] = tables["pt.asc"][4][1]
    found = term_card(opened(render_all(tables)), TermLevel.PT, tables["pt.asc"][4][0]).same_name
    assert [(row.level, row.code) for row in found] == [(TermLevel.HLT, tables["hlt.asc"][3][0])]


def test_a_card_has_so_many_children_and_tells_of_all():
    tables = toy_tables()
    blank = [""] * 6
    for number in range(MAX_CHILDREN):
        llt = [str(95000001 + number), f"左布第{number}号", "90000101", *blank, "Y", ""]
        tables["llt.asc"].append(llt)
    card = term_card(opened(render_all(tables)), TermLevel.PT, "90000101")
    assert len(card.children) == MAX_CHILDREN
    assert card.child_total == MAX_CHILDREN + 3


@pytest.mark.parametrize("code", ["", "99999999", "90000001"])
def test_a_term_that_is_not_there_is_refused(terminology, code):
    with pytest.raises(BadRequest):
        term_card(terminology, TermLevel.PT, code)


def test_a_dictionary_without_codes_of_its_own_has_cards_too():
    rows = (
        "pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name\n"
        "SYN_PT_901,左布炎,左布炎,左布炎症,左布疾病,虚构器官\n"
        "SYN_PT_901,左布炎,左布肿胀,左布炎症,左布疾病,虚构器官\n"
    )
    csv = load_reference_csv(Path("mine.csv"), rows.encode()).terminology
    card = term_card(csv, TermLevel.PT, "SYN_PT_901")
    assert [row.name for row in card.children] == ["左布炎", "左布肿胀"]
    assert [path.soc.name for path in card.paths] == ["虚构器官"]
    assert card.same_name == card.smqs == card.history == ()
    assert term_card(csv, TermLevel.LLT, card.children[0].code).same_name == ()
    route = open_route(csv, TermLevel.LLT, card.children[1].code).route
    assert route[-2:] == ("SYN_PT_901", card.children[1].code)
