"""Phrases to code: the held-out ones of the repository, and names of the demo dictionary varied.

Everything is drawn with fixed seeds: two runs see the same phrases.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.services.locations import resources
from tests.bench.accuracy import HELD_OUT, read_gold

NAMES = Path("demo") / "chinese" / "llt.asc"

_BEFORE = (
    "服药后出现", "用药后", "输液后出现", "轻度", "全身", "反复", "双下肢", "突发", "夜间", "面部", "持续性",
)  # fmt: skip
_AFTER = ("明显", "加重", "1天", "不适", "3次", "较前加重", "伴乏力")
_SLIPS = {
    "疼痛": "痛",
    "升高": "增高",
    "减少": "降低",
    "瘙痒": "发痒",
    "障碍": "异常",
    "出血": "流血",
}
_DRESSES = ("{}", "{}", "{}", "{}", "{}", "{}", "{}", "{}。", " {}", "{} ")


def names() -> list[str]:
    """The names of the demo dictionary's LLTs, in file order, each once."""
    lines = (resources() / NAMES).read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line.split("$")[1] for line in lines if line))


def reported_phrases(count: int, seed: int = 11) -> list[str]:
    """Give ``count`` distinct phrases, none of which is a name as it stands.

    The held-out phrases come first, in an order of their own; then names with what stands around
    them in reports, with other words for the same, with a slip, or two of them together.
    """
    rng = random.Random(seed)
    known = names()
    taken = set(known)
    held_out = [text for text, _, _ in read_gold(HELD_OUT, None)]
    rng.shuffle(held_out)
    phrases: list[str] = []
    for phrase in _endless(held_out, known, rng):
        if phrase not in taken:
            taken.add(phrase)
            phrases.append(phrase)
        if len(phrases) == count:
            break
    return phrases


def _endless(held_out: Sequence[str], known: Sequence[str], rng: random.Random) -> Iterator[str]:
    yield from held_out
    while True:
        yield _varied(rng.choice(known), known, rng)


def _varied(name: str, known: Sequence[str], rng: random.Random) -> str:
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice(_BEFORE) + name
    if kind == 1:
        return name + rng.choice(_AFTER)
    if kind == 2:
        for word, other in _SLIPS.items():
            name = name.replace(word, other)
        return name
    if kind == 3 and len(name) > 3:
        at = rng.randrange(len(name))
        return name[:at] + name[at + 1 :]
    if kind == 4 and len(name) > 3:
        at = rng.randrange(len(name) - 1)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name + rng.choice(("、", "伴", "，", "及")) + rng.choice(known)


@dataclass(frozen=True)
class Export:
    """The rows of an export, and what it is made of."""

    rows: tuple[str, ...]
    distinct: int
    exact: int


def realistic_export(rows: int, seed: int = 12) -> Export:
    """Give an export in which phrases repeat as in life.

    The phrase of rank r comes up in proportion to 1/r, and of a pool three quarters as large as
    the export so many occur that 5,000 rows hold between a quarter and a third of distinct ones.
    At every rank four phrases of ten are names as they stand; the others begin with the held-out
    phrases. Three rows of ten carry a full stop or a space of their own. ``distinct`` and
    ``exact`` (phrases that are names) do not count these as different.
    """
    rng = random.Random(seed)
    size = max(1, rows * 3 // 4)
    named = rng.sample(names(), min(len(names()), size * 2 // 5))
    reported = reported_phrases(size - len(named), seed)
    is_named = [True] * len(named) + [False] * len(reported)
    rng.shuffle(is_named)
    sources = {True: iter(named), False: iter(reported)}
    pool = [next(sources[one]) for one in is_named]
    drawn = rng.choices(pool, weights=[1 / rank for rank in range(1, len(pool) + 1)], k=rows)
    dressed = tuple(rng.choice(_DRESSES).format(phrase) for phrase in drawn)
    return Export(dressed, len(set(drawn)), len(set(drawn) & set(named)))
