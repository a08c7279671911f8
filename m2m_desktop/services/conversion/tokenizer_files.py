"""The tokenizer of a checkpoint as one complete tokenizer.json.

Older checkpoints have only word lists (``vocab.txt``, or ``vocab.json`` with ``merges.txt``) and
settings beside them. What is made of these splits every text as the library of the checkpoint
does, and where that library lets the settings overrule an existing tokenizer.json, they do here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from m2m_desktop.core.errors import ModelError
from m2m_desktop.core.messages import N_, message
from m2m_desktop.services.conversion.checkpoint_files import CheckpointFolder

if TYPE_CHECKING:
    from tokenizers import AddedToken, Tokenizer

TOKENIZER = "tokenizer.json"
WORDS, BYTES, MERGES = "vocab.txt", "vocab.json", "merges.txt"

_WORDPIECE_TOKENS = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}
_BYTE_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "cls_token": "<s>",
    "mask_token": "<mask>",
}
_USUAL_TOKENS: Mapping[str, Mapping[str, str]] = {
    "wordpiece": _WORDPIECE_TOKENS,
    "bytes": _BYTE_TOKENS,
}
_NEEDED = ("unk_token", "sep_token", "pad_token", "cls_token")
_WORDPIECE_CLASSES = frozenset({"BertTokenizer", "DistilBertTokenizer"})
_BYTE_CLASSES = frozenset({"RobertaTokenizer"})

Fields = dict[str, Any]


@dataclass(frozen=True)
class TokenizerText:
    """A complete tokenizer.json, which neither cuts nor pads; ``size`` is its highest id + 1."""

    json: str
    pad_id: int
    size: int
    max_length: int


def read_tokenizer(
    folder: CheckpointFolder, model_type: str, *, pad_id: int, lowercases: bool = False
) -> TokenizerText:
    """Read or make the tokenizer of a checkpoint.

    ``pad_id`` holds where the files name no padding; ``lowercases`` puts every text into lower
    case first. ``max_length`` of the result is 0 where the files say none.
    Raises ModelDamaged, CheckpointUnsupported.
    """
    settings = _settings(folder)
    kind = _kind(settings, model_type)
    named = {key: value for key, value in settings.items() if value is not None}
    settings = {**_USUAL_TOKENS.get(kind, {}), **named}
    try:
        content = _content(folder, settings, kind)
        if lowercases:
            _lowercase_first(content)
        content["truncation"] = content["padding"] = None
        text = json.dumps(content, ensure_ascii=False)
        text.encode("utf-8")
        tokenizer = _parse(text)
        ids = tokenizer.get_vocab(with_added_tokens=True).values()
        pad_token = _named(settings, "pad_token")
        padding = tokenizer.token_to_id(pad_token) if pad_token else None
    except (KeyboardInterrupt, SystemExit, ModelError):
        raise
    except BaseException as error:  # the library's panics are no Exception
        detail = message(N_("{file} is not a usable tokenizer"), file=_source(folder, kind))
        raise folder.damaged(detail) from error
    return TokenizerText(
        json=text,
        pad_id=pad_id if padding is None else padding,
        size=max(ids, default=-1) + 1,
        max_length=_max_length(settings),
    )


def _parse(text: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    return Tokenizer.from_str(text)


def _content(folder: CheckpointFolder, settings: Fields, kind: str) -> Fields:
    source = _source(folder, kind)
    if source == TOKENIZER:
        content = folder.fields(TOKENIZER)
        _overrule(content, settings, kind)
        if content.get("post_processor") is None and kind == "wordpiece":
            content["post_processor"] = _pair_template(_parse(json.dumps(content)), settings)
        return content
    if source == WORDS:
        tokenizer = _make_wordpiece(folder, settings)
    else:
        tokenizer = _make_byte_level(folder, settings)
    content = json.loads(tokenizer.to_str())
    if not isinstance(content, dict):
        raise TypeError(type(content).__name__)
    return content


def _source(folder: CheckpointFolder, kind: str) -> str:
    """Which file the tokens are in. Raises ModelDamaged, CheckpointUnsupported."""
    if folder.has(TOKENIZER):
        return TOKENIZER
    if kind == "other":
        detail = message(
            N_("its tokenizer can only be taken from a {file}, which is missing"), file=TOKENIZER
        )
        raise folder.unsupported(detail)
    needed = (WORDS,) if kind == "wordpiece" else (BYTES, MERGES)
    lacking = [name for name in needed if not folder.has(name)]
    if lacking:
        raise folder.unreadable(TOKENIZER if len(lacking) == len(needed) else lacking[0])
    return needed[0]


# -- settings --------------------------------------------------------------------------------------


def _settings(folder: CheckpointFolder) -> Fields:
    """Merge the files that tell how to split; the newest kind overrules the older ones."""
    settings = folder.fields("tokenizer_config.json")
    if "added_tokens_decoder" not in settings:
        settings |= folder.fields("special_tokens_map.json")
        added = folder.fields("added_tokens.json")
        special = {_text_of(value) for key, value in settings.items() if key.endswith("_token")}
        special |= {_text_of(value) for value in _extra_tokens(settings)}
        settings["added_tokens_decoder"] = {
            str(number): {"content": text, "special": text in special}
            for text, number in added.items()
        }
    return settings


def _kind(settings: Fields, model_type: str) -> str:
    """Tell "wordpiece", "bytes" or "other": by the class that is named, else by the model."""
    named = str(settings.get("tokenizer_class") or "").removesuffix("Fast")
    if named:
        if named in _WORDPIECE_CLASSES:
            return "wordpiece"
        return "bytes" if named in _BYTE_CLASSES else "other"
    return {"bert": "wordpiece", "distilbert": "wordpiece", "roberta": "bytes"}.get(
        model_type, "other"
    )


def _text_of(value: object) -> str:
    """The text of a token that is given as itself or as an object."""
    return str(value.get("content", "")) if isinstance(value, dict) else str(value or "")


def _named(settings: Fields, name: str) -> str:
    """The text of a special token by its role, "" where none is named."""
    return _text_of(settings.get(name))


def _extra_tokens(settings: Fields) -> list[object]:
    extra = settings.get("additional_special_tokens") or settings.get("extra_special_tokens") or []
    if isinstance(extra, dict):
        return list(extra.values())
    return extra if isinstance(extra, list) else []


def _max_length(settings: Fields) -> int:
    """Read ``model_max_length``; where nobody had set one it is a huge number."""
    value = settings.get("model_max_length")
    return value if type(value) is int and 0 < value < 1 << 20 else 0


def _overrule(content: Fields, settings: Fields, kind: str) -> None:
    """Let the settings change an existing tokenizer.json, as the classes that are named do."""
    normalizer = _part(content, "normalizer", "BertNormalizer")
    if kind == "wordpiece" and normalizer is not None:
        normalizer["lowercase"] = _switch(settings, "do_lower_case", default=True)
        normalizer["strip_accents"] = settings.get("strip_accents")
        normalizer["handle_chinese_chars"] = _switch(
            settings, "tokenize_chinese_chars", default=True
        )
    splitter = _part(content, "pre_tokenizer", "ByteLevel")
    frame = _part(content, "post_processor", "RobertaProcessing")
    if kind == "bytes" and splitter is not None:
        prefix = _switch(settings, "add_prefix_space", default=False)
        splitter["add_prefix_space"] = prefix
        if frame is not None:
            frame["add_prefix_space"] = prefix
            frame["trim_offsets"] = _switch(settings, "trim_offsets", default=True)


def _part(content: Fields, name: str, kind: str) -> Fields | None:
    """Give a part of a tokenizer.json where it is of this kind."""
    part = content.get(name)
    return part if isinstance(part, dict) and part.get("type") == kind else None


def _switch(settings: Fields, name: str, *, default: bool) -> bool:
    value = settings.get(name)
    return default if value is None else bool(value)


def _lowercase_first(content: Fields) -> None:
    normalizer = content.get("normalizer")
    steps = [{"type": "Lowercase"}, *([normalizer] if normalizer else [])]
    content["normalizer"] = {"type": "Sequence", "normalizers": steps}


# -- tokenizers from word lists --------------------------------------------------------------------


def _make_wordpiece(folder: CheckpointFolder, settings: Fields) -> "Tokenizer":
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    lines = folder.text(WORDS).split("\n")
    if not lines[-1]:
        lines.pop()
    vocabulary = {line.rstrip(): number for number, line in enumerate(lines)}
    _check_needed(folder, settings, vocabulary, WORDS)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=_named(settings, "unk_token")))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True,
        handle_chinese_chars=_switch(settings, "tokenize_chinese_chars", default=True),
        strip_accents=settings.get("strip_accents"),
        lowercase=_switch(settings, "do_lower_case", default=True),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    _add_tokens(tokenizer, settings, _WORDPIECE_TOKENS)
    tokenizer.post_processor = _bert_template(tokenizer, settings)
    return tokenizer


def _make_byte_level(folder: CheckpointFolder, settings: Fields) -> "Tokenizer":
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    vocabulary = folder.fields(BYTES)
    merges = [
        (left, right)
        for left, right in (
            line.split(" ")
            for line in folder.text(MERGES).split("\n")
            if line.strip() and not line.startswith("#version")
        )
    ]
    _check_needed(folder, settings, vocabulary, BYTES)
    prefix = _switch(settings, "add_prefix_space", default=False)
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.decoder = decoders.ByteLevel()
    _add_tokens(tokenizer, settings, _BYTE_TOKENS)
    last, first = _named(settings, "sep_token"), _named(settings, "cls_token")
    tokenizer.post_processor = processors.RobertaProcessing(
        (last, _number(tokenizer, last)),
        (first, _number(tokenizer, first)),
        trim_offsets=_switch(settings, "trim_offsets", default=True),
        add_prefix_space=prefix,
    )
    return tokenizer


def _check_needed(
    folder: CheckpointFolder, settings: Fields, vocabulary: Mapping[str, int], file: str
) -> None:
    """Refuse a word list that lacks a token without which no text can be read."""
    for role in _NEEDED:
        token = _named(settings, role)
        if token not in vocabulary:
            detail = message(N_("{file} lacks the token {token}"), file=file, token=token)
            raise folder.damaged(detail)


def _add_tokens(tokenizer: "Tokenizer", settings: Fields, usual: Mapping[str, str]) -> None:
    """Add the tokens that are never split: those with a number first, in its order.

    A special token that the word list lacks is left out: it would get a number without a weight.
    """
    numbered = sorted(settings["added_tokens_decoder"].items(), key=lambda item: int(item[0]))
    tokenizer.add_tokens([_added_token(value) for _, value in numbered])
    for value in (*(settings[role] for role in usual), *_extra_tokens(settings)):
        text = _text_of(value)
        known = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
        if text not in known and tokenizer.token_to_id(text) is not None:
            flags = value if isinstance(value, dict) else {"content": text}
            tokenizer.add_tokens([_added_token({**flags, "special": True})])


def _added_token(value: Mapping[str, Any]) -> "AddedToken":
    from tokenizers import AddedToken

    special = value.get("special") is True
    return AddedToken(
        str(value["content"]),
        single_word=value.get("single_word") is True,
        lstrip=value.get("lstrip") is True,
        rstrip=value.get("rstrip") is True,
        normalized=_switch(dict(value), "normalized", default=not special),
        special=special,
    )


def _bert_template(tokenizer: "Tokenizer", settings: Fields) -> Any:
    from tokenizers import processors

    first, last = _named(settings, "cls_token"), _named(settings, "sep_token")
    return processors.TemplateProcessing(
        single=f"{first}:0 $A:0 {last}:0",
        pair=f"{first}:0 $A:0 {last}:0 $B:1 {last}:1",
        special_tokens=[(token, _number(tokenizer, token)) for token in (first, last)],
    )


def _number(tokenizer: "Tokenizer", token: str) -> int:
    number = tokenizer.token_to_id(token)
    if number is None:
        raise ValueError(token)
    return number


def _pair_template(tokenizer: "Tokenizer", settings: Fields) -> Fields:
    """Give the part of a tokenizer.json that puts [CLS] and [SEP] around texts."""
    tokenizer.post_processor = _bert_template(tokenizer, settings)
    made: Fields = json.loads(tokenizer.to_str())["post_processor"]
    return made
