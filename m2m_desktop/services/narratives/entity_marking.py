"""Marks all entities of texts whose gold standard is elsewhere: what `m2m evaluate ner` compares.

Not the way of a narrative: every type that the model knows is kept, nothing is judged or split.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import TokenTagger
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.narratives.records import FoundSpan
from m2m_desktop.core.narratives.tagging import read_labels
from m2m_desktop.core.narratives.windows import find_in_windows
from m2m_desktop.services.bundle_files import ModelUnsupported
from m2m_desktop.services.evaluation.brat import SUFFIX as BRAT_SUFFIX
from m2m_desktop.services.evaluation.conll import read_conll
from m2m_desktop.services.evaluation.errors import EvaluationFileUnfit
from m2m_desktop.services.model_store import ModelStore
from m2m_desktop.services.phrases import decode_text, read_bytes

TEXT_SUFFIX = ".txt"
_AT_ONCE = 32


def mark_entities(
    store: ModelStore, name: str, source: Path, check: Check = never_cancelled
) -> Iterator[str]:
    """Give the lines of a file of predictions for the texts of ``source``.

    A folder, an ``.ann`` or a ``.txt`` is read as brat writes texts: one JSON object a document,
    places in characters. Anything else is CoNLL: each token with the tag found and how confident
    the model is of it, sentence by sentence. Raises what opening a model raises, InputUnreadable
    and EvaluationLineBad.
    """
    info, tagger = store.open_any(name, check=check)
    if not isinstance(tagger, TokenTagger):
        detail = message(N_("it does not find mentions; it is of the kind {kind}"), kind=info.kind)
        raise ModelUnsupported(path=info.path, detail=detail)
    labels = read_labels(tagger.labels)

    def find(texts: Sequence[str]) -> list[list[FoundSpan]]:
        return find_in_windows(texts, tagger, labels, info.max_length, check)

    if source.is_dir() or source.suffix.lower() in (BRAT_SUFFIX, TEXT_SUFFIX):
        for path in _text_files(source):
            (spans,) = find([_text(path)])
            yield _document_line(path.stem, spans)
        return
    sentences = [one.tokens for one in read_conll(source).documents.values()]
    for start in range(0, len(sentences), _AT_ONCE):
        some = sentences[start : start + _AT_ONCE]
        texts = [_joined(tokens) for tokens in some]
        for tokens, spans in zip(some, find(texts), strict=True):
            yield from token_lines(tokens, spans)


def _text_files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source.with_suffix(TEXT_SUFFIX)]
    found = sorted(source.glob(f"*{TEXT_SUFFIX}"))
    if not found:
        raise EvaluationFileUnfit(path=source, detail=message(N_("it holds no .txt files.")))
    return found


def _text(path: Path) -> str:
    """Read a text with its line ends as they are: places count them."""
    return decode_text(read_bytes(path), str(path))


def _document_line(name: str, spans: Sequence[FoundSpan]) -> str:
    mentions = [
        {
            "start": one.start,
            "end": one.end,
            "kind": one.kind,
            "confidence": round(one.confidence, 6),
        }
        for one in spans
    ]
    return json.dumps({"id": name, "mentions": mentions}, ensure_ascii=False)


def _separator(tokens: Sequence[str]) -> str:
    """Chinese stands one character a token, without blanks; words are parted by them."""
    return "" if all(len(token) == 1 for token in tokens) else " "


def _joined(tokens: Sequence[str]) -> str:
    return _separator(tokens).join(tokens)


def token_lines(tokens: Sequence[str], spans: Sequence[FoundSpan]) -> Iterator[str]:
    """Give the lines of a sentence, BIO tags and confidences, then an empty one.

    ``spans`` are places in the tokens joined as they were read, in order. A token that an entity
    only touches is part of it.
    """
    gap = len(_separator(tokens))
    waiting = list(spans)
    place, is_open = 0, False
    for token in tokens:
        end = place + len(token)
        while waiting and waiting[0].end <= place:
            waiting.pop(0)
            is_open = False
        if waiting and waiting[0].start < end:
            letter = "I" if is_open else "B"
            is_open = True
            yield f"{token}\t{letter}-{waiting[0].kind}\t{waiting[0].confidence:.6f}"
        else:
            yield f"{token}\tO\t1"
        place = end + gap
    yield ""
