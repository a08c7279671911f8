"""The parts of a longer work are reported as one whole."""

import pytest

from m2m_desktop.core.progress import counted, part


def test_a_part_is_told_as_that_of_the_whole_under_its_own_name():
    told = []
    report = part(lambda *one: told.append(one), 40, 60, "Writing")
    report(0, 8, "anything")
    report(4, 8)
    report(8, 8)
    assert told == [(40, 100, "Writing"), (50, 100, "Writing"), (60, 100, "Writing")]


def test_a_part_of_unknown_length_stays_at_its_beginning():
    told = []
    part(lambda *one: told.append(one), 40, 60)(5, 0)
    assert told == [(40, 100, "")]


def test_calls_are_counted_and_never_told_beyond_the_end():
    told = []
    check = counted(lambda *one: told.append(one), 2)
    for _ in range(4):
        check()
    assert told == [(0, 2), (1, 2), (2, 2), (2, 2)]


def test_what_the_whole_raises_stops_the_part():
    def refuse(done, total, note=""):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        part(refuse, 0, 10)(1, 2)
    with pytest.raises(InterruptedError):
        counted(part(refuse, 0, 10), 3)()
