"""The comparison with other programs (`resources/help/features.md`): each line is proved by tests."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "resources" / "help" / "features.md"

COLUMNS = ["feature", "Browser", "Usagi", "here", "note", "proof"]
ANSWERS = {"yes", "part", "no", "-", "?"}
PROOF = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def lines(text):
    """The lines of all tables, without their headings."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [row for row in rows if row != COLUMNS and set(row[0]) != {"-"}]


@lru_cache
def collected(path):
    """The names of the tests in a file that pytest collects: functions at the top, not twice."""
    file = TESTS / path
    if not file.is_file() or not file.name.startswith("test_"):
        return frozenset()
    nodes = ast.parse(file.read_text("utf-8")).body
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def problems(row):
    """What is wrong with a line."""
    if len(row) != len(COLUMNS):
        return ["not six cells"]
    _feature, browser, usagi, here, note, proof = row
    proofs = PROOF.findall(proof)
    found = [
        f"no such test: {path}::{name}" for path, name in proofs if name not in collected(path)
    ]
    if not {browser, usagi, here} <= ANSWERS or here in {"-", "?"}:
        found.append("an answer that is none")
    if here in {"yes", "part"} and (not proofs or PROOF.sub("", proof).strip()):
        found.append("no proof")
    if here == "no" and proof != "-":
        found.append("a proof for what is not there")
    if here in {"no", "part"} and not note:
        found.append("no word about what is missing")
    return found


def test_every_line_is_proved_by_tests_that_exist():
    assert {row[0]: problems(row) for row in lines(PAGE.read_text("utf-8")) if problems(row)} == {}


def test_no_feature_stands_there_twice_and_what_is_lacking_is_told():
    rows = lines(PAGE.read_text("utf-8"))
    names = [row[0] for row in rows]
    assert len(names) == len(set(names)) > 60
    assert {row[3] for row in rows} == {"yes", "part", "no"}


GOOD = "test_features.py::test_every_line_is_proved_by_tests_that_exist"


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (f"| Search | yes | no | yes | | `{GOOD}` |", 0),
        ("| Search | yes | no | no | not needed | - |", 0),
        ("| Search | yes | no | yes | | |", 1),
        ("| Search | yes | no | yes | | `test_features.py::test_that_nobody_wrote` |", 1),
        ("| Search | yes | no | yes | | `nowhere/test_x.py::test_y` |", 1),
        ("| Search | yes | no | yes | | test_features.py, somewhere |", 1),
        ("| Search | yes | no | no | | - |", 1),
        (f"| Search | yes | no | part | | `{GOOD}` |", 1),
        (f"| Search | perhaps | no | yes | | `{GOOD}` |", 1),
        (f"| Search | yes | no | no | not yet | `{GOOD}` |", 1),
        ("| Search | yes |", 1),
    ],
)
def test_a_line_without_a_proof_is_found(line, count):
    (row,) = lines(line)
    assert len(problems(row)) == count
