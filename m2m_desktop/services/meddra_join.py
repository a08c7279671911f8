"""Join two languages of one version by code: one shown first, the other as second names."""

from dataclasses import replace

import numpy as np

from m2m_desktop.core.columns import CodeArray, TextColumn
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.import_report import Anomaly, Findings, ImportReport
from m2m_desktop.services.meddra import LoadedRelease, frozen, release_name
from m2m_desktop.services.meddra_identity import combined_hash, terminology_id


def join(primary: Terminology, second: Terminology, *, encoding: str | None = None) -> Terminology:
    """Give ``primary`` with the names of ``second`` as second names.

    Both must be of one version and hold the same codes, the same LLT-PT links, currency and paths;
    otherwise ReleaseBroken says what differs. ``encoding`` is what the user insisted on, if
    anything: it is part of the id.
    """
    findings = Findings(path=f"{primary.info.name} / {second.info.name}")
    if primary.info.version != second.info.version:
        findings.refuse(
            "join_version_differs", first=primary.info.version, second=second.info.version
        )
        findings.raise_if_broken()
    arrays = dict(primary.arrays)
    for level in TermLevel:
        _check_same_codes(level, primary, second, findings)
    findings.raise_if_broken()
    _check_same_content(primary, second, findings)
    findings.raise_if_broken()
    for level in TermLevel:
        rows = second.codes(level).index_many(primary.codes(level).codes)
        names = second.names(level).take(rows)
        arrays[f"{level.name.lower()}.names2"] = names.buffer
        arrays[f"{level.name.lower()}.name2_starts"] = names.starts
    if "smq.codes" in primary.arrays and "smq.codes" in second.arrays:
        rows = second.smq_codes.index_many(primary.smq_codes.codes)
        nothing = TextColumn.of([""] * len(rows))
        names = nothing.overlaid(second.smq_names, rows)
        arrays["smq.names2"], arrays["smq.name2_starts"] = names.buffer, names.starts
    return Terminology(_joined_info(primary, second, encoding), frozen(arrays))


def join_releases(
    primary: LoadedRelease, second: LoadedRelease, *, encoding: str | None = None
) -> LoadedRelease:
    """Join two loaded releases and their reports; the places of the second bear its language."""
    terminology = join(primary.terminology, second.terminology, encoding=encoding)
    return LoadedRelease(terminology, _joined_report(primary.report, second.report))


def _joined_info(primary: Terminology, second: Terminology, encoding: str | None) -> ReleaseInfo:
    first, other = primary.info, second.info
    languages = (first.language, other.language)
    hashes = joined_hashes((first.language, first.hashes), (other.language, other.hashes))
    is_demo = first.is_demo or other.is_demo
    return replace(
        first,
        terminology_id=terminology_id(
            "demo" if is_demo else "meddra",
            (first.version, *languages),
            combined_hash(hashes, encoding),
        ),
        name=release_name(first.version, languages, is_demo=is_demo),
        language2=other.language,
        is_demo=is_demo,
        hashes=hashes,
    )


def joined_hashes(
    *sides: tuple[str, tuple[tuple[str, str], ...]],
) -> tuple[tuple[str, str], ...]:
    """Give the hashes of several releases, each file name after its language."""
    return tuple(
        sorted(
            (f"{language.lower()}/{name}", digest)
            for language, hashes in sides
            for name, digest in hashes
        )
    )


def _joined_report(first: ImportReport, second: ImportReport) -> ImportReport:
    prefix = second.language.lower()
    theirs = tuple(
        Anomaly(each.kind, each.count, tuple(f"{prefix}/{place}" for place in each.places))
        for each in second.anomalies
    )
    encodings = tuple((f"{prefix}/{what}", encoding) for what, encoding in second.encodings)
    return replace(
        first,
        language=f"{first.language} + {second.language}",
        encodings=(*first.encodings, *encodings),
        anomalies=(*first.anomalies, *theirs),
    )


def _check_same_codes(
    level: TermLevel, primary: Terminology, second: Terminology, findings: Findings
) -> None:
    mine, theirs = primary.codes(level), second.codes(level)
    only_mine = mine.codes[theirs.index_many(mine.codes) < 0]
    only_theirs = theirs.codes[mine.index_many(theirs.codes) < 0]
    count = len(only_mine) + len(only_theirs)
    if count:
        code = bytes([*only_mine, *only_theirs][0]).decode("utf-8")
        findings.refuse("join_codes_differ", count=count, level=level.name, code=code)


def _check_same_content(primary: Terminology, second: Terminology, findings: Findings) -> None:
    """The hierarchy must be the same apart from names."""
    rows = second.codes(TermLevel.LLT).index_many(primary.codes(TermLevel.LLT).codes)
    second_pt = primary.codes(TermLevel.PT).index_many(second.codes(TermLevel.PT).codes)
    differs = second_pt[second.llt_pt[rows]] != primary.llt_pt
    differs |= second.llt_current[rows] != primary.llt_current
    codes = primary.codes(TermLevel.LLT).codes
    _refuse(TermLevel.LLT, codes[differs], findings)
    mine, theirs = _path_keys(primary), _path_keys(second)
    pt_codes = np.concatenate(
        [_pt_of(mine[~np.isin(mine, theirs)]), _pt_of(theirs[~np.isin(theirs, mine)])]
    )
    _refuse(TermLevel.PT, pt_codes, findings)


def _path_keys(terminology: Terminology) -> CodeArray:
    """Give each path as one byte string: PT, HLT, HLGT and SOC code and the primary flag."""
    starts = terminology.arrays["pt.path_starts"]
    pt_rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    columns = [terminology.codes(TermLevel.PT).codes[pt_rows]]
    for level in (TermLevel.HLT, TermLevel.HLGT, TermLevel.SOC):
        rows = terminology.arrays[f"path.{level.name.lower()}"]
        columns.append(terminology.codes(level).codes[rows])
    flags = np.where(terminology.arrays["path.primary"] == 1, b"Y", b"N")
    bytes_2d = [column.reshape(-1, 1).view(np.uint8) for column in (*columns, flags)]
    joined = np.ascontiguousarray(np.hstack(bytes_2d))
    return joined.view(f"S{joined.shape[1]}").reshape(-1)


def _pt_of(keys: CodeArray) -> CodeArray:
    return keys.astype("S8")


def _refuse(level: TermLevel, codes: CodeArray, findings: Findings) -> None:
    if len(codes):
        findings.refuse(
            "join_content_differs",
            count=len(codes),
            level=level.name,
            code=bytes(codes[0]).decode("utf-8"),
        )
