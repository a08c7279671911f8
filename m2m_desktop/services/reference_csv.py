"""Read the reference dictionary CSV: one row for each PT and LLT, with the primary path's names.

Header ``pt_code,pt_name,llt_name,hlt_name,hlgt_name,soc_name``; standard CSV quoting; codes are
free text. LLTs and the levels above PT have no codes there, so they get synthetic ones.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from m2m_desktop.core.columns import CodeColumn, Groups, TextColumn
from m2m_desktop.core.errors import ReleaseUnreadable
from m2m_desktop.core.messages import N_, message
from m2m_desktop.core.progress import Progress, silent
from m2m_desktop.core.records import TermLevel
from m2m_desktop.core.terminology import ReleaseInfo, Terminology
from m2m_desktop.services.encodings import checked_encoding, guess_language, to_utf8
from m2m_desktop.services.import_report import Findings, ImportReport
from m2m_desktop.services.meddra import LoadedRelease, count_arrays, frozen
from m2m_desktop.services.meddra_identity import UNKNOWN, combined_hash, terminology_id
from m2m_desktop.services.meddra_smqs import Arrays
from m2m_desktop.services.release_files import read_plain

COLUMNS = ("pt_code", "pt_name", "llt_name", "hlt_name", "hlgt_name", "soc_name")
_REPORT_EVERY = 5000
_MAX_CODE_BYTES = 64


@dataclass
class _Names:
    """Distinct names in order of first appearance, with a row number each."""

    rows: dict[str, int] = field(default_factory=dict)

    def row(self, name: str) -> int:
        return self.rows.setdefault(name, len(self.rows))


@dataclass
class _Content:
    """The rows of the file, grouped by PT."""

    pt_rows: dict[str, int] = field(default_factory=dict)
    pt_names: list[str] = field(default_factory=list)
    paths: list[tuple[int, int, int]] = field(default_factory=list)
    llts: dict[tuple[int, str], None] = field(default_factory=dict)
    hlts: _Names = field(default_factory=_Names)
    hlgts: _Names = field(default_factory=_Names)
    socs: _Names = field(default_factory=_Names)


def read_reference_csv(path: Path, progress: Progress = silent) -> bytes:
    """Read the file, at most as much as a release file may have."""
    return read_plain(path, progress)


def load_reference_csv(
    path: Path, data: bytes, *, encoding: str | None = None, progress: Progress = silent
) -> LoadedRelease:
    """Build a `Terminology` from the bytes of a reference CSV.

    Raises: ReleaseUnreadable, ReleaseBroken with file:line, BadRequest for an unknown encoding.
    """
    findings = Findings(path=str(path))
    chosen = checked_encoding(encoding) if encoding else "utf-8"
    text = to_utf8(path.name, data, chosen, path=str(path)).decode("utf-8")
    content = _read_rows(text, path.name, findings, progress)
    findings.raise_if_broken()
    arrays = frozen(_arrays(content))
    hashes = ((path.name.lower(), hashlib.sha256(data).hexdigest()),)
    language = guess_language(content.pt_names[:3000]) or UNKNOWN
    info = ReleaseInfo(
        terminology_id=terminology_id("reference", (path.stem,), combined_hash(hashes, encoding)),
        name=path.stem,
        version=UNKNOWN,
        language=language,
        kind="reference_csv",
        encoding=chosen,
        hashes=hashes,
    )
    report = ImportReport(
        label=path.name,
        version=UNKNOWN,
        language=language,
        counts=count_arrays(arrays),
        encodings=((path.name, chosen),),
        anomalies=findings.anomalies,
    )
    return LoadedRelease(Terminology(info, arrays), report)


def _rows(text: str, name: str, path: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        detail = message(
            N_("{place} is not sound CSV; look for a quotation mark that is never closed."),
            place=f"{name}:{reader.line_num}",
        )
        raise ReleaseUnreadable(path=path, detail=detail) from error


def _read_rows(text: str, name: str, findings: Findings, progress: Progress) -> _Content:
    content = _Content()
    rows = _rows(text, name, findings.path)
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        findings.refuse("csv_missing_columns", place=f"{name}:1", columns=", ".join(missing))
        return content
    wanted = [header.index(column) for column in COLUMNS]
    for count, (line, row) in enumerate(rows):
        if count % _REPORT_EVERY == 0:
            progress(count, 0, name)
        if not row:
            continue
        place = f"{name}:{line}"
        if len(row) != len(header):
            findings.refuse("csv_field_count", place=place, count=len(row), expected=len(header))
            continue
        cells = [row[column] for column in wanted]
        if _is_sound(cells, place, findings):
            _add(content, cells, place, findings)
    if not content.pt_rows and not findings.defects:
        findings.refuse("empty_file", place=f"{name}:1")
    return content


def _is_sound(cells: list[str], place: str, findings: Findings) -> bool:
    for column, cell in zip(COLUMNS[:2], cells, strict=False):
        if not cell.strip():
            findings.refuse("csv_empty_cell", place=place, column=column)
            return False
    if any(char < " " or "\x7f" <= char < "\xa0" for cell in cells for char in cell):
        findings.refuse("csv_bad_character", place=place)
        return False
    if any("\ufffd" in cell for cell in cells):
        findings.refuse("replacement_character", place=place)
        return False
    if len(cells[0].encode("utf-8")) > _MAX_CODE_BYTES:
        findings.refuse("csv_long_code", place=place)
        return False
    return True


def _add(content: _Content, cells: list[str], place: str, findings: Findings) -> None:
    code, pt_name, llt_name, hlt, hlgt, soc = cells
    if code not in content.pt_rows:
        content.pt_rows[code] = len(content.pt_rows)
        content.pt_names.append(pt_name)
        content.paths.append(
            (content.hlts.row(hlt), content.hlgts.row(hlgt), content.socs.row(soc))
        )
    row = content.pt_rows[code]
    path = content.paths[row]
    names = (content.hlts.rows.get(hlt), content.hlgts.rows.get(hlgt), content.socs.rows.get(soc))
    if content.pt_names[row] != pt_name or names != path:
        findings.warn("csv_differing_row", [place])
    if (row, llt_name) in content.llts:
        findings.warn("repeated_row", [place])
    elif llt_name:
        content.llts[row, llt_name] = None


def _arrays(content: _Content) -> Arrays:
    arrays: Arrays = {}
    pt_codes = list(content.pt_rows)
    llt_codes: list[str] = []
    ordinals = [0] * len(pt_codes)
    for pt, _ in content.llts:
        ordinals[pt] += 1
        llt_codes.append(f"{pt_codes[pt]}#{ordinals[pt]}")
    by_level = {
        TermLevel.SOC: (_codes_of("SOC", content.socs), list(content.socs.rows)),
        TermLevel.HLGT: (_codes_of("HLGT", content.hlgts), list(content.hlgts.rows)),
        TermLevel.HLT: (_codes_of("HLT", content.hlts), list(content.hlts.rows)),
        TermLevel.PT: (pt_codes, content.pt_names),
        TermLevel.LLT: (llt_codes, [name for _, name in content.llts]),
    }
    for level, (codes, names) in by_level.items():
        prefix = level.name.lower()
        encoded = [code.encode("utf-8") for code in codes]
        column = CodeColumn.of(np.array(encoded, dtype=f"S{max(map(len, encoded), default=1)}"))
        text = TextColumn.of(names)
        arrays[f"{prefix}.codes"], arrays[f"{prefix}.order"] = column.codes, column.order
        arrays[f"{prefix}.names"], arrays[f"{prefix}.name_starts"] = text.buffer, text.starts
    llt_pt = np.array([pt for pt, _ in content.llts], dtype=np.int32)
    llts = Groups.of(llt_pt, np.arange(len(llt_pt), dtype=np.int32), len(pt_codes))
    abbreviations = TextColumn.of([""] * len(content.socs.rows))
    paths = np.array(content.paths, dtype=np.int32).reshape(-1, 3)
    arrays.update(
        {
            "llt.pt": llt_pt,
            "llt.current": np.ones(len(llt_pt), dtype=np.uint8),
            "pt.llt_starts": llts.starts,
            "pt.llts": llts.members,
            "soc.rank": np.arange(len(content.socs.rows), dtype=np.int32),
            "soc.abbrevs": abbreviations.buffer,
            "soc.abbrev_starts": abbreviations.starts,
            "pt.path_starts": np.arange(len(paths) + 1, dtype=np.int32),
            "path.hlt": paths[:, 0],
            "path.hlgt": paths[:, 1],
            "path.soc": paths[:, 2],
            "path.primary": np.ones(len(paths), dtype=np.uint8),
        }
    )
    pt_rows = range(len(paths))
    arrays.update(
        _children("soc", "hlgt", zip(paths[:, 2], paths[:, 1], strict=True), content.socs)
    )
    arrays.update(
        _children("hlgt", "hlt", zip(paths[:, 1], paths[:, 0], strict=True), content.hlgts)
    )
    arrays.update(_children("hlt", "pt", zip(paths[:, 0], pt_rows, strict=True), content.hlts))
    return arrays


def _codes_of(prefix: str, names: _Names) -> list[str]:
    return [f"{prefix}-{number + 1:05d}" for number in names.rows.values()]


def _children(above: str, below: str, pairs: Iterable[tuple[int, int]], parents: _Names) -> Arrays:
    distinct = np.array(list(dict.fromkeys((int(a), int(b)) for a, b in pairs)), dtype=np.int32)
    distinct = distinct.reshape(-1, 2)
    groups = Groups.of(distinct[:, 0], distinct[:, 1], len(parents.rows))
    return {f"{above}.{below}_starts": groups.starts, f"{above}.{below}s": groups.members}
