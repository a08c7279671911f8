import pytest

from m2m_desktop.ui.versions.pairing import can_compare, default_pair
from tests.ui.versions.conftest import DEMO, NEW, OLD, release

OLDEST = release("9.1", "9.1")
ENGLISH = release("en", "28.1", "en")


def test_the_release_in_use_is_compared_with_the_one_before_it():
    assert default_pair([DEMO, NEW, OLDEST, OLD], "28.1") == ("28.0", "28.1")
    assert default_pair([DEMO, NEW, OLDEST, OLD], "28.0") == ("9.1", "28.0")


def test_the_oldest_release_is_compared_with_the_next_one():
    assert default_pair([NEW, OLDEST, OLD], "9.1") == ("9.1", "28.0")


def test_the_release_of_a_project_is_compared_with_the_newest_after_it():
    assert default_pair([NEW, OLDEST, OLD], "28.0", "9.1") == ("9.1", "28.1")


def test_a_project_of_the_newest_release_does_not_turn_the_pair_round():
    assert default_pair([NEW, OLD], "28.1", "28.1") == ("28.0", "28.1")


def test_a_release_in_the_same_language_comes_first():
    assert default_pair([ENGLISH, OLDEST, NEW], "28.1") == ("9.1", "28.1")
    assert default_pair([ENGLISH, OLD], "28.0") == ("28.0", "en")


@pytest.mark.parametrize("known", [[], [DEMO], [NEW], [DEMO, NEW]])
def test_the_demo_dictionary_is_never_compared_with_a_release(known):
    assert default_pair(known, "28.1") == ("", "")
    assert not can_compare(known)


def test_without_a_release_in_use_the_two_newest_are_compared():
    assert default_pair([DEMO, OLDEST, NEW, OLD], "") == ("28.0", "28.1")
    assert default_pair([DEMO, OLDEST, NEW, OLD], "demo") == ("28.0", "28.1")
    assert can_compare([DEMO, NEW, OLD])
