"""The codes of the demo dictionary: read, given to what is new, written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from _demo_lines import numbered_lines
from _demo_records import Dictionary, Group, HighGroup, HighTerm, Pt, SourceError

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
