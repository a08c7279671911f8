"""Rows through a session: how they are put together, padded, spread over threads, and stopped."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m2m_desktop.core.batches import (
    LENGTH_STEP,
    BatchRunner,
    TokenRow,
    padded_length,
    plan_batches,
)
from m2m_desktop.core.errors import Cancelled
from tests.toy.session import SlowSession, ToySession

NAMES = ("input_ids", "attention_mask", "token_type_ids")
MAX_LENGTH = 30
LENGTHS = st.lists(st.integers(1, MAX_LENGTH), max_size=60)


def rows_of(lengths, seed: int = 1) -> list[TokenRow]:
    random = np.random.default_rng(seed)
    return [
        TokenRow(
            random.integers(1, 1000, length).astype(np.int32),
            (np.arange(length) > length // 3).astype(np.int32),
        )
        for length in lengths
    ]


def runner(session: ToySession, budget: int = 40, names=NAMES, **options) -> BatchRunner:
    return BatchRunner(
        session, input_names=names, max_length=MAX_LENGTH, tokens_per_batch=budget, **options
    )


def answers(session: ToySession, rows, budget: int = 40, **options) -> list[list[float]]:
    return [one.tolist() for one in runner(session, budget, **options).run(rows)]


# -- planning --------------------------------------------------------------------------------------


@given(st.integers(1, 200), st.integers(8, 200))
def test_a_row_is_padded_to_a_whole_step_but_not_beyond_the_longest(length: int, longest: int):
    width = padded_length(length, longest)

    assert width >= length
    assert width < length + LENGTH_STEP
    assert width <= max(longest, length)
    assert width % LENGTH_STEP == 0 or width in (length, longest)


@given(LENGTHS, st.integers(1, 800), st.integers(1, 5))
def test_each_row_is_in_one_batch_within_the_budget(widths, budget: int, workers: int) -> None:
    batches = plan_batches(widths, budget, workers)

    assert sorted(row for batch in batches for row in batch) == list(range(len(widths)))
    for batch in batches:
        longest = max(widths[row] for row in batch)
        assert len(batch) * longest <= budget or len(batch) == 1
    flat = [widths[row] for batch in batches for row in batch]
    assert flat == sorted(widths)


@given(st.integers(1, 200), st.integers(5, 70), st.integers(1, 8))
def test_every_worker_gets_its_share(count: int, length: int, workers: int) -> None:
    batches = plan_batches([length] * count, 10**6, workers)

    assert len(batches) >= min(count, workers)
    assert max(map(len, batches)) <= -(-count // workers)


@given(LENGTHS, st.integers(1, 800), st.integers(1, 5))
def test_only_rows_of_one_width_share_a_batch(widths, budget: int, workers: int) -> None:
    for batch in plan_batches(widths, budget, workers):
        assert len({widths[row] for row in batch}) == 1


# -- what the session is given ---------------------------------------------------------------------


@given(LENGTHS, st.integers(1, 400))
def test_a_row_comes_in_the_width_that_its_own_length_asks_for(lengths, budget: int) -> None:
    """Whatever rows are with it: its answer must not depend on them."""
    session = ToySession()
    runner(session, budget).run(rows_of(lengths))
    seen = [
        (int(length), asked["input_ids"].shape[1])
        for asked in session.asked
        for length in asked["attention_mask"].sum(axis=1)
    ]

    assert sorted(seen) == sorted((length, padded_length(length, MAX_LENGTH)) for length in lengths)
    assert all(width <= MAX_LENGTH for _, width in seen)


def test_the_session_gets_what_it_asks_for_padded_and_masked() -> None:
    session, rows = ToySession(), rows_of([5, 7] * 51)
    runner(session, 1000, pad_id=7).run(rows)
    given_rows = []
    for asked in session.asked:
        ids, mask, types = (asked[name] for name in NAMES)
        assert sorted(asked) == sorted(NAMES)
        assert {array.dtype for array in asked.values()} == {np.dtype(np.int64)}
        assert {array.shape for array in asked.values()} == {ids.shape}
        for row, length in enumerate(mask.sum(axis=1)):
            assert mask[row].tolist() == [1] * length + [0] * (ids.shape[1] - length)
            assert ids[row, length:].tolist() == [7] * (ids.shape[1] - length)
            assert types[row, length:].tolist() == [0] * (ids.shape[1] - length)
            given_rows.append((ids[row, :length].tolist(), types[row, :length].tolist()))

    assert sorted(given_rows) == sorted((row.ids.tolist(), row.type_ids.tolist()) for row in rows)
    assert any((asked["attention_mask"] == 0).any() for asked in session.asked)


def test_a_model_without_token_types_is_not_given_any() -> None:
    session = ToySession()
    runner(session, names=NAMES[:2]).run(rows_of([4]))

    assert sorted(session.asked[0]) == ["attention_mask", "input_ids"]


def test_no_rows_do_not_bother_the_session() -> None:
    session = ToySession()

    assert runner(session).run([]) == []
    assert session.asked == []


# -- what it gives ---------------------------------------------------------------------------------


@given(LENGTHS, st.integers(1, 400))
def test_answers_come_in_the_order_of_the_rows(lengths, budget: int) -> None:
    rows = rows_of(lengths)
    alone = [answers(ToySession(), [row])[0] for row in rows]

    assert answers(ToySession(), rows, budget) == alone


def test_a_graph_that_loses_a_row_is_no_answer() -> None:
    class Losing(ToySession):
        def run(self, outputs, inputs):
            return [super().run(outputs, inputs)[0][1:]]

    with pytest.raises(ValueError, match="row"):
        runner(Losing()).run(rows_of([4, 4]))


# -- several threads -------------------------------------------------------------------------------


@pytest.fixture
def two_workers() -> Iterator[dict]:
    with ThreadPoolExecutor(2) as executor:
        yield {"executor": executor, "workers": 2}


def stop_after(calls: int):
    """A check that raises when it is called for the last of so many times."""
    threads = []

    def check() -> None:
        threads.append(threading.get_ident())
        if len(threads) >= calls:
            raise Cancelled

    check.threads = threads
    return check


def test_workers_give_what_one_thread_gives(two_workers) -> None:
    rows = rows_of([3, 9, 30, 12, 4, 8] * 20)

    assert answers(SlowSession(), rows, **two_workers) == answers(ToySession(), rows)


def test_the_check_is_called_first_and_after_every_batch_by_the_callers_thread(
    two_workers,
) -> None:
    for options in ({}, two_workers):
        check, session = stop_after(1000), ToySession()
        runner(session, **options).run(rows_of([5] * 30), check)

        assert len(check.threads) == 1 + len(session.asked)
        assert set(check.threads) == {threading.get_ident()}


def test_a_cancel_leaves_no_work_behind(two_workers) -> None:
    session, rows = SlowSession(), rows_of([5] * 200)
    with pytest.raises(Cancelled):
        runner(session, 5, **two_workers).run(rows, stop_after(3))

    assert session.begun == session.done < 150
    begun = session.begun
    two_workers["executor"].submit(time.sleep, 0).result()
    assert session.begun == begun
    # and the next rows are computed as ever
    assert answers(session, rows[:2], **two_workers) == answers(ToySession(), rows[:2])


def test_a_cancel_stops_work_in_the_callers_thread_too() -> None:
    session = ToySession()
    with pytest.raises(Cancelled):
        runner(session, 5).run(rows_of([5] * 200), stop_after(3))

    assert len(session.asked) == 2


def test_cancelled_before_it_begins_nothing_is_computed(two_workers) -> None:
    session = ToySession()
    with pytest.raises(Cancelled):
        runner(session, **two_workers).run(rows_of([5]), stop_after(1))

    assert session.asked == []


def test_a_batch_that_fails_ends_the_work(two_workers) -> None:
    class Failing(SlowSession):
        def run(self, outputs, inputs):
            answer = super().run(outputs, inputs)
            if self.done >= 3:
                raise RuntimeError("third")
            return answer

    session = Failing()
    with pytest.raises(RuntimeError, match="third"):
        runner(session, 5, **two_workers).run(rows_of([5] * 200))
    assert session.begun == session.done < 150
