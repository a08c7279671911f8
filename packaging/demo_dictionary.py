"""Compile the open demo dictionary: readable sources in, files in the MedDRA layout out.

``python packaging/demo_dictionary.py`` reads resources/demo (see its README.txt), gives new terms
their codes and writes the two releases; ``--check`` only says whether they are up to date.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "demo"
VERSION = "0.1"
MARKER = "DEMO_DICTIONARY.txt"
BANNER = "演示词典，非 MedDRA / Demo dictionary, not MedDRA\n"
SMQ_ENDINGS = ("（演示SMQ）", " (demo SMQ)")
LANGUAGES = ("Chinese", "English")
LONGEST_NAME = 60
LONGEST_ABBREVIATION = 5

FIRST_CODES = {
    "SOC": 90000001,
    "HLGT": 90010001,
    "HLT": 90020001,
    "PT": 90100001,
    "LLT": 92000001,
    "SMQ": 29990001,
}
"""Where the invented codes of each level begin; a PT's own LLT has the code of the PT."""
LAST_CODES = {
    "SOC": 90009999,
    "HLGT": 90019999,
    "HLT": 90029999,
    "PT": 90199999,
    "LLT": 92999999,
    "SMQ": 29999999,
}

_HEADING = re.compile(r"\[(group|high group|high term)\] (.*)")
_SMQ_HEADING = re.compile(
    r"\[(smq|child smq|about|algorithm|narrow|broad)(?: ([A-R]))?\](?: (.*))?"
)
_ALGORITHM_WORD = re.compile(r"[A-R]|and|or|[()]")


class SourceError(Exception):
    """The sources cannot be compiled; ``problems`` are sentences that begin with file:line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class Names(NamedTuple):
    """A name in both languages; the fields stand in the order of `LANGUAGES`."""

    chinese: str
    english: str


NO_NAMES = Names("", "")


@dataclass(slots=True)
class Llt:
    """A wording of a PT."""

    names: Names
    is_current: bool
    place: str


@dataclass(slots=True)
class Pt:
    """A term reactions are coded to. ``secondary`` holds its further paths as they were written."""

    names: Names
    place: str
    llts: list[Llt] = field(default_factory=list)
    secondary: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class HighTerm:
    """A heading above PTs (the HLT level). ``guests`` have their primary path elsewhere."""

    names: Names
    place: str
    pts: list[Pt] = field(default_factory=list)
    guests: list[Pt] = field(default_factory=list)


@dataclass(slots=True)
class HighGroup:
    """A heading above high terms (the HLGT level)."""

    names: Names
    place: str
    high_terms: list[HighTerm] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """The widest heading (the SOC level): one source file."""

    key: str
    names: Names = NO_NAMES
    abbreviation: str = ""
    high_groups: list[HighGroup] = field(default_factory=list)

    def high_terms(self) -> Iterator[tuple[HighGroup, HighTerm]]:
        """Every high term with the heading above it, in order."""
        for high_group in self.high_groups:
            for high_term in high_group.high_terms:
                yield high_group, high_term

    def pts(self) -> Iterator[Pt]:
        """Every PT whose primary path is here, in order."""
        for _, high_term in self.high_terms():
            yield from high_term.pts


@dataclass(slots=True)
class SmqTerm:
    """One PT, or with ``llt`` one wording of it, in an SMQ-like list."""

    pt: str
    llt: str
    is_narrow: bool
    category: str


@dataclass(slots=True)
class Smq:
    """An SMQ-like list."""

    names: Names
    place: str
    about: Names = NO_NAMES
    algorithm: str = ""
    terms: list[SmqTerm] = field(default_factory=list)
    children: list[Smq] = field(default_factory=list)


@dataclass(slots=True)
class Dictionary:
    """All that the sources say, checked."""

    groups: list[Group]
    smqs: list[Smq]

    def pts(self) -> Iterator[Pt]:
        """Every PT once, in display order."""
        for group in self.groups:
            yield from group.pts()

    def all_smqs(self) -> Iterator[tuple[int, Smq]]:
        """Every SMQ with its level, a list before its children."""
        for smq in self.smqs:
            yield 1, smq
            for child in smq.children:
                yield 2, child


# -- reading


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Give (file:line, line) for each line that is neither empty nor a comment."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield f"{path.name}:{number}", line


def read_dictionary(folder: Path = FOLDER) -> Dictionary:
    """Read and check all sources.

    Raises:
        SourceError: with every problem found, not only the first.
    """
    problems: list[str] = []
    groups = []
    for place, key in numbered_lines(folder / "order.txt"):
        path = folder / "source" / f"{key}.txt"
        if path.is_file():
            groups.append(_GroupReader(path, problems).read())
        else:
            problems.append(f"{place}: there is no source/{key}.txt")
    for path in sorted((folder / "source").glob("*.txt")):
        if path.stem not in {group.key for group in groups}:
            problems.append(f"order.txt:1: {path.stem} is missing")
    dictionary = Dictionary(groups, [])
    _settle_secondary_paths(dictionary, problems)
    _check_names(dictionary, problems)
    _check_headings(dictionary, problems)
    smq_file = folder / "smq.txt"
    if smq_file.is_file():
        dictionary.smqs = _SmqReader(smq_file, dictionary, problems).read()
    if problems:
        raise SourceError(problems)
    return dictionary


def split_names(place: str, text: str, problems: list[str]) -> Names:
    """Split ``Chinese | English``; says what is wrong with the names."""
    parts = text.split(" | ")
    if len(parts) != 2:
        problems.append(f"{place}: two names expected, Chinese | English: {text!r}")
        return Names(parts[0], parts[-1])
    for name in parts:
        if not name or name != name.strip():
            problems.append(f"{place}: empty name, or spaces around it: {text!r}")
        if len(name) > LONGEST_NAME:
            problems.append(f"{place}: a name has more than {LONGEST_NAME} characters: {name!r}")
        if "$" in name or "|" in name or any(unicodedata.category(c) == "Cc" for c in name):
            problems.append(f"{place}: a name may not hold $, | or control characters: {name!r}")
    if not parts[1].isascii():
        problems.append(f"{place}: the English name is not plain ASCII: {parts[1]!r}")
    return Names(*parts)


class _GroupReader:
    """Reads one group file line by line."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.group = Group(path.stem)
        self.high_group: HighGroup | None = None
        self.high_term: HighTerm | None = None
        self.pt: Pt | None = None

    def read(self) -> Group:
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


