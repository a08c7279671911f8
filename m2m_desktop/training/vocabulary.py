"""Make a small WordPiece tokenizer: one token per Chinese character, whole Latin abbreviations."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_TEMPLATE_WORDS = ("pt", "llt", "hlt", "hlgt", "soc")
_ASCII = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
_LATIN_WORD = re.compile(r"[a-z]{2,}")


def build_vocabulary(texts: Iterable[str], *, min_count: int = 2) -> list[str]:
    """List the tokens for normalised ``texts``: special, ASCII, frequent Latin words, characters.

    Latin letters and digits also stand as continuations (``##a``), so any Latin word can be
    spelled; characters seen less than ``min_count`` times become [UNK].
    """
    characters: Counter[str] = Counter()
    latin: Counter[str] = Counter()
    for text in texts:
        characters.update(character for character in text if ord(character) > 127)
        latin.update(_LATIN_WORD.findall(text))
    pieces = [f"##{character}" for character in _ASCII if character.isalnum()]
    frequent = [word for word, count in latin.items() if count >= 3 and len(word) <= 12]
    kept = [character for character, count in characters.items() if count >= min_count]
    tokens = [*_SPECIAL, *_ASCII, *pieces, *_TEMPLATE_WORDS, *sorted(frequent), *sorted(kept)]
    return list(dict.fromkeys(tokens))


def tokenizer_json(vocabulary: list[str], max_length: int) -> str:
    """Write the ``tokenizer.json`` of a lower-casing BERT tokenizer over ``vocabulary``.

    NFKC first, so that full-width letters and Roman numerals meet their plain forms. Truncation
    is longest-first at ``max_length``; padding is left to the caller.
    """
    ids = {token: row for row, token in enumerate(vocabulary)}

    def special(token: str) -> dict[str, Any]:
        return {
            "id": ids[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }

    def piece(token: str, segment: int) -> dict[str, Any]:
        kind = "Sequence" if len(token) == 1 else "SpecialToken"
        return {kind: {"id": token, "type_id": segment}}

    first = [piece("[CLS]", 0), piece("A", 0), piece("[SEP]", 0)]
    content = {
        "version": "1.0",
        "truncation": {
            "direction": "Right",
            "max_length": max_length,
            "strategy": "LongestFirst",
            "stride": 0,
        },
        "padding": None,
        "added_tokens": [special(token) for token in _SPECIAL],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFKC"},
                {
                    "type": "BertNormalizer",
                    "clean_text": True,
                    "handle_chinese_chars": True,
                    "strip_accents": None,
                    "lowercase": True,
                },
            ],
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": first,
            "pair": [*first, piece("B", 1), piece("[SEP]", 1)],
            "special_tokens": {
                token: {"id": token, "ids": [ids[token]], "tokens": [token]}
                for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=0)


def wordpiece_json(texts: Iterable[str], max_length: int, *, size: int = 8000) -> str:
    """Learn pieces of words from ``texts`` and write the tokenizer over them.

    For languages with blanks between words. Ties are broken by the words' order, so that equal
    texts give equal pieces.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    learner.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.BertNormalizer(lowercase=True)]
    )
    learner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=list(_SPECIAL), show_progress=False
    )
    learner.train_from_iterator(sorted(set(texts)), trainer)
    tokens = sorted(learner.get_vocab().items(), key=lambda pair: pair[1])
    words = [token for token, _ in tokens if token not in _SPECIAL]
    return tokenizer_json([*_SPECIAL, *words], max_length)
