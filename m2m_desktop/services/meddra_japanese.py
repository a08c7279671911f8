"""Japanese releases hold English files plus ``*_j.asc`` with the Japanese names, joined by code."""

from collections.abc import Mapping

import numpy as np

from m2m_desktop.core.columns import TextColumn
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.meddra_levels import Level, check_names, drop_repeated
from m2m_desktop.services.meddra_tables import read_table

JAPANESE = "Japanese"


def japanese_names(
    files: Mapping[str, bytes], level_name: str, level: Level, findings: Findings
) -> TextColumn | None:
    """Give the Japanese name of each term of a level, the English one where there is none.

    None where the release has no Japanese file for the level.
    """
    name = f"{level_name}_j.asc"
    if name not in files:
        findings.warn("missing_file", [name])
        return None
    table = read_table(name, files[name], findings)
    _, numbers, is_code = table.codes(0)
    findings.refuse_rows("bad_code", table, np.flatnonzero(~is_code), column=1)
    table = drop_repeated(table, numbers, is_code, findings)
    names = table.texts(1)
    check_names(table, names, findings)
    known = level.rows(table.codes(0)[1])
    findings.warn_rows("japanese_orphan", table, np.flatnonzero(known < 0))
    rows = np.full(len(level), -1, dtype=np.int32)
    rows[known[known >= 0]] = np.flatnonzero(known >= 0)
    findings.warn_rows("japanese_missing", level.table, np.flatnonzero(rows < 0))
    return level.names.overlaid(names, rows)
