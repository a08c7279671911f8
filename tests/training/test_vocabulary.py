"""The tokenizer of our own models: what it cuts, in which order, and where it stops."""

import json

import pytest
from tokenizers import Tokenizer

from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json

TEXTS = ["头痛恶心 alt升高", "头痛 alt", "alt 头痛恶心", "鑫"]


@pytest.fixture(scope="module")
def vocabulary():
    return build_vocabulary(TEXTS)


@pytest.fixture(scope="module")
def tokenizer(vocabulary):
    return Tokenizer.from_str(tokenizer_json(vocabulary, 64))


def test_special_tokens_come_first_and_everything_is_there_once(vocabulary):
    assert vocabulary[:5] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    assert len(set(vocabulary)) == len(vocabulary)
    assert {"头", "痛", "恶", "心", "alt", "pt", "llt", "soc", "0", "##z", "!"} <= set(vocabulary)
    assert "鑫" not in vocabulary  # seen once only
    assert "鑫" in build_vocabulary(TEXTS, min_count=1)
    assert build_vocabulary(TEXTS) == build_vocabulary(reversed(TEXTS))


def test_ids_are_the_places_in_the_list(vocabulary, tokenizer):
    assert tokenizer.get_vocab_size() == len(vocabulary)
    assert [tokenizer.token_to_id(token) for token in vocabulary] == [*range(len(vocabulary))]
    assert json.loads(tokenizer_json(vocabulary, 64))["padding"] is None


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("头痛", ["头", "痛"]),
        ("头痛ALT升", ["头", "痛", "alt", "[UNK]"]),
        ("ＡＬＴ", ["alt"]),
        ("AST1", ["a", "##s", "##t", "##1"]),
        ("鑫", ["[UNK]"]),
        ("PT: 头", ["pt", ":", "头"]),
        ("Ⅱ", ["i", "##i"]),
        ("", []),
        ("[MASK]", ["[MASK]"]),
    ],
)
def test_one_token_a_character_and_whole_abbreviations(tokenizer, text, tokens):
    assert tokenizer.encode(text, add_special_tokens=False).tokens == tokens


def test_a_pair_stands_between_special_tokens_with_types_0_and_1(tokenizer):
    pair = tokenizer.encode("头痛", "恶心 alt")
    assert pair.tokens == ["[CLS]", "头", "痛", "[SEP]", "恶", "心", "alt", "[SEP]"]
    assert pair.type_ids == [0, 0, 0, 0, 1, 1, 1, 1]
    assert pair.attention_mask == [1] * 8
    assert pair.ids[0] == 2
    assert tokenizer.encode("头").tokens == ["[CLS]", "头", "[SEP]"]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (3, 3, (3, 3)),
        (100, 10, (51, 10)),
        (10, 100, (10, 51)),
        (100, 100, (31, 30)),
        (61, 1, (60, 1)),
    ],
)
def test_the_longer_text_of_a_pair_is_cut_first_down_to_64(tokenizer, first, second, kept):
    pair = tokenizer.encode("头" * first, "痛" * second)
    assert len(pair.ids) == sum(kept) + 3 <= 64
    found = (pair.tokens.count("头"), pair.tokens.count("痛"))
    assert found in (kept, kept[::-1] if first == second else kept)
