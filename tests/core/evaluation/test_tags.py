"""Tags of tokens read as entities, leniently."""

import pytest

from m2m_desktop.core.evaluation.tags import Tag, entities_of, parse_tag


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-A I-A O", [(0, 2, "A")]),
        ("B-A B-A", [(0, 1, "A"), (1, 2, "A")]),
        ("I-A I-A O I-A", [(0, 2, "A"), (3, 4, "A")]),
        ("B-A I-B", [(0, 1, "A"), (1, 2, "B")]),
        ("B-A E-A S-B", [(0, 2, "A"), (2, 3, "B")]),
        ("B-A E-A I-A", [(0, 2, "A"), (2, 3, "A")]),
        ("S-A I-A", [(0, 1, "A"), (1, 2, "A")]),
        ("B_症状 M_症状 L_症状 U_药物", [(0, 3, "症状"), (3, 4, "药物")]),
        ("O E-A O", [(1, 2, "A")]),
        ("B I O B-x-y", [(0, 2, ""), (3, 4, "x-y")]),
        ("O O", []),
        ("", []),
    ],
)
def test_entities_begin_and_end_where_the_tags_say(tags, expected):
    found = entities_of([parse_tag(one) for one in tags.split()])

    assert [(*one.spans[0], one.kind) for one in found] == expected


@pytest.mark.parametrize("text", ["", "X", "X-A", "0", "disease", "BA", "b-A"])
def test_what_is_no_tag_is_told(text):
    assert parse_tag(text) is None


def test_an_entity_is_as_sure_as_its_tokens_on_average():
    tags = [Tag("B", "A"), Tag("I", "A"), Tag("O")]

    assert entities_of(tags, [0.9, 0.5, 0.1])[0].confidence == pytest.approx(0.7)
    assert entities_of(tags)[0].confidence is None
