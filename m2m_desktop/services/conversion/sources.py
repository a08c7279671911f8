"""A checkpoint as the source of a bundle of one kind: what it is opened for, its graph, its length."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.bundle_files import LABELS
from m2m_desktop.services.conversion.build import build_graph
from m2m_desktop.services.conversion.checkpoint import Checkpoint, open_checkpoint
from m2m_desktop.services.conversion.checkpoint_files import CheckpointUnsupported
from m2m_desktop.services.conversion.graph import Graph
from m2m_desktop.services.conversion.graph_writer import Arithmetic
from m2m_desktop.services.model_kinds import ENCODER, NER, RERANKER

HEAD_OF_KIND = {
    RERANKER: "sequence_classification",
    ENCODER: "encoder",
    NER: "token_classification",
}
KIND_OF_HEAD = {head: kind for kind, head in HEAD_OF_KIND.items()}

RERANKER_LENGTH = 64
"""Tokens of a pair: what the published rerankers were trained with, whatever the network takes."""

TEXT_LENGTH = 512
"""Tokens of a single text: networks that take 8,192 would need gigabytes for one such text."""


@contextmanager
def open_source(path: Path, kind: str, work_dir: Path, progress: Progress) -> Iterator[Checkpoint]:
    """Open a checkpoint for a kind of model, "" for its own; raises what `open_checkpoint` raises."""
    head = HEAD_OF_KIND[kind] if kind else ""
    with open_checkpoint(path, work_dir=work_dir, head=head, progress=progress) as checkpoint:
        if checkpoint.head == HEAD_OF_KIND[RERANKER] and len(checkpoint.labels) != len(LABELS):
            detail = message(
                N_("a reranker has two labels (no match, match), this one has {count}"),
                count=len(checkpoint.labels),
            )
            raise CheckpointUnsupported(path=checkpoint.path, detail=detail)
        yield checkpoint


def graph_of(checkpoint: Checkpoint, arithmetic: Arithmetic) -> Graph:
    """Build the graph of a checkpoint."""
    return build_graph(
        checkpoint.architecture,
        checkpoint.head,
        checkpoint.config,
        checkpoint.tensors,
        arithmetic=arithmetic,
        pooling=checkpoint.pooling or "cls",
        normalises=checkpoint.normalises,
    )


def length_of(checkpoint: Checkpoint) -> int:
    """Give how many tokens a bundle of this checkpoint reads."""
    is_reranker = checkpoint.head == HEAD_OF_KIND[RERANKER]
    return min(checkpoint.max_length, RERANKER_LENGTH if is_reranker else TEXT_LENGTH)
