"""The files of the demo dictionary in the MedDRA layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from _demo_codes import heading_key, llt_key, pt_key
from _demo_records import LANGUAGES, Dictionary

VERSION = "0.1"
SMQ_ENDINGS = ("（演示SMQ）", " (demo SMQ)")


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


def rows_text(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as MedDRA does: $ after every field, CR LF after every row."""
    return "".join("$".join(map(str, row)) + "$\r\n" for row in rows)
