"""A bundle in memory becomes a model that scores: session, tokenizer, and a test of both together.

Hashes cannot tell whether graph, tokenizer and labels belong together; the golden inputs can: the
opened model must give the probabilities that its makers recorded.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from m2m_desktop.core.batches import BatchRunner, Check, never_cancelled
from m2m_desktop.core.encoding import TextEncoder, TokenTagger
from m2m_desktop.core.errors import Cancelled, ModelDamaged, ModelMismatch
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.reranking import CrossEncoder, softmax_probability
from m2m_desktop.services.bundle_files import (
    TOKENIZER_FILE,
    Bundle,
    GoldenInput,
    ModelUnsupported,
)
from m2m_desktop.services.quiet import silence_libraries

GOLDEN_TOLERANCE = 1e-3
LOGIT_TOLERANCE = 0.02
"""Processors differ by a thousandth, other tokens or weights by a tenth and more."""

KNOWN_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
MAX_GROWTH = 1000
FIGURES = 16
"""So many numbers are recorded as golden figures of a text, those of one token at least."""

OpenedModel = CrossEncoder | TextEncoder | TokenTagger
Figures = tuple[float, ...]


def core_count() -> int:
    """Give how many logical processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def worker_count() -> int:
    """Give how many threads may compute: the processor's cores but one, at least one.

    Where there are many logical processors two of them are taken for one core: a second thread
    on the same core does not multiply any faster.
    """
    cores = core_count()
    return max(1, cores - 1) if cores <= 4 else max(3, cores // 2)


def open_bundle(bundle: Bundle, threads: int = 0, check: Check = never_cancelled) -> OpenedModel:
    """Open a read bundle. ``threads`` 0 means `worker_count`.

    ``check`` is called at first, before each of the golden inputs and before the longest input
    there can be; it may raise Cancelled.
    Raises ModelDamaged, ModelMismatch, ModelUnsupported.
    """
    check()
    path = bundle.info.path
    try:
        runner = open_runner(
            bundle.model,
            max_length=bundle.info.max_length,
            pad_id=bundle.manifest.pad_id,
            workers=threads or worker_count(),
        )
    except InputsUnknown as error:
        detail = message(N_("the graph asks for {names}"), names=str(error))
        raise ModelUnsupported(path=path, detail=detail) from error
    except Exception as error:  # the runtime raises many unrelated classes
        detail = message(
            N_("the runtime cannot load the graph ({kind})"), kind=type(error).__name__
        )
        raise ModelDamaged(path=path, detail=detail) from error
    tokenizer = open_tokenizer(
        bundle.tokenizer,
        max_length=bundle.info.max_length,
        vocab_size=bundle.manifest.vocab_size,
        path=path,
    )
    model = wrap(bundle.info.kind, bundle.info.labels, runner, tokenizer)
    _check_golden(bundle, model, check)
    return model


def wrap(kind: str, labels: tuple[str, ...], runner: BatchRunner, tokenizer: Any) -> OpenedModel:
    """Give what a kind of model is used through."""
    if kind == "encoder":
        return TextEncoder(runner, tokenizer)
    if kind == "ner":
        return TokenTagger(runner, tokenizer, labels)
    return CrossEncoder(runner, tokenizer, match_label=labels.index("match"))


class InputsUnknown(ValueError):
    """A graph asks for inputs that no text model has."""


def open_runner(model: bytes, *, max_length: int, pad_id: int = 0, workers: int = 1) -> BatchRunner:
    """Open a graph for rows of up to ``max_length`` tokens, computed by so many threads.

    Raises InputsUnknown, or what the runtime raises.
    """
    session = open_session(model)
    names = [entry.name for entry in session.get_inputs()]
    if not set(names) <= KNOWN_INPUTS or "input_ids" not in names:
        raise InputsUnknown(", ".join(names))
    return BatchRunner(
        session,
        input_names=names,
        max_length=max_length,
        pad_id=pad_id,
        executor=ThreadPoolExecutor(workers, "model") if workers > 1 else None,
        workers=workers,
        clock=time.perf_counter,
    )


def open_session(model: bytes, threads: int = 1) -> Any:
    """Open a graph from its bytes: no path, so no file beside it can be drawn in.

    One thread a session: several threads calling one session are faster than one call on several.
    """
    silence_libraries()  # once more: this is the last moment at which it helps
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong comes back as an exception
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def open_tokenizer(content: bytes, *, max_length: int, vocab_size: int, path: str) -> Any:
    """Open a ``tokenizer.json``; it truncates to ``max_length`` and never pads.

    Raises ModelDamaged, or ModelMismatch where its ids are not exactly those of a model with
    ``vocab_size`` words.
    """
    from tokenizers import Tokenizer

    try:
        text = content.decode("utf-8")
        _refuse_dangerous(json.loads(text))
        tokenizer = Tokenizer.from_str(text)
        tokenizer.enable_truncation(max_length, strategy="longest_first")
        tokenizer.no_padding()
        ids = list(tokenizer.get_vocab(with_added_tokens=True).values())
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # its panics are no Exception
        detail = message(N_("{file} is not a usable tokenizer"), file=TOKENIZER_FILE)
        raise ModelDamaged(path=path, detail=detail) from error
    if len(ids) > vocab_size or len(set(ids)) != len(ids) or max(ids) >= vocab_size:
        detail = message(N_("{file} belongs to another model"), file=TOKENIZER_FILE)
        raise ModelMismatch(path=path, detail=detail)
    return tokenizer


def _refuse_dangerous(content: object) -> None:
    """Refuse what the library would carry out: merges by chance, texts that grow without end."""
    growth = 1
    for part in _parts(content):
        if part.get("dropout"):
            raise ValueError("dropout")
        if part.get("type") == "Replace":
            growth *= 1 + len(str(part.get("content", "")))
    if growth > MAX_GROWTH:
        raise ValueError("replacements that grow")


def _parts(content: object) -> Iterator[dict[str, Any]]:
    """Walk through all objects of a tokenizer file but its vocabulary."""
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += [value for name, value in part.items() if name != "vocab"]
        elif isinstance(part, list):
            waiting += [value for value in part if isinstance(value, dict | list)]


def answer_golden(
    model: OpenedModel, labels: tuple[str, ...], texts: tuple[str, ...]
) -> GoldenInput:
    """Give what a model with these labels answers for the texts of one golden input."""
    if isinstance(model, CrossEncoder):
        mention, candidate = texts
        logits = model.logits(mention, [candidate])
        match, other = labels.index("match"), labels.index("not_match")
        [probability] = softmax_probability(logits, match)
        return GoldenInput(
            texts, (float(probability),), (float(logits[0, other]), float(logits[0, match]))
        )
    if isinstance(model, TextEncoder):
        vector = model.encode(texts)[0].astype(np.float64)
        unit = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return GoldenInput(texts, tuple(unit[:FIGURES].tolist()))
    [tagged] = model.tag(texts)
    by_name = sorted(range(len(model.labels)), key=model.labels.__getitem__)
    tokens = max(1, FIGURES // len(by_name))
    return GoldenInput(texts, tuple(tagged.probabilities[:tokens, by_name].ravel().tolist()))


def _check_golden(bundle: Bundle, model: OpenedModel, check: Check) -> None:
    """Compare the recorded answers."""
    path, golden = bundle.info.path, bundle.manifest.golden
    given: list[GoldenInput] = []
    try:
        for one in golden:
            check()
            given.append(answer_golden(model, bundle.info.labels, one.texts))
        check()
        _try_longest(model, golden[0].texts[-1] * bundle.info.max_length)
    except (KeyboardInterrupt, SystemExit, Cancelled):
        raise
    except BaseException as error:  # a wrong graph fails in the runtime's own ways; panics
        detail = message(N_("it cannot score a text ({kind})"), kind=type(error).__name__)
        raise ModelMismatch(path=path, detail=detail) from error
    if not _label_count_fits(model, bundle.info.labels, golden[0].texts):
        detail = message(N_("the graph does not give one figure per label"))
        raise ModelMismatch(path=path, detail=detail)
    pairs = list(zip(golden, given, strict=True))
    figures = _largest_difference([(one.figures, own.figures) for one, own in pairs])
    logits = _largest_difference([(one.logits, own.logits) for one, own in pairs if one.logits])
    for worst, tolerance in ((figures, GOLDEN_TOLERANCE), (logits, LOGIT_TOLERANCE)):
        if not worst <= tolerance:  # also where it is not a number
            detail = message(
                N_("its golden inputs do not give the recorded answers (off by {worst})"),
                worst=f"{worst:.3f}",
            )
            raise ModelMismatch(path=path, detail=detail)


def _largest_difference(pairs: Sequence[tuple[Figures, Figures]]) -> float:
    """Give the largest difference of any two figures; infinity where their numbers differ."""
    if any(len(one) != len(other) for one, other in pairs):
        return np.inf
    if not pairs:
        return 0.0
    recorded, given = (np.concatenate(figures) for figures in zip(*pairs, strict=True))
    return float(np.abs(given - recorded).max())


def _try_longest(model: OpenedModel, text: str) -> None:
    """Run the longest input there can be, which no golden input may have reached."""
    if isinstance(model, CrossEncoder):
        model.score(text, [text])
    elif isinstance(model, TextEncoder):
        model.encode([text])
    else:
        model.tag([text])


def _label_count_fits(model: OpenedModel, labels: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    if isinstance(model, CrossEncoder):
        return model.logits(texts[0], texts[1:]).shape == (1, len(labels))
    if isinstance(model, TextEncoder):
        return True
    return bool(model.tag(texts)[0].probabilities.shape[1] == len(labels))
