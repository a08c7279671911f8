"""Read the group files of the demo dictionary: headings, PTs, LLTs, secondary paths."""

from __future__ import annotations

import re
from pathlib import Path

from _demo_lines import numbered_lines, split_names
from _demo_records import Dictionary, Group, HighGroup, HighTerm, Llt, Pt

LONGEST_ABBREVIATION = 5
_HEADING = re.compile(r"\[(group|high group|high term)\] (.*)")


class GroupReader:
    """Reads one group file line by line."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.group = Group(path.stem)
        self.high_group: HighGroup | None = None
        self.high_term: HighTerm | None = None
        self.pt: Pt | None = None

    def read(self) -> Group:
        """Give the group, whole as far as its lines can be read."""
        for place, line in numbered_lines(self.path):
            heading = _HEADING.fullmatch(line)
            if line != line.rstrip():
                self.problems.append(f"{place}: spaces at the end of the line")
            elif heading:
                self._heading(place, heading[1], heading[2])
            elif line.startswith(("  + ", "  - ")):
                self._llt(place, line[4:], is_current=line[2] == "+")
            elif line.startswith("  @ "):
                self._secondary(place, line[4:])
            elif line[0] in " [\t":
                self.problems.append(f"{place}: not a line of this format: {line!r}")
            else:
                self._pt(place, line)
        if not self.group.names.chinese:
            self.problems.append(f"{self.path.name}:1: there is no [group] line")
        return self.group

    def _heading(self, place: str, kind: str, text: str) -> None:
        self.pt = self.high_term = None
        if kind == "group":
            if self.group.names.chinese:
                self.problems.append(f"{place}: a second [group]")
            text, _, abbreviation = text.rpartition(" | ")
            if not 0 < len(abbreviation) <= LONGEST_ABBREVIATION or not abbreviation.isascii():
                self.problems.append(
                    f"{place}: an abbreviation has 1 to {LONGEST_ABBREVIATION} letters: "
                    f"{abbreviation!r}"
                )
            self.group.names = split_names(place, text, self.problems)
            self.group.abbreviation = abbreviation
        elif kind == "high group":
            self.high_group = HighGroup(split_names(place, text, self.problems), place)
            self.group.high_groups.append(self.high_group)
        elif self.high_group is None:
            self.problems.append(f"{place}: a [high term] outside a [high group]")
        else:
            self.high_term = HighTerm(split_names(place, text, self.problems), place)
            self.high_group.high_terms.append(self.high_term)

    def _pt(self, place: str, text: str) -> None:
        self.pt = Pt(split_names(place, text, self.problems), place)
        if self.high_term is None:
            self.problems.append(f"{place}: a PT outside a [high term]: {text!r}")
        else:
            self.high_term.pts.append(self.pt)

    def _llt(self, place: str, text: str, *, is_current: bool) -> None:
        llt = Llt(split_names(place, text, self.problems), is_current, place)
        if self.pt is None:
            self.problems.append(f"{place}: an LLT without a PT: {text!r}")
        else:
            self.pt.llts.append(llt)

    def _secondary(self, place: str, text: str) -> None:
        if self.pt is None:
            self.problems.append(f"{place}: a secondary path without a PT: {text!r}")
        else:
            self.pt.secondary.append((place, text))


def settle_secondary_paths(dictionary: Dictionary, problems: list[str]) -> None:
    """Enter each PT as a guest of the high terms its ``@`` lines name."""
    headings = {
        f"{group.key}/{high_term.names.chinese}": high_term
        for group in dictionary.groups
        for _, high_term in group.high_terms()
    }
    for group in dictionary.groups:
        for pt in group.pts():
            taken = {group.key}
            for place, text in pt.secondary:
                key = text.partition("/")[0]
                if text not in headings:
                    problems.append(f"{place}: there is no high term {text!r}")
                elif key in taken:
                    problems.append(f"{place}: {pt.names.chinese} has a path in {key} already")
                else:
                    taken.add(key)
                    headings[text].guests.append(pt)
