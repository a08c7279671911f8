"""The one run of a float32 model that an installation waits for: what feeds its layers, its answers.

Half a dozen texts are enough: with three long and three short ones (264 tokens) the bias correction
of trained and of random rerankers is as good as with sixteen long ones (1,024 tokens), and without
any it is twice as bad. Each half is one batch, cut to one length, so that nothing is padded:
padding would count as input, and text by text the weights would be read six times over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.batches import TokenRow
from m2m_desktop.core.progress import Progress
from m2m_desktop.services.conversion.graph import Graph
from m2m_desktop.services.conversion.graph_session import open_graph
from m2m_desktop.services.conversion.samples import Texts
from m2m_desktop.services.conversion.statistics import InputStatistics, collect, observing

LONG, SHORT = 3, 3
SHORT_TOKENS = 24

Answer = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the float32 model gave: ``answers`` as its session does, one for each of the ``rows``."""

    rows: tuple[TokenRow, ...]
    answers: tuple[Answer, ...]
    statistics: dict[str, InputStatistics]

    @property
    def is_finite(self) -> bool:
        """Whether all of it are numbers."""
        squares = [one.square.astype(np.float64) for one in self.statistics.values()]
        return all(np.isfinite(one).all() for one in (*self.answers, *squares))


def measure(
    graph: Graph,
    tokenizer: Any,
    texts: Sequence[Texts],
    progress: Progress,
    *,
    threads: int,
) -> Measurement:
    """Run some of the texts through a float32 graph.

    ``tokenizer`` truncates to the model's length, before and after. Progress counts the runs.
    Raises what the runtime raises.
    """
    batches = [list(rows) for rows in choose_rows(tokenizer, texts)]
    progress(0, len(batches))
    session = open_graph(observing(graph), threads)

    def inputs() -> Iterator[dict[str, NDArray[np.int64]]]:
        for done, rows in enumerate(batches):
            progress(done, len(batches))
            yield _arrays(rows, graph.inputs)

    statistics, outputs = collect(graph, session, inputs())
    answers = tuple(answer.astype(np.float64) for output in outputs for answer in output)
    return Measurement(tuple(row for rows in batches for row in rows), answers, statistics)


def choose_rows(tokenizer: Any, texts: Sequence[Texts]) -> Iterator[list[TokenRow]]:
    """Give batches of rows of one length each: the longest texts, and the shortest, made shorter."""
    by_length = sorted(texts, key=lambda one: len(tokenizer.encode(*one).ids))
    whole = tokenizer.truncation["max_length"]
    for group, most in ((by_length[-LONG:], whole), (by_length[:SHORT], SHORT_TOKENS)):
        length = min(most, *(len(tokenizer.encode(*one).ids) for one in group))
        tokenizer.enable_truncation(length, strategy="longest_first")
        try:
            rows = [_row(tokenizer.encode(*one)) for one in group]
        finally:
            tokenizer.enable_truncation(whole, strategy="longest_first")
        for _, same in groupby(rows, key=lambda row: len(row.ids)):
            yield list(same)


def _row(encoding: Any) -> TokenRow:
    ids, types = (np.array(one, dtype=np.int32) for one in (encoding.ids, encoding.type_ids))
    return TokenRow(ids, types)


def _arrays(rows: Sequence[TokenRow], names: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    ids = np.array([row.ids for row in rows], dtype=np.int64)
    types = np.array([row.type_ids for row in rows], dtype=np.int64)
    known = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
    return {name: known[name] for name in names}
