"""From the label probabilities of tokens to entities with exact places."""

import numpy as np
import pytest

from m2m_desktop.core.encoding import TaggedText
from m2m_desktop.core.narratives.tagging import Label, entities_of, read_labels

BIO = ("O", "B-ADR", "I-ADR", "B-DRUG", "I-DRUG")


def tagged(offsets, names, labels, sure=0.9):
    rows = np.full((len(names), len(labels)), (1 - sure) / (len(labels) - 1))
    for row, name in enumerate(names):
        rows[row, labels.index(name)] = sure
    return TaggedText(tuple(offsets), rows)


def found(text, offsets, names, labels=BIO):
    spans = entities_of(text, tagged(offsets, names, labels), read_labels(labels))
    return [(text[one.start : one.end], one.kind) for one in spans]


def by_character(text):
    return [(place, place + 1) for place in range(len(text))]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("O", "B-ADR", "I-ADR"), ("O", "B", "I")),
        (("O", "B_ADR", "I_ADR", "E_ADR", "S_ADR"), ("O", "B", "I", "E", "S")),
        (("O", "B-ADR", "L-ADR", "U-ADR"), ("O", "B", "E", "S")),
        (("o", "ADR-B", "ADR-I"), ("O", "B", "I")),
        (("O", "ADR"), ("O", "I")),
        (("O", "B", "I"), ("O", "B", "I")),
    ],
)
def test_labels_of_any_tag_set_are_read(labels, expected):
    assert tuple(label.place for label in read_labels(labels)) == expected


def test_names_of_types_are_no_places():
    assert read_labels(("O", "S-Test", "Sign"))[2] == Label("I", "Sign")
    assert read_labels(("O", "B", "I"))[1].kind == "entity"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["B-ADR", "I-ADR", "O", "O"], [("皮疹", "ADR")]),
        (["I-ADR", "I-ADR", "O", "O"], [("皮疹", "ADR")]),
        (["B-ADR", "B-ADR", "O", "O"], [("皮", "ADR"), ("疹", "ADR")]),
        (["B-ADR", "I-DRUG", "O", "O"], [("皮", "ADR"), ("疹", "DRUG")]),
        (["B-ADR", "O", "I-ADR", "O"], [("皮", "ADR"), ("瘙", "ADR")]),
        (["O", "O", "O", "I-ADR"], [("痒", "ADR")]),
    ],
)
def test_what_goes_on_with_nothing_begins_an_entity(names, expected):
    assert found("皮疹瘙痒", by_character("皮疹瘙痒"), names) == expected


def test_an_end_ends_an_entity_and_a_single_is_one():
    labels = ("O", "B-A", "I-A", "E-A", "S-A")
    names = ["B-A", "E-A", "I-A", "S-A", "S-A"]

    assert found("一二三四五", by_character("一二三四五"), names, labels) == [
        ("一二", "A"), ("三", "A"), ("四", "A"), ("五", "A"),
    ]  # fmt: skip


def test_the_first_token_of_a_word_speaks_for_it():
    offsets = [(0, 4), (4, 6), (6, 8), (9, 13)]

    assert found("headache rash", offsets, ["B-ADR", "O", "O", "O"]) == [("headache", "ADR")]
    assert found("headache rash", offsets, ["O", "I-ADR", "O", "O"]) == []


def test_bytes_of_one_character_and_spaces_around_tokens_do_not_move_places():
    text = " 皮 rash"
    offsets = [(1, 2), (1, 2), (1, 2), (2, 7)]

    assert found(text, offsets, ["B-ADR", "O", "O", "B-ADR"]) == [("皮", "ADR"), ("rash", "ADR")]


def test_confidence_is_the_mean_probability_of_the_type_whatever_its_prefix():
    rows = np.array([[0.1, 0.6, 0.3, 0.0, 0.0], [0.5 - 0.01, 0.0, 0.51, 0.0, 0.0]])
    (span,) = entities_of("皮疹", TaggedText(((0, 1), (1, 2)), rows), read_labels(BIO))

    assert span.confidence == pytest.approx((0.9 + 0.51) / 2)


def test_a_text_without_tokens_has_no_entities():
    assert entities_of("", TaggedText((), np.empty((0, 5))), read_labels(BIO)) == []