def _settle_secondary_paths(dictionary: Dictionary, problems: list[str]) -> None:
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


def _check_names(dictionary: Dictionary, problems: list[str]) -> None:
    """PT names are unique, LLT names within their PT; no LLT bears the name of another PT."""
    pts: tuple[dict[str, Pt], dict[str, Pt]] = ({}, {})
    for pt in dictionary.pts():
        for names, name in zip(pts, pt.names, strict=True):
            first = names.setdefault(name.casefold(), pt)
            if first is not pt:
                problems.append(f"{pt.place}: a PT {name!r} stands at {first.place} already")
    for pt in dictionary.pts():
        own: tuple[set[str], set[str]] = (
            {pt.names.chinese.casefold()},
            {pt.names.english.casefold()},
        )
        for llt in pt.llts:
            for seen, name in zip(own, llt.names, strict=True):
                if name.casefold() in seen:
                    problems.append(f"{llt.place}: {name!r} twice under {pt.names.chinese}")
                seen.add(name.casefold())
            other = pts[0].get(llt.names.chinese.casefold())
            if other and other is not pt:
                problems.append(f"{llt.place}: {llt.names.chinese!r} is a PT at {other.place}")


def _check_headings(dictionary: Dictionary, problems: list[str]) -> None:
    """Headings are unique on their level and not empty; abbreviations are unique."""
    seen: set[tuple[str, str]] = set()

    def check(kind: str, place: str, names: Iterable[str]) -> None:
        for name in names:
            if (kind, name.casefold()) in seen:
                problems.append(f"{place}: another {kind} is called {name!r} too")
            seen.add((kind, name.casefold()))

    for group in dictionary.groups:
        place = f"{group.key}.txt:1"
        check("group", place, group.names)
        check("abbreviation", place, [group.abbreviation])
        if not group.high_groups:
            problems.append(f"{place}: the group is empty")
        for high_group in group.high_groups:
            check("high group", high_group.place, high_group.names)
            if not high_group.high_terms:
                problems.append(f"{high_group.place}: the high group is empty")
        for _, high_term in group.high_terms():
            check("high term", high_term.place, high_term.names)
            if not high_term.pts and not high_term.guests:
                problems.append(f"{high_term.place}: the high term is empty")


