"""Look up a term, climb to its SOC, list what lies below: against the rows of the toy release."""

import pytest

from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import MULTI_AXIAL_PT, NOT_CURRENT_LLT, toy_files, toy_tables

TABLES = toy_tables()


@pytest.fixture(scope="module")
def terminology() -> Terminology:
    return load_release(ReleaseSources("toy", "toy", toy_files())).terminology


@pytest.mark.parametrize("level", list(TermLevel))
def test_every_term_is_found_by_code_and_by_name(
    terminology: Terminology, level: TermLevel
) -> None:
    rows = TABLES[f"{level.name.lower()}.asc"]

    assert terminology.count(level) == len(rows)
    for at, row in enumerate(rows):
        term = terminology.term(level, row[0])
        assert term is not None
        assert (term.code, term.name, term.level, term.name2) == (row[0], row[1], level, "")
        assert terminology.index(level, row[0]) == at
        assert term in terminology.find(row[1], [level])


def test_a_pt_and_its_llt_share_a_code_and_are_told_apart(terminology: Terminology) -> None:
    found = terminology.find(TABLES["pt.asc"][0][1])

    assert [(term.level, term.code) for term in found] == [
        (TermLevel.PT, "90000101"),
        (TermLevel.LLT, "90000101"),
    ]


@pytest.mark.parametrize("code", ["", "99999999", "nonsense", "\x00", "\ud800", "900001011"])
def test_an_unknown_code_gives_nothing(terminology: Terminology, code: str) -> None:
    assert terminology.preferred_term(code) is None
    assert terminology.llt(code) is None
    assert terminology.term(TermLevel.SOC, code) is None
    assert terminology.smq(code) is None
    assert terminology.paths(code) == terminology.llts(code) == terminology.history(code) == ()
    assert terminology.children(TermLevel.SOC, code) == terminology.smqs_of(code) == ()
    assert terminology.smq_children(code) == terminology.smq_members(code) == ()


def test_every_path_of_a_pt_is_there_and_exactly_one_is_primary(terminology: Terminology) -> None:
    for row in TABLES["pt.asc"]:
        paths = terminology.paths(row[0])
        expected = {
            (each[3], each[2], each[1], each[11] == "Y")
            for each in TABLES["mdhier.asc"]
            if each[0] == row[0]
        }
        assert {(p.soc.code, p.hlgt.code, p.hlt.code, p.is_primary) for p in paths} == expected
        assert [path.is_primary for path in paths] == [True] + [False] * (len(paths) - 1)


def test_climbing_down_from_the_socs_meets_every_path(terminology: Terminology) -> None:
    met = {
        (pt.code, hlt.code, hlgt.code, soc.code)
        for soc in terminology.socs()
        for hlgt in terminology.children(TermLevel.SOC, soc.code)
        for hlt in terminology.children(TermLevel.HLGT, hlgt.code)
        for pt in terminology.children(TermLevel.HLT, hlt.code)
    }

    assert {tuple(row[:4]) for row in TABLES["mdhier.asc"]} <= met


def test_the_llts_of_a_pt_come_in_file_order(terminology: Terminology) -> None:
    expected = [row[0] for row in TABLES["llt.asc"] if row[2] == "90000101"]

    assert [llt.code for llt in terminology.llts("90000101")] == expected
    assert [term.code for term in terminology.children(TermLevel.PT, "90000101")] == expected
    assert terminology.children(TermLevel.LLT, "90000101") == ()


def test_llts_that_are_not_current_can_be_left_out(terminology: Terminology) -> None:
    assert NOT_CURRENT_LLT in [llt.code for llt in terminology.llts("90000101")]
    assert NOT_CURRENT_LLT not in [
        llt.code for llt in terminology.llts("90000101", current_only=True)
    ]
    assert not terminology.llt_current[terminology.index(TermLevel.LLT, NOT_CURRENT_LLT)]


def test_a_multi_axial_pt_stands_below_both_its_hlts(terminology: Terminology) -> None:
    for path in terminology.paths(MULTI_AXIAL_PT):
        below = terminology.children(TermLevel.HLT, path.hlt.code)
        assert MULTI_AXIAL_PT in [term.code for term in below]


def test_an_smq_tells_what_it_is(terminology: Terminology) -> None:
    smq = terminology.smq("29990003")

    assert smq is not None
    assert (smq.level, smq.is_active, smq.algorithm) == (3, True, "A or (B and C)")
    assert smq.description == 'Invented "text".'
    first = terminology.smq("29990001")
    assert first is not None
    assert first.algorithm == ""
    assert [each.code for each in terminology.smqs()] == ["29990001", "29990002", "29990003"]


def test_narrow_members_are_a_part_of_all_members(terminology: Terminology) -> None:
    everything = terminology.smq_members("29990001")
    narrow = terminology.smq_members("29990001", narrow_only=True)

    assert set(narrow) < set(everything)
    assert all(member.is_narrow for member in narrow)
    weights = {member.term.code: (member.category, member.weight) for member in everything}
    assert weights["90000103"] == ("B", 3)
