"""What codes and names mean, in the toy release."""

import pytest

from m2m_desktop.core.analysis.finding import TermFinder, looks_like_code
from m2m_desktop.core.analysis.records import Reason
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.meddra import load_release
from m2m_desktop.services.release_files import ReleaseSources
from tests.toy.release import HOMOGRAPHS, NOT_CURRENT_LLT, render_all, toy_tables

TABLES = toy_tables()
PT_CODE, PT_NAME = TABLES["pt.asc"][0][:2]
LLT_CODE, LLT_NAME, LLT_PT = next(
    row[:3] for row in TABLES["llt.asc"] if row[0] not in (*HOMOGRAPHS, NOT_CURRENT_LLT, row[2])
)


def pt_code(finder, found):
    return finder.terminology.codes(TermLevel.PT)[found.pt_row]


@pytest.mark.parametrize(
    "text", [PT_CODE, f"{PT_CODE}.0", f" {PT_CODE}　", PT_NAME, f"“{PT_NAME}”", f" {PT_NAME} "]
)
def test_a_pt_is_found_by_what_a_spreadsheet_made_of_its_code_or_name(finder, text):
    found = finder.find(text)

    assert found.is_found
    assert found.reason is None
    assert pt_code(finder, found) == PT_CODE
    assert finder.terminology.codes(TermLevel.LLT)[found.llt_row] == PT_CODE


@pytest.mark.parametrize("text", [LLT_CODE, LLT_NAME])
def test_an_llt_stands_for_its_pt(finder, text):
    found = finder.find(text)

    assert pt_code(finder, found) == LLT_PT
    assert finder.terminology.codes(TermLevel.LLT)[found.llt_row] == LLT_CODE


def test_an_llt_that_is_not_current_is_found_and_said_to_be_so(finder):
    found = finder.find(NOT_CURRENT_LLT)

    assert found.is_found
    assert found.reason is Reason.NOT_CURRENT


def test_a_name_of_two_pts_is_ambiguous_and_names_both(finder):
    name = next(row[1] for row in TABLES["llt.asc"] if row[0] == HOMOGRAPHS[0])
    owners = {row[2] for row in TABLES["llt.asc"] if row[0] in HOMOGRAPHS}

    found = finder.find(name)

    assert not found.is_found
    assert found.reason is Reason.AMBIGUOUS
    assert {finder.terminology.codes(TermLevel.PT)[row] for row in found.rows} == owners


def test_a_name_that_two_pts_bear_themselves_is_ambiguous_too():
    tables = toy_tables()
    tables["pt.asc"][1][1] = PT_NAME
    terminology = load_release(ReleaseSources("toy", "toy", render_all(tables))).terminology

    found = TermFinder(terminology).find(PT_NAME)

    assert (found.reason, found.rows) == (Reason.AMBIGUOUS, (0, 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY), ("  ", Reason.EMPTY),
        ("99999999", Reason.UNKNOWN_CODE), ("12345678.0", Reason.UNKNOWN_CODE),
        ("没有这个", Reason.UNKNOWN_NAME), ("x" * 5000, Reason.UNKNOWN_NAME),
        (TABLES["soc.asc"][0][0], Reason.HIGHER_LEVEL), (TABLES["soc.asc"][0][1], Reason.HIGHER_LEVEL),
        (TABLES["hlt.asc"][0][1], Reason.HIGHER_LEVEL), (TABLES["hlgt.asc"][0][0], Reason.HIGHER_LEVEL),
        ("29990001", Reason.SMQ), (TABLES["smq_list.asc"][0][1], Reason.SMQ),
    ],
)  # fmt: skip
def test_what_is_no_pt_or_llt_is_refused_with_the_reason(finder, text, reason):
    found = finder.find(text)

    assert not found.is_found
    assert found.reason is reason


def test_a_code_that_lost_its_leading_zero_is_found():
    tables = toy_tables()
    for rows in tables.values():
        for row in rows:
            row[:] = ["0" + cell[1:] if cell == PT_CODE else cell for cell in row]
    terminology = load_release(ReleaseSources("toy", "toy", render_all(tables))).terminology

    found = TermFinder(terminology).find(PT_CODE[1:] + ".0")

    assert terminology.names(TermLevel.PT)[found.pt_row] == PT_NAME


def test_only_digits_look_like_codes():
    assert looks_like_code("10000001.0")
    assert not looks_like_code("50")
    assert not looks_like_code("X1")
