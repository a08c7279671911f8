"""Read the SMQ-like lists of the demo dictionary."""

from __future__ import annotations

import re
from pathlib import Path

from _demo_lines import numbered_lines, split_names
from _demo_records import Dictionary, Names, Smq, SmqTerm

_SMQ_HEADING = re.compile(
    r"\[(smq|child smq|about|algorithm|narrow|broad)(?: ([A-R]))?\](?: (.*))?"
)
_ALGORITHM_WORD = re.compile(r"[A-R]|and|or|[()]")


class SmqReader:
    """Reads the SMQ-like lists."""

    def __init__(self, path: Path, dictionary: Dictionary, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.pts = {pt.names.chinese: pt for pt in dictionary.pts()}
        self.smqs: list[Smq] = []
        self.smq: Smq | None = None
        self.scope: tuple[bool, str] | None = None

    def read(self) -> list[Smq]:
        """Give the lists in order, those on top with their children."""
        before = len(self.problems)
        for place, line in numbered_lines(self.path):
            heading = _SMQ_HEADING.fullmatch(line)
            if heading:
                self._heading(place, heading[1], heading[2] or "", heading[3] or "")
            elif line.startswith("["):
                self.problems.append(f"{place}: not a heading of this format: {line!r}")
            else:
                self._term(place, line)
        if len(self.problems) == before:  # else these checks would tell of consequences
            self._check()
        return self.smqs

    def _heading(self, place: str, kind: str, category: str, text: str) -> None:
        if kind in {"smq", "child smq"}:
            smq = Smq(split_names(place, text, self.problems), place)
            self.scope = None
            self.smq = smq
            if kind == "smq":
                self.smqs.append(smq)
            elif self.smqs:
                self.smqs[-1].children.append(smq)
            else:
                self.problems.append(f"{place}: a [child smq] without an [smq]")
        elif self.smq is None:
            self.problems.append(f"{place}: [{kind}] outside an [smq]")
        elif kind == "about":
            parts = text.split(" | ")
            if len(parts) != 2 or "$" in text:
                self.problems.append(f"{place}: two sentences expected, Chinese | English")
            self.smq.about = Names(parts[0], parts[-1])
        elif kind == "algorithm":
            self.smq.algorithm = text
        else:
            self.scope = (kind == "narrow", category or "A")

    def _term(self, place: str, line: str) -> None:
        if self.smq is None or self.scope is None:
            self.problems.append(f"{place}: a term outside [narrow] and [broad]: {line!r}")
            return
        name, _, llt = line.partition(" > ")
        pt = self.pts.get(name)
        if pt is None:
            self.problems.append(f"{place}: there is no PT {name!r}")
        elif llt and llt not in {each.names.chinese for each in pt.llts}:
            self.problems.append(f"{place}: {name} has no LLT {llt!r}")
        elif any((term.pt, term.llt) == (name, llt) for term in self.smq.terms):
            self.problems.append(f"{place}: {line!r} stands in this list already")
        else:
            self.smq.terms.append(SmqTerm(name, llt, *self.scope))

    def _check(self) -> None:
        seen: set[str] = set()
        for smq in (each for top in self.smqs for each in (top, *top.children)):
            for name in smq.names:
                if name.casefold() in seen:
                    self.problems.append(f"{smq.place}: another list is called {name!r} too")
                seen.add(name.casefold())
            if not smq.terms:
                self.problems.append(f"{smq.place}: the list is empty")
            words = _ALGORITHM_WORD.findall(smq.algorithm)
            used = {word for word in words if len(word) == 1 and word.isalpha()}
            given = {term.category for term in smq.terms}
            if smq.algorithm and "".join(words) != smq.algorithm.replace(" ", ""):
                self.problems.append(f"{smq.place}: the algorithm cannot be read: {smq.algorithm}")
            elif used != (given if smq.algorithm else set()) or (not used and given - {"A"}):
                self.problems.append(f"{smq.place}: the categories are not those of the algorithm")
