"""From a checkpoint's config and tensors to the graph of its architecture and head."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from m2m_desktop.services.conversion import bert, heads, modernbert
from m2m_desktop.services.conversion.graph import Graph, Output
from m2m_desktop.services.conversion.graph_writer import Arithmetic, GraphWriter, Tensors
from m2m_desktop.services.conversion.layers import Sizes, first_rows, texts_of

LOGITS, EMBEDDING = "logits", "embedding"


Config = Mapping[str, Any]
Head = Callable[[GraphWriter, str, Sizes, Config], str]


class Body(Protocol):
    """Writes an encoder; gives its last states, one row a token, or a text if `first_only`."""

    def __call__(self, writer: GraphWriter, config: Config, *, first_only: bool) -> str:
        """Write it."""


@dataclass(frozen=True, slots=True)
class Family:
    """How an architecture is written: its body, and the heads on rows of texts and of tokens.

    ``text_pooling`` tells from a config what texts are classified by: "cls" or "mean".
    """

    sizes: Callable[[Config], Sizes]
    body: Body
    text_logits: Head
    token_logits: Head
    text_pooling: Callable[[Config], str] = lambda _: "cls"


FAMILIES: Mapping[str, Family] = {
    "bert": Family(bert.bert_sizes, bert.write_bert, heads.bert_logits, heads.plain_logits),
    "roberta": Family(
        bert.bert_sizes, bert.write_roberta, heads.roberta_logits, heads.plain_logits
    ),
    "distilbert": Family(
        bert.distilbert_sizes, bert.write_distilbert, heads.distilbert_logits, heads.plain_logits
    ),
    "modernbert": Family(
        modernbert.modernbert_sizes,
        modernbert.write_modernbert,
        heads.modernbert_logits,
        heads.modernbert_logits,
        modernbert.classifier_pooling,
    ),
}


def build_graph(
    architecture: str,
    head: str,
    config: Config,
    tensors: Tensors,
    *,
    arithmetic: Arithmetic,
    pooling: str = "cls",
    normalises: bool = False,
    cls_only: bool = True,
) -> Graph:
    """Build the graph of a checkpoint.

    ``config`` is the content of its ``config.json``; ``tensors`` go by their names without the
    prefix of the base model. Heads are ``sequence_classification`` (output ``logits``: batch,
    labels), ``token_classification`` (``logits``: batch, length, labels) and ``encoder``
    (``embedding``: batch, hidden; ``pooling`` "cls" or "mean", to length 1 if it ``normalises``).
    Where the answer hangs on the first token alone, the last block is computed for it alone;
    ``cls_only`` false computes the whole block, for comparison.

    Raises TensorMissing, TensorMisshapen, KeyError for what the config lacks, and ValueError for
    what is not supported.
    """
    family = FAMILIES[architecture]
    sizes = family.sizes(config)
    writer = GraphWriter(tensors, arithmetic)
    if head == "token_classification":
        hidden = family.body(writer, config, first_only=False)
        rows = family.token_logits(writer, hidden, sizes, config)
        return writer.finish(
            texts_of(writer, rows, -1), Output(LOGITS, ("batch", "length", "labels"))
        )
    if head == "sequence_classification":
        pooling = family.text_pooling(config)
    elif head != "encoder":
        raise ValueError(f"head {head}")
    if pooling == "mean":
        hidden = family.body(writer, config, first_only=False)
        pooled = heads.mean_rows(writer, hidden, sizes)
    elif pooling == "cls":
        pooled = family.body(writer, config, first_only=cls_only)
        if not cls_only:
            pooled = first_rows(writer, pooled, sizes.hidden)
    else:
        raise ValueError(f"pooling {pooling}")
    if head == "sequence_classification":
        logits = family.text_logits(writer, pooled, sizes, config)
        return writer.finish(logits, Output(LOGITS, ("batch", "labels")))
    if normalises:
        pooled = heads.unit_length(writer, pooled)
    return writer.finish(pooled, Output(EMBEDDING, ("batch", sizes.hidden)))
