"""Finds mentions with a model that labels tokens (bundles of the kind ``ner``)."""

import re
from collections.abc import Collection, Sequence

from m2m_desktop.core.batches import Check, never_cancelled
from m2m_desktop.core.encoding import TokenTagger
from m2m_desktop.core.narratives.records import FoundSpan
from m2m_desktop.core.narratives.tagging import OUTSIDE, read_labels
from m2m_desktop.core.narratives.windows import find_in_windows

_REACTION = re.compile(
    r"adr|ade|^ae$|adverse|reaction|symptom|sign|finding|disease|disorder|disorde|problem|condition|"
    r"^(?:dis|sym|dx|sx)$|症状|体征|疾病|不良|反应|síntoma|sintoma|enfermedad|signo",
    re.IGNORECASE,
)
_NO_REACTION = re.compile(r"drug|chemical|药|test|检验项目|body|部位|trade", re.IGNORECASE)


class NerFinder:
    """Finds what a token classifier marks as a reaction (`narratives.records.MentionFinder`).

    ``kinds`` are the entity types that count; without any, those whose names speak of reactions,
    symptoms or diseases, and where there are none of these, all types. For one calling thread at
    a time.
    """

    def __init__(self, tagger: TokenTagger, max_length: int, kinds: Collection[str] = ()) -> None:
        self._tagger = tagger
        self._max_length = max_length
        self._labels = read_labels(tagger.labels)
        self._kinds = reaction_kinds(self.all_kinds, kinds)

    @property
    def all_kinds(self) -> tuple[str, ...]:
        """All entity types the model tells apart, in the order of its labels."""
        return tuple(dict.fromkeys(label.kind for label in self._labels if label.place != OUTSIDE))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The entity types that count as reactions."""
        return self._kinds

    def find_all(
        self, texts: Sequence[str], check: Check = never_cancelled
    ) -> list[list[FoundSpan]]:
        """Find the reactions of each text; see `MentionFinder`."""
        found = find_in_windows(texts, self._tagger, self._labels, self._max_length, check)
        return [[span for span in spans if span.kind in self._kinds] for spans in found]


def reaction_kinds(all_kinds: Sequence[str], wanted: Collection[str] = ()) -> tuple[str, ...]:
    """Choose the types that count as reactions: the ``wanted`` ones, else by their names."""
    chosen = [kind for kind in all_kinds if kind in wanted]
    if not wanted:
        chosen = [
            kind for kind in all_kinds if _REACTION.search(kind) and not _NO_REACTION.search(kind)
        ]
    return tuple(chosen) or tuple(all_kinds)