class _SmqReader:
    """Reads the SMQ-like lists."""

    def __init__(self, path: Path, dictionary: Dictionary, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.pts = {pt.names.chinese: pt for pt in dictionary.pts()}
        self.smqs: list[Smq] = []
        self.smq: Smq | None = None
        self.scope: tuple[bool, str] | None = None

    def read(self) -> list[Smq]:
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


# -- codes

Codes = dict[tuple[str, str], int]
"""(level, key) -> code. A heading's key begins with its group, an LLT's with its PT."""


def read_codes(path: Path) -> Codes:
    """Read the codes given so far, those of removed terms too."""
    codes: Codes = {}
    problems = []
    owners: dict[int, str] = {}
    for place, line in numbered_lines(path) if path.is_file() else ():
        parts = line.split("\t")
        if parts == ["level", "key", "code"]:
            continue
        if len(parts) != 3 or parts[0] not in FIRST_CODES or not parts[2].isdecimal():
            problems.append(f"{place}: level, key and code expected, with tabs between them")
            continue
        level, key, code = parts[0], parts[1], int(parts[2])
        if not FIRST_CODES[level] <= code <= LAST_CODES[level]:
            problems.append(f"{place}: {code} is not a code of level {level}")
        if code in owners or (level, key) in codes:
            problems.append(f"{place}: {code} or {key!r} stands at {owners.get(code)} already")
        owners[code] = place
        codes[level, key] = code
    if problems:
        raise SourceError(problems)
    return codes


def pt_key(pt: Pt) -> tuple[str, str]:
    """The key of a PT does not name its group: a PT that moves keeps its code."""
    return "PT", pt.names.chinese


def llt_key(pt: Pt, name: str) -> tuple[str, str]:
    """Two PTs may have an LLT of the same name."""
    return "LLT", f"{pt.names.chinese} | {name}"


def heading_key(level: str, group: Group, heading: HighGroup | HighTerm) -> tuple[str, str]:
    """Headings are known by their group and their Chinese name."""
    return level, f"{group.key} | {heading.names.chinese}"


def all_keys(dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    """The key of everything that needs a code of its own, in display order."""
    for group in dictionary.groups:
        yield "SOC", group.key
        for high_group in group.high_groups:
            yield heading_key("HLGT", group, high_group)
        for _, high_term in group.high_terms():
            yield heading_key("HLT", group, high_term)
        for pt in group.pts():
            yield pt_key(pt)
            for llt in pt.llts:
                yield llt_key(pt, llt.names.chinese)
    for _, smq in dictionary.all_smqs():
        yield "SMQ", smq.names.chinese


def give_codes(dictionary: Dictionary, codes: Mapping[tuple[str, str], int]) -> Codes:
    """Add codes for what is new; nothing changes its code and no code is used twice."""
    given = dict(codes)
    following = dict(FIRST_CODES)
    for (level, _), code in codes.items():
        following[level] = max(following[level], code + 1)
    for level, key in all_keys(dictionary):
        if (level, key) not in given:
            if following[level] > LAST_CODES[level]:
                raise SourceError([f"codes.tsv:1: no code is left for level {level}"])
            given[level, key] = following[level]
            following[level] += 1
    return given


def codes_text(codes: Mapping[tuple[str, str], int]) -> str:
    """Write codes.tsv: by level, then by code."""
    order = list(FIRST_CODES)
    rows = sorted((order.index(level), code, key) for (level, key), code in codes.items())
    lines = ["level\tkey\tcode", *(f"{order[level]}\t{key}\t{code}" for level, code, key in rows)]
    return "\n".join(lines) + "\n"


# -- the files in the MedDRA layout


def rows_text(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as MedDRA does: $ after every field, CR LF after every row."""
    return "".join("$".join(map(str, row)) + "$\r\n" for row in rows)


def compile_release(
    dictionary: Dictionary, codes: Mapping[tuple[str, str], int], language: str
) -> dict[str, str]:
    """Give the files of one language by name."""
    at = LANGUAGES.index(language)
    tables: dict[str, list[Sequence[object]]] = {
        name: []
        for name in (
            "llt",
            "pt",
            "hlt",
            "hlgt",
            "soc",
            "hlt_pt",
            "hlgt_hlt",
            "soc_hlgt",
            "intl_ord",
        )
    }
    hierarchy: dict[int, list[tuple[bool, Sequence[object]]]] = {}
    for rank, group in enumerate(dictionary.groups, 1):
        soc = codes["SOC", group.key]
        tables["soc"].append((soc, group.names[at], group.abbreviation, *[""] * 7))
        tables["intl_ord"].append((f"{rank:02}", soc))
        for high_group in group.high_groups:
            hlgt = codes[heading_key("HLGT", group, high_group)]
            tables["hlgt"].append((hlgt, high_group.names[at], *[""] * 7))
            tables["soc_hlgt"].append((soc, hlgt))
        for high_group, high_term in group.high_terms():
            hlgt = codes[heading_key("HLGT", group, high_group)]
            hlt = codes[heading_key("HLT", group, high_term)]
            tables["hlt"].append((hlt, high_term.names[at], *[""] * 7))
            tables["hlgt_hlt"].append((hlgt, hlt))
            headings = (high_term.names[at], high_group.names[at], group.names[at])
            for pt in (*high_term.pts, *high_term.guests):
                code = codes[pt_key(pt)]
                tables["hlt_pt"].append((hlt, code))
                path = (code, hlt, hlgt, soc, pt.names[at], *headings, group.abbreviation, "")
                is_primary = pt in high_term.pts
                hierarchy.setdefault(code, []).append((is_primary, path))
        for pt in group.pts():
            code = codes[pt_key(pt)]
            tables["pt"].append((code, pt.names[at], "", soc, *[""] * 7))
            tables["llt"].append((code, pt.names[at], code, *[""] * 6, "Y", ""))
            for llt in pt.llts:
                own, current = codes[llt_key(pt, llt.names.chinese)], "Y" if llt.is_current else "N"
                tables["llt"].append((own, llt.names[at], code, *[""] * 6, current, ""))
    files = {f"{name}.asc": rows_text(rows) for name, rows in tables.items()}
    files["mdhier.asc"] = rows_text(_hierarchy_rows(dictionary, codes, hierarchy))
    files["smq_list.asc"], files["smq_content.asc"] = _smq_files(dictionary, codes, at)
    files["meddra_release.asc"] = f"{VERSION}${language}$$$$"
    return files


def _hierarchy_rows(
    dictionary: Dictionary,
    codes: Mapping[tuple[str, str], int],
    hierarchy: Mapping[int, list[tuple[bool, Sequence[object]]]],
) -> Iterator[Sequence[object]]:
    """The paths of each PT, the primary one first."""
    for pt in dictionary.pts():
        paths = sorted(hierarchy[codes[pt_key(pt)]], key=lambda path: not path[0])
        primary_soc = paths[0][1][3]
        for is_primary, path in paths:
            yield (*path, primary_soc, "Y" if is_primary else "N")


def _smq_files(
    dictionary: Dictionary, codes: Mapping[tuple[str, str], int], at: int
) -> tuple[str, str]:
    pts = {pt.names.chinese: pt for pt in dictionary.pts()}
    lists: list[Sequence[object]] = []
    content: list[Sequence[object]] = []
    for level, smq in dictionary.all_smqs():
        code = codes["SMQ", smq.names.chinese]
        name = smq.names[at] + SMQ_ENDINGS[at]
        lists.append((code, name, level, smq.about[at], "", "", VERSION, "A", smq.algorithm or "N"))
        for child in smq.children:
            child_code = codes["SMQ", child.names.chinese]
            content.append((code, child_code, 0, 0, "S", 0, "A", VERSION, VERSION))
        for term in smq.terms:
            pt = pts[term.pt]
            term_code = codes[llt_key(pt, term.llt) if term.llt else pt_key(pt)]
            scope = 2 if term.is_narrow else 1
            kind = 5 if term.llt else 4
            content.append((code, term_code, kind, scope, term.category, 0, "A", VERSION, VERSION))
    return rows_text(lists), rows_text(content)


# -- the command


def outputs(folder: Path = FOLDER) -> dict[str, bytes]:
    """Everything made from the sources, by path below ``folder``."""
    dictionary = read_dictionary(folder)
    codes = give_codes(dictionary, read_codes(folder / "codes.tsv"))
    made = {"codes.tsv": codes_text(codes)}
    for language in LANGUAGES:
        made[f"{language.lower()}/{MARKER}"] = BANNER
        for name, text in compile_release(dictionary, codes, language).items():
            made[f"{language.lower()}/{name}"] = text
    return {name: text.encode("utf-8") for name, text in made.items()}


def differences(folder: Path = FOLDER) -> list[str]:
    """Name the files that are not what the sources give."""
    made = outputs(folder)
    found = []
    for name, data in made.items():
        path = folder / name
        there = path.read_bytes() if path.is_file() else b""
        if path.suffix != ".asc":  # git may have changed the line ends of plain text
            there = there.replace(b"\r\n", b"\n")
        if there != data:
            found.append(name)
    for language in LANGUAGES:
        for path in sorted((folder / language.lower()).glob("*")):
            name = f"{language.lower()}/{path.name}"
            if name not in made:
                found.append(name)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile, or with ``--check`` compare; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Compile the open demo dictionary.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where order.txt lies")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    try:
        stale = differences(folder)
        made = outputs(folder)
    except SourceError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 1
    if options.check:
        for name in stale:
            print(f"{name} is not what the sources give: run packaging/demo_dictionary.py")
        return 1 if stale else 0
    for name in stale:
        if name in made:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(made[name])
            print(f"{name}: written")
        else:
            print(f"{name}: not made from the sources; remove it by hand")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
