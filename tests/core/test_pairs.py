"""Pairs put together from texts that were tokenised before."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from m2m_desktop.core.pairs import PairAssembler, shares

SHIPPED = Path(__file__).parents[2] / "resources/models/m2m-small-zh-1/tokenizer.json"


class RecordingTokenizer:
    """The shipped tokenizer; remembers which single texts it was asked for."""

    def __init__(self) -> None:
        self.inner = Tokenizer.from_file(str(SHIPPED))
        self.truncation = self.inner.truncation
        self.asked: list[str] = []

    def encode_batch(self, texts, add_special_tokens=True):
        self.asked += [text for text in texts if isinstance(text, str)]
        return self.inner.encode_batch(texts, add_special_tokens=add_special_tokens)

    def news(self) -> list[str]:
        """What it was asked for since the last time."""
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def tokenizer() -> RecordingTokenizer:
    return RecordingTokenizer()


def ready(tokenizer: RecordingTokenizer, **options) -> PairAssembler:
    """An assembler that has learnt its frame already."""
    assembler = PairAssembler(tokenizer, **options)
    assert assembler.is_spliced
    tokenizer.news()
    return assembler


def rows(assembler: PairAssembler, *phrases) -> list[tuple[list[int], list[int]]]:
    return [(pair.ids.tolist(), pair.type_ids.tolist()) for pair in assembler.assemble(phrases)]


# -- what stays of texts that are too long ---------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "room", "stay"),
    [
        ((3, 4), 7, (3, 4)),  # all of both
        ((2, 9), 7, (2, 5)),  # the longer one gives way
        ((9, 2), 7, (5, 2)),
        ((0, 9), 7, (0, 7)),
        ((9, 0), 7, (7, 0)),
        ((8, 9), 7, (3, 4)),  # both give way: the odd place is the longer one's
        ((9, 8), 7, (4, 3)),
        ((9, 9), 7, (3, 4)),  # or the second one's
        ((9, 8), 6, (3, 3)),
        ((4, 3), 6, (3, 3)),
    ],
)
def test_the_longer_text_gives_way_first(lengths, room, stay) -> None:
    assert shares(*lengths, room) == stay


@given(st.integers(0, 90), st.integers(0, 90), st.integers(2, 70))
def test_the_room_is_used_up_and_never_exceeded(first: int, second: int, room: int) -> None:
    ours, theirs = shares(first, second, room)

    assert ours + theirs == min(room, first + second)
    assert 0 <= ours <= first
    assert 0 <= theirs <= second
    assert ours == first or ours >= room // 2
    assert theirs == second or theirs >= room // 2


# -- what is tokenised when ------------------------------------------------------------------------


def test_a_candidate_text_is_tokenised_once(tokenizer) -> None:
    assembler = ready(tokenizer)
    first = rows(assembler, ("头痛", ["皮疹", "恶心", "皮疹"]))
    assert tokenizer.news() == ["头痛", "皮疹", "恶心"]

    again = rows(assembler, ("头痛", ["恶心", "呕吐", "皮疹"]))

    assert tokenizer.news() == ["头痛", "呕吐"]
    assert again[0] == first[1]
    assert again[2] == first[0] == first[2]


def test_a_mention_is_not_kept(tokenizer) -> None:
    assembler = ready(tokenizer)
    for _ in range(2):
        rows(assembler, ("头痛", ["皮疹"]))
        assert "头痛" in tokenizer.news()


def test_the_oldest_texts_make_room(tokenizer) -> None:
    assembler = ready(tokenizer, cached_texts=2)
    pairs = rows(assembler, ("头痛", ["皮疹", "恶心", "呕吐"]))  # more than are kept at all
    tokenizer.news()

    assert rows(assembler, ("头痛", ["恶心", "呕吐"])) == pairs[1:]
    assert tokenizer.news() == ["头痛"]
    assert rows(assembler, ("头痛", ["皮疹"])) == pairs[:1]
    assert tokenizer.news() == ["头痛", "皮疹"]
    rows(assembler, ("头痛", ["呕吐", "恶心"]))
    assert tokenizer.news() == ["头痛", "恶心"]


def test_several_phrases_are_tokenised_together_and_come_in_order(tokenizer) -> None:
    phrases = ("头痛", ["皮疹", "恶心"]), ("痒", []), ("肚子疼", ["恶心"])
    together = rows(ready(tokenizer), *phrases)
    assert tokenizer.news() == ["头痛", "痒", "肚子疼", "皮疹", "恶心"]

    alone = [row for phrase in phrases for row in rows(ready(tokenizer), phrase)]
    assert together == alone


def test_half_characters_become_replacement_characters(tokenizer) -> None:
    assembler = ready(tokenizer)
    broken = rows(assembler, ("皮\ud800疹", ["头\udc00痛"]))

    assert broken == rows(assembler, ("皮\ufffd疹", ["头\ufffd痛"]))
