"""Interchangeable wordings: 拉肚子 and 腹泻 share no character, but one concept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from m2m_desktop.core.text import characters, match_key


def is_whole(text: str, start: int, stop: int) -> bool:
    """Tell whether a span cuts no Latin word: ``cr`` does not stand in ``crp``."""
    cuts_start = start > 0 and _joined(text[start - 1], text[start])
    cuts_stop = stop < len(text) and _joined(text[stop - 1], text[stop])
    return not (cuts_start or cuts_stop)


def _joined(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalpha() and right.isalpha()


@dataclass(frozen=True)
class Thesaurus:
    """Groups of wordings that may stand for one another; a wording may be in several groups.

    ``groups`` hold wordings in the form `text.match_key` gives.
    """

    groups: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def parse(cls, lines: Iterable[str]) -> "Thesaurus":
        """Read one group a line, members separated by ``|``; ``#`` starts a comment."""
        return cls().extended(
            line.strip().split("|") for line in lines if line.strip() and not line.startswith("#")
        )

    def extended(self, groups: Iterable[Iterable[str]]) -> "Thesaurus":
        """Give a thesaurus with further groups of wordings; groups of one are left out."""
        added = (tuple(dict.fromkeys(filter(None, map(match_key, group)))) for group in groups)
        return Thesaurus((*self.groups, *(members for members in added if len(members) > 1)))

    @cached_property
    def by_member(self) -> Mapping[str, tuple[int, ...]]:
        """Wording to the numbers of its groups."""
        found: dict[str, list[int]] = {}
        for number, members in enumerate(self.groups):
            for member in members:
                found.setdefault(member, []).append(number)
        return {member: tuple(numbers) for member, numbers in found.items()}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.by_member), default=0)

    def concepts(self, text: str) -> list[str]:
        """Cut a text into concept tokens: group numbers where a wording is known, else characters.

        The longest known wording wins at each place; what it is made of is listed as well, so
        血小板减少 still meets 血小板计数降低.
        """
        key = match_key(text)
        return self._cut(key, self._longest)

    def _cut(self, key: str, longest: int) -> list[str]:
        tokens: list[str] = []
        plain = at = 0
        while at < len(key):
            stop = self._match_end(key, at, longest)
            if stop == at:
                at += 1
                continue
            tokens += characters(key[plain:at])
            tokens += self._concept(key[at:stop])
            plain = at = stop
        return tokens + characters(key[plain:])

    def _match_end(self, key: str, at: int, longest: int) -> int:
        if at and _joined(key[at - 1], key[at]):  # within a Latin word nothing begins
            return at
        for length in self._lengths.get(key[at], ()):
            stop = at + length
            if length > longest or stop > len(key):
                continue
            if key[at:stop] in self.by_member and is_whole(key, at, stop):
                return stop
        return at

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How long the wordings are that begin with a character, the longest first."""
        found: dict[str, set[int]] = {}
        for member in self.by_member:
            found.setdefault(member[0], set()).add(len(member))
        return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}

    def _concept(self, wording: str) -> list[str]:
        own = [f"#{number}" for number in self.by_member[wording]]
        inner = self._cut(wording, len(wording) - 1) if len(wording) > 2 else []
        return own + [token for token in inner if token.startswith("#") and token not in own]
