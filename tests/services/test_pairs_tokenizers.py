"""The spliced pairs are the library's own, for tokenizers of every shape that models come with."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from m2m_desktop.core.pairs import PairAssembler

SHIPPED = Path(__file__).parents[2] / "resources/models/m2m-small-zh-1/tokenizer.json"
PIECES = (
    "头痛", "恶心", "服药后全身皮肤瘙痒", "转氨酶升高", "；LLT别名: ", "，", "。", " ", "  ", "\t", "\n",
    "ALT", "grade", " rash", "Naïve", "α", "β-受体", "3", "2.5", "10⁹/L", "Ⅱ度", "😵", "👩‍⚕️", "\u200b", "\ufffd",
    "㐀", "𠮷", "ア", "한", "é", "x" * 101, "[SEP]", "[UNK]", "</s>", "##痛", "<mask>",
)  # fmt: skip
MAX_LENGTHS = (8, 16, 64, 128)
Make = Callable[[], Tokenizer]


def word_piece() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED))


def byte_level(template: processors.PostProcessor | None, special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(PIECES, trainer)
    tokenizer.post_processor = template or processors.ByteLevel(trim_offsets=False)
    return tokenizer


def roberta() -> Tokenizer:
    template = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return byte_level(template, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])


def modern_bert() -> Tokenizer:
    template = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
    )
    return byte_level(template, ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"])


def bare() -> Tokenizer:
    return byte_level(None, ["<s>"])


def turned() -> Tokenizer:
    tokenizer = word_piece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $B [SEP] $A:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer


def texts(count: int, max_length: int, rng: random.Random) -> list[str]:
    """Empty, blank and very long ones, and many of about the length at which truncation begins."""
    most = (1, 3, max_length // 5, max_length // 2)
    chosen = [
        "".join(rng.choices(PIECES, k=rng.randint(0, rng.choice(most)))) for _ in range(count)
    ]
    return ["", " ", "\n", "痛疹 " * 9 * max_length, *chosen[4:]]


def given_and_expected(tokenizer: Tokenizer, mentions: list[str], candidates: list[str]):
    """All pairs: as the assembler makes them, and as the library does."""
    assembler = PairAssembler(tokenizer)
    pairs = assembler.assemble([(mention, candidates) for mention in mentions])
    given = [(pair.ids.tolist(), pair.type_ids.tolist()) for pair in pairs]
    asked = [(mention, candidate) for mention in mentions for candidate in candidates]
    expected = [(pair.ids, pair.type_ids) for pair in tokenizer.encode_batch(asked)]
    return assembler, given, expected


@pytest.mark.parametrize("make", [word_piece, roberta])
def test_10_000_pairs_are_the_librarys_own(make: Make) -> None:
    tokenizer, rng, lengths = make(), random.Random(7), set()
    for max_length in MAX_LENGTHS:
        tokenizer.enable_truncation(max_length, strategy="longest_first")
        sides = [texts(50, max_length, rng) for _ in range(2)]
        assembler, given, expected = given_and_expected(tokenizer, *sides)

        assert assembler.is_spliced
        assert len(given) == 2500
        assert given == expected
        lengths |= {len(ids) for ids, _ in given}
    assert lengths >= {
        4,
        8,
        16,
        64,
        128,
    }  # nothing between the special tokens, and all there can be


@pytest.mark.parametrize("make", [modern_bert, bare])
@pytest.mark.parametrize("max_length", [9, 64, None])
def test_other_templates_and_no_truncation(make: Make, max_length: int | None) -> None:
    tokenizer, rng = make(), random.Random(8)
    if max_length:
        tokenizer.enable_truncation(max_length, strategy="longest_first")
    sides = [texts(20, max_length or 20, rng) for _ in range(2)]
    assembler, given, expected = given_and_expected(tokenizer, *sides)

    assert assembler.is_spliced
    assert given == expected


def left(tokenizer: Tokenizer) -> None:
    tokenizer.enable_truncation(16, direction="left")


def overlapping(tokenizer: Tokenizer) -> None:
    tokenizer.enable_truncation(16, stride=4)


def too_short(tokenizer: Tokenizer) -> None:
    tokenizer.enable_truncation(4)


def padded(tokenizer: Tokenizer) -> None:
    tokenizer.enable_padding(length=20)


@pytest.mark.parametrize("change", [left, overlapping, too_short, padded, None])
def test_what_cannot_be_spliced_is_tokenised_pair_by_pair(change) -> None:
    tokenizer = turned() if change is None else word_piece()
    if change is not None:
        change(tokenizer)
    sides = [["", "头痛", "痒 " * 40], ["皮疹", "", "rash " * 90]]
    assembler, given, expected = given_and_expected(tokenizer, *sides)

    assert not assembler.is_spliced
    assert given == expected


def test_both_texts_far_too_long_share_the_odd_place_by_their_whole_lengths() -> None:
    tokenizer = word_piece()
    tokenizer.enable_truncation(16)
    sides = ["痛" * 40, "痛" * 300], ["疹" * 50, "疹" * 200, "疹" * 300]
    assembler, given, expected = given_and_expected(tokenizer, *sides)

    assert assembler.is_spliced
    assert given == expected
    assert {ids.index(3) for ids, _ in given} == {7, 8}
