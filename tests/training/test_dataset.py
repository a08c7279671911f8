"""Groups to learn from: labelled rightly, nothing given away, the same for the same seed."""

import random
from collections import defaultdict

import pytest

from m2m_desktop.core.templates import Template
from m2m_desktop.core.text import match_key
from m2m_desktop.training import recipe
from m2m_desktop.training.dataset import Group, GroupSampler, draw_for_ever
from m2m_desktop.training.sources import Concept, TrainingDictionary
from m2m_desktop.training.wordings import Wordings

TINY = TrainingDictionary(
    "tiny",
    (
        Concept(("头痛", "头疼", "脑袋疼"), ("头部疼痛",)),
        Concept(("腹痛", "肚子疼")),
        Concept(("背痛",)),
        Concept(("头晕", "眩晕")),
    ),
    1.0,
)


def pt_name(text):
    return text.removeprefix("PT: ").split("；")[0]


def aliases(text):
    found = [part for part in text.split("；") if part.startswith("LLT别名: ")]
    return found[0].removeprefix("LLT别名: ").split(" | ") if found else []


@pytest.fixture(scope="module")
def sampled(ingredients):
    """Groups with what the sampler meant by them: the gold concepts and the names it hid."""
    rng = random.Random(3)
    wordings = Wordings(ingredients.replacements(), rng)
    sampler = GroupSampler(ingredients.dictionaries[0], wordings, recipe.TEMPLATE, rng)
    real, meant, found = sampler._mention_of, [], []

    def mention_of(concept):
        mention, hidden = real(concept)
        meant.append((concept, hidden))
        return mention, hidden

    sampler._mention_of = mention_of
    for _ in range(3000):
        meant.clear()
        group = sampler.draw()
        found.append((group, dict(meant)))
    return ingredients.dictionaries[0].concepts, found


def test_the_same_seed_gives_the_same_groups(ingredients):
    def some(seed):
        stream = ingredients.groups(random.Random(seed))
        return [next(stream) for _ in range(50)]

    assert some(1) == some(1) != some(2)


def test_golds_come_first_and_are_labelled(sampled):
    concepts, found = sampled
    without = 0
    for group, meant in found:
        assert len(group.candidates) == len(group.labels)
        assert len(set(group.candidates)) == len(group.candidates)
        golds = sum(group.labels)
        if golds == 0:
            without += 1
            continue
        assert group.labels[:golds] == (1,) * golds
        names = [pt_name(text) for text in group.candidates[:golds]]
        assert names == [concepts[concept].names[0] for concept in meant]
    assert 0.02 < without / len(found) < 0.07
    assert {sum(group.labels) for group, _ in found} == {0, 1, 2}


def test_a_group_without_gold_lacks_the_meant_terms(sampled):
    concepts, found = sampled
    for group, meant in found:
        if not any(group.labels):
            shown = {pt_name(text) for text in group.candidates}
            assert shown.isdisjoint(concepts[concept].names[0] for concept in meant)


def test_a_hidden_name_is_never_printed_in_its_own_candidate_text(sampled):
    concepts, found = sampled
    hidden_count = 0
    for group, meant in found:
        for place, (concept, hidden) in enumerate(meant.items()):
            if hidden and any(group.labels):
                hidden_count += 1
                text = group.candidates[place]
                assert pt_name(text) == concepts[concept].names[0] != hidden
                assert hidden not in aliases(text)
    assert hidden_count > 500


def test_no_negative_shares_a_name_with_a_gold(sampled):
    concepts, found = sampled
    keys = {
        concept.names[0]: {match_key(name) for name in (*concept.names, *concept.wordings)}
        for concept in concepts
    }
    for group, meant in found:
        known = set().union(*(keys[concepts[concept].names[0]] for concept in meant))
        for text, label in zip(group.candidates, group.labels, strict=True):
            if not label:
                assert keys[pt_name(text)].isdisjoint(known)


def test_negatives_are_hard(sampled):
    """Most share a character with the mention; a model must read on."""
    _, found = sampled
    near = [
        bool(set(group.mention) & set(text))
        for group, _ in found
        for text, label in zip(group.candidates, group.labels, strict=True)
        if not label
    ]
    assert sum(near) / len(near) > 0.8


def test_candidate_texts_follow_the_recipe(groups):
    for group in groups:
        for text in group.candidates:
            assert text.startswith("PT: ")
            assert len(aliases(text)) <= recipe.TEMPLATE.max_aliases
            assert pt_name(text) not in aliases(text)
        assert group.mention


def test_a_tiny_dictionary_gives_smaller_groups_and_no_endless_search():
    rng = random.Random(5)
    sampler = GroupSampler(TINY, Wordings({}, rng), Template("pt_llt"), rng, negatives=5)
    for group in (sampler.draw() for _ in range(200)):
        assert isinstance(group, Group)
        assert 2 <= len(group.candidates) <= 4
        assert len(set(map(pt_name, group.candidates))) == len(group.candidates)


def test_strangers_with_the_name_of_a_gold_are_no_negatives():
    """A homograph: the same wording stands under both, so neither is wrong."""
    both = TrainingDictionary("two", (Concept(("呕血", "吐血")), Concept(("咯血", "吐 血"))), 1.0)
    rng = random.Random(6)
    sampler = GroupSampler(both, Wordings({}, rng), Template("pt_llt"), rng)
    for _ in range(100):
        group = sampler.draw()
        golds = sum(group.labels)
        assert len(group.candidates) == golds


def test_dictionaries_are_drawn_by_their_weight():
    class Fixed:
        def __init__(self, name):
            self.name = name

        def draw(self):
            return self.name

    stream = draw_for_ever([Fixed("a"), Fixed("b")], [0.9, 0.1], random.Random(1))
    counts = defaultdict(int)
    for _ in range(2000):
        counts[next(stream)] += 1
    assert 1700 < counts["a"] < 1900
