"""A bundle in memory becomes a model that scores: session, tokenizer, and a test of both together."""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from m2m_desktop.core.batches import BatchRunner, Check, never_cancelled
from m2m_desktop.core.encoding import TextEncoder, TokenTagger
from m2m_desktop.core.errors import ModelDamaged, ModelMismatch
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.services.bundle_files import TOKENIZER_FILE, Bundle, ModelUnsupported
from m2m_desktop.services.golden_answers import OpenedModel, check_golden
from m2m_desktop.services.quiet import silence_libraries

KNOWN_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
MAX_GROWTH = 1000


def core_count() -> int:
    """Give how many logical processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def physical_count() -> int:
    """Give how many threads compute fastest while somebody waits for nothing else.

    Where there are many logical processors two of them are taken for one core: a second thread
    on the same core does not multiply any faster.
    """
    cores = core_count()
    return cores if cores <= 4 else max(4, cores // 2)


def worker_count() -> int:
    """Give how many threads may compute: the processor's cores but one, at least one.

    With many logical processors there is enough left over: see `physical_count`.
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
    path, workers = bundle.info.path, threads or worker_count()
    try:
        session = open_known_session(bundle.model)
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
    parts = Parts(
        bundle.info.kind,
        bundle.info.labels,
        session,
        tokenizer,
        bundle.info.max_length,
        bundle.manifest.pad_id,
    )
    check_golden(bundle.manifest, parts.copies(workers), check)
    return parts.model(workers)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a model of a ``kind`` is made of: an opened session and the tokenizer that goes with it."""

    kind: str
    labels: tuple[str, ...]
    session: Any
    tokenizer: Any
    max_length: int
    pad_id: int

    def model(self, workers: int = 1) -> OpenedModel:
        """Put them together, to compute on so many threads."""
        return wrap(self.kind, self.labels, self.runner(workers), self.tokenizer)

    def runner(self, workers: int = 1) -> BatchRunner:
        """Run rows of tokens through the session alone."""
        return run_batches(self.session, self.max_length, self.pad_id, workers)

    def copies(self, count: int) -> list[OpenedModel]:
        """Give one model several times over, on one session: each is for one thread at a time."""
        return [self.model() for _ in range(count)]


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
    return run_batches(open_known_session(model), max_length, pad_id, workers)


def open_known_session(model: bytes | Path) -> Any:
    """Open a graph of a text model; see `open_session`.

    Raises InputsUnknown, or what the runtime raises.
    """
    session = open_session(model)
    names = _input_names(session)
    if not set(names) <= KNOWN_INPUTS or "input_ids" not in names:
        raise InputsUnknown(", ".join(names))
    return session


def run_batches(session: Any, max_length: int, pad_id: int, workers: int = 1) -> BatchRunner:
    """Run rows of up to ``max_length`` tokens through an opened session, on so many threads."""
    return BatchRunner(
        session,
        input_names=_input_names(session),
        max_length=max_length,
        pad_id=pad_id,
        executor=ThreadPoolExecutor(workers, "model") if workers > 1 else None,
        workers=workers,
        clock=time.perf_counter,
    )


def _input_names(session: Any) -> list[str]:
    return [entry.name for entry in session.get_inputs()]


def open_session(model: bytes | Path, threads: int = 1) -> Any:
    """Open a graph from its bytes: no path, so no file beside it can be drawn in.

    A path is only for a graph that was written here a moment ago: it spares a copy of it.

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
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


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
