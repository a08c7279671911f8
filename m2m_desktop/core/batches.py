"""Token rows through a session, in small batches, on several threads, until done or cancelled.

A row's answer depends on the row alone: rows share a batch only where they are padded to the same
length, which follows from a row's own length, and graphs are written so that rows and padding do
not touch each other. What was computed once may therefore be kept, and any split of the work gives
the same answers.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, as_completed, wait
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

TOKENS_PER_BATCH = 256
"""Fastest on one thread (256 to 512 are within a twentieth, 128 costs a quarter more, 768 a seventh),
and soon done."""

BATCH_S = 0.12
"""Where a processor is slow, batches are smaller: none should take longer, so that a cancel acts at
once."""

LENGTH_STEP = 8
"""Rows are padded to a multiple of this: little padding, and rows enough that go together. A row
alone costs half as much again as four: the weights are read from memory for every batch."""

Ids = NDArray[np.int32]
Check = Callable[[], None]
"""Called every now and then during long work; raises `errors.Cancelled` to stop it."""


def never_cancelled() -> None:
    """Let the work go on."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One row of a model's input, not padded; both arrays have the same length."""

    ids: Ids
    type_ids: Ids


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that is used here; any thread may call it."""

    def run(self, outputs: None, inputs: Mapping[str, NDArray[np.int64]]) -> Sequence[Any]:
        """Compute all outputs."""


def padded_length(length: int, max_length: int) -> int:
    """Give the length a row is padded to."""
    return max(length, min(max_length, -(-length // LENGTH_STEP) * LENGTH_STEP))


def plan_batches(widths: Sequence[int], tokens_per_batch: int, workers: int = 1) -> list[list[int]]:
    """Group rows of the same padded length, within a budget of tokens; shortest rows first.

    Where there are few tokens the budget is smaller, so that every worker gets its share.
    """
    rounds = -(-sum(widths) // (tokens_per_batch * workers))
    budget = min(tokens_per_batch, -(-sum(widths) // (max(1, rounds) * workers)))
    batches: list[list[int]] = []
    for row in sorted(range(len(widths)), key=lambda row: (widths[row], row)):
        width = widths[row]
        is_same = bool(batches) and widths[batches[-1][0]] == width
        if is_same and (len(batches[-1]) + 1) * width <= budget:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


class BatchRunner:
    """Computes rows through one session.

    ``input_names`` are what the session asks for: architectures without token types simply do not
    ask for ``token_type_ids``. ``pad_id`` is the token that fills rows up (masked), ``max_length``
    the longest row there may be.
    With a ``clock`` (seconds) batches become as small as `BATCH_S` asks for.

    With an ``executor`` the batches are computed by its threads, ``workers`` of them, all through
    the one session, which should use one thread itself. Its owner shuts it down, and not while
    something is computed. For one calling thread at a time.
    """

    def __init__(
        self,
        session: Session,
        *,
        input_names: Sequence[str],
        max_length: int,
        pad_id: int = 0,
        tokens_per_batch: int = TOKENS_PER_BATCH,
        executor: Executor | None = None,
        workers: int = 1,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._session = session
        self._input_names = tuple(input_names)
        self._max_length = max_length
        self._pad_id = pad_id
        self._tokens_per_batch = tokens_per_batch
        self._executor = executor
        self._workers = workers
        self._clock = clock
        self._least_s_per_token = 0.0

    def run(
        self, rows: Sequence[TokenRow], check: Check = never_cancelled
    ) -> list[NDArray[np.float64]]:
        """Give the session's first output of each row, in their order.

        ``check`` is called in the calling thread, at first and after every batch. When it raises,
        batches not yet begun are dropped and those being computed are waited for.
        """
        check()
        widths = [padded_length(len(row.ids), self._max_length) for row in rows]
        plan = plan_batches(widths, self._budget(), self._workers)
        batches = [[rows[place] for place in places] for places in plan]
        if self._executor is None:
            outputs = self._run_here(batches, check)
        else:
            outputs = self._run_in_workers(self._executor, batches, check)
        found: list[NDArray[np.float64]] = [np.empty(0)] * len(rows)
        for places, output in zip(plan, outputs, strict=True):
            for place, one in zip(places, output, strict=True):
                found[place] = one
        return found

    def _budget(self) -> int:
        """Give how many tokens a batch may have, by the best pace there has been."""
        if not self._least_s_per_token:
            return self._tokens_per_batch
        return min(self._tokens_per_batch, max(1, int(BATCH_S / self._least_s_per_token)))

    def _run_here(
        self, batches: Sequence[Sequence[TokenRow]], check: Check
    ) -> list[NDArray[np.float64]]:
        outputs = []
        for batch in batches:
            outputs.append(self._run(batch))
            check()
        return outputs

    def _run_in_workers(
        self, executor: Executor, batches: Sequence[Sequence[TokenRow]], check: Check
    ) -> list[NDArray[np.float64]]:
        futures = []
        try:
            # the longest first: at the end all workers finish at about the same time
            for batch in reversed(batches):
                futures.append(executor.submit(self._run, batch))
            for future in as_completed(futures):
                future.result()
                check()
        finally:
            wait([future for future in futures if not future.cancel()])
        return [future.result() for future in reversed(futures)]

    def _run(self, batch: Sequence[TokenRow]) -> NDArray[np.float64]:
        started = self._clock() if self._clock else 0.0
        output = np.asarray(self._session.run(None, self._inputs(batch))[0], dtype=np.float64)
        if self._clock:
            pace = (self._clock() - started) / sum(len(row.ids) for row in batch)
            self._least_s_per_token = min(self._least_s_per_token or pace, pace)
        if len(output) != len(batch):
            raise ValueError("the graph does not give one row per row")
        return output

    def _inputs(self, batch: Sequence[TokenRow]) -> dict[str, NDArray[np.int64]]:
        longest = max(len(row.ids) for row in batch)
        shape = (len(batch), padded_length(longest, self._max_length))
        ids = np.full(shape, self._pad_id, dtype=np.int64)
        mask, types = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for place, row in enumerate(batch):
            length = len(row.ids)
            ids[place, :length] = row.ids
            types[place, :length] = row.type_ids
            mask[place, :length] = 1
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return {name: known[name] for name in self._input_names}
