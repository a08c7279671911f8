"""Names first, and beside them what a model is sure of."""

from m2m_desktop.core.narratives.joined import SURE, JoinedFinder
from m2m_desktop.core.narratives.names import NameFinder
from m2m_desktop.core.narratives.records import FoundSpan

TEXT = "服药后皮疹，夜里睡不踏实"


class Marker:
    """A model that marks what it is told to."""

    kinds = ("symptom",)

    def __init__(self, *marks):
        self._marks = marks

    def find_all(self, texts, _check=None):
        return [
            [
                FoundSpan(text.index(words), text.index(words) + len(words), "symptom", confidence)
                for words, confidence in self._marks
            ]
            for text in texts
        ]


def found(*marks):
    (spans,) = JoinedFinder(NameFinder.of(["皮疹"]), Marker(*marks)).find_all([TEXT])
    return [TEXT[one.start : one.end] for one in spans]


def test_what_the_model_is_sure_of_stands_beside_the_names_in_the_order_of_the_text():
    assert found(("睡不踏实", SURE)) == ["皮疹", "睡不踏实"]


def test_where_a_name_stands_the_model_is_not_asked():
    assert found(("后皮疹", 1.0)) == ["皮疹"]
    assert found(("疹，夜", 1.0)) == ["皮疹"]


def test_a_doubtful_mark_and_a_single_character_are_left_out():
    assert found(("睡不踏实", SURE - 0.01)) == ["皮疹"]
    assert found(("夜", 1.0)) == ["皮疹"]


def test_a_chinese_model_adds_no_english_words():
    marks = Marker(("The", 1.0))
    for is_chinese, expected in ((True, ["rash"]), (False, ["The", "rash"])):
        finder = JoinedFinder(NameFinder.of(["rash"]), marks, is_chinese=is_chinese)
        (spans,) = finder.find_all(["The rash faded"])
        assert ["The rash faded"[one.start : one.end] for one in spans] == expected


def test_the_types_of_both_are_named_once():
    finder = JoinedFinder(NameFinder.of(["皮疹"]), JoinedFinder(Marker(), Marker()))
    assert finder.kinds == ("reaction", "symptom")
