"""Work in steps: done at once, or a little at a time, and given up without a trace."""

import pytest

from m2m_desktop.core.steps import SpareWork, finished


def counting(total, done):
    for number in range(total):
        yield number, total
        done.append(number)


def test_all_steps_at_once_give_the_result():
    done = []

    def work():
        yield from counting(3, done)
        return "made"

    assert finished(work()) == "made"
    assert done == [0, 1, 2]


def test_works_are_done_one_after_the_other_and_then_there_is_nothing_to_do():
    spare, done = SpareWork(), []
    spare.want("a", lambda: counting(2, done))
    spare.want("b", lambda: counting(1, done))
    told = []
    while spare.is_wanted:
        told.append(spare.step())
    assert told == [(0, 2), (1, 2), None, (0, 1), None]
    assert done == [0, 1, 0]


def test_what_is_wanted_twice_is_done_once():
    spare, done = SpareWork(), []
    spare.want("a", lambda: counting(1, done))
    spare.step()
    spare.want("a", lambda: counting(1, done))
    assert spare.step() is None
    assert not spare.is_wanted


def test_what_is_dropped_is_let_go_of_at_once():
    spare, freed = SpareWork(), []

    def work():
        try:
            yield 0, 9
            yield 1, 9
        finally:
            freed.append(True)

    spare.want("a", work)
    spare.want("b", work)
    spare.step()
    spare.drop(lambda key: key == "a")
    assert freed == [True]
    assert spare.step() == (0, 9)  # b begins
    spare.drop()
    assert not spare.is_wanted
    assert freed == [True, True]


def test_what_fails_says_so_and_is_not_tried_for_ever():
    spare = SpareWork()

    def failing():
        yield 0, 1
        raise OSError("full")

    spare.want("a", failing)
    spare.step()
    with pytest.raises(OSError, match="full"):
        spare.step()
    spare.want("a", failing)
    assert not spare.is_wanted
    spare.drop()
    spare.want("a", failing)
    assert spare.is_wanted
