"""The recipe of the shipped reranker: data, size and schedule in one place."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from m2m_desktop.core.templates import Template, render
from m2m_desktop.core.text import normalise
from m2m_desktop.core.thesaurus import Thesaurus
from m2m_desktop.services.thesaurus_files import read_thesaurus
from m2m_desktop.training.dataset import Group, GroupSampler, draw_for_ever
from m2m_desktop.training.network import BertShape
from m2m_desktop.training.sources import (
    TrainingDictionary,
    read_demo,
    read_mentions,
    read_open_terms,
    read_tagged_text,
    read_words,
)
from m2m_desktop.training.vocabulary import build_vocabulary, tokenizer_json
from m2m_desktop.training.wordings import Wordings

TEMPLATE = Template("pt_llt", max_aliases=2, alias_order="matched_first")
MAX_LENGTH = 64
SEED = 20261121

TRAINED_ON = (
    "The demo dictionary and thesaurus of this project; Ontology of Adverse Events, Human "
    "Phenotype Ontology (release 2024-04-26) and CTCAE v6.0 in Chinese; THUOCL medical words and "
    "ChineseBLUE sentences for the warm-up only."
)
ATTRIBUTION = (
    "Ontology of Adverse Events (He, Xie et al.), CC BY 4.0, changes made. This product uses the "
    "Human Phenotype Ontology (release 2024-04-26), http://www.human-phenotype-ontology.org. "
    "CTCAE v6.0, National Cancer Institute. THUOCL (THUNLP), MIT. ChineseBLUE, Apache-2.0."
)


@dataclass(frozen=True)
class Ingredients:
    """Everything training needs, read and prepared."""

    dictionaries: tuple[TrainingDictionary, ...]
    thesaurus: Thesaurus
    warm_up_texts: tuple[str, ...]
    vocabulary: tuple[str, ...]

    @property
    def shape(self) -> BertShape:
        """The size of the shipped model."""
        return BertShape(
            vocab_size=len(self.vocabulary),
            hidden_size=192,
            num_hidden_layers=4,
            num_attention_heads=6,
            intermediate_size=768,
            max_position_embeddings=MAX_LENGTH,
        )

    def tokenizer_json(self) -> str:
        """The tokenizer file of the model."""
        return tokenizer_json(list(self.vocabulary), MAX_LENGTH)

    def tokenizer(self) -> Tokenizer:
        """The tokenizer itself."""
        return Tokenizer.from_str(self.tokenizer_json())

    def groups(self, rng: random.Random) -> Iterator[Group]:
        """Draw training groups for ever; the same seed gives the same groups."""
        wordings = Wordings(self.replacements(), rng)
        samplers = [GroupSampler(d, wordings, TEMPLATE, rng) for d in self.dictionaries]
        return draw_for_ever(samplers, [d.weight for d in self.dictionaries], rng)

    def replacements(self) -> dict[str, list[str]]:
        """Wording to what may stand in its place: thesaurus groups and short demo synonyms."""
        found: dict[str, list[str]] = {}
        demo = self.dictionaries[0]
        synonyms = [[n for n in c.names if 2 <= len(n) <= 5] for c in demo.concepts]
        for members in (*self.thesaurus.groups, *synonyms):
            for member in members:
                others = [other for other in members if other != member]
                if others:
                    found.setdefault(member, []).extend(others)
        return found


def gather(resources: Path, data: Path | None) -> Ingredients:
    """Read the sources. Without ``data`` only the demo dictionary is used (for tests).

    ``data`` is the folder of open sources described in the manual's page on training.
    """
    demo = read_demo(resources / "demo" / "source")
    thesaurus = read_thesaurus(resources)
    dictionaries = [demo]
    texts: list[str] = []
    if data is not None:
        held_out = read_mentions(data / "mentions" / "zh_dev.tsv")
        dictionaries += read_open_terms(data, held_out)
        for name in ("zh_cMedQANER_train.txt", "zh_cEHRNER_train.txt"):
            texts += [sentence[:60] for sentence in read_tagged_text(data / "ner" / name)]
        texts += read_words(data / "terms" / "thuocl_medical.txt")
    names = [
        name
        for dictionary in dictionaries
        for concept in dictionary.concepts
        for name in (*concept.names, *concept.wordings)
    ]
    members = [member for group in thesaurus.groups for member in group]
    vocabulary = build_vocabulary(normalise(text) for text in (*names, *members, *texts))
    rendered = [
        render(TEMPLATE, concept.names[0], concept.names[1:5])
        for dictionary in dictionaries
        for concept in dictionary.concepts
    ]
    return Ingredients(tuple(dictionaries), thesaurus, (*texts, *rendered), tuple(vocabulary))
