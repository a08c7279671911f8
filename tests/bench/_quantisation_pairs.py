"""Hard pairs to compare models with: names of the demo dictionary, as they stand and varied, each
with the candidates that read most like it.

Nothing that the quantiser was calibrated with is among them, and two runs see the same pairs.
"""

import random
from pathlib import Path

from m2m_desktop.core.candidate_texts import CandidateTexts
from m2m_desktop.core.pairs import Phrase
from m2m_desktop.core.records import Mention, TermLevel
from m2m_desktop.core.templates import Template
from m2m_desktop.core.terminology import Terminology
from m2m_desktop.services.conversion.samples import pair_samples
from m2m_desktop.services.engine import CodingOptions, Engine
from m2m_desktop.services.locations import Locations, resources

CANDIDATES = 10
"""Of each mention; what was calibrated with is left out and the next one taken."""

_BEFORE = ("口服后", "突发", "严重", "夜间", "间断", "静滴时出现")
_AFTER = ("加重", "3天", "，伴乏力", "待查", "明显", "较前好转")


def open_demo(home: Path) -> Engine:
    """Open the engine on the demo dictionary, with nothing of this user's; it writes to ``home``."""
    data, cache, config, logs = (home / name for name in ("data", "cache", "config", "logs"))
    return Engine(Locations(data, cache, config, logs, resources()))


def hard_pairs(engine: Engine, template: Template, count: int, seed: int = 13) -> list[Phrase]:
    """Give some ``count`` pairs: mentions, each with its most similar PTs, the likeliest first."""
    terminology = engine.terminology()
    calibration = pair_samples(terminology, template).calibration
    used = {text for _, text in calibration}
    mentions = _mentions(terminology, {text for text, _ in calibration}, count // CANDIDATES, seed)
    texts = CandidateTexts(terminology, template)
    options = CodingOptions(mode="lexical", top_k=CANDIDATES + len(used))
    pairs: list[Phrase] = []
    for result in engine.retrieve([Mention(text, text) for text in mentions], options):
        rows = [terminology.index(TermLevel.PT, one.pt.code) for one in result.candidates]
        found = [texts.text(row) for row in rows]
        fresh = [text for text in dict.fromkeys(found) if text not in used]
        pairs.append((result.mention.text, fresh[:CANDIDATES]))
    return pairs


def _mentions(terminology: Terminology, used: set[str], count: int, seed: int) -> list[str]:
    """Draw distinct names, some as they stand, none of which is within a used mention."""
    names = dict.fromkeys(terminology.names(TermLevel.LLT))
    fresh = [name for name in names if not any(name in mention for mention in used)]
    rng = random.Random(seed)
    rng.shuffle(fresh)
    wordings = (_varied(name, place % 5, fresh, rng) for place, name in enumerate(fresh))
    return [mention for mention in dict.fromkeys(wordings) if mention not in used][:count]


def _varied(name: str, kind: int, others: list[str], rng: random.Random) -> str:
    if kind == 1:
        return rng.choice(_BEFORE) + name
    if kind == 2:
        return name + rng.choice(_AFTER)
    if kind == 3 and len(name) > 3:
        lost = rng.randrange(len(name))
        return name[:lost] + name[lost + 1 :]
    if kind == 4:
        return name + rng.choice(("、", "伴", "及")) + rng.choice(others)
    return name
