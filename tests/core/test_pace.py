import pytest

from m2m_desktop.core.pace import WINDOW_S, Pace


def paced(*marks):
    pace = Pace()
    for at, done in marks:
        pace.mark(at, done)
    return pace


def test_nothing_can_be_told_before_the_second_mark():
    assert paced().seconds_left(10) is None
    assert paced((0.0, 0)).seconds_left(10) is None


def test_the_time_left_follows_the_rate():
    pace = paced((100.0, 0), (102.0, 20))
    assert pace.per_second == pytest.approx(10)
    assert pace.seconds_left(120) == pytest.approx(10)


def test_only_lately_counts():
    slow_then_quick = [(float(second), second) for second in range(100)]
    slow_then_quick += [(100.0 + second, 100 + 10 * second) for second in range(1, 60)]
    pace = paced(*slow_then_quick)
    assert pace.per_second == pytest.approx(10)
    assert WINDOW_S < 60


def test_work_that_stands_still_has_no_end():
    assert paced((0.0, 5), (3.0, 5)).seconds_left(10) is None


def test_work_that_is_done_takes_no_time():
    assert paced((0.0, 0), (1.0, 10)).seconds_left(10) == 0
