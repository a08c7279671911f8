"""A bundle in memory becomes a model that scores: session, tokenizer, and a test of both together.

Hashes cannot tell whether graph, tokenizer and labels belong together; the golden inputs can: the
opened model must give the probabilities that its makers recorded.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from m2m_desktop.core.errors import ModelDamaged, ModelMismatch
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.reranking import CrossEncoder, softmax_probability
from m2m_desktop.services.bundle_files import TOKENIZER_FILE, Bundle, ModelUnsupported
from m2m_desktop.services.quiet import silence_libraries

GOLDEN_TOLERANCE = 1e-3
KNOWN_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
MAX_GROWTH = 1000


def open_bundle(bundle: Bundle, threads: int = 0) -> CrossEncoder:
    """Open a read bundle. ``threads`` 0 leaves one core to the rest of the PC.

    Raises ModelDamaged, ModelMismatch, ModelUnsupported.
    """
    path = bundle.info.path
    try:
        session = open_session(bundle.model, threads)
    except Exception as error:  # the runtime raises many unrelated classes
        detail = message(
            N_("the runtime cannot load the graph ({kind})"), kind=type(error).__name__
        )
        raise ModelDamaged(path=path, detail=detail) from error
    names = [entry.name for entry in session.get_inputs()]
    if not set(names) <= KNOWN_INPUTS or "input_ids" not in names:
        detail = message(N_("the graph asks for {names}"), names=", ".join(names))
        raise ModelUnsupported(path=path, detail=detail)
    label = bundle.manifest.labels.index("match")
    tokenizer = _open_tokenizer(bundle)
    encoder = CrossEncoder(session, tokenizer, input_names=names, match_label=label)
    _check_golden(bundle, encoder)
    return encoder


def open_session(model: bytes, threads: int = 0) -> Any:
    """Open a graph from its bytes: no path, so no file beside it can be drawn in."""
    silence_libraries()  # once more: this is the last moment at which it helps
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or max(1, (os.cpu_count() or 2) - 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong comes back as an exception
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _open_tokenizer(bundle: Bundle) -> Any:
    from tokenizers import Tokenizer

    try:
        text = bundle.tokenizer.decode("utf-8")
        _refuse_dangerous(json.loads(text))
        tokenizer = Tokenizer.from_str(text)
        tokenizer.enable_truncation(bundle.info.max_length, strategy="longest_first")
        tokenizer.no_padding()
        ids = list(tokenizer.get_vocab(with_added_tokens=True).values())
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # its panics are no Exception
        detail = message(N_("{file} is not a usable tokenizer"), file=TOKENIZER_FILE)
        raise ModelDamaged(path=bundle.info.path, detail=detail) from error
    size = bundle.manifest.vocab_size
    if len(ids) != size or len(set(ids)) != size or max(ids) >= size:
        detail = message(N_("{file} belongs to another model"), file=TOKENIZER_FILE)
        raise ModelMismatch(path=bundle.info.path, detail=detail)
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


def _check_golden(bundle: Bundle, encoder: CrossEncoder) -> None:
    """Compare the recorded answers, one pair a batch as they were recorded."""
    path, golden = bundle.info.path, bundle.manifest.golden
    try:
        rows = [encoder.logits(pair.mention, [pair.candidate])[0] for pair in golden]
        logits = np.stack(rows)
        # the longest pair there can be, which no golden input may have reached
        longest = golden[0].candidate * bundle.info.max_length
        encoder.logits(longest, [longest])
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a wrong graph fails in the runtime's own ways; panics
        detail = message(N_("it cannot score a pair ({kind})"), kind=type(error).__name__)
        raise ModelMismatch(path=path, detail=detail) from error
    if logits.shape != (len(golden), len(bundle.manifest.labels)):
        detail = message(N_("the graph does not give one figure per label"))
        raise ModelMismatch(path=path, detail=detail)
    given = softmax_probability(logits, bundle.manifest.labels.index("match"))
    worst = float(np.abs(given - [pair.probability for pair in golden]).max())
    if not worst <= GOLDEN_TOLERANCE:  # also where it is not a number
        detail = message(
            N_("its golden inputs do not give the recorded probabilities (off by {worst})"),
            worst=f"{worst:.3f}",
        )
        raise ModelMismatch(path=path, detail=detail)
