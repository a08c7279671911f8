"""Read a MedDRA release into a `Terminology`, or say file by file and line by line why not.

A release whose rows would make answers wrong is refused whole; one that is only odd is loaded and
the oddities are in its report. Rows never become Python objects: the files are taken apart with
numpy, see `meddra_tables`.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import Groups, IntArray, TextColumn
from m2m_desktop.core.errors import ReleaseIncomplete, ReleaseUnreadable
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.encodings import (
    CJK_LANGUAGES,
    SCRIPT_SHARE,
    decide_encoding,
    guess_language,
    script_share,
    to_utf8,
)
from m2m_desktop.services.import_report import Findings, ImportReport
from m2m_desktop.services.meddra_identity import (
    RELEASE_FILE,
    UNKNOWN,
    Identity,
    combined_hash,
    read_identity,
    terminology_id,
)
from m2m_desktop.services.meddra_japanese import JAPANESE, japanese_names
from m2m_desktop.services.meddra_levels import Level, level_file, read_level, sample_names
from m2m_desktop.services.meddra_paths import (
    LINK_FILES,
    Paths,
    check_links_agree,
    check_names_agree,
    child_pairs,
    read_links,
    read_paths,
    soc_ranks,
)
from m2m_desktop.services.meddra_smqs import Arrays, history_arrays, read_smq_list, smq_arrays
from m2m_desktop.services.meddra_tables import Table, read_table
from m2m_desktop.services.release_files import (
    DEMO_MARKER,
    HISTORY_FILE,
    JAPANESE_FILES,
    NEEDED_FILES,
    OPTIONAL_FILES,
    ReleaseSources,
)

USUAL_SOC_COUNT = 27
_FEW_PTS = 3
_YES, _NO = ord("Y"), ord("N")
_STEPS = 8


@dataclass(frozen=True)
class LoadedRelease:
    """A terminology as read from its files, and the report of the reading."""

    terminology: Terminology
    report: ImportReport


def load_release(
    sources: ReleaseSources, *, encoding: str | None = None, progress: Progress = silent
) -> LoadedRelease:
    """Read, check and index one release.

    ``encoding`` overrides the detection. Raises: ReleaseIncomplete, ReleaseUnreadable,
    ReleaseBroken with all defects, Cancelled through ``progress``; nothing is left behind.
    """
    missing = [name for name in NEEDED_FILES if name not in sources.files]
    if missing:
        raise ReleaseIncomplete(path=sources.label, missing=", ".join(missing))
    findings = Findings(path=sources.label)
    hashes = sources.hashes(progress)
    identity = read_identity(sources.files, sources.label, findings)
    progress(1, _STEPS, "")
    files, encodings = _decoded(sources, identity, encoding, findings, progress)
    tables = dict(_read_tables(files, findings, progress))
    levels = _read_levels(tables, findings, progress)
    progress(4, _STEPS, "mdhier.asc")
    has_japanese = any(name in files for name in JAPANESE_FILES)
    identity = _settled_language(identity, levels, findings, is_bilingual=has_japanese)
    paths = read_paths(tables["mdhier.asc"], levels, findings)
    progress(5, _STEPS, "mdhier.asc")
    check_names_agree(paths, levels, findings)
    progress(5, _STEPS, "llt.asc")
    arrays: Arrays = dict(_llt_arrays(levels, findings))
    progress(5, _STEPS, "hlt_pt.asc")
    arrays.update(_path_arrays(paths, tables, levels, findings))
    progress(6, _STEPS, "smq_content.asc")
    smqs = None
    if "smq_list.asc" in tables:
        smqs = read_smq_list(tables["smq_list.asc"], identity, findings)
        arrays.update(smq_arrays(smqs, tables.get("smq_content.asc"), levels, identity, findings))
    elif "smq_content.asc" in tables:
        findings.warn("smq_without_list", ["smq_content.asc"])
    progress(7, _STEPS, "meddra_history")
    spoken = replace(identity, language="English") if has_japanese else identity
    arrays.update(history_arrays(files, spoken, findings))
    if len(levels[TermLevel.SOC]) != USUAL_SOC_COUNT and not identity.is_demo:
        findings.warn("soc_count", ["soc.asc"])
    language2 = ""
    if has_japanese:
        arrays.update(_japanese_arrays(files, levels, smqs, findings))
        language2 = "English"
    findings.raise_if_broken()
    _report_missing(files, findings)
    for level, rows in levels.items():
        prefix = level.name.lower()
        arrays.setdefault(f"{prefix}.names", rows.names.buffer)
        arrays.setdefault(f"{prefix}.name_starts", rows.names.starts)
        arrays[f"{prefix}.codes"] = rows.codes
        arrays[f"{prefix}.order"] = rows.order
    version = identity.version or UNKNOWN
    language = JAPANESE if has_japanese else identity.language or UNKNOWN
    info = ReleaseInfo(
        terminology_id=terminology_id(
            "demo" if identity.is_demo else "meddra",
            (version, language),
            combined_hash(hashes, encoding),
        ),
        name=release_name(version, (language,), is_demo=identity.is_demo),
        version=version,
        language=language,
        encoding=encodings[0][1],
        language2=language2,
        is_demo=identity.is_demo,
        hashes=hashes,
    )
    report = ImportReport(
        label=sources.label,
        version=version,
        language=language,
        counts=count_arrays(arrays),
        encodings=encodings,
        anomalies=findings.anomalies,
    )
    progress(_STEPS, _STEPS, "")
    return LoadedRelease(Terminology(info, frozen(arrays)), report)


def release_name(version: str, languages: tuple[str, ...], *, is_demo: bool) -> str:
    """Give the name a release is shown under, such as ``MedDRA 29.0, Chinese``."""
    kind = "Demo dictionary (not MedDRA)" if is_demo else "MedDRA"
    return f"{kind} {version}, {' + '.join(languages)}"


def frozen(arrays: Arrays) -> Arrays:
    """Make every array read-only."""
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def count_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, int]:
    """Count the terms of each level, the paths, SMQs and history rows."""
    counts = {level.name.lower(): len(arrays[f"{level.name.lower()}.codes"]) for level in TermLevel}
    counts["llt_current"] = int(np.count_nonzero(arrays["llt.current"]))
    counts["paths"] = len(arrays["path.soc"])
    for name, array in (("smqs", "smq.codes"), ("smq_rows", "smqrow.kind")):
        counts[name] = len(arrays[array]) if array in arrays else 0
    counts["history"] = len(arrays["history.codes"]) if "history.codes" in arrays else 0
    return counts


# -- reading ---------------------------------------------------------------------------------------


def _decoded(
    sources: ReleaseSources,
    identity: Identity,
    override: str | None,
    findings: Findings,
    progress: Progress,
) -> tuple[dict[str, bytes], tuple[tuple[str, str], ...]]:
    """Give all files as UTF-8 and the encodings they were in, the Japanese ones on their own."""
    path = sources.label
    main: dict[str, bytes] = {}
    japanese: dict[str, bytes] = {}
    history: dict[str, bytes] = {}
    for name, data in sources.files.items():
        if name in (RELEASE_FILE, DEMO_MARKER.lower()):
            continue
        if HISTORY_FILE.fullmatch(name):
            history[name] = data
        else:
            (japanese if name in JAPANESE_FILES else main)[name] = data
    encodings: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    groups = [("*.asc", main, "English" if japanese else identity.language)]
    if japanese:
        groups.insert(0, ("*_j.asc", japanese, JAPANESE))
    for pattern, group, language in groups:
        chosen = override if group is japanese or not japanese else None
        decided = decide_encoding(group, language=language, override=chosen, path=path)
        progress(2, _STEPS, pattern)
        if decided.is_last_resort:
            findings.warn("last_resort_encoding", [pattern])
        encodings.append((pattern, decided.encoding))
        for name, data in group.items():
            files[name] = to_utf8(name, data, decided.encoding, path=path)
            progress(2, _STEPS, name)
    for name, data in history.items():
        decoded = None
        for encoding in dict.fromkeys([encoding for _, encoding in encodings] + ["utf-8"]):
            with suppress(ReleaseUnreadable):
                decoded = to_utf8(name, data, encoding, path=path)
                break
        if decoded is None:
            findings.warn("history_unreadable", [name])
        else:
            files[name] = decoded
        progress(2, _STEPS, name)
    return files, tuple(encodings)


def _read_tables(
    files: Mapping[str, bytes], findings: Findings, progress: Progress
) -> Iterator[tuple[str, Table]]:
    for name in (*NEEDED_FILES, *OPTIONAL_FILES):
        if name in files:
            progress(3, _STEPS, name)
            table = read_table(name, files[name], findings)
            if name in NEEDED_FILES and not len(table) and not findings.defects:
                findings.refuse("empty_file", place=f"{name}:1")
            if len(table) or name not in LINK_FILES:
                yield name, table
            else:
                findings.warn("missing_file", [name])
    findings.raise_if_broken()


def _read_levels(
    tables: Mapping[str, Table], findings: Findings, progress: Progress
) -> dict[TermLevel, Level]:
    levels: dict[TermLevel, Level] = {}
    for level in TermLevel:
        progress(3, _STEPS, level_file(level))
        levels[level] = read_level(tables[level_file(level)], findings)
    llts = levels[TermLevel.LLT].table
    currency = llts.letters(9)
    findings.refuse_rows(
        "bad_currency", llts, np.flatnonzero((currency != _YES) & (currency != _NO))
    )
    for level, column in ((TermLevel.LLT, 2), (TermLevel.PT, 3)):
        table = levels[level].table
        is_code = table.codes(column)[2]
        findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=column + 1)
    findings.raise_if_broken()
    return levels


def _settled_language(
    identity: Identity, levels: Mapping[TermLevel, Level], findings: Findings, *, is_bilingual: bool
) -> Identity:
    """Check the stated language against the script of the names, or guess it from that."""
    if is_bilingual:
        return identity
    for level in (TermLevel.PT, TermLevel.LLT):
        names = list(sample_names(levels[level].names))
        stated = identity.language
        place = levels[level].table.place(0)
        if not stated:
            guess = guess_language(names)
            identity = Identity(identity.version, guess, identity.word, identity.is_demo)
        elif stated in CJK_LANGUAGES:
            if script_share(names, stated) < SCRIPT_SHARE:
                findings.refuse("mixed_language", place=place, language=stated)
        elif stated == "English" and guess_language(names):
            findings.refuse("mixed_language", place=place, language=stated)
    return identity


def _report_missing(files: Mapping[str, bytes], findings: Findings) -> None:
    for name in OPTIONAL_FILES:
        if name not in files and name != RELEASE_FILE:
            findings.warn("missing_file", [name])


# -- building --------------------------------------------------------------------------------------


def _llt_arrays(levels: Mapping[TermLevel, Level], findings: Findings) -> Arrays:
    """LLTs: which PT, current or not; and the checks between LLTs and PTs."""
    llts, pts = levels[TermLevel.LLT], levels[TermLevel.PT]
    codes, numbers, _ = llts.table.codes(2)
    pt_rows = pts.rows(numbers)
    findings.refuse_rows("orphan_llt", llts.table, np.flatnonzero(pt_rows < 0), codes)
    as_pt = pts.rows(llts.numbers)
    elsewhere = np.flatnonzero((as_pt >= 0) & (pt_rows >= 0) & (as_pt != pt_rows))
    findings.refuse_rows("self_llt_elsewhere", llts.table, elsewhere)
    findings.raise_if_broken()
    is_current = llts.table.letters(9) == _YES
    own = np.flatnonzero(as_pt >= 0)
    findings.warn_rows("self_llt_not_current", llts.table, own[~is_current[own]])
    differing = own[llts.names.take(own).differing_rows(pts.names.take(as_pt[own]))]
    if len(differing) * 2 > max(len(own), 4):
        place = llts.table.place(int(differing[0]))
        findings.refuse("mixed_files", place=place, other="pt.asc")
    else:
        findings.warn_rows("self_llt_name_differs", llts.table, differing)
    alone = np.setdiff1d(np.arange(len(pts)), as_pt[own])
    if len(alone) > max(_FEW_PTS, len(pts) // 20):
        findings.refuse(
            "many_without_self_llt",
            place=pts.table.place(int(alone[0])),
            code=bytes(pts.codes[alone[0]]).decode("ascii"),
            count=len(alone),
        )
    findings.warn_rows("pt_without_self_llt", pts.table, alone)
    _warn_of_duplicate_names(llts, findings)
    groups = Groups.of(pt_rows, np.arange(len(llts), dtype=np.int32), len(pts))
    return {
        "llt.pt": pt_rows,
        "llt.current": is_current.astype(np.uint8),
        "pt.llt_starts": groups.starts,
        "pt.llts": groups.members,
    }


def _warn_of_duplicate_names(llts: Level, findings: Findings) -> None:
    names = llts.names.to_list()
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    again = [row for row, name in enumerate(names) if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    findings.warn_rows("duplicate_llt_name", llts.table, np.array(again))


def _path_arrays(
    paths: Paths,
    tables: Mapping[str, Table],
    levels: Mapping[TermLevel, Level],
    findings: Findings,
) -> Arrays:
    """Everything above the PTs: paths, children, the order of SOCs; checked against the links."""
    socs, pts = levels[TermLevel.SOC], levels[TermLevel.PT]
    links = read_links(tables, levels, findings)
    findings.raise_if_broken()
    check_links_agree(paths, links, levels, findings)
    for level in (TermLevel.SOC, TermLevel.HLGT, TermLevel.HLT):
        unused = np.setdiff1d(np.arange(len(levels[level])), paths.rows[level])
        findings.warn_rows("unused_term", levels[level].table, unused)
    abbreviations = socs.table.texts(2)
    pt_rows = paths.rows[TermLevel.PT]
    order = np.lexsort((~paths.is_primary, pt_rows))
    arrays: Arrays = {
        "soc.rank": soc_ranks(tables.get("intl_ord.asc"), socs, findings),
        "soc.abbrevs": abbreviations.buffer,
        "soc.abbrev_starts": abbreviations.starts,
        "pt.path_starts": np.searchsorted(pt_rows[order], np.arange(len(pts) + 1)).astype(np.int32),
        "path.hlt": paths.rows[TermLevel.HLT][order],
        "path.hlgt": paths.rows[TermLevel.HLGT][order],
        "path.soc": paths.rows[TermLevel.SOC][order],
        "path.primary": paths.is_primary[order].astype(np.uint8),
    }
    for name, (above, below) in LINK_FILES.items():
        parents, children = child_pairs(paths, links, levels, name)
        arrays.update(_child_arrays(above, below, parents, children, len(levels[above])))
    return arrays


def _child_arrays(
    above: TermLevel, below: TermLevel, parents: IntArray, children: IntArray, count: int
) -> Arrays:
    groups = Groups.of(parents, children, count)
    prefix = f"{above.name.lower()}.{below.name.lower()}"
    return {f"{prefix}_starts": groups.starts, f"{prefix}s": groups.members}


def _japanese_arrays(
    files: Mapping[str, bytes],
    levels: Mapping[TermLevel, Level],
    smqs: Level | None,
    findings: Findings,
) -> Arrays:
    """Japanese names first, the English ones of the base files second."""
    arrays: Arrays = {}
    named: list[tuple[str, str, Level]] = [
        (level.name.lower(), level.name.lower(), rows) for level, rows in levels.items()
    ]
    if smqs is not None:
        named.append(("smq", "smq_list", smqs))
    for prefix, file, rows in named:
        names: TextColumn | None = japanese_names(files, file, rows, findings)
        if names is not None:
            arrays[f"{prefix}.names"], arrays[f"{prefix}.name_starts"] = names.buffer, names.starts
            arrays[f"{prefix}.names2"] = rows.names.buffer
            arrays[f"{prefix}.name2_starts"] = rows.names.starts
    return arrays
