"""Parts to train on and parts to judge by, so that what is judged is really new."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from m2m_desktop.core.text import match_key

TRAIN, DEV, TEST = "train", "dev", "test"
UNSEEN_MENTION, UNSEEN_CONCEPT = "unseen_mention", "unseen_concept"


@dataclass(frozen=True, slots=True)
class Split:
    """Where one mention belongs; ``why`` is "" in the training part."""

    part: str
    why: str = ""


@dataclass(frozen=True)
class Shares:
    """How much is held out: of the concepts, and of the mentions of all others, for each part."""

    concepts: float = 0.1
    mentions: float = 0.1

    def check(self) -> None:
        """Raise ValueError where nothing would be left to train on."""
        if not 0 <= self.concepts < 0.4 or not 0 <= self.mentions < 0.4:
            raise ValueError(self)


def split_mentions(
    mentions: Sequence[tuple[str, Sequence[str]]], shares: Shares, *, seed: int = 42
) -> list[Split]:
    """Give the part of each (mention, gold concepts), in their order.

    A mention with a held-out concept is held out as a whole. Equal wordings, by `match_key`, go
    to the same part. What decides is a hash of the seed with the concept or the wording: new data
    does not move what was there.
    """
    shares.check()
    return [_of(match_key(text), gold, shares, seed) for text, gold in mentions]


def _of(key: str, gold: Sequence[str], shares: Shares, seed: int) -> Split:
    places = [_share(seed, "concept", code) for code in gold]
    for part, low in ((TEST, 0.0), (DEV, shares.concepts)):
        if any(low <= place < low + shares.concepts for place in places):
            return Split(part, UNSEEN_CONCEPT)
    place = _share(seed, "mention", key)
    if place < shares.mentions:
        return Split(TEST, UNSEEN_MENTION)
    if place < 2 * shares.mentions:
        return Split(DEV, UNSEEN_MENTION)
    return Split(TRAIN)


def _share(seed: int, kind: str, text: str) -> float:
    digest = hashlib.sha256(f"{seed}\0{kind}\0{text}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
