"""Mentions without a window: how they follow an edit, and who has the last word about them."""

from dataclasses import replace

import pytest

from m2m_desktop.ui.narrative.mentions import NarrativeMentions
from m2m_desktop.ui.narrative.records import (
    Change,
    Offsets,
    ShownMention,
    Status,
    mentions_from_json,
)

TEXT = "皮疹，无发热，恶心"


def mention(text, words, **more):
    start = text.index(words)
    return ShownMention(start, start + len(words), words, kind="reaction", **more)


@pytest.fixture
def mentions():
    made = NarrativeMentions()
    made.take_found(
        [mention(TEXT, "皮疹"), mention(TEXT, "发热", status=Status.NEGATED), mention(TEXT, "恶心")]
    )
    return made


def edited(mentions, before, after):
    mentions.follow(Change.between(before, after), after)
    assert all(after[one.start : one.end] == one.text for one in mentions.shown)
    return [one.text for one in mentions.shown]


def texts(mentions):
    return [one.text for one in mentions.shown]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [("", "abc", Change(0, 0, 3)), ("abc", "", Change(0, 3, 0)), ("abc", "abc", Change(3, 0, 0)),
     ("abcd", "abXcd", Change(2, 0, 1)), ("abcd", "ad", Change(1, 2, 0)),
     ("aa", "aaa", Change(2, 0, 1)), ("皮疹😀", "皮😀疹😀", Change(1, 0, 1))],
)  # fmt: skip
def test_an_edit_is_the_one_stretch_that_differs(before, after, change):
    assert Change.between(before, after) == change


def test_mentions_before_an_edit_stay_and_those_behind_it_move(mentions):
    assert edited(mentions, TEXT, "皮疹，今晨无发热，恶心") == ["皮疹", "发热", "恶心"]


def test_a_mention_whose_words_are_edited_is_dropped(mentions):
    assert edited(mentions, TEXT, "皮肤疹，无发热，恶心") == ["发热", "恶心"]


def test_words_typed_at_the_edges_of_a_mention_leave_it(mentions):
    assert edited(mentions, TEXT, "起" + TEXT) == ["皮疹", "发热", "恶心"]
    assert edited(mentions, "起" + TEXT, f"起{TEXT}呕吐") == ["皮疹", "发热", "恶心"]


def test_taking_a_line_out_drops_only_what_stood_in_it(mentions):
    assert edited(mentions, TEXT, "皮疹恶心") == ["皮疹", "恶心"]


def test_what_a_person_marks_takes_the_place_of_what_was_found_there(mentions):
    mentions.add(3, 6, TEXT[3:6])
    assert texts(mentions) == ["皮疹", "无发热", "恶心"]
    mentions.take_found([mention(TEXT, "发热", status=Status.NEGATED)])
    assert [(one.text, one.status) for one in mentions.shown] == [("无发热", Status.PRESENT)]


def test_what_was_removed_is_not_found_again_until_the_removal_is_undone(mentions):
    mentions.remove(mentions.shown[0])
    mentions.take_found([mention(TEXT, "皮疹"), mention(TEXT, "恶心")])
    assert texts(mentions) == ["恶心"]
    mentions.undo()
    assert texts(mentions) == ["皮疹", "恶心"]
    assert not mentions.can_undo


def test_a_status_given_by_hand_outlasts_a_new_reading(mentions):
    mentions.set_status(mentions.shown[1], Status.PRESENT)
    mentions.take_found([mention(TEXT, "发热", status=Status.NEGATED)])
    (fever,) = mentions.shown
    assert (fever.status, fever.is_own, fever.kind) == (Status.PRESENT, True, "reaction")


def test_a_removal_moves_with_its_words_and_ends_with_them(mentions):
    mentions.remove(mentions.shown[2])
    longer = "今晨" + TEXT
    assert edited(mentions, TEXT, longer) == ["皮疹", "发热"]
    mentions.take_found([mention(longer, "恶心")])
    assert texts(mentions) == []
    edited(mentions, longer, longer[:-1])
    mentions.take_found([mention(longer, "恶心")])
    assert texts(mentions) == ["恶心"]


def test_of_two_mentions_that_touch_the_second_has_the_place_between_them():
    mentions, text = NarrativeMentions(), "皮疹恶心"
    mentions.take_found([mention(text, "皮疹"), mention(text, "恶心")])
    assert [mentions.at(place).text for place in range(5)] == ["皮疹"] * 2 + ["恶心"] * 3


def test_characters_are_counted_as_the_engine_does_whatever_the_window_counts():
    offsets = Offsets("a😀皮疹😀")
    assert [offsets.units(place) for place in range(6)] == [0, 1, 3, 4, 5, 7]
    assert [offsets.place(units) for units in range(8)] == [0, 1, 2, 2, 3, 4, 5, 5]


def test_a_status_this_window_does_not_know_counts_as_uncertain_and_is_not_coded():
    one = {"start": 0, "end": 2, "text": "皮疹", "status": "hypothetical", "kind": "reaction"}
    (read,) = mentions_from_json({"mentions": [one]})
    assert read == replace(mention("皮疹", "皮疹"), status=Status.UNCERTAIN)
