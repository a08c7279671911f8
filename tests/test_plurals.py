"""English that counts: "1 row", never "1 rows". `ngettext` has a form for each, or no noun follows."""

import importlib.util
import re
from pathlib import Path

import pytest

MESSAGES_PY = Path(__file__).parents[1] / "packaging" / "messages.py"

NUMBERS = (
    "all|changed|cores|count|done|entries|events|examined|expected|given|items|kept|left|pairs|rows|"
    "skipped|terms|tokens|total|undecided|unpaired"
)
COUNTED = re.compile(rf"\{{({NUMBERS})\}} (?:[a-z]+ )?(?:[a-z]{{2,}}s|are|have|were|PTs|LLTs)\b")
SINGULAR = re.compile(r"\} (?:[a-z]+ )?(?:is|was|has|less|this|gets|holds|agrees|stays)\b")

UNREAD = "m2m_desktop/services/evaluation/"
"""Speaks to those who measure models; its files count their own lines."""

NEVER_ONE = frozenset(
    {
        # asked for by the program, and more than one
        "{count} bars",
        "{model}: {count} ms for {texts} texts.",
        "at most {count} LLTs, in the order of the release",
        "at most {count} LLTs, the one that was found first",
        "At most {count} rows can be copied. Export writes all of them to a workbook.",
        # said only of several
        "Keys and buttons hold for the {count} chosen phrases.",
        "This name belongs to {count} PTs: {names}. Give the code.",
        "met in {count} reports",
        "no sheet has the columns {names} in its first {rows} rows.",
        # of a measurement or a file far beyond one
        "The text is longer than {count} characters: paste one narrative at a time.",
        "it is longer than {count} characters; one narrative is expected.",
        "{share} of phrases at most, from {count} that were scored in full",
        "it has {count} parts, far more than a workbook.",
        "its tokenizer knows {tokens} tokens, the weights are for {rows}",
        "{file} names {count} labels, the weights are for {rows}",
        "{pairs} pairs in {milliseconds} ms ({rate} pairs a second), {threads} of {cores} cores",
    }
)


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("m2m_messages", MESSAGES_PY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def counts_without_a_singular(text):
    return bool(COUNTED.search(text)) and not SINGULAR.search(text) and text not in NEVER_ONE


def test_no_message_counts_one_as_several(catalogue):
    texts = {
        found.text
        for found in catalogue.all_messages()
        if isinstance(found.text, str) and not found.file.startswith(UNREAD)
    }
    assert [text for text in sorted(texts) if counts_without_a_singular(text)] == []
    assert texts >= NEVER_ONE, "an exception is not needed any more"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("{count} phrases", True),
        ("Copied: {count} rows", True),
        ("{count} chosen rows were copied", True),
        ("Rows copied: {count}", False),
        ("{count} row was copied", False),
        ("{path} holds several", False),
        ("{count} not counted", False),
    ],
)
def test_the_guard_sees_what_it_is_for(text, is_found):
    assert counts_without_a_singular(text) is is_found
