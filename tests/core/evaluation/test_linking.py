"""Top-k accuracy, by what training had."""

import pytest

from m2m_desktop.core.evaluation.linking import Part, Training, linking_tally
from m2m_desktop.core.evaluation.mentions import AnsweredMention

TRAINING = Training.of([("Dolor de cabeza", ["1"]), ("náuseas", ["2", "3"])])


def mention(text, gold, codes=()):
    return AnsweredMention("", text, frozenset(gold), tuple(codes), (0.5,) * len(codes))


@pytest.mark.parametrize(
    ("text", "gold", "part"),
    [
        ("dolor  de CABEZA", ["1"], Part.SEEN),
        ("cefalea", ["1"], Part.UNSEEN_MENTION),
        ("cefalea", ["1", "9"], Part.UNSEEN_CODE),
        ("dolor de cabeza", ["9"], Part.UNSEEN_CODE),
    ],
)
def test_a_mention_belongs_to_one_part(text, gold, part):
    assert TRAINING.part_of(mention(text, gold)) is part


def test_any_of_several_gold_codes_counts():
    mentions = [mention("a", "12", "9281"), mention("b", "3", "456"), mention("c", "4")]

    assert linking_tally(mentions, (1, 2, 10)).values() == pytest.approx(
        {"top_1": 0, "top_2": 1 / 3, "top_10": 1 / 3}
    )
