"""Texts of any length through a tagger that reads only so many tokens."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.encoding import TaggedText
from m2m_desktop.core.narratives.tagging import read_labels
from m2m_desktop.core.narratives.windows import find_in_windows

LABELS = ("O", "B-ADR", "I-ADR")
KNOWN = ("皮疹", "皮肤瘙痒", "恶心", "rash", "muscle weakness", "恶心呕吐伴随严重的上腹部疼痛")


class ListTagger:
    """Knows some names and reads ``limit`` tokens; a name that is cut off at either end is seen in part."""

    def __init__(self, limit, sure_of_parts=0.6):
        self.limit, self.sure_of_parts = limit, sure_of_parts
        self.calls = []

    def tag(self, texts, check=None):  # noqa: ARG002
        self.calls.append(list(texts))
        return [self._tag(text) for text in texts]

    def _tag(self, text):
        tokens = [match.span() for match in re.finditer(r"[A-Za-z]+|\d|[^\s\w]|\w", text)]
        tokens = tokens[: self.limit]
        rows = np.tile([0.9, 0.05, 0.05], (len(tokens), 1))
        reached = tokens[-1][1] if tokens else 0
        for name in KNOWN:
            for match in re.finditer(name, text):
                inside = [
                    number
                    for number, (start, end) in enumerate(tokens)
                    if match.start() <= start and end <= min(match.end(), reached)
                ]
                for order, number in enumerate(inside):
                    sure = 0.9 if match.end() <= reached else self.sure_of_parts
                    rows[number] = [1 - sure, sure, 0] if order == 0 else [1 - sure, 0, sure]
        return TaggedText(tuple(tokens), rows.reshape(len(tokens), 3))


def found(text, limit):
    (spans,) = find_in_windows([text], ListTagger(limit), read_labels(LABELS), limit)
    return [text[one.start : one.end] for one in spans]


@pytest.mark.parametrize("limit", [8, 16, 17, 40, 1000])
@pytest.mark.parametrize("join", ["。", "，", "\r\n", " ", ""])
def test_every_mention_is_found_once_whatever_the_window(limit, join):
    names = ["皮疹", "皮肤瘙痒", "恶心"] * 12
    text = join.join(names)

    assert found(text, limit) == names


def test_a_window_is_cut_at_the_end_of_a_sentence():
    tagger = ListTagger(10)
    text = "患者出现皮疹。后又恶心。再出现皮肤瘙痒数日。"
    find_in_windows([text], tagger, read_labels(LABELS), 10)

    assert [call[0][:3] for call in tagger.calls] == ["患者出", "后又恶", "再出现"]


def test_words_of_latin_letters_are_not_cut():
    text = "muscle weakness and rash " * 30

    assert found(text, 9) == ["muscle weakness", "rash"] * 30


@pytest.mark.parametrize("sure_of_parts", [0.6, 0.99])
def test_a_mention_at_the_edge_of_a_window_is_taken_from_the_one_that_saw_it_whole(sure_of_parts):
    text = "一二三四五六七八九十" + "恶心呕吐伴随严重的上腹部疼痛" + "一二三四五"
    tagger = ListTagger(20, sure_of_parts)
    (spans,) = find_in_windows([text], tagger, read_labels(LABELS), 20)

    assert [text[one.start : one.end] for one in spans] == ["恶心呕吐伴随严重的上腹部疼痛"]


def test_texts_of_many_lengths_are_tagged_together():
    tagger = ListTagger(8)
    texts = ["皮疹。" * 5, "", "恶心", " \n ", "rash. " * 9]
    answers = find_in_windows(texts, tagger, read_labels(LABELS), 8)

    assert [len(one) for one in answers] == [5, 0, 1, 0, 9]
    assert len(tagger.calls[0]) == 3


def test_a_stretch_without_tokens_does_not_stop_the_reading():
    assert found(" \u3000" * 50 + "皮疹" + " " * 200 + "恶心", 8) == ["皮疹", "恶心"]


@given(
    st.lists(st.sampled_from([*KNOWN, "患者", "。", "，", "\r\n", " ", "3", "😀", "e\u0301"])),
    st.integers(8, 30),
)
def test_places_are_those_of_the_text_and_never_overlap(parts, limit):
    text = "".join(parts)
    (spans,) = find_in_windows([text], ListTagger(limit), read_labels(LABELS), limit)

    assert all(text[one.start : one.end].strip() for one in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
