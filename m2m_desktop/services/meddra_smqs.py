"""SMQs and the history of a release: both optional, both checked, neither able to harm the rest."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from m2m_desktop.core.columns import IntArray, TextColumn
from m2m_desktop.core.records import TermLevel
from m2m_desktop.services.import_report import Findings
from m2m_desktop.services.meddra_identity import Identity, known_language, version_key
from m2m_desktop.services.meddra_levels import Level, read_level
from m2m_desktop.services.meddra_tables import Table, read_table
from m2m_desktop.services.release_files import HISTORY_FILE

Arrays = dict[str, NDArray[np.generic]]

_CHILD, _PT, _LLT = ord("0"), ord("4"), ord("5")
_ACTIVE, _INACTIVE = ord("A"), ord("I")


def read_smq_list(table: Table, identity: Identity, findings: Findings) -> Level:
    """Read smq_list.asc; refuses values that no SMQ file has."""
    smqs = read_level(table, findings)
    table = smqs.table
    level = table.letters(2)
    _refuse_others(table, 2, (level >= ord("1")) & (level <= ord("5")), findings)
    _refuse_others(table, 7, np.isin(table.letters(7), (_ACTIVE, _INACTIVE)), findings)
    check_versions(table, 6, identity, findings)
    return smqs


def _refuse_others(
    table: Table, column: int, is_good: NDArray[np.bool_], findings: Findings
) -> None:
    findings.refuse_rows("bad_smq_field", table, np.flatnonzero(~is_good), column=column + 1)


def check_versions(table: Table, column: int, identity: Identity, findings: Findings) -> None:
    """Refuse a file that speaks of a later version than the release is."""
    own = version_key(identity.version)
    if own is None or not len(table):
        return
    texts = table.texts(column).to_list()
    later = {text for text in set(texts) if (version_key(text) or own) > own}
    if later:
        row = next(row for row, text in enumerate(texts) if text in later)
        findings.refuse("mixed_version", place=table.place(row), version=identity.version)


def smq_arrays(
    smqs: Level,
    content: Table | None,
    levels: Mapping[TermLevel, Level],
    identity: Identity,
    findings: Findings,
) -> Arrays:
    """Build the SMQ columns of a `Terminology` from the list and its content."""
    table = smqs.table
    algorithms, descriptions = table.texts(8), table.texts(3)
    arrays: Arrays = {
        "smq.codes": smqs.codes,
        "smq.order": smqs.order,
        "smq.names": smqs.names.buffer,
        "smq.name_starts": smqs.names.starts,
        "smq.level": (table.letters(2) - ord("0")).astype(np.int32),
        "smq.active": (table.letters(7) == _ACTIVE).astype(np.uint8),
        "smq.algorithms": algorithms.buffer,
        "smq.algorithm_starts": algorithms.starts,
        "smq.descriptions": descriptions.buffer,
        "smq.description_starts": descriptions.starts,
    }
    arrays.update(_content_arrays(smqs, content, levels, identity, findings))
    return arrays


def _content_arrays(
    smqs: Level,
    content: Table | None,
    levels: Mapping[TermLevel, Level],
    identity: Identity,
    findings: Findings,
) -> Arrays:
    if content is None:
        content = read_table("smq_content.asc", b"", findings)
    kind, scope, category = content.letters(2), content.letters(3), content.letters(4)
    status, weight = content.letters(6), content.numbers(5)
    _refuse_others(content, 2, np.isin(kind, (_CHILD, _PT, _LLT)), findings)
    _refuse_others(content, 3, (scope >= ord("0")) & (scope <= ord("2")), findings)
    _refuse_others(content, 4, (category > 32) & (category < 127) | content.is_empty(4), findings)
    _refuse_others(content, 5, (weight >= 0) & (weight < 30_000), findings)
    _refuse_others(content, 6, np.isin(status, (_ACTIVE, _INACTIVE)), findings)
    for column in (7, 8):
        check_versions(content, column, identity, findings)
    _, smq_numbers, is_smq = content.codes(0)
    _, term_numbers, is_term = content.codes(1)
    findings.refuse_rows("bad_code", content, np.flatnonzero(~is_smq), column=1)
    findings.refuse_rows("bad_code", content, np.flatnonzero(~is_term), column=2)
    findings.raise_if_broken()
    owner = smqs.rows(smq_numbers)
    term = np.full(len(content), -1, dtype=np.int32)
    for wanted, level in (
        (_CHILD, smqs),
        (_PT, levels[TermLevel.PT]),
        (_LLT, levels[TermLevel.LLT]),
    ):
        rows = kind == wanted
        term[rows] = level.rows(term_numbers[rows])
    is_known = (owner >= 0) & (term >= 0)
    findings.warn_rows("smq_orphan", content, np.flatnonzero(~is_known))
    order = np.flatnonzero(is_known)
    order = order[np.argsort(owner[order], kind="stable")]
    owner, term, kind, status = owner[order], term[order], kind[order], status[order]
    _warn_of_cycles(smqs, owner, term, (kind == _CHILD) & (status == _ACTIVE), findings)
    starts = np.searchsorted(owner, np.arange(len(smqs) + 1)).astype(np.int32)
    return {
        "smq.row_starts": starts,
        "smqrow.kind": kind - np.uint8(ord("0")),
        "smqrow.term": term,
        "smqrow.scope": scope[order] - np.uint8(ord("0")),
        "smqrow.category": category[order],
        "smqrow.weight": weight[order].astype(np.int16),
        "smqrow.active": (status == _ACTIVE).astype(np.uint8),
    }


def _warn_of_cycles(
    smqs: Level, owner: IntArray, term: IntArray, is_child: NDArray[np.bool_], findings: Findings
) -> None:
    """Take leaves away until none is left; what remains leads into or lies on a cycle."""
    parents, children = owner[is_child], term[is_child]
    while len(parents):
        inner = np.isin(children, parents) & np.isin(parents, children)
        if inner.all():
            findings.warn_rows("smq_cycle", smqs.table, np.unique(parents))
            return
        parents, children = parents[inner], children[inner]


def history_arrays(files: Mapping[str, bytes], identity: Identity, findings: Findings) -> Arrays:
    """Build the history columns of a `Terminology`; none where there is no history file."""
    names = sorted(name for name in files if HISTORY_FILE.fullmatch(name))
    if not names:
        findings.warn("missing_file", ["meddra_history_*.asc"])
        return {}
    name = max(names, key=lambda each: _history_language(each) == identity.language)
    language = _history_language(name)
    if language and identity.language and language != identity.language:
        findings.warn("history_other_language", [name])
    trial = Findings(path=name)
    table = read_table(name, files[name], trial, layout="history")
    _, _, is_code = table.codes(0)
    bad = trial.defect_count + int((~is_code).sum())
    if bad:
        places = [str(defect.fields["place"]) for defect in trial.defects]
        places += [table.place(int(row)) for row in np.flatnonzero(~is_code)[:5]]
        findings.warn("history_row", places, bad)
        table = table.keep(is_code)
    check_versions(table, 2, identity, findings)
    rows = TextColumn.of_slices(table.buffer, table.field(1)[0], table.field(5)[1])
    return {
        "history.codes": table.codes(0)[0],
        "history.rows": rows.buffer,
        "history.row_starts": rows.starts,
    }


def _history_language(name: str) -> str:
    found = HISTORY_FILE.fullmatch(name)
    return known_language(found[1] or "") if found else ""
