"""The full comparison of a quantised model with the checkpoint it was made from.

It takes many times as long as the conversion itself, and is made when somebody asks for it.
"""

import logging
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from m2m_desktop.core.batches import BatchRunner
from m2m_desktop.core.encoding import TextEncoder
from m2m_desktop.core.errors import ModelError, ModelMismatch, OutputUnwritable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import TOTAL, Progress, part, silent
from m2m_desktop.core.reranking import CrossEncoder
from m2m_desktop.services.bundle_files import Bundle, ModelInfo
from m2m_desktop.services.bundle_session import open_tokenizer, physical_count, wrap
from m2m_desktop.services.comparison_record import ComparisonRecord, read_record, write_record
from m2m_desktop.services.conversion.checkpoint import Checkpoint
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.graph_writer import FloatArithmetic
from m2m_desktop.services.conversion.known_texts import readable
from m2m_desktop.services.conversion.parity import (
    Array,
    compare_encoders,
    compare_rerankers,
    compare_taggers,
)
from m2m_desktop.services.conversion.samples import Samples
from m2m_desktop.services.conversion.sources import graph_of, open_source
from m2m_desktop.services.golden_answers import OpenedModel
from m2m_desktop.services.model_kinds import ENCODER, NER

_log = logging.getLogger(__name__)

COMPARED_TOKENS = 128
"""In a batch of the float32 model: it is slow, and a cancel should act at once."""

HALF = TOTAL // 2

FINGERPRINT_BYTES = 1 << 16
"""Larger tensors are left out: whatever is trained, biases and norms change as well."""


def fingerprint(checkpoint: Checkpoint) -> str:
    """Tell checkpoints apart by the shapes of all tensors and the numbers of the small ones."""
    digest = sha256()
    for name in sorted(checkpoint.tensors):
        tensor = checkpoint.tensors[name]
        digest.update(f"{name} {tensor.shape}\n".encode("utf-8", "surrogatepass"))
        if tensor.nbytes <= FINGERPRINT_BYTES:
            digest.update(tensor.tobytes())
    return digest.hexdigest()


def complete_comparison(
    bundle: Bundle,
    info: ModelInfo,
    model: OpenedModel,
    samples: Samples,
    work_dir: Path,
    progress: Progress,
) -> ModelInfo:
    """Compare an opened bundle in full and keep that with it; gives ``info`` with the figures.

    Where the original is not to be had any more, or nothing can be written, all stays as it was:
    the bundle itself is sound.
    """
    record = read_record(info)
    if record is None:
        return info
    try:
        parity = compare_with_original(bundle, model, record, samples, work_dir, progress)
        write_record(Path(info.path), replace(record, parity=parity))
    except (ModelError, OutputUnwritable, OSError) as error:
        _log.info("a model is not compared with its original: %s", type(error).__name__)
        return info
    return replace(info, parity=parity, parity_is_quick=False)


def compare_with_original(
    bundle: Bundle,
    model: OpenedModel,
    record: ComparisonRecord,
    samples: Samples,
    work_dir: Path,
    progress: Progress,
) -> dict[str, float]:
    """Compare an opened bundle with its original over all texts of ``samples``.

    Raises what `open_checkpoint` raises, ModelNotFound among it, and
    ModelMismatch where another checkpoint lies in the original's place.
    """
    info, path = bundle.info, Path(record.original)
    with open_source(path, info.kind, work_dir, silent) as checkpoint:
        if fingerprint(checkpoint) != record.fingerprint:
            detail = message(N_("it is not the checkpoint that the model was made from"))
            raise ModelMismatch(path=path, detail=detail)
        graph = graph_of(checkpoint, FloatArithmetic())
        runner = BatchRunner(
            open_graph(graph, physical_count()),
            input_names=graph.inputs,
            max_length=info.max_length,
            pad_id=checkpoint.pad_id,
            tokens_per_batch=COMPARED_TOKENS,
        )
        tokenizer = open_tokenizer(
            bundle.tokenizer,
            max_length=info.max_length,
            vocab_size=bundle.manifest.vocab_size,
            path=info.path,
        )
        if info.kind in (ENCODER, NER):
            samples = readable(samples, tokenizer)
        original = wrap(info.kind, info.labels, runner, tokenizer)
        before = _answers(original, samples, part(progress, 0, HALF))
        after = _answers(model, samples, part(progress, HALF, TOTAL))
        progress(TOTAL, TOTAL)
    if info.kind == ENCODER:
        return compare_encoders(np.concatenate(before), np.concatenate(after))
    if info.kind == NER:
        return compare_taggers(before, after)
    return compare_rerankers(
        np.concatenate(before),
        np.concatenate(after),
        match=info.labels.index("match"),
        group_sizes=[len(group) for group in samples.groups],
    )


def _answers(model: OpenedModel, samples: Samples, progress: Progress) -> list[Array]:
    """Give what a model answers to each group: logits, vectors, or the labels of one text."""
    answers: list[Array] = []

    def check() -> None:
        progress(len(answers), len(samples.groups))

    for group in samples.groups:
        last = [texts[-1] for texts in group]
        if isinstance(model, CrossEncoder):
            answers.append(model.logits(group[0][0], last, check))
        elif isinstance(model, TextEncoder):
            answers.append(model.encode(last, check).astype(np.float64))
        else:
            answers += [one.probabilities for one in model.tag(last, check)]
    return answers
