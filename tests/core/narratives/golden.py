"""Marked narratives: the text without its marks, and what was marked."""

import re
from dataclasses import dataclass
from pathlib import Path

from m2m_desktop.core.narratives.records import FoundMention, Status

GOLDEN = Path(__file__).parents[2] / "golden"
_MARK = re.compile(r"\[([-~?]?)([^\]]*)\]")
_STATUS = {
    "": Status.PRESENT, "-": Status.NEGATED, "~": Status.HISTORICAL, "?": Status.UNCERTAIN,
}  # fmt: skip
Marked = dict[tuple[int, int], Status]


@dataclass(frozen=True)
class Narrative:
    text: str
    marked: Marked


def read_marked(line: str) -> Narrative:
    """``无[-皮疹]`` is 无皮疹, with a denied mention."""
    text, marked, done = "", {}, 0
    for match in _MARK.finditer(line):
        text += line[done : match.start()]
        marked[len(text), len(text) + len(match[2])] = _STATUS[match[1]]
        text += match[2]
        done = match.end()
    return Narrative(text + line[done:], marked)


def read_narratives(path: Path) -> list[Narrative]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [read_marked(line) for line in lines if line and not line.startswith("#")]


@dataclass
class Figures:
    right: int = 0
    found: int = 0
    wanted: int = 0
    judged: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.wanted

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted)

    @property
    def status_accuracy(self) -> float:
        """Of the mentions found in their exact places, the share with the right status."""
        return self.judged / self.right


def count(narratives: list[Narrative], answers: list[list[FoundMention]]) -> Figures:
    figures = Figures()
    for narrative, mentions in zip(narratives, answers, strict=True):
        found = {(one.start, one.end): one.status for one in mentions}
        right = found.keys() & narrative.marked.keys()
        figures.right += len(right)
        figures.found += len(found)
        figures.wanted += len(narrative.marked)
        figures.judged += sum(found[place] is narrative.marked[place] for place in right)
    return figures
